"""One rain a gauge, never two: per span the greater of what slots (22, F4) and counters (26, 20, 1A) prove.

What only a counter proves becomes five-minute rain of its own, marked and stored beside what was sent, and so do the
slots of F4, which are such rain as they stand: windows, maps and pages read one series, also after a restart. What is
flagged out of range proves nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from anlan.observe.rules import proved
from anlan.observe.rules.quality import Flag, Flags, Limits, Steps, believed
from anlan.science.jit import Bools, Int32s, Int64s

RAIN_5MIN: Final = 0x22
RAIN_SLOTS: Final = 0xF4
RAIN_TOTAL: Final = 0x26
RAIN_DAY: Final = 0x20
RAIN_1H: Final = 0x1A
LESSER: Final = (RAIN_TOTAL, RAIN_DAY, RAIN_1H)
MINUTE_MS: Final = 60_000
HOUR_MS: Final = 3_600_000
_MODULUS: Final = 1_000_000  # six digits of 0.1 mm
_KINDS: Final = np.full(256, -1, np.int64)
_KINDS[[RAIN_5MIN, RAIN_SLOTS, RAIN_TOTAL, RAIN_DAY, RAIN_1H]] = (
    proved.MEASURED, proved.MEASURED, proved.TOTAL, proved.OF_DAY, proved.OF_HOUR,
)  # fmt: skip


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
class Derived:
    """Five-minute rain that was not sent as element 22: the reading of the batch it comes from, time, tenths, flags."""

    index: Int64s
    at_ms: Int64s
    tenths: Int64s
    flags: Flags

    def pick(self, which: Bools) -> Derived:
        return Derived(self.index[which], self.at_ms[which], self.tenths[which], self.flags[which])


class Follower:
    """The last value of one element at every station that is believed, and one that waits to be borne out."""

    def __init__(self, steps: Steps, near: Int32s) -> None:
        self.steps, self._near = steps, near
        self._value, self._held = np.zeros((2, near.size), np.int64)
        self._at_ms, self._held_ms = np.full((2, near.size), proved.LONG_AGO, np.int64)

    def follow(self, news: Known, flags: Flags) -> tuple[Int64s, Flags]:
        """Take in what belongs to this element; the readings that are marked, and their marks.

        One older than what was known before is left as it is, and so is one that is out of range.
        """
        sound = ~news.missing & ((flags & Flag.RANGE) == 0)
        mine = np.flatnonzero((news.code == self.steps.code) & sound)
        leaps, back = proved.follow(
            *(self._value, self._at_ms, self._held, self._held_ms, self._near),
            *(news.row[mine], news.at_ms[mine], news.value[mine]),
            *(self.steps.highest_step, self.steps.step_s * 1000),
            *(self.steps.is_counter, self.steps.is_daily),
        )
        return mine, (leaps * Flag.RATE + back * Flag.RESET).astype(np.int16)

    def believe(self, news: Known) -> None:
        """What a person says of it is borne out."""
        for n in np.flatnonzero(news.code == self.steps.code).tolist():
            row, at = news.row[n], news.at_ms[n]
            if at >= max(self._at_ms[row], self._held_ms[row]):
                self._value[row], self._at_ms[row], self._held_ms[row] = news.value[n], at, proved.LONG_AGO

    def of(self, rows: Int32s) -> tuple[Int64s, ...]:
        return self._value[rows], self._at_ms[rows], self._held[rows], self._held_ms[rows]

    def put(self, rows: Int32s, state: tuple[Int64s, ...]) -> None:
        """Go back to what `of` gave."""
        self._value[rows], self._at_ms[rows], self._held[rows], self._held_ms[rows] = state


@dataclass(frozen=True)
class Kept:
    """What a fold knew of some stations."""

    rows: Int32s
    followers: list[tuple[int, tuple[Int64s, ...]]]
    told: list[NDArray[Any]]


class RainFold:
    """From readings to the rain that the windows count."""

    def __init__(self, limits: Limits, stations: int, near: Int32s | None = None) -> None:
        """`near`: a number that neighbours share, -1 where a station has none."""
        near = np.full(stations, -1, np.int32) if near is None else near
        self.followers = {steps.code: Follower(steps, near) for steps in limits.steps}
        most = {steps.code: steps.highest_step * 300 // steps.step_s for steps in limits.steps}
        self._steps = np.array([most.get(code, _MODULUS) for code in (RAIN_TOTAL, RAIN_DAY)], np.int64)
        self._cells = np.zeros((stations, 4, proved.MINUTES), np.int32)
        self._made = np.zeros((stations, proved.MINUTES), np.int32)
        self._told = np.full((stations, 6), -proved.MINUTES, np.int64)
        self._ledger: tuple[NDArray[Any], ...] = (self._cells, self._made, self._told)

    def take(self, news: Known, flags: Flags) -> tuple[Int32s, Int64s, Int64s, Derived]:
        """Rows, times (ms) and tenths of rain to count, and what was worked out; sets RATE and RESET in `flags`."""
        self._follow(news, flags)
        slots, more = _slots(news, flags), self._prove(news, flags)
        row, at, rain = counted(news, flags)
        sound = slots.pick((slots.flags & Flag.RANGE) == 0)
        for derived in (sound, more):
            row = np.concatenate([row, news.row[derived.index]])
            at = np.concatenate([at, derived.at_ms])
            rain = np.concatenate([rain, derived.tenths])
        return row, at, rain, _joined(slots, more)

    def remember(self, news: Known, flags: Flags) -> None:
        """Take in what was told long ago, whose rain is counted already: readings as stored, with their flags."""
        made = (flags & Flag.DERIVED) != 0
        own = news.pick(~made)
        self._follow(own, flags[~made].copy())
        self._prove(own, flags[~made])
        mine = news.pick(made)
        minute = mine.at_ms // MINUTE_MS
        known = minute > self._told[mine.row, proved.NEWEST] - proved.MINUTES
        self._made[mine.row[known], minute[known] % proved.MINUTES] = mine.value[known] + 1

    def believe(self, news: Known, flags: Flags) -> None:
        """Levels that people bring; a counter they do not set."""
        for follower in self.followers.values():
            if not follower.steps.is_counter:
                follower.believe(news.pick(believed(flags)))

    def _follow(self, news: Known, flags: Flags) -> None:
        for follower in self.followers.values():
            index, marks = follower.follow(news, flags)
            flags[index] |= marks

    def _prove(self, news: Known, flags: Flags) -> Derived:
        """Five-minute rain that counters prove beyond the slots, of the hours that these readings touch."""
        at_ms = np.minimum(news.at_ms, news.known_ms)  # a clock that runs ahead
        kind = _KINDS[np.minimum(news.code, 255)]
        told = (kind >= 0) & ~news.missing & (news.value >= 0) & ((flags & Flag.RANGE) == 0)
        told &= (news.code != RAIN_SLOTS) | (news.at_ms <= news.known_ms)
        slides = news.at_ms % HOUR_MS != 0  # an hour that slides tells of the same rain again
        told &= (news.code != RAIN_1H) | ~slides
        index = np.flatnonzero(told)
        index = index[np.argsort(news.row[index], kind="stable")]
        minute = -(-at_ms[index] // MINUTE_MS)
        value = np.minimum(news.value[index], _MODULUS)
        rows = np.column_stack([news.row[index], kind[index], minute, value, index]).astype(np.int64)
        index, minute, tenths, spread = proved.take(self._cells, self._made, self._told, self._steps, rows).T
        marks = flags[index] & (Flag.LATE | Flag.CLOCK) | Flag.DERIVED | np.where(spread, Flag.SPREAD, 0)
        return Derived(index, minute * MINUTE_MS, tenths, marks.astype(np.int16))

    def rollback(self, kept: Kept) -> None:
        """Go back to what `keep` gave: the readings were not stored after all."""
        for code, state in kept.followers:
            self.followers[code].put(kept.rows, state)
        for now, before in zip(self._ledger, kept.told, strict=True):
            now[kept.rows] = before

    def keep(self, rows: Int32s) -> Kept:
        """What the fold knows of these stations now, to go back to."""
        rows = np.unique(rows)
        followers = [(code, follower.of(rows)) for code, follower in self.followers.items()]
        return Kept(rows, followers, [of[rows] for of in self._ledger])


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


def counted(news: Known, flags: Flags) -> tuple[Int32s, Int64s, Int64s]:
    """Rows, times (ms) and tenths of five-minute rain (22); what is out of range is kept, and is no rain.

    A gauge whose clock runs ahead still measures rain that has fallen: it counts as of when it became known.
    """
    fine = (news.code == RAIN_5MIN) & ~news.missing & (news.value >= 0) & ((flags & Flag.RANGE) == 0)
    mine = news.pick(np.flatnonzero(fine))
    return mine.row, np.minimum(mine.at_ms, mine.known_ms), mine.value
