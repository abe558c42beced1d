"""Rain of gauges on a grid: where nobody reports, nobody's rain is made up."""

import numpy as np
import pytest

from anlan.simulate.computing import rainfield
from anlan.simulate.computing.shapes import Terrain

NAN = np.nan


def ground(ny: int = 60, nx: int = 50, dx: float = 40.0) -> Terrain:
    flat = np.zeros((ny, nx))
    return Terrain(
        bed=flat,
        manning=flat + 0.04,
        width=flat,
        depth=flat,
        dx=dx,
        west=1000.0,
        north=9000.0,
        crs="EPSG:4547",
    )


def over(x: list[float], y: list[float], tenths: list[list[float]]) -> np.ndarray:
    return rainfield.over(ground(), x=np.array(x), y=np.array(y), tenths=np.array(tenths))


def test_one_gauge_rains_everywhere_alike() -> None:
    found = over([2000.0], [8000.0], [[10.0, 0.0, 5.0]])
    assert found.shape == (3, 60, 50)
    np.testing.assert_allclose(found[0], 12.0)  # 1 mm in five minutes is 12 mm/h
    np.testing.assert_allclose(found[1], 0.0)


def test_rain_lies_between_the_least_and_the_most_gauge() -> None:
    found = over([1000.0, 3000.0], [9000.0, 6600.0], [[10.0], [50.0]])
    assert 12.0 <= found.min() < found.max() <= 60.0
    assert found[0, 0, 0] < found[0, -1, -1], "the nearer gauge weighs more"


def test_a_gauge_without_a_value_lends_none() -> None:
    alone = over([1000.0], [9000.0], [[10.0, 20.0]])
    beside = over([1000.0, 2000.0], [9000.0, 8000.0], [[10.0, 20.0], [NAN, NAN]])
    np.testing.assert_allclose(alone, beside)


def test_a_step_that_nobody_reported_counts_as_dry() -> None:
    found = over([1000.0, 2000.0], [9000.0, 8000.0], [[10.0, NAN], [20.0, NAN]])
    assert not found[1].any()


def test_without_any_value_there_is_no_field() -> None:
    with pytest.raises(rainfield.NoGauge):
        over([1000.0], [9000.0], [[NAN, NAN]])
    with pytest.raises(rainfield.NoGauge):
        rainfield.over(ground(), x=np.empty(0), y=np.empty(0), tenths=np.empty((0, 3)))


def test_rain_known_everywhere_is_laid_on_blocks_as_it_falls_there() -> None:
    def fallen(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        return np.stack(
            [(x - 1000.0) / 100, np.zeros_like(x)], axis=1
        )  # the first step rains harder in the east

    rates = rainfield.everywhere(ground(), fallen)
    assert rates.shape == (2, 60, 50)
    assert not rates[1].any()
    assert (np.diff(rates[0], axis=1) >= 0).all()
    assert rates[0, 0, 0] == pytest.approx(2.4 * 12 / 10), "the middle of a block of 480 m, as a rate"
