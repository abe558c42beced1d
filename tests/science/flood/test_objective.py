"""Scores of a modelled series against a gauge's, held to published figures."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.science.flood.errors import BadInput
from anlan.science.flood.objective import compare_stage, kge, nse, peak

# The example of the documentation of HydroErr 1.24 (Roberts, Williams, Jackson, Nelson and Ames 2018), nse and kge_2009.
OBSERVED = np.array([4.7, 6, 10, 2.5, 4, 7])
MODELLED = np.array([5, 7, 9, 2, 4.5, 6.7])
LEVELS = st.lists(st.floats(-50, 50).map(lambda v: round(v, 3)), min_size=3, max_size=20)


def test_efficiencies_are_those_published() -> None:
    assert nse(OBSERVED, MODELLED) == pytest.approx(0.922093023255814, abs=1e-12)
    assert kge(OBSERVED, MODELLED) == pytest.approx(0.912223072345668, abs=1e-12)
    # the first example of the vignette of hydroGOF 0.5-4 (Zambrano-Bigiarini 2024)
    assert nse(np.arange(1.0, 11), np.arange(2.0, 12)) == pytest.approx(0.8787879, abs=1e-7)


def test_the_mean_as_a_model_scores_nothing() -> None:
    mean = np.full(6, OBSERVED.mean())
    assert nse(OBSERVED, mean) == pytest.approx(0.0)
    assert kge(OBSERVED, mean) == pytest.approx(1 - math.sqrt(2))  # Knoben, Freer and Woods (2019), HESS 23


@given(LEVELS)
def test_no_series_scores_better_than_the_gauge_itself(levels: list[float]) -> None:
    seen = np.array(levels)
    if np.ptp(seen) == 0:
        assert math.isnan(nse(seen, seen + 1))
        return
    assert nse(seen, seen) == 1.0
    assert nse(seen, seen[::-1].copy()) <= 1.0
    check = compare_stage(np.arange(seen.size), seen, seen, band_m=0.01)
    assert (check.agrees, check.bias_m, check.peak_late_min) == (True, 0.0, 0.0)


def test_a_peak_that_is_low_and_late_is_told_with_its_signs() -> None:
    minutes = np.arange(0.0, 60, 10)
    assert peak(minutes, np.array([1, 2, 5, 3, 2, 1.0]), np.array([1, 1, 2, 4, 2, 1.0])) == (-1.0, 10.0)


def test_a_stage_beyond_the_band_does_not_agree() -> None:
    minutes, seen = [0.0, 10.0, 20.0, 30.0], [60.0, 60.4, 61.0, 60.7]
    near = compare_stage(minutes, seen, [60.1, 60.6, 61.2, 60.8], band_m=0.3)
    assert (near.agrees, near.n, round(near.bias_m, 3), round(near.peak_error_m, 3)) == (True, 4, 0.15, 0.2)
    above = compare_stage(minutes, seen, [60.5, 60.9, 61.5, 61.2], band_m=0.3)
    assert not above.agrees
    assert above.rmse_m == pytest.approx(0.5)


def test_errors_that_cancel_do_not_pass_for_agreement() -> None:
    seesaw = compare_stage([0.0, 10.0, 20.0], [1.0, 1.0, 1.0], [0.0, 2.0, 1.0], band_m=0.5)
    assert seesaw.bias_m == 0.0
    assert not seesaw.agrees
    missed = compare_stage(range(100), [1.0] * 99 + [3.0], [1.0] * 99 + [2.4], band_m=0.5)
    assert missed.rmse_m < 0.1
    assert not missed.agrees, "the peak is what people drown in"


def test_moments_of_a_silent_gauge_are_left_out() -> None:
    check = compare_stage([0.0, 10.0, 20.0], [1.0, math.nan, 3.0], [1.0, 9.0, 3.0], band_m=0.1)
    assert (check.n, check.agrees, check.nse) == (2, True, 1.0)


def test_a_gauge_that_stood_still_has_no_efficiency_but_an_error() -> None:
    check = compare_stage([0.0, 10.0], [2.0, 2.0], [2.1, 2.1], band_m=0.3)
    assert math.isnan(check.nse)
    assert math.isnan(check.kge)
    assert check.agrees
    assert check.bias_m == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("minutes", "seen", "told", "band", "field"),
    [
        ([0, 1], [1.0, 2.0], [1.0], 0.1, "observed"),
        ([0, 1], [math.nan, math.nan], [1.0, 1.0], 0.1, "observed"),
        ([1, 0], [1.0, 2.0], [1.0, 2.0], 0.1, "minutes"),
        ([0], [1.0, 2.0], [1.0, 2.0], 0.1, "minutes"),
        ([0, 1], [1.0, 2.0], [1.0, 2.0], 0.0, "band_m"),
    ],
)
def test_series_that_cannot_be_compared_are_refused_by_name(minutes, seen, told, band, field) -> None:
    with pytest.raises(BadInput) as error:
        compare_stage(minutes, seen, told, band_m=band)
    assert error.value.field == field
