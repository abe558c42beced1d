"""Streams drawn as lines, brought onto the cells they cross: each shares a side with the next, so they are joined."""

import math
from collections.abc import Iterator

import numpy as np

from anlan.science.fields import Field, science
from anlan.science.flood.domain import Domain
from anlan.science.flood.errors import BadInput
from anlan.science.jit import Floats


@science(
    Field("x", "float64", ("vertex",), "m"),
    Field("y", "float64", ("vertex",), "m"),
    Field("width", "float64", ("vertex",), "m"),
    Field("bankfull", "float64", ("vertex",), "m below the bank"),
    Field("return.0", "float64", ("row", "column"), "m wide, 0 where no channel is", "out"),
    Field("return.1", "float64", ("row", "column"), "m below the bank, 0 where no channel is", "out"),
    source="Amanatides and Woo (1987), Eurographics: cells in the order in which a line crosses them",
)
def trace(domain: Domain, *, x: Floats, y: Floats, width: Floats, bankfull: Floats) -> tuple[Floats, Floats]:
    """Width and depth of one stream on the cells it crosses, straight between its vertices, as `Channels.of` takes them.

    Raises `BadInput` for fewer than two vertices, one off the grid, or a value that is no number.

    >>> ground = Domain.of(np.zeros((2, 3)), dx=10.0)
    >>> line = {"x": np.array([5.0, 25.0]), "y": np.array([15.0, 15.0])}
    >>> trace(ground, **line, width=np.array([2.0, 4.0]), bankfull=np.ones(2))[0]
    array([[2., 3., 4.],
           [0., 0., 0.]])
    """
    if x.size < 2 or not x.size == y.size == width.size == bankfull.size:
        raise BadInput("line", f"{x.size} vertices", "Give two or more, each with width and depth")
    if not all(np.isfinite(values).all() for values in (x, y, width, bankfull)):
        raise BadInput("line", "a value is missing", "Fill it")
    right, down = (x - domain.west) / domain.dx, (domain.north - y) / domain.dx
    ny, nx = domain.shape
    if not ((right >= 0) & (right < nx) & (down >= 0) & (down < ny)).all():
        n = int(np.argmin((right >= 0) & (right < nx) & (down >= 0) & (down < ny)))
        raise BadInput(
            "line", f"vertex {n + 1}, ({x[n]}, {y[n]}), is off the grid", "Cut the line at the terrain's edge"
        )
    wide, deep = np.zeros(domain.shape), np.zeros(domain.shape)
    for n in range(x.size - 1):
        for row, column, at in _crossed(right[n], down[n], right[n + 1], down[n + 1]):
            wide[row, column] = max(wide[row, column], width[n] + at * (width[n + 1] - width[n]))
            deep[row, column] = max(deep[row, column], bankfull[n] + at * (bankfull[n + 1] - bankfull[n]))
    return wide, deep


def _crossed(x0: float, y0: float, x1: float, y1: float) -> Iterator[tuple[int, int, float]]:
    """Row, column and share of the way (nearest to its middle) of each cell that a segment crosses, in cells."""
    column, row = math.floor(x0), math.floor(y0)
    last = math.floor(x1), math.floor(y1)
    dx, dy = x1 - x0, y1 - y0
    length = dx * dx + dy * dy
    for _ in range(abs(last[0] - column) + abs(last[1] - row) + 1):
        at = ((column + 0.5 - x0) * dx + (row + 0.5 - y0) * dy) / length if length > 0 else 0.0
        yield row, column, min(max(at, 0.0), 1.0)
        if (column, row) == last:
            return
        east = ((column + (dx > 0)) - x0) / dx if column != last[0] else math.inf
        south = ((row + (dy > 0)) - y0) / dy if row != last[1] else math.inf
        if east <= south:
            column += 1 if dx > 0 else -1
        else:
            row += 1 if dy > 0 else -1
