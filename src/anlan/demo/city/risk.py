"""应转户: households inside a flood corridor. All synthetic."""

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
    of_town = np.array([key.startswith(town) for key in people.villages])[people.village[starts]]
    chosen = np.flatnonzero(in_water[starts] & of_town)
    rows = starts[chosen]
    homes = shapely.points(to_plane(np.column_stack([people.lon[rows], people.lat[rows]])))
    lines = np.array(drainage.lines)
    nearest = shapely.STRtree(lines).nearest(homes)
    away_m = np.round(shapely.distance(lines[nearest], homes) * 1000, 1)
    return tuple(
        AtRisk(
            ref=household_ref(people.villages[people.village[start]], int(people.household[start])),
            village=people.villages[people.village[start]],
            rows=range(int(start), int(end)),
            stream=drainage.streams[stream].ref,
            stream_m=float(distance),
        )
        for start, end, stream, distance in zip(rows, ends[chosen], nearest, away_m, strict=True)
    )


def nearest_destination(people: People, household: AtRisk, destinations: tuple[Place, ...]) -> Place:
    """The nearest of a township's destinations; one in the own village counts as half as far."""
    start = household.rows[0]
    here = to_plane(np.array([people.lon[start], people.lat[start]]))
    away = np.hypot(*(to_plane(np.array([(p.lon, p.lat) for p in destinations])) - here).T)
    own = np.array([p.village == household.village for p in destinations])
    return destinations[int(np.where(own, away / 2, away).argmin())]
