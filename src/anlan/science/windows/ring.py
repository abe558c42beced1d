"""`RainWindows`: the running rain sums and warning levels of all gauges of one world."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan.science.fields import Field, science
from anlan.science.jit import Int8s, Int16s, Int32s, Int64s
from anlan.science.lookup import CodeTable
from anlan.science.windows import kernels

LENGTHS_MIN = (30, 60, 180, 360, 720, 1440)
"""The windows, in minutes, in the order of every array that has a window dimension."""

NEVER = 2**31 - 1
"""A threshold that no rain reaches: this class has no line here."""

RETRACT = kernels.NONE
"""The value that takes a reading back: the cell is then missing again."""

_SLOT_MS = 300_000
_MINUTE_MS = 60_000
_SOURCE = "own; five-minute slots as SL 651-2014 table C.1 (22H, F4H)"


class ClockWentBack(ValueError):
    """The clock is more than a slot behind the windows. Rebuild them from the stored readings."""


class ThresholdsMisshapen(ValueError):
    """Thresholds, classes and levels do not fit together; the message says which."""


class Status(IntEnum):
    """What became of a pushed reading."""

    STORED = kernels.STORED
    REPEATED = kernels.REPEATED
    CORRECTED = kernels.CORRECTED
    TOO_OLD = kernels.TOO_OLD
    TOO_EARLY = kernels.TOO_EARLY
    UNKNOWN = kernels.UNKNOWN
    OUT_OF_RANGE = kernels.OUT_OF_RANGE


@dataclass(frozen=True, slots=True)
class Changes:
    """The gauges whose level changed, by ascending row: level before and after, and the window that did it.

    ``window`` indexes `LENGTHS_MIN` for a rise and is -1 for a fall. ``sums`` and ``seen`` are (window, gauge):
    a sum whose ``seen`` is less than the window has slots is a lower bound (不小于).
    """

    rows: Int32s
    stations: Int64s
    before: Int8s
    after: Int8s
    window: Int8s
    sums: Int32s
    seen: Int16s


class RainWindows:
    """Rain windows of many gauges.

    ``stations``: codes (int64), the order gives the rows. ``thresholds``: int32 tenths of mm, (class, window,
    level), `NEVER` where a class has no line; the level of a gauge is the highest with any window at or over its
    line. ``classes``: the threshold class of each gauge. A level falls only when every window is under
    ``hold_percent`` of the line that held it.

    Feed one element per gauge (say, five-minute rain): two elements that tell of the same rain would count twice.
    """

    def __init__(
        self,
        stations: Int64s,
        *,
        thresholds: Int32s | None = None,
        classes: Int32s | None = None,
        hold_percent: int = 90,
    ) -> None:
        count = stations.size
        self._table = CodeTable(np.asarray(stations, np.int64))
        self._lengths = np.array([m // 5 for m in LENGTHS_MIN], np.int64)
        self._rise = _thresholds(thresholds)
        self._hold = _holding(self._rise, hold_percent)
        self._classes = np.zeros(count, np.int32)
        self._parts = kernels.blank(count)
        self._sums = np.zeros((len(LENGTHS_MIN), count), np.int32)
        self._seen = np.zeros((len(LENGTHS_MIN), count), np.int16)
        self._levels = np.zeros(count, np.int8)
        self._touched = np.zeros(count, np.bool_)
        self._head = 0
        self._running = False
        self._moved = False
        if classes is not None:
            self.set_classes(np.arange(count, dtype=np.int32), classes)

    @property
    def stations(self) -> Int64s:
        """The codes by row (a view)."""
        return self._table.codes

    @property
    def levels(self) -> Int8s:
        """The level of each gauge as of the last `evaluate` (a copy)."""
        return self._levels.copy()

    @property
    def head_ms(self) -> int:
        """The end of the newest slot, UTC milliseconds."""
        return self._head * _SLOT_MS

    @science(
        Field("stations", "int64", ("n",), "code"),
        Field("return", "int32", ("n",), "row, -1 unknown", "out"),
        source="own",
    )
    def rows_of(self, stations: Int64s) -> Int32s:
        """The rows of station codes, -1 where a station is no gauge of these windows.

        >>> RainWindows(np.array([61, 62])).rows_of(np.array([62, 9]))
        array([ 1, -1], dtype=int32)
        """
        return self._table.rows(stations)

    def advance(self, now_ms: int) -> None:
        """Move the windows to ``now`` (UTC ms). Raises `ClockWentBack`."""
        head = -(-now_ms // _SLOT_MS)
        if head < self._head - 1:
            raise ClockWentBack(f"Now is {now_ms}, the windows stand at {self.head_ms}: rebuild them.")
        if head < self._head:
            return
        if head - self._head >= kernels.SLOTS:
            self._clear()
        else:
            kernels.advance(self._parts, self._sums, self._seen, self._lengths, self._head, head)
        running = now_ms % _SLOT_MS != 0
        self._moved |= head != self._head or running != self._running
        self._head, self._running = head, running

    @science(
        Field("rows", "int32", ("n",), "row"),
        Field("observed_ms", "int64", ("n",), "ms UTC"),
        Field("values", "int32", ("n",), "0.1 mm"),
        Field("return", "int8", ("n",), "Status", "out"),
        source=_SOURCE,
    )
    def push(self, rows: Int32s, observed_ms: Int64s, values: Int32s) -> Int8s:
        """Take readings in the order in which they became known; say what became of each.

        A reading is known by gauge and minute: the same again changes nothing, another value replaces it, `RETRACT`
        takes it back. Readings up to 24 hours old count; nothing is dropped without a word in the status.

        >>> w = RainWindows(np.array([61]))
        >>> w.advance(600_000)
        >>> w.push(np.zeros(3, np.int32), np.array([300_000, 600_000, 300_000]), np.array([5, 7, 5], np.int32))
        array([0, 0, 1], dtype=int8)
        """
        minutes = -(-observed_ms // _MINUTE_MS)
        status = np.empty(rows.size, np.int8)
        kernels.push(
            self._parts,
            self._sums,
            self._seen,
            self._lengths,
            self._head,
            rows,
            minutes,
            values,
            self._touched,
            status,
        )
        return status

    @science(
        Field("rows", "int32", ("n",), "row"),
        Field("return.0", "int32", (len(LENGTHS_MIN), "n"), "0.1 mm", "out"),
        Field("return.1", "int16", (len(LENGTHS_MIN), "n"), "slots with a reading", "out"),
        source=_SOURCE,
    )
    def read(self, rows: Int32s) -> tuple[Int32s, Int16s]:
        """The sum of each window and how many of its slots have a reading; fewer than all: a lower bound.

        A window ends with the last full slot or with the one that runs now, whichever holds more rain.

        >>> w = RainWindows(np.array([61]))
        >>> w.advance(300_000)
        >>> _ = w.push(np.zeros(1, np.int32), np.array([300_000]), np.array([42], np.int32))
        >>> sums, seen = w.read(np.zeros(1, np.int32))
        >>> int(sums[1, 0]), int(seen[1, 0]), w.slots()[1]
        (42, 1, 12)
        """
        sums = np.empty((len(LENGTHS_MIN), rows.size), np.int32)
        seen = np.empty((len(LENGTHS_MIN), rows.size), np.int16)
        state = (self._parts, self._sums, self._seen, self._lengths, self._head, self._running)
        kernels.read(*state, rows, sums, seen)
        return sums, seen

    def slots(self) -> tuple[int, ...]:
        """How many slots each window has: `read`'s second part equals this where a window is full."""
        return tuple(self._lengths.tolist())

    def evaluate(self) -> Changes:
        """Set the levels anew and give the gauges that changed, by row.

        Looks at the gauges that had news; at all of them after the clock moved or thresholds changed.
        """
        everything = self._moved
        rows = np.arange(self._levels.size) if everything else np.flatnonzero(self._touched)
        rows32 = rows.astype(np.int32)
        before = self._levels[rows32]
        sums, seen = self.read(rows32)
        changed = np.zeros(rows32.size, np.bool_)
        cause = np.empty(rows32.size, np.int8)
        lines = (self._classes, self._rise, self._hold)
        kernels.classify(sums, rows32, *lines, self._levels, cause, changed)
        self._touched[rows32] = False
        self._moved = False
        at = np.flatnonzero(changed)
        hit = rows32[at]
        return Changes(
            rows=hit,
            stations=self.stations[hit],
            before=before[at],
            after=self._levels[hit],
            window=cause[at],
            sums=sums[:, at],
            seen=seen[:, at],
        )

    @science(
        Field("rows", "int32", ("n",), "row"),
        Field("classes", "int32", ("n",), "class"),
        source="own",
    )
    def set_classes(self, rows: Int32s, classes: Int32s) -> None:
        """Give gauges another threshold class, as when the soil gets wet. Raises `ThresholdsMisshapen`.

        >>> RainWindows(np.array([61])).set_classes(np.zeros(1, np.int32), np.zeros(1, np.int32))
        """
        if classes.size != rows.size or (
            classes.size and not 0 <= classes.min() <= classes.max() < len(self._rise)
        ):
            raise ThresholdsMisshapen(f"There are {len(self._rise)} classes: give each gauge one of them.")
        self._classes[rows] = classes
        self._touched[rows] = True

    @science(
        Field("rows", "int32", ("n",), "row"),
        Field("observed_ms", "int64", ("n",), "ms UTC"),
        Field("values", "int32", ("n",), "0.1 mm"),
        Field("levels", "int8", ("gauge",), "level"),
        Field("return", "int8", ("n",), "Status", "out"),
        source="own",
    )
    def rebuild(
        self,
        *,
        now_ms: int,
        rows: Int32s,
        observed_ms: Int64s,
        values: Int32s,
        levels: Int8s | None = None,
    ) -> Int8s:
        """Start over from stored readings, in the order in which they became known.

        Give the ``levels`` that were in force (open exceedances): a level that only hysteresis holds up cannot be
        seen in the rain. Without them the levels are what the rain alone says.

        >>> w = RainWindows(np.array([61]))
        >>> at, rain = np.array([300_000]), np.array([42], np.int32)
        >>> w.rebuild(now_ms=300_000, rows=np.zeros(1, np.int32), observed_ms=at, values=rain)
        array([0], dtype=int8)
        """
        self._clear()
        self._head = 0
        self.advance(now_ms)
        status = self.push(rows, observed_ms, values)
        self._levels[:] = 0 if levels is None else levels
        self._moved = True
        if levels is None:
            self.evaluate()
        return status

    def checkpoint(self) -> dict[str, NDArray[Any]]:
        """All that the windows hold, as arrays for one ``.npz``."""
        return {
            "stations": self.stations.copy(),
            "parts": self._parts.copy(),
            "levels": self._levels.copy(),
            "classes": self._classes.copy(),
            "clock": np.array([self._head, self._running], np.int64),
        }

    def restore(self, state: Mapping[str, NDArray[Any]]) -> None:
        """Take over a `checkpoint`. Raises `ThresholdsMisshapen` when it is of other stations."""
        if not np.array_equal(state["stations"], self.stations):
            raise ThresholdsMisshapen(
                "The checkpoint is of other stations: rebuild from the stored readings."
            )
        self._parts[:] = state["parts"]
        self._levels[:] = state["levels"]
        self._classes[:] = state["classes"]
        self._head, self._running = int(state["clock"][0]), bool(state["clock"][1])
        self._moved = True
        kernels.recount(self._parts, self._sums, self._seen, self._lengths, self._head)

    def _clear(self) -> None:
        self._parts[:] = kernels.NONE
        self._sums[:] = 0
        self._seen[:] = 0


def _thresholds(thresholds: Int32s | None) -> Int32s:
    if thresholds is None:
        return np.full((1, len(LENGTHS_MIN), 1), NEVER, np.int32)
    if thresholds.ndim != 3 or thresholds.shape[1] != len(LENGTHS_MIN) or (thresholds <= 0).any():
        raise ThresholdsMisshapen(
            f"Thresholds are (class, {len(LENGTHS_MIN)} windows, level), all over 0; got {thresholds.shape}."
        )
    return np.ascontiguousarray(thresholds, np.int32)


def _holding(rise: Int32s, percent: int) -> Int32s:
    """What a window must still have for its level to stay: the line times percent, rounded up."""
    held = -(-rise.astype(np.int64) * percent // 100)
    return np.where(rise == NEVER, NEVER, held).astype(np.int32)
