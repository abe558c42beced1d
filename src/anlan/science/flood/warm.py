"""A start that is not dry: run the base flow until the rivers hold what they carry."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np

from anlan.science.flood.domain import Domain
from anlan.science.flood.edges import Edges
from anlan.science.flood.errors import BadInput, NotWarm
from anlan.science.flood.outputs import Outputs
from anlan.science.flood.run import run
from anlan.science.flood.solver import Solver
from anlan.science.flood.state import State
from anlan.science.terrain.flow import flow_length
from anlan.science.terrain.hollows import DOWN, RIGHT, flow_directions


@dataclass(frozen=True, slots=True)
class Warm:
    """A state that base flow brought about, and by how much the rivers still fill: m³/s, and share of the base flow."""

    state: State
    fills_m3_s: float
    fills_share: float


def longest_path(domain: Domain) -> tuple[float, float]:
    """The longest way of water over a domain to where it leaves: its length and its fall, m.

    >>> longest_path(Domain.of(np.array([[7.0, 3.0, 2.0]]), dx=10.0))
    (20.0, 5.0)
    """
    bed = np.where(domain.inside, domain.bed, np.nan)
    to = flow_directions(bed)
    lengths = flow_length(to, dx=domain.dx)
    row, column = divmod(int(np.nanargmax(lengths)), domain.shape[1])
    length, top = float(lengths[row, column]), float(bed[row, column])
    while (step := int(to[row, column])) >= 0:
        row, column = row + int(DOWN[step]), column + int(RIGHT[step])
    return length, top - float(bed[row, column])


def concentration_s(*, length_m: float, fall_m: float) -> float:
    """Concentration time of a catchment in seconds.

    Kirpich (1940), Civil Engineering 10(6): 0.0195 L^0.77 S^-0.385 minutes, L the longest flow path in metres, S its
    mean slope. Fitted to farmland of 0.5 to 45 ha with slopes of 3 to 10 %; beyond, an order of magnitude only.
    Raises `BadInput`.

    >>> round(concentration_s(length_m=1000.0, fall_m=50.0) / 60)
    13
    """
    if not (math.isfinite(length_m) and length_m > 0):
        raise BadInput("length_m", f"{length_m}", "Give the longest flow path in metres")
    if not (math.isfinite(fall_m) and fall_m > 0):
        raise BadInput("fall_m", f"{fall_m}", "Give the fall along it in metres, above 0")
    return float(60.0 * 0.0195 * length_m**0.77 * (fall_m / length_m) ** -0.385)


def warm_up(
    domain: Domain,
    solver: Solver,
    *,
    edges: Edges,
    concentration_s: float,
    share: float = 0.05,
    most_times: int = 8,
    **options: Any,
) -> State:
    """The state that base flow alone brings about; its clock stands at 0, ready to be a start.

    ``edges`` with the base flow as inflows. Runs for at least ``concentration_s``, again and again until what is stored
    changes by less than ``share`` of what flows in, at most ``most_times``. ``options`` go to `run` (precision,
    threads, cancel). Raises `NotWarm` when the rivers still fill then, `BadInput`, and what `run` raises.
    """
    if not edges.inflows:
        raise BadInput("edges", "no base flow comes in", "Give inflows of the rivers, or start dry")
    if not (math.isfinite(concentration_s) and concentration_s > 0):
        raise BadInput("concentration_s", f"{concentration_s}", "Give seconds above 0")
    state: State | None = None
    for times in range(1, most_times + 1):
        found = warm(domain, solver, edges=edges, until_s=times * concentration_s, start=state, **options)
        state = found.state
        if abs(found.fills_share) <= share:
            state.time_s = 0.0
            return state
    raise NotWarm(
        f"the rivers still fill by {found.fills_m3_s:.3g} m³/s", time_s=most_times * concentration_s
    )


def warm(
    domain: Domain,
    solver: Solver,
    *,
    edges: Edges,
    until_s: float,
    start: State | None = None,
    **options: Any,
) -> Warm:
    """Run base flow (the inflows of ``edges``) from dry, or from ``start`` on, until ``until_s``, and say if it is enough.

    ``options`` go to `run`. Raises what it raises.
    """
    span = until_s - (0.0 if start is None else start.time_s)
    ended = run(
        domain, solver, until_s=until_s, start=start, edges=edges, outputs=Outputs(maps=()), **options
    )
    before = 0.0 if start is None else start.stored(domain.dx)
    filled, came = (
        ended.state.stored(domain.dx) - before,
        ended.ledger.inflow,
    )  # stores of reservoirs may go on filling
    return Warm(ended.state, filled / span, filled / came if came > 0 else 0.0)
