"""Water at rest and water that swings: balance of bed and pressure, and shores that move."""

from collections.abc import Callable

import numpy as np

from anlan.science.flood.cases.case import Case, Figure, start
from anlan.science.flood.cases.exact import thacker_planar, thacker_radial
from anlan.science.flood.domain import G
from anlan.science.flood.solver import Solver
from anlan.science.flood.state import Layout, Precision
from anlan.science.jit import Floats

Bowl = Callable[[Floats, Floats, float], tuple[Floats, Floats, Floats]]


def _thacker(bowl: Bowl) -> Callable[[Solver, Precision], tuple[Figure, ...]]:
    def run(solver: Solver, precision: Precision) -> tuple[Figure, ...]:
        cells, width = 200, 4.0
        dx = width / cells
        axis = (np.arange(cells) + 0.5) * dx - width / 2
        x, y = np.meshgrid(axis, axis)
        bed = 0.1 * (x**2 + y**2 - 1)
        depth, u, v = bowl(x, y, 0.0)
        flow = start(solver, precision, bed, depth, dx=dx, speed=(u, v), datum=0.0)
        flow.until(3 * _period(bowl))
        exact, *_ = bowl(x, y, 3.0)
        error = np.abs(flow.depth - exact).sum() / exact.sum()
        lost = abs(flow.depth.sum() / depth.sum() - 1)
        return (
            Figure("L1 depth after three periods", float(error), "relative", 0.015),
            Figure("mass", float(lost), "relative", 1e-12 if precision == "f64" else 1e-5),
        )

    return run


def _period(bowl: Bowl) -> float:
    return float(2 * np.pi / np.sqrt((2 if bowl is thacker_planar else 8) * G * 0.1))


def island() -> Floats:
    """A rough lake bed of 60 × 80 cells with a shore all round and an island in the middle, 0 to 12 m."""
    rows, columns = np.mgrid[0:60, 0:80]
    far = np.hypot((rows - 29.5) / 30, (columns - 39.5) / 40)
    rough = np.random.default_rng(3).uniform(0, 0.4, far.shape)
    return np.asarray(10 * far**2 + 9 * np.exp(-((far / 0.25) ** 2)) + rough, np.float64)


def _lake(solver: Solver, precision: Precision) -> tuple[Figure, ...]:
    bound = 1e-12 if precision == "f64" else 1e-3
    figures = []
    for datum in (0.0, 200.0, 1000.0):
        bed = island() + datum
        depth = np.maximum(datum + 6.0 - bed, 0.0)
        flow = start(solver, precision, bed, depth, dx=10.0)
        fastest = 0.0
        for minute in range(1, 6):
            flow.until(60.0 * minute)
            fastest = max(fastest, float(flow.speed[flow.depth > 0.01].max()))
        figures.append(Figure(f"fastest, bed {datum:.0f} m up", fastest, "m/s", bound))
    return tuple(figures)


THACKER_PLANAR = Case(
    "thacker-planar",
    "a plane surface swings round a bowl, 200 × 200 cells, three periods",
    "Thacker (1981)",
    _thacker(thacker_planar),
    seconds=10.0,
)
THACKER_RADIAL = Case(
    "thacker-radial",
    "a round surface heaves in a bowl, 200 × 200 cells, three periods",
    "Thacker (1981)",
    _thacker(thacker_radial),
    seconds=8.0,
)
LAKE = Case(
    "lake-at-rest",
    "a lake with island and shore on a rough bed, five minutes",
    "still water stays still",
    _lake,
    precisions=("f64", "f32"),
    layouts=(Layout.CENTRES, Layout.FACES),
    seconds=2.0,
)
