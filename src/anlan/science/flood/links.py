"""Gates, spillways and pipes inside a run: water is lifted out of one group of cells and set down in another by a rule.

A reservoir, a sluice in a dike, a culvert through a road: what a raster cannot show. A link moves water once a tick, on
the slower clock of rain and soil. The level of the giving pool is the mean of its wet cells; what goes over in a
tick is solved for together with how far it draws this pool down, so that a wide gate on a small pool empties it
and does not swing. No link gives more than stands above the lowest sill of its ways.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np

from anlan.science.flood.domain import RING, Domain, G
from anlan.science.flood.errors import BadInput
from anlan.science.flood.outputs import Curve
from anlan.science.flood.state import Layout, State
from anlan.science.jit import Floats, Int64s

__all__ = ["Gate", "Link", "Links", "Pool", "Rating", "Way", "Weir"]

_HALVINGS = 60
_FILM = 1e-4  # m; a shallower cell gives nothing and has no level


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


@dataclass(frozen=True, slots=True)
class Pool:
    """The cells within ``radius_m`` of a place, or its own cell; wide enough that a tick's water is little of it."""

    x: float
    y: float
    radius_m: float = 0.0


@dataclass(frozen=True, slots=True)
class Link:
    """Water from ``giver`` to ``taker`` by all ``ways`` together; without a taker it leaves the domain."""

    name: str
    giver: Pool
    taker: Pool | None
    ways: tuple[Way, ...]

    def __post_init__(self) -> None:
        if not self.ways:
            raise BadInput("links", f"{self.name} has no way out", "Give it a rating, a weir or a gate")


@dataclass(frozen=True, slots=True)
class Moves:
    """What the links of one tick do: rates (m³/s) into their takers, and m³ that left the domain."""

    rates: tuple[float, ...]
    left: float


class Links:
    """The links of one run at work; ``arrays`` and ``saved`` carry them through a checkpoint."""

    def __init__(
        self, domain: Domain, state: State, links: Sequence[Link], *, saved: Mapping[str, Any] | None = None
    ) -> None:
        names = [link.name for link in links]
        if len(set(names)) < len(names):
            raise BadInput("links", "two have the same name", "Give each link its own")
        saved = saved or {}
        self._links, self._state, self._domain = tuple(links), state, domain
        self._givers = [_cells(domain, link.giver) for link in links]
        self.takers = tuple(_cells(domain, link.taker) for link in links if link.taker is not None)
        self._tails = [None if link.taker is None else _cells(domain, link.taker) for link in links]
        for link, giver, tail in zip(links, self._givers, self._tails, strict=True):
            if tail is not None and np.intersect1d(giver, tail).size:
                raise BadInput("links", f"{link.name} gives to cells it takes from", "Move them apart")
            if domain.porosity is not None and (_at(domain, domain.porosity, giver) < 1).any():
                raise BadInput(
                    "links", f"{link.name} takes from among porous buildings", "Take from open water"
                )
        self._owed: Floats = np.array(saved.get("links.owed", np.zeros(len(links))))
        self._now: Floats = np.array(saved.get("links.now", np.zeros((len(links), 3))))
        self._seconds: list[float] = list(saved.get("links.seconds", ()))
        self._curves: list[Floats] = list(saved.get("links.curves", ()))

    def move(self, span_s: float) -> Moves:
        """Take what goes over in a tick out of the givers."""
        rates, left = [], 0.0
        for n, link in enumerate(self._links):
            gone, level = self._take(n, link, span_s)
            self._now[n] = gone / span_s, level, self._now[n, 2] + gone
            if self._tails[n] is None:
                left += gone
            else:
                rates.append(gone / span_s)
        return Moves(tuple(rates), left)

    def note(self) -> None:
        """Add one row to every curve."""
        self._seconds.append(self._state.time_s)
        self._curves.append(self._now.copy())

    def curves(self) -> tuple[Curve, ...]:
        """Discharge (m³/s) and the giver's level before it (m, NaN where dry) of the last tick, and m³ so far."""
        columns, seconds = ("discharge_m3_s", "stage_m", "moved_m3"), np.array(self._seconds)
        return tuple(
            Curve(link.name, columns, seconds, np.array([row[n] for row in self._curves]))
            for n, link in enumerate(self._links)
        )

    def arrays(self) -> dict[str, Any]:
        """All of it for a checkpoint."""
        if not self._links:
            return {}
        curves = np.array(self._curves).reshape(len(self._curves), len(self._links), 3)
        told = {"links.seconds": np.array(self._seconds), "links.curves": curves}
        return told | {"links.owed": self._owed.copy(), "links.now": self._now.copy()}

    def _take(self, n: int, link: Link, span_s: float) -> tuple[float, float]:
        """m³ taken, and the level (m) before."""
        cells, area = self._givers[n], self._domain.dx**2
        flat = self._state.h.reshape(-1)
        depth = flat[cells].astype(np.float64)
        wet = depth > _FILM
        if not wet.any():
            return 0.0, math.nan
        bed = _bed(self._domain, cells)
        level = float((bed + depth)[wet].mean())
        tail = _level(self._domain, self._state, self._tails[n])
        can = np.where(wet, np.minimum(depth, bed + depth - min(way.sill for way in link.ways)), 0.0)
        can = np.maximum(can, 0.0)
        want = _solve(
            link.ways, level, tail, span_s, float(np.count_nonzero(wet)) * area, float(can.sum()) * area
        )
        want = min(want + self._owed[n], float(can.sum()) * area)
        if want <= 0:
            return 0.0, level
        took = _draw(depth, can, want / area)
        flat[cells] = depth - took
        got = float((depth - flat[cells].astype(np.float64)).sum()) * area
        self._owed[n] = want - got
        if self._state.layout is Layout.CENTRES:  # water leaves with its own momentum
            share = flat[cells].astype(np.float64) / np.maximum(depth, _FILM)
            for q in (self._state.qx, self._state.qy):
                line = q.reshape(-1)
                line[cells] = np.where(took > 0, line[cells] * share, line[cells])
        return got, level


