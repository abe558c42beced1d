"""Whether a domain holds its whole catchment: land outside that drains into it, and valleys that its rim cuts.

Water of land that a run does not know is missing from its flood. Where heights around the domain are known, what would
flow in is counted (`check_whole`). Where the raster ends, nobody can know: a valley whose bed comes in over the rim is told
(`rim`), since most such valleys go on beyond it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from anlan.science.fields import Field, science
from anlan.science.flood.domain import Domain
from anlan.science.flood.edges import Inflow
from anlan.science.flood.errors import BadInput
from anlan.science.jit import Bools, Floats, Int64s
from anlan.science.terrain.flow import accumulate
from anlan.science.terrain.hollows import DOWN, MISSING, OUT, RIGHT, flow_directions

MOST_SHARE = 0.05
"""The land outside that may drain in without an inflow, as a share of the domain: mapped divides differ by as much."""

_NEAR_CELLS = 5.0
_AT_ONCE = 0.7  # of its mean fall a valley has in its first half
_BEDS = Field("bed", "float64", ("row", "column"), "m above any zero; NaN where nothing is known")


@dataclass(frozen=True, slots=True)
class Entry:
    """Where land outside drains into the domain: the middle of the first cell inside, and how much land (m²)."""

    x: float
    y: float
    area_m2: float


@dataclass(frozen=True, slots=True)
class Cut:
    """The floor of a valley that comes in over the rim: its place (m), and its fall inwards (m/m)."""

    x: float
    y: float
    slope: float


@dataclass(frozen=True, slots=True)
class Rim:
    """The rim of a domain: the share of its cells whose bed falls inwards, and the valleys that come in over it."""

    inward_share: float
    cuts: tuple[Cut, ...]


@science(_BEDS, source="own; O'Callaghan and Mark (1984) directions over hollows filled (Barnes et al. 2014)")
def entries(domain: Domain, bed: Floats) -> tuple[Entry, ...]:
    """Where land of ``bed`` outside the domain drains into it, the largest first.

    Land that drains in by way of the domain itself counts where it comes in first. Raises `BadInput`.

    >>> ground = Domain.of(np.array([[3.0, 2.0, 1.0]]), dx=10.0, inside=np.array([[False, True, True]]))
    >>> entries(ground, np.array([[3.0, 2.0, 1.0]]))
    (Entry(x=15.0, y=5.0, area_m2=100.0),)
    """
    if bed.shape != domain.shape:
        raise BadInput("bed", f"{bed.shape} against {domain.shape} of the domain", "Give the whole terrain")
    to = flow_directions(bed)
    rows, columns = np.nonzero((to >= 0) & ~domain.inside)
    step = to[rows, columns]
    down, right = rows + DOWN[step], columns + RIGHT[step]
    enters = domain.inside[down, right]
    to[rows[enters], columns[enters]] = OUT
    to[domain.inside] = MISSING
    if not enters.any():
        return ()
    outside = accumulate(to, np.full(bed.shape, domain.dx**2))
    number = down[enters] * bed.shape[1] + right[enters]
    cells, which = np.unique(number, return_inverse=True)
    areas = np.bincount(which, weights=outside[rows[enters], columns[enters]])
    found = [Entry(*_middle(domain, int(c)), float(a)) for c, a in zip(cells, areas, strict=True)]
    return tuple(sorted(found, key=lambda entry: -entry.area_m2))


@science(_BEDS, source="own")
def check_whole(
    domain: Domain,
    bed: Floats,
    inflows: Iterable[Inflow] = (),
    *,
    most_share: float = MOST_SHARE,
    near_m: float | None = None,
) -> tuple[Entry, ...]:
    """Refuse a domain into which land outside drains unseen; gives the entries that no inflow stands for.

    ``bed`` with the heights around the domain. An inflow stands for the entries within its radius and ``near_m`` (5
    cells unless given) of it. Refused is what is more than ``most_share`` of the domain in all. Raises `BadInput`.

    >>> ground = Domain.of(np.array([[3.0, 2.0, 1.0]]), dx=10.0, inside=np.array([[False, True, True]]))
    >>> check_whole(ground, np.array([[3.0, 2.0, 1.0]]), most_share=0.6)
    (Entry(x=15.0, y=5.0, area_m2=100.0),)
    """
    near = _NEAR_CELLS * domain.dx if near_m is None else near_m
    known = tuple(inflows)
    unseen = tuple(e for e in entries(domain, bed) if not _stands_for(known, e.x, e.y, near))
    area = sum(entry.area_m2 for entry in unseen)
    if area > most_share * domain.area:
        first = unseen[0]
        raise BadInput(
            "inside",
            f"{_km2(area)} outside drain into the domain of {_km2(domain.area)}, {_km2(first.area_m2)} of it at "
            f"({first.x:.0f}, {first.y:.0f}), and no inflow stands for it",
            f"Widen the domain to the divide, or give an inflow within {near:g} m of that place",
        )
    return unseen


def rim(
    domain: Domain, inflows: Iterable[Inflow] = (), *, run: int = 5, window: int = 10, rise_m: float = 0.5
) -> Rim:
    """Valleys that come in over the rim, but for those that an inflow stands for.

    Seen from each side, the first cells inside make a profile. A cut is its lowest cell within ``window`` cells to
    both sides with shoulders at least ``rise_m`` higher, whose bed falls inwards over ``run`` cells, but less than
    the shoulders rise, and from its first cells on: a saddle in a divide is level at first and falls more steeply than
    it is deep. Nobody can tell from inside whether a valley goes on: a warning, no reason to refuse.

    >>> valley = np.abs(np.arange(-12.0, 13.0)) + 0.1 * np.arange(20.0)[::-1, None]
    >>> rim(Domain.of(valley, dx=10.0)).cuts
    (Cut(x=125.0, y=195.0, slope=0.01),)
    """
    known, near = tuple(inflows), _NEAR_CELLS * domain.dx
    found: dict[tuple[float, float], Cut] = {}
    inward = cells = 0
    for turns in range(4):
        bed, inside = np.rot90(domain.bed, turns), np.rot90(domain.inside, turns)
        first, has, falls = _profile(bed, inside, run)
        inward += int((falls > 0).sum())
        cells += int(falls.size - np.isnan(falls).sum())
        for column in _troughs(bed, first, has, falls, window, rise_m):
            x, y = _middle(domain, _unturned(domain.shape, turns, int(first[column]), column))
            if not _stands_for(known, x, y, near):
                found[x, y] = Cut(x, y, round(float(falls[column]) / domain.dx, 6))
    return Rim(inward / cells if cells else 0.0, tuple(found.values()))


def _unturned(shape: tuple[int, int], turns: int, row: int, column: int) -> int:
    """The number of a cell that stands at a row and column after quarter turns (`numpy.rot90`)."""
    ny, nx = shape
    r, c = (
        (row, column),
        (column, nx - 1 - row),
        (ny - 1 - row, nx - 1 - column),
        (ny - 1 - column, row),
    )[turns]
    return r * nx + c


def _profile(bed: Floats, inside: Bools, run: int) -> tuple[Int64s, Bools, Floats]:
    """For each column its first row inside, whether there is one, and the fall a cell over ``run`` cells inwards.

    0 where the bed is level at first: there the rim follows a divide. NaN where there is no such run.
    """
    has: Bools = np.asarray(inside.any(axis=0), np.bool_)
    first: Int64s = inside.argmax(axis=0).astype(np.int64)
    columns = np.arange(bed.shape[1])
    inner = np.minimum(first + run, bed.shape[0] - 1)
    long = inner - first
    half = first + (long + 1) // 2
    is_run = has & (long > 0) & inside[inner, columns] & inside[half, columns]
    at, after = bed[first, columns], bed[half, columns]
    fall = (at - bed[inner, columns]) / np.maximum(long, 1)
    soon = (at - after) / np.maximum(half - first, 1)
    falls: Floats = np.where(is_run, np.where(soon >= _AT_ONCE * fall, fall, 0.0), np.nan)
    return first, has, falls


def _troughs(bed: Floats, first: Int64s, has: Bools, falls: Floats, window: int, rise_m: float) -> list[int]:
    """Columns of a profile in which a valley comes in."""
    heights = np.where(has, bed[first, np.arange(first.size)], np.nan)
    found = []
    for column in np.flatnonzero(falls > 0):
        left, right = heights[max(column - window, 0) : column], heights[column + 1 : column + 1 + window]
        if not (left.size and right.size) or np.isnan(left).any() or np.isnan(right).any():
            continue
        low = heights[column]
        if (left <= low).any() or (right < low).any():
            continue
        sides = [_shoulder(left[::-1] - low), _shoulder(right - low)]
        if all(rise >= rise_m and rise / far > falls[column] for rise, far in sides):
            found.append(int(column))
    return found


def _shoulder(above: Floats) -> tuple[float, int]:
    """How high the side of a trough goes, and in how many cells."""
    far = int(above.argmax())
    return float(above[far]), far + 1


def _stands_for(inflows: Sequence[Inflow], x: float, y: float, near: float) -> bool:
    return any((i.x - x) ** 2 + (i.y - y) ** 2 <= (i.radius_m + near) ** 2 for i in inflows)


def _middle(domain: Domain, cell: int) -> tuple[float, float]:
    row, column = divmod(cell, domain.shape[1])
    return domain.west + (column + 0.5) * domain.dx, domain.north - (row + 0.5) * domain.dx


def _km2(area: float) -> str:
    return f"{area / 1e6:.3g} km²"
