"""A start that is not dry: run the base flow until the rivers hold what they carry."""

import math
from typing import Any

from anlan.science.flood.domain import Domain
from anlan.science.flood.edges import Edges
from anlan.science.flood.errors import BadInput, NotWarm
from anlan.science.flood.outputs import Outputs
from anlan.science.flood.run import run
from anlan.science.flood.solver import Solver
from anlan.science.flood.state import State

__all__ = ["concentration_s", "warm_up"]


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
        ended = run(
            domain,
            solver,
            until_s=times * concentration_s,
            start=state,
            edges=edges,
            outputs=Outputs(maps=()),
            **options,
        )
        state, account = ended.state, ended.ledger
        if abs(account.stored - account.start) <= share * account.inflow:
            state.time_s = 0.0
            return state
    raise NotWarm(
        f"the rivers still fill by {(account.stored - account.start) / concentration_s:.3g} m³/s",
        time_s=most_times * concentration_s,
    )
