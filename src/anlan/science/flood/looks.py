"""The loops that look at a state: speeds, maxima, arrival, duration, Froude numbers. Fields come with their ring."""

from typing import Any

import numpy as np

from anlan.science.fields import Field, science
from anlan.science.flood.domain import RING, SWIFTEST, G
from anlan.science.flood.state import State
from anlan.science.jit import Floats, Int64s, Reals, njit, njit_field

SHALLOW = 0.01  # m: a film has no speed worth a map
FROUDE = 0.8
LEFT = 0.1  # m: shallower water may be what is left after a face has carried nearly all away


@njit_field
def _face_speed(q: Any, deep: Any) -> Any:
    t = type(deep)
    speed, most = q / deep, np.sqrt(t(SWIFTEST**2 * G) * deep)
    held = most if speed > most else speed
    held = -most if speed < -most else held
    return held if deep < t(LEFT) else speed


@njit
def _speed(h: Reals, qx: Reals, qy: Reals, layout: int, j: int, i: int) -> float:
    """Speed of a cell (m/s): momentum by depth, or the mean of what its opposite faces run at.

    A face runs at its discharge by the greater depth beside it: where water enters a cell that is almost dry, it
    comes with the depth of the giver. (Divided by the taker's depth, a filling front would run at 100 m/s.) Where the giver has
    just given nearly all to a dry one, what it gave by what is left is no speed: Fr = SWIFTEST is the most that is believed.
    """
    deep = max(np.float64(h[j, i]), SHALLOW)
    if h[j, i] < SHALLOW:
        return 0.0
    u = np.float64(qx[j, i])
    v = np.float64(qy[j, i])
    if layout == 0:
        west, east = _face_speed(u, max(deep, h[j, i - 1])), _face_speed(qx[j, i + 1], max(deep, h[j, i + 1]))
        north, south = (
            _face_speed(v, max(deep, h[j - 1, i])),
            _face_speed(qy[j + 1, i], max(deep, h[j + 1, i])),
        )
        return np.sqrt((0.5 * (west + east)) ** 2 + (0.5 * (north + south)) ** 2)  # type: ignore[no-any-return]
    return np.sqrt(u * u + v * v) / deep  # type: ignore[no-any-return]


@njit_field
def _speeds_across(q: Reals, h: Reals, beside: Reals, out: Reals) -> None:
    """What faces run at, between the cells of ``h`` and those ``beside``."""
    film = h.dtype.type(SHALLOW)
    for i in range(out.size):
        out[i] = _face_speed(q[i], max(max(h[i], film), beside[i]))


@njit_field
def _mean_speeds(h: Reals, x: Reals, y: Reals, below: Reals, out: Reals) -> None:
    """Speeds of cells by those of their faces: ``x`` west ones and the last east one, ``y`` north, ``below`` south."""
    t = h.dtype.type
    half, film, zero = t(0.5), t(SHALLOW), t(0)
    for i in range(out.size):
        u, v = half * (x[i] + x[i + 1]), half * (y[i] + below[i])
        out[i] = zero if h[i] < film else np.sqrt(u * u + v * v)


@njit_field
def _centre_speeds(h: Reals, x: Reals, y: Reals, out: Reals) -> None:
    t = h.dtype.type
    film, zero = t(SHALLOW), t(0)
    for i in range(h.size):
        speed = np.sqrt(x[i] * x[i] + y[i] * y[i]) / max(h[i], film)
        out[i] = zero if h[i] < film else speed


@njit
def _row_speeds(
    h: Reals,
    qx: Reals,
    qy: Reals,
    layout: int,
    j: int,
    first: int,
    last: int,
    work: Reals,
    known: tuple[int, int],
    out: Reals,
) -> tuple[int, int]:
    """Speeds of the cells ``first`` to ``last - 1`` of row ``j``.

    ``work``: three rows of scratch, in whose row ``j % 2`` north faces are ``known`` from the row before, from a column to a
    column. Gives the same of south faces, for the next row.
    """
    c = slice(first, last)
    if layout != 0:
        _centre_speeds(h[j, c], qx[j, c], qy[j, c], out)
        return 0, 0
    north, south = work[j % 2], work[(j + 1) % 2]
    if first < known[0] or last > known[1]:
        _speeds_across(qy[j, c], h[j, c], h[j - 1, c], north[c])
    _speeds_across(qy[j + 1, c], h[j, c], h[j + 1, c], south[c])
    d, west = slice(first, last + 1), slice(first - 1, last)
    _speeds_across(qx[j, d], h[j, d], h[j, west], work[2, d])
    _mean_speeds(h[j, c], work[2, d], north[c], south[c], out)
    return first, last


