"""Links at work: once a tick they take water out of their givers, and say what their takers get."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from anlan.science.flood.domain import RING, Domain
from anlan.science.flood.errors import BadInput, LeftValidity
from anlan.science.flood.links.link import Link, Pool, Store
from anlan.science.flood.links.ways import Gate, Way
from anlan.science.flood.outputs import Curve
from anlan.science.flood.state import Layout, State
from anlan.science.jit import Floats, Int64s

_HALVINGS = 60
_FILM = 1e-4  # m; a shallower cell gives nothing and has no level


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
        first = [0.0 if link.store is None else link.store.volume(link.store.start_m) for link in links]
        self._held: Floats = np.array(saved.get("links.held", first), np.float64)
        self._owed: Floats = np.array(saved.get("links.owed", np.zeros(len(links))))
        self._now: Floats = np.array(saved.get("links.now", np.zeros((len(links), 3))))
        self._seconds: list[float] = list(saved.get("links.seconds", ()))
        self._curves: list[Floats] = list(saved.get("links.curves", ()))

    def move(self, span_s: float) -> Moves:
        """Take what goes over in a tick out of the givers. Raises `LeftValidity` where a store runs over its crown."""
        rates, left = [], 0.0
        for n, link in enumerate(self._links):
            if link.store is None:
                gone, level = self._take(n, link, span_s)
            else:
                gone, level = self._pass_on(n, link, link.store, span_s)
            self._now[n] = gone / span_s, level, self._now[n, 2] + gone
            if self._tails[n] is None:
                left += gone
            else:
                rates.append(gone / span_s)
        return Moves(tuple(rates), left)

    def stored(self) -> float:
        """Water in stores, m³."""
        return float(self._held.sum())

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
        now = {
            "links.owed": self._owed.copy(),
            "links.now": self._now.copy(),
            "links.held": self._held.copy(),
        }
        return told | now

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
        most, wide = float(can.sum()) * area, float(np.count_nonzero(wet)) * area
        want = _solve(link.ways, lambda moved: level - moved / wide, tail, span_s, most)
        want = min(want + self._owed[n], most)
        if want <= 0:
            return 0.0, level
        got = self._lower(cells, depth, _draw(depth, can, want / area))
        self._owed[n] = want - got
        return got, level

    def _pass_on(self, n: int, link: Link, store: Store, span_s: float) -> tuple[float, float]:
        """All water of the cells into the store; m³ that its ways let out, and the level (m) before."""
        cells = self._givers[n]
        depth = self._state.h.reshape(-1)[cells].astype(np.float64)
        held = float(self._held[n]) + self._lower(cells, depth, depth)
        if held >= store.volumes[-1]:
            raise LeftValidity(
                f"water runs over the crown of {link.name}: think of a breach", time_s=self._state.time_s
            )
        level, tail = store.level(held), _level(self._domain, self._state, self._tails[n])
        most = max(held - store.volume(max(store.levels[0], min(way.sill for way in link.ways))), 0.0)
        gone = _solve(link.ways, lambda moved: store.level(held - moved), tail, span_s, most)
        self._held[n] = held - gone
        return gone, level

    def _lower(self, cells: Int64s, depth: Floats, took: Floats) -> float:
        """Take metres off cells, with the momentum that goes with them; gives the m³ that this took."""
        flat = self._state.h.reshape(-1)
        flat[cells] = depth - took
        left = flat[cells].astype(np.float64)
        if self._state.layout is Layout.CENTRES:
            share = np.where(took > 0, left / np.maximum(depth, _FILM), 1.0)
            for q in (self._state.qx, self._state.qy):
                line = q.reshape(-1)
                line[cells] = line[cells] * share
        return float((depth - left).sum()) * self._domain.dx**2


def _solve(
    ways: Sequence[Way], level: Callable[[float], float], tail: float, span_s: float, most: float
) -> float:
    """m³ of a tick: the discharge at the mean level of its draw-down, by halving; gates stay as set at its start.

    ``level`` of the pool once so many m³ have left.
    """
    openings = [way.opening(level(0.0)) if isinstance(way, Gate) else 0.0 for way in ways]

    def out(moved: float) -> float:
        at = level(0.5 * moved)
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
