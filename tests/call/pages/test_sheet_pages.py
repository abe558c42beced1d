"""One sheet a township: masked on screen, whole on paper with a trace, made anew each hour, keyed back into the proof."""

import json
import uuid
from datetime import timedelta

import pytest
from django.test import Client

from anlan.call.actions import calldown, hearing, sheets
from anlan.call.models import Answer, Call
from anlan.foundation import events
from anlan.foundation.models import JournalEntry, Task
from anlan.foundation.rules.grade import Grade
from anlan.foundation.tasks import run
from anlan.move.actions import moving
from anlan.move.models import Evacuation
from anlan.places.atlas import atlas
from tests.call.pages.test_call_pages import at, shown
from tests.call.test_calldown_actions import names, opened, village_line
from tests.support.city import NIGHT, VILLAGE, Mini


@pytest.fixture
def ref(mini: Mini) -> str:
    moving.order_stage(mini.ctx(), village=atlas().code(VILLAGE), stage="move", by="U-1", tier="county")
    return opened(mini.ctx())


@pytest.fixture
def officer(mini: Mini) -> Client:
    return mini.client("duty_officer")


def test_on_screen_the_sheet_is_masked(mini: Mini, ref: str, officer: Client) -> None:
    body = shown(officer, at(mini, "calls", ref, "sheet"))
    assert "支书 杨**" in body
    assert "138 **** 4417" in body
    assert "杨柳青" not in body
    assert "演练 不是真实灾情" in body
    assert "warn.sheet.printed" not in names(mini)


def test_printing_gives_names_and_numbers_and_leaves_a_trace(mini: Mini, ref: str, officer: Client) -> None:
    body = officer.post(at(mini, "calls", ref, "sheet", "print"), {"numbers": "1"}).content.decode()
    assert "支书 杨柳青" in body
    assert "13800004417" in body
    told = json.loads(JournalEntry.objects.get(name="warn.sheet.printed").text)
    assert told["body"] == {"numbers": True}


def test_who_may_not_unmask_prints_names_without_numbers(mini: Mini, ref: str) -> None:
    client = mini.client("auditor")
    url = at(mini, "calls", ref, "sheet", "print")
    body = client.post(url, {}).content.decode()
    assert "杨柳青" in body
    assert "13800004417" not in body
    assert client.post(url, {"numbers": "1"}).status_code == 403


def test_the_journal_holds_no_name_and_no_number_of_the_sheet(mini: Mini, ref: str, officer: Client) -> None:
    officer.post(at(mini, "calls", ref, "sheet", "print"), {"numbers": "1"})
    sheets.make(mini.ctx(), ref=ref)
    told = "".join(JournalEntry.objects.filter(world=mini.world).values_list("text", flat=True))
    assert "杨柳青" not in told
    assert "13800004417" not in told


def test_under_red_the_sheet_is_made_at_once_and_anew_each_hour(mini: Mini, ref: str) -> None:
    while events.step(mini.world):
        pass
    assert names(mini).count("warn.sheet.made") == 1
    task = Task.objects.get(kind="warn.sheet.hourly")
    assert task.due_at == NIGHT + timedelta(hours=1)
    run(task, mini.world)
    assert names(mini).count("warn.sheet.made") == 2


def test_under_yellow_no_sheet_is_made(mini: Mini) -> None:
    sheets.make(mini.ctx(), ref=opened(mini.ctx(), grade=Grade.YELLOW, stage=""))
    assert "warn.sheet.made" not in names(mini)


def test_after_the_end_no_sheet_is_made(mini: Mini, ref: str) -> None:
    sheets.make(mini.ctx(), ref=ref)
    calldown.stand_down(mini.ctx(), ref=ref, why="雨已停，县防指解除")
    assert Task.objects.get(kind="warn.sheet.hourly").state == "cancelled"


def test_the_digest_changes_when_what_the_sheet_says_changes(mini: Mini, ref: str) -> None:
    sheets.make(mini.ctx(), ref=ref)
    hearing.heard_answer(mini.ctx(), call_down=ref, holder="H-v1-secretary", kind=1, key="a", channel="desk")
    sheets.make(mini.ctx(), ref=ref)
    made = JournalEntry.objects.filter(name="warn.sheet.made").order_by("seq")
    seals = [json.loads(entry.text)["body"] for entry in made]
    assert seals[0]["digest"] != seals[1]["digest"]
    assert [s["answered"] for s in seals] == [0, 1]


def filled(**more: str) -> dict[str, str]:
    return {"key": str(uuid.uuid4()), **more}


def test_ticks_are_keyed_back_as_answers(mini: Mini, ref: str, officer: Client) -> None:
    url = at(mini, "calls", ref, "sheet", "keyed")
    assert "纸上勾的" in shown(officer, url)
    given = filled(**{"result:H-v1-secretary": "2", "at:H-v1-secretary": "04:12", "result:H-v1-group": "1"})
    for _ in range(2):
        assert officer.post(url, given).status_code == 302
    assert list(
        Answer.objects.order_by("holder__ref").values_list("holder__ref", "kind", "channel", "words")
    ) == [
        ("H-v1-group", 1, "sheet", ""),
        ("H-v1-secretary", 2, "sheet", "04:12"),
    ]
    assert village_line(ref).state == "answered"


def test_a_wrong_line_is_told_and_the_others_are_taken(mini: Mini, ref: str, officer: Client) -> None:
    url = at(mini, "calls", ref, "sheet", "keyed")
    reply = officer.post(url, filled(**{"result:H-v1-secretary": "4", "result:H-v1-group": "1"}))
    assert reply.status_code == 422
    assert "户数和人数" in reply.content.decode()
    assert Answer.objects.get().holder.ref == "H-v1-group"


def test_counts_on_paper_are_totals_so_that_keying_twice_counts_once(
    mini: Mini, ref: str, officer: Client
) -> None:
    url = at(mini, "calls", ref, "sheet", "keyed")
    move = Evacuation.objects.get().ref
    for _ in range(2):
        officer.post(url, filled(**{f"counted:{move}": "1", f"counted_people:{move}": "3"}))
    assert Evacuation.objects.get().households_moved == 1


def test_nobody_home_on_paper_ends_the_call_that_waits(mini: Mini, ref: str, officer: Client) -> None:
    officer.post(at(mini, "calls", ref, "sheet", "keyed"), filled(**{"result:H-v1-secretary": "6"}))
    assert Call.objects.filter(holder__ref="H-v1-secretary").order_by("pk")[0].state == "no_answer"


def test_a_foreign_officer_finds_no_sheet(mini: Mini, ref: str) -> None:
    foreign = mini.client("foreign")
    for part in ("sheet", "sheet/keyed"):
        assert foreign.get(at(mini, "calls", ref, part)).status_code == 404
    assert foreign.post(at(mini, "calls", ref, "sheet/print"), {"numbers": "1"}).status_code == 404
