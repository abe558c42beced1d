"""Kernels compiled ahead 预热: a run over a handful of cells, so that the first real one of a night does not wait for the compiler."""

from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from anlan.foundation import packs
from anlan.science.impact.sweep import Exposure, SparseHazard, impact
from anlan.science.impact.vulnerability import Vulnerability
from anlan.simulate.computing import rainfield
from anlan.simulate.computing.compute import compute
from anlan.simulate.computing.shapes import NOW, Job, Terrain

CELLS, AHEAD_MIN = 12, 30
"""Far enough ahead for a kept grid."""


def warm() -> None:
    """Run what a live cycle runs, twice: from dry ground, then from where the first stood. Nothing of it is kept."""
    with TemporaryDirectory() as name:
        folder = Path(name)
        np.savez(folder / "ground.npz", **vars(_slope()))
        for run, first, start in (("one", -10.0, ""), ("two", -5.0, str(folder / "one" / NOW))):
            (folder / run).mkdir()
            compute(_job(folder, run, first_min=first, start=start))
    strike()


def strike() -> None:
    """What the page of a run's impact calls: two homes in a metre of water."""
    told = Vulnerability.from_data(packs.load_all().get("vulnerability-flood").data)
    two = np.ones(2)
    homes = Exposure.of(kind=np.zeros(2, np.int8), people=two, quantity=two, value=0 * two)
    impact(
        SparseHazard(np.array([0, 2]), np.arange(2, dtype=np.int32), two, np.array([True])),
        homes,
        told,
        threads=1,
    )


def _slope() -> Terrain:
    """A slope with a stream narrower than its cells, and a corner that is not of the domain."""
    bed = 100.0 + np.arange(CELLS)[::-1, None] * 1.0 + np.zeros((1, CELLS))
    bed[0, 0] = np.nan
    width = np.zeros_like(bed)
    width[:, CELLS // 2] = 4.0
    return Terrain(
        bed=bed, manning=np.full_like(bed, 0.05), width=width, depth=width / 4, dx=80.0, west=500_000.0, north=3_500_000.0,
        crs="EPSG:4547",
    )  # fmt: skip


def _job(folder: Path, run: str, *, first_min: float, start: str) -> Job:
    terrain, steps = _slope(), int(AHEAD_MIN - first_min) // 5
    x, y = np.array([terrain.west]), np.array([terrain.north])
    rates = rainfield.over(terrain, x=x, y=y, tenths=np.full((1, steps), 50.0))
    return Job(
        folder=str(folder / run), ground=str(folder / "ground.npz"), solver="li", precision="f32", first_min=first_min,
        until_min=AHEAD_MIN, rain_min=tuple(first_min + 5 * n for n in range(steps)), rain_mm_h=rates, cn=75.0, start=start,
        keeps_now=True, home_place=np.array([1]), home_x=x + 40.0, home_y=y - 40.0,
    )  # fmt: skip
