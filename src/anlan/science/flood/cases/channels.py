"""Steady flow in channels by MacDonald's method, and steady rain on planes."""

from collections.abc import Callable

import numpy as np

from anlan.science.flood.cases.case import Case, Figure, start
from anlan.science.flood.cases.exact import (
    kinematic_plane,
    macdonald_bed,
    macdonald_jump,
    macdonald_subcritical,
    macdonald_transcritical,
)
from anlan.science.flood.edges import Closed, Edges, Open, Series, Stage
from anlan.science.flood.solver import Solver
from anlan.science.flood.state import Layout, Precision
from anlan.science.jit import Floats

_DX = 2.5
_DISCHARGE = 2.0  # m²/s
_HOUR = 3600.0
_LAST_S = 60.0  # what crossed a face in the last minute is what came in less what stayed above it


def _channel(
    profile: Callable[[Floats], Floats], manning: float, west: float, *, stage: bool
) -> Callable[[Solver, Precision], tuple[Figure, ...]]:
    """Run the channel from a wrong depth until it is steady: 2 m²/s into the first cell, a stage or free fall out."""

    def run(solver: Solver, precision: Precision) -> tuple[Figure, ...]:
        cells = round((1000.0 - west) / _DX)
        knots = west + np.arange(cells * 40 + 1) * _DX / 40
        depths = profile(knots)
        bed = macdonald_bed(knots, depths, manning=manning)
        mean = 0.5 * (bed[1:] + bed[:-1]).reshape(cells, 40).mean(axis=1)
        exact = 0.5 * (depths[1:] + depths[:-1]).reshape(cells, 40).mean(axis=1)
        level = Series((0.0,), (float(depths[-1]),))
        out = Stage(level) if stage else Open(slope=0.0)
        edges = Edges(n=Closed(), e=out, s=Closed(), w=Closed())
        flow = start(
            solver, precision, mean[None], np.full((1, cells), 0.8), dx=_DX, manning=manning, edges=edges
        )
        flow.until(2 * _HOUR - _LAST_S, cells=(0,), m3_s=_DISCHARGE * _DX)
        before = flow.depth[0].copy()
        flow.until(2 * _HOUR, cells=(0,), m3_s=_DISCHARGE * _DX)
        gained = np.cumsum(flow.depth[0] - before) * _DX / _LAST_S  # m²/s that stayed above each face
        error = np.abs(flow.depth[0] - exact).sum() / exact.sum()
        drift = np.abs(flow.momentum[0][0, 2:] / _DISCHARGE - 1)
        return (
            Figure("L1 depth", float(error), "relative", 0.01),
            Figure(
                "discharge across faces, greatest departure",
                float(np.abs(gained / _DISCHARGE).max()),
                "relative",
                1e-3,
            ),
            Figure("discharge in cells, mean departure", float(drift.mean()), "relative", 1e-3),
            Figure("discharge in cells, greatest departure", float(drift.max()), "relative", None),
        )

    return run


def _planes(solver: Solver, precision: Precision) -> tuple[Figure, ...]:
    figures = []
    cells, dx, manning, rain = 50, 10.0, 0.035, 100.0
    for slope in (0.01, 0.05, 0.3):
        x = (np.arange(cells) + 0.5) * dx
        edges = Edges(n=Closed(), e=Open(), s=Closed(), w=Closed())
        bed = np.asarray(slope * (cells * dx - x), np.float64)[None]
        dry = np.zeros((1, cells))
        flow = start(solver, precision, bed, dry, dx=dx, manning=manning, edges=edges)
        flow.until(_HOUR, rain_mm_h=rain)
        exact = _runoff(solver.layout, cells, dx, slope, manning, rain)
        share = np.abs(flow.depth[0] / exact - 1)
        figures.append(
            Figure(
                f"depth, slope {slope}, worst below the third cell", float(share[3:].max()), "relative", 0.02
            )
        )
        figures.append(
            Figure(f"depth, slope {slope}, worst of all cells", float(share.max()), "relative", None)
        )
    return tuple(figures)


def _runoff(layout: Layout, cells: int, dx: float, slope: float, manning: float, rain: float) -> Floats:
    """The exact depth as a solver holds it: the mean of a cell, or, where a cell feeds its lower face, the depth there."""
    if layout is Layout.FACES:
        faces = np.asarray((np.arange(cells) + 1.0) * dx, np.float64)
        return kinematic_plane(faces, slope=slope, manning=manning, rain_mm_h=rain)
    fine = (np.arange(cells * 100) + 0.5) * dx / 100
    exact = kinematic_plane(fine, slope=slope, manning=manning, rain_mm_h=rain)
    return np.asarray(exact.reshape(cells, 100).mean(axis=1), np.float64)


_PAPER = "MacDonald et al. (1997), as in SWASHES"
SUBCRITICAL = Case(
    "macdonald-subcritical",
    "2 m²/s through 1000 m, 2.5 m cells, n = 0.033",
    _PAPER,
    _channel(macdonald_subcritical, 0.033, 0.0, stage=True),
    seconds=5.0,
)
TRANSCRITICAL = Case(
    "macdonald-transcritical",
    "2 m²/s becoming swift at 500 m, 2.5 m cells, n = 0.0218",
    _PAPER,
    _channel(macdonald_transcritical, 0.0218, 0.0, stage=False),
    seconds=5.0,
)
JUMP = Case(
    "macdonald-jump",
    "2 m²/s with a hydraulic jump at 500 m, 2.5 m cells, n = 0.0218",
    _PAPER + "; inlet reach of our own",
    _channel(macdonald_jump, 0.0218, -500.0, stage=True),
    seconds=6.0,
)
RAIN_PLANES = Case(
    "rain-planes",
    "100 mm/h on planes of 500 m, 10 m cells, one hour",
    "Woolhiser and Liggett (1967); Manning",
    _planes,
    precisions=("f64", "f32"),
    layouts=(Layout.CENTRES, Layout.FACES),
    seconds=2.0,
)
