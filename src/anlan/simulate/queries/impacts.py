"""Whom a run's water strikes 影响: people affected and to be moved, houses, roads, what the displaced need, with ranges.

Counted at the moment somebody looks, from the register as it stands and only within their scope; nothing is kept.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan.foundation import packs
from anlan.foundation.context import Ctx
from anlan.foundation.errors import Conflict
from anlan.foundation.home import home
from anlan.foundation.packs.pack import Pack
from anlan.foundation.worlds import beijing
from anlan.people.queries import homes
from anlan.places.atlas import Place, atlas
from anlan.places.queries import lines
from anlan.science.impact.needs import needs, rates
from anlan.science.impact.ranges import Ranges, impact_ranges
from anlan.science.impact.sweep import COLUMNS, Exposure, Impact, SparseHazard, Why, impact
from anlan.science.impact.vulnerability import Vulnerability
from anlan.simulate import queries
from anlan.simulate.maps import waters
from anlan.simulate.models import Run
from anlan.simulate.running.jobs import metres

MEMBERS = 200
DAYS = 3
"""Needs are told for so many days: until supply from outside runs."""
FILM_CM = 10
"""Rain lies everywhere as a film; a hazard is there from this depth on."""
Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Count:
    """A whole number as expected, and the ends between which nine in ten draws lie."""

    expected: int
    low: int
    high: int


@dataclass(frozen=True, kw_only=True)
class VillageImpact:
    """One village: people and houses, as expected."""

    place: Place
    affected: int
    to_move: int
    houses: int


@dataclass(frozen=True, kw_only=True)
class NeedCount:
    """What the displaced need of one article."""

    code: str
    title: Mapping[str, str]
    count: Count


@dataclass(frozen=True, kw_only=True)
class Impacts:
    """What a run's water does within somebody's scope. `why` is the reason where nobody is affected."""

    homes: int
    counts: Mapping[str, Count]
    why: Why
    needs: Sequence[NeedCount]
    villages: Sequence[VillageImpact]
    members: int
    days: int
    house: Mapping[str, str]
    packs: Sequence[Pack]


@dataclass(frozen=True, kw_only=True)
class _Assets:
    """Homes first, then pieces of road: the village of each home, metres, people, and what each is."""

    place: NDArray[np.int64]
    x: Floats
    y: Floats
    exposure: Exposure


def of_run(ctx: Ctx, run: Run) -> Impacts:
    """Count what a run's deepest water strikes within scope. Raises: NotFound; Conflict where the run concludes nothing."""
    if run.state != Run.State.ACCEPTED:
        raise Conflict("这次运行没有可用的结果，不能算影响。请换一次可用的运行。")
    deepest, frame = waters.grid(queries.folder_of(ctx, run), "deepest")
    shelf, on = packs.load_all(home=home()), beijing(ctx.now).date()
    code = atlas().by_id[run.place_id].code
    curves, relief = (shelf.the(kind, on=on, division=code) for kind in ("vulnerability", "relief_needs"))
    told = Vulnerability.from_data(curves.data)
    house = str(curves.data["vulnerability"]["house_if_unknown"])
    assets = _assets(ctx, run, frame, deepest.shape, told, house)
    depth = _at(assets, frame, deepest)
    every = _hazard(depth, present=bool((deepest >= FILM_CM).any()))
    expected = impact(every, assets.exposure, told)
    around = impact_ranges(
        every, assets.exposure, told, seed=run.seed % 2**53, events=np.array([0]), members=MEMBERS
    )
    return Impacts(
        homes=assets.place.size,
        counts={
            name: _count(*(t[0, n] for t in _ends(expected, around))) for n, name in enumerate(COLUMNS[:6])
        },
        why=expected.reason(0),
        needs=_needs(expected, around, rates(relief.data)),
        villages=_villages(assets, depth, told),
        members=MEMBERS,
        days=DAYS,
        house=next(row["title"] for row in curves.data["curve"] if row["code"] == house),
        packs=(curves, relief),
    )


