"""The two walks over the quadtree: points of a polygon, points near a line.

Both carry down only the edges that matter to a cell, so a cell that no edge touches is taken or left whole, and
points are tested one by one only beside the boundary. Edges are rows of ``(ax, ay, bx, by)``, answers are runs
``[from, to)`` of rows, ascending: copying a run is ten times as fast as copying its points one by one.

``morton`` is imported for its kernels: after a change there, delete ``__pycache__`` (see ``science.jit``).
"""

import numpy as np

from anlan.science.jit import Bools, Floats, Int32s, Int64s, Keys, njit
from anlan.science.spatial.morton import LEVELS, lower, spread

LEAF = 32
SLACK = 1e-9
"""Degrees (0.1 mm) by which a cell is widened, so that rounding never parts a point from its cell."""

_DEEP = 4 * LEVELS + 4
_COLUMN, _LINE, _LEVEL, _FROM, _TO, _EDGES, _COUNT, _INSIDE = range(8)


@njit
def covers(x: float, y: float, edges: Floats, chosen: Int32s, start: int, count: int, inside: bool) -> bool:
    """Whether the rings hold the point, by the even-odd rule; a point on an edge or vertex is inside."""
    for k in range(start, start + count):
        e = chosen[k]
        ax, ay, bx, by = edges[e, 0], edges[e, 1], edges[e, 2], edges[e, 3]
        if (ay > y) != (by > y):
            side = (bx - ax) * (y - ay) - (x - ax) * (by - ay)
            if side == 0.0:
                return True
            if (side < 0.0) == (by > ay):
                inside = not inside
        elif (bx == x and by == y) or (ay == y and by == y and min(ax, bx) <= x <= max(ax, bx)):
            return True
    return inside


@njit
def in_polygon(
    keys: Keys, x: Floats, y: Floats, west: float, south: float, cell: float, edges: Floats, out: Int32s
) -> int:
    """Write the runs of rows that the rings cover to ``out`` and give their number."""
    chosen, stack = _begin(keys, edges)
    n = 0
    top = 1
    while top > 0:
        top -= 1
        column, line, level, a, b, e0, en, par = stack[top]
        inside = par == 1
        x0, y0, x1, y1 = _box(column, line, level, west, south, cell)
        f0 = e0 + en
        fn = 0
        touched = False
        for k in range(e0, e0 + en):
            e = chosen[k]
            low, high = min(edges[e, 1], edges[e, 3]), max(edges[e, 1], edges[e, 3])
            if high < y0 or low > y1 or min(edges[e, 0], edges[e, 2]) > x1:
                continue
            if max(edges[e, 0], edges[e, 2]) >= x0:
                touched = True
            elif low <= y0 and high > y1:
                inside = not inside
                continue
            chosen[f0 + fn] = e
            fn += 1
        if touched and b - a > LEAF and level > 0:
            top = _split(keys, stack, top, column, line, level, a, b, f0, fn, inside)
        elif touched:
            n = _test(x, y, edges, chosen, f0, fn, inside, a, b, out, n)
        elif covers(x[a], y[a], edges, chosen, f0, fn, inside):
            n = _take(a, b, out, n)
    return n


@njit
def near_line(
    keys: Keys,
    x: Floats,
    y: Floats,
    west: float,
    south: float,
    cell: float,
    edges: Floats,
    scales: Floats,
    metres: float,
    out: Int32s,
) -> int:
    """Write the runs of rows within ``metres`` of any edge; ``scales``: metres a degree east and north."""
    chosen, stack = _begin(keys, edges)
    n = 0
    top = 1
    while top > 0:
        top -= 1
        column, line, level, a, b, e0, en, _ = stack[top]
        x0, y0, x1, y1 = _box(column, line, level, west, south, cell)
        f0 = e0 + en
        fn = 0
        for k in range(e0, e0 + en):
            e = chosen[k]
            dx, dy = metres / scales[e, 0] + SLACK, metres / scales[e, 1] + SLACK
            if min(edges[e, 1], edges[e, 3]) - dy > y1 or max(edges[e, 1], edges[e, 3]) + dy < y0:
                continue
            if min(edges[e, 0], edges[e, 2]) - dx > x1 or max(edges[e, 0], edges[e, 2]) + dx < x0:
                continue
            chosen[f0 + fn] = e
            fn += 1
        if fn == 0:
            continue
        if b - a > LEAF and level > 0:
            top = _split(keys, stack, top, column, line, level, a, b, f0, fn, False)
            continue
        for i in range(a, b):
            if is_near(x[i], y[i], edges, scales, chosen, f0, fn, metres):
                n = _take(i, i + 1, out, n)
    return n


