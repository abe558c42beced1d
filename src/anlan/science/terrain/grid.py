"""A grid on the ground: values by row from the north and by column from the west, and where they lie."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan.science.terrain.errors import BadGrid, NoOverlap

_SQUARE = 1e-6
"""Cells whose sides differ by less than this share are square (a corner is often kept to 12 digits)."""


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """栅格: float32 or float64 values [row, column], north up; what is missing is NaN.

    ``west`` and ``north`` are the outer corner of the first cell, ``dx`` and ``dy`` (both positive) the sides of
    a cell, all in units of ``crs`` (``"EPSG:4547"``, or empty when the file does not say). Raises `BadGrid`.

    >>> grid = Grid(np.zeros((2, 3)), west=500000.0, north=3500000.0, dx=10.0, dy=10.0, crs="EPSG:4547")
    >>> grid.bounds
    (500000.0, 3499980.0, 500030.0, 3500000.0)
    """

    values: NDArray[Any]
    west: float
    north: float
    dx: float
    dy: float
    crs: str = ""

    def __post_init__(self) -> None:
        if self.values.ndim != 2 or 0 in self.values.shape:
            raise BadGrid(
                f"values: shape {self.values.shape} is no grid; give rows and columns, at least one each."
            )
        if self.values.dtype not in (np.dtype(np.float32), np.dtype(np.float64)):
            raise BadGrid(
                f"values: {self.values.dtype} cannot hold a gap; give float32 or float64, missing as NaN."
            )
        if not (self.dx > 0 and self.dy > 0 and np.isfinite([self.dx, self.dy, self.west, self.north]).all()):
            raise BadGrid(
                f"dx, dy, west, north: {self.dx}, {self.dy}, {self.west}, {self.north} place no grid; "
                "give finite numbers and positive sides, rows from north to south."
            )

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        rows, columns = self.values.shape
        return rows, columns

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north of the outer edges."""
        rows, columns = self.shape
        return self.west, self.north - rows * self.dy, self.west + columns * self.dx, self.north

    @property
    def is_square(self) -> bool:
        return abs(self.dx - self.dy) <= _SQUARE * max(self.dx, self.dy)

    @property
    def x(self) -> NDArray[np.float64]:
        """x of the cells' centres by column."""
        return np.asarray(self.west + (np.arange(self.shape[1]) + 0.5) * self.dx, dtype=np.float64)

    @property
    def y(self) -> NDArray[np.float64]:
        """y of the cells' centres by row, falling."""
        return np.asarray(self.north - (np.arange(self.shape[0]) + 0.5) * self.dy, dtype=np.float64)

    def cell(self, x: float, y: float) -> tuple[int, int]:
        """Row and column of the cell that holds a point. Raises `NoOverlap` for one outside."""
        column = int(np.floor((x - self.west) / self.dx))
        row = int(np.floor((self.north - y) / self.dy))
        rows, columns = self.shape
        if not (0 <= row < rows and 0 <= column < columns):
            raise NoOverlap(
                f"x, y: ({x:.3f}, {y:.3f}) lies outside {tuple(round(b, 3) for b in self.bounds)}; "
                "check the point's coordinate system and the order x, y."
            )
        return row, column

    def centre(self, row: int, column: int) -> tuple[float, float]:
        """x, y of a cell's centre."""
        return self.west + (column + 0.5) * self.dx, self.north - (row + 0.5) * self.dy
