"""One vocabulary for what the rim of a domain does, and for rivers that come in.

Each edge (n, e, s, w) is `Closed`, `Open` or a `Stage`; an `Inflow` is a hydrograph over a disc. Cells outside the
mask are walls whatever the edges say.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from anlan.science.flood.errors import BadInput


@dataclass(frozen=True, slots=True)
class Series:
    """A value in time: straight between its minutes, held before the first and after the last."""

    minutes: tuple[float, ...]
    values: tuple[float, ...]

    @classmethod
    def of(cls, minutes: Sequence[float], values: Sequence[float], *, name: str) -> "Series":
        """Check a series; ``values`` in the unit of what it is used for. Raises `BadInput` naming ``name``."""
        made = cls(tuple(map(float, minutes)), tuple(map(float, values)))
        if not made.minutes or len(made.minutes) != len(made.values):
            raise BadInput(name, "as many minutes as values are needed, at least one", "Complete the series")
        if not all(map(math.isfinite, (*made.minutes, *made.values))):
            raise BadInput(name, "a minute or value is missing", "Remove the row or fill it")
        if any(b <= a for a, b in zip(made.minutes, made.minutes[1:], strict=False)):
            raise BadInput(name, "minutes do not grow", "Sort the rows by minute, one row a minute")
        return made

    def at(self, time_s: float) -> float:
        """The value at a moment."""
        return float(np.interp(time_s / 60.0, self.minutes, self.values))

    def mean(self, start_s: float, end_s: float) -> float:
        """The exact mean over a span: a hydrograph loses no volume, however long the step."""
        if end_s <= start_s:
            return self.at(start_s)
        knots = [60.0 * m for m in self.minutes if start_s < 60.0 * m < end_s]
        times = np.array([start_s, *knots, end_s])
        values = np.array([self.at(t) for t in times])
        return float(np.sum(0.5 * (values[1:] + values[:-1]) * np.diff(times)) / (end_s - start_s))


@dataclass(frozen=True, slots=True)
class Closed:
    """A wall: nothing passes."""


@dataclass(frozen=True, slots=True)
class Open:
    """Free outflow: water leaves at normal depth along the bed's own slope, at least ``slope`` (m/m); none enters."""

    slope: float = 0.001

    def __post_init__(self) -> None:
        if not (math.isfinite(self.slope) and 0 <= self.slope <= 1):
            raise BadInput("boundary", f"an open edge with slope {self.slope}", "Give m/m, 0 to 1")


@dataclass(frozen=True, slots=True)
class Stage:
    """A water level (metres above the zero of the terrain that was given, not above the run datum) in time."""

    level: Series


Edge = Closed | Open | Stage


@dataclass(frozen=True, slots=True)
class Inflow:
    """A hydrograph (m³/s) spread evenly over the cells within ``radius_m`` of a place."""

    x: float
    y: float
    discharge: Series
    radius_m: float = 0.0

    def __post_init__(self) -> None:
        if min(self.discharge.values) < 0:
            raise BadInput("inflow", "a discharge is negative", "Give m³/s into the domain, 0 or more")
        if not (math.isfinite(self.radius_m) and self.radius_m >= 0):
            raise BadInput("inflow", f"radius {self.radius_m}", "Give metres, 0 or more")


@dataclass(frozen=True, slots=True)
class Edges:
    """What the four edges do, and the rivers that come in."""

    n: Edge = field(default_factory=Open)
    e: Edge = field(default_factory=Open)
    s: Edge = field(default_factory=Open)
    w: Edge = field(default_factory=Open)
    inflows: tuple[Inflow, ...] = ()

    @classmethod
    def all(cls, edge: Edge, *, inflows: Sequence[Inflow] = ()) -> "Edges":
        """The same on every side."""
        return cls(edge, edge, edge, edge, tuple(inflows))
