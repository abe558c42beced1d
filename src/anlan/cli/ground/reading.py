"""From files to a ground: cells in whole metres by a stated rule, every number checked, the memory said first."""

import argparse
import math
import sys
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from anlan.cli.ground import rivers
from anlan.cli.simulate.files import InputWrong, number
from anlan.cli.simulate.flood.layers import check_within, data_of, named
from anlan.cli.simulate.flood.memory import allowed
from anlan.cli.simulate.flood.streams import channels
from anlan.cli.simulate.flood.whole import check_catchment
from anlan.science.flood.domain import MANNING, Domain
from anlan.science.jit import Floats
from anlan.science.terrain.check import check_memory, check_terrain, memory_needed
from anlan.science.terrain.crs import check_metres, metre_crs, move_points
from anlan.science.terrain.grid import Grid
from anlan.science.terrain.resample import resample
from anlan.simulate.computing.shapes import Terrain
from anlan.wire.raster import about_raster, read_raster

READING = {"ESRI ASCII": 120.0}
"""Bytes a cell while a file is read: a text is split into words first. Others 40."""
GROUND = 90.0
"""Bytes a cell of the ground itself, with roughness, streams, directions, and what a live run holds."""
LEAST_M, MOST_M = 1, 200


@dataclass(frozen=True)
class Read:
    """A ground, and what should be known of it."""

    terrain: Terrain
    notes: list[str]


def read(args: argparse.Namespace) -> Read:
    """Read, resample and check. Raises `InputWrong`, which names the option, the field and the mend."""
    dx = _side(args.dx)
    with named("--dem", args.dem):
        _state_memory(args.dem, dx)
        grid = read_raster(data_of(args.dem), name=Path(args.dem).name, crs=args.crs or None)
        grid, notes = _in_metres(grid, dx)
        check_terrain(grid)
        land = np.isfinite(grid.values)
        bed = grid.values.astype(np.float64)
        domain = Domain.of(bed, dx=grid.dx, inside=land, west=grid.west, north=grid.north)
    warnings = [
        told.removesuffix(", or give --inflow there") for told in check_catchment("", grid, domain, ())[0]
    ]
    if warnings and not args.despite_rim:
        raise InputWrong(
            f"--dem {args.dem}: {warnings[0]}; or say --despite-rim, and the villages below stay too dry"
        )
    width, depth = _streams(args.channels, grid, domain)
    terrain = Terrain(
        bed=np.where(land, bed, np.nan), manning=_roughness(args.manning, grid, land), width=width, depth=depth,
        dx=grid.dx, west=grid.west, north=grid.north, crs=grid.crs,
    )  # fmt: skip
    return Read(rivers.stated(args.base_flow, terrain), [*notes, *warnings])


def no_village(path: str, terrain: Terrain) -> InputWrong:
    """That nobody of the place lives on the ground."""
    ny, nx = terrain.bed.shape
    x, y = terrain.west + np.array([0.0, nx * terrain.dx]), terrain.north - np.array([ny * terrain.dx, 0.0])
    lon, lat = move_points(x, y, source=terrain.crs, target="EPSG:4490")
    return InputWrong(
        f"--dem {path}: no home of --place stands on it; it lies at {lon[0]:.3f} to {lon[1]:.3f} °E, {lat[0]:.3f} to "
        f"{lat[1]:.3f} °N: check --place and --crs"
    )


def _side(given: str) -> int | None:
    if not given:
        return None
    side = number({"--dx": given}, "--dx")
    if side != int(side) or not LEAST_M <= side <= MOST_M:
        raise InputWrong(f"--dx is {given}: give whole metres, {LEAST_M} to {MOST_M}")
    return int(side)


def _state_memory(path: str, dx: int | None) -> None:
    """What it will take, from the file's head alone. Raises `TooLarge`."""
    about, most = about_raster(data_of(path), name=Path(path).name), allowed(None)
    each = max(READING.get(about.format, 40.0), GROUND if dx is None else 0.0)
    need = memory_needed(rows=about.rows, columns=about.columns, bytes_per_cell=each)
    print(
        f"memory: up to {need / 1e6:.3g} MB for {about.rows} by {about.columns} cells, {most / 1e6:.3g} MB allowed",
        file=sys.stderr,
    )
    check_memory(rows=about.rows, columns=about.columns, bytes_per_cell=each, allowed=most, dx=about.dx)


