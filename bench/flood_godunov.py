"""The Godunov flood solver: whole two-stage steps a second on one core, and what second order buys."""

import os
import time
from typing import Any

import numpy as np

RAIN_MM_H = 100.0


def rows() -> list[dict[str, Any]]:
    """Mcell/s of f32 and f64 under rain on a wet valley, cost by size, time to a Stoker error, memory."""
    peer = _geoswe()
    out = [_speed(1000, "f32", seconds=60.0, peer=peer), _speed(1000, "f64", seconds=60.0)]
    small = _speed(250, "f32", seconds=600.0)["value"]
    large = _speed(4000, "f32", seconds=3.0)["value"]
    out.append(_row("godunov_cost_per_cell_4000_over_250", small / large, "ratio"))
    out += _to_stoker(2e-3)
    out.append(_memory())
    return out


def valley(cells: int) -> np.ndarray:
    """A valley with walls of 2 % and bumps, cells of 10 m, the same at every size."""
    y, x = np.mgrid[0:cells, 0:cells] * 10.0
    middle = 5.0 * cells + 300 * np.sin(y / 700)
    return 0.02 * np.abs(x - middle) + 0.005 * y + np.sin(x / 130) * np.cos(y / 170)


def _speed(cells: int, precision: Any, *, seconds: float, peer: Any = None) -> dict[str, Any]:
    from anlan.science.flood.cases.case import start
    from anlan.science.flood.godunov import Godunov

    flow = start(Godunov(), precision, valley(cells), np.full((cells, cells), 0.01), dx=10.0, manning=0.035)
    flow.until(2.0, rain_mm_h=RAIN_MM_H)  # compiles, and brings the step to its length
    began = time.process_time()
    steps = flow.until(2.0 + seconds, rain_mm_h=RAIN_MM_H).steps
    spent = time.process_time() - began
    value = cells**2 * steps / spent / 1e6
    name, theirs = peer or (None, None)
    return _row(f"godunov_{cells}_{precision}", value, "Mcell/s/core", name, theirs)


def _to_stoker(error: float) -> list[dict[str, Any]]:
    """CPU seconds of a dam break at the coarsest grid (to the next 10 cells) that is within ``error``.

    First order is the same kernel with its slopes at nought: each of its cells costs as much, so this is about grids.
    """
    from anlan.science.flood.godunov import Godunov, solver

    found = {}
    solver.LIMITERS["none"] = 0.0  # type: ignore[index]
    try:
        for name, limiter in (("second", "mc"), ("first", "none")):
            method = Godunov(limiter=limiter)  # type: ignore[arg-type]
            found[name] = _coarsest(method, error)
    finally:
        del solver.LIMITERS["none"]  # type: ignore[arg-type]
    (fine, slow), (coarse, fast) = found["first"], found["second"]
    return [
        _row("godunov_s_to_stoker_2e-3", fast, f"s at {coarse} cells", f"first order, {fine} cells", slow),
    ]


def _coarsest(method: Any, error: float) -> tuple[int, float]:
    from anlan.science.flood.cases.shocks import stoker_error

    low, high = 50, 100
    while stoker_error(method, "f64", high) > error:
        low, high = high, 2 * high
    while high - low > 10:
        middle = (low + high) // 20 * 10
        low, high = (low, middle) if stoker_error(method, "f64", middle) <= error else (middle, high)
    began = time.process_time()
    stoker_error(method, "f64", high)
    return high, time.process_time() - began


def _memory() -> dict[str, Any]:
    """Bytes a cell with one roughness for all, counted from the arrays of a stepper; a map of roughness is 4 more."""
    from anlan.science.flood.domain import Domain
    from anlan.science.flood.edges import Edges
    from anlan.science.flood.godunov import Godunov
    from anlan.science.flood.state import State

    ground = Domain.of(valley(1000), dx=10.0)
    state = State.of(ground, layout=Godunov().layout, precision="f32")
    stepper: Any = Godunov().prepare(ground, state, Edges(), threads=1)
    arrays = [state.h, state.qx, state.qy, *stepper._half, stepper._z, stepper._n2, stepper._carry]
    arrays += stepper._buffers
    return _row("godunov_bytes_a_cell_f32", sum(a.nbytes for a in arrays) / ground.cells, "B")


def _geoswe() -> tuple[str, float] | None:
    """GeoSWE's first-order step on NumPy over the same ground, where it is installed; it is no dependency."""
    os.environ.setdefault("GEOSWE_BACKEND", "numpy")
    try:
        from geoswe import Config, Mesh2D, Solver2D  # type: ignore[import-not-found]
    except ImportError:
        return None
    cells = 1000
    start = np.zeros((3, cells, cells))
    start[0] = 0.01
    config = Config(friction="manning", manning_n=0.035, dtype="float32")
    peer = Solver2D(Mesh2D(nx=cells, ny=cells, dx=10.0, dy=10.0), config, start, valley(cells))
    peer.step()
    began = time.process_time()
    for _ in range(3):
        peer.step()
    return "GeoSWE on NumPy, first order", 3 * cells**2 / (time.process_time() - began) / 1e6


def _row(
    name: str, value: float, unit: str, peer: str | None = None, peer_value: float | None = None
) -> dict[str, Any]:
    """``ratio`` above 1: anlan is faster."""
    faster = unit.startswith("Mcell")
    ratio = None if peer_value is None else value / peer_value if faster else peer_value / value
    return {
        "name": name,
        "value": value,
        "unit": unit,
        "peer": peer,
        "peer_value": peer_value,
        "ratio": ratio,
    }


if __name__ == "__main__":
    for row in rows():
        print(row)
