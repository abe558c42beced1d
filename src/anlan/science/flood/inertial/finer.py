"""Local time steps: the few cells that need short steps take them alone, and the raster one long step for several of theirs."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from anlan.science.flood.domain import RING
from anlan.science.flood.inertial.kernels import finer as kernels
from anlan.science.flood.inertial.kernels.edges import CLOSED, OPEN
from anlan.science.flood.inertial.pace import Pace
from anlan.science.flood.inertial.streams import Ground, Streams
from anlan.science.flood.solver import Extents, Feed
from anlan.science.flood.state import State
from anlan.science.jit import Bytes, Int8s, Int64s, Reals

Shut = tuple[Int64s, Int64s, Reals, Reals]
"""Faces that a sweep leaves alone, by their cells: number of the first cell of each row, columns, west or north or both."""


@dataclass(frozen=True, slots=True)
class Raster:
    """What the cells share with the raster they are taken from; ``carry`` by ``bands`` and columns."""

    state: State
    bed: Reals
    drag: Reals
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
        self._row, self._column, own, first = _listed(marked, most)
        cells = self._cells = self._row * marked.shape[1] + self._column
        size, t = cells.size + 2, state.h.dtype
        fields = np.zeros((7, size), t)
        self._h, self._x, self._y, self._rain, self._still, self._rate, self._carry = fields
        bed, (west, north, self._beside) = np.zeros((2, size), t), np.zeros((3, size), t)
        self._z, self._drag, self._west, self._north, self._work = *bed, west, north, np.zeros((5, size), t)
        self._up, self._down = np.zeros((2, size), np.int64)
        kernels.join(cells, own, marked.shape[1], west, north, self._up, self._down)
        kernels.fetch_all(
            cells, self._row, self._column, own, west, north, (state.h, state.qx, state.qy, raster.bed), raster.drag,
            feed.rate, fields, bed, self._beside,
        )  # fmt: skip
        self._rain[self._at(feed.cells)] += feed.cell_rate
        self._far = bed.take(self._up, axis=1)
        self._edges = self._rim(raster.kinds)
        self._streams, self._ground = streams, self._under(streams) if streams else None
        self.shut: Shut = first, self._column, west[1:-1], north[1:-1]

    def begin(self, inverse: Any) -> None:
        """After a sweep of the raster of cells of 1/``inverse`` m: what it brings in each step."""
        (h, x, y), beyond = self._flat(), self._edges[0]
        self.passed[:] = 0.0
        self._h[beyond] = h[self._cells[beyond - 1]]
        kernels.take(self._cells, self._shape[1], x, y, self._rain, inverse, self._still, self._rate)
        if self._streams is not None and self._ground is not None:
            self._streams.begin(self._ground)

    def step(self, k: tuple[Any, ...], left: Any, pace: Pace) -> float:
        """One of their steps, ``left`` s before the next sweep; gives the m³ that left by streams."""
        kernels.step(
            self._h, self._z, self._drag, self._x, self._y, self._still, self._rate, left, self._west, self._north,
            self._up, self._down, self._edges, self._far, self._work, self._carry, self.passed, k,
        )  # fmt: skip
        if self._streams is None:
            return 0.0
        return self._streams.step(float(k[6]), pace, self._ground)

    def end(self, wet: Extents, dry: float) -> float:
        """All back into the raster, wet where deeper than ``dry`` m; gives the greatest depth (m), or a NaN if there is one."""
        kernels.give(self._cells, self._west, self._north, self._h, self._x, self._y, *self._flat())
        past = self._shape[1] - RING
        kernels.widen_rows(self._h, self.shut[0], self._column, past, dry, wet.first, wet.last)
        self.beside = float((self._h * self._beside).max())
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

    def _flat(self) -> tuple[Reals, Reals, Reals]:
        """Depths and discharges of the raster, numbered as their cells."""
        s = self._raster.state
        return s.h.reshape(-1), s.qx.reshape(-1), s.qy.reshape(-1)

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


def finer_bytes(width: int) -> int:
    """What each of the cells that step alone takes: 19 numbers ``width`` bytes wide, one more for a moment, 5 whole ones, a mark."""
    return 20 * width + 5 * 8 + 1


def _listed(marked: Bytes, most: int) -> tuple[Int64s, Int64s, Bytes, Int64s]:
    """Rows, columns, which are their own, and how many stand before each row; ``most``: so many are marked at most."""
    room = min(5 * most, marked.size)
    row, column, own = np.empty(room, np.int64), np.empty(room, np.int64), np.empty(room, np.uint8)
    scratch, first = np.zeros(-(-marked.shape[1] // 8) * 8, np.uint8), np.empty(marked.shape[0] + 1, np.int64)
    count = kernels.listing(marked, scratch, row, column, own, first)
    return row[:count].copy(), column[:count].copy(), own[:count].copy(), first
