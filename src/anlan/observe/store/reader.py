"""`Reader`: what a reading store holds, as it is now or as it was known at a moment. Never writes."""

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from types import TracebackType
from typing import Self

import numpy as np

from anlan.observe.store import latest, quarantine, segments
from anlan.observe.store.columns import EMPTY, Columns, Quality, current, joined
from anlan.observe.store.errors import BadBatch, UnknownSeries, named
from anlan.observe.store.file import open_to_read
from anlan.observe.store.quarantine import Broken
from anlan.observe.store.rows import StoredRows
from anlan.observe.store.segments import FRAMES, READINGS
from anlan.observe.store.series import FRAME, Registry
from anlan.science.jit import Int16s, Int32s, Int64s

HOUR_MS = 3_600_000
_DAY_MS = 24 * HOUR_MS
_FOREVER = 1 << 62


@dataclass(frozen=True, slots=True)
class Values:
    """The readings of one series by observed time; ``value / 10**decimals`` is in the element's unit."""

    decimals: int
    at: Int64s
    known: Int64s
    value: Int64s
    quality: Int16s


@dataclass(frozen=True, slots=True)
class Steps:
    """Sums of one series over equal steps: the end of each step, its sum, and how many readings it has."""

    decimals: int
    end: Int64s
    total: Int64s
    count: Int32s


