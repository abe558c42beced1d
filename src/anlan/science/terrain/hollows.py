"""Fill depressions and give each cell the neighbour that its water runs to.

Priority flood: the land is entered from its rim, lowest pass first, so each cell is reached at the level at
which its water can leave. Cells below that level are raised to it. Water runs down the steepest of eight
neighbours; where none is lower (a filled hollow, a flat) it runs back the way the flood came in, so that no
circle is possible.
"""

import numpy as np

from anlan.science.fields import Field, science
from anlan.science.jit import Floats, Int8s, Int64s, njit
from anlan.science.terrain.errors import BadGrid, MissingCells

OUT = -1
"""Water leaves the grid here."""
MISSING = -2
"""No land here."""
RIGHT = np.array([1, 1, 0, -1, -1, -1, 0, 1], dtype=np.int64)
DOWN = np.array([0, 1, 1, 1, 0, -1, -1, -1], dtype=np.int64)
"""Columns right and rows down of directions 0…7: east, south-east, south … north-east (clockwise)."""

_SOURCE = "Barnes, Lehman, Mulla 2014, Computers & Geosciences 62: 117–127 (algorithm 2, priority flood)"


@science(
    Field("bed", "float64", ("row", "column"), "m"),
    Field("return", "float64", ("row", "column"), "m", "out"),
    source=_SOURCE,
)
def fill(bed: Floats) -> Floats:
    """Raise every hollow to the level at which its water can leave the grid; NaN is outside the land.

    Never lowers a cell. Raises `BadGrid` for another shape or an infinite height, `MissingCells` when there is
    no land at all.

    >>> fill(np.array([[5.0, 5, 5], [5, 1, 4], [5, 5, 5]]))[1].tolist()
    [5.0, 4.0, 4.0]
    """
    filled, _ = _flooded(_land(bed))
    return filled


@science(
    Field("bed", "float64", ("row", "column"), "m"),
    Field(
        "return", "int8", ("row", "column"), "0…7 clockwise from east, -1 leaves the grid, -2 no land", "out"
    ),
    source=_SOURCE + "; O'Callaghan, Mark 1984 (steepest of eight)",
)
def flow_directions(bed: Floats) -> Int8s:
    """Where each cell's water runs: one of eight neighbours, or out. Hollows are crossed as if filled.

    Raises as `fill`.

    >>> flow_directions(np.array([[3.0, 2, 1]])).tolist()
    [[0, 0, -1]]
    """
    filled, back = _flooded(_land(bed))
    return _steepest(filled, back)


def _land(bed: Floats) -> Floats:
    if bed.ndim != 2 or 0 in bed.shape:
        raise BadGrid(f"bed: shape {bed.shape} is no grid; give rows and columns.")
    if np.isinf(bed).any():
        raise BadGrid("bed: some heights are infinite; give NaN where a height is missing.")
    if np.isnan(bed).all():
        raise MissingCells("bed: not one cell has a height; check the no-data value of the file.")
    return np.ascontiguousarray(bed, dtype=np.float64)


@njit
def _flooded(bed: Floats) -> tuple[Floats, Int8s]:
    """The filled surface, and for each cell the direction from which the flood reached it."""
    rows, columns = bed.shape
    filled = bed.copy()
    back = np.full(bed.shape, MISSING, dtype=np.int8)
    seen = np.isnan(bed)
    levels = np.empty(bed.size, dtype=np.float64)  # the heap: levels, and beside them the cells
    cells = np.empty(bed.size, dtype=np.int64)
    queue = np.empty(bed.size, dtype=np.int64)
    size = 0
    for r in range(rows):
        for c in range(columns):
            if not np.isnan(bed[r, c]) and _is_rim(bed, r, c):
                back[r, c] = OUT
                seen[r, c] = True
                size = _push(levels, cells, size, bed[r, c], r * columns + c)
    head = tail = 0
    while size > 0 or head < tail:
        if head < tail:
            cell = queue[head]
            head += 1
        else:
            cell = cells[0]
            size = _pop(levels, cells, size)
        r, c = cell // columns, cell % columns
        for d in range(8):
            rr, cc = r + DOWN[d], c + RIGHT[d]
            if rr < 0 or cc < 0 or rr >= rows or cc >= columns or seen[rr, cc]:
                continue
            seen[rr, cc] = True
            back[rr, cc] = (d + 4) % 8
            if filled[rr, cc] <= filled[r, c]:
                filled[rr, cc] = filled[r, c]
                queue[tail] = rr * columns + cc
                tail += 1
            else:
                size = _push(levels, cells, size, filled[rr, cc], rr * columns + cc)
    return filled, back


@njit
def _is_rim(bed: Floats, r: int, c: int) -> bool:
    """A cell beside the edge of the grid or beside missing land: water can leave there."""
    rows, columns = bed.shape
    if r == 0 or c == 0 or r == rows - 1 or c == columns - 1:
        return True
    return bool(np.isnan(bed[r - 1 : r + 2, c - 1 : c + 2]).any())


@njit
def _push(levels: Floats, cells: Int64s, size: int, level: float, cell: int) -> int:
    """Put a cell into the heap (lowest first); give the new size."""
    k = size
    while k > 0:
        up = (k - 1) // 2
        if levels[up] <= level:
            break
        levels[k], cells[k] = levels[up], cells[up]
        k = up
    levels[k], cells[k] = level, cell
    return size + 1


@njit
def _pop(levels: Floats, cells: Int64s, size: int) -> int:
    """Take the lowest cell from the heap; give the new size."""
    size -= 1
    level, cell = levels[size], cells[size]
    k = 0
    while True:
        child = 2 * k + 1
        if child >= size:
            break
        if child + 1 < size and levels[child + 1] < levels[child]:
            child += 1
        if level <= levels[child]:
            break
        levels[k], cells[k] = levels[child], cells[child]
        k = child
    levels[k], cells[k] = level, cell
    return size


@njit
def _steepest(filled: Floats, back: Int8s) -> Int8s:
    rows, columns = filled.shape
    to = back.copy()
    for r in range(rows):
        for c in range(columns):
            if back[r, c] == MISSING:
                continue
            best = 0.0
            for d in range(8):
                rr, cc = r + DOWN[d], c + RIGHT[d]
                if rr < 0 or cc < 0 or rr >= rows or cc >= columns:
                    continue
                drop = filled[r, c] - filled[rr, cc]
                if d % 2 == 1:
                    drop *= 0.7071067811865476
                if drop > best:
                    best = drop
                    to[r, c] = d
    return to
