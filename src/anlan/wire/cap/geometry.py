"""Rings of a CAP polygon, judged with plain NumPy."""

import numpy as np
from numpy.typing import NDArray

from .model import Ring

Floats = NDArray[np.float64]


def is_flat(ring: Ring) -> bool:
    """Whether all points lie on one line. A bow tie whose halves cancel out is not flat: it crosses itself."""
    points = np.asarray(ring, dtype=np.float64)
    return bool(np.linalg.matrix_rank(points - points[0]) < 2)


def crossing_edges(ring: Ring) -> tuple[int, int] | None:
    """The first two edges, counted from 1, that cross or touch though they are no neighbours; None when simple.

    Each edge is compared with all later ones at once: O(n²) work, O(n) memory.
    """
    points, numbers = _without_repeats(ring)
    starts, ends = points[:-1], points[1:]
    count = len(starts)
    for first in range(count - 2):
        # The last edge ends where the first begins: neighbours, they may share that point.
        stop = count - 1 if first == 0 else count
        others = slice(first + 2, stop)
        hits = _touch(starts[first], ends[first], starts[others], ends[others])
        if hits.any():
            second = first + 2 + int(np.argmax(hits))
            return int(numbers[first]) + 1, int(numbers[second]) + 1
    return None


def _without_repeats(ring: Ring) -> tuple[Floats, NDArray[np.intp]]:
    """Points with repeats in a row dropped, and each kept point's place in the ring."""
    points = np.asarray(ring, dtype=np.float64)
    kept = np.r_[True, np.any(points[1:] != points[:-1], axis=1)]
    return points[kept], np.flatnonzero(kept)


def _touch(a: Floats, b: Floats, c: Floats, d: Floats) -> NDArray[np.bool_]:
    """Whether segment ab shares a point with each segment cd."""
    sides_ab = np.sign(_cross(b - a, c - a)), np.sign(_cross(b - a, d - a))
    sides_cd = np.sign(_cross(d - c, a - c)), np.sign(_cross(d - c, b - c))
    low_enough = np.all(np.minimum(c, d) <= np.maximum(a, b), axis=1)
    high_enough = np.all(np.maximum(c, d) >= np.minimum(a, b), axis=1)
    astride = (sides_ab[0] * sides_ab[1] <= 0) & (sides_cd[0] * sides_cd[1] <= 0)
    touching: NDArray[np.bool_] = low_enough & high_enough & astride
    return touching


def _cross(u: Floats, v: Floats) -> Floats:
    product: Floats = u[..., 0] * v[..., 1] - u[..., 1] * v[..., 0]
    return product
