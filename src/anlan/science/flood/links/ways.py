"""Ways out of a pool by its level: a rating, a free spillway, a gate with its rule."""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from anlan.science.flood.domain import G
from anlan.science.flood.errors import BadInput


@dataclass(frozen=True, slots=True)
class Rating:
    """What leaves (m³/s) at each level (m, the terrain's zero): straight between, none below the first, held above."""

    levels: tuple[float, ...]
    discharges: tuple[float, ...]

    def __post_init__(self) -> None:
        if not self.levels or len(self.levels) != len(self.discharges):
            raise BadInput(
                "rating", "levels and discharges differ in number", "Give each level its discharge"
            )
        if not all(map(math.isfinite, (*self.levels, *self.discharges))) or min(self.discharges) < 0:
            raise BadInput("rating", "a value is missing or below 0", "Give m and m³/s, 0 or more")
        if any(b <= a for a, b in pairwise(self.levels)):
            raise BadInput("rating", "levels do not grow", "Sort from the lowest")

    @property
    def sill(self) -> float:
        """The level below which nothing leaves."""
        return self.levels[0]

    def out(self, level: float, tail: float, opening: float) -> float:
        """m³/s; nothing once the water below stands as high."""
        below = level < self.levels[0] or tail >= level
        return 0.0 if below else float(np.interp(level, self.levels, self.discharges))


@dataclass(frozen=True, slots=True)
class Weir:
    """A free spillway, Q = C b H^1.5, drowned after Villemonte (1947), Engineering News-Record 139.

    ``crest_m`` (the terrain's zero), ``width_m``, ``factor`` C in m^0.5/s: 1.7 broad crest, 1.9 to 2.2 ogee.
    """

    crest_m: float
    width_m: float
    factor: float = 1.9

    def __post_init__(self) -> None:
        _numbers("weir", crest_m=self.crest_m, width_m=self.width_m, factor=self.factor)

    @property
    def sill(self) -> float:
        """The crest."""
        return self.crest_m

    def out(self, level: float, tail: float, opening: float) -> float:
        """m³/s over the crest."""
        head, drowned = level - self.crest_m, max(tail - self.crest_m, 0.0)
        if head <= 0 or drowned >= head:
            return 0.0
        free = self.factor * self.width_m * head * math.sqrt(head)
        return free * (1.0 - (drowned / head) ** 1.5) ** 0.385 if drowned > 0 else free


@dataclass(frozen=True, slots=True)
class Gate:
    """An opening (m) over a sill, raised by a rule on the level of the giving pool: (from this level on, so far).

    Q = c b a √(2 g ΔH) while the gate touches the water, never more than the sill carries as a broad weir
    (1.705 b H^1.5). Closed below the first level of the rule. ``factor`` c: 0.6 for a sharp lip.
    """

    sill_m: float
    width_m: float
    rule: tuple[tuple[float, float], ...]
    factor: float = 0.6

    def __post_init__(self) -> None:
        _numbers("gate", sill_m=self.sill_m, width_m=self.width_m, factor=self.factor)
        if not self.rule or not all(math.isfinite(v) for step in self.rule for v in step):
            raise BadInput(
                "gate", "its rule is empty or a value is missing", "Give pairs of level and opening"
            )
        if any(b[0] <= a[0] for a, b in pairwise(self.rule)) or min(o for _, o in self.rule) < 0:
            raise BadInput(
                "gate", "levels of the rule do not grow, or an opening is below 0", "Sort the rule"
            )

    @property
    def sill(self) -> float:
        """The sill."""
        return self.sill_m

    def opening(self, level: float) -> float:
        """How far the rule raises the gate at a level, m."""
        return next((o for at, o in reversed(self.rule) if level >= at), 0.0)

    def out(self, level: float, tail: float, opening: float) -> float:
        """m³/s under the gate."""
        head = level - self.sill_m
        drop = level - max(tail, self.sill_m)
        if head <= 0 or drop <= 0 or opening <= 0:
            return 0.0
        under = self.factor * opening * math.sqrt(2.0 * G * drop)
        return self.width_m * min(under, 1.705 * head * math.sqrt(drop))


Way = Rating | Weir | Gate


def _numbers(what: str, **values: float) -> None:
    for name, value in values.items():
        if not math.isfinite(value) or (name in ("width_m", "factor") and value <= 0):
            raise BadInput(what, f"{name} is {value}", "Give metres, and widths and factors above 0")
