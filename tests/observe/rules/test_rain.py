"""One rain a gauge, however the station tells of it, and the same after a restart."""

from itertools import pairwise
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.foundation import packs
from anlan.observe.rules.quality import Flag, Limits, limits_of
from anlan.observe.rules.rain import RAIN_5MIN, Derived, Known, RainFold, counted

T0 = 1_628_700_000_000 // 300_000 * 300_000
MINUTE = 60_000
PN05, PT, PJ, P1, DRP = 0x22, 0x26, 0x20, 0x1A, 0xF4
EIGHT = -(T0 // MINUTE) % 1440  # minutes from T0 to the next 08:00 in Beijing


@pytest.fixture(scope="module")
def limits() -> Limits:
    return limits_of(packs.get("quality").data)


def news(*rows: tuple[int, int, int, int], known: int | None = None) -> Known:
    """Readings (row, code, minutes after T0, tenths); None known: known when observed."""
    row, code, minute, value = (np.array(column, np.int64) for column in zip(*rows, strict=True))
    at = T0 + minute * MINUTE
    known_ms = at.copy() if known is None else np.full(at.size, T0 + known * MINUTE)
    return Known(
        row.astype(np.int32), code.astype(np.int32), at, known_ms, value, np.zeros(at.size, np.bool_)
    )


def fold(limits: Limits, *batches: Known) -> list[tuple[int, int, int]]:
    """(row, minutes after T0, tenths) that the windows count."""
    folder, found = RainFold(limits, 4), []
    for batch in batches:
        row, at, tenths, _ = folder.take(batch, np.zeros(batch.row.size, np.int16))
        found += list(zip(row.tolist(), ((at - T0) // MINUTE).tolist(), tenths.tolist(), strict=True))
    return found


def test_five_minute_rain_counts_as_it_is(limits: Limits) -> None:
    assert fold(limits, news((0, PN05, 5, 12), (1, PN05, 5, 3))) == [(0, 5, 12), (1, 5, 3)]


def test_a_station_with_only_a_counter_rains_what_the_counter_grew(limits: Limits) -> None:
    assert fold(limits, news((0, PT, 5, 1000)), news((0, PT, 10, 1042))) == [(0, 10, 42)]


def test_a_counter_that_reports_by_the_minute_loses_nothing(limits: Limits) -> None:
    found = fold(limits, *(news((0, PT, n, 10 * n)) for n in range(1, 12)))
    assert found == [(0, n, 10) for n in range(2, 12)]


def test_what_fell_between_hourly_reports_is_spread_evenly_and_marked(limits: Limits) -> None:
    folder = RainFold(limits, 1)
    folder.take(news((0, PT, 0, 100)), np.zeros(1, np.int16))
    _, at, tenths, derived = folder.take(news((0, PT, 60, 225)), np.zeros(1, np.int16))
    assert ((at - T0) // MINUTE).tolist() == [5 * n for n in range(1, 13)]
    assert tenths.tolist() == [10, 10, 11, 10, 11, 10, 10, 11, 10, 11, 10, 11]
    assert {int(f) for f in derived.flags} == {Flag.DERIVED | Flag.SPREAD}


def test_what_grew_over_more_than_a_day_is_placed_nowhere(limits: Limits) -> None:
    assert fold(limits, news((0, PT, 0, 100)), news((0, PT, 1441, 900))) == []


def test_the_rain_of_the_day_starts_over_at_eight(limits: Limits) -> None:
    days = [(EIGHT - 5, 300), (EIGHT, 306), (EIGHT + 5, 4), (EIGHT + 10, 9)]
    found = fold(limits, *(news((0, PJ, minute, tenths)) for minute, tenths in days))
    assert found == [(0, EIGHT, 6), (0, EIGHT + 5, 4), (0, EIGHT + 10, 5)]


def test_what_the_day_shows_after_a_night_without_reports_fell_since_eight(limits: Limits) -> None:
    found = fold(limits, news((0, PJ, EIGHT - 90, 300)), news((0, PJ, EIGHT + 10, 8)))
    assert found == [(0, EIGHT + 5, 4), (0, EIGHT + 10, 4)]


def test_a_full_hour_is_spread_where_nothing_finer_is_told_and_a_sliding_one_is_not(limits: Limits) -> None:
    hour = -(T0 // MINUTE) % 60 + 60
    assert sum(t for _, _, t in fold(limits, news((0, P1, hour, 124)))) == 124
    assert fold(limits, news((0, P1, hour + 5, 124))) == []


def total(limits: Limits, *batches: Known) -> int:
    """What the windows hold in the end."""
    return sum(_rain(fold(limits, *batches)).values())


def test_a_counter_counts_what_fine_rain_that_broke_down_does_not_tell(limits: Limits) -> None:
    """Slots said 0.7 mm and nothing since; the counter grew on."""
    first, still = news((0, PN05, 0, 7), (0, PT, 0, 100)), news((0, PT, 60, 1300))
    assert total(limits, first, still) == 7 + 1200


def test_full_hours_of_slots_with_counters_in_between_count_once(limits: Limits) -> None:
    hour = [10 * n for n in range(12)]
    between = [news((0, PT, 5 * (n + 1), sum(hour[: n + 1]))) for n in range(12)]
    parts = [news((0, PT, 0, 0)), *between]
    assert total(limits, *parts) == sum(hour)
    slots = news(*((0, DRP, 5 * (n + 1), hour[n]) for n in range(12)), known=60)
    assert _rain(fold(limits, *parts, slots)) == {(0, 5 * (n + 1)): hour[n] for n in range(12)}


def test_slots_that_are_missing_do_not_hide_what_the_counter_grew_by(limits: Limits) -> None:
    """F4 is 11 x FF and 0.5 mm, and the counter grew by 83.5 mm."""
    found = _rain(fold(limits, news((0, PT, 0, 0)), news((0, DRP, 60, 5), (0, PT, 60, 835), known=60)))
    assert found[0, 60] == 5
    assert sum(found.values()) == 835
    others = [tenths for (_, minute), tenths in found.items() if minute != 60]
    assert (len(others), max(others) - min(others) <= 1) == (11, True)


def test_slots_that_come_late_take_back_what_was_spread_where_it_did_not_fall(limits: Limits) -> None:
    parts = [news((0, PT, 0, 0)), news((0, PT, 60, 120))]
    slots = news(*((0, DRP, 5 * n, 120 if n == 3 else 0) for n in range(1, 12)), known=61)
    assert total(limits, *parts, slots) == 120


def test_counters_whose_spans_overlap_count_no_rain_twice(limits: Limits) -> None:
    hour = -(T0 // MINUTE) % 60
    parts = [news((0, PT, hour + 5, 0)), news((0, P1, hour + 60, 120)), news((0, PT, hour + 65, 120))]
    assert total(limits, *parts) == 120


def test_a_single_zero_of_a_counter_is_no_rain(limits: Limits) -> None:
    parts = [news((0, PT, 5 * n, tenths)) for n, tenths in enumerate([1000, 1002, 0, 1004, 1005], 1)]
    assert total(limits, *parts) == 5


def test_a_counter_that_was_set_to_another_number_is_no_rain(limits: Limits) -> None:
    parts = [news((0, PT, 5 * n, tenths)) for n, tenths in enumerate([9000, 5000, 5003], 1)]
    assert total(limits, *parts) == 3


def test_rain_out_of_range_is_kept_and_counts_for_nothing(limits: Limits) -> None:
    flags = np.array([Flag.RANGE, Flag.RANGE], np.int16)
    _, _, tenths, derived = RainFold(limits, 1).take(news((0, PN05, 5, 9000), (0, DRP, 10, 700)), flags)
    assert (tenths.tolist(), derived.tenths.tolist()) == ([], [700])


class Logger:
    """A gauge that tells of known rain by fine rain, slots with holes, two counters and hours; some of its reports are
    lost or late, its counter starts over or rolls over. `proved`: (slot after which, last slot, tenths).
    """

    def __init__(self, rng: Random) -> None:
        self.rain = [rng.choice([0, 0, 1, 3, 12, 90]) for _ in range(rng.randint(4, 60))]
        self.begin = EIGHT + 5 * rng.randint(-40, 10)
        self.proved: list[tuple[int, int, int]] = []
        reports: list[tuple[int, list[tuple[int, int, int, int]]]] = []
        late: list[tuple[int, list[tuple[int, int, int, int]]]] = []
        self._rng = rng
        self._total, self._today = rng.choice([0, 500, 999_950]), rng.randint(0, 90)
        kinds = rng.sample([PN05, PT, PJ, P1, DRP], rng.randint(1, 5))
        every = rng.choice([1, 2, 3, 12])
        for n, fell in enumerate(self.rain, 1):
            self._fall(n, fell)
            rows = [row for code in kinds for row in self._rows(code, n, every)]
            if rows and rng.random() < 0.7:
                (late if rng.random() < 0.1 else reports).append((n, rows))
            if late and rng.random() < 0.3:
                reports.append((n, late.pop()[1]))
        self.reports = [self._send(n, rows) for n, rows in reports]

    def minute(self, n: int) -> int:
        return self.begin + 5 * n

    def _fall(self, n: int, fell: int) -> None:
        if self._total < 900_000 and self._rng.random() < 0.05:
            self._total = 0
        self._total = (self._total + fell) % 1_000_000
        self._today = fell if (self.minute(n) - 5 - EIGHT) % 1440 == 0 else self._today + fell

    def _rows(self, code: int, n: int, every: int) -> list[tuple[int, int, int, int]]:
        if code == PN05:
            return [(0, code, self.minute(n), self.rain[n - 1])]
        if code == DRP and n % 12 == 0:
            slots = [k for k in range(n - 11, n + 1) if self._rng.random() < 0.7]
            return [(0, code, self.minute(k), self.rain[k - 1]) for k in slots]
        if code == P1 and n >= 12 and (self.minute(n) * MINUTE + T0) % (60 * MINUTE) == 0:
            return [(0, code, self.minute(n), sum(self.rain[n - 12 : n]))]
        if code in (PT, PJ) and n % every == 0:
            return [(0, code, self.minute(n), self._total if code == PT else self._today)]
        return []

    def _send(self, n: int, rows: list[tuple[int, int, int, int]]) -> Known:
        for _, code, minute, value in rows:
            k = (minute - self.begin) // 5
            if code in (PN05, DRP, P1):
                self.proved.append((k - (12 if code == P1 else 1), k, value))
        return news(*rows, known=self.minute(n))


@given(st.randoms(use_true_random=False))
def test_no_more_than_fell_and_no_less_than_was_proved(limits: Limits, rng: Random) -> None:
    logger = Logger(rng)
    if not logger.reports:
        return
    minutes = _rain(fold(limits, *logger.reports))
    slots = [0] * (len(logger.rain) + 13)
    for (_, minute), tenths in minutes.items():
        slots[max(-(-(minute - logger.begin) // 5), 0)] += tenths
    assert sum(slots) <= sum(logger.rain)
    for since, until, tenths in [*logger.proved, *_grown(logger)]:
        assert sum(slots[since + 1 : until + 1]) >= tenths


def _grown(logger: Logger) -> list[tuple[int, int, int]]:
    """What its counters prove between two readings, in the order in which they came, neither over a new day nor over a new start."""
    found = []
    for code in (PT, PJ):
        seen: list[tuple[int, int]] = []
        for report in logger.reports:
            for kind, at, value in zip(report.code, report.at_ms, report.value, strict=True):
                if kind == code and (not seen or (at - T0) // MINUTE > seen[-1][0]):
                    seen.append((int(at - T0) // MINUTE, int(value)))
        for (then, before), (now, after) in pairwise(seen):
            is_new_day = code == PJ and (then - 1 - EIGHT) // 1440 != (now - 1 - EIGHT) // 1440
            if after >= before and not is_new_day:
                found.append(((then - logger.begin) // 5, (now - logger.begin) // 5, after - before))
    return found


@given(st.lists(st.tuples(st.integers(1, 90), st.integers(0, 99)), min_size=1, max_size=20))
def test_the_sum_of_the_increments_is_the_growth_of_the_counter(
    limits: Limits, steps: list[tuple[int, int]]
) -> None:
    minute, total, batches = 0, 500, [news((0, PT, 0, 500))]
    for gap, fell in steps:
        minute, total = minute + gap, total + fell
        batches.append(news((0, PT, minute, total)))
    found = fold(limits, *batches)
    assert sum(tenths for _, _, tenths in found) == total - 500
    assert len({at for _, at, _ in found}) == len(found)  # no part takes the place of another


@given(st.permutations(list(range(1, 7))))
def test_in_whatever_order_counter_readings_come_no_rain_counts_twice(
    limits: Limits, order: list[int]
) -> None:
    """Once the last is here, all that grew between the first and it has counted once."""
    batches = [news((0, PT, 0, 0)), *(news((0, PT, 7 * n, 10 * n), known=50 + n) for n in order)]
    found = fold(limits, *batches)
    assert sum(tenths for _, _, tenths in found) == 60


def test_a_station_that_sends_both_is_counted_once(limits: Limits) -> None:
    both = [news((0, PN05, 5 * n, 7), (0, PT, 5 * n, 7 * n)) for n in (1, 2, 3)]
    assert fold(limits, *both) == [(0, 5, 7), (0, 10, 7), (0, 15, 7)]


def test_the_slots_of_a_past_hour_count_each_at_its_time(limits: Limits) -> None:
    slots = news(*((0, DRP, 5 * n, n) for n in range(12)), known=60)
    assert fold(limits, slots) == [(0, 5 * n, n) for n in range(12)]


def test_slots_are_five_minute_rain_that_was_measured_not_worked_out(limits: Limits) -> None:
    slots = news(*((0, DRP, 5 * n, n) for n in range(3)), known=60)
    _, _, _, derived = RainFold(limits, 1).take(slots, np.array([0, Flag.RANGE, 0], np.int16))
    assert derived.index.tolist() == [0, 1, 2]
    assert derived.flags.tolist() == [0, Flag.RANGE, 0]


def test_slots_of_an_hour_that_is_not_over_cannot_have_been_measured(limits: Limits) -> None:
    slots = news(*((0, DRP, 5 * n, n) for n in range(12)), known=30)
    assert fold(limits, slots) == [(0, 5 * n, n) for n in range(7)]


def test_a_clock_that_runs_ahead_does_not_keep_rain_from_counting(limits: Limits) -> None:
    assert fold(limits, news((0, PN05, 25, 30), known=5)) == [(0, 5, 30)]


def test_a_counter_that_started_over_counts_what_it_shows_and_says_so(limits: Limits) -> None:
    folder = RainFold(limits, 1)
    folder.take(news((0, PT, 5, 500)), np.zeros(1, np.int16))
    flags = np.zeros(1, np.int16)
    _, _, tenths, _ = folder.take(news((0, PT, 10, 8)), flags)
    assert tenths.tolist() == [8]
    assert flags[0] & Flag.RESET


def test_a_counter_that_rolls_over_rains_on(limits: Limits) -> None:
    assert fold(limits, news((0, PT, 5, 999_990)), news((0, PT, 10, 14)))[-1] == (0, 10, 24)


def test_a_counter_reading_that_comes_late_counts_nothing_twice(limits: Limits) -> None:
    found = fold(limits, news((0, PT, 5, 100)), news((0, PT, 15, 130)), news((0, PT, 10, 120), known=16))
    assert sum(tenths for _, _, tenths in found) == 30


def test_a_leap_beyond_what_can_fall_is_flagged_and_waits_for_a_second_reading(limits: Limits) -> None:
    folder, flags = RainFold(limits, 1), np.zeros(1, np.int16)
    folder.take(news((0, PT, 5, 0)), np.zeros(1, np.int16))
    _, _, tenths, _ = folder.take(news((0, PT, 10, 700)), flags)
    assert (tenths.tolist(), flags[0] & Flag.RATE) == ([], Flag.RATE)
    _, at, tenths, _ = folder.take(news((0, PT, 15, 703)), again := np.zeros(1, np.int16))
    assert (tenths.sum(), ((at - T0) // MINUTE).tolist(), again[0]) == (703, [10, 15], 0)


def test_negative_rain_is_no_rain(limits: Limits) -> None:
    assert fold(limits, news((0, PN05, 5, -1))) == []


rows = st.tuples(
    st.integers(0, 3), st.sampled_from([PN05, PT, PJ, P1, DRP]), st.integers(0, 300), st.integers(0, 900)
)


def stored(batch: Known, derived: Derived) -> tuple[Known, np.ndarray]:
    """What the store gives back of a batch: what was sent, and what was worked out, with its marks."""
    of_rain = batch.pick(derived.index)
    more = Known(
        of_rain.row, np.full_like(of_rain.code, RAIN_5MIN), derived.at_ms, of_rain.known_ms, derived.tenths,
        np.zeros(of_rain.row.size, np.bool_),
    )  # fmt: skip
    return joined([batch, more]), np.concatenate([np.zeros(batch.row.size, np.int16), derived.flags])


def joined(parts: list[Known]) -> Known:
    return Known(*(np.concatenate(columns) for columns in zip(*(p.columns() for p in parts), strict=True)))


def triples(row: np.ndarray, at: np.ndarray, tenths: np.ndarray) -> list[tuple[int, int, int]]:
    return list(zip(row.tolist(), ((at - T0) // MINUTE).tolist(), tenths.tolist(), strict=True))


@given(st.lists(st.lists(rows, min_size=1, max_size=6), min_size=1, max_size=8), st.data())
def test_read_back_from_the_store_it_is_the_same_rain(
    limits: Limits, batches: list[list[tuple[int, ...]]], data: st.DataObject
) -> None:
    """A restart counts what is stored and goes on from there; live it came batch by batch."""
    parts = [news(*batch, known=5 * n) for n, batch in enumerate(batches)]  # type: ignore[arg-type]
    cut = data.draw(st.integers(0, len(parts)))
    live = fold(limits, *parts)
    before, after = RainFold(limits, 4), RainFold(limits, 4)
    kept = [stored(p, before.take(p, np.zeros(p.row.size, np.int16))[3]) for p in parts[:cut]]
    again = []
    if kept:
        known, flags = joined([k for k, _ in kept]), np.concatenate([f for _, f in kept])
        again = triples(*counted(known, flags))
        after.remember(known, flags)
    for p in parts[cut:]:
        again += triples(*after.take(p, np.zeros(p.row.size, np.int16))[:3])
    assert _rain(live) == _rain(again)


def _rain(found: list[tuple[int, int, int]]) -> dict[tuple[int, int], int]:
    """What the windows keep: of each gauge and minute the value that came last."""
    return {(row, minute): tenths for row, minute, tenths in found}


def test_a_fold_that_could_not_be_stored_is_taken_back(limits: Limits) -> None:
    folder = RainFold(limits, 2)
    folder.take(news((0, PT, 5, 100)), np.zeros(1, np.int16))
    lost = news((0, PT, 10, 150), (1, PN05, 10, 5))
    kept = folder.keep(lost.row)
    first = folder.take(lost, np.zeros(2, np.int16))[:3]
    folder.rollback(kept)
    again = folder.take(lost, np.zeros(2, np.int16))[:3]
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))


STAGE = 0x39


def leaps(limits: Limits, *readings: tuple[int, int, int], near: list[int] | None = None) -> list[bool]:
    """Whether each stage (row, minute, millimetres), one a report, is doubted."""
    folder, found = RainFold(limits, 4, None if near is None else np.array(near, np.int32)), []
    for row, minute, mm in readings:
        flags = np.zeros(1, np.int16)
        folder.take(news((row, STAGE, minute, mm)), flags)
        found.append(bool(flags[0] & Flag.RATE))
    return found


def test_a_single_zero_of_a_stage_is_doubted_and_what_follows_is_not(limits: Limits) -> None:
    assert leaps(limits, (0, 5, 61_350), (0, 10, 0), (0, 15, 61_360)) == [False, True, False]
    assert leaps(limits, (0, 5, 12_300), (0, 65, 0), (0, 125, 12_310)) == [False, True, False]


def test_a_leap_of_a_stage_is_believed_when_a_second_reading_bears_it_out(limits: Limits) -> None:
    assert leaps(limits, (0, 5, 50_000), (0, 10, 58_000), (0, 15, 58_400)) == [False, True, False]
    assert leaps(limits, (0, 5, 50_000), (0, 10, 58_000), (0, 15, 99_000)) == [False, True, True]


def test_a_leap_of_a_stage_is_believed_when_a_neighbour_leapt_the_same_way(limits: Limits) -> None:
    both = [(0, 5, 50_000), (1, 5, 47_000), (0, 10, 58_000)]
    assert leaps(limits, *both, (1, 10, 55_000), near=[7, 7, -1, -1])[-1] is False
    assert leaps(limits, *both, (1, 10, 40_000), near=[7, 7, -1, -1])[-1] is True
    assert leaps(limits, *both, (1, 10, 55_000), near=[7, 8, -1, -1])[-1] is True
    assert leaps(limits, *both, (1, 10, 55_000))[-1] is True
