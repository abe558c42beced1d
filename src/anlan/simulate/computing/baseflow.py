"""基流 base flow of a ground: rivers that carry water before it rains. No database.

Where a ground states it, a run that goes on from no other begins with rivers that are full of it, and they flow all the while.
That state depends on nothing but the ground and the method: it is brought about once, and lies beside the ground's file.
"""

import logging
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from anlan.science.flood.domain import Domain
from anlan.science.flood.edges import Edges, Inflow, Series
from anlan.science.flood.errors import BadInput
from anlan.science.flood.solver import Solver
from anlan.science.flood.state import State
from anlan.science.flood.warm import Warm, warm
from anlan.simulate.computing import states
from anlan.simulate.computing.shapes import Job, Terrain

STEADY = 0.05
"""Of the base flow may still fill the rivers when they count as full."""
MOST_TIMES = 8
log = logging.getLogger(__name__)


def edges(terrain: Terrain) -> Edges:
    """Open edges, and the rivers that come in."""
    rows = zip(terrain.base_x, terrain.base_y, terrain.base_radius_m, terrain.base_m3_s, strict=True)
    rivers = (
        Inflow(float(x), float(y), Series.of([0], [flow], name="m3_s"), float(r)) for x, y, r, flow in rows
    )
    return Edges(inflows=tuple(rivers))


def base_figures(job: Job, terrain: Terrain) -> dict[str, Any]:
    """What a run's figures say of it; `base_fills_m3_s`: what goes on filling lakes and hollows, empty where little does."""
    rivers = int(terrain.base_m3_s.size)
    if not rivers:
        return {"base_rivers": 0}
    path, flow = (
        file_of(Path(job.ground), solver=job.solver, precision=job.precision),
        float(terrain.base_m3_s.sum()),
    )
    fills = 0.0
    if path.exists():  # a run that goes on from another needs it no more
        with np.load(path) as kept:
            fills = float(kept["fills_m3_s"])
    filling = f"{fills:.2g}" if fills > STEADY * flow else ""
    return {"base_rivers": rivers, "base_m3_s": f"{flow:.3g}", "base_fills_m3_s": filling}


def file_of(ground: Path, *, solver: str, precision: str) -> Path:
    """Where the state that base flow brings about lies, beside the ground's file."""
    return ground.with_name(f"{ground.stem}.base-{solver}-{precision}-v{states.VERSION}.npz")


def start(
    job: Job, terrain: Terrain, domain: Domain, solver: Solver, *, threads: int, cancel: Callable[[], bool]
) -> State | None:
    """Rivers full of their base flow; None, so dry, where the ground states none. Brought about where it does not lie ready.

    Raises: Cancelled, and what `run` raises.
    """
    if not terrain.base_m3_s.size:
        return None
    path = file_of(Path(job.ground), solver=job.solver, precision=job.precision)
    if not path.exists():
        begun = time.perf_counter()
        filled = fill(terrain, domain, solver, precision=job.precision, threads=threads, cancel=cancel)
        keep(path, filled)
        log.info("base flow filled the rivers of %s in %.1f s", path.name, time.perf_counter() - begun)
    return states.read(path)


def fill(terrain: Terrain, domain: Domain, solver: Solver, **options: Any) -> Warm:
    """The state that base flow brings about: at least the concentration time of the ground, until it leaves as it comes.

    Or for MOST_TIMES as long: a lake or a hollow may go on filling for weeks, and the rivers above it are full all the same.
    `options` go to `run`. Raises: BadInput where the ground has no concentration time, and what `run` raises.
    """
    if not terrain.concentration_min > 0:
        raise BadInput(
            "base flow", "the ground has no fall, so no concentration time", "Leave the base flow out"
        )
    only, found = edges(terrain), None
    for times in range(1, MOST_TIMES + 1):
        until_s = times * 60 * terrain.concentration_min
        found = warm(domain, solver, edges=only, until_s=until_s, start=found and found.state, **options)
        if abs(found.fills_share) <= STEADY:
            break
    assert found is not None
    found.state.time_s = 0.0
    return found


def keep(path: Path, filled: Warm) -> None:
    """For every run that begins."""
    states.keep(path, filled.state, fills_m3_s=filled.fills_m3_s)
