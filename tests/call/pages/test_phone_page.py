"""The page a village cadre answers on: no account, no script, one answer once, and only with the link."""

import uuid
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import OperationalError
from django.test import Client

from anlan.call.actions import calldown, hearing
from anlan.call.models import Answer, CallLine
from anlan.call.queries import answering
from anlan.foundation.models import JournalEntry, World
from anlan.foundation.rules.grade import Grade
from anlan.move.actions import moving
from anlan.people import actions as people
from anlan.people.models import Organisation
from anlan.places.atlas import atlas
from tests.call.test_calldown_actions import opened
from tests.support.city import COUNTY, NIGHT, VILLAGE, Mini

JSON = {"HTTP_ACCEPT": "application/json"}


@pytest.fixture(autouse=True)
def _no_limits_left_over() -> None:
    cache.clear()


@pytest.fixture
def ref(mini: Mini) -> str:
    moving.order_stage(mini.ctx(), village=atlas().code(VILLAGE), stage="move", by="U-1", tier="county")
    return opened(mini.ctx())


def link(mini: Mini, ref: str, holder: str = "H-v1-secretary") -> str:
    return answering.link(mini.world.key, ref, holder)


def test_the_page_says_who_calls_what_and_where_without_an_account(mini: Mini, ref: str) -> None:
    body = Client().get(link(mini, ref)).content.decode()
    assert "随县防指 叫 联盟村 支书 杨**" in body
    assert "现在就转移 2 户 6 人" in body
    assert "去 柳林中学" in body
    assert "不是真的转移" in body
    assert "杨柳青" not in body


