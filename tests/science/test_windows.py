"""The windows against a model that keeps every reading and adds up anew each time."""

from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.science.windows.ring import (
    LENGTHS_MIN,
    NEVER,
    RETRACT,
    ClockWentBack,
    RainWindows,
    Status,
    ThresholdsMisshapen,
)

MINUTE = 60_000
START = 1_628_700_000_000 // 300_000 * 300_000  # a full slot on 2021-08-11
GAUGES = 3
HOUR1, HOUR3, HOUR6, HOUR12 = 1, 2, 3, 4


def lines(*rows: tuple[int, int, int], levels: int = 4) -> np.ndarray:
    """Thresholds of one class from (window, level, tenths of mm)."""
    out = np.full((1, len(LENGTHS_MIN), levels), NEVER, np.int32)
    for window, level, tenths in rows:
        out[0, window, level - 1] = tenths
    return out


NATIONAL = lines((HOUR12, 1, 500), (HOUR6, 2, 500), (HOUR3, 3, 500), (HOUR3, 4, 1000))


class Model:
    """Every reading by (gauge, minute); sums by brute force."""

    def __init__(self) -> None:
        self.readings: dict[tuple[int, int], int] = {}
        self.now = START

    def push(self, gauge: int, at_ms: int, value: int) -> None:
        slot, head = -(-at_ms // 300_000), -(-self.now // 300_000)
        if 0 <= head - slot <= 288:
            self.readings[gauge, -(-at_ms // MINUTE)] = value

    def read(self, gauge: int, minutes: int) -> tuple[int, int]:
        """Exact for the last full slot; also the window that ends with the running slot, if it holds more."""
        ends = {self.now // 300_000, -(-self.now // 300_000)}
        return max(self._ending(gauge, end, minutes) for end in ends)

    def _ending(self, gauge: int, end: int, minutes: int) -> tuple[int, int]:
        inside = {
            minute: value
            for (g, minute), value in self.readings.items()
            if g == gauge and value >= 0 and (end * 5 - minutes) < minute <= end * 5
        }
        return sum(inside.values()), len({-(-minute // 5) for minute in inside})


steps = st.lists(
    st.tuples(
        st.sampled_from([0, 1, 4, 5, 5, 60, 355, 1440, 3000]),
        st.lists(
            st.tuples(
                st.integers(0, GAUGES - 1),
                st.integers(-2, 1460) | st.integers(0, 12),
                st.integers(-1, 60) | st.just(32_766),
            ),
            max_size=12,
        ),
    ),
    max_size=12,
)


@settings(max_examples=150, deadline=None)
@given(steps)
def test_every_window_equals_the_sum_by_hand(story: list[tuple[int, list[tuple[int, int, int]]]]) -> None:
    windows, model = RainWindows(np.arange(GAUGES)), Model()
    for minutes, readings in story:
        model.now += minutes * MINUTE
        windows.advance(model.now)
        for gauge, age, value in readings:
            at = model.now - age * MINUTE
            windows.push(np.array([gauge], np.int32), np.array([at]), np.array([value], np.int32))
            model.push(gauge, at, value)
        sums, seen = windows.read(np.arange(GAUGES, dtype=np.int32))
        for w, length in enumerate(LENGTHS_MIN):
            for g in range(GAUGES):
                assert (sums[w, g], seen[w, g]) == model.read(g, length)
        again = RainWindows(np.arange(GAUGES))
        again.restore(windows.checkpoint())
        assert np.array_equal(again.read(np.arange(GAUGES, dtype=np.int32)), (sums, seen))


def at(minute: int) -> np.ndarray:
    return np.array([START + minute * MINUTE])


def one(value: int) -> np.ndarray:
    return np.array([value], np.int32)


ROW = np.zeros(1, np.int32)


def fed(minutes_and_tenths: Iterable[tuple[int, int]], thresholds: np.ndarray = NATIONAL) -> RainWindows:
    windows = RainWindows(np.array([4213]), thresholds=thresholds)
    windows.advance(START)
    windows.evaluate()
    for minute, tenths in minutes_and_tenths:
        windows.advance(START + minute * MINUTE)
        windows.push(ROW, at(minute), one(tenths))
    return windows


def test_a_gauge_turns_red_with_the_reading_that_reaches_the_line_and_is_told_once() -> None:
    windows = fed([(5, 999)])
    assert windows.evaluate().after.tolist() == [3]
    windows.push(ROW, at(4), one(1))
    change = windows.evaluate()
    assert (change.before.tolist(), change.after.tolist()) == ([3], [4])
    assert change.window.tolist() == [HOUR3]
    assert change.stations.tolist() == [4213]
    assert windows.evaluate().rows.size == 0


def test_a_high_line_counts_where_the_class_has_no_lower_one_in_that_window() -> None:
    assert fed([(5, 1000)]).evaluate().after.tolist() == [4]


def test_a_level_stays_until_the_rain_is_well_under_its_line() -> None:
    windows = fed([(5, 60), (10, 445)], lines((HOUR3, 1, 500)))
    windows.evaluate()
    assert windows.levels.tolist() == [1]
    windows.advance(START + 185 * MINUTE)  # 44.5 mm left: under 50, under 90 % of it
    assert windows.evaluate().window.tolist() == [-1]
    held = fed([(5, 50), (10, 450)], lines((HOUR3, 1, 500)))
    held.evaluate()
    held.advance(START + 185 * MINUTE)  # 45.0 mm left: exactly what holds
    assert held.evaluate().rows.size == 0
    assert held.levels.tolist() == [1]


def test_the_hour_that_has_just_ended_is_not_hidden_by_the_first_tip_after_it() -> None:
    windows = fed([(5, 100), (60, 100)], lines((HOUR1, 1, 200)))
    windows.evaluate()
    late = fed([(5, 100)], lines((HOUR1, 1, 200)))
    late.advance(START + 60 * MINUTE + 20_000)
    late.push(ROW, at(60), one(100))
    assert windows.levels.tolist() == late.evaluate().after.tolist() == [1]


def test_a_correction_replaces_and_a_retracted_reading_is_missing_again() -> None:
    windows = fed([(5, 900)])
    assert windows.push(ROW, at(5), one(30)).tolist() == [Status.CORRECTED]
    assert windows.read(ROW)[0][HOUR1, 0] == 30
    windows.push(ROW, at(5), one(RETRACT))
    sums, seen = windows.read(ROW)
    assert (sums[HOUR1, 0], seen[HOUR1, 0]) == (0, 0)


def test_a_window_with_a_missing_slot_says_that_its_sum_is_a_lower_bound() -> None:
    windows = fed([(5 * k, 1) for k in range(1, 13) if k != 7])
    _, seen = windows.read(ROW)
    assert seen[HOUR1, 0] == windows.slots()[HOUR1] - 1


@pytest.mark.parametrize(
    ("row", "minute", "value", "status"),
    [
        (-1, 5, 1, Status.UNKNOWN),
        (0, 5, 40_000, Status.OUT_OF_RANGE),
        (0, 5, -2, Status.OUT_OF_RANGE),
        (0, 11, 1, Status.TOO_EARLY),
        (0, -1440, 1, Status.TOO_OLD),
        (0, -1430, 1, Status.STORED),
        (0, 10, 1, Status.STORED),
    ],
)
def test_a_reading_that_cannot_count_is_named(row: int, minute: int, value: int, status: Status) -> None:
    windows = fed([(10, 0)])
    windows.push(ROW, at(10), one(RETRACT))
    assert windows.push(np.array([row], np.int32), at(minute), one(value)).tolist() == [status]


def test_changed_gauges_come_in_row_order_whatever_the_order_of_arrival() -> None:
    windows = RainWindows(np.array([30, 10, 20]), thresholds=NATIONAL)
    windows.advance(START)
    windows.evaluate()
    windows.push(np.array([2, 0, 1], np.int32), np.repeat(at(0), 3), np.array([600, 600, 20], np.int32))
    assert windows.evaluate().stations.tolist() == [30, 20]


def test_wet_soil_changes_the_line_and_is_looked_at_at_once() -> None:
    dry, wet = lines((HOUR1, 1, 500)), lines((HOUR1, 1, 300))
    windows = RainWindows(np.array([1, 2]), thresholds=np.concatenate([dry, wet]))
    windows.advance(START)
    windows.push(np.array([0, 1], np.int32), np.repeat(at(0), 2), np.array([350, 350], np.int32))
    assert windows.evaluate().rows.size == 0
    windows.set_classes(np.array([1], np.int32), one(1))
    assert windows.evaluate().stations.tolist() == [2]
    with pytest.raises(ThresholdsMisshapen, match="2 classes"):
        windows.set_classes(ROW, one(2))


def test_rebuilt_windows_hold_the_level_that_only_hysteresis_keeps() -> None:
    live = fed([(5, 50), (10, 450)], lines((HOUR3, 1, 500)))
    live.evaluate()
    live.advance(START + 185 * MINUTE)
    live.evaluate()
    readings = {
        "now_ms": START + 185 * MINUTE,
        "rows": np.zeros(2, np.int32),
        "observed_ms": np.array([START + 5 * MINUTE, START + 10 * MINUTE]),
        "values": np.array([50, 450], np.int32),
    }
    again = RainWindows(np.array([4213]), thresholds=lines((HOUR3, 1, 500)))
    again.rebuild(**readings, levels=live.levels)
    assert again.evaluate().rows.size == 0
    assert again.levels.tolist() == [1]
    assert np.array_equal(again.read(ROW)[0], live.read(ROW)[0])
    again.rebuild(**readings)
    assert again.levels.tolist() == [0]


def test_a_clock_that_jumps_back_is_an_error_with_the_next_step() -> None:
    windows = fed([(5, 1)])
    windows.advance(START + 4 * MINUTE)
    with pytest.raises(ClockWentBack, match="rebuild"):
        windows.advance(START - 5 * MINUTE)


def test_thresholds_of_another_shape_or_of_zero_are_refused() -> None:
    for wrong in (np.ones((1, 2, 4), np.int32), np.zeros((1, len(LENGTHS_MIN), 4), np.int32)):
        with pytest.raises(ThresholdsMisshapen):
            RainWindows(np.array([1]), thresholds=wrong)
    with pytest.raises(ThresholdsMisshapen, match="other stations"):
        RainWindows(np.array([1])).restore(RainWindows(np.array([2])).checkpoint())
