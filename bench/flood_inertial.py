"""Local inertial floods: a valley under 100 mm/h, dry land skipped, bytes a cell; beside the same scheme in NumPy.

Time of a core is that of the one thread that steps: threads of a linear algebra library that made the valley spin on for a while.
"""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

MM_H = 1 / 3.6e6
RAIN = 100.0
TRIALS = 4  # the best counts: others may use this machine


def rows() -> list[dict[str, Any]]:
    """A cell update is a whole step of one cell with all its stages; what a run does at its ticks is in it, maps where told so."""
    from anlan.science.flood.outputs import Outputs

    maps = Outputs(maps=("max_depth", "max_speed", "arrival_s"))
    flood(250, 60.0)  # compiles
    wall, wall_maps = (
        min(flood(1000, 1800.0, outputs=o, threads=2)[1] for _ in range(TRIALS)) for o in (None, maps)
    )
    with every_cell_alike():
        flood(250, 60.0, precision="f64")
        speed, speed_maps = (
            max(flood(1000, 1800.0, outputs=o)[0] for _ in range(TRIALS)) for o in (None, maps)
        )
        speed_f64 = max(flood(1000, 300.0, precision="f64")[0] for _ in range(TRIALS))
        small, large = steps_alone(250, 300.0), steps_alone(4000, 20.0)
        skipped = dry_skip()
    peer = numpy_peer(1000)
    return [
        row("flood_inertial_1000_f32", speed, "Mcell/s/core", "the same in NumPy", peer),
        row("flood_inertial_1000_f32_three_maps", speed_maps, "Mcell/s/core"),
        row("flood_inertial_1000_f32_30_min_two_threads", wall, "s"),
        row("flood_inertial_1000_f32_30_min_two_threads_three_maps", wall_maps, "s"),
        row("flood_inertial_1000_f64", speed_f64, "Mcell/s/core"),
        row("flood_inertial_250_over_4000", small / large, "ratio of Mcell/s/core"),
        row("flood_inertial_dry_skip_4000", skipped, "times faster at 1 % wet"),
        row("flood_inertial_bytes_per_cell", bytes_per_cell(1000), "B/cell"),
    ]


@contextmanager
def every_cell_alike() -> Iterator[None]:
    """All cells take each step: what an update costs is not mixed with how many are spared."""
    from anlan.science.flood.inertial import pace

    most, pace.MOST_TIMES = pace.MOST_TIMES, 1
    try:
        yield
    finally:
        pace.MOST_TIMES = most


def valley(n: int, dx: float = 10.0) -> np.ndarray:
    """Sides of 2 %, 0.5 % down the valley, a winding bottom, smooth bumps of a fixed seed (合成数据)."""
    y = (np.arange(n) + 0.5)[:, None] * dx
    x = (np.arange(n) + 0.5)[None, :] * dx
    middle = 0.5 * n * dx + 0.1 * n * dx * np.sin(4 * np.pi * y / (n * dx))
    random, turn = np.random.default_rng(1), 2 * np.pi / (n * dx)
    a, b = (random.integers(-9, 9, 60) for _ in range(2))
    c, size = random.uniform(0, 7, 60), 1 / (1 + a * a + b * b)
    along, across = turn * y * b, turn * x.T * a + c  # cos(u + v) by products of one-dimensional waves
    bumps = (size * np.cos(along)) @ np.cos(across).T - (size * np.sin(along)) @ np.sin(across).T
    return 0.02 * np.abs(x - middle) + 0.005 * y + 3.0 * bumps / np.std(bumps)


def flood(
    n: int, until_s: float, *, threads: int = 1, precision: str = "f32", outputs: Any = None
) -> tuple[float, float]:
    """(Mcell/s and core, wall seconds) of a run."""
    from anlan.science.flood.domain import Domain
    from anlan.science.flood.edges import Closed, Edges
    from anlan.science.flood.inertial.solver import Inertial
    from anlan.science.flood.outputs import Outputs
    from anlan.science.flood.run import run
    from anlan.science.flood.sources import Rain, Sources

    ground = Domain.of(valley(n), dx=10.0)
    asked = {"edges": Edges.all(Closed()), "sources": Sources(Rain.of([0], np.array([RAIN])))}
    wall, core = time.perf_counter(), time.thread_time()
    ended = run(
        ground, Inertial(), until_s=until_s, precision=precision, threads=threads,
        outputs=outputs or Outputs(maps=()), **asked,
    )  # fmt: skip
    core, wall = time.thread_time() - core, time.perf_counter() - wall
    assert abs(ended.ledger.error_share) < 1e-6
    return n * n * ended.steps / core / 1e6, wall