class Reader:
    """Reads a store beside its writer. Each answer is of one moment; times are ms UTC.

    ``known_by``: only what was known by then. Raises `StoreMissing`, `UnknownSeries` and other `StoreError`.
    """

    def __init__(self, path: Path, *, timeout_s: float = 5.0) -> None:
        self._path = path
        self._db = open_to_read(path, timeout_s=timeout_s)
        self._lock = RLock()
        self._series = Registry(self._db)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def stations(self) -> Int64s:
        """The codes of all stations that ever sent a reading, ascending."""
        with self._snapshot():
            return np.unique(self._series.stations[self._series.elements != FRAME])

    def series_values(
        self, station: int, element: int, since: int, until: int, *, known_by: int | None = None
    ) -> Values:
        """The readings of a series observed in [since, until), of each the value known last."""
        with self._snapshot() as db:
            key = self._key(station, element)
            rows = segments.rows_between(db, READINGS, since, until, np.array([key], np.int32), known_by)
            rows = current(rows, known_by)
            return Values(int(self._series.decimals[key]), rows.at, rows.known, rows.value, rows.quality)

    def hyetograph(
        self, station: int, element: int, since: int, until: int, step: int, *, known_by: int | None = None
    ) -> Steps:
        """Sums over the steps (since, since + step], …, (until - step, until].

        A reading tells of the time before its stamp, so a step holds the readings after its start up to its end.
        Missing values do not count; a step with fewer readings than it should have is a lower bound.
        """
        if step <= 0 or (until - since) % step or until <= since:
            raise BadBatch("The span is no whole number of steps: move its start or its end.")
        values = self.series_values(station, element, since + 1, until + 1, known_by=known_by)
        ends = np.arange(since + step, until + 1, step)
        good = (values.quality & Quality.UNSOUND) == 0
        place = (values.at[good] - since - 1) // step
        total = np.zeros(ends.size, np.int64)
        np.add.at(total, place, values.value[good])
        count = np.bincount(place, minlength=ends.size).astype(np.int32)
        return Steps(values.decimals, ends, total, count)

    def clock_hours(
        self, station: int, element: int, since: int, until: int, *, known_by: int | None = None
    ) -> Steps:
        """Sums by clock hour, each named by its end; ``since`` and ``until`` are full hours."""
        if since % HOUR_MS or until % HOUR_MS:
            raise BadBatch("Clock hours begin and end on the hour: round the span to full hours.")
        return self.hyetograph(station, element, since, until, HOUR_MS, known_by=known_by)

    def latest(self, *, known_by: int | None = None, lookback: int = 2 * _DAY_MS) -> StoredRows:
        """The newest reading of each series, by station and element.

        With ``known_by`` as it stood then, looking back ``lookback`` ms from there for series that had fallen silent.
        """
        with self._snapshot() as db:
            if known_by is None:
                return self._named(latest.read(db))
            rows = segments.rows_between(db, READINGS, known_by - lookback, _FOREVER, None, known_by)
            return self._named(latest.newest(rows.take(rows.known <= known_by)))

    def between(
        self, since: int, until: int, *, elements: Int32s | None = None, known_by: int | None = None
    ) -> StoredRows:
        """All readings observed in [since, until), of each the value known last; some elements or all."""
        with self._snapshot() as db:
            keys = None
            if elements is not None:
                keys = np.flatnonzero(np.isin(self._series.elements, elements)).astype(np.int32)
                if not keys.size:
                    return self._named(EMPTY)
            rows = segments.rows_between(db, READINGS, since, until, keys, known_by)
            return self._named(current(rows, known_by))

    def counts(self) -> dict[str, int]:
        """Counters since the store was made: frames accepted, stored, repeated; readings; corrections."""
        with self._snapshot() as db:
            return dict(db.execute("select name, n from counter order by name").fetchall())

    def broken(self, *, state: str | None = "new", after: int = 0, limit: int = 100) -> list[Broken]:
        """The quarantine, by id after ``after``; ``state`` None for all."""
        with self._snapshot() as db:
            return quarantine.read(db, state=state, after=after, limit=limit)

    def broken_total(self) -> int:
        """How often broken input came, all kinds and states together."""
        with self._snapshot() as db:
            return int(db.execute("select coalesce(sum(count), 0) from quarantine").fetchone()[0])

    def broken_unread(self) -> int:
        """Kinds of broken input that nobody fed again or dropped."""
        with self._snapshot() as db:
            return int(db.execute("select count(*) from quarantine where state = 'new'").fetchone()[0])

    def broken_heads(self) -> list[tuple[bytes, str, int]]:
        """Of the quarantine's new items: how they begin, the code of the reason, how many are alike in both."""
        asked = (
            "select substr(bytes, 1, 15), substr(reason, 1, instr(reason || ':', ':') - 1), count(*)"
            " from quarantine where state = 'new' group by 1, 2"
        )
        with self._snapshot() as db:
            return list(db.execute(asked))

    def broken_over(self) -> int:
        """How much broken input was counted and not kept."""
        with self._snapshot() as db:
            return quarantine.over(db)

    def iter_rows(self, *, step: int = HOUR_MS) -> Iterator[StoredRows]:
        """All rows, corrections and frames included, for a backup: as of one moment, in one order.

        The order is that of observed time by ``step``, then station, element, observed and known time: it does not
        depend on how the rows lie in the file. Do not ask this reader anything else until it is done.
        """
        with self._snapshot() as db:
            for since in _steps(db, step):
                parts = [segments.rows_between(db, kind, since, since + step) for kind in (READINGS, FRAMES)]
                rows = self._named(joined(parts))
                if len(rows):
                    yield rows.take(np.lexsort((rows.known, rows.at, rows.element, rows.station)))

    def digest(self) -> str:
        """One hash of all rows: equal for equal contents, in whatever file."""
        whole = hashlib.blake2b(digest_size=32)
        for rows in self.iter_rows():
            for column in (
                rows.station,
                rows.element,
                rows.decimals,
                rows.at,
                rows.known,
                rows.value,
                rows.quality,
            ):
                whole.update(np.ascontiguousarray(column).tobytes())
        return whole.hexdigest()

    def _key(self, station: int, element: int) -> int:
        key = int(self._series.find(np.array([station], np.int64), np.array([element], np.int32))[0])
        if key < 0:
            raise UnknownSeries(f"Station {station} has never sent element {element:X}H: check both codes.")
        return key

    def _named(self, rows: Columns) -> StoredRows:
        key = rows.key
        station, element = self._series.stations[key], self._series.elements[key]
        decimals = self._series.decimals[key]
        return StoredRows(station, element, decimals, rows.at, rows.known, rows.value, rows.quality)

    @contextmanager
    def _snapshot(self) -> Iterator[sqlite3.Connection]:
        """One moment of the file: merges of the writer do not move rows under a question."""
        with self._lock, named(self._path):
            self._db.execute("begin")
            try:
                self._learn()
                yield self._db
            finally:
                self._db.execute("rollback")

    def _learn(self) -> None:
        """Read the registry again when it has grown."""
        if self._db.execute("select count(*) from series").fetchone()[0] != len(self._series):
            self._series = Registry(self._db)


def _steps(db: sqlite3.Connection, step: int) -> list[int]:
    """The starts of the steps in which anything was observed."""
    starts: set[int] = set()
    for low, high in db.execute("select at_from, at_to from segment"):
        first = low // step
        if high // step - first > 100_000:
            raise BadBatch("Readings lie centuries apart: back up with a larger step.")
        starts.update(range(first, high // step + 1))
    return [start * step for start in sorted(starts)]
