"""A reservoir as one level: what comes in, what its gates and its spillway let out."""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from anlan.science.fields import Field, science
from anlan.science.flood.edges import Series
from anlan.science.flood.errors import BadInput, LeftValidity
from anlan.science.jit import Floats


@dataclass(frozen=True, slots=True)
class Reservoir:
    """Levels (m, any zero) that grow, the storage (m³) at each, and the ways out.

    ``gates``: m³/s let out at each level by the rule in force, straight between. ``crest_m``, ``crest_width_m`` and
    ``crest_factor`` (m^0.5/s): a free spillway, Q = C b H^1.5. The highest level is the crown of the dam.
    """

    levels: tuple[float, ...]
    storage: tuple[float, ...]
    gates: tuple[float, ...]
    crest_m: float
    crest_width_m: float
    crest_factor: float = 1.9

    def __post_init__(self) -> None:
        if len(self.levels) < 2 or not len(self.levels) == len(self.storage) == len(self.gates):
            raise BadInput(
                "levels", "levels, storage and gates differ in length", "Give each level its two values"
            )
        if not all(map(math.isfinite, (*self.levels, *self.storage, *self.gates))):
            raise BadInput("levels", "a value is missing", "Fill it")
        for name, values in (("levels", self.levels), ("storage", self.storage)):
            if any(b <= a for a, b in pairwise(values)):
                raise BadInput(name, "values do not grow", "Sort from the lowest to the crown")
        if min(self.gates) < 0 or self.crest_width_m < 0:
            raise BadInput("gates", "a discharge or width is negative", "Give 0 or more")

    def out(self, level: float) -> float:
        """m³/s that leave at a level."""
        head = max(level - self.crest_m, 0.0)
        spilled = self.crest_factor * self.crest_width_m * head * math.sqrt(head)
        return float(np.interp(level, self.levels, self.gates)) + spilled


@science(
    Field("return.0", "float64", ("moment",), "s", "out"),
    Field("return.1", "float64", ("moment",), "m, as the levels", "out"),
    Field("return.2", "float64", ("moment",), "m³/s out", "out"),
    source="level-pool routing (Puls); Heun in time; Chow, Maidment and Mays (1988), §8.2",
)
def route(
    reservoir: Reservoir, inflow: Series, *, level: float, until_s: float, step_s: float = 60.0
) -> tuple[Floats, Floats, Floats]:
    """Level and outflow in time from a starting level; the pool is flat, so long narrow lakes are out of range.

    The inflow's volume is kept exactly: inflow − outflow is what storage gains (to rounding). Raises `LeftValidity` when
    water reaches the crown (a breach must then be thought of: `breach`), `BadInput` for a start outside the levels.

    >>> lake = Reservoir((100.0, 110.0), (0.0, 1e6), (0.0, 0.0), crest_m=108.0, crest_width_m=20.0)
    >>> route(lake, Series.of([0], [0.0], name="inflow"), level=105.0, until_s=120.0)[1]
    array([105., 105., 105.])
    """
    if not reservoir.levels[0] <= level <= reservoir.levels[-1]:
        raise BadInput(
            "level", f"{level} is outside {reservoir.levels[0]} to {reservoir.levels[-1]}", "Extend the table"
        )
    if not (math.isfinite(until_s) and until_s > 0 and step_s > 0):
        raise BadInput("until_s", f"{until_s}", "Give seconds above 0")
    count = math.ceil(until_s / step_s)
    seconds, stored = (
        np.linspace(0.0, until_s, count + 1),
        float(np.interp(level, reservoir.levels, reservoir.storage)),
    )
    levels, out = np.full(count + 1, level), np.full(count + 1, reservoir.out(level))
    dt = until_s / count
    for n in range(count):
        came = inflow.mean(seconds[n], seconds[n + 1])
        first = reservoir.out(_level(reservoir, stored))
        second = reservoir.out(_level(reservoir, stored + dt * (came - first)))
        went = min(0.5 * (first + second), (stored - reservoir.storage[0]) / dt + came)
        stored += dt * (came - went)
        levels[n + 1], out[n + 1] = _level(reservoir, stored), went
        if stored >= reservoir.storage[-1]:
            raise LeftValidity("water runs over the crown of the dam", time_s=float(seconds[n + 1]))
    return seconds, levels, out


def _level(reservoir: Reservoir, stored: float) -> float:
    return float(np.interp(stored, reservoir.storage, reservoir.levels))
