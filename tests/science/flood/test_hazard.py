"""Hazard of moving water at its printed bounds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from anlan.science.flood.hazard import (
    arr_class,
    arr_class_of_maxima,
    rating,
    rating_degree,
    rating_of_maxima,
)

MOMENTS = arrays(np.float64, (2, 5, 3), elements=st.floats(0, 6, width=32))  # depth and speed at five moments


@pytest.mark.parametrize(
    ("depth", "speed", "number"),
    [
        (0.30, 0.9, 1), (0.31, 0.5, 2), (0.10, 2.0, 1), (0.10, 2.1, 5), (0.15, 2.0, 1), (0.30, 2.0, 2),
        (0.50, 1.2, 2), (0.51, 1.1, 3), (1.20, 0.5, 3), (1.20, 0.51, 4), (1.21, 0.1, 4), (2.00, 0.5, 4),
        (2.00, 0.51, 5), (2.01, 0.0, 5), (4.00, 1.0, 5), (4.00, 1.01, 6), (4.01, 0.0, 6), (0.5, 4.1, 6),
        (0.0, 0.0, 0), (np.nan, 0.0, -1), (1.0, np.nan, -1),
    ],
)  # fmt: skip
def test_a_class_ends_at_its_printed_bound(depth: float, speed: float, number: int) -> None:
    assert arr_class(np.array([[depth]]), np.array([[speed]])) == number


def test_debris_weighs_more_where_water_is_deep() -> None:
    rated = rating(np.array([[0.25, 0.26]]), np.zeros((1, 2)))
    assert rated == pytest.approx(np.array([[0.25 * 0.5 + 0.5, 0.26 * 0.5 + 1.0]]))


def test_danger_grows_with_the_rating_and_the_unknown_is_no_nought() -> None:
    degrees = rating_degree(
        rating(np.array([[0.0, 0.1, 0.4, 1.0, 2.0, np.nan]]), np.array([[0.0, 0, 0, 0, 1, 0]]))
    )
    assert degrees.tolist() == [[0, 1, 2, 3, 4, -1]]


@given(MOMENTS)
def test_the_class_of_the_maxima_is_the_highest_class_of_all_moments(told: np.ndarray) -> None:
    depth, speed = told[0], np.where(told[0] > 0, told[1], 0)
    whole = arr_class_of_maxima(depth.max(0), speed.max(0), (depth * speed).max(0))
    assert whole.tolist() == arr_class(depth, speed).max(0).tolist()


@given(MOMENTS)
def test_the_rating_of_the_maxima_is_never_too_low_and_half_a_unit_too_high_at_most(told: np.ndarray) -> None:
    depth, speed = told
    most = rating(depth, speed).max(0)
    whole = rating_of_maxima(depth.max(0), (depth * (speed + 0.5)).max(0))
    assert (whole >= most - 1e-9).all()
    assert (whole <= most + 0.5 + 1e-9).all()
