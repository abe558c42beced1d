"""From a run to arrays: its ground, the rain that was known, and the homes that water may come to."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan.foundation.context import Ctx
from anlan.foundation.errors import Invalid
from anlan.observe import queries as observe
from anlan.observe.queries.rainfall import rain_matrix
from anlan.observe.queries.stages import stage_series
from anlan.people.queries import homes
from anlan.places.atlas import Place, atlas
from anlan.science.terrain.crs import move_points
from anlan.simulate.computing import folders, rainfield
from anlan.simulate.computing.ensemble import Ensemble
from anlan.simulate.computing.shapes import NOW, Gauge, Job, Terrain
from anlan.simulate.models import Run
from anlan.simulate.rules import nowcast
from anlan.simulate.rules.ensemble import Spread
from anlan.simulate.running import ground, settings

Floats = NDArray[np.float64]
AROUND_M = 15_000.0
"""Gauges this near the domain lend it their rain."""
STEP_MIN = 5
NO_GAUGE = "这一带没有雨量站报数，不能按实测雨算。请改用设计雨。"
LONGEST_BACK_MIN = 24 * 60
NOWCAST_MIN = nowcast.STEPS_AN_HOUR * STEP_MIN
MINUTE = timedelta(minutes=1)


def job_of(ctx: Ctx, run: Run) -> Job:
    """Everything that the run needs, none of it from memory: asked again, the same job comes out. Raises: Invalid."""
    file = ground.file_of(run.ground)
    terrain = Terrain.load(file)
    minutes, rates = _rain(ctx, run, terrain)
    before = run.before
    return Job(
        first_min=minutes[0],
        rain_min=tuple(minutes),
        rain_mm_h=rates,
        start=str(folders.folder(ctx.world.key, before.ref) / NOW) if before else "",
        keeps_now=run.purpose == "live",
        warmed_min=_warmed(run) - min(minutes[0], 0.0),
        **_stages(ctx, run, terrain),
        **_asked(ctx, run, file, terrain),
    )


def ensemble_of(ctx: Ctx, run: Run) -> Ensemble:
    """The same of an ensemble: its members begin at minute 0, after the rain that fell. Raises: Invalid."""
    file = ground.file_of(run.ground)
    terrain = Terrain.load(file)
    rain, spread = run.inputs["rain"], run.params["spread"]
    gauged = _designed(run) if rain["kind"] == "design" else _gauged(ctx, run, terrain)
    if rain["kind"] != "design" and np.isnan(gauged.tenths[:, gauged.fallen :]).all():
        raise Invalid(NO_GAUGE)
    none = np.zeros(0)
    return Ensemble(
        job=Job(first_min=0.0, rain_min=(), rain_mm_h=none, **_asked(ctx, run, file, terrain)),
        members=run.params["members"],
        seed=run.seed,
        spread=Spread(
            amount=spread["amount_percent"] / 100, shift_m=spread["shift_m"], timing_min=spread["timing_min"]
        ),
        excluded_percent=spread["excluded_percent"],
        tenths=gauged.tenths,
        fallen=gauged.fallen,
        gauge_x=gauged.x,
        gauge_y=gauged.y,
    )


def _asked(ctx: Ctx, run: Run, file: Path, terrain: Terrain) -> dict[str, Any]:
    """What a run and an ensemble need alike: ground, method, soil, homes."""
    where, x, y = _homes(atlas().by_id[run.place_id], terrain)
    return {
        "folder": str(folders.folder(ctx.world.key, run.ref)),
        "ground": str(file),
        "solver": run.model,
        "precision": run.params["precision"],
        "until_min": run.params["minutes"],
        "cn": run.params["cn"],
        "wetness": run.params["wetness"],
        "swift": None if run.purpose == "member" else settings.swift(ctx, run.ground),
        "home_place": where,
        "home_x": x,
        "home_y": y,
    }


def starts_at(run: Run) -> datetime:
    """The moment of minute 0: what lies before is rain that fell, what lies after is assumed."""
    until = run.inputs["rain"].get("until")
    return datetime.fromisoformat(until) if until else run.ordered_at


def _rain(ctx: Ctx, run: Run, terrain: Terrain) -> tuple[list[float], Floats]:
    """Minutes from which each rate holds, and the rates in mm/h: one for all cells, or a grid a step.

    A run that goes on from another needs only the rain that has fallen since.
    """
    rain: dict[str, Any] = run.inputs["rain"]
    if rain["kind"] == "design":
        return [0.0, float(rain["minutes"])], np.array([float(rain["mm_h"]), 0.0])
    gauged = _gauged(ctx, run, terrain)
    try:
        rates = rainfield.over(terrain, x=gauged.x, y=gauged.y, tenths=gauged.tenths)
    except rainfield.NoGauge:
        raise Invalid(NO_GAUGE) from None
    steps = range(-gauged.fallen, gauged.tenths.shape[1] - gauged.fallen)
    return [float(STEP_MIN * n) for n in steps], rates


@dataclass(frozen=True, kw_only=True)
class Gauged:
    """Five-minute sums (gauges, steps) in 0.1 mm, the first `fallen` of them observed, and where the gauges stand, m."""

    x: Floats
    y: Floats
    tenths: Floats
    fallen: int


def _gauged(ctx: Ctx, run: Run, terrain: Terrain) -> Gauged:
    """What the gauges told until the moment of the run, and what the nowcast makes of it."""
    rain: dict[str, Any] = run.inputs["rain"]
    until = datetime.fromisoformat(rain["until"])
    ahead = int(run.params["minutes"])
    back = _back(run, terrain) if run.before is None else round((until - starts_at(run.before)) / MINUTE)
    addresses, x, y = _gauges(ctx, terrain)
    whole = max(back, NOWCAST_MIN)  # a cycle that goes on after ten minutes still looks at its last hour
    seen = rain_matrix(ctx, addresses, until - timedelta(minutes=whole), until, known_by=_known_by(rain))
    coming = nowcast.BASELINES[rain["nowcast"]](seen, ahead // STEP_MIN)
    known = ~np.isnan(seen).all(axis=1)
    tenths = np.concatenate([seen[known, (whole - back) // STEP_MIN :], coming[known]], axis=1)
    return Gauged(x=x[known], y=y[known], tenths=tenths, fallen=back // STEP_MIN)


def _back(run: Run, terrain: Terrain) -> int:
    """Minutes of fallen rain to begin with: as asked; a live run begins with no less than the concentration time of its ground."""
    asked = int(run.inputs["rain"]["back_min"])
    needed = STEP_MIN * math.ceil(terrain.concentration_min / STEP_MIN) if run.purpose == "live" else 0
    return min(max(asked, needed), LONGEST_BACK_MIN)


def _warmed(run: Run) -> float:
    """Minutes of fallen rain behind the run that this one goes on from."""
    return float(run.before.figures.get("warmed_min", 0)) if run.before else 0.0


def _designed(run: Run) -> Gauged:
    """A design rain in the steps of a gauge that stands nowhere: even over the ground, dry when it is over."""
    rain: dict[str, Any] = run.inputs["rain"]
    begins = STEP_MIN * np.arange(math.ceil(int(run.params["minutes"]) / STEP_MIN))
    wet = np.clip((int(rain["minutes"]) - begins) / STEP_MIN, 0.0, 1.0)
    none = np.zeros(0)
    return Gauged(x=none, y=none, tenths=wet[None] * float(rain["mm_h"]) * 10 * STEP_MIN / 60, fallen=0)


def _gauges(ctx: Ctx, terrain: Terrain) -> tuple[list[str], Floats, Floats]:
    """Rain gauges in or around the domain, whoever's they are: water knows no boundary."""
    found = observe.stations(ctx, "rain")
    x, y = metres(terrain.crs, [s.lon for s in found], [s.lat for s in found])
    ny, nx = terrain.bed.shape
    east, south = terrain.west + nx * terrain.dx, terrain.north - ny * terrain.dx
    near = (x > terrain.west - AROUND_M) & (x < east + AROUND_M)
    near &= (y > south - AROUND_M) & (y < terrain.north + AROUND_M)
    return [s.address for s, is_near in zip(found, near, strict=True) if is_near], x[near], y[near]


