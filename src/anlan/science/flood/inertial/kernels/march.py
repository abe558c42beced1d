"""The march of the local inertial solver down one band of rows, and what joins the bands.

Fields have a ring of two (`RING`), so cells are rows 2 … ny + 1 and columns 2 … nx + 1; ``x`` is the unit discharge
through west faces, ``y`` through north faces. The inner loops are in `rows`: a fused body over the raster
ran at less than half the speed. Numba sees changes of one file only: after a change of ``rows`` touch this file too.

The march goes down a band once, in place. Behind the row ``j`` whose faces are new, row ``j - 1`` learns whether its
cells were asked for more water than they hold (`overdrawn`), and row ``j - 2`` gets its new depth. What a seam
between bands needs from both sides waits for `stitch`, which one thread does after all bands: so the result
depends on the bands (fixed by the grid) and not on who computed them.

Only bed *differences* enter, so float32 keeps thin water high on a mountain. What rounding takes from a depth is
carried to the next cell of the column, strictly (no reordering), so float32 loses no water over hours.
"""

import numpy as np

from anlan.science.flood.inertial.kernels.rows import (
    Bits,
    Number,
    deepen,
    extent,
    giving,
    highest,
    keep_row,
    limits,
    overdrawn,
    parting,
    scale,
    x_faces,
    y_faces,
)
from anlan.science.jit import Floats, Int8s, Int64s, Reals, njit, njit_field

FIRST = 2  # the first row and column that are cells
NORTH, EAST, SOUTH, WEST = range(4)
CLOSED, OPEN, STAGE = range(3)
CLASS_BITS = 18  # lower bits of a float32 that a class of `census` leaves out: 32 classes to a doubling
CLASSES = 1 << (31 - CLASS_BITS)
TOP, ABOVE, BOTTOM = range(3)  # rows of a band whose limits a seam needs: first, last but one, last


@njit
def ranges(
    lo: Int64s, hi: Int64s, before_lo: Int64s, before_hi: Int64s, full: bool, inner_lo: Int64s,
    inner_hi: Int64s, a: Int64s, b: Int64s,
) -> None:  # fmt: skip
    """The columns of each row that this step must visit: wet now or a step ago, in it or beside it, and one more.

    A step ago counts, since a face that has just run dry must be set to nought once. ``full``: rain, all of
    ``inner_lo`` to ``inner_hi``, beyond which there are walls alone.
    """
    rows, end = lo.size, b[0]
    for j in range(FIRST, rows - 1):
        if full:
            a[j], b[j] = inner_lo[j], inner_hi[j]
            continue
        low, high = 1 << 60, 0
        for k in range(j - 1, j + 2):
            low = min(low, lo[k], before_lo[k])
            high = max(high, hi[k], before_hi[k])
        a[j], b[j] = max(low - 1, FIRST), min(high + 1, end)
    for j in range(rows):
        before_lo[j] = lo[j]
        before_hi[j] = hi[j]


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


@njit_field
def _faces(
    j: int,
    h: Reals,
    z: Reals,
    x: Reals,
    y: Reals,
    n2: Reals,
    loses_up: Reals,
    loses: Reals,
    first: int,
    last: int,
    kinds: Int8s,
    k: tuple[Number, ...],
) -> None:
    """New faces of row ``j``: its west faces (with the last east one) and its north faces.

    ``loses_up``, ``loses``: what the cells of the row above and of this one lost before the step.
    """
    gdt, inverse, damp, dry, _, _, swift, waves = k
    zero = h.dtype.type(0)
    now, up = (j, j - 1) if n2.shape[0] > 1 else (0, 0)
    if j < h.shape[0] - FIRST:
        e = slice(first - 1, last + 2)
        x_faces(
            h[j, e], z[j, e], x[j, e], loses[e], n2[now, e], gdt, inverse, damp, dry, swift, waves,
        )  # fmt: skip
        if first == FIRST and kinds[WEST] == OPEN:
            x[j, first] = min(x[j, first], zero)
        if last == h.shape[1] - FIRST and kinds[EAST] == OPEN:
            x[j, last] = max(x[j, last], zero)
    c = slice(first, last)
    y_faces(
        h[j - 1, c], z[j - 1, c], n2[up, c], loses_up[c], h[j, c], z[j, c], n2[now, c], loses[c], y[j, c],
        gdt, inverse, damp, dry, swift, waves,
    )  # fmt: skip
    if j == FIRST and kinds[NORTH] == OPEN:
        for i in range(first, last):
            y[j, i] = min(y[j, i], zero)
    if j == h.shape[0] - FIRST and kinds[SOUTH] == OPEN:
        for i in range(first, last):
            y[j, i] = max(y[j, i], zero)


