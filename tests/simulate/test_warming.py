"""Compiled ahead: after warming, a live cycle finds every kernel that it calls."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
from numba.core.dispatcher import Dispatcher

from anlan.foundation.packs import load_all
from anlan.science.impact.ranges import impact_ranges
from anlan.science.impact.sweep import Exposure, SparseHazard
from anlan.science.impact.vulnerability import Vulnerability
from anlan.simulate.computing import rainfield
from anlan.simulate.computing.compute import compute
from anlan.simulate.computing.shapes import NOW, Job, Terrain
from anlan.simulate.computing.warming import strike, warm
from tests.simulate.test_compute import valley


def compiled() -> dict[str, int]:
    """How many versions of each kernel stand in memory."""
    found: dict[str, int] = {}
    for name, module in list(sys.modules.items()):
        if name.startswith("anlan."):
            kernels = {k: v for k, v in vars(module).items() if isinstance(v, Dispatcher)}
            found |= {f"{v.py_func.__module__}.{k}": len(v.signatures) for k, v in kernels.items()}
    return found


def live(folder: Path, name: str, **given: Any) -> Job:
    """What a cycle of Liulin's kind asks for: streams, soil, rain that differs from place to place."""
    ground = valley()
    ground.width[:, 20], ground.depth[:, 20], ground.bed[:2, :2] = 6.0, 1.5, np.nan
    np.savez(folder / "ground.npz", **vars(ground))
    terrain = Terrain.load(folder / "ground.npz")
    x, y = np.array([5e5, 501_000.0]), np.array([35e5, 3_499_000.0])
    rates = rainfield.over(terrain, x=x, y=y, tenths=np.array([[40.0] * 9, [60.0] * 9]))
    (folder / name).mkdir()
    return Job(
        folder=str(folder / name), ground=str(folder / "ground.npz"), solver="li", precision="f32", first_min=-15,
        until_min=30, rain_min=tuple(-15.0 + 5 * n for n in range(9)), rain_mm_h=rates, cn=75.0, keeps_now=True,
        home_place=np.array([1]), home_x=np.array([500_810.0]), home_y=np.array([3_497_700.0]), **given,
    )  # fmt: skip


def test_after_warming_two_cycles_compile_nothing_more(tmp_path: Path) -> None:
    warm()
    before = compiled()
    compute(live(tmp_path, "first"))
    compute(live(tmp_path, "second", start=str(tmp_path / "first" / NOW)))
    assert before
    assert compiled() == before


def test_after_warming_the_impact_of_a_run_compiles_nothing_more() -> None:
    strike()
    before = compiled()
    told = Vulnerability.from_data(load_all().get("vulnerability-flood").data)
    homes = Exposure.of(
        kind=np.full(50, 2, np.int8), people=np.full(50, 4.0), quantity=np.ones(50), value=np.zeros(50)
    )
    rows = SparseHazard(
        np.array([0, 50]), np.arange(50, dtype=np.int32), np.linspace(0, 2, 50), np.array([True])
    )
    impact_ranges(rows, homes, told, seed=7, events=np.array([0]), members=3)
    assert before["anlan.science.impact.kernels.sweep"] > 0
    assert compiled() == before
