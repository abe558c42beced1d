"""One step of local inertial flow between buildings. Plain loops: built-up places are small, and the open ground has its own.

Fields have a ring of two. ``x`` and ``y`` are discharges by open width (m²/s) through west and north faces; a face passes
them over its open share ``px``, ``py``, and a cell stores over its open share ``share``. All that moves is counted in f64.
"""

import math
from typing import Any

import numpy as np

from anlan.science.flood.domain import RING, G
from anlan.science.flood.inertial.kernels.rows import powers
from anlan.science.jit import Floats, Int8s, Int64s, Reals, njit

OPEN = 1
NORTH, EAST, SOUTH, WEST = range(4)


@njit
def step(
    h: Reals,
    x: Reals,
    y: Reals,
    old_x: Reals,
    old_y: Reals,
    z: Reals,
    n2: Reals,
    share: Floats,
    px: Floats,
    py: Floats,
    carry: Floats,
    rate: Reals,
    cells: Int64s,
    cell_rate: Floats,
    kinds: Int8s,
    dx: float,
    dt: float,
    damping: float,
    dry: float,
    swift: float,
    waves: float,
) -> tuple[float, float, float, float]:
    """Sum of all depths (no number if one is none), the greatest, and m³ in and out over the edges."""
    old_x[:] = x
    old_y[:] = y
    _faces(h, z, n2, px, py, old_x, old_y, x, 0, 1, dx, dt, damping, dry, swift, waves)
    _faces(h, z, n2, px, py, old_x, old_y, y, 1, 0, dx, dt, damping, dry, swift, waves)
    _one_way(x, y, kinds)
    _limit(h, x, y, share, px, py, dt / dx)
    came, went = _over_edges(x, y, px, py, kinds)
    flat, open_share = carry.reshape(-1), share.reshape(-1)
    for n in range(cells.size):
        flat[cells[n]] += cell_rate[n] * dt / open_share[cells[n]]
    total, highest = _fill(h, x, y, share, px, py, carry, rate, dx, dt)
    return total, highest, came * dt * dx, went * dt * dx


@njit
def _faces(
    h: Reals,
    z: Reals,
    n2: Reals,
    px: Floats,
    py: Floats,
    x: Reals,
    y: Reals,
    q: Reals,
    down: int,
    right: int,
    dx: float,
    dt: float,
    damping: float,
    dry: float,
    swift: float,
    waves: float,
) -> None:
    """New discharges ``q`` from those before the step: Bates et al. (2010), friction implicit, divergence damped as on open ground."""
    rows, columns = h.shape
    rough = n2.shape[0] > 1
    old, p = (x, px) if right else (y, py)
    for j in range(RING, rows - RING + down):
        for i in range(RING, columns - RING + right):
            b, a = j - down, i - right
            rise = np.float64(z[j, i]) - np.float64(z[b, a])
            here, there = np.float64(h[j, i]), np.float64(h[b, a])
            flow = max(there - max(rise, 0.0), here + min(rise, 0.0))
            if flow <= dry:
                q[j, i] = 0
                continue
            pushed = np.float64(old[j, i])
            if min(here, there) > 0.5 * flow:
                lost = _lost(x, y, px, py, j, i) - _lost(x, y, px, py, b, a)
                pushed += 0.5 * damping * lost / p[j, i]
            # as rough as on open ground: it says only how much inertia swift water has
            inverse, _ = powers(flow, 1.0)
            speed = np.float64(old[j, i]) * inverse
            drive = G * dt * min(max(flow, swift * speed * speed), waves)
            pushed -= drive * ((here - there) + rise) / dx
            n = 0.5 * (n2[j if rough else 0, i] + n2[b if rough else 0, a])
            drag = 4.0 * drive * n / (flow * flow * flow * flow ** (1.0 / 3.0))
            q[j, i] = 2.0 * pushed / (1.0 + math.sqrt(1.0 + drag * abs(pushed)))


