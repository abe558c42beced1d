"""`Godunov`: the full shallow water equations, second order in space and time, behind the frame."""

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from anlan.science.flood.domain import RING, Domain, G
from anlan.science.flood.edges import Closed, Edge, Edges, Open, Stage
from anlan.science.flood.errors import BadInput, NotFinite
from anlan.science.flood.godunov.kernels import boxes, march
from anlan.science.flood.godunov.kernels.march import BUFFER_ROWS, RESULTS
from anlan.science.flood.godunov.kernels.rim import CLOSED, HALO, OPEN, STAGE
from anlan.science.flood.godunov.tiles import TILE, Tiling
from anlan.science.flood.solver import Extents, Feed, Moved
from anlan.science.flood.state import Layout, Precision, State
from anlan.science.jit import Bools, Floats, Int64s, Reals

Fields = tuple[Reals, Reals, Reals]
Limiter = Literal["minmod", "mc"]
LIMITERS: dict[Limiter, float] = {"minmod": 1.0, "mc": 2.0}

WALL = 20_000.0  # metres above the datum
SHALLOW = 0.01  # m; the step is never longer than the wave in this depth allows
GROWTH = 1.5  # of one step over the last: water let go on a slope is not overrun by a step made for rest


@dataclass(frozen=True, slots=True)
class Godunov:
    """Full shallow water equations by a second-order well-balanced Godunov method.

    Slopes of depth, velocity and surface limited by ``limiter`` (``mc`` goes down to minmod where the bed makes steps
    that are high for the water; van Leer 1979; Audusse et al. 2004, SIAM J. Sci.
    Comput. 25, §4), HLLC fluxes (Toro 2001) over the bed step of Chen and Noelle (2017, SIAM J. Numer. Anal. 55), two
    stages of Heun, Manning's friction implicit in each. Depth stays ≥ 0 since a cell's outflow is cut to what it
    holds. Valid for depth-averaged flow at any Froude number over beds that are resolved by the cells: no
    vertical acceleration, no turbulence, no sediment. ``courant`` up to 0.5. ``dry`` metres: shallower water stands
    still (1e-10 in f64, 1e-5 in f32, unless given). ``tile``: cells of a unit of work, rows and columns.
    """

    limiter: Limiter = "mc"
    courant: float = 0.45
    dry: float | None = None
    tile: tuple[int, int] = TILE
    name: str = "godunov"
    layout: Layout = Layout.CENTRES

    def prepare(
        self,
        domain: Domain,
        state: State,
        edges: Edges,
        *,
        threads: int,
        held: dict[str, Reals] | None = None,
    ) -> "GodunovStepper":
        """A stepper over ``state``, which must have the layout CENTRES. Raises `BadInput` for porous ground."""
        if domain.porosity is not None:
            raise BadInput(
                "buildings", "godunov knows no porous ground", "Make them blocked or rough, or take li"
            )
        return GodunovStepper(self, domain, state, edges, threads=threads, held=held or {})

    def bytes_per_cell(self, domain: Domain, precision: Precision) -> int:
        """Depth and two momenta twice (Heun), and bed; roughness only where it is a map."""
        return (8 if domain.has_friction_map else 7) * (4 if precision == "f32" else 8)


