"""Dams that break, and a smooth wave: the order and the sharpness of a solver."""

import math
from itertools import pairwise

import numpy as np

from anlan.science.flood.cases.case import Case, Figure, start
from anlan.science.flood.cases.exact import ritter, simple_wave, stoker
from anlan.science.flood.solver import Solver
from anlan.science.flood.state import Precision
from anlan.science.jit import Floats

_LENGTH = 1000.0


def _centres(cells: int) -> Floats:
    return (np.arange(cells) + 0.5) * _LENGTH / cells - _LENGTH / 2


def _relative(found: Floats, exact: Floats) -> float:
    return float(np.abs(found - exact).sum() / exact.sum())


def stoker_error(solver: Solver, precision: Precision, cells: int) -> float:
    """Relative L1 of depth, 25 s after a dam of 10 m breaks onto 1 m, on ``cells`` over 1000 m."""
    x = _centres(cells)
    flow = start(
        solver, precision, np.zeros((1, cells)), np.where(x < 0, 10.0, 1.0)[None], dx=_LENGTH / cells
    )
    flow.until(25.0)
    return _relative(flow.depth[0], stoker(x, 25.0, left=10.0, right=1.0))


def _stoker(solver: Solver, precision: Precision) -> tuple[Figure, ...]:
    return (Figure("L1 depth", stoker_error(solver, precision, 1000), "relative", 1.0e-3),)


def _ritter(solver: Solver, precision: Precision) -> tuple[Figure, ...]:
    x = _centres(1000)
    flow = start(solver, precision, np.zeros((1, 1000)), np.where(x < 0, 10.0, 0.0)[None], dx=1.0)
    flow.until(20.0)
    return (Figure("L1 depth", _relative(flow.depth[0], ritter(x, 20.0, left=10.0)), "relative", 1.2e-3),)


def _wave_error(solver: Solver, precision: Precision, cells: int) -> float:
    """L1 of depth within 250 m of the middle; the walls at ±500 m are not felt there in 20 s."""
    dx = _LENGTH / cells
    fine = _centres(8 * cells)
    depth, speed = (a.reshape(-1, 8).mean(axis=1) for a in simple_wave(fine, 0.0, slope=0.02))
    x = _centres(cells)
    bed = 0.02 * (_LENGTH / 2 - x)
    flow = start(
        solver, precision, bed[None], depth[None], dx=dx, speed=(speed[None], np.zeros_like(speed)[None])
    )
    flow.until(20.0)
    exact = simple_wave(fine, 20.0, slope=0.02)[0].reshape(-1, 8).mean(axis=1)
    near = np.abs(x) < 250
    return float(np.abs(flow.depth[0] - exact)[near].mean())


def _smooth_wave(solver: Solver, precision: Precision) -> tuple[Figure, ...]:
    errors = [_wave_error(solver, precision, cells) for cells in (250, 500, 1000, 2000)]
    orders = [math.log2(a / b) for a, b in pairwise(errors)]
    return (
        Figure("L1 order over three halvings", math.log2(errors[0] / errors[-1]) / 3, "-", 1.8, least=True),
        Figure("least order of one halving", min(orders), "-", None, least=True),
        Figure("L1 depth, finest", errors[-1], "m", None),
    )


STOKER = Case(
    "stoker",
    "dam of 10 m onto 1 m, 1000 m, 25 s, 1000 cells",
    "Stoker (1957)",
    _stoker,
    precisions=("f64", "f32"),
)
RITTER = Case("ritter", "dam of 10 m onto dry ground, 1000 m, 20 s, 1000 cells", "Ritter (1892)", _ritter)
SMOOTH_WAVE = Case(
    "smooth-wave",
    "smooth wave down a plane of 2 %, 250 to 2000 cells",
    "Riemann invariants in a falling frame",
    _smooth_wave,
)
