"""Streams narrower than a cell: a channel of its own width, bed and bank in some cells of the raster.

After Neal, Schumann and Bates (2012), Water Resources Research 48, W11506. A cell with a channel has one water
surface: below the bank the water stands in the channel alone, above it over the whole cell. Between neighbouring
channel cells a local inertial flow runs in the channel's section; where they share a side, the part of it that the flow over
the ground has already carried is taken off, so that no width counts twice. Streams found from a terrain step over
corners too: two cells that share a corner alone are joined where no channel goes round it.
"""

import math
from dataclasses import dataclass

import numpy as np

from anlan.science.fields import Field, science
from anlan.science.flood.domain import Domain, G
from anlan.science.flood.errors import BadInput
from anlan.science.jit import Floats, Int64s, Reals, njit

__all__ = ["Channels"]

SPEED_SHARE = 0.9  # of the step in which a kinematic wave (5/3 of the speed) crosses a cell


@dataclass(frozen=True, slots=True)
class Channels:
    """Channel cells and the links between them; make it by `Channels.of`.

    Cells (k,): ``rows``, ``columns``, ``width`` m, ``bankfull`` m, ``manning`` s/m^(1/3), ``bed`` m above the run
    datum; ``length`` m of channel in a cell. Links (m,): ``a`` and ``b`` number cells (b east, south or across a corner of a),
    ``link_width`` m with bridges taken off, ``link_length`` m between the cells' middles.
    """

    rows: Int64s
    columns: Int64s
    width: Floats
    bankfull: Floats
    manning: Floats
    bed: Floats
    length: Floats
    a: Int64s
    b: Int64s
    link_width: Floats
    link_length: Floats

    @classmethod
    @science(
        Field("width", "float64", ("row", "column"), "m, 0 or NaN where no channel is"),
        Field("bankfull", "float64", ("row", "column"), "m below the cell's bed"),
        Field("blocked", "float64", ("row", "column"), "share of the width, 0 to 1"),
        source="Neal, Schumann and Bates (2012), WRR 48, W11506",
    )
    def of(
        cls,
        domain: Domain,
        *,
        width: Floats,
        bankfull: Floats,
        manning: float = 0.035,
        blocked: Floats | None = None,
    ) -> "Channels":
        """Channels where ``width`` > 0; every two that share a side are joined, or a corner that no channel goes round.

        ``bankfull``: depth from bank (the cell's bed) to the channel's bed. ``blocked``: the share of the width that
        a bridge takes, in both links of its cell. Wider than a cell is refused: there the terrain itself must hold
        the river. Raises `BadInput`.

        >>> ground = Domain.of(np.zeros((1, 3)), dx=20.0)
        >>> Channels.of(ground, width=np.array([[4.0, 5.0, 0.0]]), bankfull=np.ones((1, 3))).link_width
        array([4.])
        """
        for name, field in (("width", width), ("bankfull", bankfull), ("blocked", blocked)):
            if field is not None and np.shape(field) != domain.shape:
                raise BadInput(
                    name, f"{np.shape(field)} against {domain.shape} of the bed", "Resample it to the bed"
                )
        is_channel = (np.nan_to_num(width) > 0) & domain.inside
        rows, columns = np.nonzero(is_channel)
        wide, deep = width[is_channel].astype(np.float64), bankfull[is_channel].astype(np.float64)
        open_share = 1.0 - (np.zeros(rows.size) if blocked is None else blocked[is_channel])
        _check(wide, deep, open_share, manning, domain.dx)
        number = np.full(domain.shape, -1, np.int64)
        number[is_channel] = np.arange(rows.size)
        a, b, reach = _links(number, domain.dx)
        halves = np.bincount(np.concatenate([a, b]), np.concatenate([reach, reach]) / 2, minlength=rows.size)
        return cls(
            rows=rows,
            columns=columns,
            width=wide,
            bankfull=deep,
            manning=np.full(rows.size, manning),
            bed=domain.bed[is_channel] - deep,
            length=np.clip(halves, domain.dx, math.sqrt(2) * domain.dx),
            a=a,
            b=b,
            link_width=np.minimum(wide[a] * open_share[a], wide[b] * open_share[b]),
            link_length=reach,
        )


def _check(wide: Floats, deep: Floats, open_share: Floats, manning: float, dx: float) -> None:
    if wide.size == 0:
        raise BadInput(
            "width", "no cell has a channel", "Give metres above 0 where a stream runs, or leave it out"
        )
    if (wide > dx).any():
        raise BadInput(
            "width", f"{wide.max():.1f} m in cells of {dx} m", "Cut the river into the terrain instead"
        )
    if not (np.isfinite(deep).all() and (deep > 0).all() and (deep < 50).all()):
        raise BadInput("bankfull", "a depth is missing or not within 0 to 50 m", "Give metres below the bank")
    if not ((open_share >= 0) & (open_share <= 1)).all():
        raise BadInput("blocked", "a share is missing or not within 0 to 1", "Give 0.3 for 30 %")
    if not (math.isfinite(manning) and 0.005 <= manning <= 0.5):
        raise BadInput("manning", f"{manning} for a channel", "Give Manning n in s/m^(1/3)")