@njit
def _lost(x: Reals, y: Reals, px: Floats, py: Floats, j: int, i: int) -> Any:
    """What a cell loses, m²/s over its sides."""
    along = px[j, i + 1] * np.float64(x[j, i + 1]) - px[j, i] * np.float64(x[j, i])
    return along + (py[j + 1, i] * np.float64(y[j + 1, i]) - py[j, i] * np.float64(y[j, i]))


@njit
def _one_way(x: Reals, y: Reals, kinds: Int8s) -> None:
    """Nothing comes in over an open edge."""
    rows, columns = x.shape
    for i in range(RING, columns - RING):
        if kinds[NORTH] == OPEN:
            y[RING, i] = min(y[RING, i], 0)
        if kinds[SOUTH] == OPEN:
            y[rows - RING, i] = max(y[rows - RING, i], 0)
    for j in range(RING, rows - RING):
        if kinds[WEST] == OPEN:
            x[j, RING] = min(x[j, RING], 0)
        if kinds[EAST] == OPEN:
            x[j, columns - RING] = max(x[j, columns - RING], 0)


@njit
def _limit(h: Reals, x: Reals, y: Reals, share: Floats, px: Floats, py: Floats, k: float) -> None:
    """No cell gives more than it holds."""
    rows, columns = h.shape
    for j in range(RING, rows - RING):
        for i in range(RING, columns - RING):
            out = max(px[j, i + 1] * x[j, i + 1], 0.0) - min(px[j, i] * x[j, i], 0.0)
            out += max(py[j + 1, i] * y[j + 1, i], 0.0) - min(py[j, i] * y[j, i], 0.0)
            have = share[j, i] * np.float64(h[j, i])
            if out * k > have:
                can = have / (out * k)
                x[j, i + 1] *= can if x[j, i + 1] > 0 else 1.0
                x[j, i] *= can if x[j, i] < 0 else 1.0
                y[j + 1, i] *= can if y[j + 1, i] > 0 else 1.0
                y[j, i] *= can if y[j, i] < 0 else 1.0


@njit
def _over_edges(x: Reals, y: Reals, px: Floats, py: Floats, kinds: Int8s) -> tuple[float, float]:
    """m²/s in and out, summed over the faces of the four edges."""
    rows, columns = x.shape
    came, went = 0.0, 0.0
    for i in range(RING, columns - RING):
        for j, sign in ((RING, 1.0), (rows - RING, -1.0)):
            q = sign * py[j, i] * y[j, i]
            came += max(q, 0.0)
            went -= min(q, 0.0)
    for j in range(RING, rows - RING):
        for i, sign in ((RING, 1.0), (columns - RING, -1.0)):
            q = sign * px[j, i] * x[j, i]
            came += max(q, 0.0)
            went -= min(q, 0.0)
    return came, went


@njit
def _fill(
    h: Reals,
    x: Reals,
    y: Reals,
    share: Floats,
    px: Floats,
    py: Floats,
    carry: Floats,
    rate: Reals,
    dx: float,
    dt: float,
) -> tuple[float, float]:
    """New depths; what a depth cannot hold in its digits waits in ``carry``. Rain of the whole cell runs into its open share."""
    total, highest = 0.0, 0.0
    rows, columns = h.shape
    k = dt / dx
    for j in range(RING, rows - RING):
        at = j if rate.shape[0] > 1 else 0
        for i in range(RING, columns - RING):
            came = k * (
                (px[j, i] * x[j, i] - px[j, i + 1] * x[j, i + 1])
                + (py[j, i] * y[j, i] - py[j + 1, i] * y[j + 1, i])
            )
            want = np.float64(h[j, i]) + (carry[j, i] + (came + dt * rate[at, i]) / share[j, i])
            h[j, i] = (
                want if not want < 0.0 else 0.0
            )  # below nought by rounding: owed, and paid by what comes next
            carry[j, i] = want - np.float64(h[j, i])
            total += np.float64(h[j, i])
            highest = max(highest, np.float64(h[j, i]))
    return total, highest
