"""Counting hits, misses and false alarms; the shares that follow, and which baseline they choose."""

from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.simulate.rules.score import Counts, best, count

CASES = st.lists(st.tuples(st.booleans(), st.booleans()), max_size=60)


def test_the_shares_of_finleys_tornado_forecasts_are_as_published() -> None:
    """Finley (1884) as tabled by Murphy (1996), Weather and Forecasting 11: 28 hits, 23 misses, 72 false alarms."""
    finley = Counts(hits=28, misses=23, false_alarms=72, rejections=2680)
    assert finley.total == 2803
    assert finley.pod == pytest.approx(0.549, abs=5e-4)
    assert finley.far == pytest.approx(0.720, abs=5e-4)
    assert finley.csi == pytest.approx(0.228, abs=5e-4)


def test_each_of_the_four_cases_is_counted_once() -> None:
    said, came = [True, False, True, False], [True, True, False, False]
    assert count(said, came) == Counts(hits=1, misses=1, false_alarms=1, rejections=1)


def test_what_does_not_count_is_left_out() -> None:
    counted = [True, False, False, False]
    assert count([True] * 4, [True, False, True, False], counted=counted) == Counts(hits=1)


@given(CASES)
def test_no_case_is_lost_and_a_share_lies_between_nought_and_one(cases: list[tuple[bool, bool]]) -> None:
    found = count([said for said, _ in cases], [came for _, came in cases])
    assert found.total == len(cases)
    for share in (found.pod, found.far, found.csi):
        assert share is None or 0.0 <= share <= 1.0


@given(CASES, CASES)
def test_counts_of_two_nights_are_the_counts_of_both(
    one: list[tuple[bool, bool]], two: list[tuple[bool, bool]]
) -> None:
    def counts(cases: list[tuple[bool, bool]]) -> Counts:
        return count(np.array([s for s, _ in cases], bool), np.array([c for _, c in cases], bool))

    assert astuple(counts(one) + counts(two)) == astuple(counts(one + two))


def test_where_nothing_came_there_is_no_share_to_tell() -> None:
    silent = Counts(rejections=12)
    assert (silent.pod, silent.far, silent.csi) == (None, None, None)


def test_different_shapes_are_refused_with_both_named() -> None:
    with pytest.raises(ValueError, match=r"\(2,\).*\(3,\)"):
        count([True, False], [True, False, True])


def test_a_count_below_nought_is_refused() -> None:
    with pytest.raises(ValueError, match="0 or more"):
        Counts(misses=-1)


def test_the_highest_csi_is_chosen_and_a_tie_goes_to_whoever_misses_less() -> None:
    careful = Counts(hits=2, misses=2, false_alarms=0)
    bold = Counts(hits=4, misses=0, false_alarms=4)
    worse = Counts(hits=1, misses=3, false_alarms=0)
    assert careful.csi == bold.csi
    assert best({"careful": careful, "bold": bold, "worse": worse}) == "bold"


def test_nothing_is_chosen_from_nights_in_which_nothing_happened() -> None:
    with pytest.raises(ValueError, match="wetter"):
        best({"zero": Counts(rejections=5)})
