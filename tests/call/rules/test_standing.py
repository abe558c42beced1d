"""The standing order: what starts by itself, and what does not."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from anlan.call.rules.standing import CallOut, Hold, NoCallOut, OpenCallDown, StandingOrder, Trigger, decide
from anlan.foundation.rules.errors import BadPack
from anlan.foundation.rules.grade import Grade
from anlan.foundation.rules.stage import Stage

ROOT = Path(__file__).parents[3]
NOW = datetime(2021, 8, 11, 19, 0, tzinfo=UTC)
PACK = tomllib.loads((ROOT / "src/anlan/packs/call/standing-orders.toml").read_text("utf-8"))
ORDER = StandingOrder.from_pack(PACK)
TOWN = "04201300210L"
VILLAGE = TOWN + "0007"
IMPORTED = Trigger(on="imported", ref="I-1", places=(TOWN,), level=Grade.RED, event_type="11B03")
FOUND = Trigger(
    on="assessment", ref="X-1", places=(VILLAGE,), township=TOWN, stage="immediate", hazard="flash_flood"
)
HOLD = Hold(by="li", reason="测站检修误报", at=NOW, until=NOW + timedelta(minutes=30), place=TOWN)


def only(trigger: Trigger, **more: object) -> CallOut | NoCallOut:
    (found,) = decide(trigger=trigger, now=NOW, **{"order": ORDER, **more})  # type: ignore[arg-type]
    return found


def test_an_imported_red_calls_the_places_that_it_names():
    found = only(IMPORTED)
    assert isinstance(found, CallOut)
    assert (found.grade, found.places, found.evacuation) == (Grade.RED, (TOWN,), Stage.PREPARE)
    assert found.document_no
    assert found.demo


def test_an_orange_calls_at_its_own_grade_and_moves_nobody():
    found = only(replace(IMPORTED, level=Grade.ORANGE))
    assert isinstance(found, CallOut)
    assert (found.grade, found.evacuation) == (Grade.ORANGE, None)


def test_a_village_over_its_line_is_moved_at_once():
    found = only(FOUND)
    assert isinstance(found, CallOut)
    assert (found.grade, found.places, found.evacuation) == (Grade.RED, (VILLAGE,), Stage.MOVE)


def test_contact_lost_calls_the_whole_township():
    found = only(Trigger(on="contact_lost", ref="L-1", places=(VILLAGE,), township=TOWN))
    assert isinstance(found, CallOut)
    assert found.places == (TOWN,)


def test_a_yellow_is_left_to_the_officer():
    found = only(replace(IMPORTED, level=Grade.YELLOW))
    assert isinstance(found, NoCallOut)
    assert found.name == "not_covered"


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"signed_by": " "}, "order_not_signed"),
        ({"signed_at": None}, "order_not_signed"),
        ({"signed_at": NOW + timedelta(days=1)}, "order_not_signed"),
        ({"expires_at": NOW}, "order_expired"),
    ],
)
def test_an_order_unsigned_or_run_out_starts_nothing_and_says_so(changes: dict[str, object], name: str):
    found = only(FOUND, order=replace(ORDER, **changes))  # type: ignore[arg-type]
    assert isinstance(found, NoCallOut)
    assert found.name == name
    assert "人工叫应" in found.says.zh


def test_an_officer_holds_with_a_reason_and_for_a_time():
    held = only(FOUND, holds=[HOLD])
    assert isinstance(held, NoCallOut)
    assert "测站检修误报" in held.says.zh
    assert isinstance(only(FOUND, holds=[replace(HOLD, until=NOW)]), CallOut)


def test_a_hold_without_a_reason_or_without_the_right_holds_nothing():
    assert isinstance(only(FOUND, holds=[replace(HOLD, reason=" ")]), CallOut)
    forbidden = replace(ORDER, officer_may_hold=False)
    assert isinstance(only(FOUND, holds=[HOLD], order=forbidden), CallOut)


def test_what_is_called_already_is_not_called_again_but_a_higher_grade_takes_over():
    running = OpenCallDown(ref="C-1", place=VILLAGE, grade=Grade.RED)
    same = only(FOUND, running=[running])
    assert isinstance(same, NoCallOut)
    assert same.name == "already_called"
    lower = only(FOUND, running=[replace(running, grade=Grade.ORANGE)])
    assert isinstance(lower, CallOut)
    assert lower.supersedes == ("C-1",)


def test_one_place_held_does_not_hold_the_others():
    trigger = replace(IMPORTED, places=(TOWN, "04201300210X"))
    called, held = decide(trigger=trigger, order=ORDER, now=NOW, holds=[HOLD])
    assert isinstance(called, CallOut)
    assert isinstance(held, NoCallOut)
    assert (called.places, held.places) == (("04201300210X",), (TOWN,))


def test_a_time_without_its_offset_is_a_fault_of_the_pack():
    naive = {**PACK, "order": {**PACK["order"], "signed_at": datetime(2021, 1, 1)}}  # noqa: DTZ001
    with pytest.raises(BadPack):
        StandingOrder.from_pack(naive)
