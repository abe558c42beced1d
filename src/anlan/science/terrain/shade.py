"""Slope, and the light and shade that lets the eye read land: 坡度, 山体阴影."""

import numpy as np
from numpy.typing import NDArray

from anlan.science.fields import Field, science
from anlan.science.jit import Bytes, Floats, njit
from anlan.science.terrain.crs import between
from anlan.science.terrain.errors import BadGrid
from anlan.science.terrain.grid import Grid
from anlan.science.terrain.resample import _between_four, coarsen

_HORN = "Horn 1981, Proc. IEEE 69: 14–47"
_WORLD_M = 40_075_016.685578488  # EPSG:3857
_EARTH_M = 6_378_137.0


@science(
    Field("bed", "float64", ("row", "column"), "m"),
    Field("return", "float64", ("row", "column"), "m/m", "out"),
    source=_HORN,
)
def slope(bed: Floats, *, dx: float) -> Floats:
    """Steepest slope of each cell; a missing neighbour counts as level with the cell.

    >>> slope(np.array([[0.0, 1, 2]] * 3), dx=10.0)[1].round(3).tolist()
    [0.05, 0.1, 0.05]
    """
    east, north = _gradient(bed, dx)
    return np.asarray(np.hypot(east, north))


@science(
    Field("bed", "float64", ("row", "column"), "m"),
    Field("return", "uint8", ("row", "column"), "0 dark … 255 lit", "out"),
    source=_HORN,
)
def hillshade(bed: Floats, *, dx: float, azimuth: float = 315.0, altitude: float = 45.0) -> Bytes:
    """Light on the land from ``azimuth`` (degrees clockwise from north) and ``altitude`` above the horizon.

    Missing cells are 0. Raises `BadGrid` for a sun below the horizon or a side not above nought.

    >>> int(hillshade(np.zeros((3, 3)), dx=10.0)[1, 1])
    180
    """
    if not 0 < altitude <= 90 or not dx > 0:
        raise BadGrid(
            f"altitude, dx: {altitude}, {dx}; give degrees above 0 up to 90, and metres above nought."
        )
    east, north = _gradient(bed, dx)
    a, h = np.radians(azimuth), np.radians(altitude)
    light = np.sin(h) - np.cos(h) * (east * np.sin(a) + north * np.cos(a))
    light /= np.sqrt(1.0 + east * east + north * north)
    return np.where(np.isnan(bed), 0, np.rint(255.0 * np.clip(light, 0.0, 1.0))).astype(np.uint8)


@science(
    Field("return", "uint8", ("size", "size", 2), "grey and opacity, 0…255", "out"),
    source=_HORN + "; tiles of EPSG:3857, y from the north",
)
def hillshade_tile(grid: Grid, *, z: int, x: int, y: int, size: int = 256) -> NDArray[np.uint8]:
    """Light and shade of one web-map tile, clear where the grid has no land.

    Raises `BadGrid` for a tile that does not exist, `BadCrs` for a grid without a known system.

    >>> flat = Grid(np.zeros((9, 9)), west=4.3e5, north=3.5e6, dx=100.0, dy=100.0, crs="EPSG:4547")
    >>> hillshade_tile(flat, z=0, x=0, y=0, size=4)[..., 1].tolist()[0]
    [0, 0, 0, 0]
    """
    if not (0 <= z <= 24 and 0 <= x < 1 << z and 0 <= y < 1 << z):
        raise BadGrid(f"z, x, y: there is no tile {z}/{x}/{y}; x and y run from 0 to 2^z - 1.")
    pixel = _WORLD_M / (size << z)
    east = (x * size + np.arange(-1, size + 1) + 0.5) * pixel - _WORLD_M / 2
    north = _WORLD_M / 2 - (y * size + np.arange(-1, size + 1) + 0.5) * pixel
    ground = pixel / np.cosh(float(north.mean()) / _EARTH_M)
    factor = min(int(ground // grid.dx), *grid.shape)
    source = coarsen(grid, factor) if factor > 1 else grid
    px, py = between("EPSG:3857", grid.crs).transform(*np.meshgrid(east, north))
    heights = np.empty(px.size)
    column = (px.ravel() - source.west) / source.dx
    row = (source.north - py.ravel()) / source.dy
    _between_four(source.values, column, row, heights)
    land = heights.reshape(size + 2, size + 2)
    clear = np.where(np.isnan(land), 0, 255).astype(np.uint8)
    both = np.stack([hillshade(land, dx=ground), clear], axis=-1)
    return np.ascontiguousarray(both[1:-1, 1:-1])


@njit
def _gradient(bed: Floats, dx: float) -> tuple[Floats, Floats]:
    """Rise to the east and to the north, m/m."""
    rows, columns = bed.shape
    east, north = np.empty(bed.shape), np.empty(bed.shape)
    near = np.empty((3, 3))
    for r in range(rows):
        for c in range(columns):
            for i in range(3):
                for j in range(3):
                    rr, cc = min(max(r + i - 1, 0), rows - 1), min(max(c + j - 1, 0), columns - 1)
                    near[i, j] = bed[r, c] if np.isnan(bed[rr, cc]) else bed[rr, cc]
            right = near[0, 2] + 2 * near[1, 2] + near[2, 2]
            left = near[0, 0] + 2 * near[1, 0] + near[2, 0]
            up = near[0, 0] + 2 * near[0, 1] + near[0, 2]
            down = near[2, 0] + 2 * near[2, 1] + near[2, 2]
            east[r, c] = (right - left) / (8 * dx)
            north[r, c] = (up - down) / (8 * dx)
    return east, north
