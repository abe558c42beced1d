"""What is kept in memory is asked for once, and no change of it is missed."""

from datetime import date

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from anlan.call.models import CallDown
from anlan.call.queries.villages import running
from anlan.foundation.kept import once
from anlan.foundation.writing import writing
from anlan.people import holders
from anlan.people.holders import Holder
from anlan.people.models import ContactPoint, DutyHolder, Person
from anlan.places.atlas import atlas
from anlan.places.models import Division, DivisionCode
from tests.support.city import TOWN, VILLAGE, VILLAGE_2, Mini, make_city

pytestmark = pytest.mark.django_db


@pytest.fixture
def mini() -> Mini:
    return make_city()


def name_of(code: str) -> str:
    return atlas().code(code).name


def test_a_request_asks_once_for_places_and_people_however_often_they_are_used(mini: Mini) -> None:
    atlas(), holders.register()
    with CaptureQueriesContext(connection) as asked, once():
        for _ in range(50):
            atlas(), holders.register()
    assert len(asked) == 1


def test_every_page_asks_at_most_once(mini: Mini) -> None:
    client = mini.client("duty_officer")
    for page in ("desk", "wall", "map", "packs", "moving", "calls", "journal"):
        with CaptureQueriesContext(connection) as asked:
            assert client.get(f"/w/live/{page}").status_code == 200
        marks = [query for query in asked if "foundation_tablemark" in query["sql"]]
        assert len(marks) <= 1, page


@pytest.mark.parametrize("inside", [True, False])
def test_a_new_name_is_seen_at_the_next_call(mini: Mini, inside: bool) -> None:
    name_of(VILLAGE)
    if inside:
        with once():
            assert name_of(VILLAGE) == "联盟村"
            Division.objects.filter(pk=mini.ids[VILLAGE]).update(name="新联盟村")
            assert name_of(VILLAGE) == "新联盟村"
    else:
        village = Division.objects.get(pk=mini.ids[VILLAGE])
        village.name = "新联盟村"
        village.save()
    assert name_of(VILLAGE) == "新联盟村"


def test_a_change_that_was_taken_back_is_not_seen(mini: Mini) -> None:
    with once():
        with transaction.atomic():
            Division.objects.filter(pk=mini.ids[VILLAGE]).update(name="新联盟村")
            assert name_of(VILLAGE) == "新联盟村"
            transaction.set_rollback(True)
        assert name_of(VILLAGE) == "联盟村"
    assert name_of(VILLAGE) == "联盟村"


def test_a_code_of_a_new_year_replaces_the_old_one(mini: Mini) -> None:
    DivisionCode.objects.filter(division_id=mini.ids[VILLAGE]).update(code="421321117999")
    assert atlas().by_id[mini.ids[VILLAGE]].code == "421321117999"
    DivisionCode.objects.filter(code="421321117999").update(valid_to=date(2026, 1, 1))
    assert atlas().by_id[mini.ids[VILLAGE]].code == ""


def test_a_holder_who_moves_covers_and_is_renamed_is_seen_at_once(mini: Mini) -> None:
    def holder() -> Holder:
        return holders.register().by_ref["H-v1-deputy"]

    assert not holder().group
    DutyHolder.objects.filter(ref="H-v1-deputy").update(title="主任", group=2, rung=0)
    assert (holder().title, holder().group, holder().rung) == ("主任", 2, 0)
    Person.objects.filter(ref=holder().person).update(lon=1.0)
    assert holder().lon == 1.0
    DutyHolder.objects.get(ref="H-v1-deputy").covers.set([mini.ids[VILLAGE_2]])
    second = atlas().code(VILLAGE_2).path
    assert holder().covers == (second,)
    ContactPoint.objects.filter(person__ref=holder().person).update(from_hour=8, to_hour=18)
    assert [(c.from_hour, c.to_hour) for c in holder().contacts] == [(8, 18)]


def test_an_action_sees_what_another_wrote_since_the_request_began(mini: Mini) -> None:
    with once():
        assert name_of(TOWN) == "柳林镇"
        with once(afresh=True):
            Division.objects.filter(pk=mini.ids[TOWN]).update(name="柳林新镇")
        assert name_of(TOWN) == "柳林新镇"


def test_parts_of_a_page_that_ask_the_same_are_answered_by_one_reading(mini: Mini) -> None:
    ctx = mini.ctx()
    with CaptureQueriesContext(connection) as asked, once():
        assert running(ctx) == running(ctx) == []
        running(mini.ctx("foreign"))
    assert len([query for query in asked if "call_calldown" in query["sql"]]) == 2


def test_who_writes_is_never_answered_from_before(mini: Mini) -> None:
    ctx = mini.ctx()
    with once():
        assert running(ctx) == []
        with writing("test"):
            CallDown.objects.create(
                world_id=ctx.world.id, place_id=mini.ids[TOWN], grade=1, opened_at=ctx.now
            )
            assert len(running(ctx)) == 1
        assert len(running(ctx)) == 1
