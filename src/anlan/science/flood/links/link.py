"""A link between two pools of a run, and the storage of a reservoir that the terrain does not show."""

import math
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from anlan.science.flood.errors import BadInput
from anlan.science.flood.links.ways import Way


@dataclass(frozen=True, slots=True)
class Pool:
    """The cells within ``radius_m`` of a place, or its own cell; wide enough that a tick's water is little of it."""

    x: float
    y: float
    radius_m: float = 0.0


@dataclass(frozen=True, slots=True)
class Store:
    """Stage and storage of a reservoir, and its level at the start.

    Levels (m, the terrain's zero) and volumes (m³) both grow; the highest level is the crown of the dam.
    """

    levels: tuple[float, ...]
    volumes: tuple[float, ...]
    start_m: float

    def __post_init__(self) -> None:
        if len(self.levels) < 2 or len(self.levels) != len(self.volumes):
            raise BadInput("storage", "levels and volumes differ in number", "Give two or more, each with m³")
        if not all(map(math.isfinite, (*self.levels, *self.volumes, self.start_m))) or self.volumes[0] < 0:
            raise BadInput("storage", "a value is missing or below 0", "Give m and m³")
        if any(b <= a for values in (self.levels, self.volumes) for a, b in pairwise(values)):
            raise BadInput("storage", "levels or volumes do not grow", "Sort from the lowest to the crown")
        if not self.levels[0] <= self.start_m <= self.levels[-1]:
            raise BadInput("storage", f"start_m {self.start_m:g} is outside its levels", "Extend the table")

    def level(self, volume: float) -> float:
        """The level (m) at a volume (m³)."""
        return float(np.interp(volume, self.volumes, self.levels))

    def volume(self, level: float) -> float:
        """The volume (m³) at a level."""
        return float(np.interp(level, self.levels, self.volumes))


@dataclass(frozen=True, slots=True)
class Link:
    """Water from ``giver`` to ``taker`` by all ``ways`` together; without a taker it leaves the domain.

    With a ``store`` all water that comes to the giver's cells goes into it: for a reservoir whose ground nobody
    surveyed. Without, the raster itself is the storage.
    """

    name: str
    giver: Pool
    taker: Pool | None
    ways: tuple[Way, ...]
    store: Store | None = None

    def __post_init__(self) -> None:
        if not self.ways:
            raise BadInput("links", f"{self.name} has no way out", "Give it a rating, a weir or a gate")
