"""A look over the raster: as in what depth of water the waves of each cell run, by classes."""

import numpy as np

from anlan.science.flood.inertial.kernels.rows import BLOCK, Bits, Number, giving
from anlan.science.jit import Bytes, Int64s, Reals, fetch, njit, njit_field

CLASS_BITS = 18  # lower bits of a float32 that a class leaves out: 32 classes to a doubling
CLASSES = 1 << (31 - CLASS_BITS)
TABLES = 4  # that count by turns: neighbours of one class would wait for each other
SEEN_BITS = CLASS_BITS + 1  # so that fifteen doublings have room in a byte


@njit_field
def census(
    first: int, last: int, h: Reals, x: Reals, y: Reals, lo: Int64s, hi: Int64s, least: Number, swift: Number, rising: Number,
    floors: Reals, scratch: Reals, bits: Bits, counts: Int64s, seen: Bytes, risen: Int64s,
) -> None:  # fmt: skip
    """Count the cells of the rows ``first`` to ``last - 1`` by the class of the depth (m) as whose waves their own run (`rows.face`).

    Only those above ``floors[0]``. The class if they stood ``rising`` times as deep goes to ``seen`` (as `seen_as` of ``floors[1]``; empty
    if not asked for; what is dry keeps what it had), and ``risen`` says of how many cells, in `TABLES` that are to be added up.
    ``floors`` and ``scratch``, two rows, are float32; ``bits`` the same as ``scratch``.
    """
    line = floors.view(np.int32)[0]
    below = np.int32((floors.view(np.int32)[1] >> SEEN_BITS) - 1)
    for j in range(first, last):
        if j + 2 < last and lo[j + 2] < hi[j + 2]:
            ahead = slice(lo[j + 2], hi[j + 2])
            fetch(h[j + 2, ahead])
            fetch(x[j + 2, ahead])
            fetch(y[j + 2, ahead])
        a, b = lo[j], hi[j]
        if a >= b:
            continue
        c = slice(a, b)
        giving(h[j, c], x[j, a : b + 1], y[j, c], y[j + 1, c], least, scratch[0, c])
        _waves(h[j, c], swift, rising, scratch[0, c], scratch[1, c])
        if seen.size:
            _classify(bits[1, c], below, seen[j, c])
            for i in range(a, b):
                risen[i % TABLES, seen[j, i]] += 1
        for start in range(a, b, BLOCK):
            end = min(start + BLOCK, b)
            if _greatest(bits[0, start:end]) > line:
                for i in range(start, end):
                    if scratch[0, i] > floors[0]:
                        counts[bits[0, i] >> CLASS_BITS] += 1


@njit_field
def _waves(h: Reals, swift: Number, rising: Number, waves: Reals, risen: Reals) -> None:
    """``waves`` holds the square of the speed before."""
    for i in range(h.size):
        as_deep = swift * waves[i]
        waves[i] = max(h[i], as_deep)
        risen[i] = max(rising * h[i], as_deep)


@njit_field
def _greatest(waves: Bits) -> Bits:
    most = np.int32(0)
    for i in range(waves.size):
        most = max(most, np.int32(waves[i] & np.int32(0x7FFFFFFF)))
    return most


@njit_field
def _classify(bits: Bits, below: Bits, out: Bytes) -> None:
    for i in range(out.size):
        above = np.int32(np.int32(bits[i] >> SEEN_BITS) - below)
        out[i] = np.uint8(min(max(above, np.int32(0)), np.int32(255)))


@njit
def seen_as(depth: float, floor: float) -> int:
    """The class of a depth in a byte: from 1 at ``floor``, 0 below it; the highest stands for all above."""
    above = int(np.float32(depth).view(np.int32) >> SEEN_BITS) - int(
        np.float32(floor).view(np.int32) >> SEEN_BITS
    )
    return min(max(above + 1, 0), 255)