def _links(number: Int64s, dx: float) -> tuple[Int64s, Int64s, Floats]:
    """Pairs of cells that share a side, or a corner alone that no channel goes round; and how far apart they are."""
    on = number >= 0
    one, two, three, four = number[:-1, :-1], number[:-1, 1:], number[1:, :-1], number[1:, 1:]
    falling = on[:-1, :-1] & on[1:, 1:] & ~on[:-1, 1:] & ~on[1:, :-1]
    rising = on[:-1, 1:] & on[1:, :-1] & ~on[:-1, :-1] & ~on[1:, 1:]
    beside, under = on[:, :-1] & on[:, 1:], on[:-1] & on[1:]
    a = [number[:, :-1][beside], number[:-1][under], one[falling], two[rising]]
    b = [number[:, 1:][beside], number[1:][under], four[falling], three[rising]]
    reach = [
        np.full(len(pairs), dx * step)
        for pairs, step in zip(a, (1, 1, math.sqrt(2), math.sqrt(2)), strict=True)
    ]
    return np.concatenate(a), np.concatenate(b), np.concatenate(reach)


@njit
def settle(
    flat: Reals,
    cells: Int64s,
    volume: Floats,
    full: Floats,
    area: float,
    columns: int,
    dry: float,
    lo: Int64s,
    hi: Int64s,
) -> None:
    """One surface in each cell: the channel fills first, the rest stands over the whole cell. Loses nothing."""
    for n in range(cells.size):
        i = cells[n]
        have = volume[n] + flat[i] * area
        if have <= full[n]:
            flat[i] = 0
            volume[n] = have
            continue
        flat[i] = (have - full[n]) / area
        volume[n] = have - flat[i] * area
        if flat[i] > dry:
            j = i // columns
            lo[j] = min(lo[j], i % columns)
            hi[j] = max(hi[j], i % columns + 1)


@njit
def depths(flat: Reals, cells: Int64s, volume: Floats, area: Floats, deep: Floats) -> None:
    """Depth of water over the channels' beds, m; ``area`` m² of channel in each cell."""
    for n in range(cells.size):
        deep[n] = volume[n] / area[n] + flat[cells[n]]


@njit
def run_links(
    deep: Floats,
    over: Floats,
    a: Int64s,
    b: Int64s,
    rise: Floats,
    width: Floats,
    length: Floats,
    bank: Floats,
    n2: Floats,
    dt: float,
    dry: float,
    q: Floats,
    moved: Floats,
) -> None:
    """New flow ``q`` (m²/s) in the links, and the m³ it has ``moved`` beside what went ``over`` the ground.

    ``deep`` is from before the raster's step. Were channels pushed by the surface that the raster has just left behind, each
    would undo what the other did, and both would go on doing it for ever: 20 m/s under a still pool.
    A kinematic wave crosses no more than SPEED_SHARE of a link in a step: over the edge of a dam nothing holds the water
    back in these equations, and one such link would set the step of a whole catchment.
    """
    for k in range(a.size):
        i, j = a[k], b[k]
        flow = max(deep[i] - max(rise[k], 0.0), deep[j] + min(rise[k], 0.0))
        if flow <= dry or width[k] <= 0.0:
            q[k], moved[k] = 0.0, 0.0
            continue
        radius = _radius(flow, width[k], bank[k])
        pushed = q[k] - G * dt * flow * ((deep[j] - deep[i]) + rise[k]) / length[k]
        drag = 4.0 * G * dt * n2[k] / (flow * radius * np.cbrt(radius))
        most = flow * SPEED_SHARE * 0.6 * length[k] / dt
        q[k] = min(max(2.0 * pushed / (1.0 + math.sqrt(1.0 + drag * abs(pushed))), -most), most)
        moved[k] = width[k] * (q[k] - over[k]) * dt


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
        radius = _radius(deep[n], width[n], bank[n])
        u = radius ** (2.0 / 3.0) * math.sqrt(slopes[k] / n2[n])
        left[k] = u * min(deep[n], bank[n]) * width[n] * dt


@njit
def _radius(deep: float, width: float, bankfull: float) -> float:
    """Hydraulic radius; the walls end at the bank."""
    return width * deep / (width + 2.0 * min(deep, bankfull))


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
def flow_over(x: Reals, y: Reals, face: Int64s, beside: int, under: int, over: Floats) -> None:
    """Unit discharge (m²/s) of the ground over each link: the first ``beside`` cross west faces, to ``under`` north ones."""
    for k in range(beside):
        over[k] = x[face[k]]
    for k in range(beside, under):
        over[k] = y[face[k]]


@njit
def keep_paid(over: Floats, moved: Floats, width: Floats, dt: float, q: Floats) -> None:
    """What the giver could not pay has no momentum either."""
    for k in range(q.size):
        if width[k] > 0.0:
            q[k] = over[k] + moved[k] / (width[k] * dt)