@njit_field
def _shut(j: int, first: Int64s, columns: Int64s, west: Reals, north: Reals, x: Reals, y: Reals) -> None:
    """No water through those faces of row ``j`` that move theirs by shorter steps (`finer.Shut`)."""
    zero = x.dtype.type(0)
    for n in range(first[j], first[j + 1]):
        x[j, columns[n]] = zero if west[n] > 0 else x[j, columns[n]]
        y[j, columns[n]] = zero if north[n] > 0 else y[j, columns[n]]


@njit_field
def _part(x: Reals, y: Reals, below: Reals, first: int, last: int, loses: Reals) -> None:
    """What the cells ``first`` - 1 to ``last`` of a row lose."""
    if first < last:
        c = slice(first - 1, last + 1)
        parting(x[first - 1 : last + 2], y[c], below[c], loses[c])


@njit_field
def seams(bands: Int64s, x: Reals, y: Reals, a: Int64s, b: Int64s, work: Reals) -> None:
    """What `march` is given of the rows beside each band, before any of them changes."""
    for m in range(bands.size - 1):
        r, end = bands[m] - 1, bands[m + 1]
        _part(x[r], y[r], y[r + 1], min(a[r], a[r + 1]), max(b[r], b[r + 1]), work[m, 1 + r % 2])
        keep_row(y[end], work[m, 5])


@njit_field
def _limit(r: int, h: Reals, x: Reals, y: Reals, first: int, last: int, share: Number, limit: Reals) -> bool:
    """Find and limit the over-drawn cells of row ``r``: fills ``limit`` and scales its west and east faces."""
    if first >= last:
        return False
    c, d = slice(first, last), slice(first, last + 1)
    if overdrawn(h[r, c], x[r, d], y[r, c], y[r + 1, c], share) <= 0:
        return False
    limit[:] = 1
    limits(h[r, c], x[r, d], y[r, c], y[r + 1, c], share, limit[c])
    scale(x[r, d], limit[first - 1 : last], limit[d])
    return True


@njit_field
def _deepen(
    r: int,
    h: Reals,
    bits: Bits,
    x: Reals,
    y: Reals,
    rate: Reals,
    carry: Reals,
    lo: Int64s,
    hi: Int64s,
    first: int,
    last: int,
    k: tuple[Number, ...],
    mask: Bits,
    most: Bits,
) -> Bits:
    """New depth of row ``r``, its wet extent, and the greatest depth so far."""
    if first >= last:
        return most
    dry, share, dt = k[3], k[4], k[5]
    c = slice(first, last)
    fall = rate[r if rate.shape[0] > 1 else 0, c]
    deepen(h[r, c], x[r, first : last + 1], y[r, c], y[r + 1, c], fall, carry[c], share, dt, dry)
    lo[r], hi[r] = extent(h[r, c], first, dry)
    return highest(bits[r, c], mask, most)


@njit_field
def march(
    j0: int,
    j1: int,
    h: Reals,
    bits: Bits,
    z: Reals,
    x: Reals,
    y: Reals,
    n2: Reals,
    rate: Reals,
    a: Int64s,
    b: Int64s,
    lo: Int64s,
    hi: Int64s,
    work: Reals,
    keep: Reals,
    limited: Int8s,
    carry: Reals,
    kinds: Int8s,
    shut: tuple[Int64s, Int64s, Reals, Reals],
    k: tuple[Number, ...],
    mask: Bits,
    most: Bits,
) -> Bits:
    """One step of rows ``j0`` to ``j1 - 1``, but for what `stitch` does; returns the greatest depth as bits.

    ``work`` rows: 1 and 2 what the cells of this row and of the one above lost, by turns (that of row ``j0 - 1`` is given), 3 and
    4 limits by turns, 5 old north faces of the row after the band (given). ``shut``: see `finer.Shut`.
    """
    before = False
    for j in range(j0, j1):
        this, up = j % 2, (j - 1) % 2
        below = y[j + 1] if j + 1 < j1 else work[5]
        _part(x[j], y[j], below, min(a[j], a[j + 1]), max(b[j], b[j + 1]), work[1 + this])
        if a[j] < b[j]:
            _faces(j, h, z, x, y, n2, work[1 + up], work[1 + this], a[j], b[j], kinds, k)
        _shut(j, shut[0], shut[1], shut[2], shut[3], x, y)
        r = j - 1
        if r < j0:
            continue
        now = _limit(r, h, x, y, a[r], b[r], k[4], work[3 + r % 2])
        if before and not now:
            work[3 + r % 2] = 1
        if now and not before:
            work[3 + (r - 1) % 2] = 1
        if r == j0:
            _remember(TOP, now, work[3 + r % 2], keep, limited)
        elif now or before:
            c = slice(a[r], b[r])
            scale(y[r, c], work[3 + (r - 1) % 2, c], work[3 + r % 2, c])
        if r == j1 - 2:
            _remember(ABOVE, now, work[3 + r % 2], keep, limited)
        if r - 1 > j0:
            most = _deepen(r - 1, h, bits, x, y, rate, carry, lo, hi, a[r - 1], b[r - 1], k, mask, most)
        before = now
    if j1 == h.shape[0] - FIRST:
        this, up = j1 % 2, (j1 - 1) % 2
        _part(x[j1], y[j1], y[j1 + 1], a[j1], b[j1], work[1 + this])
        _faces(j1, h, z, x, y, n2, work[1 + up], work[1 + this], a[j1], b[j1], kinds, k)
        _shut(j1, shut[0], shut[1], shut[2], shut[3], x, y)
    return most


