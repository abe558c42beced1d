"""Points in Morton order: a cell of the quadtree is one contiguous range of rows."""

import numpy as np

from anlan.science.jit import Floats, Int32s, Keys, njit

LEVELS = 24
_DIGIT = 11


@njit
def spread(v: int) -> int:
    """The 24 bits of ``v`` at every second place."""
    x = np.uint64(v)
    x = (x | (x << np.uint64(16))) & np.uint64(0x0000FFFF0000FFFF)
    x = (x | (x << np.uint64(8))) & np.uint64(0x00FF00FF00FF00FF)
    x = (x | (x << np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    x = (x | (x << np.uint64(2))) & np.uint64(0x3333333333333333)
    return (x | (x << np.uint64(1))) & np.uint64(0x5555555555555555)  # type: ignore[return-value]


@njit
def encode(x: Floats, y: Floats, west: float, south: float, cell: float, out: Keys) -> None:
    """The Morton key of each point; points outside the square go to its nearest cell."""
    last = (1 << LEVELS) - 1
    for i in range(x.size):
        column = min(max(int((x[i] - west) / cell), 0), last)
        line = min(max(int((y[i] - south) / cell), 0), last)
        out[i] = np.uint64(spread(column)) | (np.uint64(spread(line)) << np.uint64(1))


@njit
def order(keys: Keys) -> Int32s:
    """The rows in ascending key order, equal keys in row order (radix sort)."""
    n = keys.size
    rows = np.arange(n).astype(np.int32)
    other = np.empty(n, np.int32)
    counts = np.empty((1 << _DIGIT) + 1, np.int64)
    mask = np.uint64((1 << _DIGIT) - 1)
    for shift in range(0, 2 * LEVELS, _DIGIT):
        counts[:] = 0
        for i in range(n):
            counts[np.int64((keys[i] >> np.uint64(shift)) & mask) + 1] += 1
        for j in range(1 << _DIGIT):
            counts[j + 1] += counts[j]
        for i in range(n):
            digit = np.int64((keys[rows[i]] >> np.uint64(shift)) & mask)
            other[counts[digit]] = rows[i]
            counts[digit] += 1
        rows, other = other, rows
    return rows


@njit
def lower(keys: Keys, a: int, b: int, key: int) -> int:
    """The first row of ``[a, b)`` whose key is not under ``key``."""
    while a < b:
        middle = (a + b) >> 1
        if keys[middle] < np.uint64(key):
            a = middle + 1
        else:
            b = middle
    return a
