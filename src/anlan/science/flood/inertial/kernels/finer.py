"""Compiled loops over the cells that take shorter steps than the raster: see `finer` beside this folder.

They stand in one long row, in the order of the raster, with an empty cell before and behind it: `rows` serves them as it serves a
row of the raster. The cell north of one is fetched by its number in the row, 0 (the empty one) where their face is not theirs.
"""

import numpy as np

from anlan.science.flood.inertial.kernels.edges import FIRST
from anlan.science.flood.inertial.kernels.rows import (
    BLOCK,
    Number,
    deepen,
    given,
    overdrawn,
    parting,
    payable,
    taken,
    x_faces,
    y_faces,
)
from anlan.science.jit import Bytes, Floats, Int64s, Reals, njit, njit_field

OWN, ALONGSIDE = np.uint8(1), np.uint8(2)


@njit
def mark(seen: Bytes, least: int) -> int:
    """Of what `census` has ``seen``, mark and count as `OWN` the cells of the class ``least`` and above; all others become nought."""
    count, of = 0, seen.reshape(-1)
    for i in range(of.size):
        of[i] = OWN if of[i] >= least else 0
    for i in range(of.size):
        count += of[i]
    return count


@njit
def fronts(h: Reals, z: Reals, most: Number, marked: Bytes, found: Int64s) -> int:
    """The cells, in ``found``, and how many, into which water deeper than ``most`` m is about to run from those that are `OWN`."""
    count, columns = 0, h.shape[1]
    flat_h, flat_z, of = h.reshape(-1), z.reshape(-1), marked.reshape(-1)
    words = of[: of.size // 8 * 8].view(np.uint64)
    for w in range(words.size):
        if words[w] == 0:
            continue
        for here in range(8 * w, 8 * w + 8):
            if of[here] & OWN and flat_h[here] > most:
                for beside in (here - 1, here + 1, here - columns, here + columns):
                    runs = flat_h[here] - max(flat_z[beside] - flat_z[here], 0)
                    if (
                        not of[beside] & OWN
                        and runs > most
                        and count < found.size
                        and _is_cell(beside, marked)
                    ):
                        found[count] = beside
                        count += 1
    return count


@njit
def reach(found: Int64s, count: int, steps: int, marked: Bytes) -> int:
    """Mark as `OWN` the ``count`` cells ``found`` and all within so many ``steps`` of them; gives how many that are."""
    columns, of, first, end = marked.shape[1], marked.reshape(-1), 0, count
    for n in range(count):
        of[found[n]] |= OWN
    for _ in range(steps):
        last = end
        for n in range(first, last):
            for beside in (found[n] - 1, found[n] + 1, found[n] - columns, found[n] + columns):
                if not of[beside] & OWN and end < found.size and _is_cell(beside, marked):
                    of[beside] |= OWN
                    found[end] = beside
                    end += 1
        first = last
    return end


@njit
def _is_cell(n: int, field: Bytes) -> bool:
    row, column = n // field.shape[1], n % field.shape[1]
    return bool(FIRST <= row < field.shape[0] - FIRST and FIRST <= column < field.shape[1] - FIRST)


@njit
def listing(marked: Bytes, near: Bytes, rows: Int64s, columns: Int64s, own: Bytes, first: Int64s) -> int:
    """Cells that are `OWN`, beside one, or `ALONGSIDE`, in the order of the raster, and how many; ``near`` is a row's scratch.

    ``first``: how many stand before each row of the raster, and before its end.
    """
    found = 0
    first[:2] = 0
    for j in range(1, marked.shape[0] - 1):
        _near(marked[j - 1], marked[j], marked[j + 1], near)
        words = near.view(np.uint64)
        for w in range(words.size):
            if words[w] != 0:
                for i in range(8 * w, 8 * w + 8):
                    if near[i]:
                        rows[found], columns[found], own[found] = j, i, marked[j, i] & OWN
                        found += 1
        first[j + 1] = found
    first[marked.shape[0]] = found
    return found


@njit_field
def _near(above: Bytes, here: Bytes, below: Bytes, near: Bytes) -> None:
    for i in range(1, here.size - 1):
        near[i] = ((above[i] | below[i] | here[i - 1] | here[i + 1]) & OWN) | here[i]


@njit
def join(
    cells: Int64s, own: Bytes, columns: int, west: Reals, north: Reals, up: Int64s, down: Int64s
) -> None:
    """Which faces are theirs (1 in ``west``, ``north``): those beside a cell that is their ``own``; and who is north and south of whom."""
    above = 0
    for n in range(cells.size):
        if n > 0 and cells[n] - cells[n - 1] == 1 and (own[n] or own[n - 1]):
            west[n + 1] = 1
        while cells[above] < cells[n] - columns:
            above += 1
        if cells[above] == cells[n] - columns and (own[n] or own[above]):
            north[n + 1] = 1
            up[n + 1], down[above + 1] = above + 1, n + 1


@njit_field
def take(
    cells: Int64s, columns: int, x_all: Reals, y_all: Reals, rain: Reals, inverse: Number, still: Reals, rate: Reals
) -> None:  # fmt: skip
    """After a sweep: what each loses through the raster's faces (m²/s), and what it gains so and by ``rain`` (m/s)."""
    for n in range(cells.size):
        i = cells[n]
        still[n + 1] = (x_all[i + 1] - x_all[i]) + (y_all[i + columns] - y_all[i])
    for n in range(1, rate.size - 1):
        rate[n] = rain[n] - inverse * still[n]


@njit_field
def fetch_all(
    cells: Int64s, rows: Int64s, columns: Int64s, own: Bytes, west: Reals, north: Reals, of: tuple[Reals, ...], drag_of: Reals,
    rate_of: Reals, fields: Reals, bed: Reals, beside: Reals,
) -> None:  # fmt: skip
    """What they have of the raster: depth, discharges of their own faces and rain into rows 0 to 3 of ``fields``; bed and drag in ``bed``.

    ``of``: depth, discharges and bed of the raster; drag (`rows.face`) and rain are maps or one row. Cells of the ring get no rain.
    ``beside``: 1 for those of the rest that are not their ``own``.
    """
    h, x, y, z = of
    end, last = z.shape[0] - FIRST, z.shape[1] - FIRST
    h_of, x_of, y_of, z_of = h.reshape(-1), x.reshape(-1), y.reshape(-1), z.reshape(-1)
    for n in range(cells.size):
        i, j, k = cells[n], rows[n], columns[n]
        within = FIRST <= j < end and FIRST <= k < last
        fields[0, n + 1], bed[0, n + 1] = h_of[i], z_of[i]
        fields[1, n + 1], fields[2, n + 1] = x_of[i] * west[n + 1], y_of[i] * north[n + 1]
        fields[3, n + 1] = rate_of[j if rate_of.shape[0] > 1 else 0, k] if within else 0
        bed[1, n + 1] = drag_of[j if drag_of.shape[0] > 1 else 0, k]
        beside[n + 1] = 1 if within and own[n] == 0 else 0


@njit_field
def give(
    cells: Int64s, west: Reals, north: Reals, h: Reals, x: Reals, y: Reals, h_all: Reals, x_all: Reals, y_all: Reals
) -> None:  # fmt: skip
    """Depths and discharges back into the raster."""
    for n in range(cells.size):
        i = cells[n]
        h_all[i] = 0 if h[n + 1] < 0 else h[n + 1]  # a NaN stays; streams have paid, the rest is rounding
        x_all[i] = x[n + 1] if west[n + 1] > 0 else x_all[i]
        y_all[i] = y[n + 1] if north[n + 1] > 0 else y_all[i]


@njit
def widen_rows(
    h: Reals, first: Int64s, columns: Int64s, past: int, dry: float, lo: Int64s, hi: Int64s
) -> None:
    """The wet extents of the raster's rows grow with theirs, but for the ring, from column ``past`` on.

    ``first``: how many of them stand before each row, and before its end.
    """
    for j in range(FIRST, lo.size - FIRST):
        n, end = first[j], first[j + 1]
        while n < end and (h[n + 1] <= dry or columns[n] < FIRST):
            n += 1
        while n < end and (h[end] <= dry or columns[end - 1] >= past):
            end -= 1
        if n < end:
            lo[j], hi[j] = min(lo[j], columns[n]), max(hi[j], columns[end - 1] + 1)


@njit
def settle(rows: Int64s, columns: Int64s, carry: Reals, bands: Int64s, bands_carry: Reals) -> None:
    """Digits carried go to the raster's, band by column."""
    band = 0
    for n in range(rows.size):
        while band < bands.size - 2 and rows[n] >= bands[band + 1]:
            band += 1
        bands_carry[band, columns[n]] += carry[n + 1]


@njit_field
def _rim(edges: Int64s, h: Reals, loses: Reals) -> None:
    """The depth beside an open edge is that of its cell, and nothing is damped there. ``edges``: see `finer`."""
    for k in range(edges.shape[1]):
        if edges[4, k]:
            h[edges[0, k]] = h[edges[1, k]]
        loses[edges[0, k]] = 0


@njit_field
def _outward(edges: Int64s, x: Reals, y: Reals) -> None:
    zero = x.dtype.type(0)
    for k in range(edges.shape[1]):
        if edges[4, k]:
            q = x if edges[3, k] else y
            face = abs(edges[2, k])
            q[face] = min(q[face], zero) if edges[2, k] > 0 else max(q[face], zero)


@njit_field
def _over_edges(edges: Int64s, x: Reals, y: Reals, passed: Floats) -> None:
    for k in range(edges.shape[1]):
        q = np.float64((x if edges[3, k] else y)[abs(edges[2, k])])
        q = q if edges[2, k] > 0 else -q
        passed[0] += max(q, 0.0)
        passed[1] += max(-q, 0.0)


@njit_field
def _limit(free: Reals, x: Reals, y: Reals, below: Reals, up: Int64s, down: Int64s, share: Number) -> None:
    """Cells that are asked for more than they are ``free`` to give (m) pay each face its part of it; ``below`` are their south faces."""
    for start in range(1, free.size - 1, BLOCK):
        end = min(start + BLOCK, free.size - 1)
        c = slice(start, end)
        if overdrawn(free[c], x[start : end + 1], y[c], below[c], share) > 0:
            for n in range(start, end):
                part = payable(free[n], x[n], x[n + 1], y[n], below[n], share)
                x[n], x[n + 1] = taken(x[n], part), given(x[n + 1], part)
                y[n], below[n] = taken(y[n], part), given(below[n], part)
                below[up[n]] = y[n] if up[n] > 0 else below[up[n]]
                y[down[n]] = below[n] if down[n] > 0 else y[down[n]]


@njit_field
def step(
    h: Reals, z: Reals, drag: Reals, x: Reals, y: Reals, still: Reals, rate: Reals, left: Number, west: Reals,
    north: Reals, up: Int64s, down: Int64s, edges: Int64s, far: Reals, work: Reals, carry: Reals, passed: Floats, k: tuple[Number, ...],
) -> None:  # fmt: skip
    """One step of all; adds to ``passed`` the unit discharge in and out over edges (m²/s).

    ``rate``: what comes in each step by rain and through faces of the raster, whose takings stay in a cell for the ``left``
    seconds to its next sweep. Where a stream has drunk them meanwhile, the cell owes them (its depth is below nought), and the
    stream pays. ``far``: bed and drag of the cells north. ``work`` rows: loss, depth and loss north, discharge
    south, what may be given.
    """
    push, swift, most, damp, dry, share, dt = k
    size, zero = h.size, h.dtype.type(0)
    c, d = slice(1, size - 1), slice(1, size)
    loses, h_up, loses_up, below, free = work[0], work[1], work[2], work[3], work[4]
    for n in range(1, size - 1):
        below[n] = y[down[n]]
    parting(x[d], y[c], below[c], loses[c])
    for n in range(1, size - 1):
        loses[n] += still[n]
    _rim(edges, h, loses)
    for n in range(1, size - 1):
        h_up[n] = h[up[n]]
        loses_up[n] = loses[up[n]]
    x_faces(h, z, x, loses, drag, push, swift, most, damp, dry)
    y_faces(
        h_up[c], far[0, c], far[1, c], loses_up[c], h[c], z[c], drag[c], loses[c], y[c], push, swift, most, damp, dry
    )  # fmt: skip
    for n in range(1, size - 1):
        x[n] *= west[n]
        y[n] *= north[n]
    _outward(edges, x, y)
    for n in range(1, size - 1):
        below[n] = y[down[n]]
        free[n] = max(h[n] + left * min(rate[n], zero), zero)
    _limit(free, x, y, below, up, down, share)
    _over_edges(edges, x, y, passed)
    for n in range(edges.shape[1]):
        loses[edges[0, n]] = h[edges[0, n]]
    deepen(h[c], x[d], y[c], below[c], rate[c], carry[c], share, dt, dry, h.dtype.type(-np.inf), np.int32(0))
    for n in range(edges.shape[1]):  # what has left is booked, and gone
        h[edges[0, n]], carry[edges[0, n]] = loses[edges[0, n]], 0
