"""The reading store: one SQLite file a world, written by the engine alone, read by anybody. No Django in here.

`Writer.write` is durable when it returns; `Reader` answers for now or for what was known by a moment. Errors stand
in `errors`.
"""

from anlan.observe.store.batch import Batch, Frames, Written, typed
from anlan.observe.store.columns import Quality
from anlan.observe.store.errors import (
    BadBatch,
    DiskFull,
    SecondWriter,
    StoreDamaged,
    StoreError,
    StoreLocked,
    StoreMissing,
    UnknownSeries,
)
from anlan.observe.store.quarantine import Broken
from anlan.observe.store.reader import Reader
from anlan.observe.store.rows import StoredRows
from anlan.observe.store.writer import Writer

__all__ = [
    "BadBatch",
    "Batch",
    "Broken",
    "DiskFull",
    "Frames",
    "Quality",
    "Reader",
    "SecondWriter",
    "StoreDamaged",
    "StoreError",
    "StoreLocked",
    "StoreMissing",
    "StoredRows",
    "UnknownSeries",
    "Writer",
    "Written",
    "typed",
]
