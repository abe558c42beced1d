"""Compute a run: arrays in, a verdict's figures and the villages' water out. No database: it runs in a process of its own."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan.science.flood.domain import Domain
from anlan.science.flood.errors import Cancelled, LeftValidity, MassLost, NotFinite
from anlan.science.flood.godunov.solver import Godunov
from anlan.science.flood.hazard import arr_class_of_maxima, rating_degree, rating_of_maxima
from anlan.science.flood.inertial.channels import Channels
from anlan.science.flood.inertial.solver import Inertial
from anlan.science.flood.outputs import Outputs, Result
from anlan.science.flood.run import Progress, run
from anlan.science.flood.solver import Solver
from anlan.science.flood.sources import Rain, ScsCn, Sources
from anlan.science.flood.state import State
from anlan.simulate.computing import baseflow, folders, gauging, rerun, states, villages
from anlan.simulate.computing.shapes import NOBODY, NOW, Found, Job, Terrain
from anlan.simulate.maps import waters
from anlan.simulate.maps.kinds import NEVER, RATED_CM
from anlan.simulate.rules import verdict
from anlan.simulate.rules.verdict import Figures

THREADS = 2
TICK_S = 60.0
"""Soil drinks, and maps are looked at, once a minute: nothing finer leaves the model."""
SPAN_MIN = 360.0
"""Levels at gauges are kept so long for the cycles that go on."""
SAYS_NOTHING = {"depth_cm": 0, "arrives_min": None, "households": 0, "curve": (), "solver": NOBODY}
"""Of a village whose water the method does not describe."""
WETNESS = {"dry": 0.2, "normal": 0.5, "wet": 0.8}
"""Share of Wm that a class of soil wetness stands for (较干, 一般, 较湿)."""


def compute(job: Job) -> Found:
    """Run a job to its end. What the model itself refuses comes back as a found fault, not as an exception.

    Raises: anlan.science.flood.errors.BadInput for inputs that cannot be run at all.
    """
    terrain = Terrain.load(Path(job.ground))
    try:
        return _found(job, terrain, *_run(job, terrain))
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


def _run(job: Job, terrain: Terrain) -> tuple[Result, State | None, gauging.Levels]:
    """Up to minute 0 with the rain that fell, then on to the end with what is assumed. Model time begins at first_min.

    Gives the state at minute 0, too (None where that was dry ground), and the levels at gauges on the way there.
    """
    domain = villages.domain_of(terrain)
    solver = solver_of(job.solver, terrain, domain)
    folder, zero_s = Path(job.folder), -60.0 * job.first_min
    cancel = partial(folders.is_stopped, folder)
    start = _start(job, terrain, domain, solver, cancel)
    told = {
        "sources": _sources(job), "edges": baseflow.edges(terrain), "precision": job.precision, "threads": THREADS,
        "tick_s": TICK_S,
    }  # fmt: skip
    last = -1

    def progress(at: Progress) -> None:
        nonlocal last
        percent = round(100 * at.time_s / (zero_s + 60.0 * job.until_min))
        if percent >= last + 5 or percent == 100:
            last = percent
            folders.tell_progress(folder, percent)

    levels = gauging.Levels(job, terrain)
    if zero_s > 0:
        before = run(
            domain, solver, until_s=zero_s, start=start, outputs=Outputs(maps=()), cancel=cancel, on_progress=progress,
            checkpoint_every_s=60.0 * gauging.EVERY_MIN, on_checkpoint=levels.take if job.gauges else None,
            **told,  # type: ignore[arg-type]
        )  # fmt: skip
        start = before.state
    if job.keeps_now and start is not None:
        states.keep(folder / NOW, start)
        levels.keep(folder, span_min=SPAN_MIN)
    areas = villages.around(job, terrain, radius_m=job.swift.radius_m) if job.swift else ()
    ended = run(
        domain, solver, until_s=zero_s + 60.0 * job.until_min, start=start, outputs=villages.outputs(job, areas),
        cancel=cancel, on_progress=progress, **told,  # type: ignore[arg-type]
    )  # fmt: skip
    return ended, start, levels


def _start(
    job: Job, terrain: Terrain, domain: Domain, solver: Solver, cancel: Callable[[], bool]
) -> State | None:
    """Where the run before this one stood; else rivers full of their base flow, or dry ground where none is stated."""
    if job.start:
        return states.read(Path(job.start))
    return baseflow.start(job, terrain, domain, solver, threads=THREADS, cancel=cancel)


def solver_of(name: str, terrain: Terrain, domain: Domain) -> Solver:
    """Local inertial with the streams that are narrower than a cell, or Godunov on the bare ground."""
    if name == "godunov":
        return Godunov()
    if not (terrain.width > 0).any():
        return Inertial()
    width = np.minimum(terrain.width, terrain.dx)
    return Inertial(channels=Channels.of(domain, width=width, bankfull=terrain.depth))


def _sources(job: Job) -> Sources:
    rain = Rain.of([m - job.first_min for m in job.rain_min], job.rain_mm_h)
    return Sources(rain=rain, infiltration=soil_of(job))


def soil_of(job: Job) -> ScsCn | None:
    """What the ground takes of the rain; nothing where no curve number was given."""
    return None if job.cn is None else ScsCn(cn=job.cn, wetness=WETNESS[job.wetness])


def _found(job: Job, terrain: Terrain, result: Result, start: State | None, levels: gauging.Levels) -> Found:
    """Whole centimetres and minutes: nothing finer leaves the model."""
    told = villages.water_of_villages(job, terrain, result)
    again, left = _again(job, terrain, result, start)
    told |= {p: replace(v, fast_percent=told[p].fast_percent) for p, v in again.villages.items()}
    told |= {place: replace(told[place], **SAYS_NOTHING) for place in left}  # type: ignore[arg-type]
    checks = levels.checks(job.gauges, band_m=job.gauge_band_m)
    frame = waters.Frame(terrain.west, terrain.north, terrain.dx, terrain.crs)
    shots = villages.depths(job, result)
    grids = {f"minute-{minute}": depth for minute, depth in shots.items() if minute is not None}
    grids |= {"inside": np.isfinite(terrain.bed), **_maxima(result, -60.0 * job.first_min)}
    waters.keep(Path(job.folder), grids=grids, frame=frame)
    figures = {
        "mass_error": f"{abs(result.ledger.error_share):.1e}",
        "fast_percent": round(100 * result.froude.overall),
        "steps": result.steps,
        "cells": int(terrain.bed.size),
        "warmed_min": round(job.warmed_min),
        **baseflow.base_figures(job, terrain),
        "concentration_min": round(terrain.concentration_min),
        "kept_min": [minute for minute in shots if minute is not None],
        "bounds": list(frame.bounds(*terrain.bed.shape)),
        "again": list(again.figures),
        "uncompared": job.uncompared,
        "gauges": [check.as_row() for check in checks],
    }
    itself = Figures(
        solver=job.solver, precision=job.precision, mass_error=abs(result.ledger.error_share),
        fast_share=result.froude.overall, ran_again=bool(again.villages) and not left,
        gauge_off=_worst(checks, job.gauge_band_m),
        **({"fast_bound": job.swift.bound} if job.swift else {}),
    )  # fmt: skip
    return Found(checks=itself, figures=figures, villages=told, log="\n".join(again.log))


def _worst(checks: Sequence[gauging.Check], band_m: float) -> dict[str, str] | None:
    """The gauge that disagrees most; None where all agree or none was compared."""
    off = max((check for check in checks if not check.agrees), key=lambda check: check.off_m, default=None)
    return None if off is None else {"gauge": off.address, "off": f"{off.off_m:.2f}", "band": f"{band_m:g}"}


def _again(
    job: Job, terrain: Terrain, result: Result, start: State | None
) -> tuple[rerun.Again, frozenset[int]]:
    """What lies outside the range of local inertial, run again with Godunov; and the villages for which that failed."""
    if job.swift is None:
        return rerun.Again(), frozenset()
    around = {int(name): share for name, share in result.froude.areas.items()}
    outside = verdict.outside(
        solver=job.solver, overall=result.froude.overall, around=around, bound=job.swift.bound
    )
    if not outside:
        return rerun.Again(), frozenset()
    before = rerun.Before(
        job=job, swift=job.swift, terrain=terrain, start=start, sources=_sources(job), threads=THREADS,
        cancel=partial(folders.is_stopped, Path(job.folder)),
    )  # fmt: skip
    found = rerun.again(before, outside, result)
    return found, found.failed


def _maxima(result: Result, zero_s: float) -> dict[str, NDArray[Any]]:
    """The maps of the whole run as `waters` keeps them; a film shallower than RATED_CM carries no danger."""
    maps = {name: np.nan_to_num(field) for name, field in result.maps.items() if name != "arrival_s"}
    depth, speed = maps["max_depth"], maps["max_speed"]
    rating = rating_of_maxima(depth, maps["max_hazard"])
    deepest, arrival = villages.centimetres(depth), result.maps["arrival_s"]
    came = np.clip(np.round((np.nan_to_num(arrival) - zero_s) / 60), 0, NEVER - 1)
    rated = deepest >= RATED_CM
    return {
        "deepest": deepest,
        "fastest": np.round(np.minimum(speed, 600.0) * 100).astype(np.uint16),
        "arrival": np.where(np.isfinite(arrival), came, NEVER).astype(np.uint16),
        "rating": np.round(np.where(rated, np.minimum(rating, 600.0), 0) * 100).astype(np.uint16),
        "danger": np.where(rated, rating_degree(rating), 0).astype(np.uint8),
        "arr": np.where(rated, arr_class_of_maxima(depth, speed, maps["max_flow"]), 0).astype(np.uint8),
    }
