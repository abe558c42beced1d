"""What is recorded at the call desk says whom and what, and is taken back within eight seconds: whole, and in the journal."""

import re
import uuid

import pytest
from django.core import signing
from django.test import Client

from anlan.call.actions import hearing
from anlan.call.models import Answer, Call, CallDown
from anlan.foundation import edited, events
from anlan.foundation.errors import Conflict
from anlan.foundation.models import JournalEntry
from anlan.move.actions import moving
from anlan.move.queries.moves import moves
from anlan.places.atlas import atlas
from anlan.prove.queries.proof import facts
from tests.call.pages.test_call_pages import at, shown
from tests.call.test_calldown_actions import names, opened, village_line
from tests.support.city import VILLAGE, Mini

WHO = "H-v1-secretary"


@pytest.fixture
def ref(mini: Mini) -> str:
    moving.order_stage(mini.ctx(), village=atlas().code(VILLAGE), stage="move", by="U-1", tier="county")
    return opened(mini.ctx())


@pytest.fixture
def officer(mini: Mini) -> Client:
    return mini.client("duty_officer")


def press(officer: Client, url: str, result: int, holder: str = WHO, **more: str) -> str:
    """Where one stands after the press: the board with what can be undone."""
    given = {"holder": holder, "result": str(result), "key": str(uuid.uuid4()), **more}
    reply = officer.post(f"{url}/desk", given)
    assert reply.status_code == 302, reply.text[:500]
    return str(reply["Location"])


def undo(officer: Client, url: str, stands: str) -> str:
    token = re.search(r'name="undo" value="([^"]+)"', shown(officer, stands))
    assert token, "the page offers to take it back"
    return re.sub(r"\s+", " ", officer.post(f"{url}/undo", {"undo": token[1]}, follow=True).text)


def test_a_result_says_whom_and_what(mini: Mini, ref: str, officer: Client) -> None:
    url = at(mini, "calls", ref)
    assert "记：联盟村 支书 杨** 没人接" in shown(officer, press(officer, url, 6))
    assert "记：联盟村 三组组长 杨** 收到" in shown(officer, press(officer, url, 1, "H-v1-group"))


def test_an_answer_is_taken_back_whole_and_the_line_looks_for_an_answer_again(
    mini: Mini, ref: str, officer: Client
) -> None:
    url = at(mini, "calls", ref)
    press(officer, url, 2, "H-v1-group")
    stands = press(officer, url, 1)
    assert village_line(ref).state == "answered"
    assert "已撤销：联盟村 支书 杨** 收到" in undo(officer, url, stands)
    assert village_line(ref).state == "calling"
    assert village_line(ref).settled_at is None
    assert list(Answer.objects.values_list("holder__ref", flat=True)) == ["H-v1-group"]
    assert names(mini).count("warn.call.answered") == 2, "the journal keeps what was said"
    assert names(mini)[-1] == "warn.call.taken_back"
    press(officer, url, 1)
    assert village_line(ref).state == "answered"


def test_an_outcome_is_taken_back_and_the_call_waits_for_a_hand_again(
    mini: Mini, ref: str, officer: Client
) -> None:
    url = at(mini, "calls", ref)
    stands = press(officer, url, 7)
    assert Call.objects.get(holder__ref=WHO).state == "wrong_number"
    undo(officer, url, stands)
    call = Call.objects.get(holder__ref=WHO)
    assert (call.state, call.ended_at) == ("sending", None)


def test_people_who_were_set_out_by_a_mistake_are_not_on_the_way(
    mini: Mini, ref: str, officer: Client
) -> None:
    url, village = at(mini, "calls", ref), atlas().code(VILLAGE)
    stands = press(officer, url, 3)
    while events.step(mini.world):
        pass
    before = moves(mini.ctx(), village.path)[village.id]
    assert before.moving > 0
    undo(officer, url, stands)
    while events.step(mini.world):
        pass
    assert moves(mini.ctx(), village.path)[village.id].moving == 0


def test_what_was_taken_back_proves_nothing_and_leaves_no_edited_row(
    mini: Mini, ref: str, officer: Client
) -> None:
    url = at(mini, "calls", ref)
    press(officer, url, 2, "H-v1-group")
    undo(officer, url, press(officer, url, 1))
    undo(officer, url, press(officer, url, 8))
    said = [
        fact for fact in facts.facts_of(mini.ctx(), atlas().code(VILLAGE).path) if "answer" in fact.detail
    ]
    assert [fact.who for fact in said] == ["H-v1-group"]
    world = mini.ctx().world
    assert list(edited.edited(world)) == []


def test_it_is_offered_for_eight_seconds_and_refused_later_with_a_word_what_to_do(
    mini: Mini, ref: str, officer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = at(mini, "calls", ref)
    stands = press(officer, url, 1)
    token = re.search(r'name="undo" value="([^"]+)"', shown(officer, stands))
    assert token
    then = signing.time.time()
    monkeypatch.setattr(signing.time, "time", lambda: then + 9)
    assert 'name="undo"' not in shown(officer, stands)
    monkeypatch.setattr(signing.time, "time", lambda: then + 60)
    late = officer.post(f"{url}/undo", {"undo": token[1]}, follow=True).text
    assert "后一条为准" in late
    assert Answer.objects.count() == 1


def test_nobody_takes_back_what_another_officer_recorded(mini: Mini, ref: str, officer: Client) -> None:
    url = at(mini, "calls", ref)
    stands = press(officer, url, 1)
    token = stands.partition("undo=")[2]
    reply = mini.client("village_cadre").post(f"{url}/undo", {"undo": token}, follow=True)
    assert 'name="undo"' not in reply.text
    assert Answer.objects.count() == 1


def test_what_was_followed_by_another_answer_stands(mini: Mini, ref: str, officer: Client) -> None:
    url = at(mini, "calls", ref)
    press(officer, url, 1)
    first = Answer.objects.get().key
    hearing.heard_answer(mini.ctx(), call_down=ref, holder=WHO, kind=5, key="phone", channel="web")
    with pytest.raises(Conflict):
        hearing.take_back(mini.ctx("duty_officer"), call_down=ref, holder=WHO, key=first)
    assert CallDown.objects.get(ref=ref).closed_at is None
    assert Answer.objects.count() == 2


def test_an_error_stands_at_its_field_and_the_field_has_the_focus(
    mini: Mini, ref: str, officer: Client
) -> None:
    given = {"holder": WHO, "result": "4", "key": str(uuid.uuid4()), "words": "都走了"}
    reply = officer.post(f"{at(mini, 'calls', ref)}/desk", given)
    assert reply.status_code == 422
    text = re.sub(r"\s+", " ", reply.text)
    assert re.search(r'id="id_households-error">转移完成要报户数和人数', text)
    assert re.search(r'name="households"[^>]*aria-describedby="id_households-error"[^>]*autofocus', text)
    assert 'value="都走了"' in text, "what was typed stays"
    assert JournalEntry.objects.filter(name="warn.call.answered").count() == 0
