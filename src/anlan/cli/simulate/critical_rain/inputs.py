"""From files, or a ground of the demo, to catchments with their villages; what is wrong is named with its mend."""

import argparse
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np

import anlan
from anlan.cli.simulate.critical_rain import settings as said
from anlan.cli.simulate.critical_rain.settings import Settings
from anlan.cli.simulate.files import InputWrong, csv_rows, day, number, text, whole_number
from anlan.cli.simulate.flood import results as folders
from anlan.cli.simulate.flood import tables
from anlan.cli.simulate.flood.layers import data_of, layers_of, named
from anlan.foundation.home import home
from anlan.foundation.packs import load_all
from anlan.science.flood.critical.cutting import Catchment, Land, Village, cut
from anlan.science.flood.domain import MANNING, Domain
from anlan.science.flood.errors import BadInput
from anlan.science.jit import Floats
from anlan.science.terrain.check import check_terrain
from anlan.science.terrain.grid import Grid
from anlan.wire.raster import read_raster

MODEL = "critical-rain 1"
GROUNDS = (80, 40, 20)


@dataclass(frozen=True, kw_only=True)
class Setup:
    """All that the work needs. ``terrain`` what it is called, ``digest`` its fingerprint; ``mark`` that of the whole job."""

    args: argparse.Namespace
    settings: Settings
    land: Land
    terrain: str
    crs: str
    digest: str
    synthetic: bool
    places: tuple[Catchment, ...]
    codes: Mapping[str, str]
    refused: Mapping[str, str]
    processes: int
    on: date
    out: Path
    mark: str


def read(args: argparse.Namespace) -> Setup:
    """Raises `InputWrong`, which names the option, the field and the mend."""
    on = day(args.date, field="--date") if args.date else datetime.now(UTC).date()
    settings = said.read(args, load_all(home=home()), on)
    processes = whole_number(args.processes, "--processes")
    made_up = bool(args.ground)
    land, homes, codes, crs, place = _of_demo(args) if made_up else _of_files(args)
    digest = _digest((land.bed, land.manning, land.width, land.bankfull), (land.dx, place))
    refused: dict[str, str] = {}
    villages = _villages(land, homes, place, refused)
    places = cut(land, villages, tail_m=settings.tail_m) if villages else ()
    mark = _digest(
        (land.bed, *(array for v in villages for array in (v.rows, v.columns))),
        (
            MODEL,
            anlan.__version__,
            digest,
            [v.name for v in villages],
            settings.pack.version,
            *_options(args),
        ),
    )
    return Setup(
        args=args,
        settings=settings,
        land=land,
        terrain=args.ground or Path(args.dem).name,
        crs=crs,
        digest=digest,
        synthetic=made_up or args.synthetic,
        places=places,
        codes=codes,
        refused=refused,
        processes=processes,
        on=on,
        out=folders.folder(args.out),
        mark=mark,
    )


def _options(args: argparse.Namespace) -> list[Any]:
    """Options that decide the numbers of a run."""
    return [args.cn, args.hyetograph, args.threshold, args.homes_percent, args.durations, args.solver]


def _digest(arrays: Iterable[Any], told: Any) -> str:
    found = hashlib.sha256(repr(told).encode())
    for array in arrays:
        found.update(np.ascontiguousarray(array).tobytes())
    return found.hexdigest()


Homes = Mapping[str, tuple[Floats, Floats]]
Place = tuple[float, float]
Read = tuple[Land, Homes, dict[str, str], str, Place]


def _of_demo(args: argparse.Namespace) -> Read:
    """The made-up ground of Liulin, and its people's homes unless points are given."""
    name, _, side = args.ground.partition("-")
    if name != "liulin" or not side.isdigit() or int(side) not in GROUNDS:
        grounds = ", ".join(f"liulin-{side}" for side in GROUNDS)
        raise InputWrong(f"--ground is {args.ground!r}: the demo has {grounds}")
    for option in ("friction", "channel_width", "channel_depth", "manning"):
        if getattr(args, option):
            raise InputWrong(
                f"--{option.replace('_', '-')}: a ground of the demo has its own; leave it out, or give --dem"
            )
    from anlan.demo import land_of_liulin

    terrain = land_of_liulin.liulin(float(side))
    land = Land(terrain.bed, terrain.manning, terrain.width, terrain.depth, terrain.dx)
    if args.points:
        homes, codes = _points(args.points)
    else:
        homes, codes = land_of_liulin.homes(terrain.crs)
    return land, homes, codes, terrain.crs, (terrain.west, terrain.north)


