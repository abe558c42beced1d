"""Nights of generated rain: the same seed gives the same night, rain comes in whole tips, drifts and ends."""

from dataclasses import replace

import numpy as np
import pytest

from anlan.demo.storms import NIGHT_MIN, STEP_MIN, WETNESS, Shower, Storm, storm

HERE = {"x": 500_000.0, "y": 3_500_000.0, "reach_m": 10_000.0}
X, Y = np.array([500_000.0, 510_000.0]), np.array([3_500_000.0, 3_500_000.0])
STILL = Shower(
    x=500_000.0, y=3_500_000.0, east=0.0, north=0.0, radius_m=5_000.0, peak_mm_h=60.0, begins_min=60.0, lasts_min=120.0,
    swells=0.5,
)  # fmt: skip


def alone(shower: Shower) -> Storm:
    return Storm(seed=1, number=0, showers=(shower,), wetness="wet")


def test_the_same_seed_gives_the_same_night_and_another_gives_another() -> None:
    assert storm(3, seed=7, **HERE) == storm(3, seed=7, **HERE)
    assert storm(3, seed=7, **HERE) != storm(3, seed=8, **HERE)
    assert storm(3, seed=7, **HERE) != storm(4, seed=7, **HERE)


@pytest.mark.parametrize("number", range(20))
def test_rain_is_counted_in_whole_tips_and_none_is_negative(number: int) -> None:
    tenths = storm(number, seed=7, **HERE).tenths(X, Y)
    assert tenths.shape == (2, NIGHT_MIN // STEP_MIN)
    assert (tenths >= 0).all()
    np.testing.assert_array_equal(tenths, np.round(tenths))


def test_twenty_nights_differ_in_place_strength_length_drift_and_wetness() -> None:
    nights = [storm(n, seed=7, **HERE) for n in range(20)]
    first = [night.showers[0] for night in nights]
    assert len({(s.x, s.y, s.peak_mm_h, s.lasts_min, s.east) for s in first}) == 20
    assert {night.wetness for night in nights} == set(WETNESS)
    assert {len(night.showers) for night in nights} == {1, 2, 3}
    totals = [night.tenths(X, Y)[0].sum() / 10 for night in nights]
    assert min(totals) < 50 < 150 < max(totals), "harmless ones and dangerous ones"


def test_a_shower_falls_while_it_lives_and_least_far_away() -> None:
    tenths = alone(STILL).tenths(X, Y)
    assert not tenths[:, : 60 // STEP_MIN].any()
    assert not tenths[:, 180 // STEP_MIN :].any()
    assert tenths[0].sum() / 10 == pytest.approx(60.0, rel=0.01), "half the peak for two hours"
    assert tenths[1].sum() == pytest.approx(tenths[0].sum() * np.exp(-2), rel=0.02)


def test_a_drifting_shower_reaches_the_next_place_later() -> None:
    moved = alone(replace(STILL, east=250.0)).tenths(np.array([490_000.0, 510_000.0]), Y)
    assert moved[0].argmax() < moved[1].argmax()
