"""The inner loops over one-dimensional rows: faces, limits, depths. LLVM makes vectors of these, and of nothing larger."""

from typing import Any

import numpy as np

from anlan.science.flood.domain import SWIFTEST, G
from anlan.science.jit import Reals, njit, njit_cell, njit_field

BLOCK = 64  # cells passed over at once where none is asked after
Number = Any  # float32 or float64, as the fields
Bits = Any  # of a float32, or many of them, as int32: a maximum over these sees NaN


@njit_cell
def parting(x: Reals, y: Reals, below: Reals, out: Reals) -> None:
    """What each cell of a row loses, m²/s: ``x`` its west faces and the last east one, ``y`` and ``below`` its north and south."""
    for i in range(out.size):
        out[i] = (x[i + 1] - x[i]) + (below[i] - y[i])


@njit_cell
def x_faces(
    h: Reals,
    z: Reals,
    q: Reals,
    loses: Reals,
    drag: Reals,
    push: Number,
    swift: Number,
    most: Number,
    damp: Number,
    dry: Number,
) -> None:
    """New discharge ``q`` (in place) through the west faces of a row; ``loses`` is `parting` of before the step."""
    for i in range(1, h.size - 1):
        q[i] = face(
            h[i - 1], h[i], z[i] - z[i - 1], q[i], loses[i] - loses[i - 1], drag[i - 1] + drag[i], push, swift, most, damp, dry
        )  # fmt: skip


@njit_cell
def y_faces(
    hu: Reals,
    zu: Reals,
    drag_up: Reals,
    loses_up: Reals,
    h: Reals,
    z: Reals,
    drag: Reals,
    loses: Reals,
    q: Reals,
    push: Number,
    swift: Number,
    most: Number,
    damp: Number,
    dry: Number,
) -> None:
    """As `x_faces` for the north faces of a row; ``hu``, ``zu``, ``drag_up``, ``loses_up`` are of the row above."""
    for i in range(h.size):
        q[i] = face(
            hu[i], h[i], z[i] - zu[i], q[i], loses[i] - loses_up[i], drag_up[i] + drag[i], push, swift, most, damp, dry
        )  # fmt: skip


@njit_cell
def face(
    left: Number,
    right: Number,
    rise: Number,
    old: Number,
    apart: Number,
    drag: Number,
    push: Number,
    swift: Number,
    most: Number,
    damp: Number,
    dry: Number,
) -> Number:
    """New discharge of a face (m²/s): Bates et al. (2010), friction implicit, divergence damped.

    ``push``: g Δt/Δx, and ``swift`` and ``most`` times it (below); ``drag``: the sum of both sides of n² Δx/2. So prepared they spare
    a tenth of the arithmetic.

    Friction is solved for the new discharge, q = q* − g Δt n² |q| q / h^(7/3), a quadratic with one root of the sign of q*. The
    usual form with the old |q| flips between too much and too little where g Δt S is large (steep ground). Gravity and
    friction both go by ``drive`` (m/s: push h, but for swift water, below), so steady flow does not depend on it.

    ``damp``: share of ``apart``, what the right cell lost more than the left, that is taken off: waves of two cells die, and
    what neither fills nor empties a cell is left alone, whatever way it winds. Only within a body of water: where one side is
    less than half as deep as what flows, a front or a bank, nothing is taken off.

    ``swift`` u² / ``push`` (m) is the depth whose waves outrun the kinematic wave of u by a tenth: shallower water so swift is
    given so much less inertia that its own waves run as in that depth, but no faster than those of ``most`` / ``push`` m, the most
    that this step can follow. With all its inertia a flow whose kinematic waves outrun the others grows
    rolls (Whitham), from Fr = 0.6 on where there is no advection.
    """
    t = type(left)
    zero, quarter, half, one = t(0), t(0.25), t(0.5), t(1)
    up, low = max(rise, zero), min(left, right)
    # not right + (rise - up): a sum of three may be taken in the order that rounds a film away
    flow = max(left - up, right + min(rise, zero))
    deep = max(flow, dry)
    inverse, friction = powers(deep, one)
    speed = old * inverse
    drive = min(max(push * deep, swift * (speed * speed)), most)
    evened = old + damp * apart
    pushed = (evened if low + low > deep else old) - drive * ((right - left) + rise)
    new = pushed / (half + np.sqrt(quarter + drive * drag * friction * abs(pushed)))
    return zero if flow <= dry else new


