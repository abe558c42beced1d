"""From gauges to cells: rain by inverse distance squared over blocks of some hundred metres. A gauge without a value lends none."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from anlan.simulate.computing.shapes import Terrain

Floats = NDArray[np.float64]
BLOCK_M = 500.0
NEAREST_M = 200.0
"""A gauge nearer than this counts as at this distance, so that no block is one gauge alone."""


class NoGauge(ValueError):
    """No gauge near the domain has a value."""


def over(terrain: Terrain, *, x: Floats, y: Floats, tenths: Floats) -> Floats:
    """Rain rate of every cell, mm/h: (steps, ny, nx).

    Args:
        x, y: (gauges,) metres in the terrain's own system.
        tenths: (gauges, steps) five-minute sums in 0.1 mm, NaN where missing. A step without any value counts as dry.

    Raises: NoGauge.
    """
    if not x.size or np.isnan(tenths).all():
        raise NoGauge("no gauge near the domain has reported")
    rows, columns = _blocks(terrain)
    weights = _weights(terrain, rows.max() + 1, columns.max() + 1, x, y)
    has = ~np.isnan(tenths)
    sums = weights @ np.where(has, tenths, 0.0)
    whole = weights @ has.astype(np.float64)
    mm_h = np.divide(sums, whole, out=np.zeros_like(sums), where=whole > 0) * (12 / 10)
    grid = mm_h.T.reshape(tenths.shape[1], rows.max() + 1, columns.max() + 1)
    return np.asarray(grid[:, rows][:, :, columns])


def everywhere(terrain: Terrain, fallen: Callable[[Floats, Floats], Floats]) -> Floats:
    """Rain rate of every cell, mm/h: (steps, ny, nx), of rain that is known at any point.

    fallen: five-minute sums in 0.1 mm (points, steps) for points given in metres of the terrain's own system.
    """
    rows, columns = _blocks(terrain)
    north, east = _middles(terrain, rows.max() + 1, columns.max() + 1)
    x, y = np.meshgrid(east, north)
    tenths = fallen(x.ravel(), y.ravel())
    grid = (tenths * (12 / 10)).T.reshape(tenths.shape[1], *x.shape)
    return np.asarray(grid[:, rows][:, :, columns])


def _middles(terrain: Terrain, rows: int, columns: int) -> tuple[Floats, Floats]:
    """Northing of each row of blocks, easting of each column."""
    step = max(1, round(BLOCK_M / terrain.dx)) * terrain.dx
    north = terrain.north - (np.arange(rows) + 0.5) * step
    return north, terrain.west + (np.arange(columns) + 0.5) * step


def _blocks(terrain: Terrain) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Which block each row and each column of cells belongs to."""
    size = max(1, round(BLOCK_M / terrain.dx))
    ny, nx = terrain.bed.shape
    return np.arange(ny) // size, np.arange(nx) // size


def _weights(terrain: Terrain, rows: int, columns: int, x: Floats, y: Floats) -> Floats:
    """(blocks, gauges): one over the distance squared from a block's centre."""
    north, east = _middles(terrain, rows, columns)
    away = (north[:, None, None] - y) ** 2 + (east[None, :, None] - x) ** 2
    return np.asarray((1.0 / np.maximum(away, NEAREST_M**2)).reshape(rows * columns, x.size))