def _known_by(rain: dict[str, Any]) -> datetime:
    """Reports that came in later were not known: a live cycle looks a moment after its own."""
    return datetime.fromisoformat(rain.get("known_by", rain["until"]))


def _stages(ctx: Ctx, run: Run, terrain: Terrain) -> dict[str, Any]:
    """River gauges in the domain with what they reported up to minute 0, for a live run; or why there is nothing to compare.

    Only those of the run's own place: who may see the run reads their addresses and levels with it.
    """
    if run.purpose != "live":
        return {}
    if run.ground.synthetic:
        return {"uncompared": "made_up"}
    band_m, span = settings.gauges(ctx, run.ground)
    known = atlas().by_id
    own = [s for s in observe.stations(ctx, "stage") if known[s.place_id].path.startswith(run.place.path)]
    rivers = [s for s in own if not s.object_ref]
    x, y = metres(terrain.crs, [s.lon for s in rivers], [s.lat for s in rivers])
    inside = terrain.has_land(x, y)
    here = [(s.address, float(e), float(n)) for s, e, n, on in zip(rivers, x, y, inside, strict=True) if on]
    if not here:
        return {"uncompared": "none"}
    until, addresses = starts_at(run), [address for address, _, _ in here]
    since, known_by = until - timedelta(minutes=span), _known_by(run.inputs["rain"])
    seen = stage_series(ctx, addresses, since, until, known_by=known_by)
    gauges = tuple(
        Gauge(
            address=address, x=east, y=north, minutes=tuple((at - until) / MINUTE for at, _ in seen[address]),
            metres=tuple(level for _, level in seen[address]),
        )
        for address, east, north in here
    )  # fmt: skip
    return {"gauges": gauges, "gauge_band_m": band_m}


