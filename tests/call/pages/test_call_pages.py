"""The call board and the call desk in a browser's eyes: who has not answered, who is called next, what the keys do."""

import re
import uuid
from datetime import timedelta

import pytest
from django.test import Client

from anlan.call.actions import hearing
from anlan.call.models import Answer, Call, CallDown
from anlan.foundation.models import JournalEntry, World
from anlan.move.actions import moving
from anlan.places.atlas import atlas
from tests.call.test_calldown_actions import opened
from tests.support.city import NIGHT, VILLAGE, VILLAGE_2, Mini


@pytest.fixture
def ref(mini: Mini) -> str:
    return opened(mini.ctx())


@pytest.fixture
def officer(mini: Mini) -> Client:
    return mini.client("duty_officer")


def at(mini: Mini, *parts: str) -> str:
    return "/".join(("/w", mini.world.key, *parts))


def shown(client: Client, url: str, status: int = 200) -> str:
    reply = client.get(url)
    assert reply.status_code == status, reply.content.decode()[:2000]
    return re.sub(r"\s+", " ", reply.content.decode())


def pressed(client: Client, url: str, holder: str, result: int, status: int = 302, **more: str) -> str:
    given = {"holder": holder, "result": str(result), "key": str(uuid.uuid4()), **more}
    reply = client.post(f"{url}/desk", given)
    assert reply.status_code == status
    return reply.text


def test_the_list_shows_what_runs_with_how_many_villages_were_heard(
    mini: Mini, ref: str, officer: Client
) -> None:
    body = shown(officer, at(mini, "calls"))
    assert "柳林镇" in body
    assert "0／2" in body
    assert ref in body


def test_an_empty_list_says_what_to_do(mini: Mini, officer: Client) -> None:
    assert "现在没有叫应" in shown(officer, at(mini, "calls"))


def test_people_and_households_are_counted_apart(mini: Mini, ref: str, officer: Client) -> None:
    moving.order_stage(mini.ctx(), village=atlas().code(VILLAGE), stage="move", by="U-1", tier="county")
    hearing.heard_answer(
        mini.ctx(),
        call_down=ref,
        holder="H-v1-secretary",
        kind=4,
        key="a",
        channel="desk",
        households=2,
        people_moved=6,
    )
    body = shown(officer, at(mini, "calls", ref))
    counts = dict(re.findall(r'<p class="count[^"]*"><span>([^<]*)</span><strong>(\d+)', body))
    assert counts["已应"] == "1"
    assert counts["应转"] == "2"
    assert counts["已转移（清点过）"] == "0"
    assert "电话报 2" in body


def test_the_board_reads_in_english(mini: Mini, ref: str, officer: Client) -> None:
    body = shown(officer, at(mini, "calls", ref) + "?lang=en")
    assert "Call desk" in body
    assert "叫应" not in re.sub(r"<[^>]*>", "", body).replace("叫应台", "")


def test_the_board_shows_a_past_moment_as_it_was_known_then(mini: Mini, ref: str, officer: Client) -> None:
    later = NIGHT + timedelta(minutes=5)
    World.objects.filter(pk=mini.world.pk).update(now=later)
    hearing.heard_answer(
        mini.ctx(at=later), call_down=ref, holder="H-v1-secretary", kind=2, key="a", channel="desk"
    )
    url = at(mini, "calls", ref)
    then = shown(officer, f"{url}?at={int((NIGHT + timedelta(minutes=1)).timestamp())}")
    now = shown(officer, url)
    count = re.compile(r"已应</span><strong>(\d+)")
    assert (count.findall(then), count.findall(now)) == (["0"], ["1"])
    assert "这是过去的一刻" in then
    assert "接下来叫" not in then


@pytest.mark.parametrize("moment", ["gestern", "99999999999999999999", "2021-08-11T20:00"])
def test_a_moment_that_is_none_is_refused_by_name(mini: Mini, ref: str, officer: Client, moment: str) -> None:
    shown(officer, f"{at(mini, 'calls', ref)}?at={moment}", status=422)


def test_names_and_numbers_are_masked(mini: Mini, ref: str, officer: Client) -> None:
    body = shown(officer, at(mini, "calls", ref) + "?holder=H-v1-secretary")
    assert "138 **** 4417" in body
    assert "杨**" in body
    assert "13800004417" not in body
    assert "杨柳青" not in body


