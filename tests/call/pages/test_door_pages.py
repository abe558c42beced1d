"""Door checks and lost contact on their pages: who goes, who may not and why, and the word that a town was heard."""

import pytest
from django.test import Client

from anlan.call.actions import contact, doorchecks
from anlan.call.models import Call, CallLine, ContactLost, DoorCheck
from anlan.call.rules.calldown.shapes import LineState
from anlan.call.rules.calldown.village import village_state
from anlan.places.atlas import atlas
from anlan.ui import palette
from tests.call.pages.test_call_pages import at, shown
from tests.call.test_calldown_actions import opened, village_line
from tests.call.test_doorcheck_actions import answered
from tests.support.city import TOWN, VILLAGE, Mini


@pytest.fixture
def ref(mini: Mini) -> str:
    ref = opened(mini.ctx())
    for holder in ("H-v1-group", "H-v1-deputy"):
        answered(mini.ctx(), ref, holder)
    return ref


@pytest.fixture
def officer(mini: Mini) -> Client:
    return mini.client("duty_officer")


def door(mini: Mini, ref: str) -> str:
    return f"{at(mini, 'calls', ref, 'door')}?line={village_line(ref).key}"


def test_the_page_says_who_can_go_how_far_and_why_not_the_others(
    mini: Mini, ref: str, officer: Client
) -> None:
    body = shown(officer, door(mini, ref))
    assert "三组组长 杨**" in body
    assert "0 m" in body
    assert "本人还没应答" in body


@pytest.mark.parametrize("state", LineState)
def test_the_door_of_a_line_opens_in_every_state(
    mini: Mini, ref: str, officer: Client, state: LineState
) -> None:
    CallLine.objects.filter(kind="village").update(state=state)
    code, word = village_state(state)
    assert f">{word or palette.state(code).word['zh']}<" in shown(officer, door(mini, ref))


def test_the_officer_sends_and_then_sends_another(mini: Mini, ref: str, officer: Client) -> None:
    line = village_line(ref).key
    url = at(mini, "calls", ref, "door", "send")
    officer.post(url, {"line": line, "who": "H-v1-group"})
    officer.post(url, {"line": line, "who": "H-v1-deputy"})
    assert list(DoorCheck.objects.order_by("pk").values_list("state", "holder__ref")) == [
        ("cancelled", "H-v1-group"),
        ("ordered", "H-v1-deputy"),
    ]
    assert "已换人" in shown(officer, door(mini, ref))


def test_who_may_not_go_is_not_sent_and_the_reason_is_shown(mini: Mini, ref: str, officer: Client) -> None:
    officer.post(
        at(mini, "calls", ref, "door", "send"), {"line": village_line(ref).key, "who": "H-town-cover"}
    )
    assert not DoorCheck.objects.exists()
    assert "本人还没应答" in shown(officer, door(mini, ref))


def test_a_report_is_taken_and_shown(mini: Mini, ref: str, officer: Client) -> None:
    line = village_line(ref).key
    check = doorchecks.order(mini.ctx(), call_down=ref, line=line)
    officer.post(
        at(mini, "calls", ref, "door", "report"),
        {"line": line, "check": check, "outcome": "reached", "households": "3"},
    )
    assert DoorCheck.objects.get().households == 3
    assert "见到人" in shown(officer, door(mini, ref))


def test_a_report_that_cannot_be_is_refused(mini: Mini, ref: str, officer: Client) -> None:
    line = village_line(ref).key
    check = doorchecks.order(mini.ctx(), call_down=ref, line=line)
    for given in ({"outcome": "fine"}, {"outcome": "reached", "households": "many"}):
        officer.post(at(mini, "calls", ref, "door", "report"), {"line": line, "check": check, **given})
    assert DoorCheck.objects.get().state == "ordered"


def test_an_auditor_sends_nobody(mini: Mini, ref: str) -> None:
    client = mini.client("auditor")
    assert client.get(door(mini, ref)).status_code == 200
    assert client.post(at(mini, "calls", ref, "door", "send"), {}).status_code == 403


def test_a_foreign_officer_finds_no_door(mini: Mini, ref: str) -> None:
    assert mini.client("foreign").get(door(mini, ref)).status_code == 404


@pytest.fixture
def lost(mini: Mini) -> str:
    opened(mini.ctx())
    Call.objects.update(state="no_answer", ended_at=mini.ctx().now)
    CallLine.objects.filter(kind="village").update(state="door_check", door_check_at=mini.ctx().now)
    found = contact.look(mini.ctx(), township=atlas().code(TOWN))
    assert found is not None
    return found


def test_a_lost_township_stands_on_top_of_the_board_with_its_step(
    mini: Mini, lost: str, officer: Client
) -> None:
    ref = CallLine.objects.filter(kind="village")[0].call_down.ref
    body = shown(officer, at(mini, "calls", ref))
    assert "town--lost" in body
    assert "2 村静默" in body
    assert "卫星电话" in body


def test_contact_is_regained_by_saying_how(mini: Mini, lost: str, officer: Client) -> None:
    url = at(mini, "contact", lost)
    assert "恢复联系" in shown(officer, url)
    assert officer.post(url, {"how": ""}).status_code == 422
    assert officer.post(url, {"how": "卫星电话接通镇长"}).status_code == 302
    assert ContactLost.objects.get().ended_at is not None


def test_a_loss_of_contact_that_ended_says_when_and_how(mini: Mini, lost: str, officer: Client) -> None:
    url = at(mini, "contact", lost)
    officer.post(url, {"how": "卫星电话接通镇长"})
    body = shown(officer, url)
    assert "已恢复联系" in body
    assert "卫星电话接通镇长" in body
    assert '<form class="form"' not in body
    assert 'aria-current="step"' not in body


def test_who_says_second_that_contact_is_regained_is_shown_what_the_first_said(
    mini: Mini, lost: str, officer: Client
) -> None:
    url = at(mini, "contact", lost)
    officer.post(url, {"how": "卫星电话接通镇长"})
    reply = officer.post(url, {"how": "对讲机呼通"})
    assert reply.status_code == 302
    assert reply["Location"] == url
    assert ContactLost.objects.get().ended_by == "卫星电话接通镇长"


def test_a_loss_of_contact_elsewhere_is_not_found(mini: Mini, lost: str) -> None:
    assert mini.client("foreign").get(at(mini, "contact", lost)).status_code == 404


def test_who_may_only_look_cannot_declare_contact(mini: Mini, lost: str) -> None:
    client = mini.client("auditor")
    assert "恢复联系" not in shown(client, at(mini, "contact", lost))
    assert client.post(at(mini, "contact", lost), {"how": "卫星电话接通镇长"}).status_code == 403


def test_the_village_of_the_mini_city_is_silent_until_somebody_knocks(mini: Mini, ref: str) -> None:
    check = doorchecks.order(mini.ctx(), call_down=ref, line=f"village:{atlas().code(VILLAGE).path}")
    doorchecks.report(mini.ctx(), ref=check, outcome="nobody_home")
    assert "敲门无人" in shown(mini.client("leader"), door(mini, ref))
