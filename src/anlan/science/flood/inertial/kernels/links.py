"""Flow in the links of streams narrower than a cell, and what it leaves in their cells: see `channels`."""

import math

from anlan.science.flood.domain import SWIFTEST, G
from anlan.science.flood.inertial.kernels.rows import powers
from anlan.science.jit import Floats, Int64s, Reals, njit, njit_field


@njit
def step(
    ground: tuple[Reals, Reals, Reals], still: Floats, at: tuple[Int64s, Int64s], joined: tuple[Int64s, Int64s, int, int],
    links: tuple[Floats, ...], outlets: tuple[Int64s, Floats, Floats], channels: tuple[Floats, ...], state: tuple[Floats, Floats],
    work: tuple[Floats, ...], square: float, k: tuple[float, ...],
) -> tuple[float, float]:  # fmt: skip
    """One step of all links after that of the ``ground`` (depth, discharges); gives the m³ that left, and the greatest depth.

    ``at``: where in the ground each channel's cell is, and each link's face; ``joined``: the channels of each link, and how many links
    cross west faces, and to where north ones; ``links``: rise, width, 1 by width, 1 by length, bank and n²; ``outlets``: which, their
    slopes, and scratch; ``channels``: width, bankfull, n², what they hold when full, 1 by area; ``state``: volumes and flow;
    ``work``: scratch of over, moved, left and right depth, depth, and what can be paid; ``k``: dt, dry, swift, waves, share.
    """
    h, x, y = ground
    cells, face = at
    a, b, beside, under = joined
    rise, width, inverse_width, inverse, bank, n2 = links
    over, moved, left, right, deep, can = work
    volume, q = state
    flow_over(x, y, face, beside, under, still, over)
    ends(deep, a, b, left, right)
    run_links(left, right, over, rise, width, inverse, bank, n2, k[0], k[1], k[2], k[3], k[4], q, moved)
    run_out(deep, outlets[0], outlets[1], channels[0], channels[1], channels[2], k[0], outlets[2])
    gone = pay(h, cells, volume, a, b, outlets[0], square, moved, outlets[2], can)
    keep_paid(over, moved, inverse_width, k[0], q)
    return gone, settle(h, cells, volume, channels[3], square, channels[4], deep)


@njit
def depths(flat: Reals, cells: Int64s, volume: Floats, inverse_area: Floats, deep: Floats) -> float:
    """Depth of water over the channels' beds (m), and the greatest; ``inverse_area`` of a cell's channel, 1/m²."""
    highest = 0.0
    for n in range(cells.size):
        deep[n] = volume[n] * inverse_area[n] + flat[cells[n]]
        highest = max(highest, deep[n])
    return highest


@njit
def ends(deep: Floats, a: Int64s, b: Int64s, left: Floats, right: Floats) -> None:
    """Depths of the two cells of each link: `run_links` is made of vectors only if it reads what lies in line."""
    for k in range(a.size):
        left[k], right[k] = deep[a[k]], deep[b[k]]


@njit_field
def run_links(
    left: Floats,
    right: Floats,
    over: Floats,
    rise: Floats,
    width: Floats,
    inverse: Floats,
    bank: Floats,
    n2: Floats,
    dt: float,
    dry: float,
    swift: float,
    waves: float,
    share: float,
    q: Floats,
    moved: Floats,
) -> None:
    """New flow ``q`` (m²/s) in the links, and the m³ it has ``moved`` beside what went ``over`` the ground.

    ``left`` and ``right`` (depths, see `ends`) are from before the raster's step. Were channels pushed by the surface that the
    raster has just left behind, each would undo what the other did, and both would go on doing it for ever: 20 m/s
    under a still pool. ``inverse``: 1 by the length of a link. ``swift``, ``waves``: as `rows.face`. Water in a
    link runs no further than ``share`` of its length.
    """
    one = 1.0
    for k in range(q.size):
        flow = max(left[k] - max(rise[k], 0.0), right[k] + min(rise[k], 0.0))
        wet = max(flow, dry)
        inverse_deep, _ = powers(wet, one)
        speed = q[k] * inverse_deep
        drive = G * dt * min(max(wet, swift * (speed * speed)), waves)
        radius = width[k] * wet / (width[k] + 2.0 * min(wet, bank[k]) + 1e-12)
        _, friction = powers(radius + 1e-12, one)
        pushed = q[k] - drive * (((right[k] - left[k]) + rise[k]) * inverse[k])
        drag = 4.0 * drive * n2[k] * (radius * radius * friction) / (wet * wet)
        new = 2.0 * pushed / (1.0 + math.sqrt(1.0 + drag * abs(pushed)))
        limit = share * wet / (inverse[k] * dt)
        new = limit if new > limit else new
        new = -limit if new < -limit else new
        q[k] = 0.0 if flow <= dry or width[k] <= 0.0 else new
        moved[k] = 0.0 if flow <= dry or width[k] <= 0.0 else width[k] * (q[k] - over[k]) * dt