def test_showing_the_whole_number_leaves_a_trace(mini: Mini, ref: str, officer: Client) -> None:
    url = at(mini, "calls", ref, "number")
    reply = officer.post(url, {"holder": "H-v1-secretary", "contact": "H-v1-secretary/1"})
    assert "13800004417" in reply.content.decode()
    assert JournalEntry.objects.filter(name="people.contact.unmasked").count() == 1


def test_a_number_of_somebody_else_cannot_be_opened_there(mini: Mini, ref: str, officer: Client) -> None:
    url = at(mini, "calls", ref, "number")
    reply = officer.post(url, {"holder": "H-v1-secretary", "contact": "H-f-secretary/1"})
    assert reply.status_code == 404
    assert not JournalEntry.objects.filter(name="people.contact.unmasked").exists()


def test_the_script_fits_twenty_seconds_and_says_that_it_is_an_exercise(
    mini: Mini, ref: str, officer: Client
) -> None:
    body = shown(officer, at(mini, "calls", ref))
    script = re.search(r'class="script">(.*?)<footer', body)
    assert script is not None
    assert "这是演练" in script[1]
    assert len(script[1]) <= 70


def test_one_key_records_an_answer_and_the_next_person_comes_up(
    mini: Mini, ref: str, officer: Client
) -> None:
    url = at(mini, "calls", ref)
    pressed(officer, url, "H-v1-secretary", 2)
    assert (Answer.objects.get().kind, Answer.objects.get().channel) == (2, "desk")
    assert Call.objects.get(holder__ref="H-v1-secretary").state == "answered"


def test_pressing_the_same_form_twice_records_once(mini: Mini, ref: str, officer: Client) -> None:
    url, key = at(mini, "calls", ref), str(uuid.uuid4())
    for _ in range(2):
        pressed(officer, url, "H-v1-secretary", 1, key=key)
    assert Answer.objects.count() == 1


@pytest.mark.parametrize(("result", "state"), [(6, "no_answer"), (7, "wrong_number"), (8, "refused")])
def test_what_is_no_answer_ends_the_call_and_nothing_else(
    mini: Mini, ref: str, officer: Client, result: int, state: str
) -> None:
    pressed(officer, at(mini, "calls", ref), "H-v1-secretary", result)
    assert Call.objects.filter(holder__ref="H-v1-secretary").order_by("pk")[0].state == state
    assert not Answer.objects.exists()


def test_moved_asks_for_numbers_and_takes_them(mini: Mini, ref: str, officer: Client) -> None:
    url = at(mini, "calls", ref)
    body = pressed(officer, url, "H-v1-secretary", 4, status=422)
    assert not Answer.objects.exists()
    assert "户数和人数" in body
    pressed(officer, url, "H-v1-secretary", 4, households="2", people="6")
    assert (Answer.objects.get().households, Answer.objects.get().people) == (2, 6)


@pytest.mark.parametrize(
    "given", [{"result": "9"}, {"result": ""}, {"result": "一"}, {"key": "x"}, {"holder": "H-none"}]
)
def test_a_broken_form_records_nothing(mini: Mini, ref: str, officer: Client, given: dict[str, str]) -> None:
    status = 404 if "holder" in given else 422
    asked = {"holder": "H-v1-secretary", "result": 1, "status": status} | given
    pressed(officer, at(mini, "calls", ref), **asked)  # type: ignore[arg-type]
    assert not Answer.objects.exists()


def test_holding_asks_why_and_releasing_goes_on(mini: Mini, ref: str, officer: Client) -> None:
    url = at(mini, "calls", ref)
    assert officer.post(f"{url}/hold", {"reason": ""}).status_code == 422
    officer.post(f"{url}/hold", {"reason": "测站误报，正在核实"})
    assert "测站误报" in shown(officer, url)
    officer.post(f"{url}/release")
    assert CallDown.objects.get().held_at is None


def test_standing_down_asks_first(mini: Mini, ref: str, officer: Client) -> None:
    url = at(mini, "calls", ref, "stand-down")
    assert "结束叫应" in shown(officer, url)
    assert CallDown.objects.get().closed_at is None
    officer.post(url, {"reason": "雨已停，县防指解除"})
    assert CallDown.objects.get().closed_at is not None


