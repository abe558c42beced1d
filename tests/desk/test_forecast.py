"""The forecast over the map and on the wall: the newest that holds, as it was known at that moment, for who may see runs."""

import re
from datetime import timedelta

import pytest

from anlan.call.queries.villages import village_states
from anlan.desk.forecast import frames, water
from anlan.desk.sketch import RING, RISE, ROW, sketch
from anlan.desk.views import wall as views
from anlan.places.atlas import atlas
from anlan.simulate.models import Run
from tests.support.city import TOWN, VILLAGE, VILLAGE_2, Mini, make_city
from tests.support.grounds import forecast

pytestmark = pytest.mark.django_db
MIN = timedelta(minutes=1)


@pytest.fixture
def mini() -> Mini:
    return make_city().exercise()


def made(mini: Mini) -> str:
    """A live forecast with its moments, known now."""
    ref = forecast(mini, {VILLAGE: (120, 30)})
    Run.objects.filter(ref=ref).update(figures={"kept_min": [30, 60], "bounds": [113.2, 31.5, 113.3, 31.6]})
    return ref


def test_each_kept_moment_is_a_stop_that_says_forecast_and_synthetic(mini: Mini) -> None:
    ref = made(mini)
    found = frames(mini.ctx("duty_officer"), at=None, lang="zh")
    assert found is not None
    assert [stop["minute"] for stop in found["links"]] == [30, 60]
    assert all("预报" in stop["says"] and "合成地形" in stop["says"] for stop in found["links"])
    assert found["links"][1]["water"] == f"/w/{mini.world.key}/runs/{ref}/water?minute=60"
    assert found["live"]["synthetic"]


def test_it_was_not_known_before_it_was_made_and_holds_no_longer_than_it_may(mini: Mini) -> None:
    made(mini)
    ctx = mini.ctx("duty_officer")
    assert frames(ctx, at=ctx.now - MIN, lang="zh") is None
    assert frames(ctx, at=ctx.now + 29 * MIN, lang="zh") is not None
    assert frames(ctx, at=ctx.now + 30 * MIN, lang="zh") is None


def test_desk_and_map_offer_it_and_fetch_it_anew_by_itself(mini: Mini) -> None:
    client, inside = mini.client("duty_officer"), f"/w/{mini.world.key}"
    for page in ("desk", "map"):
        assert "data-frames=" not in client.get(f"{inside}/{page}").text
    made(mini)
    for page in ("desk", "map"):
        assert 'data-frames="live"' in client.get(f"{inside}/{page}").text
        part = client.get(f"{inside}/{page}", headers={"X-Anlan-Part": "forecast"}).text
        assert 'data-minute="60"' in part
        assert "<html" not in part


def test_who_may_not_see_runs_or_sees_another_county_gets_none(mini: Mini) -> None:
    made(mini)
    for role in ("village_cadre", "foreign"):
        assert frames(mini.ctx(role), at=None, lang="zh") is None


def wall(mini: Mini, role: str = "duty_officer", lang: str = "zh") -> str:
    return mini.client(role).get(f"/w/{mini.world.key}/wall?lang={lang}").text.split("<main", 1)[1]


def test_the_wall_shows_where_water_is_expected_how_deep_and_when_and_whose_word_it_is(mini: Mini) -> None:
    forecast(mini, {VILLAGE: (120, 30)})
    shown = wall(mini)
    assert shown.count('<circle class="sketch__wet"') == 2, "around one village, and beside the words"
    (row,) = re.findall(r"<li>\s*<span>联盟村</span>.*?</li>", shown, re.DOTALL)
    assert re.sub(r"<[^>]+>", "", row).split() == ["联盟村", "1.2", "m", "04:30"]
    for word in ("模型预报 04:00：1 个村可能进水", "合成地形", "1 村未模拟"):
        assert word in shown
    assert "Water forecast 04:00: 1 village " in wall(mini, lang="en")


def test_the_wall_is_empty_of_it_where_none_holds_or_nobody_may_see_it(mini: Mini) -> None:
    assert "wall__waters" not in wall(mini)
    forecast(mini, {VILLAGE: (120, 30)})
    assert "wall__waters" not in wall(mini, "foreign")
    Run.objects.update(state="refused")
    assert "wall__waters" not in wall(mini)
    assert "wall__wet" not in wall(mini)


def test_the_wall_lets_go_of_a_forecast_that_is_too_old_by_itself(mini: Mini) -> None:
    forecast(mini, {VILLAGE: (120, 30)})
    until = (mini.ctx().now + 30 * MIN).isoformat()
    assert f'data-live-until="{until}"' in wall(mini)
    type(mini.world).objects.filter(pk=mini.world.pk).update(now=mini.ctx().now + 30 * MIN)
    assert "wall__waters" not in wall(mini)


def test_what_finds_no_room_on_the_wall_is_counted(mini: Mini, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "MOST_WATERS", 1)
    forecast(mini, {VILLAGE: (120, 30), VILLAGE_2: (60, 20)})
    shown = wall(mini)
    assert "2 个村可能进水" in shown
    assert "另有 1 村" in shown
    assert shown.count("<strong>0.6 m</strong>") == 1, "the earliest first"
    assert "<strong>1.2 m</strong>" not in shown


def test_no_name_stands_within_the_ring_of_expected_water(mini: Mini) -> None:
    forecast(mini, {VILLAGE: (120, 30)})
    told = water(mini.ctx("duty_officer"), path=atlas().code(TOWN).path)
    assert told is not None
    town, wet = atlas().code(TOWN), {village.place.id for village in told.villages}
    drawn = sketch(town, village_states(mini.ctx()), [], chosen="", wet=wet)
    assert drawn is not None
    assert [mark.name for mark in drawn.marks if mark.wet] == ["联盟村"]
    for mark in drawn.marks:
        top = mark.rows[0][0] - RISE
        assert abs(mark.dx) >= RING or top >= RING or top + ROW <= -RING
