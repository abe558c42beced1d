"""Villages on the ground of a run: the cells around their homes, and the water that came to them. No database."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan.science.flood.domain import Domain
from anlan.science.flood.outputs import Area, MapName, Outputs, Result
from anlan.simulate.computing.shapes import WET_M, Job, Terrain, VillageFound

Depths = NDArray[np.uint16]
KEPT_EVERY_MIN = {False: 10, True: 30}
"""Minutes between kept grids: of a run that somebody ordered, and of a live one."""
MAPS: tuple[MapName, ...] = ("max_depth", "arrival_s", "max_speed", "max_hazard", "max_flow")
MOST_M = 600.0
"""Whole centimetres are kept in sixteen bits; no flood is so deep."""


def centimetres(depth: NDArray[Any]) -> Depths:
    """Depths as they leave the model: whole centimetres, missing as 0."""
    return np.round(np.minimum(np.nan_to_num(depth), MOST_M) * 100).astype(np.uint16)


def domain_of(terrain: Terrain) -> Domain:
    """The ground as a solver takes it."""
    inside = np.isfinite(terrain.bed)
    west, north = terrain.west, terrain.north
    return Domain.of(
        terrain.bed, dx=terrain.dx, manning=terrain.manning, inside=inside, west=west, north=north
    )


def kept_minutes(job: Job) -> list[int]:
    """Minutes of which the water is kept."""
    every = KEPT_EVERY_MIN[job.keeps_now]
    return list(range(every, int(job.until_min) + 1, every))


def outputs(job: Job, areas: tuple[Area, ...] = ()) -> Outputs:
    """What a run keeps; its model time begins at the job's first minute."""
    shots = tuple(minute - job.first_min for minute in kept_minutes(job))
    return Outputs(maps=MAPS, wet_m=WET_M, snapshot_minutes=shots, areas=areas)


def depths(job: Job, result: Result) -> dict[int | None, Depths]:
    """The water of each kept minute, in time order; None: the deepest of each cell."""
    shots = {round(s.seconds / 60 + job.first_min): centimetres(s.depth) for s in result.snapshots}
    return {None: centimetres(result.maps["max_depth"]), **dict(sorted(shots.items()))}


def around(job: Job, terrain: Terrain, *, radius_m: float) -> tuple[Area, ...]:
    """The cells of each village: those whose centre lies within a radius of the centre of a home's cell."""
    here = terrain.has_land(job.home_x, job.home_y)
    row, column = terrain.cells(job.home_x, job.home_y)
    down, right = _disc(radius_m / terrain.dx)
    found = []
    for village in np.unique(job.home_place[here]).tolist():
        own = np.unique(np.stack([row, column])[:, here & (job.home_place == village)], axis=1)
        cells = _on_land(terrain, own[0][:, None] + down, own[1][:, None] + right)
        found.append(Area(str(village), cells))
    return tuple(found)


def _disc(radius: float) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Rows and columns from the middle of a disc of so many cells."""
    reach = np.arange(-int(radius), int(radius) + 1)
    down, right = (each.ravel() for each in np.meshgrid(reach, reach, indexing="ij"))
    near = down**2 + right**2 <= radius**2
    return down[near], right[near]


def _on_land(terrain: Terrain, row: NDArray[np.int64], column: NDArray[np.int64]) -> NDArray[np.int64]:
    ny, nx = terrain.bed.shape
    inside = (row >= 0) & (row < ny) & (column >= 0) & (column < nx)
    cells = np.unique(row[inside] * nx + column[inside])
    return np.asarray(cells[np.isfinite(terrain.bed.ravel()[cells])], np.int64)


def water_of_villages(job: Job, terrain: Terrain, result: Result) -> dict[int, VillageFound]:
    """Water at the homes of each village that stand on the ground, by division id."""
    here = terrain.has_land(job.home_x, job.home_y)
    row, column = terrain.cells(job.home_x, job.home_y)
    row, column, places = row[here], column[here], job.home_place[here]
    at = {minute: depth[row, column] for minute, depth in depths(job, result).items()}
    deepest, arrival = at.pop(None), result.maps["arrival_s"][row, column]
    told = {}
    for village in np.unique(places).tolist():
        own = places == village
        wet = arrival[own][np.isfinite(arrival[own])]
        told[village] = VillageFound(
            depth_cm=int(deepest[own].max()),
            arrives_min=None if not wet.size else max(0, round(float(wet.min()) / 60 + job.first_min)),
            households=int(wet.size),
            curve=[(minute or 0, int(depth[own].max())) for minute, depth in at.items()],
            fast_percent=round(100 * result.froude.areas.get(str(village), 0.0)),
        )
    return told
