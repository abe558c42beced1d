"""应转户: households inside a flood corridor. All synthetic."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from .layout import to_plane
from .model import People, Place, household_ref
from .water import Drainage


@dataclass(frozen=True, slots=True)
class AtRisk:
    """One household inside a corridor: rows of its members, the stream and the distance to its centre line."""

    ref: str
    village: str
    rows: range
    stream: str
    stream_m: float


def in_corridor(tree: shapely.STRtree, lonlat: NDArray[np.float64]) -> NDArray[np.int64]:
    """Index of the first corridor that holds each point, -1 = none."""
    found = np.full(len(lonlat), -1, dtype=np.int64)
    points, areas = tree.query(shapely.points(lonlat), predicate="within")
    order = np.lexsort((-areas, points))
    found[points[order]] = areas[order]
    return found


def at_risk(people: People, in_water: NDArray[np.bool_], drainage: Drainage, town: str) -> tuple[AtRisk, ...]:
    """The households of one township that stand in a corridor. `in_water`: per person row."""
    starts = np.flatnonzero(np.diff(people.village, prepend=-1) | np.diff(people.household, prepend=-1))
    ends = np.append(starts[1:], len(people))
    lines = shapely.STRtree(drainage.lines)
    found = []
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        village = people.villages[people.village[start]]
        if not in_water[start] or not village.startswith(town):
            continue
        here = shapely.Point(to_plane(np.array([people.lon[start], people.lat[start]])))
        nearest = int(lines.nearest(here))
        found.append(
            AtRisk(
                ref=household_ref(village, int(people.household[start])),
                village=village,
                rows=range(start, end),
                stream=drainage.streams[nearest].ref,
                stream_m=round(float(drainage.lines[nearest].distance(here)) * 1000, 1),
            )
        )
    return tuple(found)


def nearest_destination(people: People, household: AtRisk, places: tuple[Place, ...]) -> Place:
    """The nearest destination of the household's own township, committees of the own village first."""
    start = household.rows[0]
    here = np.array([people.lon[start], people.lat[start]])
    own = [p for p in places if p.is_destination and p.village[:9] == household.village[:9]]
    distance = {p.ref: float(np.hypot(*to_plane(np.array([p.lon, p.lat])) - to_plane(here))) for p in own}
    return min(own, key=lambda p: (distance[p.ref] * (1.0 if p.village == household.village else 2.0), p.ref))
