"""`Inertial`: the local inertial solver behind the frame."""

import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from anlan.science.flood.domain import RING, Domain, G
from anlan.science.flood.edges import Closed, Edge, Edges, Open, Stage
from anlan.science.flood.errors import NotFinite
from anlan.science.flood.inertial.channels import Channels
from anlan.science.flood.inertial.finer import Finer, Raster, Shut, finer_bytes
from anlan.science.flood.inertial.kernels import census
from anlan.science.flood.inertial.kernels import edges as kernels_edges
from anlan.science.flood.inertial.kernels.edges import (
    CLOSED,
    EAST,
    NORTH,
    OPEN,
    SOUTH,
    STAGE,
    WEST,
    edge_flow,
)
from anlan.science.flood.inertial.kernels.finer import ALONGSIDE, OWN, fronts, mark, reach
from anlan.science.flood.inertial.kernels.march import add_cells, march, ranges, seams, stitch
from anlan.science.flood.inertial.kernels.rows import extent
from anlan.science.flood.inertial.pace import FRONT, SWIFT, Pace, take_census
from anlan.science.flood.inertial.streams import Streams
from anlan.science.flood.solver import Extents, Feed, Moved, Stepper
from anlan.science.flood.state import Layout, Precision, State
from anlan.science.jit import Bools, Bytes, Floats, Int64s, Reals

WALL = 20_000.0  # metres above the datum: nothing climbs it, and f32 subtracts from it without overflow
BAND_CELLS = 60_000  # a band below this is not worth a thread's while
MOST_BANDS = 16
LEAST_ROWS = 4
ALONE_OF = 3  # one cell in so many steps alone, about, where it is worth it at all: at Liulin one in five


