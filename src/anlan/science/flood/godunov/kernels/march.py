"""The march of one stage down a tile, or down the part of it that water may touch.

A stage reads the whole state and writes the cells of its tile only, so tiles may be computed in any order and by any
number of threads with the same bits. Rows go down the tile through rings of buffers: when row ``j`` is loaded, row
``j - 1`` gets its slopes, row ``j - 2`` its fluxes and its check for overdraw, row ``j - 3`` its new state. Whatever
crosses a face is a difference (bed against bed), never the difference of two elevations, so float32 keeps thin
water on high ground.
"""

from anlan.science.flood.domain import RING
from anlan.science.flood.godunov.kernels.boxes import bounds, joined
from anlan.science.flood.godunov.kernels.rim import (
    EAST,
    HALO,
    NORTH,
    SOUTH,
    WEST,
    edge_columns,
    edge_row,
    hold_face,
)
from anlan.science.flood.godunov.kernels.rows import (
    add_rain,
    bed_slopes,
    fluxes,
    gains,
    highest,
    keep,
    limit,
    load,
    overdrawn,
    push,
    settle,
    shares,
    sharpness,
    slopes,
    total,
)
from anlan.science.flood.godunov.kernels.types import Constants, Grid, Real, Row
from anlan.science.jit import Floats, Int64s, njit_field

# Buffers by row: four rings of four, then the x-faces and slopes of two rows.
CELLS, SLOPES, FACES, ALONG = 0, 16, 32, 48
SHARES, WAVE, MOST, GAIN, OLD, SHARP = 64, 66, 67, 68, 69, 72
BUFFER_ROWS = 73
RESULTS = 7  # fastest wave, checksum, outflow n, e, s, w, rows limited


@njit_field
def read_row(
    h: Grid, qx: Grid, qy: Grid, z: Grid, j: int, i0: int, i1: int,
    kinds: Int64s, values: Row, buf: Grid, thin: Real, k: Constants,
) -> None:  # fmt: skip
    """Row ``j`` with its halo into the ring of rows, inside the grid or beyond it."""
    first, last, west, east = RING, h.shape[0] - RING, RING, h.shape[1] - RING
    lo = max(i0 - HALO, west)
    hi = min(i1 + HALO, east)
    c = slice(lo - i0 + HALO, hi - i0 + HALO)
    top = 4 * (j % 4)
    p, u, v, b = buf[top, c], buf[top + 1, c], buf[top + 2, c], buf[top + 3, c]
    if first <= j < last:
        load(h[j, lo:hi], qx[j, lo:hi], qy[j, lo:hi], z[j, lo:hi], p, u, v, b, thin)
    else:
        e = NORTH if j < first else SOUTH
        edge_row(h, qx, qy, z, j, lo, p, u, v, b, kinds[e], values[e], thin, k)
    p, u, v, b = buf[top], buf[top + 1], buf[top + 2], buf[top + 3]
    if i0 == west:
        edge_columns(p, u, v, b, HALO, 1, i1 - i0, kinds[WEST], values[WEST], k)
    if i1 == east:
        edge_columns(p, u, v, b, HALO + i1 - i0 - 1, -1, i1 - i0, kinds[EAST], values[EAST], k)


@njit_field
def slopes_y(j: int, buf: Grid, width: int, most: Real, k: Constants) -> None:
    """Half slopes across rows, of row ``j``, into the ring of slopes."""
    a, b, c, s = 4 * ((j - 1) % 4), 4 * (j % 4), 4 * ((j + 1) % 4), SLOPES + 4 * (j % 4)
    theta = buf[SHARP, :width]
    za, zb, zc = buf[a + 3, :width], buf[b + 3, :width], buf[c + 3, :width]
    sharpness(buf[b, :width], za, zb, zc, theta, most, k)
    for m in range(3):
        slopes(buf[a + m, :width], buf[b + m, :width], buf[c + m, :width], buf[s + m, :width], theta, k)
    bed_slopes(
        buf[a, :width],
        buf[b, :width],
        buf[c, :width],
        za,
        zb,
        zc,
        buf[s, :width],
        buf[s + 3, :width],
        theta,
        k,
    )


