"""Channels at work beside the raster, for `InertialStepper`."""

from dataclasses import dataclass

import numpy as np

from anlan.science.flood.domain import RING, Domain
from anlan.science.flood.edges import Edges, Open
from anlan.science.flood.errors import BadInput
from anlan.science.flood.inertial import channels as kernels
from anlan.science.flood.inertial.channels import Channels
from anlan.science.flood.solver import Extents
from anlan.science.flood.state import State
from anlan.science.jit import Floats, Int64s

__all__ = ["Streams"]


class Streams:
    """The channels of one run: what they hold lives in ``state.channel``, how they flow in ``state.channel_q``."""

    def __init__(self, channels: Channels, domain: Domain, state: State, edges: Edges, *, dry: float) -> None:
        self._c, self._state, self._dx, self._dry = channels, state, domain.dx, dry
        count, links = channels.rows.size, channels.a.size
        if state.channel is None or state.channel_q is None:
            state.channel, state.channel_q = np.zeros(count), np.zeros(links)
        if state.channel.size != count or state.channel_q.size != links:
            raise BadInput("channels", "the start was made with other channels", "Warm up again with these")
        self._columns = state.h.shape[1]
        self._cells = (channels.rows + RING) * self._columns + channels.columns + RING
        self._area = channels.width * channels.length
        self._full = self._area * channels.bankfull
        self._n2 = channels.manning**2
        self._links = _Links.of(channels, self._cells, self._columns)
        self._outlets, self._slopes = _outlets(channels, domain, edges)
        self._deep, self._can, self._left = np.zeros(count), np.zeros(count), np.zeros(self._outlets.size)
        self._over, self._moved = np.zeros(links), np.zeros(links)
        self.highest = 0.0

    def look(self) -> None:
        """How deep the channels are before the raster takes its step."""
        s = self._state
        assert s.channel is not None
        kernels.depths(s.h.reshape(-1), self._cells, s.channel, self._area, self._deep)
        self.highest = float(self._deep.max())

    def step(self, dt: float, wet: Extents) -> float:
        """One step after that of the raster, whose wet extents grow with it; gives the m³ that left over open edges."""
        s, c, k = self._state, self._c, self._links
        flat, square = s.h.reshape(-1), self._dx**2
        assert s.channel is not None
        assert s.channel_q is not None
        settled = (
            flat, self._cells, s.channel, self._full, square, self._columns, self._dry, wet.first, wet.last,
        )  # fmt: skip
        kernels.settle(*settled)
        kernels.flow_over(s.qx.reshape(-1), s.qy.reshape(-1), k.face, k.beside, k.under, self._over)
        kernels.run_links(
            self._deep, self._over, c.a, c.b, k.rise, c.link_width, c.link_length, k.bank, k.n2, dt, self._dry,
            s.channel_q, self._moved,
        )  # fmt: skip
        kernels.run_out(
            self._deep, self._outlets, self._slopes, c.width, c.bankfull, self._n2, dt, self._left
        )
        gone = kernels.pay(
            flat, self._cells, s.channel, c.a, c.b, self._outlets, square, self._moved, self._left, self._can
        )
        kernels.keep_paid(self._over, self._moved, c.link_width, dt, s.channel_q)
        kernels.settle(*settled)
        return gone


@dataclass(frozen=True, slots=True)
class _Links:
    """What the links' kernel reads of the two cells of each: rise of the bed, lower bank, roughness, the face between them."""

    rise: Floats
    bank: Floats
    n2: Floats
    face: Int64s
    beside: int  # so many links, the first, cross west faces
    under: int  # to here north faces, and the rest corners

    @classmethod
    def of(cls, c: Channels, cells: Int64s, columns: int) -> "_Links":
        apart = cells[c.b] - cells[c.a]
        return cls(
            rise=c.bed[c.b] - c.bed[c.a],
            bank=np.minimum(c.bankfull[c.a], c.bankfull[c.b]),
            n2=0.5 * (c.manning[c.a] ** 2 + c.manning[c.b] ** 2),
            face=cells[c.b],
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