def _in_metres(grid: Grid, dx: int | None) -> tuple[Grid, list[str]]:
    """Square cells of whole metres: the file's own, or resampled where ``dx`` asks for it; and by which rule."""
    west, south, east, north = grid.bounds
    x, y = (west + east) / 2, (south + north) / 2
    in_degrees = max(map(abs, grid.bounds)) <= 180 and grid.dx < 0.5
    if dx is None:
        if in_degrees and abs(y) <= 90:
            raise InputWrong(
                f"crs: the cells are in degrees; say --dx M to have them reprojected to {metre_crs(lon=x, lat=y)}, or reproject "
                "them first"
            )
        check_metres(grid.crs, x=x, y=y)
        if grid.dx != int(grid.dx):
            raise InputWrong(f"dx: cells of {grid.dx:g} m; say --dx with whole metres to have them resampled")
        return grid, []
    if in_degrees:
        if abs(y) > 90:
            check_metres(grid.crs, x=x, y=y)
        told = resample(grid, dx=float(dx), rule=_rule(grid.dx * 111_320.0, dx), crs=metre_crs(lon=x, lat=y))
        return told, [f"reprojected from {grid.crs} to {told.crs}, {dx} m, {_rule(grid.dx * 111_320.0, dx)}"]
    check_metres(grid.crs, x=x, y=y)
    if grid.dx == dx and grid.is_square:
        return grid, []
    rule = _rule(max(grid.dx, grid.dy), dx)
    return resample(grid, dx=float(dx), rule=rule), [f"resampled from {grid.dx:g} m to {dx} m, {rule}"]


def _rule(from_m: float, to_m: float) -> str:
    """The mean of many where cells grow, between four where they do not."""
    return "mean" if to_m >= 2 * from_m else "bilinear"


def _roughness(given: str, grid: Grid, land: np.ndarray) -> Floats:
    """Manning's n of every cell; of a raster, that of the cell in which the middle lies."""
    if not given or not Path(given).exists():
        even = number({"--manning": given}, "--manning", default=MANNING)
        with named("--manning", ""):
            check_within(np.array([even]), "n", "s/m^(1/3)")
        return np.full(grid.shape, even)
    with named("--manning", given):
        rough = read_raster(data_of(given), name=Path(given).name, crs=None if _says(given) else grid.crs)
        values = _at_middles(rough, grid)
        lacking = int((land & np.isnan(values)).sum())
        if lacking:
            raise InputWrong(f"n: {lacking} cells of the land have none; fill them, or give one number")
        check_within(values[land], "n", "s/m^(1/3)")
        return np.where(land, values, MANNING)


def _says(path: str) -> bool:
    return bool(about_raster(data_of(path), name=Path(path).name).crs)


def _at_middles(other: Grid, grid: Grid) -> Floats:
    """Values of a raster at the middles of the ground's cells; NaN beyond it."""
    x, y = np.meshgrid(grid.x, grid.y)
    if other.crs != grid.crs:
        x, y = move_points(x, y, source=grid.crs, target=other.crs)
    row = np.floor((other.north - y) / other.dy).astype(np.int64)
    column = np.floor((x - other.west) / other.dx).astype(np.int64)
    rows, columns = other.shape
    inside = (row >= 0) & (row < rows) & (column >= 0) & (column < columns)
    values = np.full(grid.shape, math.nan)
    values[inside] = other.values[row[inside], column[inside]]
    return values


def _streams(path: str, grid: Grid, domain: Domain) -> tuple[Floats, Floats]:
    """Width and bankfull depth of every cell, 0 where no stream runs."""
    width, depth = np.zeros(grid.shape), np.zeros(grid.shape)
    if path:
        found = channels(path, replace(grid), domain)
        width[found.rows, found.columns], depth[found.rows, found.columns] = found.width, found.bankfull
    return width, depth
