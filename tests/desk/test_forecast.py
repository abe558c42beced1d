"""The forecast over the one map: the newest that holds, as it was known at the moment that is shown, for who may see runs."""

from datetime import timedelta

import pytest

from anlan.desk.forecast import frames
from anlan.simulate.models import Run
from tests.support.city import VILLAGE, Mini, make_city
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