@njit
def wave_depths(
    deep: Floats, q: Floats, a: Int64s, b: Int64s, rise: Floats, swift: float, waves: Floats
) -> None:
    """The depth (m) as whose ``waves`` those of each link run; its speed is believed as in `rows.giving`."""
    for k in range(a.size):
        flow = max(max(deep[a[k]] - max(rise[k], 0.0), deep[b[k]] + min(rise[k], 0.0)), 0.001)
        speed = min(abs(q[k]) / flow, math.sqrt(SWIFTEST**2 * G * flow))
        waves[k] = max(flow, swift * speed * speed)


@njit
def run_out(
    deep: Floats,
    outlets: Int64s,
    slopes: Floats,
    width: Floats,
    bank: Floats,
    n2: Floats,
    dt: float,
    left: Floats,
) -> None:
    """The m³ that want to leave at outlets, at the speed of Manning (Strickler) there."""
    for k in range(outlets.size):
        n = outlets[k]
        radius = width[n] * deep[n] / (width[n] + 2.0 * min(deep[n], bank[n]))
        u = radius ** (2.0 / 3.0) * math.sqrt(slopes[k] / n2[n])
        left[k] = u * min(deep[n], bank[n]) * width[n] * dt


@njit
def pay(
    flat: Reals,
    cells: Int64s,
    volume: Floats,
    a: Int64s,
    b: Int64s,
    outlets: Int64s,
    square: float,
    moved: Floats,
    left: Floats,
    can: Floats,
) -> float:
    """Move the water, and give the m³ that left; a cell gives no more than it holds, and ``moved`` says what it gave."""
    can[:] = 0.0
    for k in range(a.size):
        can[a[k]] += max(moved[k], 0.0)
        can[b[k]] += max(-moved[k], 0.0)
    for k in range(outlets.size):
        can[outlets[k]] += left[k]
    for n in range(cells.size):
        have = max(volume[n] + flat[cells[n]] * square, 0.0)  # rounding may leave a debt where all was given
        can[n] = have / can[n] if can[n] > have else 1.0
    for k in range(a.size):
        moved[k] *= can[a[k]] if moved[k] > 0.0 else can[b[k]]
        volume[a[k]] -= moved[k]
        volume[b[k]] += moved[k]
    gone = 0.0
    for k in range(outlets.size):
        went = left[k] * can[outlets[k]]
        volume[outlets[k]] -= went
        gone += went
    return gone


@njit
def settle(
    flat: Reals,
    cells: Int64s,
    volume: Floats,
    full: Floats,
    area: float,
    inverse_area: Floats,
    deep: Floats,
) -> float:
    """One surface in each cell: the channel fills first, the rest stands over the whole cell. Loses nothing.

    Tells what `depths` tells, too.
    """
    inverse, highest = 1.0 / area, 0.0
    for n in range(cells.size):
        i = cells[n]
        have = volume[n] + flat[i] * area
        over = (have - full[n]) * inverse if have > full[n] else 0.0
        flat[i] = over
        volume[n] = have - flat[i] * area
        stands = volume[n] * inverse_area[n] + flat[i]
        deep[n] = 0.0 if stands < 0.0 else stands  # a stream that still owes its cell water is dry
        highest = max(highest, deep[n])
    return highest


@njit
def widen(
    flat: Reals, cells: Int64s, rows: Int64s, columns: Int64s, dry: float, lo: Int64s, hi: Int64s
) -> None:
    """The wet extents of rows grow with cells that have been given water outside a sweep."""
    for n in range(cells.size):
        if flat[cells[n]] > dry:
            j, i = rows[n], columns[n]
            lo[j] = min(lo[j], i)
            hi[j] = max(hi[j], i + 1)


@njit
def flow_over(x: Reals, y: Reals, face: Int64s, beside: int, under: int, still: Floats, over: Floats) -> None:
    """Unit discharge (m²/s) of the ground over each link, over that which is ``still``: the first ``beside`` cross west faces, to
    ``under`` north ones."""
    for k in range(beside):
        over[k] = still[k] + x[face[k]]
    for k in range(beside, under):
        over[k] = still[k] + y[face[k]]


@njit
def keep_paid(over: Floats, moved: Floats, inverse_width: Floats, dt: float, q: Floats) -> None:
    """What the giver could not pay has no momentum either; ``inverse_width`` 1/m, 0 where a link is shut."""
    inverse = 1.0 / dt
    for k in range(q.size):
        q[k] = (over[k] + moved[k] * inverse_width[k] * inverse) if inverse_width[k] > 0.0 else 0.0