def _homes(place: Place, terrain: Terrain) -> tuple[NDArray[np.int64], Floats, Floats]:
    """Homes within the domain: id of the village, and metres. A village without any counts as its own point."""
    placed = _positions(terrain.crs, homes.newest())
    villages = villages_of(place)
    bare = [p for p in villages if p.id not in set(placed[0].tolist())]
    bx, by = metres(terrain.crs, [p.lon for p in bare], [p.lat for p in bare])
    where = np.concatenate([placed[0], np.array([p.id for p in bare], np.int64)])
    x, y = np.concatenate([placed[1], bx]), np.concatenate([placed[2], by])
    kept = terrain.has_land(x, y) & np.isin(where, [p.id for p in villages])
    return where[kept], x[kept], y[kept]


def villages_of(place: Place) -> list[Place]:
    """The villages of a place."""
    return [p for p in atlas().walk(4) if p.path.startswith(place.path)]


def covered(place: Place, terrain: Terrain) -> tuple[list[Place], list[Place]]:
    """Villages of a place that have a home on a ground, and those that have none there: they would stay 未模拟."""
    there = set(_homes(place, terrain)[0].tolist())
    villages = villages_of(place)
    return [p for p in villages if p.id in there], [p for p in villages if p.id not in there]


@lru_cache(maxsize=4)
def _positions(crs: str, newest: int) -> tuple[NDArray[np.int64], Floats, Floats]:
    """Every household once: its village and where it stands."""
    rows = sorted({(division, lon, lat) for _, lon, lat, division, _ in homes.points()})
    x, y = metres(crs, [lon for _, lon, _ in rows], [lat for _, _, lat in rows])
    return np.array([division for division, _, _ in rows], np.int64), x, y


def metres(crs: str, lon: list[float], lat: list[float]) -> tuple[Floats, Floats]:
    """Longitude and latitude (CGCS2000) in the metres of a projected system."""
    return move_points(np.array(lon, np.float64), np.array(lat, np.float64), source="EPSG:4490", target=crs)
