"""The ring beside the edges of the domain, and what passes over them. Fields come with their ring of two (`RING`)."""

from anlan.science.jit import Floats, Int8s, Reals, njit

FIRST = 2  # the first row and column that are cells
NORTH, EAST, SOUTH, WEST = range(4)
CLOSED, OPEN, STAGE = range(3)


@njit
def rim(h: Reals, z: Reals, x: Reals, y: Reals, kinds: Int8s, levels: Floats) -> None:
    """Fill the ring beside open edges (the depth of the edge cell) and given stages; faces beyond repeat the edge."""
    rows, columns = h.shape
    t = h.dtype.type
    for side, ring, cell, face, beyond in (
        (NORTH, 1, FIRST, FIRST, 1),
        (SOUTH, rows - 2, rows - 3, rows - 2, rows - 1),
    ):
        if kinds[side] != CLOSED:
            for i in range(FIRST, columns - FIRST):
                level = t(levels[side]) - z[ring, i]
                h[ring, i] = h[cell, i] if kinds[side] == OPEN else max(level, t(0))
                y[beyond, i] = y[face, i]
    for side, ring, cell, face, beyond in (
        (WEST, 1, FIRST, FIRST, 1),
        (EAST, columns - 2, columns - 3, columns - 2, columns - 1),
    ):
        if kinds[side] != CLOSED:
            for j in range(FIRST, rows - FIRST):
                level = t(levels[side]) - z[j, ring]
                h[j, ring] = h[j, cell] if kinds[side] == OPEN else max(level, t(0))
                x[j, beyond] = x[j, face]


@njit
def edge_flow(x: Reals, y: Reals, kinds: Int8s) -> tuple[float, float]:
    """Unit discharge in and out over the edges, m²/s summed over their faces, in f64."""
    rows, columns = x.shape
    came = 0.0
    went = 0.0
    for side, row, sign in ((NORTH, FIRST, 1.0), (SOUTH, rows - FIRST, -1.0)):
        if kinds[side] != CLOSED:
            for i in range(FIRST, columns - FIRST):
                q = sign * y[row, i]
                came += max(q, 0.0)
                went += max(-q, 0.0)
    for side, column, sign in ((WEST, FIRST, 1.0), (EAST, columns - FIRST, -1.0)):
        if kinds[side] != CLOSED:
            for j in range(FIRST, rows - FIRST):
                q = sign * x[j, column]
                came += max(q, 0.0)
                went += max(-q, 0.0)
    return came, went
