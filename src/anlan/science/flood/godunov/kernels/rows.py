"""Row kernels of the second-order Godunov solver.

Each inner loop is a small function over one-dimensional rows: LLVM makes vectors of those, and of nothing larger.
None writes where it reads, for the same reason. ``k`` holds the numbers of the method in the precision of the state: 0,
1/4, 1/2, 1, 2, 1/3, 1e-12 and gravity.
"""

import numpy as np

from anlan.science.flood.godunov.kernels.types import Constants, Real, Row
from anlan.science.jit import njit, njit_field


@njit_field
def load(h: Row, qx: Row, qy: Row, z: Row, p: Row, u: Row, v: Row, b: Row, thin: Real) -> None:
    """Depth, velocity and bed of a row. Velocity fades out below the thin depth (after Kurganov, Petrova 2007)."""
    e2 = thin * thin
    for i in range(h.size):
        d = h[i]
        w = d / (d * d + e2)
        p[i] = d
        u[i] = qx[i] * w
        v[i] = qy[i] * w
        b[i] = z[i]


@njit_field
def sharpness(h: Row, za: Row, zb: Row, zc: Row, theta: Row, most: Real, k: Constants) -> None:
    """θ of each cell: ``most`` where water is deep over what the bed bends there, down to 1 (minmod) over steps.

    Own: MC takes slopes of surface and depth from opposite sides of a cliff and makes energy of the difference (a
    block 10 m high on a slope: 99 m/s without friction); minmod alone is blunt where the ground is smooth.
    """
    zero, quarter, one, tiny = k[0], k[1], k[3], k[6]
    for i in range(theta.size):
        bend = abs((zc[i] - zb[i]) - (zb[i] - za[i]))
        theta[i] = one + (most - one) * min(one, max(quarter * h[i], zero) / (bend + tiny))


@njit_field
def slopes(a: Row, b: Row, c: Row, s: Row, theta: Row, k: Constants) -> None:
    """Half the limited slope of ``b``: minmod of θ·left, centre, θ·right (van Leer 1979; θ 1 minmod, 2 MC)."""
    zero, half = k[0], k[2]
    for i in range(s.size):
        left = b[i] - a[i]
        right = c[i] - b[i]
        mean = half * (left + right)
        left = theta[i] * left
        right = theta[i] * right
        s[i] = half * (max(min(min(left, right), mean), zero) + min(max(max(left, right), mean), zero))


@njit_field
def bed_slopes(
    a: Row, b: Row, c: Row, za: Row, zb: Row, zc: Row, s: Row, t: Row, theta: Row, k: Constants
) -> None:
    """Half slope of the bed: limited slope of the surface less that of the depth, ``s`` (Audusse 2004, §4)."""
    zero, half = k[0], k[2]
    for i in range(s.size):
        left = (b[i] - a[i]) + (zb[i] - za[i])
        right = (c[i] - b[i]) + (zc[i] - zb[i])
        mean = half * (left + right)
        left = theta[i] * left
        right = theta[i] * right
        t[i] = half * (max(min(min(left, right), mean), zero) + min(max(max(left, right), mean), zero)) - s[i]


