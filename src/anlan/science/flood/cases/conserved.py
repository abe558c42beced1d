"""What must never change: water, symmetry, the bits of a run; and energy, which must never grow."""

from collections.abc import Callable
from dataclasses import fields, replace
from typing import Any

import numpy as np

from anlan.science.flood.cases.case import Case, Figure, Flow, start
from anlan.science.flood.domain import G
from anlan.science.flood.solver import Solver
from anlan.science.flood.state import Layout, Precision
from anlan.science.jit import Floats

_ROUNDING = {"f64": 1e-11, "f32": 1e-4}


def _humps(cells: int) -> Floats:
    """Three humps of water, deterministic, on a square."""
    y, x = np.mgrid[0:cells, 0:cells] / cells
    humps = ((0.3, 0.3, 1.5), (0.7, 0.45, 1.0), (0.45, 0.8, 0.7))
    return np.asarray(
        1 + sum(a * np.exp(-((x - p) ** 2 + (y - q) ** 2) * 90) for p, q, a in humps), np.float64
    )


def _energy_of(flow: Flow) -> float:
    """Kinetic and potential energy over the density and the area of a cell, m⁴/s²."""
    h = flow.depth
    qx, qy = flow.momentum
    kinetic = 0.5 * (qx**2 + qy**2) / np.maximum(h, 1e-12)
    return float((kinetic + G * h * (0.5 * h + flow.domain.bed)).sum())


def _growth(flow: Flow, *, every_s: float, until_s: float) -> tuple[float, float]:
    """The greatest growth of energy from one look to the next, and what is left of it at the end."""
    before = first = _energy_of(flow)
    growth = 0.0
    for look in range(1, round(until_s / every_s) + 1):
        flow.until(every_s * look)
        now = _energy_of(flow)
        growth = max(growth, now / before - 1)
        before = now
    return growth, before / first


def _energy(solver: Solver, precision: Precision) -> tuple[Figure, ...]:
    flat = start(solver, precision, np.zeros((64, 64)), _humps(64), dx=10.0)
    growth, left = _growth(flat, every_s=2.0, until_s=600.0)
    x = np.mgrid[0:48, 0:48][1]
    blocks = np.kron(np.random.default_rng(0).uniform(size=(24, 24)) < 0.25, np.ones((2, 2)))
    bed = 0.25 * x + 10.0 * blocks
    depth = np.where(blocks > 0, 0.0, np.where(x < 12, 3.0, 0.2))
    town = start(solver, precision, bed, depth, dx=5.0, datum=0.0)
    among, _ = _growth(town, every_s=1.0, until_s=60.0)
    bound = 1e-14 if precision == "f64" else 1e-6
    return (
        Figure("flat bed, greatest growth in 2 s", growth, "relative", bound),
        Figure("flat bed, left after ten minutes", left, "relative", None),
        Figure("blocks of 10 m on a slope, greatest growth in 1 s", among, "relative", bound),
    )


def _rough_valley(rows: int, columns: int) -> Floats:
    """A V-shaped valley that winds south, 10 m cells, with bumps; walls of 2 %, a floor of 0.5 %."""
    y, x = np.mgrid[0:rows, 0:columns] * 10.0 + 5.0
    middle = columns * 5.0 * (1 + 0.2 * np.sin(4 * np.pi * y / (rows * 10.0)))
    rng = np.random.default_rng(1)
    bumps = np.zeros_like(x)
    for _ in range(12):
        kx, ky = rng.normal(0, 2 * np.pi / 300.0, 2)
        bumps += 0.25 * np.sin(kx * x + ky * y + rng.uniform(0, 2 * np.pi))
    return np.asarray(0.02 * np.abs(x - middle) + 0.005 * (rows * 10.0 - y) + bumps + 5, np.float64)


