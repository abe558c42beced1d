"""The pass over one event's rows: each asset adds its people and quantity to the bin of its kind, its damage to the loss.

A bin lies between two of the five lines of a kind (affected, to move, three classes), all said in hazard, in rising
order; which line stands where is worked out once for an event. So the inner loop only compares, looks up and adds.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan.science.jit import Floats, Int64s, njit

Rows = NDArray[Any]  # unsigned row numbers, as narrow as they come

LINES = 5
BLOCK = 256  # assets that are fetched before they are looked at; they stay in the first cache
NEVER = 1e9
MOST = 1e6  # no depth, no shaking in any unit: above it the run behind is broken


@njit
def sweep(
    a: int,
    b: int,
    start: Int64s,
    asset: Rows,
    intensity: Floats,
    kind: Rows,
    amounts: Floats,
    damage: Floats,
    inverse: float,
    ends: Floats,
    cuts: Floats,
    columns: Int64s,
    scale: Floats,
    table: Floats,
    lived: Int64s,
) -> None:
    """The events from ``a`` to ``b``.

    ``damage``: kind, point, (value, rise to the next). ``lived``: assets with people that were reached, where nobody is
    affected; -1 where a value is no hazard.
    """
    kinds = damage.shape[0]
    lines, order = np.empty((kinds, LINES)), np.empty((kinds, LINES), np.int64)
    bins = np.empty((kinds, LINES + 1, 2))
    near, near_kinds = np.empty((BLOCK, 3)), np.empty(BLOCK, np.uint8)
    for e in range(a, b):
        set_lines(damage, inverse, ends, cuts, scale[e, 1], lines, order)
        bins[:] = 0.0
        first, last = start[e], start[e + 1]
        loss = one_event(
            first,
            last,
            asset,
            intensity,
            kind,
            amounts,
            damage,
            inverse,
            scale[e],
            lines,
            bins,
            near,
            near_kinds,
        )
        if loss < 0.0:
            lived[e] = -1
            continue
        spread(bins, order, columns, table[e])
        table[e, 0] *= scale[e, 2]
        table[e, 1] *= scale[e, 2]
        table[e, 9] = loss
        if table[e, 0] == 0.0:
            lived[e] = count_lived(first, last, asset, intensity, amounts)


@njit
def one_event(
    first: int,
    last: int,
    asset: Rows,
    intensity: Floats,
    kind: Rows,
    amounts: Floats,
    damage: Floats,
    inverse: float,
    scale: Floats,
    lines: Floats,
    bins: Floats,
    near: Floats,
    kinds: Rows,
) -> float:
    """Fill the bins and give the loss; -1 at the first value that is no hazard: NaN, negative, endless.

    Assets are fetched a block at a time into ``near``: struck assets lie apart in memory, and a loop that does nothing but
    fetch waits for many of them at once.
    """
    top = np.float64(damage.shape[1] - 1)
    more, worse, loss = scale[0], scale[1], 0.0
    for start in range(first, last, near.shape[0]):
        many = min(near.shape[0], last - start)
        fetch(asset[start : start + many], kind, amounts, kinds, near)
        for m in range(many):
            x = intensity[start + m] * more
            if not (x >= 0.0 and x <= MOST):  # NaN is neither
                return -1.0
            t = kinds[m]
            at = min(x * inverse, top)
            left = np.int64(at)
            n = np.uint64(left)
            d = (damage[t, n, 0] + (at - left) * damage[t, n, 1]) * worse
            loss += min(d, 1.0) * near[m, 2]
            c = np.uint64(x >= lines[t, 0]) + np.uint64(x >= lines[t, 1]) + np.uint64(x >= lines[t, 2])
            c += np.uint64(x >= lines[t, 3]) + np.uint64(x >= lines[t, 4])
            bins[t, c, 0] += near[m, 0]
            bins[t, c, 1] += near[m, 1]
    return loss


@njit
def fetch(asset: Rows, kind: Rows, amounts: Floats, kinds: Rows, near: Floats) -> None:
    """Kind and amounts of a block of assets."""
    for m in range(asset.size):
        i = asset[m]
        kinds[m] = kind[i]
        near[m, 0], near[m, 1], near[m, 2] = amounts[i, 0], amounts[i, 1], amounts[i, 2]


@njit
def set_lines(
    damage: Floats, inverse: float, ends: Floats, cuts: Floats, worse: float, lines: Floats, order: Int64s
) -> None:
    """The five lines of each kind in rising order: ``ends`` (affected, to move) as they are, ``cuts`` of damage as hazard."""
    raw = np.empty(LINES)
    for t in range(damage.shape[0]):
        raw[0], raw[1] = ends[t, 0], ends[t, 1]
        for n in range(3):
            raw[2 + n] = reaching(damage[t], inverse, cuts[t, n], worse)
        if ends[t, 2] > 0.0:  # classes of this kind go by the affected line (roads)
            raw[2] = ends[t, 0]
        rank = np.argsort(raw, kind="mergesort")
        for n in range(LINES):
            lines[t, n] = raw[rank[n]]
            order[t, rank[n]] = n


@njit
def reaching(curve: Floats, inverse: float, cut: float, worse: float) -> float:
    """The least hazard whose damage is ``cut``, to the billionth; `NEVER` when the curve stays below."""
    for n in range(curve.shape[0]):
        if curve[n, 0] * worse >= cut:
            if n == 0:
                return 0.0
            part = (cut / worse - curve[n - 1, 0]) / curve[n - 1, 1]
            return float(round((n - 1 + part) / inverse, 9))
    return NEVER


@njit
def spread(bins: Floats, order: Int64s, columns: Int64s, row: Floats) -> None:
    """From bins to columns: people at or above their lines, quantities between two lines in their class."""
    for t in range(bins.shape[0]):
        for c in range(1, LINES + 1):
            if c > order[t, 0]:
                row[0] += bins[t, c, 0]
            if c > order[t, 1]:
                row[1] += bins[t, c, 0]
            for n in range(2, -1, -1):
                if c > order[t, 2 + n]:
                    if columns[t, n] >= 0:
                        row[columns[t, n]] += bins[t, c, 1]
                    break


@njit
def count_lived(first: int, last: int, asset: Rows, intensity: Floats, amounts: Floats) -> int:
    """Assets with people that the hazard reached at all."""
    found = 0
    for k in range(first, last):
        found += intensity[k] > 0.0 and amounts[asset[k], 0] > 0.0
    return found
