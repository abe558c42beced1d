"""The loops that look at a state: speeds, maxima, arrival, duration, Froude numbers. Fields come with their ring."""

import numpy as np

from anlan.science.fields import Field, science
from anlan.science.flood.domain import RING, G
from anlan.science.flood.state import Layout, State
from anlan.science.jit import Floats, Int64s, Reals, njit

__all__ = ["count", "look", "speed_of", "speeds"]

SHALLOW = 0.01  # m: a film has no speed worth a map
FROUDE = 0.8


@njit
def _speed(h: Reals, qx: Reals, qy: Reals, layout: int, j: int, i: int) -> float:
    """Speed of a cell (m/s): momentum by depth, or the mean of opposite faces by depth."""
    deep = np.float64(h[j, i])
    if deep < SHALLOW:
        return 0.0
    u = np.float64(qx[j, i])
    v = np.float64(qy[j, i])
    if layout == 0:
        u = 0.5 * (u + qx[j, i + 1])
        v = 0.5 * (v + qy[j + 1, i])
    return np.sqrt(u * u + v * v) / deep  # type: ignore[no-any-return]


@njit
def look(
    h: Reals,
    qx: Reals,
    qy: Reals,
    layout: int,
    lo: Int64s,
    hi: Int64s,
    time_s: float,
    span: float,
    wet: float,
    froude_depth: float,
    max_depth: Reals,
    max_speed: Reals,
    max_hazard: Reals,
    arrival: Reals,
    duration: Reals,
) -> tuple[float, float, float]:
    """Bring the maps that have a size up to ``time_s``; gives deep cells, those with Fr > 0.8, and the top speed."""
    deep_cells = 0.0
    fast_cells = 0.0
    top = 0.0
    for j in range(RING, h.shape[0] - RING):
        for i in range(lo[j], hi[j]):
            deep = h[j, i]
            r, c = j - RING, i - RING
            if max_depth.size and deep > max_depth[r, c]:
                max_depth[r, c] = deep
            if deep < SHALLOW:
                continue
            speed = _speed(h, qx, qy, layout, j, i)
            top = max(top, speed)
            if max_speed.size and speed > max_speed[r, c]:
                max_speed[r, c] = speed
            if max_hazard.size and deep * (speed + 0.5) > max_hazard[r, c]:
                max_hazard[r, c] = deep * (speed + 0.5)
            if deep >= wet:
                if arrival.size and np.isnan(arrival[r, c]):
                    arrival[r, c] = time_s
                if duration.size:
                    duration[r, c] += span
            if deep >= froude_depth:
                deep_cells += 1.0
                if speed * speed > FROUDE * FROUDE * G * deep:
                    fast_cells += 1.0
    return deep_cells, fast_cells, top


@njit
def speeds(h: Reals, qx: Reals, qy: Reals, layout: int, rows: Int64s, columns: Int64s, out: Floats) -> None:
    """Speeds (m/s) of chosen cells, numbered without the ring."""
    for n in range(rows.size):
        out[n] = _speed(h, qx, qy, layout, rows[n] + RING, columns[n] + RING)


@njit
def count(
    h: Reals, qx: Reals, qy: Reals, layout: int, rows: Int64s, columns: Int64s, froude_depth: float
) -> tuple[float, float]:
    """Of chosen cells: how many are deeper than ``froude_depth``, and how many of these have Fr > 0.8."""
    deep_cells = 0.0
    fast_cells = 0.0
    for n in range(rows.size):
        j, i = rows[n] + RING, columns[n] + RING
        if h[j, i] >= froude_depth:
            deep_cells += 1.0
            if _speed(h, qx, qy, layout, j, i) ** 2 > FROUDE * FROUDE * G * h[j, i]:
                fast_cells += 1.0
    return deep_cells, fast_cells


@science(Field("return", "float32", ("row", "column"), "m/s", "out"), source="own")
def speed_of(state: State) -> Reals:
    """Speed of every cell (ny, nx), f32; 0 where shallower than a centimetre.

    >>> from anlan.science.flood.domain import Domain
    >>> ground = Domain.of(np.zeros((2, 3)), dx=10.0)
    >>> speed_of(State.of(ground, layout=Layout.FACES, depth=np.ones((2, 3)))).max()
    np.float32(0.0)
    """
    depth = state.depth
    u = state.qx[RING:-RING, RING:-RING]
    v = state.qy[RING:-RING, RING:-RING]
    if state.layout == Layout.FACES:
        u = 0.5 * (u + state.qx[RING:-RING, RING + 1 : 1 - RING])
        v = 0.5 * (v + state.qy[RING + 1 : 1 - RING, RING:-RING])
    speed: Reals = np.where(depth >= SHALLOW, np.hypot(u, v) / np.maximum(depth, SHALLOW), 0).astype(
        np.float32
    )
    return speed
