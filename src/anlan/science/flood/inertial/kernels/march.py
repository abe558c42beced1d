"""The march of the local inertial solver down one band of rows, and what joins the bands.

Fields have a ring of two (`RING`), so cells are rows 2 … ny + 1 and columns 2 … nx + 1; ``x`` is the unit discharge
through west faces, ``y`` through north faces. The inner loops are in `rows`: a fused body over the raster
ran at less than half the speed.

The march goes down a band once, in place. Behind the row ``j`` whose faces are new, cells of row ``j - 1`` that were asked
for more water than they hold give what they can (`_limit`: a face has one giver, so none waits for another), and row ``j - 2``
gets its new depth. What a seam between bands needs from both sides waits for `stitch`, which one thread does after all bands: so
the result depends on the bands (fixed by the grid) and not on who computed them.

Only bed *differences* enter, so float32 keeps thin water high on a mountain. What rounding takes from a depth is
carried to the next cell of the column, strictly (no reordering), so float32 loses no water over hours.
"""

import numpy as np

from anlan.science.flood.inertial.kernels.edges import EAST, FIRST, NORTH, OPEN, SOUTH, WEST
from anlan.science.flood.inertial.kernels.rows import (
    BLOCK,
    Bits,
    Number,
    deepen,
    extent,
    given,
    keep_row,
    overdrawn,
    parting,
    payable,
    taken,
    x_faces,
    y_faces,
)
from anlan.science.jit import Floats, Int8s, Int64s, Reals, fetch, njit, njit_field

Fields = tuple[Reals, Reals, Reals, Reals, Reals, Reals]

AHEAD, SHORT = (
    4,
    600,
)  # so many rows before it is their turn, rows of fewer cells are fetched: in longer ones the processor guesses well


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


