"""The ground under the night of Liulin as model runs take it, on cells of 20, 40 or 80 m. Without a database."""

import numpy as np

from anlan.demo.city.build import PERSON_ROWS, build_city
from anlan.demo.city.build import SEED as CITY_SEED
from anlan.demo.city.facts import LIULIN
from anlan.demo.liulin.land.build import SIDES_M, build_land
from anlan.science.jit import Floats
from anlan.science.terrain.crs import move_points
from anlan.simulate.computing.shapes import Terrain


def liulin(dx: float) -> Terrain:
    """All that drains to where the river leaves the grid; what lies outside is NaN. 80 m: blocks of four 40 m cells."""
    if dx not in SIDES_M:
        return _coarser(liulin(dx / 2))
    land = build_land(build_city(seed=CITY_SEED, person_rows=PERSON_ROWS), dx=dx)
    rows, columns = np.nonzero(land.domain)
    cut = np.s_[rows.min() : rows.max() + 1, columns.min() : columns.max() + 1]
    return Terrain(
        bed=np.where(land.domain, land.bed.values, np.nan)[cut].astype(np.float64),
        manning=land.manning[cut].astype(np.float64),
        width=land.channel_width_m[cut].astype(np.float64),
        depth=land.channel_depth_m[cut].astype(np.float64),
        dx=dx,
        west=land.bed.west + float(columns.min()) * dx,
        north=land.bed.north - float(rows.min()) * dx,
        crs=land.bed.crs,
    )


def _coarser(fine: Terrain) -> Terrain:
    """Cells twice as wide: the mean of the ground that is inside, the widest channel of the four."""
    ny, nx = (-(-n // 2) * 2 for n in fine.bed.shape)

    def blocks(field: Floats, fill: float) -> Floats:
        whole = np.full((ny, nx), fill)
        whole[: field.shape[0], : field.shape[1]] = field
        return whole.reshape(ny // 2, 2, nx // 2, 2).swapaxes(1, 2).reshape(ny // 2, nx // 2, 4)

    inside = ~np.isnan(blocks(fine.bed, np.nan))
    count = np.maximum(inside.sum(axis=2), 1)
    return Terrain(
        bed=np.where(inside.any(axis=2), np.nansum(blocks(fine.bed, np.nan), axis=2) / count, np.nan),
        manning=np.where(inside, blocks(fine.manning, 0.0), 0.0).sum(axis=2) / count,
        width=blocks(fine.width, 0.0).max(axis=2),
        depth=blocks(fine.depth, 0.0).max(axis=2),
        dx=2 * fine.dx,
        west=fine.west,
        north=fine.north,
        crs=fine.crs,
    )


def homes(crs: str) -> tuple[dict[str, tuple[Floats, Floats]], dict[str, str]]:
    """Where the people of Liulin live, x and y by village in the ground's system; and the villages' codes by name."""
    city = build_city(seed=CITY_SEED, person_rows=PERSON_ROWS)
    people = city.people
    house = people.village.astype(np.int64) * 100_000 + people.household
    _, first = np.unique(house, return_index=True)  # one of each household
    mine = {d.key: d.short_name for d in city.divisions if d.key.startswith(LIULIN) and d.tier == "village"}
    x, y = move_points(
        people.lon[first].astype(float), people.lat[first].astype(float), source="EPSG:4490", target=crs
    )
    found = {}
    for number, key in enumerate(people.villages):
        if key in mine:
            here = people.village[first] == number
            found[mine[key]] = (x[here], y[here])
    return found, {name: key for key, name in mine.items()}