def _assets(
    ctx: Ctx, run: Run, frame: waters.Frame, shape: tuple[int, ...], told: Vulnerability, house: str
) -> _Assets:
    """Homes within scope and pieces of road, both on the ground of the run."""
    rows = homes.exposed(ctx, under=run.place.path)
    hx, hy = metres(frame.crs, [row[1] for row in rows], [row[2] for row in rows])
    on = _inside(frame, shape, hx, hy)
    people = np.array([row[3] for row in rows], np.float64)[on]
    rx, ry, length = _roads(frame, shape)
    here = np.count_nonzero(on)
    kind = np.repeat(np.array([told.kind(house), told.kind("road")], np.int8), [here, length.size])
    made = Exposure.of(
        kind=kind,
        people=np.concatenate([people, np.zeros(length.size)]),
        quantity=np.concatenate([np.ones(here), length]),
        value=np.zeros(kind.size),
    )
    return _Assets(
        place=np.array([row[0] for row in rows], np.int64)[on],
        x=np.concatenate([hx[on], rx]),
        y=np.concatenate([hy[on], ry]),
        exposure=made,
    )


def _roads(frame: waters.Frame, shape: tuple[int, ...]) -> tuple[Floats, Floats, Floats]:
    """Roads of the schematic map in pieces no longer than a cell: the middle of each, and its length, m."""
    parts: list[tuple[Floats, Floats, Floats]] = []
    for line in lines("road"):
        lon, lat = zip(*line.points, strict=True)
        x, y = metres(frame.crs, list(lon), list(lat))
        for a, b, c, d in zip(x[:-1], y[:-1], x[1:], y[1:], strict=True):
            far = float(np.hypot(c - a, d - b))
            pieces = max(1, int(np.ceil(far / frame.dx)))
            at = (np.arange(pieces) + 0.5) / pieces
            parts.append((a + at * (c - a), b + at * (d - b), np.full(pieces, far / pieces)))
    if not parts:
        return np.empty(0), np.empty(0), np.empty(0)
    x, y, length = (np.concatenate(each) for each in zip(*parts, strict=True))
    on = _inside(frame, shape, x, y)
    return x[on], y[on], length[on]


def _cells(frame: waters.Frame, x: Floats, y: Floats) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    row = np.floor((frame.north - y) / frame.dx).astype(np.int64)
    return row, np.floor((x - frame.west) / frame.dx).astype(np.int64)


def _inside(frame: waters.Frame, shape: tuple[int, ...], x: Floats, y: Floats) -> NDArray[np.bool_]:
    row, column = _cells(frame, x, y)
    found: NDArray[np.bool_] = (row >= 0) & (row < shape[0]) & (column >= 0) & (column < shape[1])
    return found


def _at(assets: _Assets, frame: waters.Frame, deepest: NDArray[Any]) -> Floats:
    """Depth at each asset, m."""
    row, column = _cells(frame, assets.x, assets.y)
    return np.asarray(deepest[row, column] / 100.0, np.float64)


def _hazard(depth: Floats, *, present: bool) -> SparseHazard:
    return SparseHazard(
        np.array([0, depth.size]), np.arange(depth.size, dtype=np.int32), depth, np.array([present])
    )


def _ends(expected: Impact, around: Ranges) -> tuple[Floats, Floats, Floats]:
    return expected.table, np.minimum(around.low, expected.table), np.maximum(around.high, expected.table)


def _count(expected: float, low: float, high: float) -> Count:
    return Count(expected=round(expected), low=int(low), high=int(np.ceil(high)))


def _needs(expected: Impact, around: Ranges, articles: Sequence[Any]) -> tuple[NeedCount, ...]:
    """Of the people to be moved alone: `science.impact.needs` reads nobody else."""
    three = [
        needs(Impact(table, expected.why), days=DAYS, articles=articles)[0]
        for table in _ends(expected, around)
    ]
    return tuple(
        NeedCount(code=article.code, title=article.title, count=_count(*(float(each[n]) for each in three)))
        for n, article in enumerate(articles)
    )


def _villages(assets: _Assets, depth: Floats, told: Vulnerability) -> tuple[VillageImpact, ...]:
    """Each village as an event of its own, those with most people to move first; nothing of those without."""
    order = np.argsort(assets.place, kind="stable").astype(np.int32)
    ids, first = np.unique(assets.place[order], return_index=True)
    ends = np.append(first, order.size).astype(np.int64)
    each = SparseHazard(ends, order, depth[order], np.ones(ids.size, np.bool_))
    found = impact(each, assets.exposure, told)
    known = atlas().by_id
    rows = [
        VillageImpact(
            place=known[int(place)],
            affected=round(row[0]),
            to_move=round(row[1]),
            houses=round(row[2:5].sum()),
        )
        for place, row in zip(ids, found.table, strict=True)
        if row[0] >= 0.5
    ]
    return tuple(sorted(rows, key=lambda row: (-row.to_move, -row.affected, row.place.path)))
