"""Lines on a grid: how far each cell lies from the nearest one, and what stands there on the line."""

import numpy as np

from anlan.science.fields import Field, science
from anlan.science.jit import Floats, njit
from anlan.science.terrain.errors import BadGrid
from anlan.science.terrain.grid import Grid


@science(
    Field("pieces", "float64", ("piece", 5), "x, y of both ends; how far the line reaches to its sides"),
    Field("values", "float64", ("piece", 2, "value"), "any, at both ends"),
    Field("return.0", "float64", ("row", "column"), "unit of the grid; infinite out of reach", "out"),
    Field("return.1", "float64", ("value", "row", "column"), "as values; NaN out of reach", "out"),
    source="own; foot of the perpendicular",
)
def near_lines(grid: Grid, pieces: Floats, values: Floats) -> tuple[Floats, Floats]:
    """Distance of each cell's centre to the nearest straight piece, and the values there, linear between its ends.

    Raises `BadGrid` when pieces and values do not belong together.

    >>> grid = Grid(np.zeros((1, 2)), west=0.0, north=1.0, dx=1.0, dy=1.0)
    >>> away, there = near_lines(grid, np.array([[0.0, 0, 2, 0, 9]]), np.array([[[10.0], [30.0]]]))
    >>> away.tolist(), there[0].tolist()
    ([[0.5, 0.5]], [[15.0, 25.0]])
    """
    if pieces.ndim != 2 or pieces.shape[1:] != (5,) or values.shape[:2] != (len(pieces), 2):
        raise BadGrid(
            f"pieces, values: shapes {pieces.shape}, {values.shape}; give [n, 5] and [n, 2, values]."
        )
    away = np.full(grid.shape, np.inf)
    there = np.full((values.shape[2], *grid.shape), np.nan)
    _near(pieces, values, grid.west, grid.north, grid.dx, grid.dy, away, there)
    return away, there


@njit
def _near(
    pieces: Floats,
    values: Floats,
    west: float,
    north: float,
    dx: float,
    dy: float,
    away: Floats,
    there: Floats,
) -> None:
    rows, columns = away.shape
    for k in range(len(pieces)):
        ax, ay, bx, by, reach = pieces[k]
        ux, uy = bx - ax, by - ay
        length2 = ux * ux + uy * uy
        left = max(int((min(ax, bx) - reach - west) / dx - 0.5), 0)
        right = min(int((max(ax, bx) + reach - west) / dx + 0.5), columns - 1)
        top = max(int((north - max(ay, by) - reach) / dy - 0.5), 0)
        low = min(int((north - min(ay, by) + reach) / dy + 0.5), rows - 1)
        for r in range(top, low + 1):
            y = north - (r + 0.5) * dy
            for c in range(left, right + 1):
                x = west + (c + 0.5) * dx
                t = 0.0
                if length2 > 0.0:
                    t = min(max(((x - ax) * ux + (y - ay) * uy) / length2, 0.0), 1.0)
                ex, ey = x - ax - t * ux, y - ay - t * uy
                distance = np.sqrt(ex * ex + ey * ey)
                if distance <= reach and distance < away[r, c]:
                    away[r, c] = distance
                    for v in range(values.shape[2]):
                        there[v, r, c] = (1 - t) * values[k, 0, v] + t * values[k, 1, v]
