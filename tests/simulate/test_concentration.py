"""Warm-up: a ground knows how long its water is under way, a live run begins with no less, and a shorter one says so."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from anlan.simulate import queries
from anlan.simulate.actions import runs
from anlan.simulate.computing import concentration
from anlan.simulate.computing.shapes import Making, Terrain
from anlan.simulate.running import jobs
from anlan.simulate.running.runner import make
from anlan.simulate.views.facts import facts_of
from tests.simulate.test_compute import valley
from tests.support.city import Mini, make_city
from tests.support.grounds import keep_valley


def made(dx: float) -> Terrain:
    return valley()


def test_a_grounds_concentration_time_is_kirpichs_over_its_longest_way() -> None:
    """Twenty cells of 40 m straight down the side at 0.04, then 59 down the middle at 0.005."""
    told = concentration.with_concentration(valley())
    length, fall = 20 * 40 + 59 * 40, 20 * 40 * 0.04 + 59 * 40 * 0.005
    assert told.concentration_min == pytest.approx(
        0.0195 * length**0.77 * (fall / length) ** -0.385, rel=0.02
    )


def test_level_ground_has_none() -> None:
    level = replace(valley(), bed=np.zeros((10, 10)), manning=np.ones((10, 10)))
    assert concentration.with_concentration(level).concentration_min == concentration.UNKNOWN


def test_it_is_worked_out_when_the_ground_is_made_and_kept_with_it(tmp_path: Path) -> None:
    make(Making(maker="tests.simulate.test_concentration:made", dx=100.0, path=str(tmp_path / "made.npz")))
    assert Terrain.load(tmp_path / "made.npz").concentration_min > 10


def test_a_ground_made_before_says_that_it_does_not_know(tmp_path: Path) -> None:
    old = {name: value for name, value in vars(valley()).items() if name != "concentration_min"}
    np.savez(tmp_path / "old.npz", **old)
    assert Terrain.load(tmp_path / "old.npz").concentration_min == concentration.UNKNOWN


def order(mini: Mini, purpose: str, back_min: int) -> str:
    ctx = mini.ctx()
    rain = {"kind": "stations", "until": ctx.now.isoformat(), "back_min": back_min, "nowcast": "zero"}
    return runs.order(
        ctx, title="", ground_ref=keep_valley(mini), solver="li", precision="f32", minutes=60, rain=rain, purpose=purpose
    )  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("purpose", "asked", "begins"), [("live", 10, 125), ("live", 180, 180), ("analyst", 10, 10)]
)
def test_a_live_run_begins_with_the_rain_of_the_concentration_time_at_least(
    purpose: str, asked: int, begins: int
) -> None:
    mini = make_city().exercise()
    run = queries.run(mini.ctx(), order(mini, purpose, asked))
    slow = replace(valley(), concentration_min=120.3)
    assert jobs._back(run, slow) == begins


@pytest.mark.django_db
def test_a_run_that_was_warmed_too_short_says_so() -> None:
    mini = make_city().exercise()
    run = queries.run(mini.ctx(), order(mini, "analyst", 10))
    said = {}
    for warmed in (10, 130):
        run.figures = {"warmed_min": warmed, "concentration_min": 120}
        said[warmed] = dict(facts_of(run, "zh"))["预热"]
    assert said[10] == "10 分钟，短于汇流时间 120 分钟：起算前的水没有算全，只会偏少"
    assert said[130] == "130 分钟，汇流时间 120 分钟"


@pytest.mark.django_db
def test_a_run_that_goes_on_has_the_warm_up_of_the_one_before_behind_it() -> None:
    mini = make_city().exercise()
    first = queries.run(mini.ctx(), order(mini, "live", 180))
    first.figures = {"warmed_min": 180}
    second = queries.run(mini.ctx(), order(mini, "live", 180))
    second.before = first
    assert jobs._warmed(second) == 180
    assert jobs._warmed(first) == 0