@njit_field
def fluxes(
    h0: Row, u0: Row, v0: Row, z0: Row, sh0: Row, su0: Row, sv0: Row, sz0: Row,
    h1: Row, u1: Row, v1: Row, z1: Row, sh1: Row, su1: Row, sv1: Row, sz1: Row,
    f0: Row, f1: Row, f2: Row, f3: Row, thin: Real, k: Constants,
) -> None:  # fmt: skip
    """Fluxes over the faces between cells 0 and 1: mass, momentum as 0 and as 1 feel it, transverse momentum.

    HLLC with the two-rarefaction wave speeds (Toro 2001, §10.4-10.6) over the bed step of Chen and Noelle (2017),
    which unlike the step of Audusse (2004) does not hold back thin water on a steep slope.
    """
    zero, quarter, half, one, two, _, tiny, g = k
    for i in range(f0.size):
        hl = h0[i] + sh0[i]
        ul = u0[i] + su0[i]
        hr = h1[i] - sh1[i]
        ur = u1[i] - su1[i]
        step = ((z1[i] - z0[i]) - sz1[i]) - sz0[i]  # bed on the right over bed on the left
        sill = min(max(step, zero), min(hl, hr + step))
        a = min(hl - sill, hl)
        b = min(hr + (step - sill), hr)
        ca = np.sqrt(g * a)
        cb = np.sqrt(g * b)
        us = half * (ul + ur) + ca - cb
        cs = half * (ca + cb) + quarter * (ul - ur)
        sl = min(ul - ca, us - cs)
        sr = max(ur + cb, us + cs)
        sl = ur - two * cb if a <= thin else sl
        sr = ul + two * ca if b <= thin else sr
        sl = min(sl, zero)
        sr = max(sr, zero)
        inv = one / max(sr - sl, tiny)
        qa = a * ul
        qb = b * ur
        pa = qa * ul + half * g * a * a
        pb = qb * ur + half * g * b * b
        mass = (sr * qa - sl * qb + sl * sr * (b - a)) * inv
        push = (sr * pa - sl * pb + sl * sr * (qb - qa)) * inv
        mass = mass if max(h0[i], h1[i]) > thin else zero  # a film stands still, so its tile may sleep
        f0[i] = mass
        f1[i] = push + half * g * (hl + a) * sill
        f2[i] = push + half * g * (hr + b) * (sill - step)
        f3[i] = max(mass, zero) * (v0[i] + sv0[i]) + min(mass, zero) * (v1[i] - sv1[i])


@njit_field
def overdrawn(h: Row, west: Row, east: Row, low: Row, high: Row, r: Real, k: Constants) -> int:
    """How many cells would give more in one stage than they hold. (Counts become vectors; maxima do not.)"""
    zero = k[0]
    count = np.int32(0)
    for i in range(h.size):
        out = max(east[i], zero) - min(west[i], zero) + max(high[i], zero) - min(low[i], zero)
        count += np.int32(r * out > h[i])
    return int(count)


@njit_field
def shares(h: Row, west: Row, east: Row, low: Row, high: Row, r: Real, share: Row, k: Constants) -> None:
    """The part of its outflow that each cell can pay for, 0 … 1."""
    zero, one, tiny = k[0], k[3], k[6]
    for i in range(h.size):
        out = max(east[i], zero) - min(west[i], zero) + max(high[i], zero) - min(low[i], zero)
        share[i] = min(one, max(h[i], zero) / max(r * out, tiny))


@njit_field
def limit(
    before: Row, after: Row, u0: Row, u1: Row, f0: Row, f1: Row, f2: Row, f3: Row, k: Constants
) -> None:
    """Cut each face's flux to its donor's share, with the momentum that the missing water would have carried."""
    zero, one = k[0], k[3]
    for i in range(f0.size):
        mass = f0[i]
        share = before[i] if mass > zero else after[i]
        lost = (one - share) * (max(mass, zero) * u0[i] + min(mass, zero) * u1[i])
        f0[i] = share * mass
        f1[i] -= lost
        f2[i] -= lost
        f3[i] = share * f3[i]


@njit_field
def inverse_cbrt(x: Real, k: Constants) -> Real:
    """x^(-1/3) for x > 0, to 3e-10: a guess from the bits of a float32, then three Newton steps (Lomont 2003)."""
    one, third = k[3], k[5]
    bits = np.float32(x).view(np.int32)
    guess = np.int32(0x54A2FA8C) - np.int32(np.float32(bits) * np.float32(0.33333334))
    y = np.int32(guess).view(np.float32) * one
    for _ in range(3):
        y += third * y * (one - x * y * y * y)
    return y


