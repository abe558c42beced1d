"""A river gauge in the domain is held against the model's rise; one that disagrees refuses the run, a silent one says so."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from anlan.simulate.computing import gauging
from anlan.simulate.computing.compute import compute
from anlan.simulate.computing.shapes import NOW, Gauge, Job, Terrain
from anlan.simulate.rules.verdict import reasons
from tests.simulate.test_compute import valley

TIMES = tuple(float(m) for m in range(-60, 1, 5))
X, Y = 5e5 + 820.0, 35e5 - 2300.0


def gauge(*metres: float, minutes: tuple[float, ...] = TIMES) -> Gauge:
    levels = metres if len(metres) == len(minutes) else tuple(np.linspace(metres[0], metres[1], len(minutes)))
    return Gauge(address="0042130009", x=X, y=Y, minutes=minutes, metres=levels)


@pytest.fixture
def job(tmp_path: Path) -> Job:
    np.savez(tmp_path / "ground.npz", **vars(valley()))
    (tmp_path / "run").mkdir()
    return Job(
        folder=str(tmp_path / "run"), ground=str(tmp_path / "ground.npz"), solver="li", precision="f32", first_min=-60,
        until_min=10, rain_min=(-60.0,), rain_mm_h=np.array([60.0]), keeps_now=True,
    )  # fmt: skip


def modelled(job: Job, tmp_path: Path) -> tuple[float, ...]:
    """What a gauge would see if the model were right, at its moments."""
    compute(replace(job, gauges=(gauge(0.0, 0.0),)))
    with np.load(tmp_path / "run" / gauging.NAME) as kept:
        return tuple(np.interp(TIMES, kept["minutes"], kept["metres"][:, 0]))


def test_a_gauge_that_rose_as_the_model_did_agrees_whatever_its_zero(job: Job, tmp_path: Path) -> None:
    levels = modelled(job, tmp_path)
    assert levels[-1] > levels[0] + 0.1
    found = compute(replace(job, gauges=(gauge(*(87.3 + level for level in levels)),)))
    assert reasons(found.checks) == []
    (row,) = found.figures["gauges"]
    assert (row["agrees"], row["why"], row["moments"], row["rmse_m"]) == (True, "", 6, 0.0)


def test_a_gauge_that_rose_by_a_metre_more_refuses_the_run_and_says_by_how_much(job: Job) -> None:
    found = compute(replace(job, gauges=(gauge(50.0, 53.0),)))
    (reason,) = reasons(found.checks)
    assert reason.values["gauge"] == "0042130009"
    assert float(reason.values["off"]) > float(reason.values["band"]) == 0.5


@pytest.mark.parametrize(
    ("seen", "why"),
    [(gauge(minutes=()), "silent"), (gauge(1.0, 1.1, minutes=(-20.0, -10.0)), "short")],
)
def test_a_gauge_that_said_too_little_is_not_compared_and_refuses_nothing(
    job: Job, seen: Gauge, why: str
) -> None:
    found = compute(replace(job, gauges=(seen,)))
    assert reasons(found.checks) == []
    assert found.figures["gauges"][0]["why"] == why


def test_a_cycle_that_goes_on_compares_over_the_cycles_before_it_too(job: Job, tmp_path: Path) -> None:
    compute(replace(job, gauges=(gauge(0.0, 0.0),)))
    (tmp_path / "next").mkdir()
    second = replace(
        job, folder=str(tmp_path / "next"), start=str(tmp_path / "run" / NOW), first_min=-10, rain_min=(-10.0,),
        gauges=(gauge(0.0, 0.0),),
    )  # fmt: skip
    assert compute(second).figures["gauges"][0]["moments"] == 7
    with np.load(tmp_path / "next" / gauging.NAME) as kept:
        assert kept["minutes"].tolist() == [-60.0, -50.0, -40.0, -30.0, -20.0, -10.0, 0.0]


def test_below_the_bank_the_level_is_that_of_the_stream(tmp_path: Path) -> None:
    land = valley()
    land.width[:, 20], land.depth[:, 20] = 8.0, 1.5
    np.savez(tmp_path / "ground.npz", **vars(land))
    asked = Job(
        folder=str(tmp_path), ground="", solver="li", precision="f32", first_min=0, until_min=10, rain_min=(0.0,),
        rain_mm_h=np.zeros(1), gauges=(gauge(0.0, 0.0),),
    )  # fmt: skip
    levels = gauging.Levels(asked, land)
    depth = np.zeros((land.bed.shape[0] + 4, land.bed.shape[1] + 4))
    levels.take({"time_s": 0.0, "h": depth, "channel": np.full(60, 8.0 * land.dx)})
    assert levels.metres == [[pytest.approx(1.0 - 1.5)]]


def test_a_gauge_on_the_bank_belongs_to_the_stream_beside_it() -> None:
    land: Terrain = valley()
    assert gauging.stream_cell(land, 5e5 + 40 * 18.5, Y)[1] == 20, (
        "the lowest ground where no stream is known"
    )
    land.width[:, 17] = 3.0
    assert gauging.stream_cell(land, 5e5 + 40 * 18.5, Y)[1] == 17


def test_between_reports_far_apart_nothing_is_assumed() -> None:
    minutes, metres = np.array([-60.0, -50.0, 0.0]), np.array([1.0, 2.0, 7.0])
    found = gauging.at_moments(minutes, metres, np.array([-70.0, -60.0, -55.0, -50.0, -20.0, 0.0, 5.0]))
    assert np.isnan(found).tolist() == [True, False, False, False, True, False, True]
    assert found[2] == 1.5
