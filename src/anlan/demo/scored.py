"""Where the nowcasts are scored: the made-up land of Liulin with its homes and gauges, under generated nights (合成)."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from anlan.demo.city.build import PERSON_ROWS, build_city
from anlan.demo.city.build import SEED as CITY_SEED
from anlan.demo.city.facts import LIULIN
from anlan.demo.city.model import City
from anlan.demo.land_of_liulin import liulin
from anlan.demo.storms import Storm, storm
from anlan.science.jit import Floats, Int64s
from anlan.science.terrain.crs import move_points
from anlan.simulate.computing.scoring import Setting
from anlan.simulate.computing.shapes import Terrain

REACH_M = 12_000.0
LINE_MM = 50.0
"""Of the rain-only score: three hours on wet soil in the example table of village lines."""
AROUND_M = 15_000.0


def nights(*, seed: int, count: int) -> list[Storm]:
    """Generated nights that pass within some kilometres of Liulin's villages."""
    _, x, y = _homes(_city(), _CRS)
    return [storm(n, seed=seed, x=float(x.mean()), y=float(y.mean()), reach_m=REACH_M) for n in range(count)]


def setting(folder: Path, *, dx: float, live: Mapping[str, Any]) -> Setting:
    """Liulin on cells of `dx` metres, its ground written into a folder; `live`: the table of the pack of live forecasts."""
    terrain = liulin(dx)
    ground = folder / f"liulin-{dx:.0f}.npz"
    np.savez(ground, **vars(terrain))
    city = _city()
    place, x, y = _homes(city, terrain.crs)
    inside = _on(terrain, x, y)
    gauges = [g for g in city.gauges if g.kind == "rain"]
    gx, gy = _metres([g.lon for g in gauges], [g.lat for g in gauges], terrain.crs)
    near = _on(terrain, gx, gy, around_m=AROUND_M)
    return Setting(
        ground=ground, home_place=place[inside], home_x=x[inside], home_y=y[inside], gauge_x=gx[near], gauge_y=gy[near],
        gauge_wakes=np.array([g.village.startswith(LIULIN) for g in gauges])[near], wakes_mm_1h=live["wakes_mm_1h"],
        keeps_mm_1h=live["keeps_mm_1h"], back_min=live["back_min"], ahead_min=live["horizon_min"], cn=float(live["cn"]),
        line_mm=LINE_MM, solver=live["solver"], precision=live["precision"],
    )  # fmt: skip


_CRS = "EPSG:4547"


def _city() -> City:
    return build_city(seed=CITY_SEED, person_rows=PERSON_ROWS)


def _homes(city: City, crs: str) -> tuple[Int64s, Floats, Floats]:
    """Every household of the town's villages once: the village's key as a number, and metres."""
    p = city.people
    rows = [r for key in p.villages if key.startswith(LIULIN) for r in p.rows_of(key)]
    _, first = np.unique(np.stack([p.village[rows], p.household[rows]]), axis=1, return_index=True)
    at = np.array(rows)[np.sort(first)]
    x, y = _metres(p.lon[at], p.lat[at], crs)
    return np.array([int(p.villages[v]) for v in p.village[at]], np.int64), x, y


def _metres(lon: Any, lat: Any, crs: str) -> tuple[Floats, Floats]:
    return move_points(np.array(lon, np.float64), np.array(lat, np.float64), source="EPSG:4490", target=crs)


def _on(terrain: Terrain, x: Floats, y: Floats, *, around_m: float = 0.0) -> Any:
    """Which points lie on the grid, or this near it."""
    ny, nx = terrain.bed.shape
    east, south = terrain.west + nx * terrain.dx, terrain.north - ny * terrain.dx
    across = (x >= terrain.west - around_m) & (x < east + around_m)
    return across & (y > south - around_m) & (y <= terrain.north + around_m)
