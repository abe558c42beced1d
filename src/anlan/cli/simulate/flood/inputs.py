"""From files to a run: every raster on the ground of the terrain, every number checked, the memory stated first."""

import argparse
import hashlib
import math
import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyproj
from pyproj.exceptions import CRSError

from anlan.cli.simulate.files import InputWrong, number, whole_number
from anlan.cli.simulate.flood import earth, memory, streams, tables, warming, whole, works
from anlan.cli.simulate.flood.layers import check_within, data_of, layers_of, named
from anlan.science.flood.domain import MANNING, Domain
from anlan.science.flood.edges import Closed, Edges, Inflow
from anlan.science.flood.godunov.solver import Godunov
from anlan.science.flood.inertial.solver import Inertial
from anlan.science.flood.links.link import Link
from anlan.science.flood.outputs import Outputs
from anlan.science.flood.solver import Solver
from anlan.science.flood.sources import Rain, Sources
from anlan.science.flood.structures import with_buildings
from anlan.science.jit import Bools, Floats
from anlan.science.terrain.check import check_terrain
from anlan.science.terrain.crs import check_metres
from anlan.science.terrain.grid import Grid
from anlan.wire.raster import about_raster, read_raster
from anlan.wire.raster.errors import NotARaster

SOLVERS: dict[str, Solver] = {"li": Inertial(), "godunov": Godunov()}
_NUMBERS = ("cn", "conductivity", "suction", "porosity")
_FILES = (
    "dem", "rain", "inflow", "points", "friction", "buildings", "domain", "links", "channels", "base_flow", *_NUMBERS,
)  # fmt: skip
_TABLES = (".csv", ".txt")
_ANYWHERE_M = 1e6  # east and north of the zero of EPSG:3857, which holds all over the world
_HOUSE_M = 5.0  # cells up to this see single houses


@dataclass(frozen=True, slots=True)
class Setup:
    """All that a run needs. ``solvers`` are tried in turn until one is within its range."""

    args: argparse.Namespace
    grid: Grid
    domain: Domain
    edges: Edges
    sources: Sources
    outputs: Outputs
    solvers: tuple[Solver, ...]
    minutes: float
    threads: int
    bytes_stated: int
    mark: str
    notes: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    catchment: dict[str, Any] = field(default_factory=dict)
    links: tuple[Link, ...] = ()
    before: warming.Warming | None = None


def read(args: argparse.Namespace) -> Setup:
    """Read and check everything. Raises `InputWrong`, which names the option, the field and the mend."""
    if not (args.rain or args.inflow):
        raise InputWrong("--rain is missing: give a file of rain, or --inflow")
    if args.crs and not re.fullmatch(r"EPSG:\d+", args.crs, re.IGNORECASE):
        raise InputWrong(f"--crs is {args.crs!r}: write the number of the system as EPSG:4547")
    solvers = _solvers(args)
    with named("--inflow", args.inflow):
        edges = tables.edges(args.boundary, tables.inflows(args.inflow) if args.inflow else ())
    with named("--points", args.points):
        outputs = Outputs(points=tables.points(args.points) if args.points else ())
    rain, bands = _rain(args)
    stated = _memory(args, solvers, outputs, bands)
    with named("--dem", args.dem):
        grid = read_raster(
            data_of(args.dem), name=Path(args.dem).name, crs=args.crs or None, max_cells=1 << 40
        )
        notes = _check(grid)
    land = np.isfinite(grid.values)
    if args.domain:
        land = whole.domain_of(args.domain, grid, land)
    domain = _domain(args, grid, land)
    base = warming.base_flow(args.base_flow) if args.base_flow else ()
    edges = replace(edges, inflows=edges.inflows + base)
    warnings, catchment = whole.check_catchment(args.domain, grid, domain, edges.inflows)
    if args.channels:
        solvers = (Inertial(channels=streams.channels(args.channels, grid, domain)),)
    free = land
    if args.buildings:
        domain, free = _built(args, grid, domain, notes)
    _places(args, domain, free, outputs, edges.inflows, base)
    _rim(land, grid, edges, notes)
    if bands:
        rain = _bands(args, grid, land)
    return Setup(
        args=args,
        grid=grid,
        domain=domain,
        edges=edges,
        sources=Sources(rain, earth.infiltration(args, grid, domain)),
        outputs=outputs,
        solvers=solvers,
        minutes=_minutes(args, rain, edges),
        threads=whole_number(args.threads, "--threads"),
        bytes_stated=stated,
        mark=_mark(args),
        notes=notes,
        warnings=warnings,
        catchment=catchment,
        links=works.links(args.links, domain, free) if args.links else (),
        before=warming.plan(args, domain, base),
    )


