"""Reading places. The atlas holds all divisions in memory: they are few, public, and asked for at every step."""

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from django.db.models import Max, Q

from anlan.foundation.context import Ctx
from anlan.foundation.errors import NotFound
from anlan.places.models import Division, DivisionAlias, DivisionCode, FloodArea, Flow, MapLine, WatchedObject

EARTH_KM = 6371.0088


@dataclass(frozen=True)
class Place:
    """A division as the other rooms see it. `code` is its statistics-bureau code without filling zeros."""

    id: int
    path: str
    tier: int
    name: str
    kind: str
    code: str
    lon: float
    lat: float
    synthetic: bool
    residents: int
    at_home: int
    households: int

    def km_to(self, lon: float, lat: float) -> float:
        return distance_km(self.lon, self.lat, lon, lat)


def distance_km(lon1: float, lat1: float, lon2: float, lat2: float) -> float:
    """Great-circle distance in km (haversine)."""
    a, b = math.radians(lat1), math.radians(lat2)
    h = math.sin((b - a) / 2) ** 2 + math.cos(a) * math.cos(b) * math.sin(math.radians(lon2 - lon1) / 2) ** 2
    return 2 * EARTH_KM * math.asin(math.sqrt(h))


class Atlas:
    """All divisions in force, found by id, path or code."""

    def __init__(self, places: list[Place]) -> None:
        self.places = places
        self.by_id = {p.id: p for p in places}
        self.by_path = {p.path: p for p in places}
        self.by_code = {p.code: p for p in places if p.code}

    def code(self, code: str) -> Place:
        """The division of that code; filling zeros and a longer spelling are understood."""
        for size in (12, 9, 6, 4):
            found = self.by_code.get(code[:size]) if code[size:].strip("0") == "" else None
            if found:
                return found
        raise NotFound("没有代码为 {code} 的区划。请核对代码系统和年份。", code=code)

    def parent(self, place: Place) -> Place | None:
        return self.by_path.get(place.path[:-4])

    def township(self, place: Place) -> Place:
        """The township unit that a village lies in; a higher place is its own."""
        return self.by_path[place.path[:12]] if len(place.path) > 12 else place

    def county(self, place: Place) -> Place:
        return self.by_path[place.path[:8]] if len(place.path) > 8 else place

    def under(self, path: str, tier: int | None = None) -> list[Place]:
        """Places at or below a path, in path order."""
        return [p for p in self.places if p.path.startswith(path) and (tier is None or p.tier == tier)]

    def common(self, places: list[Place]) -> Place:
        """The smallest place that holds all the given ones."""
        path = places[0].path
        while not all(p.path.startswith(path) for p in places):
            path = path[:-4]
        return self.by_path[path]

    @cached_property
    def city(self) -> Place:
        return self.places[0]

    def walk(self, tier: int) -> Iterator[Place]:
        return (p for p in self.places if p.tier == tier)


PATIENCE_S = 0.0  # the engine sets a second: it may go so long without looking for changes
_atlas: tuple[tuple[int, int], Atlas] | None = None
_looked = 0.0


def atlas() -> Atlas:
    """The divisions in force now, read again when a division was added."""
    global _atlas, _looked
    if _atlas is not None and time.monotonic() - _looked < PATIENCE_S:
        return _atlas[1]
    mark = (Division.objects.count(), Division.objects.aggregate(last=Max("pk"))["last"] or 0)
    if _atlas is None or _atlas[0] != mark:
        _atlas = (mark, _read())
    _looked = time.monotonic()
    return _atlas[1]


def _read() -> Atlas:
    codes = dict(DivisionCode.objects.filter(system="nbs", valid_to=None).values_list("division_id", "code"))
    rows = (
        Division.objects.filter(valid_to=None)
        .order_by("path")
        .values_list(
            "id",
            "path",
            "tier",
            "name",
            "kind",
            "lon",
            "lat",
            "synthetic",
            "residents",
            "at_home",
            "households",
        )
    )
    return Atlas([Place(i, p, t, n, k, codes.get(i, ""), *rest) for i, p, t, n, k, *rest in rows])


def find_code(system: str, code: str, on: date) -> Place:
    """The division that had this code in this system on that day."""
    row = (
        DivisionCode.objects.filter(system=system, code=code, valid_from__lte=on)
        .filter(Q(valid_to=None) | Q(valid_to__gt=on))
        .first()
    )
    if row is None:
        raise NotFound("{on} 这一天没有代码 {code}（{system}）。", on=str(on), code=code, system=system)
    return atlas().by_id[row.division_id]


def search(text: str, limit: int = 12) -> list[Place]:
    """Divisions whose name, alias or code holds the text."""
    text = text.strip()
    if not text:
        return []
    aliased = set(DivisionAlias.objects.filter(name__contains=text).values_list("division_id", flat=True))
    found = [
        p
        for p in atlas().places
        if text in p.name or p.id in aliased or (text.isdigit() and p.code.startswith(text))
    ]
    return found[:limit]


def outlines(tier: int, path: str = "") -> list[tuple[Place, list[list[list[float]]]]]:
    """Schematic outlines of a tier below a path: place and rings of [lon, lat]."""
    rows = (
        Division.objects.filter(tier=tier, path__startswith=path)
        .order_by("path")
        .values_list("id", "outline")
    )
    known = atlas().by_id
    return [(known[i], rings) for i, rings in rows if i in known]


def lines(kind: str) -> list[MapLine]:
    return list(MapLine.objects.filter(kind=kind).order_by("rank", "pk"))


def flood_areas(path: str = "") -> list[FloodArea]:
    return list(
        FloodArea.objects.filter(place__path__startswith=path).select_related("place").order_by("ref")
    )


def upstream() -> dict[str, frozenset[str]]:
    """By village: the paths of all villages whose water comes down to it, and of their townships."""
    above: dict[str, set[str]] = {}
    for upper, lower in Flow.objects.values_list("upper__path", "lower__path"):
        above.setdefault(lower, set()).add(upper)
    return {path: _closure(path, above) for path in above}


def _closure(path: str, above: dict[str, set[str]]) -> frozenset[str]:
    found: set[str] = set()
    waiting = list(above.get(path, ()))
    while waiting:
        upper = waiting.pop()
        if upper not in found:
            found.add(upper)
            waiting += above.get(upper, ())
    found.discard(path)
    return frozenset(found | {upper[:12] for upper in found if upper[:12] != path[:12]})


def objects(ctx: Ctx, kind: str = "", path: str = "") -> list[WatchedObject]:
    """Watched objects within scope, by kind and below a path."""
    rows = ctx.rows(WatchedObject).filter(place__path__startswith=path).select_related("place")
    return list((rows.filter(kind=kind) if kind else rows).order_by("ref"))
