"""One rain a gauge, however the station tells of it, and the same after a restart."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.foundation import packs
from anlan.observe.rules.quality import Flag, Limits, limits_of
from anlan.observe.rules.rain import RAIN_5MIN, Derived, Known, RainFold, counted
from anlan.observe.rules.spread import spread

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


@pytest.mark.parametrize(("better", "lesser"), [(PN05, PT), (PT, PJ), (PJ, P1), (PN05, P1)])
def test_of_two_elements_of_one_gauge_only_the_better_counts(
    limits: Limits, better: int, lesser: int
) -> None:
    hour = -(T0 // MINUTE) % 60
    both = [
        news((0, better, hour + 60 * n, 50 + 60 * n), (0, lesser, hour + 60 * n, 70 + 60 * n)) for n in (1, 2)
    ]
    alone = [news((0, better, hour + 60 * n, 50 + 60 * n)) for n in (1, 2)]
    assert fold(limits, *both) == fold(limits, *alone) != []


def test_a_gauge_whose_fine_rain_broke_a_day_ago_rains_by_its_counter(limits: Limits) -> None:
    first = news((0, PN05, 0, 7), (0, PT, 0, 100))
    still, later = news((0, PT, 1435, 130)), news((0, PT, 1445, 140))
    assert fold(limits, first, still) == [(0, 0, 7)]
    assert fold(limits, first, still, later) == [(0, 0, 7), (0, 1440, 5), (0, 1445, 5)]


gaps = st.tuples(st.integers(0, 10_000), st.integers(1, 1440), st.integers(0, 9_000))


@given(st.lists(gaps, min_size=1, max_size=6))
def test_parts_sum_to_what_fell_in_order_and_inside_the_gap(found: list[tuple[int, int, int]]) -> None:
    start, length, fell = (np.array(column, np.int64) for column in zip(*found, strict=True))
    since, at = T0 + start * MINUTE, T0 + (start + length) * MINUTE
    parts = spread(since_ms=since, at_ms=at, tenths=fell)
    for n in range(len(found)):
        mine = parts.index == n
        assert parts.tenths[mine].sum() == fell[n]
        assert np.ptp(parts.tenths[mine]) <= 1
        assert (np.diff(parts.at_ms[mine]) > 0).all()
        assert since[n] < parts.at_ms[mine].min()
        assert parts.at_ms[mine].max() == at[n]
        assert parts.is_spread[mine].all() == (mine.sum() > 1)


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


def test_a_leap_beyond_what_can_fall_is_flagged_and_counts(limits: Limits) -> None:
    folder = RainFold(limits, 1)
    folder.take(news((0, PT, 5, 0)), np.zeros(1, np.int16))
    flags = np.zeros(1, np.int16)
    _, _, tenths, _ = folder.take(news((0, PT, 10, 700)), flags)
    assert (tenths.tolist(), flags[0] & Flag.RATE) == ([700], Flag.RATE)


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
        again = triples(*counted(known))
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
