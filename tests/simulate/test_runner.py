"""The process beside the engine: killed in the middle, what it had is computed by a new one."""

import os
import signal
from pathlib import Path

import numpy as np
import psutil
import pytest

from anlan.simulate.computing.ensemble import Ensemble
from anlan.simulate.computing.shapes import Job, Making, Terrain
from anlan.simulate.rules.ensemble import Spread
from anlan.simulate.rules.verdict import reasons
from anlan.simulate.running.runner import InProcess
from tests.simulate.test_compute import valley

MADE = "tests.simulate.test_runner:flat"


def flat(dx: float) -> Terrain:
    even = np.ones((3, 4))
    return Terrain(
        bed=even, manning=even, width=even, depth=even, dx=dx, west=5e5, north=35e5, crs="EPSG:4547"
    )


def asked(folder: Path, name: str) -> Making:
    return Making(maker=MADE, dx=20.0, path=str(folder / name))


@pytest.mark.slow
def test_a_process_that_was_killed_is_replaced(tmp_path: Path) -> None:
    runner = InProcess()
    runner.make(asked(tmp_path, "first.npz"))
    (child,) = [p for p in psutil.Process().children() if "spawn_main" in " ".join(p.cmdline())]
    os.kill(child.pid, signal.SIGKILL)
    child.wait(10)
    runner.make(asked(tmp_path, "second.npz"))
    assert Terrain.load(tmp_path / "second.npz").dx == 20.0


@pytest.mark.slow
def test_a_ground_is_made_once_and_waited_for(tmp_path: Path) -> None:
    runner = InProcess()
    runner.prepare(asked(tmp_path, "ground.npz"))
    runner.make(asked(tmp_path, "ground.npz"))
    made = (tmp_path / "ground.npz").stat().st_mtime_ns
    runner.make(asked(tmp_path, "ground.npz"))
    assert (tmp_path / "ground.npz").stat().st_mtime_ns == made


def run_of(folder: Path, name: str, *, minutes: float, keeps_now: bool) -> Job:
    ground, run = folder / "valley.npz", folder / name
    run.mkdir()
    if not ground.exists():
        np.savez(ground, **vars(valley()))
    return Job(
        folder=str(run), ground=str(ground), solver="li", precision="f32", first_min=0, until_min=minutes, rain_min=(0.0,),
        rain_mm_h=np.array([20.0]), keeps_now=keeps_now,
    )  # fmt: skip


@pytest.mark.slow
def test_a_live_run_waits_for_nobodys_long_one(tmp_path: Path) -> None:
    runner = InProcess()
    long = run_of(tmp_path, "long", minutes=100_000, keeps_now=False)
    runner.submit(long)
    live = run_of(tmp_path, "live", minutes=30, keeps_now=True)
    runner.submit(live)
    found = runner.take(live.folder)
    assert reasons(found.checks) == []
    assert not runner.is_done(long.folder)
    (Path(long.folder) / "stop").touch()
    assert runner.take(long.folder).checks.stopped


@pytest.mark.slow
def test_a_run_that_nobody_waits_for_is_forgotten_and_the_next_computed(tmp_path: Path) -> None:
    runner = InProcess()
    stopped = run_of(tmp_path, "stopped", minutes=100_000, keeps_now=False)
    runner.submit(stopped)
    (Path(stopped.folder) / "stop").touch()
    runner.drop(stopped.folder)
    following = run_of(tmp_path, "following", minutes=30, keeps_now=False)
    runner.submit(following)
    assert runner.given() == {following.folder}
    assert reasons(runner.take(following.folder).checks) == []


@pytest.mark.slow
def test_an_ensemble_is_computed_by_processes_that_step_back_furthest(tmp_path: Path) -> None:
    runner = InProcess()
    job = run_of(tmp_path, "ensemble", minutes=30, keeps_now=False)
    none = np.zeros(0)
    asked_for = Ensemble(
        job=job, members=10, seed=1, spread=Spread(amount=0.3, shift_m=0.0, timing_min=10.0), excluded_percent=20,
        tenths=np.full((1, 6), 40.0), fallen=0, gauge_x=none, gauge_y=none,
    )  # fmt: skip
    runner.submit(asked_for)
    runner.submit(asked_for)
    assert runner.given() == {job.folder}
    assert runner.take(job.folder).figures["excluded"] == 0
    assert not runner.given()
