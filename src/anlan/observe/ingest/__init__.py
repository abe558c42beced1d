"""From frames to readings: decode, judge, store, count. See `ingest.Ingest`."""

from anlan.observe.ingest.ingest import Ingest, path_of
from anlan.observe.ingest.shapes import Batch, Broken, Joined, NotDurable, Outcome, Taken, millis, moment
from anlan.observe.ingest.typed import Typed
from anlan.observe.ingest.warming import warm

__all__ = [
    "Batch",
    "Broken",
    "Ingest",
    "Joined",
    "NotDurable",
    "Outcome",
    "Taken",
    "Typed",
    "millis",
    "moment",
    "path_of",
    "warm",
]
