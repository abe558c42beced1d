"""Grids onto other grids, by a stated rule: another system, another cell size, or both.

``nearest``   the value of the cell that holds the new cell's centre: for classes such as land cover
``bilinear``  between the four nearest centres; missing as soon as one that counts is missing
``mean``      mean of the cells whose centres lie in the new cell; missing when half of them are missing.
              Only to cells that are not smaller
"""

from dataclasses import replace
from typing import Any, Literal, get_args

import numpy as np
import pyproj
from numpy.typing import NDArray

from anlan.science.jit import Floats, njit
from anlan.science.terrain.crs import between, known, metre_crs
from anlan.science.terrain.errors import BadGrid, NoOverlap, TooLarge
from anlan.science.terrain.grid import Grid

Rule = Literal["nearest", "bilinear", "mean"]
Cover = Literal["inside", "all"]
MAX_CELLS = 400_000_000
_BLOCK = 1 << 18


def resample(grid: Grid, *, dx: float, rule: Rule, crs: str | None = None, cover: Cover = "inside") -> Grid:
    """Square cells of side ``dx`` in ``crs`` (default: the grid's own if in metres, else what suits its centre).

    ``cover="inside"`` keeps the rectangle that the old grid fills, ``"all"`` the one that holds all of it (its
    corners are then missing). New edges are whole multiples of ``dx``, so grids of one side fit each other.
    Raises `BadCrs`, `BadGrid` (unknown rule, mean to finer cells), `NoOverlap`, `TooLarge`.

    >>> fine = Grid(np.array([[1.0, 3], [5, 7]]), west=5e5, north=3.5e6, dx=10.0, dy=10.0, crs="EPSG:4547")
    >>> resample(fine, dx=20.0, rule="mean").values.tolist()
    [[4.0]]
    """
    if rule not in get_args(Rule):
        raise BadGrid(f"rule: {rule!r} is not known; take one of {', '.join(get_args(Rule))}.")
    if not (np.isfinite(dx) and dx > 0):
        raise BadGrid(f"dx: {dx} is no side of a cell; give metres above nought.")
    target = crs or _own_or_metres(grid)
    back = None if known(target) == known(grid.crs) else between(target, grid.crs)
    frame = _frame(grid, target, dx, cover)
    if rule == "mean":
        return _mean(grid, frame, None if back is None else between(grid.crs, target))
    values = np.empty(frame.shape, dtype=grid.values.dtype)
    for start, x, y in _centres(frame):
        if back is not None:
            x, y = back.transform(x, y)
        column, row = (x - grid.west) / grid.dx, (grid.north - y) / grid.dy
        into = values.reshape(-1)[start : start + len(x)]
        (_pick if rule == "nearest" else _between_four)(grid.values, column, row, into)
    return replace(frame, values=values)


def coarsen(grid: Grid, factor: int) -> Grid:
    """Cells ``factor`` times as large by the mean of those that have a value; rest rows and columns are cut off.

    Raises `BadGrid` when not one new cell fits.

    >>> coarsen(Grid(np.array([[1.0, 3], [5, np.nan]]), 0.0, 2.0, 1.0, 1.0), 2).values.tolist()
    [[3.0]]
    """
    rows, columns = grid.shape[0] // factor, grid.shape[1] // factor
    if factor < 1 or rows == 0 or columns == 0:
        raise BadGrid(f"factor: {factor} leaves nothing of {grid.shape}; give a smaller one.")
    parts = grid.values[: rows * factor, : columns * factor].reshape(rows, factor, columns, factor)
    there = ~np.isnan(parts)
    count = there.sum(axis=(1, 3))
    total = np.where(there, parts, 0).sum(axis=(1, 3), dtype=np.float64)
    values = np.where(count > 0, total / np.maximum(count, 1), np.nan).astype(grid.values.dtype)
    return replace(grid, values=values, dx=grid.dx * factor, dy=grid.dy * factor)


def _own_or_metres(grid: Grid) -> str:
    if not known(grid.crs).is_geographic:
        return grid.crs
    west, south, east, north = grid.bounds
    return metre_crs(lon=(west + east) / 2, lat=(south + north) / 2)


def _frame(grid: Grid, target: str, dx: float, cover: Cover) -> Grid:
    """The new grid without its values: they are one number seen everywhere."""
    west, south, east, north = _edges(grid, target, cover)
    to, away = (np.ceil, np.floor) if cover == "inside" else (np.floor, np.ceil)
    slack = 1e-6 if cover == "inside" else -1e-6
    left, right = to(west / dx - slack), away(east / dx + slack)
    low, high = to(south / dx - slack), away(north / dx + slack)
    if not (right > left and high > low):
        raise NoOverlap(f"dx: not one cell of {dx} m fits into the grid; give a smaller side.")
    rows, columns = int(high - low), int(right - left)
    if rows * columns > MAX_CELLS:
        need = rows * columns * grid.values.dtype.itemsize / 1e9
        raise TooLarge(
            f"dx: {rows} by {columns} cells need {need:.1f} GB; give a larger side or cut the area."
        )
    empty = np.broadcast_to(np.array(np.nan, dtype=grid.values.dtype), (rows, columns))
    return Grid(empty, float(left * dx), float(high * dx), dx, dx, target)


