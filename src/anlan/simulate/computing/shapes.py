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
NOBODY = "none"
"""Whose word of a village it is where none can be given."""
BASE = ("base_x", "base_y", "base_radius_m", "base_m3_s")
"""What a ground states of its rivers; a file of before knows none of it."""
WET_M = 0.3
"""A home stands in water from this depth on: above the doorstep. Our choice, 待核实."""


@dataclass(frozen=True, kw_only=True)
class Terrain:
    """A grid of square cells in a metric system; row 0 is the northernmost.

    bed: (ny, nx) metres above sea level, NaN outside the domain; manning: (ny, nx) s/m^(1/3);
    width: (ny, nx) metres of a channel narrower than a cell, 0 where there is none; depth: its bankfull depth, m;
    west, north: metres of the upper left corner; crs: "EPSG:n".
    concentration_min: minutes that water is under way at most; 0 where nobody worked it out.
    base_x, base_y, base_radius_m, base_m3_s (rivers,): the base flow of each river and the disc over which it comes in, m.
    """

    bed: Floats
    manning: Floats
    width: Floats
    depth: Floats
    dx: float
    west: float
    north: float
    crs: str
    concentration_min: float = 0.0
    base_x: Floats = field(default_factory=lambda: np.empty(0))
    base_y: Floats = field(default_factory=lambda: np.empty(0))
    base_radius_m: Floats = field(default_factory=lambda: np.empty(0))
    base_m3_s: Floats = field(default_factory=lambda: np.empty(0))

    @classmethod
    def load(cls, path: Path) -> "Terrain":
        """Read a ground's file."""
        with np.load(path) as stored:
            arrays = {name: stored[name] for name in ("bed", "manning", "width", "depth")}
            arrays |= {name: stored[name] for name in BASE if name in stored}
            numbers = {name: float(stored[name]) for name in ("dx", "west", "north")}
            known = float(stored["concentration_min"]) if "concentration_min" in stored else 0.0
            return cls(**arrays, **numbers, crs=str(stored["crs"]), concentration_min=known)

    def cells(self, x: Floats, y: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Row and column of points in the grid's own system; may lie outside."""
        return (
            np.floor((self.north - y) / self.dx).astype(np.int64),
            np.floor((x - self.west) / self.dx).astype(np.int64),
        )

    def has_land(self, x: Floats, y: Floats) -> NDArray[np.bool_]:
        """Which points lie on a cell that can be run."""
        row, column = self.cells(x, y)
        ny, nx = self.bed.shape
        inside = (row >= 0) & (row < ny) & (column >= 0) & (column < nx)
        inside[inside] = np.isfinite(self.bed[row[inside], column[inside]])
        return np.asarray(inside, np.bool_)


@dataclass(frozen=True, kw_only=True)
class Making:
    """A ground that is to be made: by whom (`module:function`), of which cells, and where its file goes."""

    maker: str
    dx: float
    path: str


@dataclass(frozen=True, kw_only=True)
class Swift:
    """急流: around a village, from which share of fast water (0..1) on local inertial is not believed, and how it is run again.

    radius_m: around homes; below_m: how far below them the land is run too; most_msteps: millions of cells stepped at most.
    """

    radius_m: float
    bound: float
    below_m: float
    most_msteps: float


@dataclass(frozen=True, kw_only=True)
class Gauge:
    """水位站: a river gauge in the domain, and the stage it reported: minutes before minute 0 (≤ 0) and metres above its zero."""

    address: str
    x: float
    y: float
    minutes: tuple[float, ...]
    metres: tuple[float, ...]


@dataclass(frozen=True, kw_only=True)
class Job:
    """What a run computes from; it can be sent to another process.

    first_min ≤ 0: minute at which the state starts, before the moment of the run; until_min: where it ends.
    rain_min (k,), rain_mm_h (k,) or (k, ny, nx): each rate holds from its minute on.
    cn, wetness: the SCS curve number of the ground and how wet it is (dry, normal, wet); None: all rain runs off.
    warmed_min: minutes of fallen rain that lie behind minute 0, with those of the runs it goes on from.
    swift: when and how what is too fast for local inertial is run again; None: never.
    gauges: river gauges to hold the rise up to minute 0 against, within gauge_band_m; uncompared: why there are none
    (made_up, none).
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
    warmed_min: float = 0.0
    swift: Swift | None = None
    gauges: tuple[Gauge, ...] = ()
    gauge_band_m: float = 0.5
    uncompared: str = ""
    home_place: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    home_x: Floats = field(default_factory=lambda: np.empty(0))
    home_y: Floats = field(default_factory=lambda: np.empty(0))


@dataclass(frozen=True, kw_only=True)
class VillageSaid:
    """Water where a village's people live: the deepest home, homes that stand in 0.3 m, minute and depth (cm) in pairs.

    fast_percent: of the wet cells around, those with Fr > 0.8. solver: whose word it is where it is not the run's own;
    `NOBODY` where the method is outside its range and nobody else could be asked. share_percent, low_cm, high_cm: of an
    ensemble; then depth, arrival and households are medians. `models.VillageWater` keeps them under the same names.
    """

    depth_cm: int
    households: int
    curve: Sequence[Sequence[int]]
    fast_percent: int = 0
    solver: str = ""
    share_percent: int | None = None
    low_cm: int | None = None
    high_cm: int | None = None


@dataclass(frozen=True, kw_only=True)
class VillageFound(VillageSaid):
    """The same as it is computed: with the minute of the first 0.3 m, None where it stays below."""

    arrives_min: int | None


@dataclass(frozen=True, kw_only=True)
class Found:
    """What came of a job."""

    checks: Figures
    figures: Mapping[str, Any]
    villages: Mapping[int, VillageFound]
    log: str = ""
