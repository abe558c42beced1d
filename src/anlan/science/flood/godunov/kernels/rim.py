"""The rim of the grid: what lies beyond an edge, and what its faces let through."""

from anlan.science.flood.domain import RING
from anlan.science.flood.godunov.kernels.types import Constants, Grid, Real, Row
from anlan.science.jit import njit_field

CLOSED, OPEN, STAGE = 0, 1, 2
NORTH, EAST, SOUTH, WEST = 0, 1, 2, 3
HALO = 3


@njit_field
def outside(
    d: Real, q: Real, t: Real, b: Real, inner: Real, kind: int, value: Real, away: Real, k: Constants
) -> tuple[Real, Real, Real, Real]:
    """Depth, normal velocity, transverse velocity and bed ``away`` cells beyond an edge cell.

    ``value``: the level of a stage, or the least fall in a cell of an open edge, whose bed goes on falling as it
    falls inside (``inner`` is the bed of the next cell in).
    """
    zero = k[0]
    if kind == OPEN:
        return d, q, t, b - away * max(inner - b, value)
    return max(value - b, zero), q, t, b


@njit_field
def edge_columns(
    p: Row, u: Row, v: Row, b: Row, first: int, inward: int, width: int, kind: int, value: Real, k: Constants
) -> None:
    """Fill the three cells beyond the western or eastern edge of a row of buffers."""
    away = k[0]
    for m in range(HALO):
        to = first - inward * (m + 1)
        away += k[3]
        if kind == CLOSED:
            at = first + inward * min(m, width - 1)
            p[to], u[to], v[to], b[to] = p[at], -u[at], v[at], b[at]
        else:
            inner = b[first + inward * min(1, width - 1)]
            p[to], u[to], v[to], b[to] = outside(
                p[first], u[first], v[first], b[first], inner, kind, value, away, k
            )


@njit_field
def edge_row(
    h: Grid, qx: Grid, qy: Grid, z: Grid, j: int, lo: int, p: Row, u: Row, v: Row, b: Row,
    kind: int, value: Real, thin: Real, k: Constants,
) -> None:  # fmt: skip
    """Fill a row of buffers that lies beyond the northern or the southern row of the grid."""
    first, last = RING, h.shape[0] - RING - 1
    edge, inward = (first, 1) if j < first else (last, -1)
    off = abs(edge - j)
    at = edge + inward * min(off - 1, last - first) if kind == CLOSED else edge
    inner = edge + inward * min(1, last - first)
    away = k[0]
    for _ in range(off):
        away += k[3]
    for c in range(p.size):
        i = lo + c
        d = h[at, i]
        w = d / (d * d + thin * thin)
        p[c], u[c], v[c], b[c] = d, qx[at, i] * w, -qy[at, i] * w, z[at, i]
        if kind != CLOSED:
            p[c], v[c], u[c], b[c] = outside(d, -v[c], u[c], b[c], z[inner, i], kind, value, away, k)


@njit_field
def hold_face(mass: Real, kind: int, inward: Real, k: Constants) -> Real:
    """The mass flux over a face of the rim: nothing where closed, only outwards where open."""
    if kind == CLOSED:
        return k[0]
    if kind == OPEN:
        return inward * min(inward * mass, k[0])
    return mass
