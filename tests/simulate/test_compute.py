"""A run over a valley: water gathers on its floor, nothing is finer than a centimetre, and a bad run says so itself."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from anlan.simulate.computing import folders
from anlan.simulate.computing.compute import compute
from anlan.simulate.computing.shapes import NOW, Found, Job, Terrain
from anlan.simulate.maps import kinds, waters
from anlan.simulate.rules.verdict import reasons

FLOOR, SLOPE = 1, 2  # two villages: one on the valley's floor, one high on its side


def valley() -> Terrain:
    across = np.abs(np.arange(41) - 20) * 40 * 0.04
    bed = 200.0 + (np.arange(60)[::-1] * 40 * 0.005)[:, None] + across[None, :]
    even = np.ones_like(bed)
    return Terrain(
        bed=bed, manning=0.05 * even, width=0 * even, depth=0 * even, dx=40.0, west=5e5, north=35e5, crs="EPSG:4547"
    )  # fmt: skip


@pytest.fixture
def job(tmp_path: Path) -> Job:
    np.savez(tmp_path / "ground.npz", **vars(valley()))
    (tmp_path / "run").mkdir()
    return Job(
        folder=str(tmp_path / "run"), ground=str(tmp_path / "ground.npz"), solver="li", precision="f32", first_min=0,
        until_min=60, rain_min=(0.0, 60.0), rain_mm_h=np.array([100.0, 0.0]),
        home_place=np.array([FLOOR, FLOOR, SLOPE]), home_x=5e5 + np.array([810.0, 830.0, 60.0]),
        home_y=35e5 - np.array([2300.0, 2340.0, 900.0]),
    )  # fmt: skip


def test_water_comes_to_the_floor_and_stays_off_the_slope(job: Job) -> None:
    found = compute(job)
    assert reasons(found.checks) == []
    floor, slope = found.villages[FLOOR], found.villages[SLOPE]
    assert floor.depth_cm > 30 > slope.depth_cm
    assert floor.arrives_min is not None
    assert 5 < floor.arrives_min < 60
    assert (floor.households, slope.households, slope.arrives_min) == (2, 0, None)
    assert [minute for minute, _ in floor.curve] == [10, 20, 30, 40, 50, 60]


def test_the_same_job_gives_the_same_answer(job: Job) -> None:
    first, again = compute(job), compute(job)
    assert (first.villages, first.figures) == (again.villages, again.figures)


@pytest.mark.parametrize("solver", ["li", "godunov"])
def test_both_solvers_agree_on_whom_water_reaches(job: Job, solver: str) -> None:
    found = compute(replace(job, solver=solver))
    assert found.villages[FLOOR].depth_cm == pytest.approx(compute(job).villages[FLOOR].depth_cm, abs=12)
    assert float(found.figures["mass_error"]) < 1e-5


def test_without_rain_nobody_is_reached(job: Job) -> None:
    found = compute(replace(job, rain_mm_h=np.array([0.0, 0.0])))
    assert all(v.depth_cm == 0 and v.arrives_min is None for v in found.villages.values())


def test_going_on_from_the_last_run_is_the_same_as_having_run_on(job: Job, tmp_path: Path) -> None:
    """Rain of half an hour, looked at in two cycles of a quarter, against one run from the beginning."""
    whole = compute(replace(job, first_min=-30, until_min=30, rain_min=(-30.0, 0.0), keeps_now=True))
    first = replace(job, first_min=-15, until_min=30, rain_min=(-15.0, 0.0), keeps_now=True)
    compute(first)
    (tmp_path / "next").mkdir()
    second = compute(replace(first, folder=str(tmp_path / "next"), start=str(Path(first.folder) / NOW)))
    for village, then in whole.villages.items():
        assert second.villages[village].depth_cm == pytest.approx(then.depth_cm, abs=1)
        assert second.villages[village].arrives_min == then.arrives_min


def test_grids_of_each_kept_moment_lie_in_the_folder(job: Job) -> None:
    found = compute(job)
    assert found.figures["kept_min"] == [10, 20, 30, 40, 50, 60]
    deepest = waters.features(Path(job.folder), minute=None)
    assert b'"kind":"depth"' in deepest
    assert len(deepest) > len(waters.features(Path(job.folder), minute=10))
    west, south, east, north = found.figures["bounds"]
    assert 113 < west < east < 115
    assert 31 < south < north < 32


def test_a_run_that_was_told_to_stop_says_nothing_of_any_village_and_cannot_be_accepted(job: Job) -> None:
    (Path(job.folder) / "stop").touch()
    found = compute(job)
    assert found.villages == {}
    assert [reason.text[:7] for reason in reasons(found.checks)] == ["没有算完就被叫"]


def test_progress_is_told(job: Job) -> None:
    compute(job)
    assert folders.progress(Path(job.folder)) == 100


def test_a_ground_with_holes_outside_the_domain_is_run_inside_it(job: Job, tmp_path: Path) -> None:
    ground = valley()
    ground.bed[:, :3] = np.nan
    np.savez(tmp_path / "holes.npz", **vars(ground))
    found = compute(replace(job, ground=str(tmp_path / "holes.npz")))
    assert reasons(found.checks) == []
    assert SLOPE not in found.villages, "a home off the ground is said nothing of"


def refused(job: Job, rain: float) -> Found:
    return compute(replace(job, rain_mm_h=np.array([rain, 0.0])))


def test_rain_that_is_no_number_is_refused_before_the_start(job: Job) -> None:
    from anlan.science.flood.errors import BadInput

    with pytest.raises(BadInput, match="rain"):
        refused(job, float("nan"))


def test_the_run_keeps_how_fast_when_and_how_dangerous(job: Job) -> None:
    found = compute(job)
    maps = {
        name: waters.grid(Path(job.folder), name)[0]
        for name in ("deepest", "fastest", "arrival", "rating", "danger", "arr")
    }
    deepest = maps["deepest"]
    assert ((maps["arrival"] < kinds.NEVER) == (deepest >= 30)).all()
    assert maps["arrival"][deepest >= 30].min() <= found.villages[FLOOR].arrives_min
    film = deepest < kinds.RATED_CM
    assert (maps["fastest"][film] > 0).any()
    assert not maps["danger"][film].any()
    assert not maps["arr"][film].any()
    assert (maps["danger"][~film] > 0).all()
    assert (maps["rating"][~film] >= 50 + deepest[~film] // 2).all(), (
        "standing water alone is d × 0.5, and debris"
    )
