"""Hits, misses and false alarms of forecasts by village."""

from hypothesis import given
from hypothesis import strategies as st

from anlan.simulate.rules.scoring import NOTHING, Score, score

TOLD = st.dictionaries(st.sampled_from("abcdefgh"), st.booleans())


def test_each_village_is_counted_once() -> None:
    found = score(forecast={"a": True, "b": True, "c": False}, happened={"a": True, "c": True, "d": True})
    assert found == Score(hits=1, misses=2, false_alarms=1)
    assert (found.pod, found.far, found.csi) == (1 / 3, 1 / 2, 1 / 4)


def test_where_nothing_happened_and_nothing_was_said_there_is_no_ratio() -> None:
    quiet = score(forecast={"a": False}, happened={})
    assert (quiet.pod, quiet.far, quiet.csi) == (None, None, None)


@given(TOLD)
def test_a_forecast_of_what_came_is_perfect(came: dict[str, bool]) -> None:
    found = score(forecast=came, happened=came)
    assert found.misses == found.false_alarms == 0
    assert found.hits == sum(came.values())


@given(TOLD, TOLD)
def test_misses_of_one_are_false_alarms_of_the_other(a: dict[str, bool], b: dict[str, bool]) -> None:
    there, back = score(forecast=a, happened=b), score(forecast=b, happened=a)
    assert (there.hits, there.misses, there.false_alarms) == (back.hits, back.false_alarms, back.misses)


@given(st.lists(st.tuples(TOLD, TOLD)))
def test_scores_of_nights_add_up(nights: list[tuple[dict[str, bool], dict[str, bool]]]) -> None:
    total = sum((score(forecast=a, happened=b) for a, b in nights), NOTHING)
    assert total.hits + total.misses == sum(sum(b.values()) for _, b in nights)
