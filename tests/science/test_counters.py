import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from anlan.science.counters import increments


@given(st.lists(st.integers(0, 300), min_size=1, max_size=60), st.integers(0, 9_999))
def test_rain_comes_back_from_a_counter_that_rolls_over(rain: list[int], start: int) -> None:
    counter = (start + np.cumsum(rain)) % 10_000
    fell, reset = increments(counter, previous=start, modulus=10_000, most=300)
    assert fell.tolist() == rain
    assert not reset.any()


def test_a_counter_that_starts_over_gives_what_it_shows_and_is_flagged() -> None:
    fell, reset = increments(np.array([800, 12, 20]), previous=790)
    assert fell.tolist() == [10, 12, 8]
    assert reset.tolist() == [False, True, False]


def test_the_first_reading_ever_tells_nothing_of_the_rain_before_it() -> None:
    fell, reset = increments(np.array([4_000, 4_010]))
    assert fell.tolist() == [0, 10]
    assert not reset.any()


def test_no_reading_gives_no_rain() -> None:
    assert increments(np.array([], np.int64), previous=3)[0].size == 0