def _mass(solver: Solver, precision: Precision) -> tuple[Figure, ...]:
    bed = _rough_valley(48, 48)
    flow = start(solver, precision, bed, np.maximum(6.5 - bed, 0.0), dx=10.0, manning=0.035)
    before = float(flow.depth.sum())
    for hour, rain in enumerate((60.0, 20.0, 0.0), start=1):
        flow.until(3600.0 * hour, rain_mm_h=rain)
    came = 80.0 / 1000 * bed.size
    error = abs(float(flow.depth.sum()) / (before + came) - 1)
    deep = start(solver, precision, np.zeros((24, 24)), np.full((24, 24), 30.0), dx=10.0)
    deep.until(3600.0, rain_mm_h=1.0)
    missed = abs((float(deep.depth.sum()) - 30.0 * 576) / (0.001 * 576) - 1)
    return (
        Figure(
            "three hours, rain in a closed valley", error, "relative", 1e-12 if precision == "f64" else 1e-5
        ),
        Figure(
            "1 mm/h on 30 m of water, of the rain", missed, "relative", 1e-9 if precision == "f64" else 1e-5
        ),
    )


def _turned(
    flow_of: Callable[[Floats, Floats], Flow], bed: Floats, depth: Floats, turn: Any, back: Any
) -> Floats:
    flow = flow_of(turn(bed), turn(depth))
    flow.until(120.0)
    return np.asarray(back(flow.depth), np.float64)


def _symmetry(solver: Solver, precision: Precision) -> tuple[Figure, ...]:
    y, x = np.mgrid[0:64, 0:64] / 64.0
    bed = np.asarray(3 * np.sin(5 * x + 1) * np.cos(4 * y) + 4 * x, np.float64)
    depth = np.where(_humps(64) > 1.3, _humps(64), 0.0)

    def flow_of(z: Floats, h: Floats) -> Flow:
        ground, water = np.ascontiguousarray(z), np.ascontiguousarray(h)
        return start(solver, precision, ground, water, dx=10.0, manning=0.03)

    plain = _turned(flow_of, bed, depth, np.asarray, np.asarray)
    quarter = _turned(flow_of, bed, depth, np.rot90, lambda a: np.rot90(a, -1))
    mirror = _turned(flow_of, bed, depth, np.fliplr, np.fliplr)
    both = _turned(flow_of, bed, depth, np.transpose, np.transpose)
    return tuple(
        Figure(name, float(np.abs(turned - plain).max()), "m", _ROUNDING[precision])
        for name, turned in (("quarter turn", quarter), ("east for west", mirror), ("transposed", both))
    )


def _tiles(solver: Solver, precision: Precision) -> tuple[Figure, ...]:
    """Small tiles that sleep on dry land and wake, against one tile that never sleeps; and two threads against one."""
    bed = _rough_valley(150, 150)
    depth = np.where(np.hypot(*(np.mgrid[0:150, 0:150] - 40)) < 15, 3.0, 0.0)
    found = []
    for tile, threads in (((16, 16), 1), ((16, 16), 2), ((1000, 1000), 1)):
        flow = start(_with_tile(solver, tile), precision, bed, depth, dx=10.0, manning=0.03, threads=threads)
        flow.until(300.0)
        flow.close()
        found.append(flow.depth)
    return (
        Figure("tiled against whole, depth", float(np.abs(found[0] - found[2]).max()), "m", 1e-4),
        Figure("one thread against two, depth", float(np.abs(found[0] - found[1]).max()), "m", 0.0),
    )


def _with_tile(solver: Solver, tile: tuple[int, int]) -> Solver:
    """The same solver with tiles of another size, if it has tiles."""
    named: Any = solver
    if "tile" not in {f.name for f in fields(named)}:
        return solver
    changed: Solver = replace(named, tile=tile)
    return changed


ENERGY = Case(
    "energy",
    "closed flat basin without friction, ten minutes",
    "never grows",
    _energy,
    precisions=("f64", "f32"),
)
MASS = Case(
    "mass",
    "rain in a closed valley for three hours; drizzle on a deep reservoir",
    "account of water",
    _mass,
    precisions=("f64", "f32"),
    layouts=(Layout.CENTRES, Layout.FACES),
    seconds=6.0,
)
SYMMETRY = Case(
    "symmetry",
    "flood over hills, turned and mirrored, two minutes",
    "no direction is special",
    _symmetry,
    precisions=("f64", "f32"),
    layouts=(Layout.CENTRES, Layout.FACES),
)
TILES = Case(
    "tiles",
    "flood wave down a dry valley, five minutes",
    "tiles are a way to compute, not a method",
    _tiles,
    precisions=("f64", "f32"),
)