@pytest.mark.parametrize(
    "error", [OperationalError("database or disk is full"), OSError(28, "No space left on device")]
)
def test_an_answer_that_cannot_be_written_down_says_so_and_whom_to_ring(
    mini: Mini, ref: str, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def full(*args: object, **kwargs: object) -> None:
        raise error

    where = link(mini, ref)
    with monkeypatch.context() as disk:
        disk.setattr(hearing, "heard_answer", full)
        page = Client().post(where, {"answer": "3"})
        told = Client().post(where, {"answer": "3"}, **JSON)
    assert page.status_code == told.status_code == 503
    assert "没有记下，请打值班室电话" in page.content.decode()
    assert told.json()["recorded"] is False
    assert Client().post(where, {"answer": "3"}, **JSON).status_code == 200


def test_the_page_reads_in_english(mini: Mini, ref: str) -> None:
    assert "Move now: 2 households, 6 people" in Client().get(link(mini, ref) + "?lang=en").content.decode()


def test_the_page_says_until_when_an_answer_is_awaited_and_what_happens_then(mini: Mini, ref: str) -> None:
    """Ten minutes of silence from 04:00 send somebody to the door."""
    body = Client().get(link(mini, ref)).content.decode()
    assert "04:10</time></strong> 前等你答复" in body
    assert 'data-left="600"' in body
    assert ">10:00</span>" in body  # readable without script
    assert "到时没人答复，就派人敲门" in body
    english = Client().get(link(mini, ref) + "?lang=en").content.decode()
    assert "answer awaited until then" in english


def test_after_the_door_check_is_ordered_the_answer_still_counts_and_no_deadline_is_shown(
    mini: Mini, ref: str
) -> None:
    CallLine.objects.filter(call_down__ref=ref, kind="village").update(door_check_at=NIGHT)
    body = Client().get(link(mini, ref)).content.decode()
    assert "已派人去敲门，现在答复还算数" in body
    assert "data-left" not in body


def test_once_the_village_has_answered_nothing_is_awaited(mini: Mini, ref: str) -> None:
    CallLine.objects.filter(call_down__ref=ref, kind="village").update(settled_at=NIGHT, state="answered")
    assert "前等你答复" not in Client().get(link(mini, ref)).content.decode()


def test_the_page_offers_the_duty_rooms_landline_and_never_an_officers_mobile(mini: Mini, ref: str) -> None:
    before = Client().get(link(mini, ref)).content.decode()
    assert "13800001002" not in before
    assert 'href="tel:' not in before
    people.load_holders(
        mini.ctx(),
        [people.HolderRow(
            ref="H-room", name="值班室", kind="county_duty", level="county", title="值班室", place=mini.ids[COUNTY],
            covers=[mini.ids[COUNTY]], rung=2, role="", lon=113.3, lat=31.8, organisation="O-emergency",
            contacts=[("landline", "0722-3330001", 0, 24), ("mobile", "13800001099", 0, 24)], high_ground=True, group=None,
        )],
        people_units(),
    )  # fmt: skip
    body = Client().get(link(mini, ref)).content.decode()
    assert 'href="tel:07223330001"' in body
    assert "0722-3330001" in body
    assert "13800001099" not in body
    assert "In doubt? Duty room" in Client().get(link(mini, ref) + "?lang=en").content.decode()


def people_units() -> dict[str, int]:
    return dict(Organisation.objects.values_list("ref", "pk"))


def test_the_page_is_small_enough_for_a_bad_link(mini: Mini, ref: str) -> None:
    assert len(Client().get(link(mini, ref)).content) < 8000


def test_an_answer_without_script_is_a_form_and_comes_back_as_delivered(mini: Mini, ref: str) -> None:
    url = link(mini, ref)
    reply = Client(enforce_csrf_checks=True).post(url, {"answer": "2"}, follow=True)
    assert "已送达" in reply.content.decode()
    assert 'value="2" aria-pressed="true"' in reply.content.decode()
    answer = Answer.objects.get()
    assert (answer.kind, answer.channel, answer.place.name) == (2, "web", "联盟村")


def test_the_journal_names_the_holder_as_the_one_who_answered(mini: Mini, ref: str) -> None:
    Client().post(link(mini, ref), {"answer": "1"})
    told = JournalEntry.objects.get(name="warn.call.answered").text
    assert '"actor":"holder:H-v1-secretary"' in told


def test_the_same_answer_arriving_again_is_the_same_answer(mini: Mini, ref: str) -> None:
    given = {"answer": "3", "key": str(uuid.uuid4())}
    first = Client().post(link(mini, ref), given, **JSON).json()  # type: ignore[arg-type]
    World.objects.filter(pk=mini.world.pk).update(now=NIGHT + timedelta(minutes=3))
    assert Client().post(link(mini, ref), given, **JSON).json() == first  # type: ignore[arg-type]
    assert Answer.objects.count() == 1


def test_a_later_answer_stands_and_both_are_kept(mini: Mini, ref: str) -> None:
    for kind in ("1", "2"):
        Client().post(link(mini, ref), {"answer": kind, "key": str(uuid.uuid4())})
    assert list(Answer.objects.order_by("pk").values_list("kind", flat=True)) == [1, 2]
    assert 'value="2" aria-pressed="true"' in Client().get(link(mini, ref)).content.decode()


@pytest.mark.parametrize(
    "given",
    [
        {"answer": "4"},
        {"answer": "6"},
        {"answer": ""},
        {"answer": "4", "households": "二", "people": "6"},
        {"answer": "1", "key": "x"},
    ],
)
def test_an_answer_that_cannot_be_is_told_why_and_not_kept(
    mini: Mini, ref: str, given: dict[str, str]
) -> None:
    reply = Client().post(link(mini, ref), given, **JSON)  # type: ignore[arg-type]
    assert reply.status_code == 422
    assert reply.json()["error"]
    assert not Answer.objects.exists()
    assert Client().post(link(mini, ref), given).status_code == 422


@pytest.mark.parametrize("part", ["token", "holder", "ref", "world"])
def test_a_link_with_one_part_changed_opens_nothing(mini: Mini, ref: str, part: str) -> None:
    parts = dict(zip(("world", "ref", "holder", "token"), link(mini, ref).split("/")[2:], strict=True))
    parts |= {part: {"token": "A" * 24, "holder": "H-v2-secretary", "ref": "C-1", "world": "live"}[part]}
    url = "/a/" + "/".join(parts.values())
    assert Client().get(url).status_code == 404
    assert Client().post(url, {"answer": "1"}).status_code == 404
    assert not Answer.objects.exists()


def test_a_link_runs_out_a_day_after_the_call_down_has_ended(mini: Mini, ref: str) -> None:
    calldown.stand_down(mini.ctx(), ref=ref, why="雨已停，县防指解除")
    assert Client().get(link(mini, ref)).status_code == 200
    World.objects.filter(pk=mini.world.pk).update(now=NIGHT + timedelta(hours=25))
    assert Client().get(link(mini, ref)).status_code == 404


def test_an_old_link_answers_the_call_down_that_took_the_place_of_its_own(mini: Mini) -> None:
    low = opened(mini.ctx(), grade=Grade.ORANGE, stage="prepare")
    high = opened(mini.ctx())
    Client().post(link(mini, low), {"answer": "2"})
    assert Answer.objects.get().call_down.ref == high


def test_pressing_faster_than_a_person_can_is_slowed_down(mini: Mini, ref: str) -> None:
    replies = [Client().post(link(mini, ref), {"answer": "0"}, **JSON).status_code for _ in range(31)]  # type: ignore[arg-type]
    assert replies[-1] == 429
    assert 429 not in replies[:30]


def test_guessing_links_is_slowed_down(mini: Mini, ref: str) -> None:
    url = link(mini, ref)[:-1] + "!"
    assert [Client().get(url).status_code for _ in range(31)][-1] == 429
    assert Client().get(link(mini, ref)).status_code == 200


def test_two_on_the_phone_close_a_red_village(mini: Mini, ref: str) -> None:
    for holder in ("H-v1-secretary", "H-v1-deputy"):
        Client().post(link(mini, ref, holder), {"answer": "2"})
    assert CallLine.objects.get(key=f"village:{atlas().code(VILLAGE).path}").state == "answered"


def test_the_card_tells_residents_what_where_and_when(mini: Mini, ref: str) -> None:
    body = Client().get(link(mini, ref) + "/card").content.decode()
    assert "山洪随时会来" in body
    assert "柳林中学" in body


def test_in_an_exercise_whoever_looks_gets_the_link_and_its_code(mini: Mini, ref: str) -> None:
    url = f"/w/{mini.world.key}/calls/{ref}/phone/H-v1-secretary"
    asked = mini.client("auditor").get(url).content.decode()
    assert link(mini, ref) not in asked
    body = mini.client("auditor").post(url, follow=True).content.decode()
    assert link(mini, ref) in body
    assert "<svg" in body


def test_on_a_real_night_only_who_calls_sees_the_link(city: Mini) -> None:
    ref = opened(city.ctx())
    url = f"/w/live/calls/{ref}/phone/H-v1-secretary"
    assert city.client("auditor").get(url).status_code == 403
    assert city.client("duty_officer").get(url).status_code == 200
