"""A flow ends in words: no level that nobody chose, no hole filled in, no call announced that nobody makes, no dead end unsaid."""

import json
from datetime import timedelta

import pytest
import shapely
from django.test import Client

from anlan.call.actions import calldown, hearing
from anlan.call.models import Answer
from anlan.call.queries import answering
from anlan.foundation import actions
from anlan.foundation.errors import Conflict
from anlan.foundation.models import World
from anlan.warn.actions.alerts import approving, drafting
from anlan.warn.models import Alert
from anlan.warn.views.alerts.maps import Crossing, polygon_in
from tests.call.test_calldown_actions import opened
from tests.support.alertfolk import after, go_out, issued, staff, submitted, text
from tests.support.city import NIGHT, Mini
from tests.warn.pages.test_alert_pages import at, composed, shown

SQUARE = [[113.0, 31.0], [113.4, 31.0], [113.4, 31.4], [113.0, 31.4], [113.0, 31.0]]
HOLE = [[113.1, 31.1], [113.1, 31.3], [113.3, 31.3], [113.3, 31.1], [113.1, 31.1]]
BOW_TIE = [[113.0, 31.0], [113.4, 31.4], [113.4, 31.0], [113.0, 31.4], [113.0, 31.0]]


@pytest.fixture
def night(city: Mini) -> Mini:
    return staff(city).exercise()


def test_an_alert_begins_without_a_level_and_is_not_saved_without_one(night: Mini) -> None:
    forecaster = night.client("forecaster")
    body = forecaster.get(at(night, "new")).content.decode()
    assert '<option value="4" selected' not in body
    assert forecaster.post(at(night, "new"), composed(level="")).status_code == 422
    assert not Alert.objects.exists()


def test_every_sentence_of_a_form_is_in_the_readers_language(night: Mini) -> None:
    forecaster = night.client("forecaster")
    empty = composed(level="", description="", event_type="")
    assert "This field" not in forecaster.post(at(night, "new"), empty).content.decode()
    forecaster.cookies["anlan_lang"] = "en"
    assert "This field is required" in forecaster.post(at(night, "new"), empty).content.decode()


def test_a_hole_stays_a_hole() -> None:
    rings = polygon_in(json.dumps({"type": "Polygon", "coordinates": [SQUARE, HOLE]}))
    areas = [shapely.Polygon(ring) for ring in rings]
    assert sum(area.area for area in areas) == pytest.approx(0.16 - 0.04)
    assert not any(area.contains(shapely.Point(113.2, 31.2)) for area in areas)


@pytest.mark.parametrize("ring", [BOW_TIE, [[113.0, 31.0], [113.2, 31.2], [113.4, 31.4]]])
def test_a_line_that_crosses_itself_is_refused(ring: list[list[float]]) -> None:
    with pytest.raises(Crossing):
        polygon_in(json.dumps({"type": "Polygon", "coordinates": [ring]}))


def test_the_composer_says_that_the_line_crosses_itself(night: Mini) -> None:
    crossed = composed(polygon=json.dumps({"type": "Polygon", "coordinates": [BOW_TIE]}))
    assert "自己相交" in night.client("forecaster").post(at(night, "new"), crossed).content.decode()


def test_an_all_clear_does_not_say_that_it_calls(night: Mini) -> None:
    first = issued(night)
    ref = drafting.follow_up(
        after(night, "forecaster", minutes=9), ref=first, message="all_clear", text=text(4)
    )
    approving.submit(after(night, "forecaster", minutes=10), ref=ref)
    approving.approve(
        after(night, "chief", minutes=11), ref=ref, retyped_place="柳林镇", retyped_level="红色"
    )
    body = night.client("forecaster").post(at(night, ref, "issue"), follow=True).content.decode()
    assert "已签发。" in body
    assert "开始叫应" not in body


