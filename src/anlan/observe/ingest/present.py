"""What holds now at every station: rain windows, the fold that feeds them, and the latest stages. Rebuilt from stored readings."""

import threading
from dataclasses import dataclass

import numpy as np

from anlan.observe.ingest.locked import LockedWindows
from anlan.observe.ingest.roster import Roster
from anlan.observe.ingest.stages import StageRing
from anlan.observe.rules.quality import Flag, Flags, Limits, believed
from anlan.observe.rules.rain import RAIN_5MIN, Known, RainFold, counted
from anlan.science.jit import Int32s, Int64s
from anlan.science.windows.ring import LENGTHS_MIN, RETRACT, RainWindows

STAGE, RESERVOIR = 0x39, 0x3B
LOOK_BACK_MS = 26 * 3_600_000  # the counter before the first one that counts
OWN_HOLDS_MS = 2 * 3_600_000  # a reservoir's own level goes before a newer one of the river below it so long


@dataclass(frozen=True)
class Stored:
    """What the store gives back, with flags: the newest of each series; of the last day what gauges and people told."""

    newest: tuple[Known, Flags]
    day: tuple[Known, Flags]
    typed: tuple[Known, Flags]


class Present:
    """State in memory that the store can give back at any time."""

    def __init__(self, roster: Roster, limits: Limits, lock: threading.RLock) -> None:
        self.roster = roster
        self.fold = RainFold(limits, len(roster), roster.township)
        self._windows = RainWindows(roster.keys[roster.rain_row >= 0])
        self.windows = LockedWindows(self._windows, lock)
        self.heard_ms = np.zeros(len(roster), np.int64)
        self._stage = {code: Latest(len(roster)) for code in (STAGE, RESERVOIR)}
        self._ring = StageRing(len(roster))

    def advance(self, now_ms: int) -> None:
        """Move the windows on. Raises ClockWentBack: then build a new one."""
        self._windows.advance(now_ms)

    def count(self, now_ms: int, rain: tuple[Int32s, Int64s, Int64s], news: Known, flags: Flags) -> None:
        """Let stored readings count: rain as the fold gave it, and stages."""
        row, at_ms, tenths = rain
        self._windows.advance(now_ms)
        mine = self.roster.rain_row[row]
        gauge = mine >= 0
        self._windows.push(mine[gauge], at_ms[gauge], np.minimum(tenths[gauge], 1 << 30).astype(np.int32))
        for code, latest in self._stage.items():
            latest.see(news, flags, code)
        self._ring.see(news, flags, STAGE)
        self._hear(news)

    def count_typed(self, now_ms: int, news: Known, flags: Flags) -> None:
        """What people brought: five-minute rain replaces what the gauge said, or takes it back; stages as usual."""
        self._windows.advance(now_ms)
        rain = news.pick((news.code == RAIN_5MIN) & (news.value >= 0) & ((flags & Flag.RANGE) == 0))
        row = self.roster.rain_row[rain.row]
        value = np.where(rain.missing, RETRACT, np.minimum(rain.value, 1 << 30)).astype(np.int32)
        past = (row >= 0) & (rain.at_ms <= rain.known_ms)
        self._windows.push(row[past], rain.at_ms[past], value[past])
        for code, latest in self._stage.items():
            latest.see(news, flags, code)
        self._ring.see(news, flags, STAGE)
        self.fold.believe(news, flags)

    def _hear(self, news: Known) -> None:
        np.maximum.at(self.heard_ms, news.row, np.minimum(news.at_ms, news.known_ms))

    def rain_1h(self) -> Int32s:
        """Rain of the last hour at each station, 0.1 mm; -1 where none is measured."""
        found = np.full(len(self.roster), -1, np.int32)
        gauges = np.flatnonzero(self.roster.rain_row >= 0)
        sums, _ = self._windows.read(self.roster.rain_row[gauges])
        found[gauges] = sums[LENGTHS_MIN.index(60)]
        return found

    def rebuild(self, now_ms: int, stored: Stored) -> None:
        """The same from what is stored: the newest of each series, and a day in the order in which it became known."""
        newest, of_newest = stored.newest
        for code, latest in self._stage.items():
            latest.see(newest, of_newest, code)
        self._hear(newest)
        day, flags = stored.day
        self.fold.remember(day, flags)
        self.fold.remember(*stored.newest)
        self.count(now_ms, counted(day, flags), day, flags)
        self.count_typed(now_ms, *stored.typed)

    def stages_mm(self) -> dict[str, int]:
        """The latest stage of each station that measures one, millimetres; a reservoir's own level comes first while it is new."""
        river, dam = self._stage[STAGE], self._stage[RESERVOIR]
        found = {}
        for row, gauge in enumerate(self.roster.gauges):
            first, second = (dam, river) if gauge.is_reservoir else (river, dam)
            is_new = first.at_ms[row] >= second.at_ms[row] - OWN_HOLDS_MS
            latest = first if first.known[row] and is_new else second
            if gauge.kind == "stage" and latest.known[row]:
                found[gauge.address] = int(latest.value[row])
        return found

    def rises_mm(self, now_ms: int, minutes: int) -> dict[str, int]:
        """How much each river stage rose over so many minutes, millimetres, where both ends are known."""
        river = self._stage[STAGE]
        found = {}
        for row, gauge in enumerate(self.roster.gauges):
            then = (
                self._ring.before(row, now_ms, minutes)
                if gauge.kind == "stage" and river.known[row]
                else None
            )
            if then is not None:
                found[gauge.address] = int(river.value[row]) - then
        return found


class Latest:
    """The newest value of one element at every station that may rule. A clock that runs ahead does not hide what comes after."""

    def __init__(self, stations: int) -> None:
        self.value = np.zeros(stations, np.int64)
        self.at_ms = np.zeros(stations, np.int64)
        self.known = np.zeros(stations, np.bool_)

    def see(self, news: Known, flags: Flags, code: int) -> None:
        mine = np.flatnonzero((news.code == code) & believed(flags))
        row, value = news.row[mine], news.value[mine]
        at = np.minimum(news.at_ms[mine], news.known_ms[mine])
        order = np.lexsort((np.arange(mine.size), at, row))
        row, value, at = row[order], value[order], at[order]
        fresh = ~self.known[row] | (at >= self.at_ms[row])
        row = row[fresh]
        self.value[row], self.at_ms[row], self.known[row] = value[fresh], at[fresh], True