@njit
def is_near(
    x: float, y: float, edges: Floats, scales: Floats, chosen: Int32s, start: int, count: int, metres: float
) -> bool:
    """Whether a point is within ``metres`` of any of the edges, on the plane of that edge."""
    for k in range(start, start + count):
        e = chosen[k]
        px, py = (x - edges[e, 0]) * scales[e, 0], (y - edges[e, 1]) * scales[e, 1]
        dx, dy = (edges[e, 2] - edges[e, 0]) * scales[e, 0], (edges[e, 3] - edges[e, 1]) * scales[e, 1]
        length = dx * dx + dy * dy
        along = 0.0
        if length > 0.0:
            along = min(1.0, max(0.0, (px * dx + py * dy) / length))
        if (px - along * dx) ** 2 + (py - along * dy) ** 2 <= metres * metres:
            return True
    return False


@njit
def _begin(keys: Keys, edges: Floats) -> tuple[Int32s, Int64s]:
    chosen = np.empty(edges.shape[0] * (LEVELS + 3), np.int32)
    for e in range(edges.shape[0]):
        chosen[e] = e
    stack = np.zeros((_DEEP, 8), np.int64)
    stack[0, _LEVEL] = LEVELS
    stack[0, _TO] = keys.size
    stack[0, _COUNT] = edges.shape[0]
    return chosen, stack


@njit
def _box(
    column: int, line: int, level: int, west: float, south: float, cell: float
) -> tuple[float, float, float, float]:
    """The cell, a little widened; cells on the rim reach to infinity, for points beyond the square."""
    width = 1 << level
    last = 1 << LEVELS
    x0 = west + column * cell - SLACK if column > 0 else -np.inf
    y0 = south + line * cell - SLACK if line > 0 else -np.inf
    x1 = west + (column + width) * cell + SLACK if column + width < last else np.inf
    y1 = south + (line + width) * cell + SLACK if line + width < last else np.inf
    return x0, y0, x1, y1


@njit
def _split(
    keys: Keys,
    stack: Int64s,
    top: int,
    column: int,
    line: int,
    level: int,
    a: int,
    b: int,
    f0: int,
    fn: int,
    inside: bool,
) -> int:
    """Push the four quarters that hold points."""
    half = np.int64(1) << (level - 1)
    base = np.uint64(spread(column)) | (np.uint64(spread(line)) << np.uint64(1))
    step = np.uint64(1) << np.uint64(2 * (level - 1))
    stop = b
    for quarter in range(3, -1, -1):  # the last first, so that the stack gives rows in ascending order
        start = lower(keys, a, stop, base + step * np.uint64(quarter)) if quarter else a  # type: ignore[arg-type]
        if stop > start:
            stack[top, _COLUMN] = column + (half if quarter & 1 else 0)
            stack[top, _LINE] = line + (half if quarter & 2 else 0)
            stack[top, _LEVEL] = level - 1
            stack[top, _FROM] = start
            stack[top, _TO] = stop
            stack[top, _EDGES] = f0
            stack[top, _COUNT] = fn
            stack[top, _INSIDE] = inside
            top += 1
        stop = start
    return top


@njit
def _test(
    x: Floats,
    y: Floats,
    edges: Floats,
    chosen: Int32s,
    f0: int,
    fn: int,
    inside: bool,
    a: int,
    b: int,
    out: Int32s,
    n: int,
) -> int:
    for i in range(a, b):
        if covers(x[i], y[i], edges, chosen, f0, fn, inside):
            n = _take(i, i + 1, out, n)
    return n


@njit
def _take(a: int, b: int, out: Int32s, n: int) -> int:
    if n > 0 and out[n - 1, 1] == a:
        out[n - 1, 1] = b
        return n
    out[n, 0] = a
    out[n, 1] = b
    return n + 1


@njit
def gather(runs: Int32s, live: Bools, all_live: bool, ids: Int64s, groups: Int32s) -> tuple[Int64s, Int32s]:
    """The ids and groups of the living rows of the runs."""
    size = 0
    for k in range(runs.shape[0]):
        size += runs[k, 1] - runs[k, 0]
    out_ids = np.empty(size, np.int64)
    out_groups = np.empty(size, np.int32)
    n = 0
    for k in range(runs.shape[0]):
        a, b = runs[k, 0], runs[k, 1]
        if all_live:
            for i in range(a, b):
                out_ids[n + i - a] = ids[i]
                out_groups[n + i - a] = groups[i]
            n += b - a
            continue
        for i in range(a, b):
            if live[i]:
                out_ids[n] = ids[i]
                out_groups[n] = groups[i]
                n += 1
    return out_ids[:n], out_groups[:n]


@njit
def join(runs: Int32s) -> int:
    """Join overlapping runs, sorted by their start, in place; give how many are left."""
    n = 0
    for k in range(runs.shape[0]):
        if n > 0 and runs[k, 0] <= runs[n - 1, 1]:
            runs[n - 1, 1] = max(runs[n - 1, 1], runs[k, 1])
        else:
            runs[n, 0] = runs[k, 0]
            runs[n, 1] = runs[k, 1]
            n += 1
    return n
