"""The grid cut into tiles: the unit of work for threads, and of sleep for dry land."""

from itertools import pairwise

import numpy as np

from anlan.science.fields import Field, science
from anlan.science.flood.domain import RING
from anlan.science.jit import Int64s

TILE = (64, 500)
"""Rows and columns of a tile: its buffers stay in the second cache."""

STRIP = 16
"""Rows of a strip, about."""


class Tiling:
    """Tiles of about one size, by the grid alone: the same on every machine, however many cores it has.

    ``table``: rows and columns of each tile (from, to, ring counted). ``strips`` (row, tile column, 4) cuts each tile
    into bands of rows: the unit in which water is looked for, so that a river does not wake all that it runs through. A
    tile is never narrower than three.
    """

    def __init__(self, shape: tuple[int, int], tile: tuple[int, int] = TILE) -> None:
        rows, columns = _cuts(shape[0], tile[0]), _cuts(shape[1], tile[1])
        self.shape = rows.size - 1, columns.size - 1
        self.table: Int64s = np.array(
            [
                (rows[a], rows[a + 1], columns[b], columns[b + 1])
                for a in range(self.shape[0])
                for b in range(self.shape[1])
            ],
            np.int64,
        )
        self.widest = int(np.diff(columns).max())
        self.each = max(1, int(np.diff(rows).min()) // STRIP)
        fine = [a + (b - a) * n // self.each for a, b in pairwise(rows.tolist()) for n in range(self.each)]
        self._starts = np.array([*fine, rows[-1]], np.int64), columns
        top, left = self._starts
        self.strips: Int64s = np.zeros((len(fine), self.shape[1], 4), np.int64)
        self.strips[..., 0], self.strips[..., 1] = top[:-1, None], top[1:, None]
        self.strips[..., 2], self.strips[..., 3] = left[:-1], left[1:]

    @science(
        Field("boxes", "int64", ("row of strips", "column of tiles", 4), "cell, ring counted"),
        Field("return", "int64", ("awake",), "tile", "out"),
        source="own",
    )
    def awake(self, boxes: Int64s) -> Int64s:
        """The tiles in which any box has rows.

        >>> tiling = Tiling((20, 60), (10, 10))
        >>> tiling.awake(tiling.strips * (np.arange(12).reshape(2, 6, 1) == 8))
        array([8])
        """
        any_ = (boxes[..., 0] < boxes[..., 1]).reshape(self.shape[0], self.each, self.shape[1]).any(axis=1)
        return np.flatnonzero(any_)

    @science(
        Field("cells", "int64", ("cell",), "number with ring"),
        Field("return", "int64", ("cell", 4), "row of strips, column of tiles, row, column", "out"),
        source="own",
    )
    def of_cells(self, cells: Int64s, columns: int) -> Int64s:
        """The strips that hold the cells with these numbers, counted with the ring, and where the cells lie.

        >>> Tiling((20, 60), (10, 10)).of_cells(np.array([2 * 64 + 2, 12 * 64 + 61]), 64)
        array([[ 0,  0,  2,  2],
               [ 1,  5, 12, 61]])
        """
        row, column = np.divmod(cells, columns)
        at = [
            np.searchsorted(s, x, side="right") - 1 for s, x in zip(self._starts, (row, column), strict=True)
        ]
        return np.stack([*at, row, column], axis=1).astype(np.int64)


def _cuts(length: int, size: int) -> Int64s:
    count = max(1, round(length / size))
    return RING + np.array([length * n // count for n in range(count + 1)], np.int64)
