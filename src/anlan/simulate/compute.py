"""Compute a run: arrays in, a verdict's figures and the villages' water out. No database: it runs in a process of its own."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan.science.flood.domain import Domain
from anlan.science.flood.edges import Edges
from anlan.science.flood.errors import Cancelled, LeftValidity, MassLost, NotFinite
from anlan.science.flood.godunov import Godunov
from anlan.science.flood.inertial import Inertial
from anlan.science.flood.inertial.channels import Channels
from anlan.science.flood.outputs import Outputs, Result
from anlan.science.flood.run import Progress, run
from anlan.science.flood.solver import Solver
from anlan.science.flood.sources import Rain, ScsCn, Sources
from anlan.science.flood.state import Layout, State
from anlan.science.terrain import move_points
from anlan.simulate import folders, waters
from anlan.simulate.rules.verdict import Figures
from anlan.simulate.shapes import NOW, WET_M, Floats, Found, Job, Terrain, VillageFound

KEPT_EVERY_MIN = {False: 10, True: 30}
"""Minutes between kept grids: of a run that somebody ordered, and of a live one."""
THREADS = 2
WETNESS = {"dry": 0.2, "normal": 0.5, "wet": 0.8}
"""Share of Wm that a class of soil wetness stands for (较干, 一般, 较湿)."""


def compute(job: Job) -> Found:
    """Run a job to its end. What the model itself refuses comes back as a found fault, not as an exception.

    Raises: anlan.science.flood.errors.BadInput for inputs that cannot be run at all.
    """
    terrain = Terrain.load(Path(job.ground))
    try:
        return _found(job, terrain, _run(job, terrain))
    except NotFinite as refused:
        return _refused(job, str(refused), has_nan=True)
    except MassLost as refused:
        return _refused(job, str(refused), mass_error=abs(refused.share))
    except LeftValidity as refused:
        return _refused(job, str(refused), left_validity=True)
    except Cancelled as stopped:
        return _refused(job, str(stopped), stopped=True)


def _refused(job: Job, log: str, **fault: Any) -> Found:
    told = {"mass_error": 0.0, **fault}
    return Found(
        checks=Figures(solver=job.solver, precision=job.precision, **told), figures={}, villages={}, log=log
    )


def _run(job: Job, terrain: Terrain) -> Result:
    """Up to minute 0 with the rain that fell, then on to the end with what is assumed. Model time begins at first_min."""
    inside = np.isfinite(terrain.bed)
    domain = Domain.of(
        terrain.bed,
        dx=terrain.dx,
        manning=terrain.manning,
        inside=inside,
        west=terrain.west,
        north=terrain.north,
    )
    rain = Rain.of([m - job.first_min for m in job.rain_min], job.rain_mm_h)
    sources, solver, start = (
        Sources(rain=rain, infiltration=_soil(job)),
        _solver(job.solver, terrain, domain),
        _start(job),
    )
    folder, zero_s = Path(job.folder), -60.0 * job.first_min
    told = {"sources": sources, "edges": Edges(), "precision": job.precision, "threads": THREADS}

    def cancel() -> bool:
        return folders.is_stopped(folder)

    last = -1

    def progress(at: Progress) -> None:
        nonlocal last
        percent = round(100 * at.time_s / (zero_s + 60.0 * job.until_min))
        if percent >= last + 5 or percent == 100:
            last = percent
            folders.tell_progress(folder, percent)

    if zero_s > 0:
        before = run(
            domain, solver, until_s=zero_s, start=start, outputs=Outputs(maps=()), cancel=cancel, on_progress=progress,
            **told,  # type: ignore[arg-type]
        )  # fmt: skip
        start = before.state
    if job.keeps_now and start is not None:
        _keep_state(folder / NOW, start)
    asked = Outputs(
        maps=("max_depth", "arrival_s"),
        wet_m=WET_M,
        snapshot_minutes=tuple(m + zero_s / 60 for m in _kept(job)),
    )
    return run(
        domain, solver, until_s=zero_s + 60.0 * job.until_min, start=start, outputs=asked, cancel=cancel,
        on_progress=progress, **told,  # type: ignore[arg-type]
    )  # fmt: skip


def _solver(name: str, terrain: Terrain, domain: Domain) -> Solver:
    """Local inertial with the streams that are narrower than a cell, or Godunov on the bare ground."""
    if name == "godunov":
        return Godunov()
    if not (terrain.width > 0).any():
        return Inertial()
    width = np.minimum(terrain.width, terrain.dx)
    return Inertial(channels=Channels.of(domain, width=width, bankfull=terrain.depth))


def _soil(job: Job) -> ScsCn | None:
    """What the ground takes of the rain; nothing where no curve number was given."""
    return None if job.cn is None else ScsCn(cn=job.cn, wetness=WETNESS[job.wetness])


def _kept(job: Job) -> list[int]:
    """Minutes of which the water is kept."""
    every = KEPT_EVERY_MIN[job.keeps_now]
    return list(range(every, int(job.until_min) + 1, every))


def _start(job: Job) -> State | None:
    """Where the run before this one stood, its clock set to this run's beginning."""
    if not job.start:
        return None
    with np.load(job.start) as kept:
        state = State(kept["h"], kept["qx"], kept["qy"], Layout(int(kept["layout"])), 0.0)
        if "channel" in kept:
            state.channel, state.channel_q = kept["channel"], kept["channel_q"]
        if "soil" in kept:
            state.soil = kept["soil"]
        return state


