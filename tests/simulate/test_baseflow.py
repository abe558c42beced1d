"""Rivers that flow before it rains: where a ground states them, the first run begins with full rivers; where not, dry and said so."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from anlan.science.flood.domain import RING
from anlan.simulate.computing import baseflow, ensemble, rerun, states
from anlan.simulate.computing.compute import compute
from anlan.simulate.computing.ensemble import Ensemble
from anlan.simulate.computing.shapes import NOW, Gauge, Job, Terrain
from anlan.simulate.rules.verdict import reasons
from tests.simulate.test_compute import FLOOR, SLOPE, valley
from tests.simulate.test_ensemble import SPREAD

FLOW = 3.0
MIDDLE = 5e5 + 820.0
LOW = (-2, 20)
"""A cell of the valley's floor, near the outlet."""


def flowing(*, m3_s: float = FLOW, y: float = 35e5 - 100.0) -> Terrain:
    """The valley with a river that comes in at its head."""
    one = np.array([1.0])
    return replace(
        valley(), concentration_min=20.0, base_x=one * MIDDLE, base_y=one * y, base_radius_m=one * 50, base_m3_s=one * m3_s
    )  # fmt: skip


def kept(land: Terrain, folder: Path) -> Path:
    np.savez(folder / "ground.npz", **vars(land))
    return folder / "ground.npz"


@pytest.fixture
def job(tmp_path: Path) -> Job:
    (tmp_path / "run").mkdir()
    return Job(
        folder=str(tmp_path / "run"), ground=str(kept(flowing(), tmp_path)), solver="li", precision="f32", first_min=-30,
        until_min=30, rain_min=(-30.0,), rain_mm_h=np.array([0.0]), keeps_now=True, home_place=np.array([FLOOR, SLOPE]),
        home_x=5e5 + np.array([810.0, 60.0]), home_y=35e5 - np.array([2300.0, 900.0]),
    )  # fmt: skip


def depth_at_zero(job: Job) -> float:
    return float(states.read(Path(job.folder) / NOW).h[RING:-RING, RING:-RING][LOW])


def test_the_first_run_begins_with_a_river_that_neither_fills_nor_empties(job: Job) -> None:
    found = compute(job)
    assert reasons(found.checks) == []
    assert (found.figures["base_rivers"], found.figures["base_m3_s"]) == (1, "3")
    assert found.figures["base_fills_m3_s"] == ""
    assert float(found.figures["mass_error"]) < 1e-5
    begun = states.read(baseflow.file_of(Path(job.ground), solver="li", precision="f32"))
    before = float(begun.h[RING:-RING, RING:-RING][LOW])
    assert before > 0.1
    assert depth_at_zero(job) == pytest.approx(before, rel=0.03)


def test_what_base_flow_brings_about_is_computed_once(job: Job, monkeypatch: pytest.MonkeyPatch) -> None:
    first = compute(job)
    monkeypatch.setattr(baseflow, "warm", lambda *args, **options: pytest.fail("twice"))
    assert compute(job).villages == first.villages


def test_a_later_cycle_goes_on_with_the_river(job: Job, tmp_path: Path) -> None:
    compute(job)
    (tmp_path / "next").mkdir()
    start = str(Path(job.folder) / NOW)
    second = replace(job, folder=str(tmp_path / "next"), start=start, first_min=-10, rain_min=(-10.0,))
    compute(second)
    assert depth_at_zero(second) == pytest.approx(depth_at_zero(job), rel=0.02)


def test_a_ground_without_base_flow_begins_dry_as_before(job: Job, tmp_path: Path) -> None:
    kept(valley(), tmp_path)
    found = compute(job)
    assert found.figures["base_rivers"] == 0
    assert depth_at_zero(job) == 0


def test_a_gauge_reads_the_river_before_the_rain_has_come(job: Job) -> None:
    minutes = tuple(float(m) for m in range(-30, 1, 5))
    flat = Gauge(address="0042130009", x=MIDDLE, y=35e5 - 2300.0, minutes=minutes, metres=(52.0,) * 7)
    (row,) = compute(replace(job, gauges=(flat,), first_min=-60, rain_min=(-60.0,))).figures["gauges"]
    assert (row["why"], row["agrees"]) == ("", True)
    assert row["rmse_m"] <= 0.02


def test_a_hollow_that_takes_the_river_is_told_and_stops_nothing(job: Job, tmp_path: Path) -> None:
    pit = flowing()
    pit.bed[20:40, 10:31] -= 30.0
    kept(replace(pit, concentration_min=5.0), tmp_path)
    found = compute(job)
    assert reasons(found.checks) == []
    assert float(found.figures["base_fills_m3_s"]) == pytest.approx(FLOW, rel=0.05)


def test_land_that_is_run_again_keeps_the_rivers_that_come_in_there(tmp_path: Path) -> None:
    window = rerun.Window(
        rows=slice(0, 30), columns=slice(10, 31), places=frozenset(), above=np.ones(1, np.bool_)
    )
    assert baseflow.edges(rerun.cut(flowing(), window)).inflows == baseflow.edges(flowing()).inflows
    assert baseflow.edges(rerun.cut(flowing(y=35e5 - 1500.0), window)).inflows == ()


def test_members_of_an_ensemble_begin_with_the_river_too(job: Job) -> None:
    none = np.zeros(0)
    asked = Ensemble(
        job=replace(job, first_min=0.0, rain_min=(), rain_mm_h=none, keeps_now=False), members=10, seed=7, spread=SPREAD,
        excluded_percent=20, tenths=np.zeros((1, 6)), fallen=0, gauge_x=none, gauge_y=none,
    )  # fmt: skip
    found = ensemble.compute(asked, workers=0)
    assert found.figures["base_rivers"] == 1
    assert found.villages[FLOOR].depth_cm > 10, "the river, under no rain"
    assert found.villages[SLOPE].depth_cm == 0