def _places(
    args: argparse.Namespace,
    domain: Domain,
    free: Bools,
    outputs: Outputs,
    inflows: tuple[Inflow, ...],
    base: tuple[Inflow, ...],
) -> None:
    """That every place lies on open land; ``base`` are the last of the inflows. Raises `InputWrong`."""
    with named("--points", args.points):
        for point in outputs.points:
            tables.place(domain, free, point.x, point.y, who=f"point {point.name}")
    for option, path, rivers in (
        ("--inflow", args.inflow, inflows[: len(inflows) - len(base)]),
        ("--base-flow", args.base_flow, base),
    ):
        with named(option, path):
            for n, inflow in enumerate(rivers, 1):
                tables.place(domain, free, inflow.x, inflow.y, who=f"inflow {n}")


def _solvers(args: argparse.Namespace) -> tuple[Solver, ...]:
    """The solver asked for, else both; streams narrower than a cell are known to local inertial alone."""
    if args.channels and args.solver == "godunov":
        raise InputWrong(
            "--channels: godunov knows no stream narrower than a cell; give --solver li, or cut it in"
        )
    if args.buildings and args.buildings_as == "porous":
        strange = {
            "--solver godunov": args.solver == "godunov",
            "--channels": args.channels,
            "--soil green-ampt": args.soil == "green-ampt",
        }
        if found := [option for option, given in strange.items() if given]:
            raise InputWrong(
                f"{found[0]} knows no porous buildings: give --buildings-as rough, or leave it out"
            )
        return (SOLVERS["li"],)
    return (SOLVERS[args.solver],) if args.solver else tuple(SOLVERS.values())


def _memory(args: argparse.Namespace, solvers: tuple[Solver, ...], outputs: Outputs, bands: int) -> int:
    """Say what the run will take, and look at place and system, before a cell is read."""
    gigabytes = number({"--most-memory": args.most_memory}, "--most-memory", default=math.nan)
    rough = bool(args.friction or (args.buildings and args.buildings_as == "rough"))
    with named("--dem", args.dem):
        about = about_raster(data_of(args.dem), name=Path(args.dem).name)
        stated = memory.state(
            about,
            solvers,
            args.precision,
            outputs,
            rough=rough,
            soil=bool(args.soil),
            ways=bool(args.domain or args.base_flow),
            porous=bool(args.buildings) and args.buildings_as == "porous",
            bands=bands,
            most=memory.allowed(None if math.isnan(gigabytes) else gigabytes),
        )
        height = about.rows * about.dy
        if not _is_made_up(about.crs or args.crs, about.west, about.north - height, about.north):
            x, y = about.west + about.columns * about.dx / 2, about.north - height / 2
            check_metres(about.crs or args.crs, x=x, y=y)
        return stated


def _is_made_up(crs: str, west: float, south: float, north: float) -> bool:
    """A grid with a corner at the zero of a system in metres is an exercise on paper: it lies nowhere."""
    if west != 0 or 0 not in (south, north):
        return False
    try:
        system = pyproj.CRS.from_user_input(crs)
    except CRSError:
        return False  # the check of real places tells what is wrong with it
    return {axis.unit_name for axis in system.axis_info} == {"metre"}


def _check(grid: Grid) -> list[str]:
    """That the terrain can be run over, and what should be known of it. Raises `TerrainError`."""
    west, south, _, north = grid.bounds
    if not _is_made_up(grid.crs, west, south, north):
        check_terrain(grid)
        return []
    check_terrain(replace(grid, west=_ANYWHERE_M, north=_ANYWHERE_M, crs="EPSG:3857"))
    return [f"the terrain lies at the zero of {grid.crs}: taken for a made-up place"]


def _rain(args: argparse.Namespace) -> tuple[Rain | None, int]:
    """Rain of a table, or the number of bands of a raster that is read later."""
    if not args.rain:
        return None, 0
    with named("--rain", args.rain):
        data, name = data_of(args.rain), Path(args.rain).name
        try:
            return None, about_raster(data, name=name).bands
        except NotARaster:
            if Path(name).suffix.lower() not in _TABLES:
                raise
            return tables.rain(args.rain), 0


def _domain(args: argparse.Namespace, grid: Grid, land: Bools) -> Domain:
    manning = _roughness(args, grid, land)
    with named("--dem", args.dem):
        return Domain.of(
            grid.values, dx=grid.dx, manning=manning, inside=land, west=grid.west, north=grid.north
        )


