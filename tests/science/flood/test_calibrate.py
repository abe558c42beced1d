"""A search that can be repeated, within bounds, and what it tells of its own doubt."""

import math
from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.science.flood.calibrate import Parameter, score, search
from anlan.science.flood.errors import BadInput

N = Parameter("manning", 0.01, 0.2, 0.035, log=True)
CN = Parameter("cn", 40.0, 98.0, 75.0)


def hill(values: Mapping[str, float]) -> float:
    """A banana-shaped ridge with its top at n = 0.06, CN = 82 (after Rosenbrock 1960)."""
    a, b = math.log(values["manning"] / 0.06), (values["cn"] - 82.0) / 20.0
    return 1.0 - a * a - 5.0 * (b - a * a) ** 2


def test_the_top_of_a_ridge_is_found() -> None:
    found = search([N, CN], hill, most=80)
    assert found.best.score > 0.999
    assert found.best.values["manning"] == pytest.approx(0.06, rel=0.03)
    assert found.best.values["cn"] == pytest.approx(82.0, abs=1.0)
    assert found.at_bound == ()
    assert len(found.tries) <= 80


def test_the_start_is_tried_first_and_a_seed_is_a_search() -> None:
    one, two, other = (search([N, CN], hill, most=30, seed=seed) for seed in (5, 5, 6))
    assert one.tries[0].values == pytest.approx({"manning": 0.035, "cn": 75.0})
    assert one == two
    assert one.tries != other.tries


@settings(max_examples=25, deadline=None)
@given(st.floats(0, 1), st.floats(0, 1), st.integers(1, 40), st.integers(0, 9))
def test_no_try_leaves_the_bounds_nor_the_number_allowed(x: float, y: float, most: int, seed: int) -> None:
    def attempt(values: Mapping[str, float]) -> float:
        assert N.low * (1 - 1e-9) <= values["manning"] <= N.high * (1 + 1e-9)
        assert CN.low - 1e-9 <= values["cn"] <= CN.high + 1e-9
        return -abs(N.share(values["manning"]) - x) - abs(CN.share(values["cn"]) - y)

    found = search([N, CN], attempt, most=most, seed=seed)
    assert 1 <= len(found.tries) <= most
    assert found.best.score == max(t.score for t in found.tries)


def test_a_parameter_that_wants_beyond_its_bound_is_told() -> None:
    assert search([CN], lambda v: v["cn"], most=30).at_bound == ("cn",)


def test_refused_runs_are_never_the_best() -> None:
    found = search([CN], lambda v: math.nan if v["cn"] > 60 else v["cn"], most=40)
    assert found.best.values["cn"] == pytest.approx(60.0, abs=0.5)
    assert found.tries[0].score == -math.inf


def test_what_the_gauge_cannot_tell_apart_is_told_as_a_range() -> None:
    blind = search([N, CN], lambda v: 1 - ((v["cn"] - 70) / 30) ** 2, most=60)
    low, high = blind.alike()["manning"]
    assert high > 2 * low, "the roughness is not known"
    low, high = blind.alike()["cn"]
    assert 65.5 < low <= 70 <= high < 74.5


def test_scores_are_greater_the_better() -> None:
    minutes, seen = np.arange(0.0, 50, 10), np.array([1.0, 2.0, 4.0, 3.0, 2.0])
    late = np.array([1.0, 1.5, 2.5, 3.5, 2.5])
    for objective, best in (("nse", 1.0), ("kge", 1.0), ("peak", 0.0), ("timing", 0.0)):
        perfect, poor = (score(objective, minutes=minutes, observed=seen, modelled=m) for m in (seen, late))
        assert perfect == pytest.approx(best)
        assert poor < perfect
    assert score("peak", minutes=minutes, observed=seen, modelled=late) == pytest.approx(-0.5)
    assert score("timing", minutes=minutes, observed=seen, modelled=late) == -10


@pytest.mark.parametrize(
    "make",
    [
        lambda: Parameter("n", 0.2, 0.1, 0.15),
        lambda: Parameter("n", 0.1, 0.2, 0.3),
        lambda: Parameter("n", 0.0, 1.0, 0.5, log=True),
        lambda: Parameter("n", math.nan, 1.0, 0.5),
        lambda: search([], hill, most=3),
        lambda: search([N, N], hill, most=3),
        lambda: score("best", minutes=np.arange(2.0), observed=np.arange(2.0), modelled=np.arange(2.0)),
        lambda: score("nse", minutes=np.arange(2.0), observed=np.ones(2), modelled=np.arange(2.0)),
    ],
)
def test_a_search_that_cannot_be_is_refused(make) -> None:
    with pytest.raises(BadInput):
        make()
