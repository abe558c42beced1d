"""One rain a gauge, never two: five-minute rain (22, F4) where a station sends it; else what its counter (26) grew by;
else the rain of the day so far (20); else the rain of full hours (1A).

A station that has sent the better for a day is not asked for the lesser. What is worked out becomes five-minute rain of
its own, marked and stored beside what was sent, and so do the slots of F4, which are such rain as they stand: windows,
maps and pages read one series, also after a restart.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from anlan.observe.rules.quality import Flag, Flags, Limits, Steps
from anlan.observe.rules.spread import spread
from anlan.science.counters import increments
from anlan.science.jit import Bools, Int32s, Int64s

RAIN_5MIN: Final = 0x22
RAIN_SLOTS: Final = 0xF4
RAIN_TOTAL: Final = 0x26
RAIN_DAY: Final = 0x20
RAIN_1H: Final = 0x1A
LESSER: Final = (RAIN_TOTAL, RAIN_DAY, RAIN_1H)
HOUR_MS: Final = 3_600_000
DAY_MS: Final = 86_400_000  # a rain day begins at 08:00 in Beijing, which is 00:00 UTC
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
    """What changed in one element that is followed: place in the batch, growth since when, flags."""

    index: Int64s
    grown: Int64s
    since_ms: Int64s
    flags: Flags


@dataclass(frozen=True)
class Derived:
    """Five-minute rain that was not sent as element 22: the reading of the batch it comes from, time, tenths, flags."""

    index: Int64s
    at_ms: Int64s
    tenths: Int64s
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
        known_since = np.where(first, at, since)
        if self.steps.is_daily:
            grown, back, known_since = _of_the_day(value, grown, back, at, known_since)
        flags = np.zeros(index.size, np.int16)
        begun = np.where(first, 1, -(-(at - known_since) // (self.steps.step_s * 1000)))
        flags[~first & (np.abs(grown) > self.steps.highest_step * np.maximum(begun, 1))] |= Flag.RATE
        flags[back] |= Flag.RESET
        self.value[row], self.at_ms[row] = value, at  # in time order, so the last of each row stays
        return Moved(index, grown, known_since, flags)

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


def _of_the_day(
    value: Int64s, grown: Int64s, back: Bools, at: Int64s, since: Int64s
) -> tuple[Int64s, Bools, Int64s]:
    """On a new rain day it shows what fell since 08:00; what fell between the last report and 08:00 nobody told."""
    began = (at - 1) // DAY_MS * DAY_MS
    anew = since <= began
    return np.where(anew, value, grown), back & ~anew, np.where(anew, began, since)


@dataclass(frozen=True)
class Kept:
    """What a fold knew of some stations."""

    rows: Int32s
    followers: list[tuple[int, Int64s, Int64s]]
    heard: list[Int64s]


class RainFold:
    """From readings to the rain that the windows count."""

    def __init__(self, limits: Limits, stations: int) -> None:
        self.followers = {steps.code: Follower(steps, stations) for steps in limits.steps}
        self._heard = [np.full(stations, _LONG_AGO, np.int64) for _ in range(1 + len(LESSER))]

    def take(self, news: Known, flags: Flags) -> tuple[Int32s, Int64s, Int64s, Derived]:
        """Rows, times (ms) and tenths of rain to count, and what was worked out; sets RATE and RESET in `flags`."""
        moved = self._follow(news, flags)
        derived = _joined(self._derive(news, flags, moved), _slots(news, flags))
        row, at, rain = counted(news)
        if derived.index.size:
            row = np.concatenate([row, news.row[derived.index]])
            at = np.concatenate([at, derived.at_ms])
            rain = np.concatenate([rain, derived.tenths])
        return row, at, rain, derived

    def remember(self, news: Known, flags: Flags) -> None:
        """Take in what was told long ago, whose rain is counted already: readings as stored, with their flags."""
        own = news.pick((flags & Flag.DERIVED) == 0)
        self._hear(own)
        self._follow(own, np.zeros(own.row.size, np.int16))

    def _follow(self, news: Known, flags: Flags) -> dict[int, Moved]:
        found = {code: follower.follow(news) for code, follower in self.followers.items()}
        for moved in found.values():
            flags[moved.index] |= moved.flags
        return found

    def _hear(self, news: Known) -> None:
        fine = (news.code == RAIN_5MIN) | (news.code == RAIN_SLOTS)
        for heard, mine in zip(self._heard, [fine, *(news.code == code for code in LESSER)], strict=True):
            mine &= ~news.missing
            np.maximum.at(heard, news.row[mine], news.known_ms[mine])

    def _derive(self, news: Known, flags: Flags, moved: dict[int, Moved]) -> Derived:
        """Five-minute rain of stations that have sent nothing better within a day."""
        self._hear(news)
        best = np.full(news.row.size, _LONG_AGO, np.int64)
        index, since, tenths = [], [], []
        for heard, code in zip(self._heard[:-1], LESSER, strict=True):
            np.maximum(best, heard[news.row], out=best)
            mine = moved[code] if code in moved else _hours(news)
            use = best[mine.index] < news.known_ms[mine.index] - DAY_MS
            index.append(mine.index[use])
            since.append(mine.since_ms[use])
            tenths.append(mine.grown[use])
        from_ = np.concatenate(index)
        ahead = np.maximum(news.at_ms[from_] - news.known_ms[from_], 0)  # a clock that runs ahead
        parts = spread(
            since_ms=np.concatenate(since) - ahead,
            at_ms=news.at_ms[from_] - ahead,
            tenths=np.concatenate(tenths),
        )
        at = from_[parts.index]
        marks = flags[at] | Flag.DERIVED | np.where(parts.is_spread, Flag.SPREAD, 0)
        return Derived(at, parts.at_ms, parts.tenths, marks.astype(np.int16))

    def rollback(self, kept: Kept) -> None:
        """Go back to what `keep` gave: the readings were not stored after all."""
        for code, value, at_ms in kept.followers:
            self.followers[code].value[kept.rows], self.followers[code].at_ms[kept.rows] = value, at_ms
        for heard, before in zip(self._heard, kept.heard, strict=True):
            heard[kept.rows] = before

    def keep(self, rows: Int32s) -> Kept:
        """What the fold knows of these stations now, to go back to."""
        rows = np.unique(rows)
        followers = [(code, f.value[rows], f.at_ms[rows]) for code, f in self.followers.items()]
        return Kept(rows, followers, [heard[rows] for heard in self._heard])


def _hours(news: Known) -> Moved:
    """Rain of an hour that ends on the hour; one that slides would tell of the same rain again."""
    index = np.flatnonzero((news.code == RAIN_1H) & ~news.missing & (news.at_ms % HOUR_MS == 0))
    return Moved(index, news.value[index], news.at_ms[index] - HOUR_MS, np.zeros(index.size, np.int16))


def _slots(news: Known, flags: Flags) -> Derived:
    """The slots of an hour (F4) as the five-minute rain that they are: measured, so not marked as worked out.

    Those of an hour that is not over cannot have been measured.
    """
    fine = (news.code == RAIN_SLOTS) & ~news.missing & (news.value >= 0) & (news.at_ms <= news.known_ms)
    index = np.flatnonzero(fine)
    return Derived(index, news.at_ms[index], news.value[index], flags[index])


def _joined(first: Derived, then: Derived) -> Derived:
    if not then.index.size:
        return first
    return Derived(
        index=np.concatenate([first.index, then.index]),
        at_ms=np.concatenate([first.at_ms, then.at_ms]),
        tenths=np.concatenate([first.tenths, then.tenths]),
        flags=np.concatenate([first.flags, then.flags]),
    )


def counted(news: Known) -> tuple[Int32s, Int64s, Int64s]:
    """Rows, times (ms) and tenths of five-minute rain (22); a negative rain is flagged and kept, and is no rain.

    A gauge whose clock runs ahead still measures rain that has fallen: it counts as of when it became known.
    """
    mine = news.pick(np.flatnonzero((news.code == RAIN_5MIN) & ~news.missing & (news.value >= 0)))
    return mine.row, np.minimum(mine.at_ms, mine.known_ms), mine.value
