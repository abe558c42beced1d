"""Where things lie: village points and schematic boundaries that nest (示意, synthetic).

Work is done on a plane in kilometres around the city; results are lon, lat rounded to 1e-6 degree. Villages
are the Voronoi cells of their points, bounded by a belt of dummy points around the city; township, county and
city are unions of those cells, so every tier covers the one below without gap or overlap.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import Geometry, Polygon
from shapely.geometry.base import BaseGeometry

from anlan.exercise.chance import Chance

from .facts import Facts, VillageFact

ORIGIN_LON, ORIGIN_LAT = 113.4, 31.75
KM_PER_DEGREE_LAT = 110.9
KM_PER_DEGREE_LON = 94.7  # at 31.75 degrees
_GOLDEN_ANGLE = np.pi * (3 - 5**0.5)
_AREA_PER_VILLAGE_KM2 = 9.5  # 9,636 km2 over 1,009 villages
_BELT_KM = 3.0
_STRETCH = 1.45  # how far beyond its fair circle a township may reach where nobody else is
_COMMUNITY_KM = 0.7
_FIRST_TOWN = 100  # units numbered below are streets of a county seat

Points = NDArray[np.float64]  # [n, 2] x, y in km


@dataclass(frozen=True)
class Layout:
    """Points of villages (km plane), the room around each, and boundaries by division key in lon, lat."""

    towns: Points
    villages: Points
    room_km: NDArray[np.float64]  # a disc of this radius lies inside the village's own cell
    neighbours: tuple[tuple[int, int], ...]  # pairs of villages with touching cells
    boundaries: dict[str, Polygon]


def to_plane(lonlat: NDArray[np.float64]) -> Points:
    """Degrees to kilometres."""
    return (lonlat - (ORIGIN_LON, ORIGIN_LAT)) * (KM_PER_DEGREE_LON, KM_PER_DEGREE_LAT)


def to_degrees(plane: NDArray[np.float64]) -> NDArray[np.float64]:
    """Kilometres to degrees, rounded to 1e-6 (0.1 m)."""
    return np.round(plane / (KM_PER_DEGREE_LON, KM_PER_DEGREE_LAT) + (ORIGIN_LON, ORIGIN_LAT), 6)


def on_globe(geometries: NDArray[np.object_]) -> NDArray[np.object_]:
    """Plane geometries in lon, lat."""
    return np.asarray(shapely.transform(geometries, to_degrees))


def lay_out(chance: Chance, facts: Facts) -> Layout:
    """Place the villages and draw every boundary."""
    towns = to_plane(np.array([(t.lon, t.lat) for t in facts.towns]))
    villages = _village_points(chance, facts, towns)
    cells = _cells(chance, villages)
    boundaries = _unions(facts, cells)
    edges = _touching(villages, within=boundaries[facts.city["key"]])
    apart = np.full(len(villages), np.inf)
    for a, b in edges:
        distance = float(np.hypot(*(villages[a] - villages[b])))
        apart[a], apart[b] = min(apart[a], distance), min(apart[b], distance)
    return Layout(towns, villages, np.minimum(apart / 2, 1.6) * 0.95, edges, boundaries)


def _reach(towns: Points, i: int, directions: Points, cap_km: float) -> NDArray[np.float64]:
    """Distance from town i to the edge of its own Voronoi cell along unit directions, at most cap_km."""
    others = np.delete(towns, i, axis=0) - towns[i]
    half = (others**2).sum(axis=1) / 2
    along = directions @ others.T
    with np.errstate(divide="ignore"):
        hits = np.where(along > 1e-9, half / along, np.inf)
    return np.minimum(hits.min(axis=1), cap_km)


def _village_points(chance: Chance, facts: Facts, towns: Points) -> Points:
    """Communities close to the middle of a town, villages as a sunflower stretched to the township's own cell."""
    of_town: dict[str, list[VillageFact]] = {}
    for village in facts.villages:
        of_town.setdefault(village.town, []).append(village)
    return np.concatenate(
        [_sunflower(chance, town.key, of_town[town.key], towns, i) for i, town in enumerate(facts.towns)]
    )


