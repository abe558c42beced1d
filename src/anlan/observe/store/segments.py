"""Segments: the stored rows, the newest as they came, older ones merged; all sorted by series and cut into chunks.

A transaction appends one small segment. Thirty-two of a level become one of the next, sorted by series and time,
up to about a million rows. So a write costs two rows in SQLite, and a day of one series is some hundred short
reads. Rows of one reading stay in the order of arrival: a merge takes all segments of a level, which are
neighbours in time of arrival.
"""

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from anlan.observe.store.columns import Columns, by_series, joined, pack, unpack
from anlan.science.jit import Int32s

READINGS, FRAMES = 0, 1
FAN = 32
CHUNK_ROWS = 4096
MOST_ROWS = 1_000_000
_SQUEEZED_FROM = 2
_FIELDS = "id, kind, level, born, rows, at_from, at_to, known_from, known_to, fences"


@dataclass(frozen=True, slots=True)
class Segment:
    """One row of the segment table."""

    id: int
    kind: int
    level: int
    born: int
    rows: int
    at_from: int
    at_to: int
    known_from: int
    known_to: int
    fences: bytes

    def chunks(self) -> range:
        """The ids of all its chunks."""
        return range(self.id << 16, (self.id << 16) + len(self.fences) // 4)

    def chunks_of(self, keys: Int32s) -> list[int]:
        """The ids of the chunks that can hold any of the (sorted) keys."""
        fences = np.frombuffer(self.fences, np.int32)
        first = np.maximum(np.searchsorted(fences, keys, side="left") - 1, 0)
        last = np.searchsorted(fences, keys, side="right")
        wanted = np.zeros(fences.size + 1, np.int64)
        np.add.at(wanted, first, 1)
        np.add.at(wanted, np.maximum(last, first), -1)
        held = np.flatnonzero(np.cumsum(wanted)[:-1] > 0)
        return [(self.id << 16) + int(number) for number in held]


def append(db: sqlite3.Connection, kind: int, rows: Columns) -> None:
    """Store the rows of one transaction."""
    if len(rows):
        _insert(db, kind, level=0, born=None, rows=by_series(rows))


def merge_due(db: sqlite3.Connection, kind: int) -> int | None:
    """The lowest level whose segments should become one of the next, if any."""
    counts = db.execute(
        "select level, count(*), sum(rows) from segment where kind = ? group by level order by level", (kind,)
    )
    return next((level for level, n, rows in counts if _is_due(level, n, rows)), None)


def _is_due(level: int, n: int, rows: int) -> bool:
    """Many small ones; on the lowest level, which `latest` reads whole, also few large ones."""
    if level == 0:
        return n >= FAN or rows >= MOST_ROWS // 4
    return n >= FAN and rows <= MOST_ROWS


def merge(db: sqlite3.Connection, kind: int, level: int) -> Columns:
    """Make one segment of all of a level; give its rows."""
    found = _select(db, "kind = ? and level = ? order by born", (kind, level))
    rows = by_series(joined([_read(db, s.chunks()) for s in found]))
    for segment in found:
        chunks = segment.chunks()
        db.execute("delete from chunk where id >= ? and id < ?", (chunks.start, chunks.stop))
        db.execute("delete from segment where id = ?", (segment.id,))
    _insert(db, kind, level=level + 1, born=found[0].born, rows=rows)
    return rows


def overlapping(
    db: sqlite3.Connection, kind: int, since: int, until: int, known_by: int | None = None
) -> list[Segment]:
    """The segments with readings observed in [since, until), in order of arrival."""
    limit = known_by if known_by is not None else (1 << 62)
    where = "kind = ? and at_to >= ? and at_from < ? and known_from <= ? order by born"
    return _select(db, where, (kind, since, until, limit))


def of_level(db: sqlite3.Connection, kind: int, level: int) -> list[Segment]:
    """The segments of one level, in order of arrival."""
    return _select(db, "kind = ? and level = ? order by born", (kind, level))


def rows_between(
    db: sqlite3.Connection,
    kind: int,
    since: int,
    until: int,
    keys: Int32s | None = None,
    known_by: int | None = None,
) -> Columns:
    """All rows observed in [since, until), of some (sorted) series or of all, in order of arrival by reading."""
    parts = []
    for segment in overlapping(db, kind, since, until, known_by):
        rows = read(db, segment, keys)
        mask = (rows.at >= since) & (rows.at < until)
        if keys is not None:
            mask &= rows.key == keys[0] if keys.size == 1 else np.isin(rows.key, keys)
        parts.append(rows.take(mask))
    return joined(parts)


def read(db: sqlite3.Connection, segment: Segment, keys: Int32s | None = None) -> Columns:
    """The rows of a segment; with keys, at least those of the keys."""
    return _read(db, segment.chunks() if keys is None else segment.chunks_of(keys))


def _read(db: sqlite3.Connection, chunks: Iterable[int]) -> Columns:
    get = "select block from chunk where id = ?"
    return joined([unpack(db.execute(get, (chunk,)).fetchone()[0]) for chunk in chunks])


def _select(db: sqlite3.Connection, where: str, values: tuple[Any, ...]) -> list[Segment]:
    return [Segment(*row) for row in db.execute(f"select {_FIELDS} from segment where {where}", values)]


def _insert(db: sqlite3.Connection, kind: int, *, level: int, born: int | None, rows: Columns) -> None:
    starts = range(0, len(rows), CHUNK_ROWS)
    facts = (int(rows.at.min()), int(rows.at.max()), int(rows.known.min()), int(rows.known.max()))
    fences = rows.key[::CHUNK_ROWS].astype("<i4").tobytes()
    at = int(db.execute("select coalesce(max(id), 0) + 1 from segment").fetchone()[0])
    head = (at, kind, level, at if born is None else born, len(rows), *facts, fences)
    db.execute(f"insert into segment ({_FIELDS}) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", head)
    squeeze = level >= _SQUEEZED_FROM
    db.executemany(
        "insert into chunk (id, block) values (?, ?)",
        (
            ((at << 16) + number, pack(rows.take(slice(start, start + CHUNK_ROWS)), squeeze=squeeze))
            for number, start in enumerate(starts)
        ),
    )
