"""One storm over one catchment, until the water at every village has passed its peak."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from anlan.science.fields import science
from anlan.science.flood.critical.cutting import SIDES, Catchment, Land
from anlan.science.flood.critical.storms import Hyetograph, net_mm, retention_mm
from anlan.science.flood.critical.told import WETNESS
from anlan.science.flood.domain import RING, Domain
from anlan.science.flood.edges import Closed, Edge, Edges, Open
from anlan.science.flood.errors import Cancelled
from anlan.science.flood.godunov.solver import Godunov
from anlan.science.flood.inertial.channels import Channels
from anlan.science.flood.inertial.solver import Inertial
from anlan.science.flood.outputs import Outputs, Point
from anlan.science.flood.run import Checkpoint, memory, run
from anlan.science.flood.solver import Solver
from anlan.science.flood.sources import Rain, ScsCn, Sources
from anlan.science.jit import Floats, Int64s

LOOK_S = 600.0
PASSED = 0.95
"""A stream has passed its peak when it holds less than this share of the most it held."""
STILL_M, STILL_LOOKS = 0.005, 3
"""Water at the homes stands still when it rose by less than this at so many looks on end."""
TAIL = (0.5, 1.25)
"""A run goes on after the rain for at least and at most these shares of the concentration time: a wave from the hills comes
after the peak of the slopes near by."""
_LEAST_TAIL_MIN = 60.0
_NEAR_M = 200.0
Method = Literal["li", "godunov"]


@dataclass(frozen=True, slots=True)
class Storm:
    """What falls, and on what: depth and duration by a named shape; curve number and class of wetness; roughness × ``roughness``."""

    rain_mm: float
    minutes: int
    shape: Hyetograph
    cn: float
    wetness: str
    roughness: float = 1.0


@dataclass(frozen=True, slots=True)
class Once:
    """What one run found, by village.

    The greatest depth (m) that the share of homes stands in, when it was ``threshold_m`` (min, None: never), and the share
    of deep cells near its stream with Fr > 0.8.

    ``until_min``: where the run ended; ``is_whole``: every village was past its peak there. ``steps`` 0: nothing runs off,
    nothing was run.
    """

    depth_m: tuple[float, ...]
    reached_min: tuple[float | None, ...]
    fast: tuple[float, ...]
    steps: int
    until_min: float
    is_whole: bool


@science(source="own, over the solvers of this room")
def once(
    place: Catchment,
    land: Land,
    storm: Storm,
    *,
    threshold_m: float,
    homes_share: float = 0.0,
    solver: Method = "li",
    stop: Callable[[], bool] | None = None,
) -> Once:
    """Run one storm from dry ground. ``homes_share``: of a village's homes so many must stand in the depth (0: the first).

    Ends when half the concentration time has gone since the rain, and at every village the homes' water stands still and the
    stream holds less than it held; at the latest after one and a quarter of it. Raises what `run` raises; `Cancelled` when
    ``stop`` says so.
    """
    retention = retention_mm(storm.cn, wetness=WETNESS[storm.wetness])
    count = len(place.names)
    if net_mm(storm.rain_mm, retention_mm=retention) <= 0.0:
        return Once((0.0,) * count, (None,) * count, (0.0,) * count, 0, 0.0, True)
    domain = place.domain(land, roughness=storm.roughness)
    channels = _channels(place, land, domain) if solver == "li" else None
    method: Solver = Inertial(channels=channels) if solver == "li" else Godunov()
    points = tuple(_point(name, cell, domain) for name, cell in zip(place.names, place.stream, strict=True))
    least, most = (60.0 * (storm.minutes + max(t * place.longest_min, _LEAST_TAIL_MIN)) for t in TAIL)
    watch = _Peaks(place, domain, channels, homes_share=homes_share, after_s=least, stop=stop)
    sources = Sources(_rain(storm), ScsCn(cn=storm.cn, wetness=WETNESS[storm.wetness]))
    outputs = Outputs(
        maps=("max_depth", "arrival_s"), points=points, wet_m=threshold_m, series_every_s=LOOK_S
    )
    told: dict[str, Any] = {"sources": sources, "edges": _edges(place.side), "outputs": outputs}
    try:
        result = run(
            domain, method, until_s=most, checkpoint_every_s=LOOK_S, on_checkpoint=watch.look, cancel=watch.is_over,
            **told,
        )  # fmt: skip
        maps: Mapping[Any, Any] = result.maps
        fast = [result.froude.points[name] for name in place.names]
        steps, ended, whole = result.steps, most, watch.passed
    except Cancelled as ended_early:
        if not watch.passed:
            raise
        kept = ended_early.checkpoint
        maps = {"max_depth": kept["map.max_depth"], "arrival_s": kept["map.arrival_s"]}
        fast = [float(quick / deep) if deep > 0 else 0.0 for deep, quick in kept["froude"][1 : 1 + count]]
        steps, ended, whole = int(kept["steps"]), float(kept["time_s"]), True
    depth, reached = _at_homes(place, maps["max_depth"], maps["arrival_s"], homes_share)
    return Once(depth, reached, tuple(fast), steps, ended / 60.0, whole)


def memory_bytes(place: Catchment, land: Land) -> int:
    """Bytes that a run over a catchment takes beside the terrain."""
    domain = place.domain(land)
    sources = Sources(Rain.of([0], np.ones(1)), ScsCn(cn=75.0))
    outputs = Outputs(maps=("max_depth", "arrival_s"))
    # the ground, its mask and roughness in f64, and a checkpoint beside the state
    return 2 * memory(domain, Inertial(), outputs, sources, "f32") + 40 * domain.cells


def _rain(storm: Storm) -> Rain:
    return storm.shape.rain(total_mm=storm.rain_mm, minutes=storm.minutes)


def _edges(side: str) -> Edges:
    """Closed all round, open where the strip of the valley leaves."""
    kinds: dict[str, Edge] = {edge: Open() if edge == side else Closed() for edge in SIDES}
    return Edges(kinds["n"], kinds["e"], kinds["s"], kinds["w"])


def _channels(place: Catchment, land: Land, domain: Domain) -> Channels | None:
    """The streams that are narrower than a cell, where the terrain has any; Godunov runs on the bare ground."""
    top, bottom, left, right = place.window
    width = np.where(place.inside, np.nan_to_num(land.width[top:bottom, left:right]), 0.0)
    if not (width > 0).any():
        return None
    deep = np.nan_to_num(land.bankfull[top:bottom, left:right])
    return Channels.of(domain, width=np.minimum(width, land.dx), bankfull=deep)


def _point(name: str, cell: int, domain: Domain) -> Point:
    row, column = divmod(cell, domain.shape[1])
    x, y = domain.west + (column + 0.5) * domain.dx, domain.north - (row + 0.5) * domain.dx
    return Point(name, x, y, max(_NEAR_M, 2 * domain.dx))


class _Peaks:
    """Looks at each village every ten minutes: has its water passed the peak?"""

    def __init__(
        self,
        place: Catchment,
        domain: Domain,
        channels: Channels | None,
        *,
        homes_share: float,
        after_s: float,
        stop: Callable[[], bool] | None,
    ) -> None:
        self._place, self._share, self._after, self._stop = place, homes_share, after_s, stop
        self._area = domain.dx**2
        self._rows, self._columns = np.divmod(np.array(place.stream, np.int64), domain.shape[1])
        number = np.full(domain.shape, -1, np.int64)
        if channels is not None:
            number[channels.rows, channels.columns] = np.arange(channels.rows.size)
        self._channel = number[self._rows, self._columns]
        self._most = np.zeros(len(place.names))
        self._homes = np.zeros(len(place.names))
        self._still = np.zeros(len(place.names), np.int64)
        self.passed = False

    def is_over(self) -> bool:
        """Whether to end the run: all have passed, or somebody asked."""
        return self.passed or (self._stop is not None and self._stop())

    def look(self, kept: Checkpoint) -> None:
        """Compare with what was seen before."""
        stream = self._water(kept)
        homes = np.array([_deep(kept["map.max_depth"], cells, self._share) for cells in self._place.homes])
        self._still = np.where(homes > self._homes + STILL_M, 0, self._still + 1)
        self._most, self._homes = np.maximum(self._most, stream), homes
        is_past = (stream <= PASSED * self._most) & (self._still >= STILL_LOOKS)
        self.passed = bool(kept["time_s"] >= self._after and is_past.all())

    def _water(self, kept: Checkpoint) -> Floats:
        """m³ in the stream's cell of each village, in its channel and above."""
        water: Floats = (
            np.asarray(kept["h"])[self._rows + RING, self._columns + RING].astype(np.float64) * self._area
        )
        if "channel" in kept:
            water += np.where(self._channel >= 0, np.asarray(kept["channel"])[self._channel], 0.0)
        return water


def _at_homes(
    place: Catchment, deepest: Any, arrival_s: Any, share: float
) -> tuple[tuple[float, ...], tuple[float | None, ...]]:
    """Depth that the share of homes stands in, and when so many had the threshold."""
    depth, reached = [], []
    for homes in place.homes:
        depth.append(_deep(deepest, homes, share))
        times = np.sort(np.nan_to_num(np.asarray(arrival_s, np.float64).reshape(-1)[homes], nan=np.inf))
        first = float(times[_nth(share, times.size)]) if times.size else float("inf")
        reached.append(first / 60.0 if np.isfinite(first) else None)
    return tuple(depth), tuple(reached)


def _deep(deepest: Any, homes: Int64s, share: float) -> float:
    """The depth that the share of homes stands in at least."""
    mine = np.sort(np.asarray(deepest, np.float64).reshape(-1)[homes])[::-1]
    return float(mine[_nth(share, mine.size)]) if mine.size else 0.0


def _nth(share: float, count: int) -> int:
    """So many homes must stand in it, less one: of a hundred and a share of 0.02 the second."""
    return max(0, min(math.ceil(share * count - 1e-9), count) - 1)