@njit_field
def faces_y(j: int, rows: int, buf: Grid, width: int, kinds: Int64s, thin: Real, k: Constants) -> None:
    """Fluxes between rows ``j - 1`` and ``j``, into the ring of faces."""
    a, b, y = 4 * ((j - 1) % 4), 4 * (j % 4), FACES + 4 * (j % 4)
    s, t = SLOPES + a, SLOPES + b
    c = slice(2, width - 2)
    fluxes(
        buf[a, c], buf[a + 2, c], buf[a + 1, c], buf[a + 3, c],
        buf[s, c], buf[s + 2, c], buf[s + 1, c], buf[s + 3, c],
        buf[b, c], buf[b + 2, c], buf[b + 1, c], buf[b + 3, c],
        buf[t, c], buf[t + 2, c], buf[t + 1, c], buf[t + 3, c],
        buf[y, c], buf[y + 1, c], buf[y + 2, c], buf[y + 3, c], thin, k,
    )  # fmt: skip
    if j in (RING, rows - RING):
        e, inward = (NORTH, k[3]) if j == RING else (SOUTH, -k[3])
        for i in range(2, width - 2):
            buf[y, i] = hold_face(buf[y, i], kinds[e], inward, k)


@njit_field
def faces_x(
    j: int, i0: int, i1: int, columns: int, buf: Grid, width: int, kinds: Int64s, most: Real, thin: Real,
    k: Constants,
) -> None:  # fmt: skip
    """Half slopes along row ``j`` and the fluxes over its faces; face ``i`` lies west of cell ``i``."""
    b, x = 4 * (j % 4), ALONG + 8 * (j % 2)
    s = x + 4
    lo, mid, hi = slice(0, width - 2), slice(1, width - 1), slice(2, width)
    theta = buf[SHARP, mid]
    sharpness(buf[b, mid], buf[b + 3, lo], buf[b + 3, mid], buf[b + 3, hi], theta, most, k)
    for m in range(3):
        slopes(buf[b + m, lo], buf[b + m, mid], buf[b + m, hi], buf[s + m, mid], theta, k)
    bed_slopes(
        buf[b, lo], buf[b, mid], buf[b, hi], buf[b + 3, lo], buf[b + 3, mid], buf[b + 3, hi],
        buf[s, mid], buf[s + 3, mid], theta, k,
    )  # fmt: skip
    lo, mid = slice(1, width - 2), slice(2, width - 1)
    fluxes(
        buf[b, lo], buf[b + 1, lo], buf[b + 2, lo], buf[b + 3, lo],
        buf[s, lo], buf[s + 1, lo], buf[s + 2, lo], buf[s + 3, lo],
        buf[b, mid], buf[b + 1, mid], buf[b + 2, mid], buf[b + 3, mid],
        buf[s, mid], buf[s + 1, mid], buf[s + 2, mid], buf[s + 3, mid],
        buf[x, mid], buf[x + 1, mid], buf[x + 2, mid], buf[x + 3, mid], thin, k,
    )  # fmt: skip
    if i0 == RING:
        buf[x, HALO] = hold_face(buf[x, HALO], kinds[WEST], k[3], k)
    if i1 == columns - RING:
        buf[x, width - HALO] = hold_face(buf[x, width - HALO], kinds[EAST], -k[3], k)