def steps_alone(n: int, seconds: float) -> float:
    """Mcell/s of steps under rain on a wet valley, without ticks: what a size costs, apart from how often it is looked at."""
    from anlan.science.flood.cases.case import start
    from anlan.science.flood.inertial.solver import Inertial

    flow = start(Inertial(), "f32", valley(n), np.full((n, n), 0.3), dx=10.0, manning=0.035)
    flow.until(4.0, rain_mm_h=RAIN)
    core = time.thread_time()
    steps = flow.until(4.0 + seconds, rain_mm_h=RAIN).steps
    return n * n * steps / (time.thread_time() - core) / 1e6


def dry_skip(n: int = 4000) -> float:
    """Time of a step that visits all cells over that of one that skips dry land, one cell in a hundred wet."""
    from anlan.science.flood.domain import Domain
    from anlan.science.flood.edges import Closed, Edges
    from anlan.science.flood.inertial.solver import Inertial
    from anlan.science.flood.solver import Feed
    from anlan.science.flood.state import Layout, State

    y, x = np.ogrid[:n, :n]
    ground = Domain.of(0.001 * x + 0.0005 * y, dx=10.0)
    depth = np.where((x - 0.6 * n) ** 2 + (y - 0.5 * n) ** 2 < 0.0032 * n * n, 5.0, 0.0)
    start = State.of(ground, layout=Layout.FACES, depth=depth)
    stepper = Inertial().prepare(ground, start, Edges.all(Closed()), threads=1)
    none = np.zeros((1, start.h.shape[1]), start.h.dtype)
    spent = []
    for all_cells in (False, True):
        feed = Feed(none, all_cells, np.zeros(0, np.int64), np.zeros(0))
        stepper.advance(feed, start.time_s + 2.0)
        core = time.thread_time()
        steps = stepper.advance(feed, start.time_s + (20.0 if not all_cells else 6.0)).steps
        spent.append((time.thread_time() - core) / steps)
    wet = float((start.depth > 1e-5).mean())
    assert 0.009 < wet < 0.02, wet
    return spent[1] / spent[0]


def bytes_per_cell(n: int) -> float:
    """What a prepared run holds for its state and its bed, by tracing allocations."""
    import tracemalloc

    from anlan.science.flood.domain import Domain
    from anlan.science.flood.edges import Edges
    from anlan.science.flood.inertial.solver import Inertial
    from anlan.science.flood.state import Layout, State

    ground = Domain.of(valley(n), dx=10.0)
    tracemalloc.start()
    state = State.of(ground, layout=Layout.FACES)
    stepper = Inertial().prepare(ground, state, Edges(), threads=2)
    held, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    stepper.close()
    return held / n**2


def numpy_peer(n: int, steps: int = 12) -> float:
    """Mcell/s of the semi-implicit scheme of Bates et al. (2010) in whole-array NumPy, f32, without limiter or θ."""
    z = valley(n).astype(np.float32)
    h = np.full_like(z, 0.01)
    qx, qy = np.zeros((n, n + 1), np.float32), np.zeros((n + 1, n), np.float32)
    g, dx, dt, n2 = np.float32(9.80665), np.float32(10), np.float32(2), np.float32(0.035**2)
    began = time.thread_time()
    for _ in range(steps):
        e = h + z
        for q, a, b in ((qx[:, 1:-1], np.s_[:, :-1], np.s_[:, 1:]), (qy[1:-1], np.s_[:-1], np.s_[1:])):
            deep = np.maximum(e[a], e[b]) - np.maximum(z[a], z[b])
            safe = np.maximum(deep, np.float32(1e-5))
            new = (q - g * safe * dt * (e[b] - e[a]) / dx) / (
                1 + g * dt * n2 * np.abs(q) / (safe**2 * np.cbrt(safe))
            )
            q[...] = np.where(deep > 1e-5, new, 0)
        h += dt / dx * (qx[:, :-1] - qx[:, 1:] + qy[:-1] - qy[1:]) + np.float32(RAIN * MM_H) * dt
        np.maximum(h, 0, out=h)
    return n * n * steps / (time.thread_time() - began) / 1e6


def row(
    name: str, value: float, unit: str, peer: str | None = None, peer_value: float | None = None
) -> dict[str, Any]:
    return {
        "name": name,
        "value": value,
        "unit": unit,
        "peer": peer,
        "peer_value": peer_value,
        "ratio": None if peer_value is None else value / peer_value,
    }


if __name__ == "__main__":
    for each in rows():
        print(each)
