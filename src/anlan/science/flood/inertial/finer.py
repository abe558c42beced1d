"""Local time steps: the few cells that need short steps take them alone, and the raster one long step for several of theirs."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from anlan.science.flood.domain import RING
from anlan.science.flood.inertial.kernels import CLOSED, OPEN
from anlan.science.flood.inertial.kernels import finer as kernels
from anlan.science.flood.inertial.kernels.links import widen
from anlan.science.flood.inertial.pace import Pace
from anlan.science.flood.inertial.streams import Ground, Streams
from anlan.science.flood.solver import Extents, Feed
from anlan.science.flood.state import State
from anlan.science.jit import Bools, Bytes, Int8s, Int64s, Reals

__all__ = ["Finer", "Raster", "Shut"]

Shut = tuple[Int64s, Int64s, Reals, Reals]
"""Faces that a sweep leaves alone, by their cells: number of the first cell of each row, columns, west or north or both."""


@dataclass(frozen=True, slots=True)
class Raster:
    """What the cells share with the raster they are taken from; ``carry`` by ``bands`` and columns."""

    state: State
    bed: Reals
    n2: Reals
    kinds: Int8s
    carry: Reals
    bands: Int64s


class Finer:
    """The cells that step alone, with those beside them, all in one row (`kernels.finer`), for as long as they are the same.

    A face is theirs if a cell beside it is `kernels.OWN`: it moves water in each of their steps, and is shut when the raster is
    swept. What the sweep takes from such a cell, or brings it, comes to it bit by bit in the steps up to the next: all at once it
    would come as a wave. Nothing is lost between the two. ``marked``: which are `kernels.OWN`, and which `kernels.ALONGSIDE`, the cells
    of streams: only given what the sweep brings so, since a stream takes it from them in each step.

    Raises nothing: a depth that is no number is told by `end`.
    """

    def __init__(
        self, raster: Raster, marked: Bytes, most: int, times: int, *, feed: Feed, streams: Streams | None
    ) -> None:
        self.times, self._raster, self._shape, state = times, raster, marked.shape, raster.state
        self.beside = 0.0  # m, the greatest depth beside their own: what rises there is about to leave them
        self.passed = np.zeros(2)  # m²/s in and out over the domain's edges, summed over steps since `begin`
        self._row, self._column, own = _listed(marked, most)
        cells = self._cells = self._row * marked.shape[1] + self._column
        size, t = cells.size + 2, state.h.dtype
        self._h, self._x, self._y, self._still, self._rate, self._carry, self._rain = np.zeros((7, size), t)
        self._z, self._n2, west, north = np.zeros((4, size), t)
        self._west, self._north, self._work = west, north, np.zeros((6, size), t)
        self._work[4] = 1
        self._up, self._down = np.zeros((2, size), np.int64)
        kernels.join(cells, own, marked.shape[1], west, north, self._up, self._down)
        self._h[1:-1] = self._of(state.h)
        self._x[1:-1], self._y[1:-1] = self._of(state.qx) * west[1:-1], self._of(state.qy) * north[1:-1]
        within = self._within()
        self._rain[1:-1] = self._of(feed.rate) * within
        self._rain[self._at(feed.cells)] += feed.cell_rate
        self._z[1:-1], self._n2[1:-1] = self._of(raster.bed), self._of(raster.n2)
        self._far = np.stack((self._z[self._up], self._n2[self._up]))
        self._edges = self._rim(raster.kinds)
        self._all = np.arange(1, size - 1)
        self._streams, self._ground = streams, self._under(streams) if streams else None
        self._beside = self._all[(own == 0) & within]
        first = np.searchsorted(self._row, np.arange(marked.shape[0] + 1))
        self.shut: Shut = first, self._column, west[1:-1], north[1:-1]

    def begin(self, inverse: Any) -> None:
        """After a sweep of the raster of cells of 1/``inverse`` m: what it brings in each step."""
        state, beyond = self._raster.state, self._edges[0]
        flat = state.qx.reshape(-1), state.qy.reshape(-1)
        self.passed[:] = 0.0
        self._h[beyond] = state.h.reshape(-1)[self._cells[beyond - 1]]
        kernels.take(self._cells, self._shape[1], *flat, self._rain, inverse, self._still, self._rate)
        if self._streams is not None and self._ground is not None:
            self._streams.begin(self._ground)

    def step(self, k: tuple[Any, ...], left: Any, pace: Pace) -> float:
        """One of their steps, ``left`` s before the next sweep; gives the m³ that left by streams."""
        kernels.step(
            self._h, self._z, self._n2, self._x, self._y, self._still, self._rate, left, self._west, self._north,
            self._up, self._down, self._edges, self._far, self._work, self._carry, self.passed, k,
        )  # fmt: skip
        if self._streams is None:
            return 0.0
        return self._streams.step(float(k[5]), pace, self._ground)

    def end(self, wet: Extents, dry: float) -> float:
        """All back into the raster, wet where deeper than ``dry`` m; gives the greatest depth (m), or a NaN if there is one."""
        s = self._raster.state
        flat = s.h.reshape(-1), s.qx.reshape(-1), s.qy.reshape(-1)
        kernels.give(self._cells, self._west, self._north, self._h, self._x, self._y, *flat)
        widen(self._h, self._all, self._row, self._column, dry, wet.first, wet.last)
        self.beside = float(self._h[self._beside].max(initial=0.0))
        return float(self._h.max())

    def settle(self) -> None:
        """Digits carried go to the raster's, when others take their place."""
        kernels.settle(self._row, self._column, self._carry, self._raster.bands, self._raster.carry)

    def _under(self, streams: Streams) -> Ground:
        at, joined = self._at(streams.cells), streams.joined
        return Ground(self._h, self._x, self._y, at, at[joined], np.zeros(joined.size))

    def _at(self, cells: Int64s) -> Int64s:
        """Where in the row cells of the raster are."""
        return 1 + np.searchsorted(self._cells, cells)

    def _of(self, field: Reals) -> Reals:
        """Of a field of the raster, or of one row for all."""
        found: Reals = field.reshape(-1)[self._cells] if field.shape[0] > 1 else field[0, self._column]
        return found

    def _within(self) -> Bools:
        rows, columns = self._shape
        ny, nx = rows - 2 * RING, columns - 2 * RING
        inside: Bools = (
            (self._row - RING < ny)
            & (self._column - RING < nx)
            & (self._row >= RING)
            & (self._column >= RING)
        )
        return inside

    def _rim(self, kinds: Int8s) -> Int64s:
        """Faces on the domain's edge: cell of the ring, cell within, face (negative if water leaves along it), west face?, open?"""
        if not kinds.any():
            return np.zeros((5, 0), np.int64)
        rows, columns = self._shape
        found = []
        for side, ring, step, inward, is_west in (
            (0, self._row == RING - 1, columns, 1, 0),
            (1, self._column == columns - RING, -1, -1, 1),
            (2, self._row == rows - RING, -columns, -1, 0),
            (3, self._column == RING - 1, 1, 1, 1),
        ):
            if kinds[side] == CLOSED:
                continue
            beyond = 1 + np.flatnonzero(ring)
            within = 1 + np.searchsorted(self._cells, self._cells[ring] + step)
            face = np.where(inward > 0, within, -beyond)
            flag = np.full(beyond.size, is_west), np.full(beyond.size, int(kinds[side] == OPEN))
            found.append(np.stack((beyond, within, face, *flag)))
        return np.concatenate(found, axis=1)


def _listed(marked: Bytes, most: int) -> tuple[Int64s, Int64s, Bytes]:
    """Rows, columns, and which are their own; ``most``: so many are marked at most."""
    room = min(5 * most, marked.size)
    row, column, own = np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room, np.uint8)
    scratch = np.zeros(-(-marked.shape[1] // 8) * 8, np.uint8)
    count = kernels.listing(marked, scratch, row, column, own)
    return row[:count].copy(), column[:count].copy(), own[:count].copy()
