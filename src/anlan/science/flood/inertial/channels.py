"""Streams narrower than a cell: a channel of its own width, bed and bank in some cells of the raster.

After Neal, Schumann and Bates (2012), Water Resources Research 48, W11506. A cell with a channel has one water
surface: below the bank the water stands in the channel alone, above it over the whole cell. Between neighbouring
channel cells (by rows and columns) a local inertial flow runs in the channel's section; the part of it that the flow over the
ground has already carried is taken off, so that no width counts twice.
"""

import math
from dataclasses import dataclass

import numpy as np

from anlan.science.fields import Field, science
from anlan.science.flood.domain import Domain, G
from anlan.science.flood.errors import BadInput
from anlan.science.jit import Floats, Int64s, Reals, njit

__all__ = ["Channels"]


@dataclass(frozen=True, slots=True)
class Channels:
    """Channel cells and the links between them; make it by `Channels.of`.

    Cells (k,): ``rows``, ``columns``, ``width`` m, ``bankfull`` m, ``manning`` s/m^(1/3), ``bed`` m above the run
    datum. Links (m,): ``a`` and ``b`` number cells (b east or south of a), ``link_width`` m with bridges taken off.
    """

    rows: Int64s
    columns: Int64s
    width: Floats
    bankfull: Floats
    manning: Floats
    bed: Floats
    a: Int64s
    b: Int64s
    link_width: Floats

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
        """Channels where ``width`` > 0; every two that share a side are joined.

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
        a, b = _links(number)
        return cls(
            rows=rows,
            columns=columns,
            width=wide,
            bankfull=deep,
            manning=np.full(rows.size, manning),
            bed=domain.bed[is_channel] - deep,
            a=a,
            b=b,
            link_width=np.minimum(wide[a] * open_share[a], wide[b] * open_share[b]),
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


def _links(number: Int64s) -> tuple[Int64s, Int64s]:
    """Pairs of cells that share a side."""
    pairs = [(number[:, :-1], number[:, 1:]), (number[:-1], number[1:])]
    both = [(one >= 0) & (two >= 0) for one, two in pairs]
    a = np.concatenate([one[on] for (one, _), on in zip(pairs, both, strict=True)])
    b = np.concatenate([two[on] for (_, two), on in zip(pairs, both, strict=True)])
    return a, b


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
def depths(flat: Reals, cells: Int64s, volume: Floats, width: Floats, dx: float, deep: Floats) -> None:
    """Depth of water over the channels' beds, m."""
    for n in range(cells.size):
        deep[n] = volume[n] / (width[n] * dx) + flat[cells[n]]


@njit
def run_links(
    flat: Reals,
    deep: Floats,
    x: Reals,
    y: Reals,
    cells: Int64s,
    volume: Floats,
    bed: Floats,
    width: Floats,
    bankfull: Floats,
    n2: Floats,
    a: Int64s,
    b: Int64s,
    link_width: Floats,
    q: Floats,
    outlets: Int64s,
    slopes: Floats,
    dx: float,
    dt: float,
    dry: float,
) -> tuple[float, float]:
    """One step of the flow in the channels; gives m³ that left at outlets and the greatest speed.

    ``deep`` is from before the raster's step. Were channels pushed by the surface that the raster has just left behind, each
    would undo what the other did, and both would go on doing it for ever: 20 m/s under a still pool.
    """
    gives = np.zeros(cells.size)
    moved, left = np.zeros(a.size), np.zeros(outlets.size)
    speed = 0.0
    for k in range(a.size):
        i, j = a[k], b[k]
        rise = bed[j] - bed[i]
        flow = max(deep[i] - max(rise, 0.0), deep[j] + min(rise, 0.0))
        if flow <= dry or link_width[k] <= 0.0:
            q[k] = 0.0
            continue
        rough, radius = 0.5 * (n2[i] + n2[j]), _radius(flow, link_width[k], min(bankfull[i], bankfull[j]))
        pushed = q[k] - G * dt * flow * ((deep[j] - deep[i]) + rise) / dx
        drag = 4.0 * G * dt * rough / (flow * radius ** (4.0 / 3.0))
        q[k] = 2.0 * pushed / (1.0 + math.sqrt(1.0 + drag * abs(pushed)))
        speed = max(speed, abs(q[k]) / flow)
        over = x[cells[j]] if cells[j] == cells[i] + 1 else y[cells[j]]
        moved[k] = link_width[k] * (q[k] - over) * dt
        gives[i] += max(moved[k], 0.0)
        gives[j] += max(-moved[k], 0.0)
    for k in range(outlets.size):
        n = outlets[k]
        radius = _radius(deep[n], width[n], bankfull[n])
        u = radius ** (2.0 / 3.0) * math.sqrt(slopes[k] / n2[n])
        left[k] = u * min(deep[n], bankfull[n]) * width[n] * dt
        gives[n] += left[k]
        speed = max(speed, u)
    gone = _pay(flat, cells, volume, a, b, moved, gives, outlets, left, dx * dx)
    for k in range(a.size):
        if link_width[k] > 0.0:  # what the giver could not pay has no momentum either
            over = x[cells[b[k]]] if cells[b[k]] == cells[a[k]] + 1 else y[cells[b[k]]]
            q[k] = over + moved[k] / (link_width[k] * dt)
    return gone, speed


@njit
def _radius(deep: float, width: float, bankfull: float) -> float:
    """Hydraulic radius; the walls end at the bank."""
    return width * deep / (width + 2.0 * min(deep, bankfull))


@njit
def _pay(
    flat: Reals,
    cells: Int64s,
    volume: Floats,
    a: Int64s,
    b: Int64s,
    moved: Floats,
    gives: Floats,
    outlets: Int64s,
    left: Floats,
    area: float,
) -> float:
    """Move the water; a cell gives no more than it holds, and ``moved`` says afterwards what it gave."""
    can = np.ones(cells.size)
    for n in range(cells.size):
        have = max(volume[n] + flat[cells[n]] * area, 0.0)  # rounding may leave a debt where all was given
        if gives[n] > have:
            can[n] = have / gives[n]
    for k in range(a.size):
        share = can[a[k]] if moved[k] > 0.0 else can[b[k]]
        moved[k] *= share
        volume[a[k]] -= moved[k]
        volume[b[k]] += moved[k]
    gone = 0.0
    for k in range(outlets.size):
        went = left[k] * can[outlets[k]]
        volume[outlets[k]] -= went
        gone += went
    return gone
