"""Builds the land of Liulin on cells of any side, from one seed and the city's own streams and places."""

from functools import lru_cache

import numpy as np

from anlan.science.jit import Bools, Floats, Int8s
from anlan.science.terrain.flow import accumulate, catchments, snap
from anlan.science.terrain.grid import Grid
from anlan.science.terrain.hollows import DOWN, OUT, RIGHT, fill, flow_directions
from anlan.science.terrain.shade import slope

from ...city.facts import LIULIN, load_facts
from ...city.model import City, Division
from .courses import Courses, Points, courses, to_metres
from .model import Cover, Land, Pool, Spot
from .relief import empty, relief
from .settings import LandSettings, land_settings
from .valleys import dam_across, land

SIDES_M = (10.0, 20.0, 40.0)
RESERVOIR = "白果河水库"
_SNAP_M = 100.0
_CHANNEL_KM2 = 0.5
_POOL_BELOW_GAP_M, _POOL_REACH_M = 0.6, 3000.0
_STEEP, _GENTLE = 0.15, 0.06
_BUILT_SHARE = 0.08
_ROOFS = {"community": 0.35, "village": 0.2}  # share of a place's middle under roofs, assumed
_LEVEL_STEP_M = 0.25


def build_land(city: City, *, dx: float = 20.0, settings: LandSettings | None = None) -> Land:
    """The land of a city of the demo on cells of side ``dx``: 10, 20 or 40 m. The same seed gives the same land.

    Raises ValueError for another side. 20 m take about five seconds and 0.3 GB, 10 m four times as much.
    """
    if dx not in SIDES_M:
        raise ValueError(f"dx is {dx}: the land of Liulin is made on cells of 10, 20 or 40 m")
    settings = settings or land_settings()
    divisions = [d for d in city.divisions if d.key.startswith(LIULIN) and d.tier == "village"]
    outlet, dam = to_metres(settings, [settings.outlet, settings.dam])
    given = courses(settings, city.streams, _town())
    coarse = _relief(settings.seed, settings.hill_steepness, settings.outer_valleys_m, _Held(settings, given))
    places = to_metres(settings, [(d.lon, d.lat) for d in divisions])
    heights = land(settings, given, coarse, dx=dx, villages=places, outlet=outlet, dam=dam)
    grid = empty(settings.window, dx, settings.crs)
    heights, pool = _with_pool(settings, grid, heights, given, outlet, dam)
    directions = flow_directions(heights)
    upstream = accumulate(directions, np.full(grid.shape, dx * dx / 1e6))
    row, column = grid.cell(*outlet)
    out = snap(upstream, row=row, column=column, within=max(1, round(_SNAP_M / dx)))
    inside = catchments(directions, np.array([out])) == 1
    leaves = _mouth(directions, out)
    buildings = _buildings(grid, divisions, places)
    cover = _cover(heights, dx, upstream, buildings, pool)
    return Land(
        bed=Grid(heights, grid.west, grid.north, dx, dx, grid.crs),
        cover=cover,
        manning=_manning(settings, cover),
        buildings=buildings,
        upstream_km2=upstream,
        directions=directions,
        channel_width_m=_by_area(settings.channel_width, upstream),
        channel_depth_m=_by_area(settings.channel_depth, upstream),
        catchment=inside,
        outlet=out,
        domain=catchments(directions, np.array([leaves])) == 1,
        leaves=leaves,
        area_km2=float(upstream[out]),
        villages=tuple(_village(grid, d, place, inside) for d, place in zip(divisions, places, strict=True)),
        gauges=_gauges(settings, grid, city, upstream, inside),
        pool=pool,
        assumptions=settings.assumptions,
        seed=settings.seed,
    )


class _Held:
    """Carries the settings and courses past the cache, which goes by what they were made from."""

    def __init__(self, settings: LandSettings, given: Courses) -> None:
        self.settings, self.given = settings, given
        self.mark = given.height_m.tobytes() + given.ends.tobytes()

    def __hash__(self) -> int:
        return hash(self.mark)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held) and self.mark == other.mark


@lru_cache(maxsize=2)
def _relief(seed: int, steepness: float, outer: tuple[float, ...], held: _Held) -> Grid:
    """The coarse land is the same for every side of cells: kept for the next."""
    return relief(held.settings, held.given)


def _town() -> tuple[float, float]:
    return next((t.lon, t.lat) for t in load_facts().towns if t.key == LIULIN)


