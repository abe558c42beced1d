"""Members drawn from a seed, their rain, and what they say together."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.simulate.rules.ensemble import (
    NEVER,
    SIGMAS,
    Member,
    Spread,
    coming,
    distinct,
    draw,
    percent,
    quantile,
    reasons,
    together,
)

SPREAD = Spread(amount=0.35, shift_m=4000.0, timing_min=30.0)


def member(**other: float) -> Member:
    told = {"number": 1, "factor": 1.0, "east_m": 0.0, "north_m": 0.0, "late_min": 0, **other}
    return Member(**told)  # type: ignore[arg-type]


@given(st.integers(0, 2**40), st.integers(10, 200))
def test_a_member_is_the_same_however_many_there_are(seed: int, members: int) -> None:
    drawn = draw(seed=seed, members=members, spread=SPREAD)
    assert [each.number for each in drawn] == list(range(1, members + 1))
    assert drawn[:10] == draw(seed=seed, members=10, spread=SPREAD)


def test_another_seed_gives_other_members() -> None:
    assert draw(seed=1, members=10, spread=SPREAD) != draw(seed=2, members=10, spread=SPREAD)


def test_members_spread_as_far_as_they_were_told_and_no_further() -> None:
    drawn = draw(seed=7, members=2000, spread=SPREAD)
    logs = np.log([each.factor for each in drawn])
    assert logs.std() == pytest.approx(0.35, rel=0.1)
    assert abs(logs.mean()) < 0.03
    assert np.std([each.east_m for each in drawn]) == pytest.approx(4000, rel=0.1)
    assert np.abs(logs).max() <= 0.35 * SIGMAS + 1e-3
    assert max(abs(each.north_m) for each in drawn) <= 4000 * SIGMAS
    assert {each.late_min % 5 for each in drawn} == {0}
    assert min(each.late_min for each in drawn) < -30 < 30 < max(each.late_min for each in drawn)


def test_without_spread_all_members_are_what_was_given() -> None:
    drawn = draw(seed=3, members=10, spread=Spread(amount=0, shift_m=0, timing_min=0))
    assert {(each.factor, each.east_m, each.north_m, each.late_min) for each in drawn} == {(1.0, 0.0, 0.0, 0)}


RAIN = np.array([[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]])  # two steps fallen, four to come


@pytest.mark.parametrize(
    ("late", "told"), [(0, [3, 4, 5, 6]), (5, [2, 3, 4, 5]), (15, [1, 1, 2, 3]), (-10, [5, 6, 6, 6])]
)
def test_a_late_member_repeats_what_fell_and_an_early_one_is_ahead_of_it(late: int, told: list[int]) -> None:
    assert coming(RAIN, member(late_min=late), fallen=2, dry_before=False).tolist() == [told]


def test_before_a_design_rain_it_is_dry() -> None:
    assert coming(RAIN, member(late_min=10), fallen=0, dry_before=True).tolist() == [[0, 0, 1, 2, 3, 4]]


def test_the_amount_is_of_the_rain_to_come() -> None:
    assert coming(RAIN, member(factor=2.0), fallen=4, dry_before=False).tolist() == [[10, 12]]


@given(st.lists(st.sampled_from([0.0, 1.0, float("nan")]), min_size=1, max_size=12))
def test_steps_that_change_nothing_are_left_out_and_nothing_is_lost(values: list[float]) -> None:
    series = np.array([values])
    changes, kept = distinct(series)
    again = np.repeat(kept, np.diff([*changes, len(values)]), axis=1)
    assert np.array_equal(again, series, equal_nan=True)
    assert len(changes) <= len(values)


def test_ten_members_give_median_low_high_share_and_times() -> None:
    depth = np.array([0, 5, 10, 20, 31, 40, 50, 60, 80, 200])
    arrives = np.array([NEVER, NEVER, NEVER, NEVER, 90, 80, 70, 60, 40, 20])
    told = together(depth_cm=depth, arrives_min=arrives, households=np.minimum(depth // 10, 5))
    assert (told.depth_cm, told.low_cm, told.high_cm) == (31, 0, 80)
    assert told.share_percent == 60
    assert (told.earliest_min, told.arrives_min, told.latest_min) == (20, 60, 90)


def test_where_no_member_brings_water_there_is_no_time() -> None:
    none = together(depth_cm=np.zeros(10, int), arrives_min=np.full(10, NEVER), households=np.zeros(10, int))
    assert (none.share_percent, none.arrives_min, none.latest_min) == (0, None, None)


@given(st.lists(st.integers(0, 600), min_size=1, max_size=200), st.sampled_from([0.1, 0.5, 0.9]))
def test_a_quantile_is_the_answer_of_a_member_whatever_their_order(values: list[int], share: float) -> None:
    told = quantile(np.array(values), share)
    assert told in values
    assert told == quantile(np.array(values[::-1]), share)


@given(st.integers(1, 200), st.data())
def test_one_member_of_many_is_not_none_and_all_but_one_not_all(whole: int, data: st.DataObject) -> None:
    count = data.draw(st.integers(0, whole))
    told = percent(count, whole)
    assert (told == 0) == (count == 0)
    assert (told == 100) == (count == whole)


def test_an_ensemble_without_too_many_of_its_members_is_refused_and_says_how_many() -> None:
    assert reasons(members=50, excluded=10, most_percent=20, stopped=False) == []
    (why,) = reasons(members=50, excluded=11, most_percent=20, stopped=False)
    assert why.values == {"n": 11, "members": 50, "most": 20}
    (stopped,) = reasons(members=50, excluded=0, most_percent=20, stopped=True)
    assert "叫停" in stopped.text
