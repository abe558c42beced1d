"""Floods over Liulin as its county's machine must run them: fifty members of an ensemble, and a live look ahead, on all cores.

Each is the job that the engine computes, through the same runner: ground and state are read, grids and villages written. Cores are
those that the process may use; the row says how many CPU seconds it took, which a busy machine changes less than the wall.
"""

import os
import resource
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

RAIN_MM_H = 40.0
BACK_MIN, AHEAD_MIN = 180, 180
GAUGES = 12


def rows() -> list[dict[str, Any]]:
    """Wall seconds of whole jobs, processes started and kernels loaded within them; the grounds are made before."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        grounds = {dx: ground(folder, dx) for dx in (40, 20)}
        live(folder, grounds[40], "compiles")
        fifty = members(folder, grounds[40])
        ahead = live(folder, grounds[20], "live-20")
    return [
        row("liulin_ensemble_50_at_40m", fifty["wall"], "s"),
        row("liulin_ensemble_50_at_40m_cpu", fifty["cpu"], "CPU s"),
        row("liulin_live_20m_3h", ahead["wall"], "s"),
        row("liulin_live_20m_3h_cpu", ahead["cpu"], "CPU s"),
    ]


def ground(folder: Path, dx: int) -> str:
    """The file of Liulin's made-up ground (合成数据) on cells of ``dx`` metres."""
    from anlan.simulate.computing.shapes import Making
    from anlan.simulate.running.runner import make

    path = folder / f"ground-{dx}.npz"
    make(Making(maker="anlan.demo.land_of_liulin:liulin", dx=float(dx), path=str(path)))
    return str(path)


def gauges(path: str) -> tuple[Any, Any, Any]:
    """Places of gauges over a ground, and five-minute sums in 0.1 mm that swell and ebb, of a fixed seed (合成数据)."""
    from anlan.simulate.computing.shapes import Terrain

    terrain = Terrain.load(Path(path))
    ny, nx = terrain.bed.shape
    random = np.random.default_rng(1)
    x = terrain.west + terrain.dx * nx * random.random(GAUGES)
    y = terrain.north - terrain.dx * ny * random.random(GAUGES)
    steps = (BACK_MIN + AHEAD_MIN) // 5
    swell = np.sin(np.pi * np.arange(steps) / (BACK_MIN // 5) / 2).clip(0.1)
    even = RAIN_MM_H * 10 / 12 * swell * random.uniform(0.6, 1.4, (GAUGES, 1))
    even[:, BACK_MIN // 5 :] = even[:, BACK_MIN // 5 - 12 : BACK_MIN // 5].mean(axis=1, keepdims=True)
    return x, y, even


def homes(path: str) -> dict[str, Any]:
    """Two thousand homes in sixty villages, on land."""
    from anlan.simulate.computing.shapes import Terrain

    terrain = Terrain.load(Path(path))
    row, column = np.nonzero(np.isfinite(terrain.bed))
    chosen = np.random.default_rng(2).integers(0, row.size, 2000)
    x = terrain.west + terrain.dx * (column[chosen] + 0.5)
    y = terrain.north - terrain.dx * (row[chosen] + 0.5)
    return {"home_place": np.arange(2000) % 60, "home_x": x, "home_y": y}


def job(folder: Path, path: str, name: str, **other: Any) -> Any:
    from anlan.simulate.computing.shapes import Job

    (folder / name).mkdir()
    told = {
        "folder": str(folder / name), "ground": path, "solver": "li", "precision": "f32", "first_min": 0.0,
        "until_min": AHEAD_MIN, "rain_min": (), "rain_mm_h": np.zeros(0), "cn": 75.0, "wetness": "wet", **homes(path),
    }  # fmt: skip
    return Job(**{**told, **other})


def members(folder: Path, path: str) -> dict[str, float]:
    """Fifty members after three hours of rain that fell, reduced."""
    from anlan.simulate.computing.ensemble import Ensemble, compute
    from anlan.simulate.rules.ensemble import Spread

    x, y, tenths = gauges(path)
    asked = Ensemble(
        job=job(folder, path, "ensemble"), members=50, seed=1, spread=Spread(amount=0.35, shift_m=4000, timing_min=30),
        excluded_percent=20, tenths=tenths, fallen=BACK_MIN // 5, gauge_x=x, gauge_y=y,
    )  # fmt: skip
    spent = timed(lambda: compute(asked))
    found = spent.pop("found")
    assert found.figures["excluded"] == 0, found.figures
    return spent


def live(folder: Path, path: str, name: str) -> dict[str, float]:
    """A cycle of three hours from where the last one stood, in a process that is there: the last one's ten minutes are made first."""
    from anlan.simulate.computing import rainfield
    from anlan.simulate.computing.compute import compute
    from anlan.simulate.computing.shapes import NOW, Terrain

    x, y, tenths = gauges(path)
    terrain, fallen = Terrain.load(Path(path)), BACK_MIN // 5
    before = job(
        folder, path, f"{name}-before", first_min=-float(BACK_MIN), until_min=10, keeps_now=True,
        rain_min=tuple(float(5 * n - BACK_MIN) for n in range(fallen + 2)),
        rain_mm_h=rainfield.over(terrain, x=x, y=y, tenths=tenths[:, : fallen + 2]),
    )  # fmt: skip
    compute(before)
    asked = job(
        folder, path, name, first_min=-10.0, keeps_now=True, start=str(folder / f"{name}-before" / NOW),
        rain_min=tuple(float(5 * n - 10) for n in range(AHEAD_MIN // 5 + 2)),
        rain_mm_h=rainfield.over(terrain, x=x, y=y, tenths=tenths[:, fallen - 2 :]),
    )  # fmt: skip
    spent = timed(lambda: compute(asked))
    assert spent.pop("found").villages
    return spent


def timed(work: Any) -> dict[str, Any]:
    """Wall and CPU seconds of this process and of those that it started."""
    wall, cpu = time.perf_counter(), spent_cpu()
    found = work()
    return {"wall": time.perf_counter() - wall, "cpu": spent_cpu() - cpu, "found": found}


def spent_cpu() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return sum(os.times()[:2]) + children.ru_utime + children.ru_stime


def row(name: str, value: float, unit: str) -> dict[str, Any]:
    return {"name": name, "value": value, "unit": unit, "peer": None, "peer_value": None, "ratio": None}


if __name__ == "__main__":
    for each in rows():
        print(each)
