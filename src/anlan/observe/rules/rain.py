"""One rain a gauge: five-minute rain (22, F4) where a station sends it, else what its counter (26) grew by. Never both.

The state is a few columns over all stations; the same readings in the order in which they became known give the same
rain, whether they come in now or are read back from the store after a restart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from anlan.observe.rules.quality import Flag, Flags, Limits, Steps
from anlan.science.counters import increments
from anlan.science.jit import Bools, Int32s, Int64s

RAIN_5MIN: Final = 0x22
RAIN_SLOTS: Final = 0xF4
RAIN_TOTAL: Final = 0x26
_NEVER: Final = np.iinfo(np.int64).max
_LONG_AGO: Final = np.iinfo(np.int64).min
_MODULUS: Final = 1_000_000  # six digits of 0.1 mm


@dataclass(frozen=True)
class Known:
    """Readings in the order in which they became known: row of the station, code, times (ms UTC), value, missing."""

    row: Int32s
    code: Int32s
    at_ms: Int64s
    known_ms: Int64s
    value: Int64s
    missing: Bools

    def pick(self, which: Int64s | Bools) -> Known:
        return Known(
            row=self.row[which],
            code=self.code[which],
            at_ms=self.at_ms[which],
            known_ms=self.known_ms[which],
            value=self.value[which],
            missing=self.missing[which],
        )

    def columns(self) -> tuple[Int32s, Int32s, Int64s, Int64s, Int64s, Bools]:
        return self.row, self.code, self.at_ms, self.known_ms, self.value, self.missing


@dataclass(frozen=True)
class Moved:
    """What changed in one element that is followed: place in the batch, growth since the reading before, flags."""

    index: Int64s
    grown: Int64s
    flags: Flags


class Follower:
    """The last value of one element at every station, to see how far it went."""

    def __init__(self, steps: Steps, stations: int) -> None:
        self.steps = steps
        self.value = np.zeros(stations, np.int64)
        self.at_ms = np.full(stations, _LONG_AGO, np.int64)

    def follow(self, news: Known) -> Moved:
        """Take in what belongs to this element; a reading older than one known before it is left as it is."""
        mine = np.flatnonzero((news.code == self.steps.code) & ~news.missing)
        index = self._fresh(news, mine)
        row, at, value = news.row[index], news.at_ms[index], news.value[index]
        before, since = self.value[row], self.at_ms[row]
        same = row[1:] == row[:-1]
        before[1:][same], since[1:][same] = value[:-1][same], at[:-1][same]
        first = since == _LONG_AGO
        grown, back = self._grown(value, before, first)
        flags = np.zeros(index.size, np.int16)
        begun = np.where(first, 1, -(-(at - np.where(first, at, since)) // (self.steps.step_s * 1000)))
        flags[~first & (np.abs(grown) > self.steps.highest_step * np.maximum(begun, 1))] |= Flag.RATE
        flags[back] |= Flag.RESET
        self.value[row], self.at_ms[row] = value, at  # in time order, so the last of each row stays
        return Moved(index, grown, flags)

    def _fresh(self, news: Known, mine: Int64s) -> Int64s:
        """By row, the readings that are newer than all that became known before them."""
        index = mine[np.argsort(news.row[mine], kind="stable")]
        row, at = news.row[index], news.at_ms[index]
        key = (row.astype(np.int64) << 43) + np.where(at > self.at_ms[row], at, 0)
        top = np.maximum.accumulate(key) if key.size else key
        newest = np.ones(index.size, np.bool_)
        newest[1:] = key[1:] > top[:-1]
        return index[newest & (at > self.at_ms[row])]

    def _grown(self, value: Int64s, before: Int64s, first: Bools) -> tuple[Int64s, Bools]:
        if not self.steps.is_counter:
            return np.where(first, 0, value - before), np.zeros(value.size, np.bool_)
        pairs = np.stack([np.where(first, value, before), value], axis=1).ravel()
        grown, back = increments(pairs, modulus=_MODULUS, most=self.steps.highest_step)
        return grown[1::2], back[1::2]


@dataclass(frozen=True)
class Kept:
    """What a fold knew of some stations."""

    rows: Int32s
    followers: list[tuple[int, Int64s, Int64s]]
    fine_since: Int64s


class RainFold:
    """From readings to the rain that the windows count."""

    def __init__(self, limits: Limits, stations: int) -> None:
        self.followers = {steps.code: Follower(steps, stations) for steps in limits.steps}
        self._fine_since = np.full(stations, _NEVER, np.int64)  # when five-minute rain first became known

    def take(self, news: Known, flags: Flags) -> tuple[Int32s, Int64s, Int64s]:
        """Rows, times (ms) and tenths of rain to count; sets RATE and RESET in `flags`."""
        fine = ((news.code == RAIN_5MIN) | (news.code == RAIN_SLOTS)) & ~news.missing
        np.minimum.at(self._fine_since, news.row[fine], news.known_ms[fine])
        counted = [(np.flatnonzero(fine), news.value[fine])]
        for code, follower in self.followers.items():
            moved = follower.follow(news)
            flags[moved.index] |= moved.flags
            if code == RAIN_TOTAL:
                counted.append(self._counter(news, moved))
        index = np.concatenate([index for index, _ in counted])
        rain = np.concatenate([rain for _, rain in counted])
        order = np.argsort(index, kind="stable")
        index, rain = index[order], rain[order]
        at, use = counting_time(news.pick(index))
        use &= rain >= 0  # a negative rain is flagged and kept; it is no rain
        return news.row[index][use], at[use], rain[use]

    def rollback(self, kept: Kept) -> None:
        """Go back to what `keep` gave: the readings were not stored after all."""
        for code, value, at_ms in kept.followers:
            self.followers[code].value[kept.rows], self.followers[code].at_ms[kept.rows] = value, at_ms
        self._fine_since[kept.rows] = kept.fine_since

    def keep(self, rows: Int32s) -> Kept:
        """What the fold knows of these stations now, to go back to."""
        rows = np.unique(rows)
        followers = [(code, f.value[rows], f.at_ms[rows]) for code, f in self.followers.items()]
        return Kept(rows, followers, self._fine_since[rows])

    def _counter(self, news: Known, moved: Moved) -> tuple[Int64s, Int64s]:
        """Growth of counters of stations that have not sent five-minute rain."""
        use = news.known_ms[moved.index] < self._fine_since[news.row[moved.index]]
        return moved.index[use], moved.grown[use]


def counting_time(news: Known) -> tuple[Int64s, Bools]:
    """When the rain of a reading counts, and whether it does.

    A gauge whose clock runs ahead still measures rain that has fallen: it counts as of when it became known. Only the slots
    of an hour that is not over (F4) cannot have been measured.
    """
    ahead = news.at_ms > news.known_ms
    return np.where(ahead, news.known_ms, news.at_ms), ~(ahead & (news.code == RAIN_SLOTS))