def _solve(ways: Sequence[Way], level: float, tail: float, span_s: float, area: float, most: float) -> float:
    """m³ of a tick: the discharge at the mean level of its draw-down, by halving; gates stay as set at its start."""
    openings = [way.opening(level) if isinstance(way, Gate) else 0.0 for way in ways]

    def out(moved: float) -> float:
        at = level - 0.5 * moved / area
        return span_s * sum(way.out(at, tail, o) for way, o in zip(ways, openings, strict=True))

    low, high = 0.0, min(out(0.0), most)
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if out(middle) > middle else (low, middle)
    return 0.5 * (low + high)


def _draw(depth: Floats, can: Floats, want: float) -> Floats:
    """Lower all cells by the same, those that cannot by what they can: metres of each, in sum what is wanted."""
    order = np.sort(can)
    below = np.concatenate([[0.0], np.cumsum(order)[:-1]])
    after = below + order * np.arange(order.size, 0, -1)  # in sum, when all are lowered by this cell's share
    k = min(int(np.searchsorted(after, want)), order.size - 1)
    lowered: Floats = np.minimum(can, (want - below[k]) / (order.size - k))
    return lowered


def _level(domain: Domain, state: State, cells: Int64s | None) -> float:
    """The mean level of the wet cells of a pool, m; far below all where it is dry or outside."""
    if cells is None:
        return -math.inf
    depth = state.h.reshape(-1)[cells].astype(np.float64)
    wet = depth > _FILM
    return float((_bed(domain, cells) + depth)[wet].mean()) if wet.any() else -math.inf


def _bed(domain: Domain, cells: Int64s) -> Floats:
    return _at(domain, domain.bed, cells) + domain.datum


def _at(domain: Domain, values: Floats, cells: Int64s) -> Floats:
    """Values of cells numbered with ring."""
    width = domain.shape[1] + 2 * RING
    rows, columns = cells // width - RING, cells % width - RING
    found: Floats = values[rows, columns]
    return found


def _cells(domain: Domain, pool: Pool) -> Int64s:
    """Numbers **with** ring of a pool's cells. Raises `BadInput`."""
    flat, nx = domain.disc(pool.x, pool.y, pool.radius_m), domain.shape[1]
    return (flat // nx + RING) * (nx + 2 * RING) + flat % nx + RING


def _numbers(what: str, **values: float) -> None:
    for name, value in values.items():
        if not math.isfinite(value) or (name in ("width_m", "factor") and value <= 0):
            raise BadInput(what, f"{name} is {value}", "Give metres, and widths and factors above 0")