def _keep_state(path: Path, state: State) -> None:
    scratch = path.with_suffix(".new.npz")
    more = {name: getattr(state, name) for name in ("channel", "channel_q", "soil")}
    held = {name: field for name, field in more.items() if field is not None}
    np.savez(scratch, h=state.h, qx=state.qx, qy=state.qy, layout=int(state.layout), **held)
    scratch.rename(path)


def _found(job: Job, terrain: Terrain, result: Result) -> Found:
    """Whole centimetres and minutes: nothing finer leaves the model."""
    zero_s = -60.0 * job.first_min
    corners = _corners(terrain)
    shots = {round(s.seconds / 60 - zero_s / 60): _cm(s.depth) for s in result.snapshots}
    grids = {f"minute-{minute}": depth for minute, depth in shots.items()}
    waters.keep(Path(job.folder), grids={"deepest": _cm(result.maps["max_depth"]), **grids}, corners=corners)
    lon, lat = corners[..., 0], corners[..., 1]
    figures = {
        "mass_error": f"{abs(result.ledger.error_share):.1e}",
        "fast_percent": round(100 * result.froude.overall),
        "steps": result.steps,
        "cells": int(terrain.bed.size),
        "kept_min": sorted(shots),
        "bounds": [float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())],
    }
    checks = Figures(
        solver=job.solver, precision=job.precision, mass_error=abs(result.ledger.error_share),
        fast_share=result.froude.overall,
    )  # fmt: skip
    return Found(checks=checks, figures=figures, villages=_villages(job, terrain, result, shots, zero_s))


def _cm(depth: NDArray[Any]) -> NDArray[np.uint16]:
    return np.round(np.minimum(np.nan_to_num(depth), 600.0) * 100).astype(np.uint16)


def _corners(terrain: Terrain) -> Floats:
    """Longitude and latitude of every corner of a cell, (ny + 1, nx + 1, 2)."""
    ny, nx = terrain.bed.shape
    x = terrain.west + terrain.dx * np.arange(nx + 1)
    y = terrain.north - terrain.dx * np.arange(ny + 1)
    lon, lat = move_points(*np.meshgrid(x, y), source=terrain.crs, target="EPSG:4490")
    return np.stack([lon, lat], axis=-1)


def _villages(
    job: Job, terrain: Terrain, result: Result, shots: Mapping[int, NDArray[np.uint16]], zero_s: float
) -> dict[int, VillageFound]:
    """Water at the homes of each village."""
    row, column = terrain.cells(job.home_x, job.home_y)
    on_ground = np.isfinite(terrain.bed[row, column]) if row.size else np.empty(0, np.bool_)
    deepest = _cm(result.maps["max_depth"])[row, column]
    arrival = result.maps["arrival_s"][row, column]
    curves = {minute: depth[row, column] for minute, depth in shots.items()}
    found = {}
    for village in np.unique(job.home_place[on_ground]).tolist():
        here = on_ground & (job.home_place == village)
        wet = arrival[here][np.isfinite(arrival[here])]
        found[village] = VillageFound(
            depth_cm=int(deepest[here].max()),
            arrives_min=None if not wet.size else max(0, round((float(wet.min()) - zero_s) / 60)),
            households=int(wet.size),
            curve=[(minute, int(depth[here].max())) for minute, depth in sorted(curves.items())],
        )
    return found