@njit_field
def _faces(
    j: int,
    h: Reals,
    z: Reals,
    x: Reals,
    y: Reals,
    drag: Reals,
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
    push, swift, most, damp, dry, _, _ = k
    zero = h.dtype.type(0)
    now, up = (j, j - 1) if drag.shape[0] > 1 else (0, 0)
    if j < h.shape[0] - FIRST:
        e = slice(first - 1, last + 2)
        x_faces(
            h[j, e], z[j, e], x[j, e], loses[e], drag[now, e], push, swift, most, damp, dry,
        )  # fmt: skip
        if first == FIRST and kinds[WEST] == OPEN:
            x[j, first] = min(x[j, first], zero)
        if last == h.shape[1] - FIRST and kinds[EAST] == OPEN:
            x[j, last] = max(x[j, last], zero)
    c = slice(first, last)
    y_faces(
        h[j - 1, c], z[j - 1, c], drag[up, c], loses_up[c], h[j, c], z[j, c], drag[now, c], loses[c], y[j, c],
        push, swift, most, damp, dry,
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
        _part(x[r], y[r], y[r + 1], min(a[r], a[r + 1]), max(b[r], b[r + 1]), work[m, r % 2])
        keep_row(y[end], work[m, 2])


@njit_field
def _limit(r: int, h: Reals, x: Reals, y: Reals, first: int, last: int, share: Number) -> None:
    """Cells of row ``r`` that are asked for more than they hold give each face its part of it."""
    if first >= last or _asked(r, h, x, y, first, last, share) <= 0:
        return
    for start in range(first, last, BLOCK):
        end = min(start + BLOCK, last)
        if _asked(r, h, x, y, start, end, share) > 0:
            for i in range(start, end):
                part = payable(h[r, i], x[r, i], x[r, i + 1], y[r, i], y[r + 1, i], share)
                x[r, i], x[r, i + 1] = taken(x[r, i], part), given(x[r, i + 1], part)
                y[r, i], y[r + 1, i] = taken(y[r, i], part), given(y[r + 1, i], part)


@njit_field
def _asked(r: int, h: Reals, x: Reals, y: Reals, first: int, last: int, share: Number) -> Number:
    c = slice(first, last)
    return overdrawn(h[r, c], x[r, first : last + 1], y[r, c], y[r + 1, c], share)


@njit_field
def _deepen(
    r: int, fields: Fields, carry: Reals, wet: tuple[Int64s, Int64s], first: int, last: int, k: tuple[Number, ...], most: Bits
) -> Bits:  # fmt: skip
    """New depth of row ``r``, its ``wet`` extent, and the greatest depth so far."""
    if first >= last:
        return most
    h, _, x, y, _, rate = fields
    dry, share, dt = k[4:7]
    c = slice(first, last)
    fall = rate[r if rate.shape[0] > 1 else 0, c]
    most = deepen(
        h[r, c], x[r, first : last + 1], y[r, c], y[r + 1, c], fall, carry[c], share, dt, dry, h.dtype.type(0), most
    )  # fmt: skip
    wet[0][r], wet[1][r] = extent(h[r, c], first, dry)
    return most


@njit_field
def _fetch(j: int, end: int, fields: Fields, visit: tuple[Int64s, Int64s]) -> None:
    """Have what `march` will ask of row ``j`` brought near, if it is one of before ``end``."""
    a, b = visit
    if j < end and a[j] < b[j] < a[j] + SHORT:
        h, z, x, y, drag, rate = fields
        c = slice(a[j], b[j])
        fetch(h[j, c])
        fetch(z[j, c])
        fetch(x[j, c])
        fetch(y[j, c])
        if drag.shape[0] > 1:
            fetch(drag[j, c])
        if rate.shape[0] > 1:
            fetch(rate[j, c])


@njit_field
def march(
    start: int,
    stride: int,
    bands: Int64s,
    fields: Fields,
    visit: tuple[Int64s, Int64s],
    wet: tuple[Int64s, Int64s],
    work: Reals,
    carry: Reals,
    kinds: Int8s,
    shut: tuple[Int64s, Int64s, Reals, Reals],
    k: tuple[Number, ...],
) -> Bits:
    """One step of every band from ``start`` on by ``stride``, but for what `stitch` does; returns the greatest depth as bits.

    ``fields``: depth, bed, discharges through west and north faces, drag (`rows.face`), rain (m/s). ``visit``: of each row the columns
    given by `ranges`; ``wet``: its new extent. ``work`` and ``carry``: of each band. ``shut``: see `finer.Shut`.
    """
    most = np.int32(0)
    for m in range(start, bands.size - 1, stride):
        most = _march(bands[m], bands[m + 1], fields, visit, wet, work[m], carry[m], kinds, shut, k, most)
    return most


@njit_field
def _march(
    j0: int,
    j1: int,
    fields: Fields,
    visit: tuple[Int64s, Int64s],
    wet: tuple[Int64s, Int64s],
    work: Reals,
    carry: Reals,
    kinds: Int8s,
    shut: tuple[Int64s, Int64s, Reals, Reals],
    k: tuple[Number, ...],
    most: Bits,
) -> Bits:
    """`march` of the rows ``j0`` to ``j1 - 1``.

    ``work`` rows: 0 and 1 what the cells of this row and of the one above lost, by turns (that of row ``j0 - 1`` is given), 2 old
    north faces of the row after the band (given).
    """
    h, z, x, y, drag, _ = fields
    a, b = visit
    for j in range(j0, j0 + AHEAD):
        _fetch(j, j1, fields, visit)
    for j in range(j0, j1):
        _fetch(j + AHEAD, j1, fields, visit)
        this, up = j % 2, (j - 1) % 2
        below = y[j + 1] if j + 1 < j1 else work[2]
        _part(x[j], y[j], below, min(a[j], a[j + 1]), max(b[j], b[j + 1]), work[this])
        if a[j] < b[j]:
            _faces(j, h, z, x, y, drag, work[up], work[this], a[j], b[j], kinds, k)
        _shut(j, shut[0], shut[1], shut[2], shut[3], x, y)
        r = j - 1
        if r < j0:
            continue
        _limit(r, h, x, y, a[r], b[r], k[5])
        if r - 1 > j0:
            most = _deepen(r - 1, fields, carry, wet, a[r - 1], b[r - 1], k, most)
    if j1 == h.shape[0] - FIRST:
        this, up = j1 % 2, (j1 - 1) % 2
        _part(x[j1], y[j1], y[j1 + 1], a[j1], b[j1], work[this])
        _faces(j1, h, z, x, y, drag, work[up], work[this], a[j1], b[j1], kinds, k)
        _shut(j1, shut[0], shut[1], shut[2], shut[3], x, y)
    return most


@njit_field
def stitch(
    bands: Int64s,
    fields: Fields,
    visit: tuple[Int64s, Int64s],
    wet: tuple[Int64s, Int64s],
    carry: Reals,
    k: tuple[Number, ...],
    most: Bits,
) -> Bits:
    """What the seams between bands waited for: the last row of each limited, and the rows at seams deepened."""
    h, _, x, y, _, _ = fields
    a, b = visit
    for m in range(bands.size - 1):
        r = bands[m + 1] - 1
        _limit(r, h, x, y, a[r], b[r], k[5])
    for m in range(bands.size - 1):
        first, last = bands[m], bands[m + 1] - 1
        for r in range(first, last + 1):
            if r == first or r >= last - 1:
                most = _deepen(r, fields, carry[m], wet, a[r], b[r], k, most)
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