def test_the_officer_calls_out_by_hand(mini: Mini, officer: Client) -> None:
    url = at(mini, "calls", "new")
    assert VILLAGE in shown(officer, f"{url}?q=联盟")
    reply = officer.post(
        f"{url}?q=联盟",
        {"places": [VILLAGE], "grade": "orange", "stage": "prepare", "reason": "河边有人报涨水"},
    )
    assert reply.status_code == 302
    assert CallDown.objects.get().order_no == "河边有人报涨水"


def test_calling_by_hand_without_a_place_says_so(mini: Mini, officer: Client) -> None:
    assert (
        officer.post(at(mini, "calls", "new"), {"grade": "red", "reason": "河边有人报涨水"}).status_code
        == 422
    )


def test_the_group_text_says_that_received_there_is_no_answer(mini: Mini, ref: str, officer: Client) -> None:
    assert "群里回“收到”不算应答" in shown(officer, at(mini, "calls", ref, "group"))


def test_a_line_shows_its_people_with_what_came_of_calling_them(
    mini: Mini, ref: str, officer: Client
) -> None:
    line = f"village:{atlas().code(VILLAGE_2).path}"
    body = shown(officer, f"{at(mini, 'calls', ref, 'people')}?line={line}")
    assert "支书 古**" in body
    assert "不代替村里应答" in body


@pytest.mark.parametrize("role", ["auditor", "leader", "approver", "administrator"])
def test_whoever_may_look_may_look(mini: Mini, ref: str, role: str) -> None:
    assert "柳林镇" in shown(mini.client(role), at(mini, "calls", ref))


@pytest.mark.parametrize("act", ["hold", "stand-down", "desk", "number"])
def test_an_auditor_may_do_nothing(mini: Mini, ref: str, act: str) -> None:
    assert (
        mini.client("auditor").post(at(mini, "calls", ref, act), {"reason": "不该能办的事"}).status_code
        == 403
    )


def test_a_foreign_officer_does_not_find_it(mini: Mini, ref: str) -> None:
    foreign = mini.client("foreign")
    assert "柳林" not in shown(foreign, at(mini, "calls"))
    for url in ("", "/hold", "/stand-down", "/group", "/people?line=x"):
        assert foreign.get(at(mini, "calls", ref) + url).status_code == 404


def test_the_live_world_does_not_show_what_happened_in_an_exercise(
    mini: Mini, ref: str, officer: Client
) -> None:
    assert officer.get(f"/w/live/calls/{ref}").status_code == 404


def test_who_was_never_called_is_not_counted_as_silent(mini: Mini, ref: str, officer: Client) -> None:
    """The deputies stand on a rung that was not reached."""
    counts = dict(
        re.findall(
            r'<p class="count[^"]*"><span>([^<]*)</span><strong>(\d+)', shown(officer, at(mini, "calls", ref))
        )
    )
    assert int(counts["应叫"]) == Call.objects.values("holder").distinct().count()


def test_the_board_of_a_village_cadre_is_the_own_villages_part(mini: Mini, ref: str) -> None:
    cadre = mini.client("village_cadre")
    assert ref in shown(cadre, at(mini, "calls"))
    for page in ("", "/sheet", "/group"):
        body = shown(cadre, at(mini, "calls", ref) + page)
        assert "联盟村" in body
        assert "古城畈" not in body
    url = at(mini, "calls", ref)
    assert len(cadre.get(f"/api/v1{url}".replace("calls", "call-downs")).json()["lines"]) == 1
    pressed(cadre, url, "H-v1-secretary", 2)
    assert "<strong>1</strong>" in shown(cadre, url)
    pressed(cadre, url, "H-v2-deputy", 2, status=404)
    assert set(Answer.objects.values_list("holder__ref", flat=True)) == {"H-v1-secretary"}
    assert cadre.get(f"{url}/hold").status_code == 403
    assert mini.client("foreign").get(url).status_code == 404


def test_a_page_says_how_short_a_reason_may_be(mini: Mini, ref: str, officer: Client) -> None:
    for page in (f"{ref}/hold", "new"):
        assert "至少 2 个字" in shown(officer, at(mini, "calls", page))
    assert officer.post(at(mini, "calls", ref, "hold"), {"reason": "误报"}).status_code == 302
