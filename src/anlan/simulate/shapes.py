"""What a run computes from and what comes of it: plain data that goes to another process and back."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan.simulate.rules.verdict import Figures

Floats = NDArray[np.float64]
NOW = "now.npz"
"""In a run's folder: the state at its minute 0, for the next run to start from."""
WET_M = 0.3
"""A home stands in water from this depth on: above the doorstep. Our choice, 待核实."""


@dataclass(frozen=True, kw_only=True)
class Terrain:
    """A grid of square cells in a metric system; row 0 is the northernmost.

    bed: (ny, nx) metres above sea level, NaN outside the domain; manning: (ny, nx) s/m^(1/3);
    width: (ny, nx) metres of a channel narrower than a cell, 0 where there is none; depth: its bankfull depth, m;
    west, north: metres of the upper left corner; crs: "EPSG:n".
    """

    bed: Floats
    manning: Floats
    width: Floats
    depth: Floats
    dx: float
    west: float
    north: float
    crs: str

    @classmethod
    def load(cls, path: Path) -> "Terrain":
        """Read a ground's file."""
        with np.load(path) as stored:
            arrays = {name: stored[name] for name in ("bed", "manning", "width", "depth")}
            numbers = {name: float(stored[name]) for name in ("dx", "west", "north")}
            return cls(**arrays, **numbers, crs=str(stored["crs"]))

    def cells(self, x: Floats, y: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Row and column of points in the grid's own system; may lie outside."""
        return (
            np.floor((self.north - y) / self.dx).astype(np.int64),
            np.floor((x - self.west) / self.dx).astype(np.int64),
        )


@dataclass(frozen=True, kw_only=True)
class Making:
    """A ground that is to be made: by whom (`module:function`), of which cells, and where its file goes."""

    maker: str
    dx: float
    path: str


@dataclass(frozen=True, kw_only=True)
class Job:
    """What a run computes from; it can be sent to another process.

    first_min ≤ 0: minute at which the state starts, before the moment of the run; until_min: where it ends.
    rain_min (k,), rain_mm_h (k,) or (k, ny, nx): each rate holds from its minute on.
    cn, wetness: the SCS curve number of the ground and how wet it is (dry, normal, wet); None: all rain runs off.
    home_place, home_x, home_y (homes,): village of each home and metres in the ground's system.
    """

    folder: str
    ground: str
    solver: str
    precision: str
    first_min: float
    until_min: float
    rain_min: tuple[float, ...]
    rain_mm_h: Floats
    cn: float | None = None
    wetness: str = "wet"
    start: str = ""
    keeps_now: bool = False
    home_place: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    home_x: Floats = field(default_factory=lambda: np.empty(0))
    home_y: Floats = field(default_factory=lambda: np.empty(0))


@dataclass(frozen=True, kw_only=True)
class VillageFound:
    """Water where a village's people live: the deepest home, the minute of the first 0.3 m, homes that stand in it."""

    depth_cm: int
    arrives_min: int | None
    households: int
    curve: Sequence[tuple[int, int]]


@dataclass(frozen=True, kw_only=True)
class Found:
    """What came of a job."""

    checks: Figures
    figures: Mapping[str, Any]
    villages: Mapping[int, VillageFound]
    log: str = ""