class GodunovStepper:
    """Steps a state; tiles on threads, bits independent of their number."""

    def __init__(
        self,
        method: Godunov,
        domain: Domain,
        state: State,
        edges: Edges,
        *,
        threads: int,
        held: dict[str, Reals],
    ) -> None:
        self._method, self._state, self._dx, self._datum = method, state, domain.dx, domain.datum
        self._edges = (edges.n, edges.e, edges.s, edges.w)
        self._kinds = np.array([_kind(edge) for edge in self._edges], np.int64)
        t = self._t = state.h.dtype.type
        self._thin = t(method.dry or (1e-10 if t is np.float64 else 1e-5))
        self._k = tuple(t(c) for c in (0.0, 0.25, 0.5, 1.0, 2.0, 1.0 / 3.0, 1e-12, G))
        self._z = np.pad(np.where(domain.inside, domain.bed, WALL), RING, mode="edge").astype(t)
        self._n2 = _roughness(domain).astype(t)
        self._half: Fields = (state.h.copy(), np.zeros_like(state.h), np.zeros_like(state.h))
        self._tiling = Tiling(domain.shape, method.tile)
        self._strips = _without_walls(self._tiling.strips, domain, t)
        count = len(self._tiling.table)
        self._out = np.zeros((count, RESULTS))
        self._carry: Reals = held.get("carry", np.zeros((2, count, self._tiling.widest))).astype(t)
        self._cell_carry: Floats = held.get("cell_carry", np.zeros(0)).astype(np.float64)
        self._step_s = float(held["step"][0]) if "step" in held else math.inf
        self._fast = float(held["fast"][0]) if "fast" in held else self._first_wave()
        self._wet, self._active = np.zeros_like(self._strips), np.zeros_like(self._strips)
        self._stages = self._beside_stages()
        boxes.look(state.h, self._strips, self._thin, self._wet)
        self.limited = 0  # rows in which a cell could not pay its outflow
        self._threads = max(1, min(threads, count))
        self._pool = ThreadPoolExecutor(self._threads - 1) if self._threads > 1 else None
        width = self._tiling.widest + 2 * HALO
        self._buffers = [np.zeros((BUFFER_ROWS, width), t) for _ in range(self._threads)]

    def advance(self, feed: Feed, until_s: float) -> Moved:
        """Step until a moment. Raises `NotFinite`."""
        state, steps, came, went = self._state, 0, 0.0, 0.0
        if self._cell_carry.size != feed.cells.size:
            self._cell_carry = np.zeros(feed.cells.size)
        while state.time_s < until_s:
            left = until_s - state.time_s
            dt = left / math.ceil(left / self._longest() - 1e-9)
            flow = self._step(feed, dt)
            came -= float(flow[flow < 0].sum())
            went += float(flow[flow > 0].sum())
            steps += 1
            self._step_s = dt
            state.time_s = until_s if left <= dt * (1 + 1e-9) else state.time_s + dt
        return Moved(steps, came, went, boxes.deepest(state.h, self._wet))

    def extents(self) -> Extents:
        """Wet columns of each row."""
        rows = self._state.h.shape[0]
        first, last = np.full(rows, 1 << 60, np.int64), np.zeros(rows, np.int64)
        boxes.by_rows(self._wet, first, last)
        return Extents(first, last)

    def carried(self) -> float:
        """Digits carried, m³; those of the first stage are half of a step's water."""
        first, second = self._carry.sum(axis=(1, 2), dtype=np.float64)
        return float(0.5 * first + second + self._cell_carry.sum()) * self._dx**2

    def held(self) -> dict[str, Reals]:
        """Digits carried, the last step and the last wave, which set the next step."""
        kept = {"carry": self._carry.copy(), "cell_carry": self._cell_carry.copy()}
        return kept | {"step": np.array([self._step_s]), "fast": np.array([self._fast])}

    def close(self) -> None:
        """End the threads."""
        if self._pool is not None:
            self._pool.shutdown()

    def _longest(self) -> float:
        """The longest stable step: Courant's, and not much longer than the last."""
        wave = max(self._fast, math.sqrt(G * SHALLOW))
        return min(self._method.courant * self._dx / wave, GROWTH * self._step_s)

    def _first_wave(self) -> float:
        s = self._state
        speed = np.hypot(s.qx, s.qy) / np.maximum(s.h, max(float(self._thin), 1e-6))
        return float((speed + np.sqrt(G * np.maximum(s.h, 0))).max())

    def _beside_stages(self) -> Bools:
        """The strips beside a given stage, awake at all times."""
        found = np.zeros(self._strips.shape[:2], np.bool_)
        deep = 2 * self._tiling.each
        rims = np.s_[:deep, :], np.s_[:, -2:], np.s_[-deep:, :], np.s_[:, :2]
        for edge, at in zip(self._edges, rims, strict=True):
            found[at] |= isinstance(edge, Stage)
        return found

    def _step(self, feed: Feed, dt: float) -> Floats:
        """Two stages, then hydrographs. Returns the water out over each edge, m³ (less than 0: in)."""
        s = self._state
        now = (s.h, s.qx, s.qy)
        self._wake(feed)
        values = self._values().astype(self._t)
        rain_s = 0.5 * dt if feed.is_raining else 0.0  # half before, half after: else each step ends too wet
        if feed.is_raining:
            tiles, of = self._tiling.table, self._strips
            march.rain_tiles(s.h, tiles, of, feed.rate, self._t(rain_s), self._carry[1], self._thin)
        self._stage(0, now, now, self._half, dt, values, feed, 0.0)
        first = self._out[:, 2:].sum(axis=0)
        self._stage(1, self._half, now, now, dt, values, feed, rain_s)
        both = first + self._out[:, 2:].sum(axis=0)
        self.limited += int(both[4])
        self._fast = float(self._out[:, 0].max())
        if not math.isfinite(self._fast + float(self._out[:, 1].sum())):
            raise NotFinite("a depth or a discharge is no number any more", time_s=s.time_s)
        if feed.cells.size:
            self._pour(feed, dt)
        return np.asarray(0.5 * dt * self._dx * both[:4], np.float64)

    def _wake(self, feed: Feed) -> None:
        """Decide what is computed: all that is no wall under rain, else what water may reach."""
        before = self._active
        if feed.is_raining:
            self._active = self._strips
        else:
            self._active = np.empty_like(self._strips)
            boxes.reach(self._wet, self._strips, self._active)
            self._active[self._stages] = self._strips[self._stages]
        if before is not self._active:
            boxes.leave(before, self._active, self._state.h, *self._half)
        self._awake = self._tiling.awake(self._active)

    def _stage(
        self,
        stage: int,
        now: Fields,
        old: Fields,
        new: Fields,
        dt: float,
        values: Reals,
        feed: Feed,
        rain_s: float,
    ) -> None:
        """Heun's first or second stage on all tiles that are awake; the second is half old state, half new."""
        t = self._t
        share = 0.5 * stage
        theta = t(LIMITERS[self._method.limiter])
        self._out[:] = 0.0
        numbers = t(dt / self._dx), t(share), t((1 - share) * G * dt), self._thin, theta

        def work(first: int) -> None:
            buffer = self._buffers[first]
            march.sweep(
                *now, self._z, self._n2, *old, *new, self._tiling.table, self._awake, self._active, self._wet,
                first, self._threads, self._kinds, values, buffer,
                buffer.view(np.int32 if t is np.float32 else np.int64), self._out,
                *numbers, self._k, self._carry[stage], feed.rate, t(rain_s),
            )  # fmt: skip

        others = [self._pool.submit(work, n) for n in range(1, self._threads)] if self._pool else []
        work(0)
        for other in others:
            other.result()

    def _values(self) -> Floats:
        return np.array([_value(edge, self._state.time_s, self._datum, self._dx) for edge in self._edges])

    def _pour(self, feed: Feed, dt: float) -> None:
        """Hydrographs, with carry: what the depth cannot hold in its digits waits for the next step."""
        flat = self._state.h.reshape(-1)
        want = feed.cell_rate * dt + self._cell_carry
        before = flat[feed.cells].astype(np.float64)
        flat[feed.cells] = np.maximum(before + want, 0.0)  # digits owed by a dry cell wait for its next water
        self._cell_carry = want - (flat[feed.cells].astype(np.float64) - before)
        self._half[0].reshape(-1)[feed.cells] = flat[feed.cells]  # a film that falls on sleeping land
        wet = feed.cells[flat[feed.cells] > self._thin]
        for r, c, j, i in self._tiling.of_cells(wet, self._state.h.shape[1]):
            boxes.widen(self._wet[r, c], j, i)


def _kind(edge: Edge) -> int:
    return {Closed: CLOSED, Open: OPEN, Stage: STAGE}[type(edge)]


def _value(edge: Edge, time_s: float, datum: float, dx: float) -> float:
    if isinstance(edge, Stage):
        return edge.level.at(time_s) - datum
    return edge.slope * dx if isinstance(edge, Open) else 0.0


def _without_walls(strips: Int64s, domain: Domain, t: Any) -> Int64s:
    """The strips, each cut to the cells that are inside the domain."""
    if domain.inside.all():
        return strips
    cut = np.empty_like(strips)
    boxes.look(np.pad(domain.inside, RING).astype(t), strips, t(0), cut)
    return cut


def _roughness(domain: Domain) -> Floats:
    """Manning n squared with its ring; one row where one value holds for all."""
    n2 = domain.manning**2
    if not domain.has_friction_map:
        return np.full((1, domain.shape[1] + 2 * RING), float(n2[0, 0]))
    return np.pad(n2, RING, mode="edge")
