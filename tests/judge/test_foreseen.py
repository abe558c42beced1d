"""What the model says reaches the officer: a row at the desk, a text begun, doors that close. It calls nobody by itself."""

import re
from datetime import timedelta

import pytest

from anlan.call.actions import calldown, doorchecks
from anlan.call.models import Call
from anlan.desk.due import dues
from anlan.foundation.rules.grade import Grade
from anlan.judge.queries.foreseen import foreseen
from anlan.places.atlas import atlas
from anlan.simulate.models import Run
from tests.support.city import NIGHT, TOWN, VILLAGE, VILLAGE_2, Mini, make_city
from tests.support.grounds import forecast

pytestmark = pytest.mark.django_db
MIN = timedelta(minutes=1)


@pytest.fixture
def mini() -> Mini:
    return make_city().exercise()


def rows(mini: Mini, role: str = "duty_officer", lang: str = "zh") -> list[str]:
    return [due.title + due.detail for due in dues(mini.ctx(role), lang=lang) if due.kind == "forecast"]


def test_the_desk_says_which_villages_how_deep_and_by_when(mini: Mini) -> None:
    forecast(mini, {VILLAGE: (120, 35), VILLAGE_2: (60, 50)})
    (due,) = [d for d in dues(mini.ctx("duty_officer"), lang="zh") if d.kind == "forecast"]
    assert due.deadline == NIGHT + 35 * MIN
    assert "2 个村可能进水" in due.title
    assert all(word in due.detail for word in ("联盟村", "古城畈村", "1.2 米", "合成"))
    assert rows(mini, lang="en")


def test_it_calls_nobody_by_itself(mini: Mini) -> None:
    forecast(mini, {VILLAGE: (300, 5)})
    assert not Call.objects.exists()


def test_a_village_that_is_called_waits_no_more(mini: Mini) -> None:
    forecast(mini, {VILLAGE: (120, 35)})
    calldown.open_calldown(
        mini.ctx(), township=atlas().code(TOWN), villages=[atlas().code(VILLAGE)], grade=Grade.RED, stage="move",
        cause="S-1", order_no="测试〔2021〕1号",
    )  # fmt: skip
    assert rows(mini) == []


@pytest.mark.parametrize("purpose", ["analyst", "member"])
def test_a_run_that_somebody_tried_out_is_no_forecast(mini: Mini, purpose: str) -> None:
    forecast(mini, {VILLAGE: (120, 35)}, purpose=purpose)
    assert foreseen(mini.ctx()) is None


def test_a_forecast_that_is_too_old_or_was_refused_says_nothing(mini: Mini) -> None:
    forecast(mini, {VILLAGE: (120, 35)})
    assert foreseen(mini.ctx(at=NIGHT + 29 * MIN)) is not None
    assert foreseen(mini.ctx(at=NIGHT + 31 * MIN)) is None
    Run.objects.update(state="refused")
    assert foreseen(mini.ctx()) is None


def test_the_newest_forecast_holds(mini: Mini) -> None:
    forecast(mini, {VILLAGE: (120, 35)})
    forecast(mini, {VILLAGE_2: (50, 20)})
    found = foreseen(mini.ctx())
    assert found is not None
    assert [v.place.code for v in found.villages] == [VILLAGE_2]


def test_nobody_reads_it_beyond_their_place_or_role(mini: Mini) -> None:
    forecast(mini, {VILLAGE: (120, 35)})
    assert rows(mini, "foreign") == []
    assert rows(mini, "grid_worker") == []


def test_nobody_is_sent_to_a_door_where_water_is_expected_before_they_are_out(mini: Mini) -> None:
    town = atlas().code(TOWN)
    assert doorchecks.flood_areas(mini.ctx(), town) == []
    forecast(mini, {VILLAGE: (120, 35)})
    areas = doorchecks.flood_areas(mini.ctx(), town)
    assert {area.closing_at for area in areas} == {NIGHT + 35 * MIN}
    later = doorchecks.flood_areas(mini.ctx(at=NIGHT + 25 * MIN), town)
    assert {area.kind.value for area in later} == {"closing"}


def test_a_risk_notice_is_begun_with_villages_depth_and_time(mini: Mini) -> None:
    ref = forecast(mini, {VILLAGE: (120, 35)})
    page = mini.client("duty_officer").get(f"/w/{mini.world.key}/alerts/new?kind=notice&run={ref}").text
    assert "模型研判：04:35 起住房处可能进水：联盟村 04:35 最深 1.2 米。" in page
    assert "按村里安排去安置点" in page
    assert "04:35 以前" in page


def test_a_call_is_begun_with_the_villages_told_to_prepare_and_the_reason(mini: Mini) -> None:
    ref = forecast(mini, {VILLAGE: (120, 35), VILLAGE_2: (60, 20)})
    page = mini.client("duty_officer").get(f"/w/{mini.world.key}/calls/new?run={ref}").text
    assert f"预报 {ref}：04:20 起 2 村可能进水，最深 1.2 米" in page
    for value in (VILLAGE, VILLAGE_2, "orange", "prepare"):
        assert re.search(rf'value="{value}"[^>]*checked', page), value
    assert not re.search(rf'value="{TOWN}"[^>]*checked', page), (
        "villages without water are not called by this"
    )


def test_a_call_begun_from_a_forecast_calls_those_villages_and_orders_their_moving(mini: Mini) -> None:
    ref = forecast(mini, {VILLAGE: (120, 35)})
    given = {"places": [VILLAGE], "grade": "orange", "stage": "prepare", "reason": f"预报 {ref}：要进水"}
    reply = mini.client("duty_officer").post(f"/w/{mini.world.key}/calls/new?run={ref}", given)
    assert reply.status_code == 302
    assert rows(mini) == [], "who is called waits no more"


def test_nothing_is_called_from_a_run_that_reaches_nobody(mini: Mini) -> None:
    ref = forecast(mini, {})
    assert mini.client("duty_officer").get(f"/w/{mini.world.key}/calls/new?run={ref}").status_code == 404


def test_a_village_that_the_ground_does_not_cover_is_said_to_be_unknown_not_dry(mini: Mini) -> None:
    ref = forecast(mini, {VILLAGE: (120, 35)})
    found = foreseen(mini.ctx())
    assert found is not None
    assert [place.code for place in found.unsaid] == [VILLAGE_2]
    assert "古城畈村未模拟，不等于不进水" in rows(mini)[0]
    assert "Not modelled, which does not mean dry" in rows(mini, lang="en")[0]
    page = mini.client("duty_officer").get(f"/w/{mini.world.key}/alerts/new?kind=notice&run={ref}").text
    assert "古城畈村未模拟，不等于不进水。" in page


def test_nothing_is_begun_from_a_run_that_reaches_nobody(mini: Mini) -> None:
    ref = forecast(mini, {})
    reply = mini.client("duty_officer").get(f"/w/{mini.world.key}/alerts/new?kind=notice&run={ref}")
    assert reply.status_code == 404
