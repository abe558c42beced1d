"""Which part of a tile a step must compute: boxes around water, by strips of rows.

A box is (first row, row after the last, first column, column after the last), ring counted; one without rows is empty.
Water crosses at most a cell in a stage, two in a step, so all that lies further from water stays as it is.
"""

import numpy as np

from anlan.science.flood.godunov.kernels.types import Grid, Real
from anlan.science.jit import Int64s, njit

REACH = 2  # cells that water crosses in the two stages of a step
ROWS_MORE, COLUMNS_MORE = (
    5,
    24,
)  # what a march costs beyond its box: rows and columns read around it, calls by the row


@njit
def bounds(h: Grid, box: Int64s, thin: Real, found: Int64s) -> None:
    """The box around all that is deeper than ``thin`` within ``box``."""
    a, b, c, d = box[0], box[1], box[2], box[3]
    while a < b and not is_wet(h, a, c, d, thin):
        a += 1
    while b > a and not is_wet(h, b - 1, c, d, thin):
        b -= 1
    low, high = d, c
    for j in range(a, b):
        i = c
        while i < low and not h[j, i] > thin:
            i += 1
        low = i
        i = d
        while i > high and not h[j, i - 1] > thin:
            i -= 1
        high = i
    found[0], found[1], found[2], found[3] = a, b, low, high


@njit
def is_wet(h: Grid, j: int, c: int, d: int, thin: Real) -> bool:
    """Whether any cell of a row is deeper than ``thin``."""
    i = c
    while i < d and not h[j, i] > thin:
        i += 1
    return i < d


@njit
def look(h: Grid, strips: Int64s, thin: Real, wet: Int64s) -> None:
    """The wet box of every strip; ``strips`` and ``wet``: (row of strips, column of tiles, 4)."""
    for r in range(strips.shape[0]):
        for c in range(strips.shape[1]):
            bounds(h, strips[r, c], thin, wet[r, c])


@njit
def reach(wet: Int64s, strips: Int64s, active: Int64s) -> None:
    """The box of each strip that water may touch in this step, from its own and its neighbours' wet boxes."""
    rows, columns = strips.shape[0], strips.shape[1]
    for r in range(rows):
        for c in range(columns):
            a, b, low, high = 1 << 60, 0, 1 << 60, 0
            mine = strips[r, c]
            for y in range(max(r - 1, 0), min(r + 2, rows)):
                for x in range(max(c - 1, 0), min(c + 2, columns)):
                    box = wet[y, x]
                    if box[0] >= box[1]:
                        continue
                    top, bottom = max(box[0] - REACH, mine[0]), min(box[1] + REACH, mine[1])
                    left, right = max(box[2] - REACH, mine[2]), min(box[3] + REACH, mine[3])
                    if top < bottom and left < right:
                        a, b, low, high = min(a, top), max(b, bottom), min(low, left), max(high, right)
            active[r, c, 0], active[r, c, 1], active[r, c, 2], active[r, c, 3] = a, b, low, high


@njit
def leave(old: Int64s, new: Int64s, h: Grid, depth: Grid, x: Grid, y: Grid) -> None:
    """What falls asleep leaves its films in both stages alike, and stands still in the middle one."""
    for r in range(old.shape[0]):
        for c in range(old.shape[1]):
            a, b, low, high = old[r, c]
            for j in range(a, b):
                first, last = high, high
                if new[r, c, 0] <= j < new[r, c, 1]:
                    first, last = min(new[r, c, 2], high), max(new[r, c, 3], low)
                for i in range(low, high):
                    if not first <= i < last:
                        depth[j, i] = h[j, i]
                        x[j, i] = y[j, i] = 0


@njit
def widen(box: Int64s, j: int, i: int) -> None:
    """Take one cell into a box."""
    if box[0] >= box[1]:
        box[0], box[1], box[2], box[3] = j, j + 1, i, i + 1
        return
    box[0], box[1] = min(box[0], j), max(box[1], j + 1)
    box[2], box[3] = min(box[2], i), max(box[3], i + 1)


@njit
def joined(active: Int64s, s: int) -> tuple[int, tuple[int, int, int, int]]:
    """Strips from ``s`` on that are better marched as one, and the box around them: (the strip after the last, box)."""
    a, b, low, high = active[s, 0], active[s, 1], active[s, 2], active[s, 3]
    e = s + 1
    while e < active.shape[0] and active[e, 0] < active[e, 1]:
        left, right = min(low, active[e, 2]), max(high, active[e, 3])
        apart = cost(b - a, high - low) + cost(active[e, 1] - active[e, 0], active[e, 3] - active[e, 2])
        if cost(active[e, 1] - a, right - left) > apart:
            break
        b, low, high = active[e, 1], left, right
        e += 1
    return e, (a, b, low, high)


@njit
def cost(rows: int, columns: int) -> int:
    """What a march costs, in cells."""
    return (rows + ROWS_MORE) * (columns + COLUMNS_MORE)


@njit
def by_rows(wet: Int64s, first: Int64s, last: Int64s) -> None:
    """First and past-the-last column of the wet boxes on each row."""
    for r in range(wet.shape[0]):
        for c in range(wet.shape[1]):
            a, b, low, high = wet[r, c]
            for j in range(a, b):
                first[j] = min(first[j], low)
                last[j] = max(last[j], high)


@njit
def deepest(h: Grid, wet: Int64s) -> float:
    """The greatest depth in the wet boxes, 0 when there is none."""
    most = 0.0
    for r in range(wet.shape[0]):
        for c in range(wet.shape[1]):
            a, b, low, high = wet[r, c]
            for j in range(a, b):
                for i in range(low, high):
                    most = max(most, np.float64(h[j, i]))
    return most
