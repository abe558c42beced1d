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
from anlan.science.flood.domain import Domain
from anlan.science.flood.errors import BadInput
from anlan.science.jit import Floats, Int64s


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