@njit_cell
def powers(x: Number, one: Number) -> tuple[Number, Number]:
    """1/x to 6e-3, and x^(-10/3) to 2e-6, for 1e-12 < x < 1e11; in float32 from 3e-12 on, as its range ends there.

    A cube root y of 1/x by its exponent, to 4 %; then with e = 1 - x·y³ they are y³·(1 - e)^(-1) and y^10·(1 - e)^(-10/3), and
    minimax polynomials over the e that occur (-0.1203 to 0.0901) give the second factors.
    """
    t = type(one)
    bits = np.float32(x).view(np.int32)
    guess = np.int32(np.int32(0x54A2FA8C) - np.int32(np.float32(bits) * np.float32(0.33333334)))
    y = np.int32(guess).view(np.float32) * one
    cube = y * y * y
    e = one - x * cube
    p = t(12.876695) + e * (t(20.836211) + e * t(26.7105))
    p = t(1.0000008) + e * (t(3.3332544) + e * (t(7.2206352) + e * p))
    return cube * (t(1.0051767) + t(0.9756967) * e), cube * cube * (cube * y) * p


@njit_field
def keep_row(row: Reals, out: Reals) -> None:
    """Copy a row: over the raster itself an index might count from behind, and the copy would be a gather."""
    for i in range(out.size):
        out[i] = row[i]


@njit_cell
def overdrawn(h: Reals, x: Reals, y: Reals, below: Reals, share: Number) -> Number:
    """By how much (m) the cells of a row are asked for more than they hold, in all."""
    zero = h.dtype.type(0)
    excess = zero
    for i in range(h.size):
        out = share * ((max(x[i + 1], zero) - min(x[i], zero)) + (max(below[i], zero) - min(y[i], zero)))
        excess += max(out - h[i], zero)
    return excess


@njit_cell
def payable(h: Number, west: Number, east: Number, north: Number, south: Number, share: Number) -> Number:
    """The share of its outflow that a cell can pay; the rest are the discharges of its faces (m²/s)."""
    zero = type(h)(0)
    out = share * ((max(east, zero) - min(west, zero)) + (max(south, zero) - min(north, zero)))
    return h / max(out, h + type(h)(1e-30))


@njit_cell
def given(q: Number, part: Number) -> Number:
    """What a cell can pay of ``q`` through its east or south face, where it is the giver."""
    return q * part if q > type(q)(0) else q


@njit_cell
def taken(q: Number, part: Number) -> Number:
    """The same through its west or north face."""
    return q * part if q < type(q)(0) else q


@njit
def deepen(
    h: Reals,
    x: Reals,
    y: Reals,
    below: Reals,
    rate: Reals,
    carry: Reals,
    share: Number,
    dt: Number,
    dry: Number,
    least: Number,
    most: Bits,
) -> Bits:
    """New depth by what came less what went; digits lost to rounding go to the next row (Dekker's fast two-sum).

    Gives the greatest depth of these and of before, ``most``, as the bits of a float32, where none is below nought: those of a NaN are
    above all depths (IEEE 754).

    A depth below nought can only come from rounding, as the giver was limited; it is lifted to ``least``, nought, which the
    mass balance shows as an error. (For cells that may owe water for a while that is below all depths.) Dry cells take no
    carried digits, so that dry land stays dry.
    """
    zero = h.dtype.type(0)
    for i in range(h.size):
        was = h[i]
        owed = carry[i] if was > dry else zero
        kept = carry[i] - owed
        came = share * ((x[i] - x[i + 1]) + (y[i] - below[i])) + dt * rate[i] + owed
        now = was + came
        lost = came - (now - was)
        carry[i] = kept + lost
        held = least if now < least else now  # a NaN stays
        h[i] = held
        most = max(most, np.int32(np.float32(held).view(np.int32) & np.int32(0x7FFFFFFF)))
    return most


@njit
def extent(h: Reals, start: int, dry: Number) -> tuple[int, int]:
    """First and past-the-last wet column of a row, searched from both ends; (large, 0) when all is dry."""
    n = h.size
    first = 0
    while first < n and h[first] <= dry:
        first += 1
    if first == n:
        return 1 << 60, 0
    last = n
    while h[last - 1] <= dry:
        last -= 1
    return start + first, start + last


@njit_field
def giving(h: Reals, x: Reals, y: Reals, below: Reals, least: Number, out: Reals) -> None:
    """The greatest speed at which each cell of a row gives water away, squared (m²/s²); films count as ``least`` deep.

    What a cell gave by what it has left is no speed where it gave nearly all: Fr = 5 is the most that is believed,
    else one emptied cell on a hillside shortens every step (the giver's limit keeps its mass in any case).
    """
    t = h.dtype.type
    fastest, zero = t(SWIFTEST**2 * G), t(0)
    for i in range(h.size):  # a cell that only takes gives nothing: its sign would be lost among the bits
        most = max(max(max(x[i + 1], -x[i]), max(below[i], -y[i])), zero)
        deep = max(h[i], least)
        speed = most / deep
        out[i] = min(speed * speed, fastest * deep)
