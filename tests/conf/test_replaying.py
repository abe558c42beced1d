"""What a replay ends with: the forecast and its lead in words, from the same object that `--json` prints."""

from datetime import timedelta

import pytest

from anlan.conf.backups import records
from anlan.conf.replaying import DEMO, _foretold, load_city_once
from anlan.demo.report import _forecast
from anlan.foundation.actions import next_ref
from anlan.foundation.errors import Conflict
from anlan.foundation.models import World
from anlan.judge.models import Exceedance
from tests.support.city import LIULIN_PATH, NIGHT, TOWN, VILLAGE, Mini, make_city
from tests.support.grounds import forecast


@pytest.fixture
def mini() -> Mini:
    made = make_city().exercise()
    made.world.settings = {"forecast": True, "source_min": 60, "made_up_gauges": True}
    World.objects.filter(pk=made.world.pk).update(settings=made.world.settings)
    return made


@pytest.mark.django_db
def test_the_report_has_the_lead_as_least_and_most_minutes_and_says_what_is_synthetic(mini: Mini) -> None:
    forecast(mini, {VILLAGE: (120, 35)})
    ctx = mini.ctx()
    Exceedance.objects.create(
        world_id=ctx.world.id, ref=next_ref(ctx, "X"), pack="flash-flood-jianghua", rule_version="v1", level=4,
        place_id=mini.ids[TOWN], onset=NIGHT + timedelta(minutes=70), known_at=NIGHT + timedelta(minutes=70),
        quantity="rain", value=1000, threshold=1000, window_min=180,
    )  # fmt: skip
    told = _forecast(ctx, mini.world, LIULIN_PATH)
    assert told is not None
    assert told["source_minutes"] == 60
    assert told["synthetic"] == ["terrain", "neighbours", "roughness"]
    assert told["first"]["villages"] == [
        {"place": VILLAGE, "depth_cm": 120, "at": "2021-08-12T04:35:00+08:00"}
    ]
    assert told["first"]["nowcast"] == "zero"
    assert told["first"]["score"]["generated_nights"] >= 20
    (line,) = told["lines"]
    assert (line["after"], line["until"]) == ("2021-08-12T05:00:00+08:00", "2021-08-12T06:00:00+08:00")
    assert line["lead_minutes"] == [60, 180]
    said = "\n".join(_foretold(told))
    for word in (
        "首报 1 村来水",
        "红色线（05:00–06:00 之间越过）：早 60 到 180 分钟",
        "提前量只能是区间",
        "合成地形、合成邻站、糙率待核实",
    ):
        assert word in said


@pytest.mark.django_db
def test_a_night_without_looking_ahead_tells_nothing_of_a_forecast(mini: Mini) -> None:
    World.objects.filter(pk=mini.world.pk).update(settings={"forecast": False})
    assert _forecast(mini.ctx(), mini.world, LIULIN_PATH) is None
    assert _foretold(None) == []


@pytest.mark.django_db
def test_a_night_whose_forecasts_had_no_water_says_that(mini: Mini) -> None:
    forecast(mini, {})
    told = _forecast(mini.ctx(), mini.world, LIULIN_PATH)
    assert told is not None
    assert told["first"] is None
    assert _foretold(told) == ["预报  这一夜没有一次预报报出来水"]


@pytest.mark.django_db
def test_a_restored_demo_is_known_by_its_records_and_a_real_city_never_is(mini: Mini) -> None:
    with pytest.raises(Conflict, match="真实的城市"):
        load_city_once()
    live = World.objects.get(key="live")
    live.settings = {**live.settings, DEMO: True}
    live.save()
    assert World in records.tables(), "it travels in a backup"
    load_city_once()
