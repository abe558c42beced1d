"""What a run is asked for, and what it gives back."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from anlan.science.flood.errors import BadInput
from anlan.science.flood.state import Ledger, State
from anlan.science.jit import Floats, Int64s, Reals

MapName = Literal["max_depth", "max_speed", "max_hazard", "arrival_s", "duration_s", "max_flow"]
"""``max_hazard`` is the greatest d·(v + 0.5) at any one moment, without a debris factor, ``max_flow`` the greatest d·v
(m²/s): see `hazard`."""


@dataclass(frozen=True, slots=True)
class Point:
    """A place whose depth is kept in time; ``radius_m`` around it the Froude share is counted."""

    name: str
    x: float
    y: float
    radius_m: float = 200.0


@dataclass(frozen=True, slots=True)
class Area:
    """Named cells whose Froude share is counted: the homes of a village and what lies around them.

    ``cells`` (k,): row * columns + column, inside the domain, each once.
    """

    name: str
    cells: Int64s


@dataclass(frozen=True, slots=True)
class Line:
    """A section from (x0, y0) to (x1, y1); discharge is positive from its left to its right."""

    name: str
    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class Outputs:
    """What to keep. Each map costs 4 bytes a cell, each snapshot 8.

    ``wet_m``: the depth that counts as arrived and under water. ``series_every_s``: spacing of curves.
    ``froude_limit``: the share of cells (deeper than ``froude_depth_m``, weighted by time) with Fr > 0.8 above which
    a local inertial result says that it is outside its range.
    """

    maps: tuple[MapName, ...] = ("max_depth", "max_speed", "arrival_s")
    points: tuple[Point, ...] = ()
    lines: tuple[Line, ...] = ()
    areas: tuple[Area, ...] = ()
    snapshot_minutes: tuple[float, ...] = ()
    series_every_s: float = 60.0
    wet_m: float = 0.1
    froude_depth_m: float = 0.05
    froude_limit: float = 0.2

    def __post_init__(self) -> None:
        strange = set(self.maps) - set(get_args(MapName))
        if strange:
            raise BadInput("maps", f"no map {sorted(strange)}", f"Choose of {', '.join(get_args(MapName))}")
        if not (math.isfinite(self.series_every_s) and self.series_every_s > 0):
            raise BadInput("series_every_s", f"{self.series_every_s}", "Give seconds above 0")
        names = [each.name for kind in (self.points, self.lines, self.areas) for each in kind]
        if len(set(names)) < len(names):
            raise BadInput("points", "two have the same name", "Give each point, line and area its own name")


@dataclass(frozen=True, slots=True)
class Curve:
    """Values in time: ``seconds`` and ``values`` (k, columns) f64."""

    name: str
    columns: tuple[str, ...]
    seconds: Floats
    values: Floats


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Depth (m) and speed (m/s) of every cell at one moment, f32."""

    seconds: float
    depth: Reals
    speed: Reals


@dataclass(frozen=True, slots=True)
class FroudeShare:
    """The share of deep cells, weighted by time, whose Froude number exceeds 0.8: overall, by point and by area."""

    overall: float
    points: Mapping[str, float]
    areas: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Result:
    """What a run that was not refused gives. Arrays are (ny, nx), row 0 in the north; NaN in ``arrival_s``: never.

    ``outside_range`` says why the method does not describe this flood ("" when it does): such a result
    must be run again with Godunov before anybody relies on it. ``bytes_used`` is what was stated before the start.
    ``links``: what each moved.
    """

    solver: str
    state: State
    ledger: Ledger
    maps: Mapping[MapName, Reals]
    points: tuple[Curve, ...]
    lines: tuple[Curve, ...]
    snapshots: tuple[Snapshot, ...]
    froude: FroudeShare
    steps: int
    bytes_used: int
    outside_range: str = ""
    links: tuple[Curve, ...] = ()
    checkpoint: Mapping[str, Any] = field(default_factory=dict, repr=False)
