"""How wet the ground was before the rain: known days only, between two classes the wetter."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.foundation import packs
from anlan.observe.rules import soil
from anlan.observe.rules.soil import WETNESS, Setting, SoilRule

NOW = datetime(2021, 8, 11, 20, 0, tzinfo=UTC)  # 04:00 in Beijing
HOUR = timedelta(hours=1)


@pytest.fixture(scope="module")
def rule() -> SoilRule:
    return soil.rule_of(packs.get("soil-antecedent").data)


def test_the_shipped_figures_are_the_ones_that_are_cited_and_marked_doubtful(rule: SoilRule) -> None:
    assert (rule.decay, rule.days, rule.wm_tenths) == (Decimal("0.84"), 10, 1200)
    assert (rule.dry_up_to, rule.normal_up_to) == (Decimal("0.2"), Decimal("0.5"))
    assert packs.get("soil-antecedent").is_doubtful


def test_rain_of_the_day_before_counts_once_decayed_and_of_two_days_before_twice(rule: SoilRule) -> None:
    none = [0] * 10
    assert soil.antecedent(rule, [1000, *none]) == 840
    assert soil.antecedent(rule, [0, 1000, *none]) == 706  # 0.84² · 1000 = 705.6


@pytest.mark.parametrize("gap", [0, 4, 9])
def test_one_day_that_is_not_known_makes_the_whole_unknown(rule: SoilRule, gap: int) -> None:
    days: list[int | None] = [100] * 10
    days[gap] = None
    assert soil.antecedent(rule, days) is None
    assert soil.antecedent(rule, [100] * 9) is None
    assert soil.class_of(rule, None) is None


@pytest.mark.parametrize(
    ("tenths", "wetness"), [(0, "dry"), (240, "dry"), (241, "normal"), (600, "normal"), (601, "wet")]
)
def test_between_two_classes_the_wetter_holds(rule: SoilRule, tenths: int, wetness: str) -> None:
    assert soil.class_of(rule, tenths) == wetness


days = st.lists(st.integers(0, 6000), min_size=10, max_size=10)


@given(days, st.integers(0, 9), st.integers(0, 2000))
def test_more_rain_never_makes_it_drier(rule: SoilRule, rain: list[int], day: int, more: int) -> None:
    wetter = [r + more * (n == day) for n, r in enumerate(rain)]
    before, after = (soil.class_of(rule, soil.antecedent(rule, list(d))) for d in (rain, wetter))
    assert WETNESS.index(str(after)) >= WETNESS.index(str(before))


def test_a_rain_day_begins_at_eight_in_beijing() -> None:
    assert soil.day_began(NOW) == datetime(2021, 8, 11, 0, tzinfo=UTC)
    assert soil.day_began(NOW + 4 * HOUR) == datetime(2021, 8, 12, 0, tzinfo=UTC)


TOWN = Setting("000100010001", "normal", is_assumed=False, at=NOW, until=NOW + 24 * HOUR)


def test_what_was_set_for_the_smaller_place_counts_and_there_the_newest() -> None:
    city = Setting("0001", "wet", is_assumed=True, at=NOW, until=NOW + 24 * HOUR)
    later = replace(TOWN, wetness="dry", at=NOW + HOUR)
    settings = [city, TOWN, later]
    village = "0001000100010001"
    assert soil.setting_for(settings, village, NOW) == TOWN
    assert soil.setting_for(settings, village, NOW + HOUR) == later
    assert soil.setting_for(settings, "000100020001", NOW + HOUR) == city


def test_a_setting_ends_by_itself_and_can_be_given_back_to_the_rain() -> None:
    back = replace(TOWN, wetness="", at=NOW + HOUR)
    assert soil.setting_for([TOWN], TOWN.path, NOW + 24 * HOUR) is None
    assert soil.setting_for([TOWN, back], TOWN.path, NOW + HOUR) is None
