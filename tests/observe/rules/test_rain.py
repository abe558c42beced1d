"""One rain a gauge, however the station tells of it, and the same after a restart."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.foundation import packs
from anlan.observe.rules.quality import Flag, Limits, limits_of
from anlan.observe.rules.rain import Known, RainFold

T0 = 1_628_700_000_000 // 300_000 * 300_000
MINUTE = 60_000
PN05, PT, DRP = 0x22, 0x26, 0xF4


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
        row, at, tenths = folder.take(batch, np.zeros(batch.row.size, np.int16))
        found += list(zip(row.tolist(), ((at - T0) // MINUTE).tolist(), tenths.tolist(), strict=True))
    return found


def test_five_minute_rain_counts_as_it_is(limits: Limits) -> None:
    assert fold(limits, news((0, PN05, 5, 12), (1, PN05, 5, 3))) == [(0, 5, 12), (1, 5, 3)]


def test_a_station_with_only_a_counter_rains_what_the_counter_grew(limits: Limits) -> None:
    assert fold(limits, news((0, PT, 5, 1000)), news((0, PT, 10, 1042))) == [(0, 5, 0), (0, 10, 42)]


def test_a_station_that_sends_both_is_counted_once(limits: Limits) -> None:
    both = [news((0, PN05, 5 * n, 7), (0, PT, 5 * n, 7 * n)) for n in (1, 2, 3)]
    assert fold(limits, *both) == [(0, 5, 7), (0, 10, 7), (0, 15, 7)]


def test_the_slots_of_a_past_hour_count_each_at_its_time(limits: Limits) -> None:
    slots = news(*((0, DRP, 5 * n, n) for n in range(12)), known=60)
    assert fold(limits, slots) == [(0, 5 * n, n) for n in range(12)]


def test_slots_of_an_hour_that_is_not_over_cannot_have_been_measured(limits: Limits) -> None:
    slots = news(*((0, DRP, 5 * n, n) for n in range(12)), known=30)
    assert fold(limits, slots) == [(0, 5 * n, n) for n in range(7)]


def test_a_clock_that_runs_ahead_does_not_keep_rain_from_counting(limits: Limits) -> None:
    assert fold(limits, news((0, PN05, 25, 30), known=5)) == [(0, 5, 30)]


def test_a_counter_that_started_over_counts_what_it_shows_and_says_so(limits: Limits) -> None:
    folder = RainFold(limits, 1)
    folder.take(news((0, PT, 5, 500)), np.zeros(1, np.int16))
    flags = np.zeros(1, np.int16)
    _, _, tenths = folder.take(news((0, PT, 10, 8)), flags)
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
    _, _, tenths = folder.take(news((0, PT, 10, 700)), flags)
    assert (tenths.tolist(), flags[0] & Flag.RATE) == ([700], Flag.RATE)


def test_negative_rain_is_no_rain(limits: Limits) -> None:
    assert fold(limits, news((0, PN05, 5, -1))) == []


rows = st.tuples(
    st.integers(0, 3), st.sampled_from([PN05, PT, DRP]), st.integers(0, 300), st.integers(0, 900)
)


@given(st.lists(st.lists(rows, min_size=1, max_size=6), min_size=1, max_size=8))
def test_read_back_from_the_store_it_is_the_same_rain(
    limits: Limits, batches: list[list[tuple[int, ...]]]
) -> None:
    """A restart folds all stored readings at once; live they came batch by batch."""
    parts = [news(*batch, known=5 * n) for n, batch in enumerate(batches)]  # type: ignore[arg-type]
    whole = Known(*(np.concatenate(columns) for columns in zip(*(p.columns() for p in parts), strict=True)))
    live, again = fold(limits, *parts), fold(limits, whole)
    assert _rain(live) == _rain(again)


def _rain(found: list[tuple[int, int, int]]) -> dict[tuple[int, int], int]:
    """What the windows keep: of each gauge and minute the value that came last."""
    return {(row, minute): tenths for row, minute, tenths in found}


def test_a_fold_that_could_not_be_stored_is_taken_back(limits: Limits) -> None:
    folder = RainFold(limits, 2)
    folder.take(news((0, PT, 5, 100)), np.zeros(1, np.int16))
    lost = news((0, PT, 10, 150), (1, PN05, 10, 5))
    kept = folder.keep(lost.row)
    first = folder.take(lost, np.zeros(2, np.int16))
    folder.rollback(kept)
    again = folder.take(lost, np.zeros(2, np.int16))
    assert all(np.array_equal(a, b) for a, b in zip(first, again, strict=True))
