"""What limits a run is said where its villages stand: run again, outside its range, held against a gauge; and grounds with their switch."""

from typing import Any

import pytest

from anlan.places.atlas import atlas
from anlan.simulate.actions import runs
from anlan.simulate.computing.shapes import NOBODY, VillageFound
from anlan.simulate.models import Ground, LiveGround
from anlan.simulate.queries import foretold
from anlan.simulate.running import live
from tests.support.city import VILLAGE, VILLAGE_2, Mini, make_city
from tests.support.grounds import REF, keep_valley

pytestmark = pytest.mark.django_db


@pytest.fixture
def mini() -> Mini:
    return make_city().exercise()


def take_in(mini: Mini, figures: dict[str, Any], water: dict[str, VillageFound]) -> str:
    ctx = mini.ctx()
    ref = runs.order(
        ctx, title="", ground_ref=keep_valley(mini), solver="li", precision="f32", minutes=60, purpose="live",
        rain={"kind": "stations", "until": ctx.now.isoformat(), "back_min": 180, "nowcast": "zero"},
    )  # fmt: skip
    runs.begin(ctx, ref=ref)
    villages = {atlas().code(code).id: each for code, each in water.items()}
    runs.finish(ctx, ref=ref, figures=figures, villages=villages, reasons=[], known_at=ctx.now)
    return ref


def water(**told: Any) -> VillageFound:
    dry = {"depth_cm": 0, "arrives_min": None, "households": 0, "curve": ()}
    return VillageFound(**{**dry, **told})


def page(mini: Mini, *parts: str) -> str:
    return mini.client("duty_officer").get("/".join((f"/w/{mini.world.key}", *parts))).text


def test_a_village_that_godunov_spoke_of_says_so_and_one_that_nobody_could_speak_of_is_not_dry(
    mini: Mini,
) -> None:
    again = {"villages": 1, "km2": 12.5, "cells": 900, "steps": 700, "mass_error": "1.0e-08"}
    ref = take_in(
        mini, {"again": [again], "uncompared": "made_up"},
        {
            VILLAGE: water(depth_cm=120, arrives_min=30, households=3, solver="godunov", fast_percent=43),
            VILLAGE_2: water(solver=NOBODY, fast_percent=61),
        },
    )  # fmt: skip
    said = page(mini, "runs", ref)
    assert "急流格 43%，已用 Godunov 改算" in said
    assert "急流格 61%，超出适用范围" in said
    assert "不下结论" in said
    assert "1 个村的流域（12.5 平方公里）用 Godunov 重算" in said
    assert "未比较：地形是合成的" in said


@pytest.mark.parametrize(
    ("figures", "said"),
    [
        ({"uncompared": "none"}, "未比较：地形上没有河道水位站"),
        ({"gauges": [{"address": "0042130009", "why": "silent"}]}, "0042130009 未比较：没有报数"),
        (
            {
                "gauges": [
                    {
                        "address": "0042130009",
                        "why": "",
                        "rmse_m": 0.12,
                        "peak_m": -0.2,
                        "moments": 18,
                        "agrees": True,
                    }
                ]
            },
            "0042130009 相符：涨幅均方根差 0.12 米，模型峰值低 0.2 米，18 个时刻",
        ),
    ],
)
def test_the_page_says_what_the_gauges_said_or_that_nothing_was_compared(
    mini: Mini, figures: dict[str, Any], said: str
) -> None:
    assert said in page(mini, "runs", take_in(mini, figures, {VILLAGE: water()}))


def test_a_night_tells_how_often_water_was_too_swift_around_a_village(mini: Mini) -> None:
    swift = {
        VILLAGE: water(solver="godunov", fast_percent=43),
        VILLAGE_2: water(solver=NOBODY, fast_percent=61),
    }
    take_in(mini, {}, swift)
    take_in(mini, {}, {VILLAGE: water(fast_percent=4)})
    assert foretold.swiftness(mini.ctx(), path="") == foretold.Swiftness(
        runs=2, most_percent=61, again=1, nobody=1
    )


def test_a_ground_is_switched_on_and_off_from_its_page(mini: Mini) -> None:
    keep_valley(mini)
    client, where = mini.client("duty_officer"), f"/w/{mini.world.key}/grounds"
    assert "停着" in client.get(where).text
    assert "开着" in client.post(f"{where}/{REF}/live", {"on": "1"}, follow=True).text
    assert LiveGround.objects.count() == 1
    assert "停着" in client.post(f"{where}/{REF}/live", {"on": "0"}, follow=True).text
    assert ">打开<" not in mini.client("leader").get(where).text, "who may only look gets no switch"


def test_synthetic_ground_is_never_switched_on_in_the_live_world() -> None:
    mini = make_city()
    keep_valley(mini)
    client = mini.client("duty_officer")
    assert "合成地形只用于演练" in client.get("/w/live/grounds").text
    assert "只能用在演练里" in client.post(f"/w/live/grounds/{REF}/live", {"on": "1"}, follow=True).text
    assert not LiveGround.objects.exists()


def test_a_county_without_a_ground_sees_a_page_that_says_how_to_put_one_in(mini: Mini) -> None:
    assert not Ground.objects.exists()
    live.keep_going(mini.ctx())
    assert "anlan ground add" in page(mini, "grounds")
