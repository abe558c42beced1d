"""An exercise has an owner: nobody of another unit stops or hurries it; and numbers that are none are told, never a fault."""

from datetime import UTC, datetime

import pytest

from anlan.desk.views.exercises import live
from anlan.foundation import exercises, worlds
from anlan.foundation.errors import Forbidden
from anlan.foundation.models import World
from tests.support.city import NIGHT, Mini, make_city

pytestmark = pytest.mark.django_db


@pytest.fixture
def owned() -> tuple[Mini, str]:
    """An exercise that the duty officer of Liulin's county made."""
    mini = make_city()
    return mini, exercises.create(live(mini.ctx("duty_officer")), scenario="calm", settings={})


def test_an_officer_of_another_county_neither_starts_nor_paces_nor_ends_it(owned: tuple[Mini, str]) -> None:
    mini, key = owned
    client = mini.client("foreign")
    for what, given in (("start", {}), ("pause", {}), ("speed", {"speed": "240"}), ("end", {})):
        assert client.post(f"/w/live/exercises/{key}/{what}", given).status_code == 403
    assert f"exercises/{key}/start" not in client.get("/w/live/exercises").content.decode()
    with pytest.raises(Forbidden):
        exercises.change(mini.ctx("foreign"), key=key, what="end")
    assert World.objects.get(key=key).state == "ready"


def test_its_own_unit_and_who_stands_at_the_machine_run_it(owned: tuple[Mini, str]) -> None:
    mini, key = owned
    exercises.change(mini.ctx("administrator"), key=key, what="start")
    exercises.change(mini.ctx(), key=key, what="pause")
    exercises.set_speed(mini.ctx("duty_officer"), key=key, speed=240)
    assert (worlds.get(key).state, worlds.get(key).speed) == ("paused", 240)


def test_one_that_the_machine_made_is_everybodys(owned: tuple[Mini, str]) -> None:
    mini, _ = owned
    key = mini.exercise().world.key
    exercises.change(mini.ctx("foreign"), key=key, what="start")


@pytest.mark.parametrize("number", ["²", "٣", "1" * 5000, "-1", "1e3", "½", "一"])
def test_a_number_that_is_none_is_refused_with_a_sentence(owned: tuple[Mini, str], number: str) -> None:
    mini, key = owned
    client = mini.client("duty_officer")
    assert client.post(f"/w/live/exercises/{key}/speed", {"speed": number}).status_code == 422
    assert client.post(f"/w/{key}/desk/pace", {"speed": number}).status_code in (302, 404)
    assert client.get(f"/w/live/stations/0042130001?hours={number[:50]}").status_code == 200
    assert client.get(f"/w/live/desk?at={number}").status_code in (200, 422)
    client.raise_request_exception = True
    from anlan.foundation.errors import NotFound
    from anlan.people.actions import unmask

    with pytest.raises(NotFound):
        unmask(mini.ctx("duty_officer"), contact_ref=f"H-v1-secretary/{number}", why="试试")


def test_numbers_in_addresses_that_no_database_holds_are_not_found(owned: tuple[Mini, str]) -> None:
    mini, _ = owned
    client = mini.client("administrator")
    for number in (2**63, 10**30):
        for page in (f"/w/live/journal/{number}", f"/account/tokens/{number}/revoke"):
            assert client.post(page).status_code in (404, 405)
            assert client.get(page).status_code in (404, 405)
    assert datetime.now(UTC) > NIGHT
