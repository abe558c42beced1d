"""The grid cut into tiles: the unit of work for threads, and of sleep for dry land."""

import numpy as np

from anlan.science.fields import Field, science
from anlan.science.flood.domain import RING
from anlan.science.jit import Bools, Int64s

__all__ = ["TILE", "Tiling"]

TILE = (64, 500)
"""Rows and columns of a tile: its buffers stay in the second cache."""


class Tiling:
    """Tiles of about one size, by the grid alone: the same on every machine, however many cores it has.

    A tile is awake when it or one of its eight neighbours has water deeper than a film; water crosses at most two
    cells in a step and a tile is never narrower than three, so nothing reaches a tile that sleeps.
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

    @science(
        Field("wet", "bool", ("tile",), "holds water"),
        Field("return", "bool", ("tile",), "awake", "out"),
        source="own",
    )
    def awake(self, wet: Bools) -> Bools:
        """Which tiles must be computed, of which hold water. Both (tile,).

        >>> Tiling((20, 60), (10, 10)).awake(np.arange(12) == 0).astype(int)
        array([1, 1, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0])
        """
        padded = np.zeros((self.shape[0] + 2, self.shape[1] + 2), np.bool_)
        padded[1:-1, 1:-1] = wet.reshape(self.shape)
        tall = padded[:-2] | padded[1:-1] | padded[2:]
        return np.asarray(tall[:, :-2] | tall[:, 1:-1] | tall[:, 2:], np.bool_).ravel()

    @science(
        Field("cells", "int64", ("cell",), "number with ring"),
        Field("return", "int64", ("cell",), "tile", "out"),
        source="own",
    )
    def of_cells(self, cells: Int64s, columns: int) -> Int64s:
        """The tiles that hold the cells with these numbers, counted with the ring.

        >>> Tiling((20, 60), (10, 10)).of_cells(np.array([2 * 64 + 2, 12 * 64 + 61]), 64)
        array([ 0, 11])
        """
        row, column = np.divmod(cells, columns)
        starts = self.table[:, 0].reshape(self.shape)[:, 0], self.table[:, 2].reshape(self.shape)[0]
        at = [np.searchsorted(s, x, side="right") - 1 for s, x in zip(starts, (row, column), strict=True)]
        return np.asarray(at[0] * self.shape[1] + at[1], np.int64)


def _cuts(length: int, size: int) -> Int64s:
    count = max(1, round(length / size))
    return RING + np.array([length * n // count for n in range(count + 1)], np.int64)
