"""Who may lawfully issue what."""

from datetime import date

import pytest

from anlan.foundation.packs import load_all
from anlan.foundation.rules.grade import Grade
from anlan.warn.rules.issuers import may_do, may_issue

HUBEI = load_all().in_force("issuers", on=date(2021, 8, 12), division="421321")
NATION = load_all().in_force("issuers", on=date(2021, 8, 12), division="431129")


def test_only_the_weather_station_issues_weather_signals_and_alone():
    verdict = may_issue(HUBEI, org_kind="weather", event_type="11B03")
    assert verdict.allowed
    assert verdict.jointly_with == ()
    assert "第二十二条" in verdict.clause
    refused = may_issue(HUBEI, org_kind="water", event_type="11B03")
    assert not refused.allowed
    assert refused.reason.zh == "气象灾害预警信号由气象台站发布,本单位不得发布。"


@pytest.mark.parametrize(("one", "other"), [("water", "weather"), ("weather", "water")])
def test_flash_floods_need_water_and_weather_together(one, other):
    assert may_issue(HUBEI, org_kind=one, event_type="11A06").jointly_with == (other,)
    assert "jointly" in may_issue(HUBEI, org_kind=one, event_type="11A51").reason.en


def test_river_floods_are_for_the_water_department():
    assert may_issue(HUBEI, org_kind="water", event_type="11A01").allowed
    assert not may_issue(HUBEI, org_kind="weather", event_type="11A01").allowed


def test_geohazards_are_joint_and_in_hubei_public_from_yellow():
    blue = {"org_kind": "natural_resources", "event_type": "11B37", "grade": Grade.BLUE}
    assert may_issue(NATION, **blue).allowed
    refused = may_issue(HUBEI, **blue)
    assert not refused.allowed
    assert "黄色" in refused.reason.zh
    assert refused.clause == "黄色(Ⅲ级)及以上公开联合发布"
    yellow = may_issue(HUBEI, **blue | {"grade": Grade.YELLOW})
    assert yellow.jointly_with == ("weather",)


@pytest.mark.parametrize("organ", ["emergency", "headquarters", "government"])
def test_the_emergency_bureau_issues_nothing_and_is_told_what_it_may_do(organ):
    for rule in (rule for pack in HUBEI for rule in pack.data["issue"]):
        for event_type in rule["event_types"]:
            verdict = may_issue(HUBEI, org_kind=organ, event_type=event_type)
            assert not verdict.allowed
            assert "risk_notice" in verdict.instead
    assert may_do(HUBEI, org_kind=organ, deed="call_out")
    assert not may_do(HUBEI, org_kind=organ, deed="issue")


def test_a_type_without_a_lawful_issuer_may_be_issued_by_nobody():
    verdict = may_issue(HUBEI, org_kind="weather", event_type="12B04")
    assert not verdict.allowed
    assert "12B04" in verdict.reason.en


def test_a_local_rule_that_is_not_sure_says_so():
    assert may_issue(HUBEI, org_kind="forestry", event_type="11B25").is_doubtful
    assert not may_issue(HUBEI, org_kind="weather", event_type="11B03").is_doubtful


def test_an_unknown_organ_may_do_nothing():
    assert not may_issue(HUBEI, org_kind="bakery", event_type="11B03").allowed
    assert not may_do(HUBEI, org_kind="bakery", deed="import")
