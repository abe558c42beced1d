"""Model runs over the API: order one, follow it, read what it says of each village and where its water stands."""

from dataclasses import asdict
from datetime import datetime
from typing import Any, Literal

from ninja import Field, Query, Router, Schema

from anlan.foundation.api import Asked, CutIn, Listing, Once, Ref, Said, WorldKey, may
from anlan.foundation.paging import part
from anlan.foundation.words import t
from anlan.places.atlas import atlas
from anlan.simulate import queries
from anlan.simulate.actions import ensembles
from anlan.simulate.actions import runs as actions_runs
from anlan.simulate.actions.ensembles import MOST_SEED
from anlan.simulate.models import Ground, Run
from anlan.simulate.queries import impacts
from anlan.simulate.rules.ensemble import LEAST, MOST
from anlan.simulate.running import ground, live

router = Router(tags=["runs"])


class GroundOut(Schema):
    ref: str
    place: str
    dx_m: int
    synthetic: bool
    live: bool = Field(description="whether this world looks ahead over it in hard rain")


class SwitchIn(Schema):
    on: bool


class DesignIn(Schema):
    """Even rain over the whole ground."""

    kind: Literal["design"]
    mm_h: float = Field(ge=0, le=500, allow_inf_nan=False)
    minutes: int = Field(ge=1, le=1440)


class StationsIn(Schema):
    """Rain as the gauges reported it until now, then a baseline."""

    kind: Literal["stations"]
    back_min: int = Field(180, ge=5, le=1440, multiple_of=5)
    nowcast: Literal["persistence", "decay", "zero"] = "persistence"


class OrderIn(Schema):
    ground: Said = Field(max_length=40)
    rain: DesignIn | StationsIn = Field(discriminator="kind")
    title: Said = Field("", max_length=120)
    minutes: int = Field(180, ge=10, le=1440)
    solver: Literal["li", "godunov"] = "li"
    precision: Literal["f32", "f64"] = "f32"


class EnsembleIn(Schema):
    ground: Said = Field(max_length=40)
    rain: DesignIn | StationsIn = Field(discriminator="kind")
    title: Said = Field("", max_length=120)
    minutes: int = Field(180, ge=10, le=1440)
    members: int | None = Field(None, ge=LEAST, le=MOST, description="as the rule pack says unless given")
    seed: int | None = Field(None, ge=0, le=MOST_SEED, description="the same seed draws the same members")


class VillageOut(Schema):
    """Of an ensemble depth, arrival and households are medians of its members."""

    place: str
    max_depth_m: float
    arrives_at: datetime | None
    households: int
    share_percent: int | None = Field(
        None, description="share of scenarios with 0.3 m at a home; no probability"
    )
    low_m: float | None = Field(None, description="a tenth of the scenarios stays below")
    high_m: float | None = Field(None, description="a tenth of the scenarios goes above")
    fast_percent: int = Field(description="of the wet cells around its homes, those with Fr > 0.8")
    solver: str = Field(description="whose word it is; none: outside the range of the model, nothing is said")


class CountOut(Schema):
    """As expected, and the ends between which nine in ten draws lie."""

    expected: int
    low: int
    high: int


class NeedOut(CountOut):
    code: str


class VillageImpactOut(Schema):
    place: str
    affected: int
    to_move: int
    houses: int


class ImpactOut(Schema):
    run: str
    synthetic: bool
    homes: int
    people_affected: CountOut
    people_to_move: CountOut
    houses_slight: CountOut
    houses_severe: CountOut
    houses_collapsed: CountOut
    road_m: CountOut
    why_nobody: str | None = Field(
        description="no_hazard, no_exposure or below_threshold where nobody is affected"
    )
    needs: list[NeedOut]
    days: int
    villages: list[VillageImpactOut]


class RunOut(Schema):
    ref: str
    kind: Literal["flood", "ensemble"]
    title: str
    purpose: str
    ground: str
    synthetic: bool
    state: str
    solver: str
    version: str
    params: dict[str, Any]
    inputs: dict[str, Any]
    progress: int
    reasons: list[str]
    figures: dict[str, Any]
    ordered_at: datetime
    known_at: datetime | None
    villages: list[VillageOut]
    unmodelled: list[str] = Field(
        description="villages of the place that no cell of the ground covers: not dry, unknown"
    )


