"""Rain that moves slopes: published lines, the refusal outside their reach, and the four levels of risk."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.foundation.packs import load_all
from anlan.science.bounds import NotFinite, OutsideValidity, TableWrong, ValueOutOfRange
from anlan.science.slope.risk import effective_rain, geohazard_risk
from anlan.science.slope.thresholds import slope_rule

SHELF = load_all()
RISK = SHELF.get("geohazard-risk").data["risk"]
KAILI, ZIGUI, SUIZHOU = "522601", "420527101", "421321117"


def rule(id):
    pack = SHELF.get(id)
    return slope_rule(pack.id, pack.applies_to, pack.data)


GUIZHOU, LOGISTIC = rule("slope-rain-guizhou"), rule("slope-rain-zigui")
CAINE, GUZZETTI = rule("slope-rain-caine"), rule("slope-rain-guzzetti")
LINES = [26.9, 48.9, 62.9, 79.5, 92.0]  # Guizhou, 1, 3, 6, 24, 72 h


def test_the_lines_of_guizhou_are_reached_at_their_amount_and_not_below():
    at = GUIZHOU.reached(np.array([LINES]), division=KAILI)[0]
    under = GUIZHOU.reached(np.array([LINES]) - 0.1, division=KAILI)[0]
    assert at.all()
    assert not under.any()
    assert (GUIZHOU.line(72), GUIZHOU.best_hours) == (92.0, 72)


def test_between_the_windows_of_guizhou_nothing_was_fitted():
    with pytest.raises(OutsideValidity, match="windows are 1, 3, 6, 24, 72"):
        GUIZHOU.line(12)


def test_guizhou_is_refused_elsewhere_unless_a_person_enables_it():
    with pytest.raises(OutsideValidity, match=f"division {SUIZHOU} is not in 52"):
        GUIZHOU.reached(np.array([LINES]), division=SUIZHOU)
    assert GUIZHOU.reached(np.array([LINES]), division=SUIZHOU, by_hand=True)[0].all()
    assert GUIZHOU.reach.check(SUIZHOU, [24], by_hand=True)
    assert not GUIZHOU.reach.check(KAILI, [24], by_hand=False)


def test_a_missing_window_reaches_nothing():
    found, share = GUIZHOU.reached(np.array([[30.0, np.nan, np.nan, np.nan, np.nan]]), division=KAILI)
    assert found.tolist() == [[True, False, False, False, False]]
    assert np.isnan(share[0, 1])


def test_the_logistic_of_zigui():
    """P = 1 / (1 + exp(2.0792 + 0.24156·3 - 0.04072·100)), worked by hand."""
    found = LOGISTIC.probability(np.array([100.0, 0.0]), np.array([3.0, 1.0]), division=ZIGUI)
    assert found.round(4).tolist() == [0.7804, 0.0894]


@pytest.mark.parametrize(("division", "days"), [(SUIZHOU, 3.0), (ZIGUI, 30.0), (ZIGUI, 0.5)])
def test_zigui_is_refused_outside_its_county_and_durations(division, days):
    with pytest.raises(OutsideValidity, match="enable it by hand"):
        LOGISTIC.probability(np.array([100.0]), np.array([days]), division=division)
    assert (
        LOGISTIC.probability(np.array([100.0]), np.array([days]), division=division, by_hand=True).size == 1
    )


@pytest.mark.parametrize(
    ("curve", "hours", "line"),
    [(CAINE, 1.0, 14.82), (CAINE, 24.0, 4.29), (GUZZETTI, 1.0, 2.20), (GUZZETTI, 24.0, 0.54)],
)
def test_intensity_and_duration(curve, hours, line):
    assert curve.intensity(np.array([hours]))[0] == pytest.approx(line, abs=0.005)


@pytest.mark.parametrize(
    ("curve", "inside", "outside"),
    [(CAINE, [0.167, 500.0], [0.16, 501.0]), (GUZZETTI, [0.1, 1000.0], [0.09, 1001.0])],
)
def test_a_curve_is_refused_outside_its_durations_unless_enabled(curve, inside, outside):
    curve.intensity(np.array(inside))
    for hours in outside:
        with pytest.raises(OutsideValidity, match="duration"):
            curve.intensity(np.array([hours]))
        assert curve.intensity(np.array([hours]), by_hand=True)[0] > 0


@given(st.floats(0.2, 400), st.floats(1.01, 1.2))
def test_the_longer_the_rain_the_lower_the_intensity_and_the_higher_the_amount(hours, more):
    first, longer = CAINE.intensity(np.array([hours, hours * more]))
    assert longer < first
    assert longer * hours * more > first * hours


@given(st.floats(0, 400), st.floats(0.1, 100), st.floats(1, 14))
def test_more_effective_rain_is_more_probable_and_a_longer_one_of_the_same_amount_less(rain, more, days):
    base, wetter = LOGISTIC.probability(np.array([rain, rain + more]), np.full(2, days), division=ZIGUI)
    assert wetter >= base
    slower = LOGISTIC.probability(np.array([rain]), np.array([days + 1]), division=ZIGUI)[0]
    assert slower <= base


def test_effective_rain_counts_each_day_before_for_less():
    daily = np.array([[10.0], [20.0], [30.0]])
    assert effective_rain(daily, k=0.84, days=15)[0] == pytest.approx(10 + 0.84 * 20 + 0.84**2 * 30)
    assert effective_rain(daily, k=0.84, days=0)[0] == 10


def test_a_missing_day_is_refused():
    with pytest.raises(NotFinite, match="daily_mm"):
        effective_rain(np.array([[10.0], [np.nan]]))
    with pytest.raises(ValueOutOfRange, match="k is"):
        effective_rain(np.array([[10.0]]), k=1.4)


@pytest.mark.parametrize(
    ("risk", "level"), [(0.0, 0), (0.19, 0), (0.2, 1), (0.4, 2), (0.6, 3), (0.8, 4), (1.0, 4)]
)
def test_the_four_levels_change_at_the_lower_bound(risk, level):
    found = geohazard_risk(np.array([risk]), np.ones(1), np.ones(1), table=RISK)
    assert found.level[0] == level


def test_the_cut_offs_of_risk_are_to_be_verified():
    found = geohazard_risk(np.ones(1), np.ones(1), np.ones(1), table=RISK)
    assert found.confidence == "M?"
    assert SHELF.get("geohazard-risk").has_doubts


def test_parts_that_are_not_normalised_are_refused():
    with pytest.raises(ValueOutOfRange, match="susceptibility"):
        geohazard_risk(np.ones(1), np.array([37.0]), np.ones(1), table=RISK)


def test_a_form_that_nobody_reads_is_refused():
    with pytest.raises(TableWrong, match="amounts, intensity or logistic"):
        slope_rule("x", ["*"], {"slope": {"form": "guess"}})