def _with_pool(
    settings: LandSettings, grid: Grid, heights: Floats, given: Courses, outlet: Points, dam: Points
) -> tuple[Floats, Pool]:
    """The dam below the gap, its pool just not reaching the gap at normal level."""
    dam, along = _onto(given, dam)[:2]
    normal = round(float(_onto(given, outlet)[2]) - _POOL_BELOW_GAP_M, 2)
    crest = normal + settings.crest_above_normal_m
    near, part = _around(grid, heights, dam)
    closed = dam_across(part, part.values, dam=dam, along=along, crest_m=crest, sill_m=None)
    zone = np.zeros(grid.shape, dtype=bool)
    zone[near] = (fill(closed) > closed) & (closed < crest)
    levels = np.arange(np.floor(float(heights[zone].min())), crest + 1e-9, _LEVEL_STEP_M)
    beds = heights[zone]
    volumes = np.array([np.maximum(level - beds, 0.0).sum() for level in levels]) * grid.dx**2
    dammed = dam_across(grid, heights, dam=dam, along=along, crest_m=crest, sill_m=normal)
    return dammed, Pool(RESERVOIR, zone, normal, crest, levels, np.round(volumes))


def _around(grid: Grid, heights: Floats, point: Points) -> tuple[tuple[slice, slice], Grid]:
    """The part of the land that a pool can fill, and where it lies in the whole."""
    row, column = grid.cell(*point)
    reach = round(_POOL_REACH_M / grid.dx)
    top, left = max(row - reach, 0), max(column - reach, 0)
    near = slice(top, row + reach), slice(left, column + reach)
    north, west = grid.north - top * grid.dx, grid.west + left * grid.dx
    return near, Grid(heights[near], west, north, grid.dx, grid.dx, grid.crs)


def _onto(given: Courses, point: Points) -> tuple[Points, Points, float]:
    """Foot of a point on the nearest stream, the stream's way there, its bank height."""
    start, way = given.ends[:, 0], given.ends[:, 1] - given.ends[:, 0]
    t = np.clip(((point - start) * way).sum(axis=1) / (way**2).sum(axis=1), 0.0, 1.0)
    foot = start + way * t[:, None]
    k = int(np.hypot(*(foot - point).T).argmin())
    upper, lower = given.height_m[k]
    return foot[k], way[k] / np.hypot(*way[k]), float(upper + (lower - upper) * t[k])


def _mouth(directions: Int8s, start: tuple[int, int]) -> tuple[int, int]:
    """Where the water of a cell leaves the grid."""
    row, column = start
    while (way := int(directions[row, column])) != OUT:
        row, column = row + int(DOWN[way]), column + int(RIGHT[way])
    return row, column


def _by_area(law: tuple[float, float], upstream: Floats) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    at_one, power = law
    return np.where(upstream >= _CHANNEL_KM2, at_one * upstream**power, 0.0).astype(np.float32)


def _buildings(
    grid: Grid, divisions: list[Division], places: Points
) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Roofs thin out from the middle of each place; its radius grows with its residents."""
    share = np.zeros(grid.shape)
    for division, (x, y) in zip(divisions, places, strict=True):
        radius = 6.0 * division.residents**0.5
        away2 = (grid.x[None, :] - x) ** 2 + (grid.y[:, None] - y) ** 2
        share = np.maximum(share, _ROOFS[division.kind] * np.exp(-away2 / radius**2))
    return np.where(share < 0.005, 0.0, share).astype(np.float32)


def _cover(heights: Floats, dx: float, upstream: Floats, buildings: Floats, pool: Pool) -> Int8s:
    steep = slope(heights, dx=dx)
    cover = np.full(heights.shape, Cover.SHRUB, dtype=np.int8)
    cover[steep > _STEEP] = Cover.FOREST
    cover[steep < _GENTLE] = Cover.FARMLAND
    cover[buildings > _BUILT_SHARE] = Cover.BUILT
    cover[upstream >= _CHANNEL_KM2] = Cover.CHANNEL
    cover[pool.zone & (heights < pool.normal_m)] = Cover.WATER
    return cover


def _manning(settings: LandSettings, cover: Int8s) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    table = np.zeros(max(Cover) + 1, dtype=np.float32)
    for kind in Cover:
        table[kind] = settings.manning[kind.name.lower()]
    return table[cover]


def _village(grid: Grid, division: Division, place: Points, inside: Bools) -> Spot:
    row, column = grid.cell(*place)
    short = division.aliases[0] if division.aliases else division.name
    return Spot(division.key, short, "village", *place.tolist(), row, column, bool(inside[row, column]))


def _gauges(
    settings: LandSettings, grid: Grid, city: City, upstream: Floats, inside: Bools
) -> tuple[Spot, ...]:
    """The city's gauges within the window."""
    west, south, east, north = grid.bounds
    places = to_metres(settings, [(g.lon, g.lat) for g in city.gauges])
    found = []
    for gauge, (x, y) in zip(city.gauges, places.tolist(), strict=True):
        if west < x < east and south < y < north:
            row, column = grid.cell(x, y)
            if gauge.kind == "stage":
                row, column = snap(upstream, row=row, column=column, within=max(1, round(_SNAP_M / grid.dx)))
            is_inside = bool(inside[row, column])
            found.append(Spot(gauge.address, gauge.name, gauge.kind, x, y, row, column, is_inside))
    return tuple(found)
