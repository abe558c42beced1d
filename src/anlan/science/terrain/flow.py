"""What follows from flow directions: catchments, accumulation, streams, height above drainage, distance to the mouth.

All walk the cells once, each after those that drain to it, so cost grows with the number of cells only.
"""

from dataclasses import dataclass

import numpy as np

from anlan.science.fields import Field, science
from anlan.science.jit import Bools, Floats, Int8s, Int32s, Int64s, njit
from anlan.science.terrain.errors import BadDirections, BadGrid, NoOverlap
from anlan.science.terrain.hollows import DOWN, MISSING, RIGHT

_DIRECTIONS = Field("directions", "int8", ("row", "column"), "as flow_directions")
_STREAMS = Field("streams", "bool", ("row", "column"), "flag")
_OWN = "own; topological order of a tree"


@science(
    _DIRECTIONS,
    Field("weight", "float64", ("row", "column"), "any amount a cell gives, e.g. m2 or m3/s"),
    Field("return", "float64", ("row", "column"), "as weight", "out"),
    source=_OWN,
)
def accumulate(directions: Int8s, weight: Floats) -> Floats:
    """What each cell and all cells that drain to it give together; nothing is lost on the way.

    Raises `BadGrid` for arrays of different shape, `BadDirections` for a circle.

    >>> accumulate(np.array([[0, 0, -1]], dtype=np.int8), np.ones((1, 3))).tolist()
    [[1.0, 2.0, 3.0]]
    """
    _same_shape(directions, weight, "weight")
    return _accumulated(directions, weight, _sources_first(directions))


@science(
    _DIRECTIONS,
    Field("outlets", "int64", ("outlet", 2), "row and column"),
    Field("return", "int32", ("row", "column"), "number of the outlet from 1; 0 drains elsewhere", "out"),
    source=_OWN,
)
def catchments(directions: Int8s, outlets: Int64s) -> Int32s:
    """To which outlet each cell drains first; an outlet belongs to itself, one above another takes its own part.

    Raises `NoOverlap` for an outlet outside the grid, `BadDirections` for a circle.

    >>> catchments(np.array([[0, 0, 0, -1]], dtype=np.int8), np.array([[0, 2], [0, 1]])).tolist()
    [[2, 2, 1, 0]]
    """
    rows, columns = directions.shape
    for number, (r, c) in enumerate(outlets.tolist(), 1):
        if not (0 <= r < rows and 0 <= c < columns):
            raise NoOverlap(
                f"outlets: number {number} at row {r}, column {c} lies outside {rows} by {columns}."
            )
    return _labelled(directions, outlets, _sources_first(directions))


@science(
    _DIRECTIONS,
    Field("return", "float64", ("row", "column"), "m", "out"),
    source=_OWN,
)
def flow_length(directions: Int8s, *, dx: float) -> Floats:
    """Way of the water from each cell to where it leaves the grid; NaN where there is no land.

    ``dx``: side of a cell, m. Raises `BadDirections` for a circle.

    >>> flow_length(np.array([[0, 0, -1]], dtype=np.int8), dx=10.0).tolist()
    [[20.0, 10.0, 0.0]]
    """
    return _lengths(directions, _sources_first(directions), dx)


@science(
    Field("filled", "float64", ("row", "column"), "m"),
    _DIRECTIONS,
    _STREAMS,
    Field("return", "float64", ("row", "column"), "m", "out"),
    source="Rennó et al. 2008, Remote Sensing of Environment 112: 3469–3481 (HAND)",
)
def height_above_drainage(filled: Floats, directions: Int8s, streams: Bools) -> Floats:
    """HAND: height of each cell above the stream cell that it drains to; NaN where it reaches none.

    Never negative on a filled surface. Raises `BadGrid` for other shapes, `BadDirections` for a circle.

    >>> to = np.array([[0, 0, -1]], dtype=np.int8)
    >>> height_above_drainage(np.array([[7.0, 4.0, 2.0]]), to, np.array([[False, True, True]])).tolist()
    [[3.0, 0.0, 0.0]]
    """
    _same_shape(directions, filled, "filled")
    _same_shape(directions, streams, "streams")
    return _heights(filled, directions, streams, _sources_first(directions))