@njit_field
def pay(
    j: int,
    was_short: bool,
    i0: int,
    i1: int,
    rows: int,
    columns: int,
    buf: Grid,
    width: int,
    r: Real,
    k: Constants,
) -> bool:
    """Limit the outflow of row ``j`` where a cell gives more than it holds, and its faces with row ``j - 1``."""
    p, x, y, up = 4 * (j % 4), ALONG + 8 * (j % 2), FACES + 4 * (j % 4), FACES + 4 * ((j + 1) % 4)
    c, east = slice(2, width - 2), slice(3, width - 1)
    cells = (buf[p, c], buf[x, c], buf[x, east], buf[y, c], buf[up, c])
    is_short = RING <= j < rows - RING and overdrawn(*cells, r, k) > 0
    if not (is_short or was_short):
        return False
    mine, before = buf[SHARES + j % 2], buf[SHARES + (j - 1) % 2]
    if not was_short:
        before[:] = k[3]
    mine[:] = k[3]
    if is_short:
        shares(*cells, r, mine[c], k)
        if i0 == RING:
            mine[2] = k[3]
        if i1 == columns - RING:
            mine[width - 3] = k[3]
        lo, mid = slice(2, width - 3), slice(3, width - 2)
        limit(
            mine[lo], mine[mid], buf[p + 1, lo], buf[p + 1, mid],
            buf[x, mid], buf[x + 1, mid], buf[x + 2, mid], buf[x + 3, mid], k,
        )  # fmt: skip
    q = 4 * ((j - 1) % 4)
    limit(
        before[c],
        mine[c],
        buf[q + 2, c],
        buf[p + 2, c],
        buf[y, c],
        buf[y + 1, c],
        buf[y + 2, c],
        buf[y + 3, c],
        k,
    )
    return is_short


@njit_field
def write_row(
    j: int, i0: int, i1: int, h: Grid, qx: Grid, qy: Grid, n2: Grid, ho: Grid, xo: Grid, yo: Grid,
    hn: Grid, xn: Grid, yn: Grid, carry: Row, buf: Grid, bits: Grid, width: int, r: Real, old: Real, kick: Real, thin: Real,
    k: Constants, out: Floats,
) -> None:  # fmt: skip
    """The new state of row ``j``, with what went over the rim of the grid."""
    c, w, e = slice(i0, i1), slice(HALO, width - HALO), slice(HALO + 1, width - HALO + 1)
    x, y, up, s = ALONG + 8 * (j % 2), FACES + 4 * (j % 4), FACES + 4 * ((j + 1) % 4), SLOPES + 4 * (j % 4)
    gain, ho_, xo_, yo_ = buf[GAIN, w], buf[OLD, w], buf[OLD + 1, w], buf[OLD + 2, w]
    keep(ho[j, c], xo[j, c], yo[j, c], ho_, xo_, yo_)  # the second stage writes where it reads
    gains(buf[x, w], buf[x, e], buf[y, w], buf[up, w], r, gain)
    settle(h[j, c], ho_, gain, k[3] - old, hn[j, c], carry[: i1 - i0], thin, k[0])
    check = push(
        h[j, c], qx[j, c], qy[j, c], xo_, yo_, n2[min(j, n2.shape[0] - 1), c],
        hn[j, c], xn[j, c], yn[j, c],
        buf[x + 2, w], buf[x + 3, w], buf[x + 1, e], buf[x + 3, e],
        buf[y + 2, w], buf[y + 3, w], buf[up + 1, w], buf[up + 3, w],
        buf[x + 7, w], buf[s + 3, w], buf[WAVE, w], r, old, kick, thin, k,
    )  # fmt: skip
    bits[MOST, 0] = highest(bits[WAVE, w], bits[MOST, 2])
    out[0] = max(out[0], buf[MOST, 0])
    out[1] += check
    rows, columns = h.shape
    if j == RING:
        out[2] -= total(buf[y, w])
    if i1 == columns - RING:
        out[3] += buf[x, width - HALO]
    if j == rows - RING - 1:
        out[4] += total(buf[up, w])
    if i0 == RING:
        out[5] -= buf[x, HALO]