@dataclass(frozen=True, slots=True)
class Inertial:
    """Local inertial equations without advection, Manning friction implicit.

    Bates, Horritt and Fewtrell (2010), J. Hydrol. 387, with divergence damping in place of the θ of de Almeida et al. (2012), WRR
    48, W05528: θ smooths discharges along their own axis, so it takes momentum off a stream that winds from cell to
    cell, and the more the shorter the step.

    For floods with Froude numbers below about 0.8; the frame reports the share above. Outflow of a cell is limited
    to what it holds. ``damping`` 0 to 0.1: share of the difference between what two neighbours lose
    that each step takes off the discharge between them. ``courant``: share of the gravity-wave step; waves of two cells grow
    beyond √(1/2 - damping), 0.63 for 0.1 (linear analysis of the scheme without friction); undamped they grow below it too.
    ``dry`` metres: shallower water stands still. ``channels``: streams narrower than a cell.
    """

    damping: float = 0.1
    courant: float = 0.6
    dry: float = 1e-5
    channels: Channels | None = None
    name: str = "li"
    layout: Layout = Layout.FACES

    def prepare(
        self,
        domain: Domain,
        state: State,
        edges: Edges,
        *,
        threads: int,
        held: dict[str, Reals] | None = None,
    ) -> Stepper:
        """A stepper over ``state``, which must have the layout FACES."""
        if domain.porosity is not None:
            from anlan.science.flood.porous.solver import PorousStepper

            return PorousStepper(self, domain, state, edges, held=held or {})
        return InertialStepper(self, domain, state, edges, threads=threads, held=held or {})

    def bytes_per_cell(self, domain: Domain, precision: Precision) -> int:
        """Depth, two discharges and bed, roughness where it is a map; on open ground what looks mark, and one cell in `ALONE_OF` alone."""
        width = 4 if precision == "f32" else 8
        state = (5 if domain.has_friction_map else 4) * width
        return state if domain.porosity is not None else state + 1 + -(-finer_bytes(width) // ALONE_OF)


class InertialStepper:
    """Steps a state by the local inertial equations; bands of rows on threads, bits independent of their number."""

    def __init__(
        self,
        method: Inertial,
        domain: Domain,
        state: State,
        edges: Edges,
        *,
        threads: int,
        held: dict[str, Reals],
    ) -> None:
        self._method, self._state, self._dx = method, state, domain.dx
        self._edges = (edges.n, edges.e, edges.s, edges.w)
        self._datum = domain.datum
        self._kinds = np.array([kind(edge) for edge in self._edges], np.int8)
        t = state.h.dtype
        self._t = t.type
        self._z = ground(domain, self._edges).astype(t)
        self._drag = (0.5 * domain.dx * roughness(domain)).astype(t)
        rows, columns = state.h.shape
        self._bands = bands(domain.inside)
        count = self._bands.size - 1
        self._work = np.zeros((count, 3, columns), t)
        self._carry: Reals = held.get("carry", np.zeros((count, columns), t)).astype(t)
        self._cell_carry: Floats = held.get("cell_carry", np.zeros(0)).astype(np.float64)
        self._lo, self._hi = np.full(rows, 1 << 60), np.zeros(rows, np.int64)
        self._a, self._b = np.full(rows, columns), np.full(rows, 0)
        self._b[0] = columns - RING
        self._inner_lo, self._inner_hi = inner(domain)
        self._streams = _streams(method, domain, state, edges)
        self._pace = Pace(domain, courant=method.courant)
        self._finer: Finer | None = None
        self._seen = np.zeros(state.h.shape if self._pace.spares else (0, 0), np.uint8)
        self._raster = Raster(state, self._z, self._drag, self._kinds, self._carry, self._bands)
        self._nothing_shut = _nothing_shut(state)
        self._first_look()
        self._highest = float(held["highest"]) if "highest" in held else float(state.depth.max())
        self._before_lo, self._before_hi = np.full(rows, RING), np.full(rows, columns - RING)
        self._threads = min(threads, count)
        self._pool = ThreadPoolExecutor(self._threads - 1) if self._threads > 1 else None

    def advance(self, feed: Feed, until_s: float) -> Moved:
        """Step until a moment. Raises `NotFinite`."""
        state, steps, came, went = self._state, 0, 0.0, 0.0
        if not math.isfinite(self._highest):
            raise NotFinite("a depth is no number", time_s=state.time_s)
        if self._cell_carry.size != feed.cells.size:
            self._cell_carry = np.zeros(feed.cells.size)
        self._look(feed, until_s)
        most = self._highest
        while state.time_s < until_s:
            finer, left = self._finer, until_s - state.time_s
            times = finer.times if finer else 1
            whole = self._t(left / math.ceil(left / (times * self._pace.longest(self._highest)) - 1e-9))
            entered, gone = self._step(feed, whole, times)
            if not math.isfinite(self._highest):
                raise NotFinite("a depth is no number any more", time_s=state.time_s)
            came, went = came + entered, went + gone
            most, steps = max(most, self._highest), steps + times
            state.time_s = until_s if left <= float(whole) * (1 + 1e-6) else state.time_s + float(whole)
            is_left = finer is not None and finer.beside > self._pace.waves(times, self._highest)
            finer = None  # which a look makes anew
            if is_left and state.time_s < until_s:
                self._look(feed, until_s)
        self._settle()
        return Moved(steps, came, went, most)

    def _step(self, feed: Feed, whole: Any, times: int) -> tuple[float, float]:
        """A sweep of the raster and what is finer than it; gives m³ in and out over the edges."""
        swept = self._sweep(feed, whole)
        entered, left = edge_flow(self._state.qx, self._state.qy, self._kinds)
        if self._finer is None:
            finest, came, went = self._after(feed, whole)
        else:
            finest, came, went = self._fine_steps(self._finer, whole / self._t(times))
        self._highest = float(np.maximum(swept, finest))  # which keeps a NaN
        area = float(whole) * self._dx
        return came + entered * area, went + left * area

    def extents(self) -> Extents:
        """Wet columns of each row."""
        return Extents(self._lo, self._hi)

    def carried(self) -> float:
        """Digits carried, m³: for each band and column less than the last digit of its depths."""
        return float(self._carry.sum(dtype=np.float64) + self._cell_carry.sum()) * self._dx**2

    def held(self) -> dict[str, Reals]:
        """Digits carried, and the depth that gives the next step."""
        return {
            "carry": self._carry.copy(),
            "cell_carry": self._cell_carry.copy(),
            "highest": np.array(self._highest),
        }

    def close(self) -> None:
        """End the threads."""
        if self._pool is not None:
            self._pool.shutdown()

    def _look(self, feed: Feed, until_s: float) -> None:
        """What binds the step, and which cells it binds, once a tick: speeds and slow waves change little in it."""
        s, t, pace = self._state, self._t, self._pace
        marked = self._seen
        marked[...] = 0
        floors = pace.floors(self._highest)
        now, risen = take_census(s, self.extents(), floors, marked, threads=self._threads)
        pace.look(now)
        if self._streams is not None:
            self._streams.bind(pace)
        self._settle()
        wet = self._inner_hi - self._inner_lo if feed.is_raining else self._hi - self._lo
        times = pace.times(risen, int(wet[wet > 0].sum()), self._highest, until_s - s.time_s)
        if times == 1:
            return
        most = t(pace.waves(times, self._highest))
        count = mark(marked, census.seen_as(float(most), floors[1]))
        count += self._ahead(marked, times, most)
        alongside = np.zeros(0, np.int64) if self._streams is None else self._streams.cells
        marked.reshape(-1)[alongside] |= ALONGSIDE
        marked.reshape(-1)[feed.cells] |= OWN
        count += alongside.size + feed.cells.size
        self._finer = Finer(self._raster, marked, count, times, feed=feed, streams=self._streams)

    def _ahead(self, marked: Bytes, times: int, most: Any) -> int:
        """Mark the cells that a front could reach before the next sweep, which would hold it back; gives how many."""
        found = np.empty(marked.size // 4, np.int64)
        count = fronts(self._state.h, self._z, most, marked, found)
        return reach(found, count, math.ceil(FRONT * self._method.courant * times), marked)

    def _settle(self) -> None:
        if self._finer is not None:
            self._finer.settle()
            self._finer = None

    def _after(self, feed: Feed, dt: Any) -> tuple[float, float, float]:
        """After a sweep what is not of the raster, all in its one step. Greatest depth, m³ in and out over the edges."""
        s = self._state
        if feed.cells.size:
            add_cells(
                s.h.reshape(-1), s.h.shape[1], feed.cells, feed.cell_rate, float(dt), self._cell_carry,
                self._method.dry, self._lo, self._hi,
            )  # fmt: skip
        if self._streams is None:
            return 0.0, 0.0, 0.0
        gone = self._streams.step(float(dt), self._pace)
        self._streams.widen(self.extents())
        return self._streams.highest, 0.0, gone

    def _fine_steps(self, finer: Finer, dt: Any) -> tuple[float, float, float]:
        """After a sweep the steps of those that step alone, and of streams with them. Greatest depth, m³ in and out over the edges."""
        t, k, gone = self._t, self._constants(dt), 0.0
        finer.begin(t(1.0 / self._dx))
        for n in range(finer.times):
            gone += finer.step(k, dt * t(finer.times - n), self._pace)
        highest = finer.end(self.extents(), self._method.dry)
        highest = max(highest, self._streams.highest if self._streams else 0.0)
        share = float(dt) * self._dx
        return highest, float(finer.passed[0]) * share, float(finer.passed[1]) * share + gone

    def _first_look(self) -> None:
        dry = self._t(self._method.dry)
        for j in range(RING, self._state.h.shape[0] - RING):
            self._lo[j], self._hi[j] = extent(self._state.h[j, RING:-RING], RING, dry)

    def _constants(self, dt: Any) -> tuple[Any, ...]:
        t, m, push = self._t, self._method, G * float(dt) / self._dx
        face = push, push * SWIFT, push * self._pace.most_waves(float(dt)), m.damping / 2, m.dry
        return (*map(t, face), dt / t(self._dx), dt)

    def _sweep(self, feed: Feed, dt: Any) -> float:
        """One step of the raster; gives the greatest depth."""
        s, k = self._state, self._constants(dt)
        self._rim()
        ranges(
            self._lo, self._hi, self._before_lo, self._before_hi, feed.is_raining, self._inner_lo, self._inner_hi,
            self._a, self._b,
        )  # fmt: skip
        seams(self._bands, s.qx, s.qy, self._a, self._b, self._work)
        fields = s.h, self._z, s.qx, s.qy, self._drag, feed.rate
        visit, wet = (self._a, self._b), (self._lo, self._hi)
        shut = self._finer.shut if self._finer else self._nothing_shut
        most = self._all_bands(fields, visit, wet, self._work, self._carry, self._kinds, shut, k)
        bits = stitch(self._bands, fields, visit, wet, self._carry, k, np.int32(most))
        return float(np.asarray(bits, np.int32).view(np.float32))

    def _all_bands(self, *told: Any) -> Any:
        """`kernels.march` of every band, shared among the threads."""
        if self._pool is None:
            return march(0, 1, self._bands, *told)
        others = [
            self._pool.submit(march, n, self._threads, self._bands, *told) for n in range(1, self._threads)
        ]
        most = march(0, self._threads, self._bands, *told)
        return max(most, *(other.result() for other in others))

    def _rim(self) -> None:
        if not self._kinds.any():
            return
        levels = np.array(
            [
                e.level.at(self._state.time_s) - self._datum if isinstance(e, Stage) else 0.0
                for e in self._edges
            ]
        )
        s = self._state
        kernels_edges.rim(s.h, self._z, s.qx, s.qy, self._kinds, levels)
        _wake(self._lo, self._hi, self._kinds, s.h.shape[1])


def _streams(method: Inertial, domain: Domain, state: State, edges: Edges) -> Streams | None:
    if method.channels is None:
        return None
    return Streams(method.channels, domain, state, edges, dry=method.dry)


def _nothing_shut(state: State) -> Shut:
    """For a sweep that moves all."""
    none = np.zeros((2, 0), state.h.dtype)
    return np.zeros(state.h.shape[0] + 1, np.int64), np.zeros(0, np.int64), none[0], none[1]


def kind(edge: Edge) -> int:
    """How the kernels call an edge."""
    return {Closed: CLOSED, Open: OPEN, Stage: STAGE}[type(edge)]


def _wake(lo: Any, hi: Any, kinds: Any, columns: int) -> None:
    """Cells beside a given stage are visited even when all is dry."""
    rows = lo.size
    for side, ring in ((NORTH, 1), (SOUTH, rows - 2)):
        if kinds[side] == STAGE:
            lo[ring], hi[ring] = RING, columns - RING
    inner = slice(RING, rows - RING)
    if kinds[WEST] == STAGE:
        lo[inner], hi[inner] = RING, np.maximum(hi[inner], RING + 1)
    if kinds[EAST] == STAGE:
        hi[inner] = columns - RING
        lo[inner] = np.minimum(lo[inner], columns - RING - 1)


def bands(inside: Bools) -> Int64s:
    """First rows of the bands and the row after the last, each with as many cells: by the grid alone, whatever the machine."""
    rows, below = inside.shape[0], np.cumsum(inside.sum(axis=1))
    count = int(max(1, min(MOST_BANDS, below[-1] // BAND_CELLS, rows // (2 * LEAST_ROWS))))
    cuts = [0, *(int(np.searchsorted(below, below[-1] * n / count)) + 1 for n in range(1, count)), rows]
    for n in range(1, count):
        cuts[n] = min(max(cuts[n], cuts[n - 1] + LEAST_ROWS), rows - LEAST_ROWS * (count - n))
    return RING + np.array(cuts, np.int64)


def inner(domain: Domain) -> tuple[Any, Any]:
    """First and past-the-last cell of each row of the ring that is no wall; the rows beside a rim are as the rim."""
    count, nx = domain.shape[0] + 2 * RING, domain.shape[1]
    lo, hi = np.full(count, RING), np.full(count, RING)
    has = domain.inside.any(axis=1)
    cells = slice(RING, -RING)
    lo[cells] = np.where(has, RING + domain.inside.argmax(axis=1), RING)
    hi[cells] = np.where(has, RING + nx - domain.inside[:, ::-1].argmax(axis=1), RING)
    lo[-RING], hi[-RING] = lo[-RING - 1], hi[-RING - 1]
    return lo, hi


def ground(domain: Domain, edges: tuple[Edge, ...]) -> Floats:
    """The bed with its ring: walls outside the mask and beyond closed edges, a slope beyond open ones."""
    ny, nx = domain.shape
    z = np.full((ny + 2 * RING, nx + 2 * RING), WALL)
    core = np.where(domain.inside, domain.bed, WALL)
    z[RING:-RING, RING:-RING] = core
    n, e, s, w = edges
    z[RING - 1, RING:-RING] = _beyond(n, core[0], core[min(1, ny - 1)], domain.dx)
    z[-RING, RING:-RING] = _beyond(s, core[-1], core[max(ny - 2, 0)], domain.dx)
    z[RING:-RING, RING - 1] = _beyond(w, core[:, 0], core[:, min(1, nx - 1)], domain.dx)
    z[RING:-RING, -RING] = _beyond(e, core[:, -1], core[:, max(nx - 2, 0)], domain.dx)
    return z


def _beyond(edge: Edge, rim: Floats, inner: Floats, dx: float) -> Floats:
    if isinstance(edge, Closed):
        return np.full_like(rim, WALL)
    if isinstance(edge, Stage):
        return rim
    fall = np.where(inner < WALL, inner - rim, 0.0)
    return np.where(rim < WALL, rim - np.maximum(fall, edge.slope * dx), WALL)


def roughness(domain: Domain) -> Floats:
    """Manning n squared with its ring; one row where one value holds for all."""
    n2 = domain.manning**2
    if not domain.has_friction_map:
        return np.full((1, domain.shape[1] + 2 * RING), float(n2[0, 0]))
    return np.pad(n2, RING, mode="edge")