@njit
def _rows_of_speed(h: Reals, qx: Reals, qy: Reals, layout: int, out: Reals) -> None:
    work, known = np.zeros((3, h.shape[1]), h.dtype), (0, 0)
    for r in range(out.shape[0]):
        known = _row_speeds(h, qx, qy, layout, r + RING, RING, h.shape[1] - RING, work, known, out[r])


@njit_field
def _raise(field: Reals, value: Reals) -> None:
    for i in range(field.size):
        now = np.float32(value[i])
        field[i] = now if now > field[i] else field[i]


@njit_field
def _raise_hazard(field: Reals, h: Reals, speed: Reals) -> None:
    for i in range(field.size):
        now = np.float32(h[i]) * (speed[i] + np.float32(0.5))
        field[i] = now if now > field[i] else field[i]


@njit_field
def _raise_flow(field: Reals, h: Reals, speed: Reals) -> None:
    for i in range(field.size):
        now = np.float32(h[i]) * speed[i]
        field[i] = now if now > field[i] else field[i]


@njit_field
def _arrive(field: Reals, h: Reals, wet: float, time_s: float) -> None:
    now, line = np.float32(time_s), h.dtype.type(wet)
    for i in range(field.size):
        came = now if h[i] >= line else field[i]
        field[i] = came if field[i] != field[i] else field[i]


@njit_field
def _last(field: Reals, h: Reals, wet: float, span: float) -> None:
    more, line, none = np.float32(span), h.dtype.type(wet), np.float32(0)
    for i in range(field.size):
        field[i] += more if h[i] >= line else none


@njit_field
def _tally(h: Reals, speed: Reals, depth: float, most: float) -> tuple[float, float, float]:
    """Deep cells, those with Fr > 0.8, and by how much speeds exceed ``most`` in all."""
    one, zero = np.float32(1), np.float32(0)
    deep, fast, over = zero, zero, zero
    line, square, top = np.float32(depth), np.float32(FROUDE * FROUDE * G), np.float32(most)
    for i in range(h.size):
        d = np.float32(h[i])
        deep += one if d >= line else zero
        rapid = one if speed[i] * speed[i] > square * d else zero
        fast += rapid if d >= line else zero
        over += max(speed[i] - top, zero)
    return float(deep), float(fast), float(over)


@njit
def look(
    first: int,
    last: int,
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
    most_speed: float,
    max_depth: Reals,
    max_speed: Reals,
    max_hazard: Reals,
    arrival: Reals,
    duration: Reals,
    max_flow: Reals,
) -> tuple[float, float, float]:
    """Bring the maps that have a size up to ``time_s``, in rows ``first`` to ``last - 1`` counted without the ring.

    Gives deep cells, those with Fr > 0.8, and by how much (m/s) speeds exceed ``most_speed`` in all.
    """
    deep, fast, over = 0.0, 0.0, 0.0
    buffer, work, known = np.zeros(h.shape[1], np.float32), np.zeros((3, h.shape[1]), h.dtype), (0, 0)
    for r in range(first, last):
        j = r + RING
        a, b = lo[j], hi[j]
        if a >= b:
            known = 0, 0
            continue
        row, c = h[j, a:b], slice(a - RING, b - RING)
        speed = buffer[a:b]
        known = _row_speeds(h, qx, qy, layout, j, a, b, work, known, speed)
        tallied = _tally(row, speed, froude_depth, most_speed)
        deep += tallied[0]
        fast += tallied[1]
        over += tallied[2]
        if max_depth.size:
            _raise(max_depth[r, c], row)
        if max_speed.size:
            _raise(max_speed[r, c], speed)
        if max_hazard.size:
            _raise_hazard(max_hazard[r, c], row, speed)
        if arrival.size:
            _arrive(arrival[r, c], row, wet, time_s)
        if duration.size:
            _last(duration[r, c], row, wet, span)
        if max_flow.size:
            _raise_flow(max_flow[r, c], row, speed)
    return deep, fast, over


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
    >>> from anlan.science.flood.state import Layout
    >>> ground = Domain.of(np.zeros((2, 3)), dx=10.0)
    >>> speed_of(State.of(ground, layout=Layout.FACES, depth=np.ones((2, 3)))).max()
    np.float32(0.0)
    """
    out = np.zeros(state.depth.shape, np.float32)
    _rows_of_speed(state.h, state.qx, state.qy, int(state.layout), out)
    return out
