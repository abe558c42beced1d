"""What is shipped in packs is what the rules read: no key that nobody reads, no default taken by accident."""

from datetime import UTC, date, datetime

import pytest

from anlan.call.rules.calldown.shapes import LineKind
from anlan.call.rules.standing import StandingOrder
from anlan.call.shelf import call_settings
from anlan.foundation.context import Ctx, WorldInfo
from anlan.foundation.packs import load_all
from anlan.foundation.rules.grade import Grade
from anlan.judge.rules.thresholds.compile import compile_pack
from anlan.judge.rules.thresholds.shapes import Any, Line

SHELF = load_all()
NIGHT = date(2021, 8, 12)


def test_every_hazard_that_a_standing_order_waits_for_is_found_by_some_pack():
    found = {compile_pack(pack).hazard for pack in SHELF.of_kind("threshold")}
    order = StandingOrder.from_pack(SHELF.the("standing_orders", on=NIGHT).data)
    assert {hazard for start in order.starts for hazard in start.hazards} <= found
    assert set(SHELF.get("neighbour-red").data["neighbour"]["hazards"]) <= found


def test_every_imported_type_that_starts_a_call_down_has_a_lawful_issuer():
    lawful = {
        t for pack in SHELF.of_kind("issuers") for rule in pack.data["issue"] for t in rule["event_types"]
    }
    order = StandingOrder.from_pack(SHELF.the("standing_orders", on=NIGHT).data)
    assert {t for start in order.starts for t in start.event_types} <= lawful


def test_red_always_moves_people_or_prepares_them():
    order = StandingOrder.from_pack(SHELF.the("standing_orders", on=NIGHT).data)
    assert all(start.evacuation for start in order.starts if start.grade is Grade.RED)


def test_every_event_type_that_a_threshold_pack_names_is_in_the_code_list():
    known = {
        code
        for event in SHELF.get("event-types").data["event"]
        for code in (event["code"], *event.get("also", ()))
    }
    for pack in SHELF.of_kind("threshold"):
        assert set(compile_pack(pack).event_types) <= known, pack.id


@pytest.mark.parametrize("pack", SHELF.of_kind("threshold"), ids=lambda pack: pack.id)
def test_the_higher_the_level_the_higher_its_line(pack):
    """Over one window and one soil a graver level may not be reached before a lighter one."""
    seen = {}
    for rule in compile_pack(pack).rules:
        if isinstance(rule.when, Any) and all(isinstance(part, Line) for part in rule.when.parts):
            for line in rule.when.parts:
                key = (rule.wetness, line.element, line.window_minutes, line.reference)
                assert line.line < seen.get(key, 10**9), (pack.id, key)
                seen[key] = line.line


@pytest.mark.django_db
def test_the_night_has_a_ladder_for_every_kind_of_line():
    ctx = Ctx(world=WorldInfo(id=1, key="live"), now=datetime(2021, 8, 11, 19, tzinfo=UTC))
    assert set(call_settings(ctx, "421321117").ladders) == set(LineKind)
