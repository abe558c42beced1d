"""A start that is not dry: base flow before minute 0, for at least the concentration time of the terrain."""

import argparse
import math
from dataclasses import dataclass, replace
from typing import Any

from anlan.cli.simulate.files import InputWrong, csv_rows, number, text
from anlan.cli.simulate.flood.layers import named
from anlan.science.flood.domain import Domain
from anlan.science.flood.edges import Edges, Inflow, Series
from anlan.science.flood.solver import Solver
from anlan.science.flood.state import State
from anlan.science.flood.warm import concentration_s, longest_path, warm, warm_up

_KEYS = ("x", "y", "radius_m", "m3_s")
_STEADY = 0.05  # of the base flow may still fill the rivers


@dataclass(frozen=True, slots=True)
class Warming:
    """``minutes`` of ``base`` flow before minute 0; without minutes, until it leaves as it comes."""

    base: tuple[Inflow, ...]
    minutes: float | None
    concentration_min: float


@dataclass(frozen=True, slots=True)
class Warmed:
    """The state at minute 0, and what is told of it."""

    state: State
    told: dict[str, Any]


def base_flow(path: str) -> tuple[Inflow, ...]:
    """Steady inflows that never end. Raises `InputWrong`."""
    found = []
    with named("--base-flow", path):
        for n, row in enumerate(csv_rows(text(path), _KEYS), 1):
            x, y, radius, flow = (number(row, key, where=f"row {n}: ") for key in _KEYS)
            if flow < 0:
                raise InputWrong(f"row {n}: m3_s is {flow:g}: give what flows in, 0 or more")
            found.append(Inflow(x, y, Series.of([0], [flow], name="m3_s"), radius))
    return tuple(found)


def plan(args: argparse.Namespace, domain: Domain, base: tuple[Inflow, ...]) -> Warming | None:
    """What is to be run before minute 0, None where nothing is. Raises `InputWrong`."""
    if args.warm_up and not base:
        raise InputWrong("--warm-up: nothing flows while it is dry; give --base-flow too")
    minutes = number({"--warm-up": args.warm_up}, "--warm-up", default=math.nan)
    if minutes < 0:
        raise InputWrong(f"--warm-up is {minutes:g}: give minutes, 0 or more")
    if not base or minutes == 0:
        return None
    length, fall = longest_path(domain)
    if not fall > 0:
        if math.isnan(minutes):
            raise InputWrong(
                "--warm-up is missing: the terrain has no fall, so no concentration time is known"
            )
        return Warming(base, minutes, 0.0)
    needed = concentration_s(length_m=length, fall_m=fall) / 60
    return Warming(base, None if math.isnan(minutes) else minutes, needed)


def bring(warming: Warming, domain: Domain, solver: Solver, edges: Edges, **options: Any) -> Warmed:
    """The state that the base flow brings about. Raises what `run` raises, and `NotWarm`."""
    only = replace(edges, inflows=warming.base)
    told: dict[str, Any] = {"concentration_min": round(warming.concentration_min, 1)}
    if warming.minutes is None:
        seconds = 60 * warming.concentration_min
        state = warm_up(domain, solver, edges=only, concentration_s=seconds, share=_STEADY, **options)
        return Warmed(state, {"minutes": None, **told, "fills_m3_s": None, "steady": True})
    half = warm(domain, solver, edges=only, until_s=30 * warming.minutes, **options)
    whole = warm(domain, solver, edges=only, until_s=60 * warming.minutes, start=half.state, **options)
    whole.state.time_s = 0.0
    told |= {"minutes": warming.minutes, "fills_m3_s": round(whole.fills_m3_s, 4)}
    return Warmed(whole.state, told | {"steady": abs(whole.fills_share) <= _STEADY})


def warnings(told: dict[str, Any] | None) -> list[str]:
    """What is doubtful about a warm-up."""
    if told is None or told["minutes"] is None:
        return []
    found = []
    if told["minutes"] < told["concentration_min"]:
        found.append(
            f"the warm-up of {told['minutes']:g} minutes is shorter than the concentration time of "
            f"{told['concentration_min']:g} minutes (Kirpich 1940); give --warm-up that long, or leave it out"
        )
    if not told["steady"]:
        found.append(
            f"after the warm-up the rivers still fill by {told['fills_m3_s']:.3g} m³/s; give --warm-up longer"
        )
    return found