@njit_field
def _remember(which: int, now: bool, limit: Reals, keep: Reals, limited: Int8s) -> None:
    if now:
        keep_row(limit, keep[which])
        limited[which] = 1
    elif limited[which]:
        keep[which] = 1
        limited[which] = 0


@njit_field
def stitch(
    bands: Int64s,
    h: Reals,
    bits: Bits,
    x: Reals,
    y: Reals,
    rate: Reals,
    a: Int64s,
    b: Int64s,
    lo: Int64s,
    hi: Int64s,
    work: Reals,
    keep: Reals,
    limited: Int8s,
    carry: Reals,
    k: tuple[Number, ...],
    mask: Bits,
    most: Bits,
) -> Bits:
    """What the seams between bands waited for: last rows limited, seam faces scaled, rows at seams deepened."""
    count = bands.size - 1
    for m in range(count):
        r = bands[m + 1] - 1
        now = _limit(r, h, x, y, a[r], b[r], k[4], work[m, 3])
        _remember(BOTTOM, now, work[m, 3], keep[m], limited[m])
        if r == bands[m]:
            _remember(TOP, now, work[m, 3], keep[m], limited[m])
    for m in range(count):
        r = bands[m + 1] - 1
        if r > bands[m] and (limited[m, ABOVE] or limited[m, BOTTOM]):
            scale(y[r], keep[m, ABOVE], keep[m, BOTTOM])
        if m == 0 and limited[0, TOP]:
            work[0, 3] = 1
            scale(y[bands[0]], work[0, 3], keep[0, TOP])
        if m + 1 < count and (limited[m, BOTTOM] or limited[m + 1, TOP]):
            scale(y[r + 1], keep[m, BOTTOM], keep[m + 1, TOP])
        if m + 1 == count and limited[m, BOTTOM]:
            work[m, 3] = 1
            scale(y[r + 1], keep[m, BOTTOM], work[m, 3])
    for m in range(count):
        first, last = bands[m], bands[m + 1] - 1
        for r in range(first, last + 1):
            if r == first or r >= last - 1:
                most = _deepen(r, h, bits, x, y, rate, carry[m], lo, hi, a[r], b[r], k, mask, most)
    return most


@njit
def add_cells(
    flat: Reals,
    columns: int,
    cells: Int64s,
    rate: Floats,
    dt: float,
    carry: Floats,
    dry: float,
    lo: Int64s,
    hi: Int64s,
) -> None:
    """Water of hydrographs into their cells, with digits carried; the wet extent of their rows grows with them."""
    for n in range(cells.size):
        i = cells[n]
        was = flat[i]
        now = was + (rate[n] * dt + carry[n])
        flat[i] = 0 if now < 0 else now  # digits owed by a cell that has run dry wait for its next water
        carry[n] += rate[n] * dt - (np.float64(flat[i]) - np.float64(was))
        if flat[i] > dry:
            j = i // columns
            lo[j] = min(lo[j], i % columns)
            hi[j] = max(hi[j], i % columns + 1)


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
def census(
    h: Reals,
    x: Reals,
    y: Reals,
    lo: Int64s,
    hi: Int64s,
    least: Number,
    swift: Number,
    row: Reals,
    counts: Int64s,
) -> None:
    """Count the cells by the class of the depth (m) as whose waves their own run (`rows.face`): its upper bits as float32.

    ``row`` is scratch.
    """
    for j in range(FIRST, h.shape[0] - FIRST):
        a, b = lo[j], hi[j]
        if a < b:
            c = slice(a, b)
            giving(h[j, c], x[j, a : b + 1], y[j, c], y[j + 1, c], least, row[c])
            for i in range(a, b):
                waves = max(h[j, i], swift * (row[i] * row[i]))
                if waves > least:
                    counts[np.float32(waves).view(np.int32) >> CLASS_BITS] += 1
