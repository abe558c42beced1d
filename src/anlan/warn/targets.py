"""Targets 会到谁: who and what lies within a drawn line, near a stream or in the named places, village by village; and
who is left out, and why.

The residents' points are held in memory in Morton order. Rows that were added are inserted, households that moved are
moved, both without building the index anew; a test holds it equal to brute force.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import numpy as np

from anlan.foundation import journal
from anlan.foundation.context import Ctx
from anlan.foundation.words import w
from anlan.people import queries as people
from anlan.people.events import HOUSEHOLD_MOVED
from anlan.people.holders import Holder
from anlan.people.queries import homes
from anlan.places import queries as places
from anlan.places.atlas import Place, atlas
from anlan.science.spatial.index import PointIndex
from anlan.science.spatial.shapes import Parts, parts_of

MOVED = HOUSEHOLD_MOVED
OBJECTS = ("school", "clinic", "shop", "night_work", "shelter", "reservoir", "pond", "geohazard")

OUTSIDE = w("住在线外")
NOT_LISTED = w("名册里没有登记到人，按村通知")
NOBODY_NEAR = w("全村都在线外")


@dataclass(frozen=True, kw_only=True)
class VillageCount:
    """村: of the listed people of a village, who is inside; `residents` is the village's own figure."""

    place: Place
    inside: int
    at_home: int
    listed: int

    @property
    def outside(self) -> int:
        return self.listed - self.inside

    @property
    def why(self) -> str:
        """Why somebody here is not reached; empty when everybody listed is inside."""
        if not self.listed:
            return NOT_LISTED
        if not self.inside:
            return NOBODY_NEAR
        return OUTSIDE if self.outside else ""


@dataclass(frozen=True, kw_only=True)
class Targets:
    """What an area reaches."""

    villages: tuple[VillageCount, ...] = ()
    left_out: tuple[VillageCount, ...] = ()
    holders: int = 0
    roles: Mapping[str, int] = field(default_factory=dict)
    objects: Mapping[str, int] = field(default_factory=dict)

    @property
    def inside(self) -> int:
        return sum(v.inside for v in self.villages)

    @property
    def at_home(self) -> int:
        return sum(v.at_home for v in self.villages)

    @property
    def away(self) -> int:
        return self.inside - self.at_home

    @property
    def outside(self) -> int:
        return sum(v.outside for v in (*self.villages, *self.left_out))

    @property
    def residents(self) -> int:
        """Residents of the villages that are reached, by the divisions' own figures."""
        return sum(v.place.residents for v in self.villages)


