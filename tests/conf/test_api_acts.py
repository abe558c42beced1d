"""What one does over the API is what one does on the pages: same actions, once for each key, refused with the next step."""

import json
from typing import Any

import pytest
from django.http import HttpResponse

from anlan.call.models import Answer, Call, CallDown, DoorCheck
from anlan.move.models import Evacuation
from anlan.observe.models import ImportRun
from anlan.warn.models import Alert
from tests.support.alertfolk import issued, staff
from tests.support.city import FOREIGN_VILLAGE, GAUGE, TOWN, VILLAGE
from tests.support.routes import Stage, make_stage

pytestmark = pytest.mark.django_db


@pytest.fixture
def stage() -> Stage:
    return make_stage()


def post(
    stage: Stage, where: str, body: Any = None, *, role: str = "duty_officer", key: str = "", lang: str = ""
) -> HttpResponse:
    headers = {"Idempotency-Key": key} if key else {}
    client = stage.mini.client(role)
    if lang:
        client.cookies["anlan_lang"] = lang
    return client.post(
        f"/api/v1/w/{stage.mini.world.key}/{where}",
        json.dumps(body),
        content_type="application/json",
        headers=headers,
    )


def test_an_answer_sent_twice_by_one_key_is_one_answer(stage: Stage) -> None:
    where, said = f"call-downs/{stage.refs['call_down']}/answers", {"holder": "H-v2-deputy", "kind": 2}
    first, second = (post(stage, where, said, key="b5f7") for _ in range(2))
    assert first.status_code == 200, first.content
    assert first.content == second.content
    assert first.json()["ref"] == stage.refs["call_down"]
    (kept,) = Answer.objects.filter(holder__ref="H-v2-deputy")
    assert (kept.kind, kept.channel) == (2, "desk")


def test_a_village_cadre_answers_for_the_own_village_alone(stage: Stage) -> None:
    where = f"call-downs/{stage.refs['call_down']}/answers"
    mine = post(stage, where, {"holder": "H-v1-deputy", "kind": 1}, role="village_cadre")
    other = post(stage, where, {"holder": "H-v2-deputy", "kind": 1}, role="village_cadre")
    assert (mine.status_code, other.status_code) == (200, 404)


def test_moved_without_numbers_is_refused_in_the_readers_language(stage: Stage) -> None:
    where = f"call-downs/{stage.refs['call_down']}/answers"
    told = [
        post(stage, where, {"holder": "H-v1-deputy", "kind": 4}, lang=lang).json() for lang in ("zh", "en")
    ]
    assert {t["code"] for t in told} == {"moved_needs_count"}
    assert "户数" in told[0]["error"]
    assert "households" in told[1]["error"]


def test_a_call_made_in_vain_is_reported_by_its_key(stage: Stage) -> None:
    call = stage.mini.ctx().rows(CallDown).get(ref=stage.refs["call_down"])
    placed = Call.objects.get(key__startswith=f"{call.ref}/H-v2-secretary/")
    where = f"call-downs/{call.ref}/outcomes"
    assert post(stage, where, {"call": placed.key, "outcome": "busy"}).status_code == 200
    assert Call.objects.get(pk=placed.pk).state == "busy"
    assert post(stage, where, {"call": "C-1/nobody", "outcome": "busy"}).json()["code"] == "unknown_call"


def test_a_call_down_is_held_with_a_reason_and_goes_on(stage: Stage) -> None:
    where = f"call-downs/{stage.refs['call_down']}"
    assert post(stage, f"{where}/hold", {"reason": "嗯"}).status_code == 422
    assert post(stage, f"{where}/hold", {"reason": "等待核实雨情"}, role="leader").status_code == 200
    assert CallDown.objects.get().held_reason == "等待核实雨情"
    assert post(stage, f"{where}/hold", {"reason": "等待核实雨情"}).status_code == 409
    assert post(stage, f"{where}/release").status_code == 200
    assert CallDown.objects.get().held_at is None


def test_the_officer_calls_out_by_hand_but_not_elsewhere(stage: Stage) -> None:
    asked = {"places": [VILLAGE], "grade": "red", "stage": "move", "reason": "村里来电说水上来了"}
    (made,) = post(stage, "call-downs", asked).json()
    assert made["ref"] == stage.refs["call_down"]  # one runs already: it joins
    assert post(stage, "call-downs", {**asked, "places": [FOREIGN_VILLAGE]}).status_code == 404
    assert post(stage, "call-downs", asked, role="village_cadre").status_code == 403
    assert post(stage, "call-downs", {**asked, "grade": "purple"}).json()["code"] == "invalid"