@njit_field
def march(
    h: Grid, qx: Grid, qy: Grid, z: Grid, n2: Grid, ho: Grid, xo: Grid, yo: Grid, hn: Grid, xn: Grid, yn: Grid,
    j0: int, j1: int, i0: int, i1: int, kinds: Int64s, values: Row, carry: Row, buf: Grid, bits: Grid, out: Floats,
    r: Real, old: Real, kick: Real, thin: Real, theta: Real, k: Constants,
) -> None:  # fmt: skip
    """One stage on the tile of rows ``j0 … j1 - 1`` and columns ``i0 … i1 - 1``; ``out`` takes `RESULTS`."""
    rows, columns = h.shape
    width = i1 - i0 + 2 * HALO
    short = False
    for j in range(j0 - HALO, j1 + HALO):
        read_row(h, qx, qy, z, j, i0, i1, kinds, values, buf, thin, k)
        if j >= j0 - 1:
            slopes_y(j - 1, buf, width, theta, k)
        if j >= j0:
            faces_y(j - 1, rows, buf, width, kinds, thin, k)
        if j >= j0 + 1:
            faces_x(j - 2, i0, i1, columns, buf, width, kinds, theta, thin, k)
            short = pay(j - 2, short, i0, i1, rows, columns, buf, width, r, k)
            out[6] += short
        if j >= j0 + HALO:
            write_row(
                j - 3, i0, i1, h, qx, qy, n2, ho, xo, yo, hn, xn, yn, carry, buf, bits, width,
                r, old, kick, thin, k, out,
            )  # fmt: skip


@njit_field
def sweep(
    h: Grid, qx: Grid, qy: Grid, z: Grid, n2: Grid, ho: Grid, xo: Grid, yo: Grid, hn: Grid, xn: Grid, yn: Grid,
    tiles: Int64s, awake: Int64s, active: Int64s, wet: Int64s, first: int, stride: int, kinds: Int64s, values: Row,
    buf: Grid, bits: Grid, outs: Floats, r: Real, old: Real, kick: Real, thin: Real, theta: Real, k: Constants,
    carry: Grid, rate: Grid, rain_s: Real,
) -> None:  # fmt: skip
    """One stage on every ``stride``-th tile of those ``awake``, then ``rain_s`` seconds of rain on it.

    ``active`` and ``wet``: boxes (row of strips, column of tiles, 4), what is computed and what holds water after
    the second stage.
    """
    each, across = active.shape[0] * active.shape[1] // tiles.shape[0], active.shape[1]
    for n in range(first, awake.size, stride):
        t = awake[n]
        strips = slice(t // across * each, (t // across + 1) * each)
        mine, found, begin = active[strips, t % across], wet[strips, t % across], tiles[t, 2]
        s = 0
        while s < each:
            if mine[s, 0] >= mine[s, 1]:
                s += 1
                continue
            s, (j0, j1, i0, i1) = joined(mine, s)
            march(
                h, qx, qy, z, n2, ho, xo, yo, hn, xn, yn, j0, j1, i0, i1, kinds, values, carry[t, i0 - begin :],
                buf, bits, outs[t], r, old, kick, thin, theta, k,
            )  # fmt: skip
        if rain_s > k[0]:
            rain_strips(hn, mine, rate, rain_s, carry[t], begin, thin)
        if old > k[0]:
            for s in range(each):
                bounds(hn, mine[s], thin, found[s])


@njit_field
def rain_strips(
    h: Grid, strips: Int64s, rate: Grid, rain_s: Real, carry: Row, begin: int, thin: Real
) -> None:
    """Rain on the strips of one tile, whose first column is ``begin``."""
    for s in range(strips.shape[0]):
        j0, j1, i0, i1 = strips[s, 0], strips[s, 1], strips[s, 2], strips[s, 3]
        for j in range(j0, j1):
            add_rain(
                h[j, i0:i1], rate[min(j, rate.shape[0] - 1), i0:i1], rain_s, carry[i0 - begin : i1 - begin],
                thin, thin - thin,
            )  # fmt: skip


@njit_field
def rain_tiles(
    h: Grid, tiles: Int64s, strips: Int64s, rate: Grid, rain_s: Real, carry: Grid, thin: Real
) -> None:
    """Rain on all tiles."""
    each, across = strips.shape[0] * strips.shape[1] // tiles.shape[0], strips.shape[1]
    for t in range(tiles.shape[0]):
        mine = strips[t // across * each : (t // across + 1) * each, t % across]
        rain_strips(h, mine, rate, rain_s, carry[t], tiles[t, 2], thin)
