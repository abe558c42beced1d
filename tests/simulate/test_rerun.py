"""Where water runs too fast for local inertial, the village's whole catchment is asked of Godunov, and nobody else's."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from anlan.science.flood.domain import RING
from anlan.science.flood.state import Layout, State
from anlan.simulate.computing import rerun, villages
from anlan.simulate.computing.compute import compute
from anlan.simulate.computing.shapes import NOBODY, Job, Swift, Terrain
from anlan.simulate.maps import waters
from anlan.simulate.rules.verdict import reasons

STEEP, GENTLE = 1, 2
SWIFT = Swift(radius_m=100.0, bound=0.3, below_m=400.0, most_msteps=100.0)
DX = 40.0


def two_valleys() -> Terrain:
    """West: a gorge that falls by 12 %; east of a high ridge: a gentle valley. Both run south, out of the grid."""
    ny, nx = 40, 52
    down = np.arange(ny)[::-1, None] * DX
    west, east = np.abs(np.arange(9) - 4) * DX * 0.3, np.abs(np.arange(43) - 21) * DX * 0.01
    bed = np.concatenate([300.0 + 0.12 * down + west, 300.0 + 0.003 * down + east], axis=1)
    bed[:, 8:10] = 800.0
    even = np.ones((ny, nx))
    return Terrain(
        bed=bed, manning=0.03 * even, width=0 * even, depth=0 * even, dx=DX, west=5e5, north=35e5, crs="EPSG:4547"
    )  # fmt: skip


def places(columns: dict[int, int], row: int = 30) -> dict[str, np.ndarray]:
    """A home a village on the valleys' floors."""
    x = 5e5 + DX * (np.array(list(columns.values())) + 0.5)
    return {
        "home_place": np.array(list(columns)), "home_x": x, "home_y": 35e5 - DX * (row + np.full(x.size, 0.5)),
    }  # fmt: skip


@pytest.fixture
def job(tmp_path: Path) -> Job:
    np.savez(tmp_path / "ground.npz", **vars(two_valleys()))
    (tmp_path / "run").mkdir()
    return Job(
        folder=str(tmp_path / "run"), ground=str(tmp_path / "ground.npz"), solver="li", precision="f32", first_min=-30,
        until_min=30, rain_min=(-30.0,), rain_mm_h=np.array([80.0]), swift=SWIFT, **places({STEEP: 4, GENTLE: 30}),
    )  # fmt: skip


def test_the_village_in_the_gorge_gets_godunovs_word_and_the_one_in_the_gentle_valley_keeps_its_own(
    job: Job,
) -> None:
    found = compute(job)
    assert reasons(found.checks) == []
    assert found.villages[STEEP].fast_percent > 30 > found.villages[GENTLE].fast_percent
    assert (found.villages[STEEP].solver, found.villages[GENTLE].solver) == ("godunov", "")
    assert found.villages[GENTLE] == compute(replace(job, swift=replace(SWIFT, bound=1.0))).villages[GENTLE]
    (figures,) = found.figures["again"]
    assert (figures["villages"], float(figures["mass_error"]) < 1e-5) == (1, True)


def test_its_water_is_what_godunov_says_over_the_whole_ground(job: Job) -> None:
    again, whole = compute(job), compute(replace(job, solver="godunov"))
    assert again.villages[STEEP].depth_cm == pytest.approx(whole.villages[STEEP].depth_cm, abs=1)


def test_the_map_shows_godunovs_water_in_the_catchment_and_the_other_elsewhere(job: Job) -> None:
    compute(job)
    mixed, _ = waters.grid(Path(job.folder), "deepest")
    compute(replace(job, swift=None))
    own, _ = waters.grid(Path(job.folder), "deepest")
    assert (mixed[:, 12:] == own[:, 12:]).all()
    assert (mixed[5:30, 4] != own[5:30, 4]).any()


def test_swift_water_everywhere_sends_the_whole_ground_to_godunov_and_the_run_may_speak(job: Job) -> None:
    swift = replace(SWIFT, bound=0.1)
    found = compute(replace(job, swift=swift))
    assert reasons(found.checks) == []
    assert {village.solver for village in found.villages.values()} == {"godunov"}


def test_what_would_cost_too_much_is_not_run_and_nobody_speaks_of_that_village(job: Job) -> None:
    found = compute(replace(job, swift=replace(SWIFT, most_msteps=0.01)))
    assert reasons(found.checks) == [], "the other village keeps its word"
    steep = found.villages[STEEP]
    assert (steep.solver, steep.depth_cm, steep.arrives_min, list(steep.curve)) == (NOBODY, 0, None, [])
    assert found.villages[GENTLE].solver == ""
    assert "too many" in found.log


def test_swift_water_everywhere_that_cannot_be_run_again_refuses_the_run(job: Job) -> None:
    found = compute(replace(job, swift=replace(SWIFT, bound=0.1, most_msteps=0.01)))
    assert [reason.text[:6] for reason in reasons(found.checks)] == ["超出适用范围"]


def test_the_same_job_runs_again_to_the_same_answer(job: Job) -> None:
    first, second = compute(job), compute(job)
    assert (first.villages, first.figures) == (second.villages, second.figures)


def test_a_window_holds_all_that_drains_to_the_village_and_some_way_below() -> None:
    terrain = two_valleys()
    (window,) = rerun.windows(terrain, {STEEP: np.array([20 * 52 + 4])}, below_m=400.0)
    assert window.above[0, 4]
    assert not window.above[:, 12:].any()
    assert window.rows.stop == 20 + 400 // 40 + 1 + rerun.MARGIN


def test_windows_that_meet_are_run_once() -> None:
    terrain = two_valleys()
    cells = {1: np.array([20 * 52 + 4]), 3: np.array([30 * 52 + 4]), GENTLE: np.array([30 * 52 + 40])}
    found = rerun.windows(terrain, cells, below_m=0.0)
    assert sorted(sorted(window.places) for window in found) in ([[1, 2, 3]], [[1, 3], [2]])


def test_godunov_begins_with_all_the_water_and_the_flow_that_local_inertial_had() -> None:
    terrain = two_valleys()
    terrain.width[:, 30], terrain.depth[:, 30] = 5.0, 1.0
    (window,) = rerun.windows(terrain, {GENTLE: np.array([38 * 52 + 30])}, below_m=0.0)
    domain = villages.domain_of(rerun.cut(terrain, window))
    state = State.of(villages.domain_of(terrain), layout=Layout.FACES, depth=0 * terrain.bed + 0.5)
    state.qy[...] = np.arange(state.qy.shape[0])[:, None]
    state.channel = np.full(40, 100.0)
    begun = rerun.centred(state, terrain, window, domain)
    columns = np.arange(window.columns.start, window.columns.stop)
    rows = window.rows.stop - window.rows.start
    assert begun.stored(DX) == pytest.approx(0.5 * rows * columns.size * DX**2 + 100.0 * rows)
    assert begun.qy[RING, RING] == window.rows.start + RING + 0.5
    assert begun.qx.any() == np.False_
