"""Each role lands on its own page; a quiet desk says what the day holds; a leader reads five lines."""

import pytest

from tests.support.city import make_city
from tests.support.routes import make_stage

pytestmark = pytest.mark.django_db
HOMES = {
    "duty_officer": "desk", "approver": "desk", "village_cadre": "desk", "leader": "brief", "administrator": "onset",
    "station_engineer": "stations",
}  # fmt: skip


def test_each_role_lands_on_its_own_page_and_may_open_it() -> None:
    mini = make_city()
    for role, page in HOMES.items():
        reply = mini.client(role).get("/")
        assert reply.headers["Location"] == f"/w/live/{page}", role
        assert mini.client(role).get(reply.headers["Location"]).status_code == 200, role


def test_a_desk_where_nothing_waits_says_what_the_day_holds() -> None:
    mini = make_city()
    told = mini.client("duty_officer").get("/w/live/desk").content.decode()
    assert "现在没有要办的" in told
    assert "值班表上现在没有人。" in told
    assert "1 站，没有静默的" in told
    assert "还没有演练过。" in told
    assert "上线二十步" not in told, "what only an administrator does"
    assert "还差" in mini.client("administrator").get("/w/live/desk").content.decode()
    assert mini.client("duty_officer").get("/w/live/desk?lang=en").status_code == 200


def test_a_desk_where_something_waits_says_only_that() -> None:
    stage = make_stage()
    assert not stage.mini.client("duty_officer").get(f"/w/{stage.mini.world.key}/desk").context["today"]


def test_a_leader_reads_five_lines_of_the_own_county_alone() -> None:
    stage = make_stage()
    told = stage.mini.client("leader").get(f"/w/{stage.mini.world.key}/brief").content.decode()
    assert told.split('class="brief"')[1].split("</dl>")[0].count("<dt>") == 5
    assert "联盟村" in told
    assert (
        "联盟村" not in stage.mini.client("foreign").get(f"/w/{stage.mini.world.key}/brief").content.decode()
    )