def _edges(grid: Grid, target: str, cover: Cover) -> tuple[float, float, float, float]:
    """West, south, east, north in the new system: of the rectangle inside, or around all."""
    west, south, east, north = grid.bounds
    if known(target) == known(grid.crs):
        return west, south, east, north
    along = np.linspace(0.0, 1.0, 101)
    move = between(grid.crs, target)
    x, y = west + (east - west) * along, south + (north - south) * along
    left, right = move.transform(np.full(101, west), y)[0], move.transform(np.full(101, east), y)[0]
    low, high = move.transform(x, np.full(101, south))[1], move.transform(x, np.full(101, north))[1]
    if not all(np.isfinite(side).all() for side in (left, right, low, high)):
        raise NoOverlap(f"crs: the grid has no place in {target}; check the systems of both.")
    if cover == "inside":
        return float(left.max()), float(low.max()), float(right.min()), float(high.min())
    return float(left.min()), float(low.min()), float(right.max()), float(high.max())


def _centres(frame: Grid) -> Any:
    """(number of the first cell, x, y) of blocks of whole rows, so that memory stays small."""
    rows, columns = frame.shape
    step = max(1, _BLOCK // columns)
    for top in range(0, rows, step):
        y = frame.y[top : top + step]
        yield top * columns, np.tile(frame.x, len(y)), np.repeat(y, columns)


def _mean(grid: Grid, frame: Grid, forward: pyproj.Transformer | None) -> Grid:
    own = _side_in(grid, frame, forward)
    if frame.dx < own * 0.999:
        raise BadGrid(f"rule: mean needs cells of at least {own:.1f} m here; take bilinear for finer ones.")
    shape = frame.shape
    total, there, seen = np.zeros(shape), np.zeros(shape, dtype=np.int32), np.zeros(shape, dtype=np.int32)
    for start, x, y in _centres(grid):
        values = grid.values.reshape(-1)[start : start + len(x)]
        if forward is not None:
            x, y = forward.transform(x, y)
        _gather(values, (x - frame.west) / frame.dx, (frame.north - y) / frame.dx, total, there, seen)
    enough = (there > 0) & (2 * there > seen)
    values = np.where(enough, total / np.maximum(there, 1), np.nan)
    return replace(frame, values=values.astype(grid.values.dtype))


def _side_in(grid: Grid, frame: Grid, forward: pyproj.Transformer | None) -> float:
    """The longer side of an old cell, in units of the new system."""
    if forward is None:
        return max(grid.dx, grid.dy)
    west, south, east, north = grid.bounds
    x, y = (west + east) / 2, (south + north) / 2
    corner_x, corner_y = forward.transform(np.array([x, x + grid.dx, x]), np.array([y, y, y + grid.dy]))
    return float(max(np.hypot(corner_x[1:] - corner_x[0], corner_y[1:] - corner_y[0])))


@njit
def _pick(values: NDArray[Any], column: Floats, row: Floats, out: NDArray[Any]) -> None:
    rows, columns = values.shape
    for k in range(len(out)):
        r, c = np.floor(row[k]), np.floor(column[k])
        if 0 <= r < rows and 0 <= c < columns:
            out[k] = values[int(r), int(c)]
        else:
            out[k] = np.nan


@njit
def _between_four(values: NDArray[Any], column: Floats, row: Floats, out: NDArray[Any]) -> None:
    rows, columns = values.shape
    for k in range(len(out)):
        if not (0 <= row[k] <= rows and 0 <= column[k] <= columns):
            out[k] = np.nan
            continue
        r = min(max(row[k] - 0.5, 0.0), rows - 1.0)
        c = min(max(column[k] - 0.5, 0.0), columns - 1.0)
        r0, c0 = int(r), int(c)
        r1, c1 = min(r0 + 1, rows - 1), min(c0 + 1, columns - 1)
        fr, fc = r - r0, c - c0
        total = 0.0
        if fr < 1 and fc < 1:
            total += (1 - fr) * (1 - fc) * values[r0, c0]
        if fc > 0:
            total += (1 - fr) * fc * values[r0, c1]
        if fr > 0:
            total += fr * (1 - fc) * values[r1, c0]
        if fr > 0 and fc > 0:
            total += fr * fc * values[r1, c1]
        out[k] = total


@njit
def _gather(
    values: NDArray[Any],
    column: Floats,
    row: Floats,
    total: Floats,
    there: NDArray[np.int32],
    seen: NDArray[np.int32],
) -> None:
    rows, columns = total.shape
    for k in range(len(values)):
        r, c = np.floor(row[k]), np.floor(column[k])
        if 0 <= r < rows and 0 <= c < columns:
            seen[int(r), int(c)] += 1
            if not np.isnan(values[k]):
                total[int(r), int(c)] += values[k]
                there[int(r), int(c)] += 1
