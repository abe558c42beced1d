"""The local inertial solver against the Godunov solver on the same valley: where leaving out advection is well."""

import numpy as np

from anlan.science.flood.cases.case import Case, Figure, start
from anlan.science.flood.domain import G
from anlan.science.flood.edges import Edges, Open
from anlan.science.flood.godunov.solver import Godunov
from anlan.science.flood.solver import Solver
from anlan.science.flood.state import Layout, Precision
from anlan.science.jit import Floats


def _deepest(solver: Solver, precision: Precision, bed: Floats) -> tuple[Floats, float]:
    """Greatest depth of each cell in an hour, with 100 mm/h in its first half, and the Froude share.

    The share is of cells deeper than 5 cm at the end of the rain, Fr > 0.8; NaN where momentum is not in the centres.
    """
    flow = start(solver, precision, bed, np.zeros_like(bed), dx=10.0, manning=0.035, edges=Edges.all(Open()))
    most, share = flow.depth, float("nan")
    for tick in range(1, 121):
        flow.until(30.0 * tick, rain_mm_h=100.0 if tick <= 60 else 0.0)
        most = np.maximum(most, flow.depth)
        if tick == 60 and solver.layout is Layout.CENTRES:
            wet = flow.depth > 0.05
            share = float((flow.speed[wet] > 0.8 * np.sqrt(G * flow.depth[wet])).mean())
    return most, share


def _ground() -> Floats:
    """2.5 km of a V-shaped valley: walls of 2 %, a floor that winds and falls by 0.5 %, wide bumps of 3 m."""
    y, x = np.mgrid[0:250, 0:250] * 10.0 + 5.0
    middle = 1250.0 + 1000.0 * np.sin(2 * np.pi * (y + 4000.0) / 5000.0)
    rng = np.random.default_rng(1)
    bumps = np.zeros_like(x)
    for _ in range(12):
        way, wide = rng.uniform(0, 2 * np.pi), rng.uniform(1500.0, 6000.0)
        along = (x * np.cos(way) + y * np.sin(way)) / wide
        bumps += 1.2 * np.sin(2 * np.pi * along + rng.uniform(0, 2 * np.pi))
    return np.asarray(0.02 * np.abs(x - middle) + 0.005 * y + bumps + 20, np.float64)


def _hits(found: Floats, truth: Floats, depth: float) -> float:
    """Critical success index: cells deep in both, of cells deep in either."""
    return float(((found > depth) & (truth > depth)).sum() / ((found > depth) | (truth > depth)).sum())


def _valley(solver: Solver, precision: Precision) -> tuple[Figure, ...]:
    figures = []
    for name, steep, bound in (("2 % valley", 1.0, 0.9), ("five times steeper", 5.0, None)):
        bed = steep * _ground()
        truth, share = _deepest(Godunov(), precision, bed)
        found, _ = _deepest(solver, precision, bed)
        wet = truth > 0.1
        figures += [
            Figure(f"{name}: CSI at 0.1 m", _hits(found, truth, 0.1), "-", bound, least=True),
            Figure(f"{name}: CSI at 0.5 m", _hits(found, truth, 0.5), "-", bound, least=True),
            Figure(
                f"{name}: bias where deeper than 0.1 m",
                float(found[wet].mean() / truth[wet].mean() - 1),
                "-",
                None,
            ),
            Figure(f"{name}: share of cells with Fr > 0.8", share, "-", None),
        ]
    return tuple(figures)


VALLEY = Case(
    "valley",
    "greatest depth of a storm in a valley of 2.5 km (walls 2 %, floor 0.5 %), against Godunov",
    "the full equations, solved by Godunov",
    _valley,
    precisions=("f32",),
    layouts=(Layout.FACES,),
    seconds=25.0,
)