@njit_field
def keep(h: Row, x: Row, y: Row, a: Row, b: Row, c: Row) -> None:
    """Copy a row: loops whose output may be their input do not become vectors."""
    for i in range(h.size):
        a[i] = h[i]
        b[i] = x[i]
        c[i] = y[i]


@njit_field
def gains(w0: Row, e0: Row, n0: Row, s0: Row, r: Real, gain: Row) -> None:
    """What the fluxes of this stage bring to each cell, m."""
    for i in range(gain.size):
        gain[i] = r * ((w0[i] - e0[i]) + (n0[i] - s0[i]))


@njit
def settle(h: Row, ho: Row, gain: Row, new: Real, hn: Row, carry: Row, thin: Real, zero: Real) -> None:
    """The new depth; digits that a deep cell cannot hold go on to the cell in the next row (Knuth's two-sum).

    Without reordering: under ``reassoc`` what is carried would be nought. A film neither takes nor gives a carry, and a
    depth below nought, which is rounding only, becomes a debt of the next cell.
    """
    for i in range(h.size):
        before = ho[i]
        share = carry[i] if before > thin else zero
        want = new * ((h[i] - before) + gain[i]) + share
        after = before + want
        after = zero if after < zero else after
        back = after - before
        carry[i] = ((before - (after - back)) + (want - back)) + (carry[i] - share)
        hn[i] = after


@njit_field
def push(
    h: Row, qx: Row, qy: Row, xo: Row, yo: Row, n2: Row, hn: Row, xn: Row, yn: Row,
    w2: Row, w3: Row, e1: Row, e3: Row, n2_: Row, n3: Row, s1: Row, s3: Row,
    bx: Row, by: Row, wave: Row, r: Real, old: Real, kick: Real, thin: Real, k: Constants,
) -> Real:  # fmt: skip
    """The new momenta: ``old`` parts of those before the step, the rest from this stage; then friction.

    Friction is Manning's, implicit and exact for one quadratic drag: q = q*/(½ + √(¼ + drag)) (after Xia and
    Liang 2018). ``kick`` is g·Δt times the part of this stage. Returns a checksum, and leaves |q|/h + c in ``wave``.
    """
    zero, quarter, half, one, two, _, _, g = k
    new = one - old
    check = zero
    for i in range(h.size):
        a = hn[i]
        gd = two * g * h[i]
        x = qx[i] - r * (e1[i] - w2[i] + s3[i] - n3[i] + gd * bx[i])
        y = qy[i] - r * (e3[i] - w3[i] + s1[i] - n2_[i] + gd * by[i])
        x = old * xo[i] + new * x
        y = old * yo[i] + new * y
        deep = max(a, thin)
        per = one / deep
        speed = np.sqrt(x * x + y * y) * per
        drag = kick * n2[i] * speed * per * inverse_cbrt(deep, k)
        f = one / (half + np.sqrt(quarter + drag))
        f = f if a > thin else zero
        xn[i] = x * f
        yn[i] = y * f
        wave[i] = speed * f + np.sqrt(g * a)
        check += a + x + y
    return check


@njit
def add_rain(h: Row, rate: Row, rain_s: Real, carry: Row, thin: Real, zero: Real) -> None:
    """Add rain; what a deep cell cannot hold goes on as in `settle`."""
    for i in range(h.size):
        before = h[i]
        share = carry[i] if before > thin else zero
        want = rate[i] * rain_s + share
        after = before + want
        back = after - before
        carry[i] = ((before - (after - back)) + (want - back)) + (carry[i] - share)
        h[i] = after


@njit_field
def highest(row: Row, most: int) -> int:
    """The greatest of floats not below nought, by their bits: a maximum of integers becomes a vector."""
    for i in range(row.size):
        most = max(most, row[i])
    return most


@njit_field
def total(row: Row) -> float:
    """The sum of a row in float64."""
    whole = 0.0
    for i in range(row.size):
        whole += row[i]
    return whole
