"""急流重算: the catchments of villages around which water runs too fast are run again with Godunov. No database.

A window holds all land that drains to the cells around the villages' homes, and some way below them. It is run from minute 0
under the same rain and with the same soil. Godunov knows no streams narrower than a cell: what such streams held at minute 0
stands on their cells, and what comes later runs over the ground. Land beside the window sends nothing into it.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from anlan.science.flood.domain import RING, Domain
from anlan.science.flood.errors import Refused
from anlan.science.flood.godunov.solver import Godunov
from anlan.science.flood.outputs import Result
from anlan.science.flood.run import run
from anlan.science.flood.sources import Sources
from anlan.science.flood.state import Layout, State
from anlan.science.terrain.flow import catchments
from anlan.science.terrain.hollows import DOWN, RIGHT, flow_directions
from anlan.simulate.computing import baseflow, villages
from anlan.simulate.computing.shapes import BASE, Job, Swift, Terrain, VillageFound

Mask = NDArray[np.bool_]
MARGIN = 3
"""Cells added around a window."""
SWIFTEST_M_S = 8.0
"""Wave and water together, for the cost that is stated before the start; the run itself takes the steps that it needs."""
STILL_M = 1e-3


@dataclass(frozen=True, kw_only=True)
class Window:
    """A rectangle of cells, the villages it is for, and the cells that drain to them."""

    rows: slice
    columns: slice
    places: frozenset[int]
    above: Mask

    @property
    def cells(self) -> int:
        return (self.rows.stop - self.rows.start) * (self.columns.stop - self.columns.start)

    def meets(self, other: "Window") -> bool:
        rows = self.rows.start < other.rows.stop and other.rows.start < self.rows.stop
        return rows and self.columns.start < other.columns.stop and other.columns.start < self.columns.stop

    def joined(self, other: "Window") -> "Window":
        def whole(a: slice, b: slice) -> slice:
            return slice(min(a.start, b.start), max(a.stop, b.stop))

        return Window(
            rows=whole(self.rows, other.rows), columns=whole(self.columns, other.columns),
            places=self.places | other.places, above=self.above | other.above,
        )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Again:
    """What came of running again: villages by id, and figures of each window for the page.

    failed: villages for which it could not be done.
    """

    villages: Mapping[int, VillageFound] = field(default_factory=dict)
    figures: tuple[Mapping[str, object], ...] = ()
    failed: frozenset[int] = frozenset()
    log: tuple[str, ...] = ()

    def without(self, window: Window, why: str) -> "Again":
        return replace(self, failed=self.failed | window.places, log=(*self.log, why))

    def having(
        self, window: Window, found: Mapping[int, VillageFound], figures: Mapping[str, object]
    ) -> "Again":
        return replace(self, villages={**self.villages, **found}, figures=(*self.figures, figures))


def windows(terrain: Terrain, cells: Mapping[int, NDArray[np.int64]], *, below_m: float) -> list[Window]:
    """The land to run again for villages, by id with the flat numbers of their cells; windows that meet are one."""
    directions = flow_directions(terrain.bed)
    found: list[Window] = []
    for place, own in sorted(cells.items()):
        each = _window(terrain, directions, place, own, below_m)
        while meeting := [other for other in found if other.meets(each)]:
            found = [other for other in found if not other.meets(each)]
            for other in meeting:
                each = each.joined(other)
        found.append(each)
    return found


def _window(
    terrain: Terrain, directions: NDArray[np.int8], place: int, own: NDArray[np.int64], below_m: float
) -> Window:
    nx = terrain.bed.shape[1]
    outlets = np.stack(np.divmod(own, nx), axis=1)
    above = catchments(directions, outlets) > 0
    rows, columns = np.nonzero(above)
    way = np.array(list(_below(directions, outlets, round(below_m / terrain.dx))))
    row, column = np.concatenate([rows, way[:, 0]]), np.concatenate([columns, way[:, 1]])
    return Window(
        rows=_span(row, terrain.bed.shape[0]),
        columns=_span(column, nx),
        places=frozenset({place}),
        above=above,
    )


def _below(directions: NDArray[np.int8], cells: NDArray[np.int64], steps: int) -> Iterator[tuple[int, int]]:
    """The cells that water passes from each of some cells, so many steps down."""
    seen: set[tuple[int, int]] = set()
    for start in cells.tolist():
        row, column = start
        for _ in range(steps + 1):
            if (row, column) in seen:
                break
            seen.add((row, column))
            yield row, column
            way = directions[row, column]
            if way < 0:
                break
            row, column = row + int(DOWN[way]), column + int(RIGHT[way])


def _span(numbers: NDArray[np.int64], end: int) -> slice:
    return slice(max(int(numbers.min()) - MARGIN, 0), min(int(numbers.max()) + MARGIN + 1, end))


def million_steps(window: Window, *, minutes: float, dx: float) -> float:
    """What a window costs at most: millions of cells stepped. Known before the start, the same on every machine."""
    return window.cells * 60.0 * minutes * SWIFTEST_M_S / (Godunov().courant * dx) / 1e6


@dataclass(frozen=True, kw_only=True)
class Before:
    """What the run by local inertial leaves to the one by Godunov: inputs, and where it stood at minute 0 (None: dry)."""

    job: Job
    swift: Swift
    terrain: Terrain
    start: State | None
    sources: Sources
    threads: int
    cancel: Callable[[], bool]


def again(before: Before, outside: Sequence[int], whole: Result) -> Again:
    """Run the catchments of some villages again with Godunov, from minute 0 on.

    whole: what local inertial found; its maps and snapshots show Godunov's water in the catchments afterwards. Villages whose
    window would cost more than is allowed, or whose run is refused, are `failed`. Raises: Cancelled.
    """
    job, terrain, swift = before.job, before.terrain, before.swift
    cells = {int(a.name): a.cells for a in villages.around(job, terrain, radius_m=swift.radius_m)}
    told = Again()
    for window in windows(terrain, {place: cells[place] for place in outside}, below_m=swift.below_m):
        cost = million_steps(window, minutes=job.until_min, dx=terrain.dx)
        if cost > swift.most_msteps:
            told = told.without(window, f"{window.cells} cells: {cost:.0f} million steps are too many")
            continue
        try:
            result = _run(before, window)
        except Refused as refused:
            told = told.without(window, str(refused))
            continue
        told = told.having(window, _villages(before, window, result), _figures(window, terrain, result))
        _patch(whole, window, result)
    return told


def _run(before: Before, window: Window) -> Result:
    job, land = before.job, cut(before.terrain, window)
    domain = villages.domain_of(land)
    start = None if before.start is None else centred(before.start, before.terrain, window, domain)
    return run(
        domain,
        Godunov(),
        until_s=60.0 * (job.until_min - job.first_min),
        start=start,
        sources=_cut_sources(before.sources, window),
        edges=baseflow.edges(land),
        outputs=villages.outputs(job),
        precision=job.precision,  # type: ignore[arg-type]
        threads=before.threads,
        cancel=before.cancel,
    )


def _villages(before: Before, window: Window, result: Result) -> dict[int, VillageFound]:
    """The word of the villages that the window is for, marked as Godunov's."""
    job, own = before.job, np.isin(before.job.home_place, sorted(window.places))
    there = replace(job, home_place=job.home_place[own], home_x=job.home_x[own], home_y=job.home_y[own])
    found = villages.water_of_villages(there, cut(before.terrain, window), result)
    return {place: replace(each, solver=Godunov().name) for place, each in found.items()}


