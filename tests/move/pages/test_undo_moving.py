"""What is recorded on a village's move says whom and what, and is taken back within eight seconds: whole, and in the journal."""

import re

import pytest
from django.core import signing
from django.test import Client

from anlan.foundation import edited
from anlan.foundation.errors import Conflict
from anlan.foundation.models import JournalEntry
from anlan.move.actions import moving
from anlan.move.models import Evacuation, HouseholdMove
from anlan.places.atlas import atlas
from anlan.prove.queries.proof import facts
from tests.support.city import VILLAGE, Mini

pytestmark = pytest.mark.django_db
HOUSEHOLD = f"HH-{VILLAGE}-1"


@pytest.fixture
def ref(mini: Mini) -> str:
    return moving.order_stage(
        mini.ctx(), village=atlas().code(VILLAGE), stage="move", by="U-1", tier="county"
    )


@pytest.fixture
def officer(mini: Mini) -> Client:
    return mini.client("duty_officer")


def at(mini: Mini, ref: str) -> str:
    return f"/w/{mini.world.key}/moving/{ref}"


def recorded(officer: Client, url: str, **given: str) -> str:
    """The page that one stands on afterwards."""
    reply = officer.post(url, given, follow=True)
    assert reply.status_code == 200, reply.text[:300]
    return re.sub(r"\s+", " ", reply.text)


def undo(officer: Client, url: str, page: str) -> str:
    token = re.search(r'name="undo" value="([^"]+)"', page)
    assert token, "the page offers to take it back"
    return re.sub(r"\s+", " ", officer.post(f"{url}/undo", {"undo": token[1]}, follow=True).text)


def state() -> tuple[str, int, int]:
    row = Evacuation.objects.get()
    return row.stage, row.households_moved, row.people_moved


def test_a_marked_household_is_as_it_was_and_the_journal_keeps_both(
    mini: Mini, ref: str, officer: Client
) -> None:
    url, before = at(mini, ref), state()
    page = recorded(officer, f"{url}/mark", household=HOUSEHOLD, event="counted_in")
    assert re.search(r"记：\S+ 点到", page)
    assert "已撤销：" in undo(officer, url, page)
    assert HouseholdMove.objects.get(household__ref=HOUSEHOLD).state == "to_move"
    assert state() == before
    assert JournalEntry.objects.filter(name="warn.evacuation.taken_back").count() == 1
    assert list(edited.edited(mini.ctx().world)) == []
    said = facts.facts_of(mini.ctx(), atlas().code(VILLAGE).path)
    assert not [fact for fact in said if "household" in fact.detail and fact.detail.get("state") == "moved"]


def test_a_count_is_taken_back_with_the_stage_that_it_had_ended(
    mini: Mini, ref: str, officer: Client
) -> None:
    url, before = at(mini, ref), state()
    page = recorded(officer, f"{url}/count", households="2", people="6")
    assert "记：已点到 2 户" in page
    assert state()[0] == "count"
    undo(officer, url, page)
    assert state() == before
    assert list(edited.edited(mini.ctx().world)) == []


def test_what_others_recorded_since_stands_and_so_does_what_it_stands_on(
    mini: Mini, ref: str, officer: Client
) -> None:
    url = at(mini, ref)
    page = recorded(officer, f"{url}/mark", household=HOUSEHOLD, event="set_out")
    moving.mark_household(mini.ctx(), evacuation=ref, household=HOUSEHOLD, event="refused")
    assert "后面又记过" in undo(officer, url, page)
    assert HouseholdMove.objects.get(household__ref=HOUSEHOLD).state == "refused"
    with pytest.raises(Conflict):
        moving.take_back(mini.ctx(), evacuation=ref, seq=1, before={})


def test_after_eight_seconds_it_is_refused_with_a_word_what_to_do(
    mini: Mini, ref: str, officer: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = at(mini, ref)
    page = recorded(officer, f"{url}/mark", household=HOUSEHOLD, event="set_out")
    then = signing.time.time()
    monkeypatch.setattr(signing.time, "time", lambda: then + 60)
    assert "8 秒" in undo(officer, url, page)
    assert HouseholdMove.objects.get(household__ref=HOUSEHOLD).state == "moving"


def test_nobody_takes_back_what_another_recorded(mini: Mini, ref: str, officer: Client) -> None:
    url = at(mini, ref)
    page = recorded(officer, f"{url}/mark", household=HOUSEHOLD, event="set_out")
    undo(mini.client("village_cadre"), url, page)
    assert HouseholdMove.objects.get(household__ref=HOUSEHOLD).state == "moving"