def _roughness(args: argparse.Namespace, grid: Grid, land: Bools) -> float | Floats:
    given = number({"--manning": args.manning}, "--manning", default=math.nan)
    even = MANNING if math.isnan(given) else given
    if not 0 <= even <= 1:
        raise InputWrong(f"--manning is {even:g}: give Manning's n in s/m^(1/3), between 0 and 1")
    if not args.friction:
        return even
    with named("--friction", args.friction):
        rough = layers_of(args.friction, grid)[0].values.astype(np.float64)
        gaps = land & np.isnan(rough)
        if gaps.any() and math.isnan(given):
            raise InputWrong(
                f"n: {int(gaps.sum())} cells of the land have none; fill them, or give --manning too"
            )
        rough[gaps] = even
        check_within(rough[land], "n", "s/m^(1/3)")
    return rough


def _built(args: argparse.Namespace, grid: Grid, domain: Domain, notes: list[str]) -> tuple[Domain, Bools]:
    """The ground with buildings, and the cells that no building takes; nothing in the raster is no roof."""
    with named("--buildings", args.buildings):
        share = np.nan_to_num(layers_of(args.buildings, grid)[0].values.astype(np.float64), posinf=math.inf)
        check_within(share, "share", "the share of a cell under roofs, 1 where a building stands")
        built = with_buildings(domain, share, how=args.buildings_as)
    if args.buildings_as != "blocked":
        return built, domain.inside
    if grid.dx > _HOUSE_M:
        notes.append(
            f"cells of {grid.dx:g} m are larger than houses: --buildings-as rough suits them, blocked closes the gaps "
            "between houses"
        )
    return built, domain.inside & (built.bed == domain.bed)


def _bands(args: argparse.Namespace, grid: Grid, land: Bools) -> Rain:
    """Rain of a raster: a band each ``--rain-step`` minutes."""
    step = whole_number(args.rain_step, "--rain-step")
    with named("--rain", args.rain):
        layers = layers_of(args.rain, grid, many=True)
        rates = np.stack([np.where(land, layer.values, 0.0) for layer in layers])
        return Rain.of([n * step for n in range(len(layers))], rates)


def _minutes(args: argparse.Namespace, rain: Rain | None, edges: Edges) -> float:
    last = [inflow.discharge.minutes[-1] for inflow in edges.inflows] + list(rain.minutes if rain else ())
    minutes = number({"--minutes": args.minutes}, "--minutes", default=max(0.0, *last) + 60.0)
    if minutes <= 0:
        raise InputWrong(f"--minutes is {minutes:g}: give the end of the run in minutes, above 0")
    return minutes


def _rim(land: Bools, grid: Grid, edges: Edges, notes: list[str]) -> None:
    """That water can leave where an edge is called open. Raises `InputWrong`; notes an outlet that is a wall."""
    at = {"n": land[0], "e": land[:, -1], "s": land[-1], "w": land[:, 0]}
    is_open = {side: not isinstance(getattr(edges, side), Closed) for side in at}
    if not any(is_open.values()):
        return
    if not any(is_open[side] and cells.any() for side, cells in at.items()):
        raise InputWrong(
            "--boundary: no land reaches an open edge, and missing cells are walls, so no water could leave; give "
            "--boundary closed, or a terrain cut so that its outlet lies at the edge"
        )
    around = np.pad(land, 1)
    rim = land & ~(around[:-2, 1:-1] & around[2:, 1:-1] & around[1:-1, :-2] & around[1:-1, 2:])
    row, column = divmod(int(np.argmin(np.where(rim, grid.values, np.inf))), land.shape[1])
    if 0 < row < land.shape[0] - 1 and 0 < column < land.shape[1] - 1:
        x, y = grid.centre(row, column)
        notes.append(
            f"the lowest place of the land's rim, ({x:.0f}, {y:.0f}), lies beside missing cells, which are walls: water "
            "ponds there; cut the terrain so that its outlet lies at the edge"
        )


def _mark(args: argparse.Namespace) -> str:
    """A fingerprint of all files and options that decide the numbers."""
    told = hashlib.sha256()
    options: tuple[Any, ...] = (
        args.crs, args.manning, args.minutes, args.rain_step, args.buildings_as, args.solver, args.precision, args.boundary,
        args.soil, args.wetness, args.warm_up,
    )  # fmt: skip
    told.update(repr(options).encode())
    for name in _FILES:
        path = getattr(args, name)
        told.update(f"\0{name}\0{path if name in _NUMBERS else ''}\0".encode())
        if path and (name not in _NUMBERS or Path(path).is_file()):
            told.update(data_of(path))
    return told.hexdigest()