def test_a_door_check_is_reported_once(stage: Stage) -> None:
    where = f"door-checks/{stage.refs['door_check']}/report"
    said = {"outcome": "reached", "households": 2}
    assert post(stage, where, said, role="grid_worker").status_code == 404  # of the other village
    assert post(stage, where, said).status_code == 200
    assert DoorCheck.objects.get().outcome == "reached"
    assert post(stage, where, {"outcome": "turned_back"}).status_code == 409


def test_households_are_marked_and_counted_and_reached_is_not_moved(stage: Stage) -> None:
    where = f"evacuations/{stage.refs['evacuation']}"
    set_out = {"household": f"HH-{VILLAGE}-1", "event": "set_out"}
    assert post(stage, f"{where}/households", set_out, role="village_cadre").status_code == 200
    move = Evacuation.objects.get()
    assert (move.households_moving, move.households_moved) == (1, 0)
    counted = post(stage, f"{where}/counts", {"households": 2, "people": 6, "site": "柳林中学"})
    assert counted.status_code == 200
    assert Evacuation.objects.get().households_moved == 2
    again = post(stage, f"{where}/counts", {"households": 1, "people": 3})
    assert again.status_code == 422


def typed(stage: Stage, **changes: Any) -> dict[str, Any]:
    said = {
        "issuer": "随县气象台", "event_type": "11B03", "level": 4, "named": [TOWN], "headline": "暴雨红色预警信号",
        "issued_at": stage.mini.ctx().now.isoformat(),
    }  # fmt: skip
    return {**said, **changes}


def test_a_typed_warning_is_kept_once_however_often_it_is_sent(stage: Stage) -> None:
    refs = {post(stage, "alert-imports/typed", typed(stage)).json()["ref"] for _ in range(2)}
    assert len(refs) == 1
    assert Alert.objects.get(ref=refs.pop()).source == "imported"


@pytest.mark.parametrize(
    "changes",
    [
        {"issued_at": "0001-01-01T00:00:00+08:00"},
        {"event_type": "99X99"},
        {"levl": 1},
        {"headline": "a\u0000b"},
    ],
)
def test_a_typed_warning_that_cannot_be_is_refused(stage: Stage, changes: dict[str, Any]) -> None:
    assert post(stage, "alert-imports/typed", typed(stage, **changes)).status_code == 422


def test_a_cap_file_comes_in_and_what_is_none_is_named(stage: Stage) -> None:
    """Our own weather station's file stands in for another installation's."""
    staff(stage.mini)
    text = Alert.objects.get(ref=issued(stage.mini)).cap.replace(
        "42132141600000_", "42132141600001_"
    )  # as if another unit had sent it; the signature no longer holds
    taken = post(stage, "alert-imports/cap", {"text": text})
    assert taken.status_code == 200, taken.content
    found = Alert.objects.get(ref=taken.json()["ref"])
    assert (found.source, found.level, found.doubtful) == ("imported", 4, "签名未能核对")
    told = post(stage, "alert-imports/cap", {"text": "<alert/>"}, lang="en")
    assert (told.status_code, told.json()["code"]) == (422, "not_cap")
    assert told.json()["error"].isascii()
    assert post(stage, "alert-imports/cap", {"text": text}, role="village_cadre").status_code == 403


def test_readings_are_uploaded_looked_at_and_confirmed_once(stage: Stage) -> None:
    rows = f"station,code,at,value\n{GAUGE},22,2021-08-12 03:00,1.5\n{GAUGE},22,soon,1\n"
    told = post(stage, "imports", {"name": "r.csv", "csv": rows}, role="station_engineer", key="i-1").json()
    assert (told["state"], told["rows"], told["wrong"], told["errors"][0]["line"]) == ("read", 2, 1, 3)
    where = f"imports/{told['ref']}"
    assert post(stage, f"{where}/confirm", role="station_engineer").json()["state"] == "queued"
    assert post(stage, f"{where}/confirm", role="station_engineer").status_code == 409
    assert ImportRun.objects.get(ref=told["ref"]).state == "queued"
    assert post(stage, f"{where}/confirm", role="foreign").status_code == 404
