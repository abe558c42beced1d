"""Baselines of the coming rain: each does just what its name says."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from anlan.simulate.rules import nowcast

RAIN = arrays(np.float64, st.tuples(st.integers(1, 5), st.integers(1, 30)), elements=st.floats(0, 200))


@given(RAIN)
def test_zero_rain_is_zero(rain: nowcast.Rain) -> None:
    assert not nowcast.zero(rain, 36).any()


@given(RAIN)
def test_persistence_keeps_the_rate_of_the_last_hour(rain: nowcast.Rain) -> None:
    coming = nowcast.persistence(rain, 36)
    assert coming.shape == (rain.shape[0], 36)
    np.testing.assert_allclose(coming[:, 0], rain[:, -12:].mean(axis=1))
    np.testing.assert_array_equal(coming[:, 0], coming[:, -1])


@given(RAIN)
def test_decaying_rain_never_grows_and_never_exceeds_persistence(rain: nowcast.Rain) -> None:
    coming = nowcast.decay(rain, 36)
    assert (np.diff(coming, axis=1) <= 1e-9).all()
    assert (coming <= nowcast.persistence(rain, 36) + 1e-9).all()


def test_half_of_the_decaying_rain_has_fallen_when_its_half_life_is_over() -> None:
    coming = nowcast.decay(np.full((1, 12), 10.0), 480, half_life_min=60)
    assert coming[0, :12].sum() == pytest.approx(coming[0].sum() / 2, rel=1e-6)


def test_rain_before_the_last_hour_does_not_count() -> None:
    rain = np.concatenate([np.full((1, 12), 99.0), np.zeros((1, 12))], axis=1)
    assert not nowcast.persistence(rain, 6).any()


def test_a_report_that_is_missing_is_not_taken_for_dry() -> None:
    rain = np.full((2, 12), 10.0)
    rain[0, 6:] = np.nan
    np.testing.assert_array_equal(nowcast.persistence(rain, 6), np.full((2, 6), 10.0))


def test_a_gauge_that_said_nothing_for_an_hour_lends_no_rain_to_come() -> None:
    rain = np.full((2, 24), 10.0)
    rain[0, 12:] = np.nan
    assert np.isnan(nowcast.persistence(rain, 6)[0]).all()
    assert np.isnan(nowcast.decay(rain, 6)[0]).all()
    assert (nowcast.persistence(rain, 6)[1] == 10.0).all()


@pytest.mark.parametrize("name", nowcast.BASELINES)
def test_without_any_step_there_is_nothing_to_go_on_from(name: str) -> None:
    with pytest.raises(nowcast.NoRain, match="at least one step"):
        nowcast.BASELINES[name](np.zeros((3, 0)), 6)
