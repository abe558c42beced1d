"""The atlas: all divisions in memory. They are few, public, and asked for at every step."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from anlan.foundation.errors import NotFound
from anlan.foundation.kept import Kept
from anlan.places.models import Division, DivisionCode
from anlan.wire import tables

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
        code = tables.plain(code)
        for size in (12, 9, 6, 4):
            found = self.by_code.get(code[:size]) if code[size:].strip("0") == "" else None
            if found:
                return found
        raise NotFound("没有代码为 {code} 的区划。请核对代码系统和年份。", code=code)

    def parent(self, place: Place) -> Place | None:
        return self.by_path.get(place.path[:-4])

    def township(self, place: Place) -> Place:
        """The township unit that a village lies in; a higher place is its own."""
        return self._up_to(place, 3)

    def township_path(self, path: str) -> str:
        """The path of a place's township unit; one that is gone is its own."""
        place = self.by_path.get(path)
        return self.township(place).path if place else path

    def county(self, place: Place) -> Place:
        return self._up_to(place, 2)

    def _up_to(self, place: Place, tier: int) -> Place:
        """Whatever the root is: a city, or a county by itself."""
        while place.tier > tier and (above := self.parent(place)):
            place = above
        return place

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


atlas = Kept(_read, "places_division", "places_divisioncode")
"""`atlas()` gives the divisions in force now."""
