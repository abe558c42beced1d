"""The Godunov flood solver: whole two-stage steps a second on one core, and what second order buys."""

import os
import time
from typing import Any

import numpy as np

RAIN_MM_H = 100.0


def rows() -> list[dict[str, Any]]:
    """Mcell/s of f32 and f64 under rain on a wet valley, cost by size, dry land skipped, time to a Stoker error, memory."""
    out = [
        _speed(1000, "f32", seconds=60.0, peer=_anuga()),
        _speed(1000, "f64", seconds=60.0, peer=_geoswe()),
    ]
    small = _speed(250, "f32", seconds=600.0)["value"]
    large = _speed(4000, "f32", seconds=3.0)["value"]
    out.append(_row("godunov_cost_per_cell_4000_over_250", small / large, "ratio"))
    out += [_dry_skip("lake"), _dry_skip("river")]
    out += _to_stoker(2e-3)
    out.append(_memory())
    return out


def valley(cells: int) -> np.ndarray:
    """A valley with walls of 2 % and bumps, cells of 10 m, the same at every size."""
    y, x = (axis * 10.0 for axis in np.ogrid[:cells, :cells])
    middle = 5.0 * cells + 300 * np.sin(y / 700)
    return 0.02 * np.abs(x - middle) + 0.005 * y + np.sin(x / 130) * np.cos(y / 170)


def _speed(cells: int, precision: Any, *, seconds: float, peer: Any = None) -> dict[str, Any]:
    from anlan.science.flood.cases.case import start
    from anlan.science.flood.godunov.solver import Godunov

    flow = start(Godunov(), precision, valley(cells), np.full((cells, cells), 0.01), dx=10.0, manning=0.035)
    flow.until(2.0, rain_mm_h=RAIN_MM_H)  # compiles, and brings the step to its length
    began = time.process_time()
    steps = flow.until(2.0 + seconds, rain_mm_h=RAIN_MM_H).steps
    spent = time.process_time() - began
    value = cells**2 * steps / spent / 1e6
    name, theirs = peer or (None, None)
    return _row(f"godunov_{cells}_{precision}", value, "Mcell/s/core", name, theirs)


def _dry_skip(what: str, n: int = 4000) -> dict[str, Any]:
    """Time of a step that computes all tiles over that of one that skips dry land, one cell in a hundred wet."""
    from anlan.science.flood.cases.case import start
    from anlan.science.flood.godunov.solver import Godunov

    y, x = np.ogrid[:n, :n]
    if what == "lake":
        bed = 0.001 * x + 0.0005 * y
        depth = np.where((x - 0.6 * n) ** 2 + (y - 0.5 * n) ** 2 < 0.0032 * n * n, 5.0, 0.0)
    else:
        off = np.abs(x - n * (0.5 + 0.2 * np.sin(3 * np.pi * y / n)))
        bed, depth = 0.2 * off + 0.005 * y, np.where(off < 0.005 * n, 3.0, 0.0)
    flow: Any = start(Godunov(), "f32", bed, depth, dx=10.0, manning=0.035)
    spent = []
    for all_tiles, seconds in ((False, 5.0), (True, 0.5)):
        flow._stepper._stages[:] = all_tiles
        flow.until(flow.state.time_s + 0.1)
        began = time.process_time()
        steps = flow.until(flow.state.time_s + seconds).steps
        spent.append((time.process_time() - began) / steps)
    wet = float((flow.state.depth > 1e-5).mean())
    assert 0.009 < wet < 0.02, wet
    return _row(f"godunov_dry_skip_4000_{what}", spent[1] / spent[0], "times faster at 1 % wet")


def _to_stoker(error: float) -> list[dict[str, Any]]:
    """CPU seconds of a dam break at the coarsest grid (to the next 10 cells) that is within ``error``.

    First order is the same kernel with its slopes at nought: each of its cells costs as much, so this is about grids.
    """
    from anlan.science.flood.godunov import solver
    from anlan.science.flood.godunov.solver import Godunov

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
    """Bytes a cell that a prepared run holds, by tracing allocations; one roughness for all (a map of it is 4 more)."""
    import tracemalloc

    from anlan.science.flood.domain import Domain
    from anlan.science.flood.edges import Edges
    from anlan.science.flood.godunov.solver import Godunov
    from anlan.science.flood.state import State

    ground = Domain.of(valley(1000), dx=10.0)
    tracemalloc.start()
    state = State.of(ground, layout=Godunov().layout, precision="f32")
    stepper = Godunov().prepare(ground, state, Edges(), threads=2)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    stepper.close()
    return _row("godunov_bytes_a_cell_f32", held / ground.cells, "B")


def _anuga(cells: int = 100) -> tuple[str, float | None]:
    """ANUGA's second-order DE1 over the same ground and rain on one core: triangles (4 a cell) where we count cells."""
    os.environ["OMP_NUM_THREADS"] = "1"
    try:
        import anuga  # type: ignore[import-not-found]
    except ImportError:
        return "ANUGA is not installed", None
    ground = valley(cells)
    domain = anuga.rectangular_cross_domain(cells, cells, len1=10.0 * cells, len2=10.0 * cells)
    domain.set_flow_algorithm("DE1")
    domain.set_quantities_to_be_stored(None)

    def bed(x: Any, y: Any) -> Any:
        at = np.minimum((np.stack([y, x]) / 10).astype(int), cells - 1)
        return ground[at[0], at[1]]

    domain.set_quantity("elevation", bed, location="centroids")
    domain.set_quantity("friction", 0.035)
    domain.set_quantity("stage", expression="elevation + 0.01", location="centroids")
    domain.set_boundary(dict.fromkeys(domain.get_boundary_tags(), anuga.Reflective_boundary(domain)))
    anuga.Rate_operator(domain, rate=RAIN_MM_H / 3.6e6)
    list(domain.evolve(yieldstep=2.0, finaltime=2.0))
    steps, began = 0, time.process_time()
    for _ in domain.evolve(yieldstep=10.0, duration=40.0):
        steps += domain.number_of_steps
    spent = time.process_time() - began
    return f"ANUGA {anuga.__version__} DE1, triangles", domain.number_of_triangles * steps / spent / 1e6


def _geoswe() -> tuple[str, float | None]:
    """GeoSWE's first-order step on NumPy over the same ground, where it is installed; it is no dependency."""
    os.environ.setdefault("GEOSWE_BACKEND", "numpy")
    try:
        from geoswe import Config, Mesh2D, Solver2D  # type: ignore[import-not-found]
    except ImportError:
        return "GeoSWE is not installed", None
    cells = 1000
    start = np.zeros((3, cells, cells))
    start[0] = 0.01
    config = Config(friction="manning", manning_n=0.035, dtype="float32")
    peer = Solver2D(Mesh2D(nx=cells, ny=cells, dx=10.0, dy=10.0), config, start, valley(cells))
    peer.step()
    began = time.process_time()
    for _ in range(3):
        peer.step()
    return "GeoSWE on NumPy, first order f32", 3 * cells**2 / (time.process_time() - began) / 1e6


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