class Homes:
    """Every resident's point, and what kind of row it is."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._last = homes.newest()
        self._journal = journal.newest(MOVED)
        rows = homes.points()
        self.at_home = {row[0]: row[4] for row in rows}
        self.village = {row[0]: row[3] for row in rows}
        ids, lon, lat, groups = _columns(rows)
        self.index = PointIndex(ids, lon, lat, groups)
        self.listed = Counter(self.village.values())

    def refresh(self) -> None:
        """Take in what was added or moved since; nothing is built anew."""
        with self._lock:
            newest, told = homes.newest(), journal.newest(MOVED)
            rows = homes.points(after=self._last) if newest > self._last else []
            if told > self._journal:
                moved = {
                    str(journal.read(e)["refs"]["household"]) for e in journal.named(MOVED, self._journal)
                }
                rows += homes.points(households=moved)
            if rows:
                self._place(rows)
            self._last, self._journal = newest, told

    def _place(self, rows: list[homes.Point]) -> None:
        latest = list({row[0]: row for row in rows}.values())
        self.index.place(*_columns(latest))
        for pk, _, _, village, at_home in latest:
            self.at_home[pk], self.village[pk] = at_home, village
        self.listed = Counter(self.village.values())


def _columns(rows: list[homes.Point]) -> tuple[Any, Any, Any, Any]:
    ids = np.array([r[0] for r in rows], np.int64)
    lon, lat = np.array([r[1] for r in rows], np.float64), np.array([r[2] for r in rows], np.float64)
    return ids, lon, lat, np.array([r[3] for r in rows], np.int32)


_homes: Homes | None = None
_loading = Lock()


def residents() -> Homes:
    """The index of this process, current."""
    global _homes
    with _loading:
        if _homes is None or homes.newest() < _homes._last:  # fewer rows than before: another set of records
            _homes = Homes()
    _homes.refresh()
    return _homes


def forget() -> None:
    """Load again at the next question; for whoever swaps the records under this process."""
    global _homes
    _homes = None


# ---------- questions ----------
def within(ctx: Ctx, *, named: Iterable[Place], polygon: list[Any] | None = None) -> Targets:
    """Who an alert reaches: the named places, cut by the drawn line when there is one. Raises: BadShape."""
    villages = {v.id: v for p in named for v in (atlas().under(p.path, 4) if p.tier < 4 else [p])}
    mine = {i: v for i, v in villages.items() if ctx.scope.holds(v.path)}
    found = residents()
    if polygon:
        hits = found.index.in_polygon(_parts(polygon))
        ids = [i for i, g in zip(hits.ids.tolist(), hits.groups.tolist(), strict=True) if g in mine]
    else:
        ids = [i for i, g in found.village.items() if g in mine]
    return _counted(ctx, found, mine, ids)


def near_stream(ctx: Ctx, *, name: str, metres: float) -> Targets:
    """Who lives within a distance of the streams of that name. Raises: BadShape."""
    found = residents()
    ids: set[int] = set()
    for line in places.lines("stream"):
        if line.name == name:
            ids |= set(found.index.near(np.array(line.points, np.float64), metres).ids.tolist())
    mine = {v.id: v for v in atlas().walk(4) if ctx.scope.holds(v.path)}
    near = {found.village[i] for i in ids}
    return _counted(ctx, found, {i: v for i, v in mine.items() if i in near}, sorted(ids))


def _counted(ctx: Ctx, found: Homes, villages: Mapping[int, Place], ids: Iterable[int]) -> Targets:
    inside: Counter[int] = Counter()
    at_home: Counter[int] = Counter()
    for i in ids:
        village = found.village[i]
        inside[village] += 1
        at_home[village] += found.at_home[i]
    counts = [
        VillageCount(place=v, inside=inside[i], at_home=at_home[i], listed=found.listed[i])
        for i, v in sorted(villages.items(), key=lambda item: item[1].path)
    ]
    is_reached = [c.inside > 0 or not c.listed for c in counts]
    reached = tuple(c for c, yes in zip(counts, is_reached, strict=True) if yes)
    holders = _holders(ctx, villages.values())
    return Targets(
        villages=reached,
        left_out=tuple(c for c, yes in zip(counts, is_reached, strict=True) if not yes),
        holders=len(holders),
        roles=Counter(h.level for h in holders),
        objects=_objects(ctx, [c.place for c in reached]),
    )


def _holders(ctx: Ctx, villages: Iterable[Place]) -> list[Holder]:
    """By the duty graph: whoever covers one of the villages or its township, in or outside the line."""
    paths = {path for v in villages for path in (v.path, atlas().township(v).path)}
    found = {h.ref: h for path in sorted(paths) for h in people.holders(ctx, path=path)}
    return list(found.values())


def _objects(ctx: Ctx, reached: list[Place]) -> dict[str, int]:
    ids = {p.id for p in reached}
    towns = sorted({atlas().township(p).path for p in reached})
    found = Counter(o.kind for town in towns for o in places.objects(ctx, path=town) if o.place_id in ids)
    return dict(sorted(found.items()))


def _parts(polygon: list[Any]) -> Parts:
    """A drawn line as the index asks it; rings are parts of their own."""
    return [part for ring in polygon for part in parts_of({"type": "Polygon", "coordinates": [ring]})]