def _sunflower(chance: Chance, key: str, members: list[VillageFact], towns: Points, i: int) -> Points:
    count = len(members)
    turn = chance.unit(key, "sunflower turn") * 2 * np.pi
    rank = np.arange(count)
    wobble = np.array([chance.between(v.key, "angle", -0.25, 0.25) for v in members])
    angle = turn + rank * _GOLDEN_ANGLE + wobble
    directions = np.column_stack([np.cos(angle), np.sin(angle)])
    cap_km = float(np.clip(np.sqrt(count * _AREA_PER_VILLAGE_KM2 / np.pi) * _STRETCH, 2.0, 20.0))
    away = _reach(towns, i, directions, cap_km) * np.sqrt((rank + 0.35) / count) * 0.93
    is_street = int(key[6:9]) < _FIRST_TOWN
    in_town = np.array([v.kind == "community" for v in members]) & (not is_street)
    away = np.where(in_town, np.minimum(away, _COMMUNITY_KM * np.sqrt(rank + 0.5)), away)
    return np.asarray(towns[i] + directions * away[:, None])


def _belt(chance: Chance, villages: Points) -> Points:
    """Dummy points around the city: they bound the outer cells and are thrown away."""
    built = shapely.union_all(shapely.buffer(shapely.points(villages), _BELT_KM, quad_segs=4))
    closed = shapely.buffer(shapely.buffer(built, 6.0, quad_segs=4), -6.0, quad_segs=4)
    inside = Polygon(max(shapely.get_parts(closed), key=lambda part: part.area).exterior)
    low, high = villages.min(axis=0) - 14, villages.max(axis=0) + 14
    gx, gy = np.meshgrid(np.arange(low[0], high[0], 2.5), np.arange(low[1], high[1], 2.5))
    grid = np.column_stack([gx.ravel(), gy.ravel()])
    cells = np.arange(len(grid), dtype=np.uint64)
    jitter = np.column_stack([chance.units(cells, "belt x"), chance.units(cells, "belt y")]) - 0.5
    grid = grid + jitter
    shapely.prepare(inside)
    return grid[~shapely.contains_xy(inside, grid[:, 0], grid[:, 1])]


def _cells(chance: Chance, villages: Points) -> NDArray[np.object_]:
    """The villages' Voronoi cells in lon, lat; neighbours share their vertices exactly."""
    everyone = np.concatenate([villages, _belt(chance, villages)])
    diagram = shapely.voronoi_polygons(shapely.multipoints(everyone), ordered=True)
    return on_globe(shapely.get_parts(diagram)[: len(villages)])


def _touching(villages: Points, *, within: Polygon) -> tuple[tuple[int, int], ...]:
    """Pairs of villages whose cells touch and whose connection does not leave the city."""
    index = {(x, y): i for i, (x, y) in enumerate(villages.tolist())}
    diagram = shapely.delaunay_triangles(shapely.multipoints(villages), only_edges=True)
    edges = shapely.get_parts(diagram)
    shapely.prepare(within)
    edges = edges[shapely.covers(within, on_globe(edges))]
    ends = shapely.get_coordinates(edges).reshape(-1, 2, 2).tolist()
    return tuple(sorted(_pair(index[a[0], a[1]], index[b[0], b[1]]) for a, b in ends))


def _pair(a: int, b: int) -> tuple[int, int]:
    return (a, b) if a < b else (b, a)


def _unions(facts: Facts, cells: NDArray[np.object_]) -> dict[str, Polygon]:
    """Boundaries of all tiers by key."""
    found: dict[str, BaseGeometry] = {v.key: c for v, c in zip(facts.villages, cells, strict=True)}
    for length in (9, 6, 4):
        parts: dict[str, list[Geometry]] = {}
        for village, cell in zip(facts.villages, cells, strict=True):
            parts.setdefault(village.key[:length], []).append(cell)
        for key, members in parts.items():
            union = shapely.coverage_union_all(np.array(members))
            whole = shapely.get_parts(union)
            found[key] = whole[0] if len(whole) == 1 else union
    return {key: shapely.normalize(shape) for key, shape in found.items()}
