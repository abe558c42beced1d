"""Channels at work beside the raster, for `InertialStepper`."""

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
        self._full = channels.width * domain.dx * channels.bankfull
        self._n2 = channels.manning**2
        self._outlets, self._slopes = _outlets(channels, domain, edges)
        self._deep = np.zeros(count)
        self.highest, self.speed = 0.0, 0.0

    def look(self) -> None:
        """How deep the channels are before the raster takes its step."""
        s = self._state
        assert s.channel is not None
        kernels.depths(s.h.reshape(-1), self._cells, s.channel, self._c.width, self._dx, self._deep)
        self.highest = float(self._deep.max())

    def step(self, dt: float, wet: Extents) -> float:
        """One step after that of the raster, whose wet extents grow with it; gives the m³ that left over open edges."""
        s, c = self._state, self._c
        flat, x, y = s.h.reshape(-1), s.qx.reshape(-1), s.qy.reshape(-1)
        assert s.channel is not None
        assert s.channel_q is not None
        settled = (
            flat, self._cells, s.channel, self._full, self._dx**2, self._columns, self._dry, wet.first, wet.last,
        )  # fmt: skip
        kernels.settle(*settled)
        gone, self.speed = kernels.run_links(
            flat, self._deep, x, y, self._cells, s.channel, c.bed, c.width, c.bankfull, self._n2, c.a, c.b, c.link_width,
            s.channel_q, self._outlets, self._slopes, self._dx, dt, self._dry,
        )  # fmt: skip
        kernels.settle(*settled)
        return gone


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
            beside = np.concatenate([channels.b[channels.a == n], channels.a[channels.b == n]])
            falls = (channels.bed[beside] - channels.bed[n]) / domain.dx
            slopes[int(n)] = max(edge.slope, *map(float, falls)) if falls.size else edge.slope
    found = {n: s for n, s in slopes.items() if _is_low(channels, n)}
    return np.array(list(found), np.int64), np.array(list(found.values()))


def _is_low(channels: Channels, n: int) -> bool:
    """The channel falls towards the edge: water leaves there; where it rises, the stream comes in."""
    beside = np.concatenate([channels.b[channels.a == n], channels.a[channels.b == n]])
    return bool((channels.bed[beside] >= channels.bed[n]).all())