def test_a_red_says_that_it_calls(night: Mini) -> None:
    ref = submitted(night)
    approving.approve(after(night, "chief", minutes=3), ref=ref, retyped_place="柳林镇", retyped_level="红色")
    assert (
        "开始叫应" in night.client("forecaster").post(at(night, ref, "issue"), follow=True).content.decode()
    )


def test_a_draft_that_lapsed_says_why_it_cannot_go_on(night: Mini) -> None:
    ref = submitted(night)
    World.objects.filter(pk=night.world.pk).update(now=NIGHT + timedelta(hours=4))
    body = shown(night.client("chief"), at(night, ref))
    assert "过期了，没有签发，不能再批" in body
    assert "下一步" not in body


def test_an_issued_alert_that_ran_out_is_no_lapsed_draft(night: Mini) -> None:
    ref = issued(night)
    World.objects.filter(pk=night.world.pk).update(now=NIGHT + timedelta(hours=4))
    assert "没有签发" not in shown(night.client("chief"), at(night, ref))


def test_once_stood_down_the_phone_page_commands_nobody_and_keeps_what_is_said(night: Mini) -> None:
    ref = opened(night.ctx())
    calldown.stand_down(night.ctx(), ref=ref, why="水已退，全部核实")
    link = answering.link(night.world.key, ref, "H-v1-secretary")
    body = Client().get(link).content.decode()
    assert "叫应已于 04:00 结束" in body
    assert "现在就转移" not in body
    assert Client().post(link, {"answer": "2"}).status_code == 302
    assert Answer.objects.count() == 1


def test_an_ended_exercise_takes_no_acts_and_says_so(night: Mini) -> None:
    ref = opened(night.ctx())
    World.objects.filter(pk=night.world.pk).update(state=World.State.ENDED)
    officer = night.client("duty_officer")
    with pytest.raises(Conflict, match="演练已经结束"):
        hearing.heard_answer(
            night.ctx("duty_officer"), call_down=ref, holder="H-v1-secretary", kind=2, key="k", channel="desk"
        )
    assert "已结束，只能看" in officer.get(f"/w/{night.world.key}/calls/{ref}").content.decode()
    with actions.action(night.ctx("duty_officer"), "warn.proof"):
        pass  # one may still seal and print


def test_an_update_of_a_red_calls_again(night: Mini) -> None:
    first = issued(night)
    ref = drafting.follow_up(after(night, "forecaster", minutes=9), ref=first, message="update", text=text(4))
    go_out(night, ref)
    assert Alert.objects.get(ref=ref).state == "issued"


@pytest.mark.parametrize("message", ["update", "all_clear", "cancel"])
def test_a_superseded_alert_leads_to_where_its_chain_goes_on(night: Mini, message: str) -> None:
    first = issued(night)
    ref = drafting.follow_up(after(night, "forecaster", minutes=9), ref=first, message="update", text=text(4))
    go_out(night, ref)
    reply = night.client("forecaster").get(at(night, first, "next", message), follow=True)
    assert reply.redirect_chain == [(at(night, ref), 302)]
    assert f"{first} 已经接到 {ref}" in reply.content.decode()
    assert night.client("forecaster").get(at(night, ref, "next", message)).status_code == 200


def test_a_form_that_could_not_be_sent_is_not_opened(night: Mini) -> None:
    ref = submitted(night)
    for who, form in (("forecaster", "edit"), ("duty_officer", "telephone")):
        reply = night.client(who).get(at(night, ref, form), follow=True)
        assert reply.redirect_chain == [(at(night, ref), 302)]
        assert "这一份现在不能由您" in reply.content.decode()


def test_a_draft_is_not_sent_back_without_a_word(night: Mini) -> None:
    ref = submitted(night)
    chief = night.client("chief")
    assert "至少 2 个字" in shown(chief, at(night, ref))
    chief.post(at(night, ref, "reject"), {"reason": "改"})
    assert Alert.objects.get(ref=ref).state == "review"
    chief.post(at(night, ref, "reject"), {"reason": "重写"})
    assert Alert.objects.get(ref=ref).state == "draft"
