"""The process beside the engine: killed in the middle, what it had is computed by a new one."""

import os
import signal
from pathlib import Path

import numpy as np
import psutil
import pytest

from anlan.simulate.runner import InProcess
from anlan.simulate.shapes import Making, Terrain

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