def _figures(window: Window, terrain: Terrain, result: Result) -> dict[str, object]:
    return {
        "villages": len(window.places),
        "km2": round(float(window.above.sum()) * terrain.dx**2 / 1e6, 1),
        "cells": window.cells,
        "steps": result.steps,
        "mass_error": f"{abs(result.ledger.error_share):.1e}",
    }


def _patch(whole: Result, window: Window, result: Result) -> None:
    """On the map, too, the catchments show what Godunov says."""
    own = window.above[window.rows, window.columns]
    pairs = [(whole.maps[name], field) for name, field in result.maps.items()]
    for old, new in zip(whole.snapshots, result.snapshots, strict=True):
        pairs += [(old.depth, new.depth), (old.speed, new.speed)]
    for old_field, new_field in pairs:
        old_field[window.rows, window.columns][own] = new_field[own]


def cut(terrain: Terrain, window: Window) -> Terrain:
    """The ground of a window, as a ground of its own."""
    rows, columns = window.rows, window.columns
    fields = {name: getattr(terrain, name)[rows, columns] for name in ("bed", "manning", "width", "depth")}
    west = terrain.west + columns.start * terrain.dx
    own = replace(terrain, **fields, west=west, north=terrain.north - rows.start * terrain.dx)
    rivers = own.has_land(terrain.base_x, terrain.base_y)
    return replace(own, **{name: getattr(terrain, name)[rivers] for name in BASE})


def _cut_sources(sources: Sources, window: Window) -> Sources:
    rain = sources.rain
    if rain is None or rain.rates.ndim == 1:
        return sources
    return replace(sources, rain=replace(rain, rates=rain.rates[:, window.rows, window.columns]))


def centred(state: State, terrain: Terrain, window: Window, domain: Domain) -> State:
    """A state of local inertial as Godunov takes it: flow of a cell from its faces, water of its stream on top of it.

    No water is lost, no momentum is made: a cell's flow is the mean of its two faces; a film stands still.
    """
    inner, here = np.s_[RING:-RING], (window.rows, window.columns)
    depth = state.depth.astype(np.float64)
    if state.channel is not None:
        depth[(terrain.width > 0) & np.isfinite(terrain.bed)] += state.channel / terrain.dx**2
    depth = depth[here]
    begun = State.of(
        domain, layout=Layout.CENTRES, depth=depth, precision="f32" if state.h.dtype == np.float32 else "f64"
    )
    deep = depth > STILL_M
    for name, after in (("qx", np.s_[inner, RING + 1 : state.qx.shape[1] - RING + 1]),
                        ("qy", np.s_[RING + 1 : state.qy.shape[0] - RING + 1, inner])):  # fmt: skip
        faces = getattr(state, name)
        mean = 0.5 * (faces[inner, inner] + faces[after])
        getattr(begun, name)[inner, inner] = np.where(deep, mean[here], 0)
    begun.time_s = state.time_s
    begun.soil = None if state.soil is None else state.soil[here].copy()
    return begun