@science(
    _DIRECTIONS,
    _STREAMS,
    Field("return", "int32", ("row", "column"), "Strahler order, 0 beside streams", "out"),
    source="Strahler 1957, Trans. AGU 38: 913–920",
)
def stream_order(directions: Int8s, streams: Bools) -> Int32s:
    """Strahler order of each stream cell: two of one order make the next.

    Raises `BadGrid` for other shapes, `BadDirections` for a circle.

    >>> stream_order(np.array([[0, -1, 4]], dtype=np.int8), np.ones((1, 3), dtype=bool)).tolist()
    [[1, 2, 1]]
    """
    _same_shape(directions, streams, "streams")
    return _orders(directions, streams, _sources_first(directions))


@dataclass(frozen=True, slots=True, eq=False)
class Reaches:
    """Streams as runs of cells: reach k is ``cells[starts[k]:starts[k + 1]]``, downstream, junction included."""

    cells: Int64s  # row * columns + column
    starts: Int64s


@science(
    _DIRECTIONS,
    _STREAMS,
    Field("return.cells", "int64", ("step",), "cell number", "out"),
    Field("return.starts", "int64", ("reaches and one",), "index", "out"),
    source=_OWN,
)
def stream_reaches(directions: Int8s, streams: Bools) -> Reaches:
    """Streams cut at sources, junctions and mouths.

    Raises `BadGrid` for other shapes, `BadDirections` for a circle.

    >>> found = stream_reaches(np.array([[0, 0, -1]], dtype=np.int8), np.ones((1, 3), dtype=bool))
    >>> found.cells.tolist(), found.starts.tolist()
    ([0, 1, 2], [0, 3])
    """
    _same_shape(directions, streams, "streams")
    _sources_first(directions)
    cells, starts = _cut(directions, streams)
    return Reaches(cells, starts)


@science(
    Field("amount", "float64", ("row", "column"), "as accumulate"),
    source="own; the usual pour-point snap",
)
def snap(amount: Floats, *, row: int, column: int, within: int) -> tuple[int, int]:
    """The cell with the greatest amount within some cells of a place: puts a gauge onto its stream.

    Raises `NoOverlap` for a place outside the grid.

    >>> snap(np.array([[1.0, 2, 9], [1, 1, 8]]), row=1, column=1, within=1)
    (0, 2)
    """
    rows, columns = amount.shape
    if not (0 <= row < rows and 0 <= column < columns):
        raise NoOverlap(f"row, column: {row}, {column} lies outside {rows} by {columns}.")
    top, left = max(row - within, 0), max(column - within, 0)
    part = np.nan_to_num(amount[top : row + within + 1, left : column + within + 1], nan=-np.inf)
    r, c = divmod(int(part.argmax()), part.shape[1])
    return top + r, left + c


def _same_shape(directions: Int8s, other: Floats | Bools, name: str) -> None:
    if directions.shape != other.shape:
        raise BadGrid(f"{name}: {other.shape} does not lie on the directions' grid of {directions.shape}.")


def _sources_first(directions: Int8s) -> Int64s:
    cells, whole = _ordered(directions)
    if not whole:
        raise BadDirections(
            "directions: they run in a circle or off the land; take them from flow_directions."
        )
    return cells


@njit
def _next(directions: Int8s, r: int, c: int) -> tuple[int, int]:
    """Row and column downstream, or (-1, -1)."""
    d = directions[r, c]
    if d < 0:
        return -1, -1
    return r + DOWN[d], c + RIGHT[d]


