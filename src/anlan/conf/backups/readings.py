"""Readings of one world as lines, and back into a store of its own."""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import numpy as np
import orjson

from anlan.observe.store.quarantine import Broken
from anlan.observe.store.reader import Reader
from anlan.observe.store.rows import StoredRows
from anlan.observe.store.writer import Writer

COLUMNS = {
    "station": np.int64,
    "element": np.int32,
    "decimals": np.int8,
    "at": np.int64,
    "known": np.int64,
    "value": np.int64,
    "quality": np.int16,
}
Lines = Callable[[], Iterator[bytes]]


def parts(path: Path) -> dict[str, Lines]:
    """What is told of a store, by kind of part."""
    return {
        "rows": lambda: _rows(path),
        "counters": lambda: _counters(path),
        "quarantine": lambda: _quarantine(path),
    }


def _rows(path: Path) -> Iterator[bytes]:
    with Reader(path) as reader:
        for rows in reader.iter_rows():
            columns = {name: np.ascontiguousarray(getattr(rows, name)) for name in COLUMNS}
            yield orjson.dumps(columns, option=orjson.OPT_SERIALIZE_NUMPY) + b"\n"


def _counters(path: Path) -> Iterator[bytes]:
    with Reader(path) as reader:
        for name, count in sorted(reader.counts().items()):
            yield orjson.dumps({"name": name, "count": count}) + b"\n"


def _quarantine(path: Path) -> Iterator[bytes]:
    after = 0
    with Reader(path) as reader:
        while items := reader.broken(state=None, after=after, limit=500):
            after = items[-1].id
            for item in items:
                told = {name: getattr(item, name) for name in Broken.__slots__}
                yield orjson.dumps({**told, "bytes": item.bytes.hex()}) + b"\n"


def load(path: Path, rows: Iterable[bytes], counters: Iterable[bytes], quarantine: Iterable[bytes]) -> None:
    """Make a store of what was told."""
    with Writer(path) as writer:
        for line in rows:
            told = orjson.loads(line)
            writer.load(StoredRows(**{name: np.array(told[name], kind) for name, kind in COLUMNS.items()}))
        writer.set_counts({row["name"]: row["count"] for row in map(orjson.loads, counters)})
        items = [orjson.loads(line) for line in quarantine]
        writer.quarantine.load([Broken(**{**item, "bytes": bytes.fromhex(item["bytes"])}) for item in items])
