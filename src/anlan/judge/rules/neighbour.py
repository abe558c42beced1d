"""邻区联防: red within so many kilometres, or upstream, means that a village prepares to move.

Reads a pack of kind `neighbour`. Takes places as points with the chains of what lies upstream of them; gives the
villages to prepare, each with its reasons, nearest first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import asin, ceil, cos, radians, sin, sqrt

from anlan.foundation.rules.errors import BadPack
from anlan.foundation.rules.pack import Data, flag, minutes, number, strings, table, text

EARTH_KM = 6371.0088
KM_A_DEGREE = 111.195


@dataclass(frozen=True, slots=True, kw_only=True)
class Red:
    """A place that stands at or above the level which alarms its neighbours, as a point and by division.

    `reach_km` is how far its area stretches around the point (0 for a gauge): distance counts from its edge.
    """

    place: str
    lon: float
    lat: float
    level: int
    hazard: str
    reach_km: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Village:
    """A village that may have to prepare. `upstream` are refs of places whose water comes here."""

    place: str
    lon: float
    lat: float
    upstream: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why: the red place, how far away in whole metres, and whether its water comes down here."""

    red: str
    hazard: str
    distance_m: int
    is_upstream: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ToPrepare:
    """A village to prepare (准备转移), with every reason, nearest first."""

    place: str
    stage: str
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class NeighbourRule:
    """The settings of the rule."""

    pack: str
    version: str
    from_level: int
    within_m: int
    upstream: bool
    keep_minutes: int
    stage: str
    hazards: frozenset[str]

    @classmethod
    def from_data(cls, data: Data, *, pack: str, version: str) -> NeighbourRule:
        """Read `[neighbour]`. Raises: BadPack."""
        rule = table(data, "neighbour")
        stage = text(rule, "stage")
        if stage not in ("prepare", "immediate"):
            raise BadPack(key="neighbour.stage", problem=f"{stage!r} is neither prepare nor immediate")
        return cls(
            pack=pack,
            version=version,
            from_level=number(rule, "from_level", 4, least=1),
            within_m=number(rule, "within_km", 20) * 1000,
            upstream=flag(rule, "upstream", True),
            keep_minutes=int(minutes(rule, "keep_minutes", 180).total_seconds()) // 60,
            stage=stage,
            hazards=frozenset(strings(rule, "hazards")),
        )


def villages_to_prepare(
    rule: NeighbourRule, *, reds: Iterable[Red], villages: Iterable[Village]
) -> tuple[ToPrepare, ...]:
    """Villages that must prepare because of somebody else's red, in order of their refs.

    A place is no neighbour of itself: what it measures is judged by its own packs.
    """
    alarming = [red for red in reds if red.level >= rule.from_level and red.hazard in rule.hazards]
    grid = _grid(alarming, rule)
    found = []
    for village in villages:
        near = {id(red): red for red in _close(grid, village)}
        if rule.upstream:
            near |= {id(red): red for red in alarming if red.place in village.upstream}
        reasons = sorted(_reasons(rule, village, near), key=lambda reason: (reason.distance_m, reason.red))
        if reasons:
            found.append(ToPrepare(place=village.place, stage=rule.stage, reasons=tuple(reasons)))
    return tuple(sorted(found, key=lambda each: each.place))


def distance_km(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Great-circle distance in kilometres on a sphere (haversine)."""
    a, b = radians(lat), radians(other_lat)
    half = sin((b - a) / 2) ** 2 + cos(a) * cos(b) * sin(radians(other_lon - lon) / 2) ** 2
    return 2 * EARTH_KM * asin(min(1.0, sqrt(half)))


def _reasons(rule: NeighbourRule, village: Village, near: Mapping[int, Red]) -> Iterable[Reason]:
    for red in near.values():
        if red.place == village.place:
            continue
        away = distance_km(village.lon, village.lat, red.lon, red.lat) - red.reach_km
        metres = max(0, round(away * 1000))
        is_upstream = rule.upstream and red.place in village.upstream
        if is_upstream or metres <= rule.within_m:
            yield Reason(red=red.place, hazard=red.hazard, distance_m=metres, is_upstream=is_upstream)


Cells = Mapping[tuple[int, int], list[Red]]


def _grid(reds: Iterable[Red], rule: NeighbourRule) -> Cells:
    """Cells of one degree, each with every red that could reach into it, so that few pairs are measured."""
    cells: dict[tuple[int, int], list[Red]] = {}
    for red in reds:
        reach = rule.within_m / 1000 + red.reach_km
        up = reach / KM_A_DEGREE
        across = min(180.0, up / max(0.01, cos(radians(min(89.0, abs(red.lat) + up)))))
        for x in range(ceil(red.lon - across) - 1, ceil(red.lon + across)):
            for y in range(ceil(red.lat - up) - 1, ceil(red.lat + up)):
                cells.setdefault((x, y), []).append(red)
    return cells


def _close(grid: Cells, village: Village) -> list[Red]:
    return grid.get((ceil(village.lon) - 1, ceil(village.lat) - 1), [])