@njit
def _ordered(directions: Int8s) -> tuple[Int64s, bool]:
    """Cells of the land, each after all that drain to it; False if a circle or a way off the land was met."""
    rows, columns = directions.shape
    waiting = np.zeros(directions.shape, dtype=np.int8)
    land = 0
    for r in range(rows):
        for c in range(columns):
            if directions[r, c] == MISSING:
                continue
            if directions[r, c] > 7:
                return np.empty(0, dtype=np.int64), False
            land += 1
            rr, cc = _next(directions, r, c)
            if directions[r, c] >= 0:
                if rr < 0 or cc < 0 or rr >= rows or cc >= columns or directions[rr, cc] == MISSING:
                    return np.empty(0, dtype=np.int64), False
                waiting[rr, cc] += 1
    cells = np.empty(land, dtype=np.int64)
    n = 0
    for r in range(rows):
        for c in range(columns):
            if directions[r, c] != MISSING and waiting[r, c] == 0:
                cells[n] = r * columns + c
                n += 1
    k = 0
    while k < n:
        rr, cc = _next(directions, cells[k] // columns, cells[k] % columns)
        k += 1
        if rr >= 0:
            waiting[rr, cc] -= 1
            if waiting[rr, cc] == 0:
                cells[n] = rr * columns + cc
                n += 1
    return cells, n == land


@njit
def _accumulated(directions: Int8s, weight: Floats, cells: Int64s) -> Floats:
    columns = directions.shape[1]
    amount = np.full(directions.shape, np.nan)
    for cell in cells:
        amount[cell // columns, cell % columns] = weight[cell // columns, cell % columns]
    for cell in cells:
        r, c = cell // columns, cell % columns
        rr, cc = _next(directions, r, c)
        if rr >= 0:
            amount[rr, cc] += amount[r, c]
    return amount


@njit
def _labelled(directions: Int8s, outlets: Int64s, cells: Int64s) -> Int32s:
    columns = directions.shape[1]
    label = np.zeros(directions.shape, dtype=np.int32)
    for k in range(len(outlets)):
        label[outlets[k, 0], outlets[k, 1]] = k + 1
    for cell in cells[::-1]:
        r, c = cell // columns, cell % columns
        rr, cc = _next(directions, r, c)
        if label[r, c] == 0 and rr >= 0:
            label[r, c] = label[rr, cc]
    return label


@njit
def _lengths(directions: Int8s, cells: Int64s, dx: float) -> Floats:
    columns = directions.shape[1]
    length = np.full(directions.shape, np.nan)
    for cell in cells[::-1]:
        r, c = cell // columns, cell % columns
        rr, cc = _next(directions, r, c)
        if rr < 0:
            length[r, c] = 0.0
        else:
            length[r, c] = length[rr, cc] + (dx * 1.4142135623730951 if rr != r and cc != c else dx)
    return length


@njit
def _heights(filled: Floats, directions: Int8s, streams: Bools, cells: Int64s) -> Floats:
    columns = directions.shape[1]
    base = np.full(directions.shape, np.nan)
    for cell in cells[::-1]:
        r, c = cell // columns, cell % columns
        rr, cc = _next(directions, r, c)
        if streams[r, c]:
            base[r, c] = filled[r, c]
        elif rr >= 0:
            base[r, c] = base[rr, cc]
    heights: Floats = filled - base
    return heights


@njit
def _orders(directions: Int8s, streams: Bools, cells: Int64s) -> Int32s:
    columns = directions.shape[1]
    order = np.zeros(directions.shape, dtype=np.int32)
    highest = np.zeros(directions.shape, dtype=np.int32)
    arms = np.zeros(directions.shape, dtype=np.int8)
    for cell in cells:
        r, c = cell // columns, cell % columns
        if not streams[r, c]:
            continue
        order[r, c] = max(1, highest[r, c] + (1 if arms[r, c] > 1 else 0))
        rr, cc = _next(directions, r, c)
        if rr < 0:
            continue
        if order[r, c] > highest[rr, cc]:
            highest[rr, cc] = order[r, c]
            arms[rr, cc] = 1
        elif order[r, c] == highest[rr, cc]:
            arms[rr, cc] += 1
    return order


@njit
def _cut(directions: Int8s, streams: Bools) -> tuple[Int64s, Int64s]:
    rows, columns = directions.shape
    arms = np.zeros(directions.shape, dtype=np.int8)
    n = 0
    for r in range(rows):
        for c in range(columns):
            if streams[r, c]:
                n += 1
                rr, cc = _next(directions, r, c)
                if rr >= 0 and streams[rr, cc]:
                    arms[rr, cc] += 1
    cells = np.empty(8 * n, dtype=np.int64)
    starts = np.empty(n + 1, dtype=np.int64)
    reach = at = 0
    starts[0] = 0
    for r in range(rows):
        for c in range(columns):
            if not streams[r, c] or arms[r, c] == 1:
                continue
            rr, cc = _next(directions, r, c)
            if rr < 0 or not streams[rr, cc]:
                continue
            cells[at] = r * columns + c
            at += 1
            while rr >= 0 and streams[rr, cc]:
                cells[at] = rr * columns + cc
                at += 1
                if arms[rr, cc] != 1:
                    break
                rr, cc = _next(directions, rr, cc)
            reach += 1
            starts[reach] = at
    return cells[:at].copy(), starts[: reach + 1].copy()