def _of_files(args: argparse.Namespace) -> Read:
    if not args.points:
        raise InputWrong("--points is missing: give a CSV with name,x,y, a row for each home of a village")
    with named("--dem", args.dem):
        grid = read_raster(data_of(args.dem), name=Path(args.dem).name, crs=args.crs or None)
        check_terrain(grid)
    if bool(args.channel_width) != bool(args.channel_depth):
        raise InputWrong("--channel-width and --channel-depth: one is missing; give both, or neither")
    bed = grid.values.astype(np.float64)
    given = number({"--manning": args.manning}, "--manning", default=MANNING)
    manning = _layer(args.friction, "--friction", grid) if args.friction else np.full(bed.shape, given)
    nothing = np.zeros(bed.shape)
    width = _layer(args.channel_width, "--channel-width", grid) if args.channel_width else nothing
    deep = _layer(args.channel_depth, "--channel-depth", grid) if args.channel_depth else nothing
    land = Land(
        bed, np.where(np.isfinite(bed), manning, 0.0), np.nan_to_num(width), np.nan_to_num(deep), grid.dx
    )
    try:
        Domain.of(bed, dx=grid.dx, manning=land.manning, inside=np.isfinite(bed))
    except BadInput as error:
        raise InputWrong(
            f"--friction or --manning: {error}" if error.field == "manning" else f"--dem: {error}"
        ) from error
    homes, codes = _points(args.points)
    return land, homes, codes, grid.crs, (grid.west, grid.north)


def _layer(path: str, option: str, grid: Grid) -> Floats:
    """A raster that lies on the terrain, cell on cell."""
    with named(option, path):
        return layers_of(path, grid)[0].values.astype(np.float64)


def _points(path: str) -> tuple[Homes, dict[str, str]]:
    """Homes by village, and the villages' codes where they are given."""
    places: dict[str, tuple[list[float], list[float]]] = {}
    codes: dict[str, str] = {}
    for n, row in enumerate(csv_rows(text(path), ("name", "x", "y")), 1):
        name, code = row["name"], row.get("code", "")
        if not name:
            raise InputWrong(f"--points {path}: row {n}: name is empty: name the village")
        if code and (not code.isdigit() or len(code) != 12 or code.endswith("000")):
            raise InputWrong(
                f"--points {path}: row {n}: code is {code!r}: give the village's 12 digits, or leave it empty"
            )
        if codes.setdefault(name, code) != code:
            raise InputWrong(
                f"--points {path}: row {n}: code {code} differs from {codes[name]} before: one code a village"
            )
        xs, ys = places.setdefault(name, ([], []))
        xs.append(number(row, "x", where=f"--points {path}: row {n}: "))
        ys.append(number(row, "y", where=f"--points {path}: row {n}: "))
    return {name: (np.array(xs), np.array(ys)) for name, (xs, ys) in places.items()}, codes


def _villages(land: Land, homes: Homes, place: Place, refused: dict[str, str]) -> list[Village]:
    """Villages with half of their homes on the terrain at least; why the others are left out."""
    west, north = place
    found = []
    for name, (x, y) in homes.items():
        rows = np.floor((north - y) / land.dx).astype(np.int64)
        columns = np.floor((x - west) / land.dx).astype(np.int64)
        on = (rows >= 0) & (rows < land.bed.shape[0]) & (columns >= 0) & (columns < land.bed.shape[1])
        on[on] = np.isfinite(land.bed[rows[on], columns[on]])
        if 2 * int(on.sum()) >= on.size:
            found.append(Village(name, rows[on], columns[on]))
        else:
            refused[name] = f"off the terrain: {int((~on).sum())} of {on.size} homes"
    if not found:
        domain = Domain.of(np.zeros(land.bed.shape), dx=land.dx, west=west, north=north)
        name, (x, y) = next(iter(homes.items()))
        tables.place(domain, np.isfinite(land.bed), float(x[0]), float(y[0]), who=f"--points: {name}")
    return found