def run_out(request: Asked, run: Run) -> dict[str, Any]:
    names = (
        "ref",
        "kind",
        "title",
        "purpose",
        "state",
        "version",
        "params",
        "inputs",
        "figures",
        "ordered_at",
        "known_at",
    )
    return {
        **{name: getattr(run, name) for name in names},
        "ground": run.ground.ref,
        "synthetic": run.ground.synthetic,
        "solver": run.model,
        "progress": queries.progress_of(request.ctx, run),
        "reasons": [t(request.lang, each["text"], **each["values"]) for each in run.reasons],
        "villages": [
            {
                "place": v.place.code,
                "max_depth_m": v.depth_cm / 100,
                "arrives_at": v.arrives_at,
                "households": v.households,
                "fast_percent": v.fast_percent,
                "solver": v.solver or run.model,
                "share_percent": v.share_percent,
                "low_m": None if v.low_cm is None else v.low_cm / 100,
                "high_m": None if v.high_cm is None else v.high_cm / 100,
            }
            for v in queries.water(request.ctx, run)
        ],
        "unmodelled": [place.code for place in queries.unmodelled(request.ctx, run)],
    }


@router.get("/w/{world}/grounds", response=list[GroundOut], summary="Grounds within scope")
@may("simulate.view")
def grounds(request: Asked, world: WorldKey) -> list[dict[str, Any]]:
    return [_ground_out(request, each) for each in ground.listing(request.ctx)]


@router.post(
    "/w/{world}/grounds/{ref}/live",
    response=GroundOut,
    summary="Switch live forecasts over a ground on or off",
)
@may("simulate.run")
def switch(request: Asked, world: WorldKey, ref: Ref, given: SwitchIn, once: Once = "") -> dict[str, Any]:
    (live.start if given.on else live.stop)(request.ctx, ground_ref=ref)
    return _ground_out(request, ground.get(request.ctx, ref))


def _ground_out(request: Asked, over: Ground) -> dict[str, Any]:
    return {
        "ref": over.ref,
        "place": atlas().by_id[over.place_id].code,
        "dx_m": over.dx_m,
        "synthetic": over.synthetic,
        "live": over.pk in live.switched_on(request.ctx),
    }


@router.get("/w/{world}/runs", response=Listing[RunOut], summary="Model runs within scope, the newest first")
@may("simulate.view")
def runs(request: Asked, world: WorldKey, asked: Query[CutIn]) -> dict[str, Any]:
    found = part(queries.runs(request.ctx, limit=500), asked.cut())
    return {"items": [run_out(request, run) for run in found.items], "total": found.total}


@router.post("/w/{world}/runs", response=RunOut, summary="Order a run; the engine computes it")
@may("simulate.run")
def order(request: Asked, world: WorldKey, given: OrderIn, once: Once = "") -> dict[str, Any]:
    ref = actions_runs.order(
        request.ctx, title=given.title, ground_ref=given.ground, solver=given.solver, precision=given.precision,
        minutes=given.minutes, rain=_rain(request, given.rain),
    )  # fmt: skip
    return run_out(request, queries.run(request.ctx, ref))


@router.post("/w/{world}/ensembles", response=RunOut, summary="Order an ensemble; it is told as one run")
@may("simulate.run")
def order_ensemble(request: Asked, world: WorldKey, given: EnsembleIn, once: Once = "") -> dict[str, Any]:
    ref = ensembles.order_ensemble(
        request.ctx, title=given.title, ground_ref=given.ground, minutes=given.minutes, rain=_rain(request, given.rain),
        members=given.members, seed=given.seed,
    )  # fmt: skip
    return run_out(request, queries.run(request.ctx, ref))


def _rain(request: Asked, given: DesignIn | StationsIn) -> dict[str, Any]:
    """Rain by reference; measured rain is what is known now."""
    rain: dict[str, Any] = given.dict()
    return {**rain, "until": request.ctx.now.isoformat()} if rain["kind"] == "stations" else rain


@router.get("/w/{world}/runs/{ref}", response=RunOut, summary="One run with its villages")
@may("simulate.view")
def run(request: Asked, world: WorldKey, ref: Ref) -> dict[str, Any]:
    return run_out(request, queries.run(request.ctx, ref))


@router.post("/w/{world}/runs/{ref}/cancel", response=RunOut, summary="Stop a run that waits or runs")
@may("simulate.run")
def cancel(request: Asked, world: WorldKey, ref: Ref, once: Once = "") -> dict[str, Any]:
    actions_runs.cancel(request.ctx, ref=ref)
    return run_out(request, queries.run(request.ctx, ref))


@router.get(
    "/w/{world}/runs/{ref}/impact", response=ImpactOut, summary="Whom a run's water strikes, within scope"
)
@may("simulate.view")
def impact(request: Asked, world: WorldKey, ref: Ref) -> dict[str, Any]:
    run = queries.run(request.ctx, ref)
    found = impacts.of_run(request.ctx, run)
    return {
        "run": run.ref,
        "synthetic": run.ground.synthetic,
        "homes": found.homes,
        **found.counts,
        "why_nobody": found.why.name.lower() if found.why else None,
        "needs": [{"code": need.code, **asdict(need.count)} for need in found.needs],
        "days": found.days,
        "villages": [
            {"place": v.place.code, "affected": v.affected, "to_move": v.to_move, "houses": v.houses}
            for v in found.villages
        ],
    }
