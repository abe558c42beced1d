"""What can go wrong with a reading store, each with its next step.

    StoreError
    ├── DiskFull        free space, then send again: nothing of the batch was kept
    ├── StoreLocked     another process holds the file: wait or stop it, then send again
    ├── SecondWriter    the engine already writes this file
    ├── StoreDamaged    restore from a backup
    ├── StoreUnwritable the file or its folder cannot be written
    ├── StoreMissing    there is no such store yet
    ├── BadBatch        the arrays of a batch do not fit together
    └── UnknownSeries   no reading of this station and element was ever stored

A write that raises has stored nothing: do not acknowledge, the sender will send again.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class StoreError(Exception):
    """A reading store could not do what was asked."""


class DiskFull(StoreError):
    """The disk is full; nothing of the batch was kept."""


class StoreLocked(StoreError):
    """Another process held the file for too long; nothing of the batch was kept."""


class SecondWriter(StoreError):
    """Only one process may write a store, and one does already."""


class StoreDamaged(StoreError):
    """The file is not a reading store that this version can read."""


class StoreUnwritable(StoreError):
    """The file or its folder cannot be written."""


class StoreMissing(StoreError):
    """The store has not been made yet."""


class BadBatch(StoreError):
    """The arrays of a batch do not fit together, or a time or code is out of range."""


class UnknownSeries(StoreError):
    """No reading of this station and element was ever stored."""


_NAMED: dict[int, tuple[type[StoreError], str]] = {
    sqlite3.SQLITE_FULL: (DiskFull, "The disk is full: free space on it, the sender will send again."),
    sqlite3.SQLITE_BUSY: (
        StoreLocked,
        "Another process holds it: close that one, the sender will send again.",
    ),
    sqlite3.SQLITE_LOCKED: (
        StoreLocked,
        "Another process holds it: close that one, the sender will send again.",
    ),
    sqlite3.SQLITE_CORRUPT: (StoreDamaged, "It is damaged: restore it with `anlan restore`."),
    sqlite3.SQLITE_NOTADB: (StoreDamaged, "It is no database: restore it with `anlan restore`."),
    sqlite3.SQLITE_READONLY: (StoreUnwritable, "It is read-only: give this user the right to write it."),
    sqlite3.SQLITE_CANTOPEN: (StoreUnwritable, "It cannot be opened: make its folder writable."),
    sqlite3.SQLITE_IOERR: (StoreUnwritable, "The disk does not answer: look at the machine's log."),
}


@contextmanager
def named(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into ours."""
    try:
        yield
    except sqlite3.Error as wrong:
        code = getattr(wrong, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        kind, step = _NAMED.get(code, (StoreError, f"SQLite says: {wrong}."))
        raise kind(f"{path.name}: {step}") from wrong
