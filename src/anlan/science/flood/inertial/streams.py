"""Channels at work beside the raster, for `InertialStepper`."""

from dataclasses import dataclass

import numpy as np

from anlan.science.flood.domain import RING, Domain
from anlan.science.flood.edges import Edges, Open
from anlan.science.flood.errors import BadInput
from anlan.science.flood.inertial.channels import Channels
from anlan.science.flood.inertial.kernels import links as kernels
from anlan.science.flood.inertial.pace import RUN_SHARE, SWIFT, Pace
from anlan.science.flood.solver import Extents
from anlan.science.flood.state import State
from anlan.science.jit import Floats, Int64s, Reals


class Streams:
    """The channels of one run: what they hold lives in ``state.channel``, how they flow in ``state.channel_q``."""

    def __init__(self, channels: Channels, domain: Domain, state: State, edges: Edges, *, dry: float) -> None:
        self._c, self._state, self._dx, self._dry = channels, state, domain.dx, dry
        count, links = channels.rows.size, channels.a.size
        if state.channel is None or state.channel_q is None:
            state.channel, state.channel_q = np.zeros(count), np.zeros(links)
        if state.channel.size != count or state.channel_q.size != links:
            raise BadInput("channels", "the start was made with other channels", "Warm up again with these")
        self._rows, self._columns = channels.rows + RING, channels.columns + RING
        self.cells = self._rows * state.h.shape[1] + self._columns
        area = channels.width * channels.length
        self._inverse_area, self._full = 1.0 / area, area * channels.bankfull
        k = self._links = _Links.of(channels, self.cells, state.h.shape[1])
        outlets, slopes = _outlets(channels, domain, edges)
        self._deep = np.zeros(count)
        self._kept = (
            (channels.a, channels.b, k.beside, k.under),
            (k.rise, channels.link_width, k.inverse_width, k.inverse, k.bank, k.n2),
            (outlets, slopes, np.zeros(outlets.size)),
            (channels.width, channels.bankfull, channels.manning**2, self._full, self._inverse_area),
            (state.channel, state.channel_q),
            (*np.zeros((4, links)), self._deep, np.zeros(count)),
        )
        h, x, y = state.h.reshape(-1), state.qx.reshape(-1), state.qy.reshape(-1)
        self._raster = Ground(h, x, y, self.cells, self.cells[channels.b], np.zeros(links))
        self.joined = channels.b
        self.highest = 0.0

    def bind(self, pace: Pace) -> None:
        """How deep the channels are before a tick; and tell ``pace`` what binds the step of the links."""
        s, k, q = self._state, self._links, self._state.channel_q
        assert s.channel is not None
        assert q is not None
        self.highest = kernels.depths(s.h.reshape(-1), self.cells, s.channel, self._inverse_area, self._deep)
        waves = np.empty(q.size)
        kernels.wave_depths(self._deep, q, self._c.a, self._c.b, k.rise, SWIFT, waves)
        pace.look_at_links(waves, self._c.link_length)

    def begin(self, ground: "Ground") -> None:
        """After a sweep of the raster: what it moved over the links goes on until the next."""
        g, k = self._raster, self._links
        kernels.flow_over(g.x, g.y, g.face, k.beside, k.under, g.still, ground.still)

    def step(self, dt: float, pace: Pace, ground: "Ground | None" = None) -> float:
        """One step after that of the ``ground`` or the raster; gives the m³ that left over open edges."""
        g, k = ground or self._raster, (dt, self._dry, SWIFT, pace.most_waves(dt), RUN_SHARE)
        gone, self.highest = kernels.step(
            (g.h, g.x, g.y), g.still, (g.cells, g.face), *self._kept, self._dx**2, k
        )
        return gone

    def widen(self, wet: Extents) -> None:
        """The wet extents of the raster grow with what stands over the banks."""
        kernels.widen(self._raster.h, self.cells, self._rows, self._columns, self._dry, wet.first, wet.last)


@dataclass(frozen=True, slots=True)
class Ground:
    """Depths and discharges under channels: where in them each channel's cell is and each link's face; what goes on beside."""

    h: Reals
    x: Reals
    y: Reals
    cells: Int64s
    face: Int64s
    still: Floats


@dataclass(frozen=True, slots=True)
class _Links:
    """What the links' kernel reads of the two cells of each: rise of the bed, lower bank, roughness."""

    inverse: Floats  # of the length
    inverse_width: Floats  # 0 where a link is shut
    rise: Floats
    bank: Floats
    n2: Floats
    beside: int  # so many links, the first, cross west faces
    under: int  # to here north faces, and the rest corners

    @classmethod
    def of(cls, c: Channels, cells: Int64s, columns: int) -> "_Links":
        apart = cells[c.b] - cells[c.a]
        is_open = c.link_width > 0
        return cls(
            inverse=1.0 / c.link_length,
            inverse_width=np.where(is_open, 1.0 / np.where(is_open, c.link_width, 1.0), 0.0),
            rise=c.bed[c.b] - c.bed[c.a],
            bank=np.minimum(c.bankfull[c.a], c.bankfull[c.b]),
            n2=0.5 * (c.manning[c.a] ** 2 + c.manning[c.b] ** 2),
            beside=int(np.count_nonzero(apart == 1)),
            under=int(np.count_nonzero((apart == 1) | (apart == columns))),
        )


def _outlets(channels: Channels, domain: Domain, edges: Edges) -> tuple[Int64s, Floats]:
    """Channel cells on an open edge, and the slope at which they run out: that of the channel above, or the edge's."""
    ny, nx = domain.shape
    slopes: dict[int, float] = {}
    for edge, at in (
        (edges.n, channels.rows == 0),
        (edges.s, channels.rows == ny - 1),
        (edges.w, channels.columns == 0),
        (edges.e, channels.columns == nx - 1),
    ):
        if not isinstance(edge, Open):
            continue
        for n in np.nonzero(at)[0]:
            beside, reach = _beside(channels, int(n))
            falls = (channels.bed[beside] - channels.bed[n]) / reach
            slopes[int(n)] = max(edge.slope, *map(float, falls)) if falls.size else edge.slope
    found = {n: s for n, s in slopes.items() if _is_low(channels, n)}
    return np.array(list(found), np.int64), np.array(list(found.values()))


def _is_low(channels: Channels, n: int) -> bool:
    """The channel falls towards the edge: water leaves there; where it rises, the stream comes in."""
    beside, _ = _beside(channels, n)
    return bool((channels.bed[beside] >= channels.bed[n]).all())


def _beside(channels: Channels, n: int) -> tuple[Int64s, Floats]:
    """Channel cells joined to one, and how far away they are."""
    on, back = channels.a == n, channels.b == n
    cells = np.concatenate([channels.b[on], channels.a[back]])
    return cells, np.concatenate([channels.link_length[on], channels.link_length[back]])
