"""Whether a grid is land that water can be run over, said before anything is reserved or run."""

import numpy as np

from anlan.science.fields import Field, science
from anlan.science.jit import Bools, Floats, Int64s, njit
from anlan.science.terrain.crs import check_metres
from anlan.science.terrain.errors import BadGrid, MissingCells, TooLarge, WrongUnits
from anlan.science.terrain.grid import Grid
from anlan.science.terrain.shade import slope

LOWEST_M, HIGHEST_M = -500.0, 9000.0
_CLIFF_M, _CLIFF = 500.0, 20.0
"""No cliff within one cell is so high and so steep (m, m per m): a lost decimal point, or a mark for missing cells."""
_STEEP = 1.5
"""Median slope above which heights are hardly metres: half the land steeper than 56 degrees."""


def memory_needed(*, rows: int, columns: int, bytes_per_cell: float) -> int:
    """Bytes that a job over a whole grid takes.

    >>> memory_needed(rows=1000, columns=1000, bytes_per_cell=20)
    20000000
    """
    return round(rows * columns * bytes_per_cell)


def check_memory(*, rows: int, columns: int, bytes_per_cell: float, allowed: int, dx: float) -> None:
    """That a job fits into the memory it is allowed (bytes), known from the header alone.

    Raises `TooLarge`; the message states the need and a cell size that would fit.

    >>> check_memory(rows=100, columns=100, bytes_per_cell=20, allowed=10**6, dx=10.0)
    """
    need = memory_needed(rows=rows, columns=columns, bytes_per_cell=bytes_per_cell)
    if need > allowed:
        fits = dx * float(np.ceil(np.sqrt(need / allowed)))
        raise TooLarge(
            f"dem: {rows} by {columns} cells need {need / 1e9:.2f} GB and {allowed / 1e9:.2f} GB are allowed; "
            f"cut the area, allow more, or resample to {fits:g} m."
        )


def check_terrain(grid: Grid) -> None:
    """That a grid has square cells in metres, heights in metres, and no holes.

    Missing cells that reach the edge are outside the land and allowed. Raises `BadCrs`, `Unprojected`,
    `SwappedAxes`, `BadGrid`, `MissingCells`, `WrongUnits`.

    >>> check_terrain(Grid(np.zeros((9, 9)), 4.3e5, 3.5e6, 10.0, 10.0, "EPSG:4547"))
    """
    west, south, east, north = grid.bounds
    check_metres(grid.crs, x=(west + east) / 2, y=(south + north) / 2)
    if not grid.is_square:
        raise BadGrid(f"dx, dy: cells of {grid.dx:g} by {grid.dy:g} m are not square; resample to one side.")
    bed = grid.values.astype(np.float64)
    if np.isinf(bed).any():
        raise BadGrid("dem: some heights are infinite; give them the no-data value.")
    missing = holes(bed)
    if missing.any():
        row, column = (int(n) for n in np.argwhere(missing)[0])
        x, y = grid.centre(row, column)
        raise MissingCells(
            f"dem: {int(missing.sum())} cells inside the land have no height, the first at row {row}, column "
            f"{column} ({x:.1f}, {y:.1f}); fill the gaps, or cut the land so that they lie outside."
        )
    if np.isnan(bed).all():
        raise MissingCells("dem: not one cell has a height; check the file's no-data value.")
    _check_units(bed, grid.dx)


def _check_units(bed: Floats, dx: float) -> None:
    low, high = float(np.nanmin(bed)), float(np.nanmax(bed))
    if low < LOWEST_M or high > HIGHEST_M:
        raise WrongUnits(
            f"dem: heights from {low:.0f} to {high:.0f} are not metres on earth; are they centimetres, millimetres "
            "or feet, or is a no-data value not declared?"
        )
    middle = float(np.median(slope(bed, dx=dx)[~np.isnan(bed)]))
    if middle > _STEEP:
        raise WrongUnits(
            f"dem: half the land is steeper than {middle:.1f} m per m; heights may be in feet or decimetres, or "
            f"the cells are not {dx:g} m."
        )
    _check_cliffs(bed, dx)


def _check_cliffs(bed: Floats, dx: float) -> None:
    """Between neighbours in a row or a column; row by row, so that no copy of a large terrain is made."""
    most = max(_CLIFF_M, _CLIFF * dx)
    for row in range(bed.shape[0]):
        along = np.abs(np.diff(bed[row]))
        across = np.abs(bed[row] - bed[row - 1]) if row else np.empty(0)
        for steps, place in ((along, "beside"), (across, "below")):
            if (steep := np.flatnonzero(steps > most)).size:
                column = int(steep[0])
                other = bed[row, column + 1] if place == "beside" else bed[row - 1, column]
                raise WrongUnits(
                    f"dem: {bed[row, column]:g} m stands {place} {other:g} m at row {row}, column {column}: no cliff is so high; "
                    "look for a lost decimal point, or a mark for missing cells that is not declared."
                )


@science(
    Field("bed", "float64", ("row", "column"), "m"),
    Field("return", "bool", ("row", "column"), "flag", "out"),
    source="own; flood from the edge over missing cells",
)
def holes(bed: Floats) -> Bools:
    """Missing cells that do not reach the edge over other missing cells: gaps within the land.

    >>> holes(np.array([[1.0, 1, 1], [1, np.nan, 1], [1, 1, np.nan]])).any()
    np.False_
    >>> int(holes(np.array([[1.0, 1, 1], [1, np.nan, 1], [1, 1, 1]])).sum())
    1
    """
    missing = np.isnan(bed)
    return missing if not missing.any() else _enclosed(missing)


@njit
def _enclosed(missing: Bools) -> Bools:
    rows, columns = missing.shape
    left = missing.copy()
    stack: Int64s = np.empty(missing.size, dtype=np.int64)
    top = 0
    for r in range(rows):
        for c in range(columns):
            if (r in (0, rows - 1) or c in (0, columns - 1)) and left[r, c]:
                left[r, c] = False
                stack[top] = r * columns + c
                top += 1
    while top > 0:
        top -= 1
        r, c = stack[top] // columns, stack[top] % columns
        for rr in range(max(r - 1, 0), min(r + 2, rows)):
            for cc in range(max(c - 1, 0), min(c + 2, columns)):
                if left[rr, cc]:
                    left[rr, cc] = False
                    stack[top] = rr * columns + cc
                    top += 1
    return left
