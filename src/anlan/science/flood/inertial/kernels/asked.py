"""What a stepper asks of its fields: water over the edges, and what binds the next step."""

import numpy as np

from anlan.science.flood.inertial.kernels.march import CLOSED, EAST, FIRST, NORTH, SOUTH, WEST
from anlan.science.flood.inertial.kernels.rows import Bits, Number, binding, giving, highest
from anlan.science.jit import Int8s, Int64s, Reals, njit, njit_field

CLASS_BITS = 19  # of a float32 that a class of `census` does not look at


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


@njit_field
def fastest(
    h: Reals, x: Reals, y: Reals, lo: Int64s, hi: Int64s, least: Number, row: Reals, bits: Bits, mask: Bits
) -> Bits:
    """Greatest speed (m/s) with which a cell gives water away, as bits; ``row`` and its ``bits`` are scratch."""
    most = bits[0] & 0
    row[:] = 0
    for j in range(FIRST, h.shape[0] - FIRST):
        a, b = lo[j], hi[j]
        if a < b:
            c = slice(a, b)
            giving(h[j, c], x[j, a : b + 1], y[j, c], y[j + 1, c], least, row[c])
            most = highest(bits[c], mask, most)
    return most


@njit_field
def census(
    h: Reals,
    x: Reals,
    y: Reals,
    lo: Int64s,
    hi: Int64s,
    least: Number,
    by_depth: Number,
    by_speed: Number,
    row: Reals,
    counts: Int64s,
) -> None:
    """Count cells by the square of the speed that binds their step, the greater of ``by_depth`` × depth and ``by_speed`` × speed².

    Classes are the upper bits of the square as float32: 16 to a doubling. Squares below 1 are not counted. ``row`` is scratch.
    """
    t = h.dtype.type
    counts[:] = 0
    for j in range(FIRST, h.shape[0] - FIRST):
        a, b = lo[j], hi[j]
        if a >= b:
            continue
        c = slice(a, b)
        giving(h[j, c], x[j, a : b + 1], y[j, c], y[j + 1, c], least, row[c])
        binding(h[j, c], row[c], by_depth, by_speed)
        for i in range(a, b):
            if row[i] > t(1):
                counts[np.float32(row[i]).view(np.int32) >> CLASS_BITS] += 1
