"""A run's life 模型运行: queued → running → accepted or refused; cancelled or failed on the way. Claimed by conditional update."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from anlan.foundation import journal
from anlan.foundation.actions import action, next_ref
from anlan.foundation.context import Ctx
from anlan.foundation.errors import Conflict, Invalid
from anlan.places.atlas import atlas
from anlan.simulate.computing import folders, states
from anlan.simulate.computing.shapes import VillageFound
from anlan.simulate.models import Ground, Run, VillageWater
from anlan.simulate.rules.verdict import Reason
from anlan.simulate.running import ground, jobs

SOLVERS = ("li", "godunov")
PRECISIONS = ("f32", "f64")
SHORTEST_MIN, LONGEST_MIN = 10, 24 * 60
MOST_MM_H = 500.0
CURVE_NUMBER = 75.0
"""Of wooded hills on loam where nobody gave another (SCS NEH-4, group C, rounded); 待核实 for each catchment."""
State = Run.State


def order(
    ctx: Ctx,
    *,
    title: str,
    ground_ref: str,
    solver: str,
    precision: str,
    minutes: int,
    rain: Mapping[str, Any],
    purpose: str = "analyst",
    before: Run | None = None,
    cn: float | None = CURVE_NUMBER,
    wetness: str = "wet",
) -> str:
    """Put a run on the list; gives its ref.

    Args:
        rain: where the rain comes from, by reference: `{"kind": "design", "mm_h": 80, "minutes": 180}` (even over the domain),
            or `{"kind": "stations", "until": ISO, "back_min": 180, "nowcast": "persistence"}`.
        cn, wetness: the curve number of the ground, and how wet it is: dry, normal, wet.
        before: the run whose ground, as wet as it was at its minute 0, this one starts from; None: dry, warmed up by the rain that fell.

    Raises: NotFound, Invalid with the field and the mend.
    """
    check(solver=solver, precision=precision, minutes=minutes, rain=rain)
    with action(ctx, "simulate.run"):
        return enlist(
            ctx, over=ground.get(ctx, ground_ref), title=title, model=solver, rain=rain, purpose=purpose, before=before,
            params={"precision": precision, "minutes": minutes, "cn": cn, "wetness": wetness}, seed=ctx.world.seed,
        )  # fmt: skip


def enlist(
    ctx: Ctx,
    *,
    over: Ground,
    title: str,
    model: str,
    rain: Mapping[str, Any],
    params: Mapping[str, Any],
    told: Mapping[str, Any] | None = None,
    **fields: Any,
) -> str:
    """Put a run of any kind on the list, inside an action; gives its ref. `told`: what the journal keeps of it besides."""
    run = Run.objects.create(
        world_id=ctx.world.id,
        ref=next_ref(ctx, "S"),
        title=title.strip()[:120],
        place_id=over.place_id,
        ground=over,
        model=model,
        version=states.VERSION,
        params=dict(params),
        inputs={"rain": dict(rain)},
        by=ctx.actor.ref,
        ordered_at=ctx.now,
        **fields,
    )
    body = {
        "model": model,
        "precision": params["precision"],
        "minutes": params["minutes"],
        "ground": over.ref,
        "rain": rain["kind"],
        **(told or {}),
    }
    journal.append(ctx, "simulate.run.ordered", refs={"run": run.ref}, body=body, place=over.place.path)
    return run.ref


def check(*, solver: str, precision: str, minutes: int, rain: Mapping[str, Any]) -> None:
    """Raises: Invalid with the field and the mend."""
    if solver not in SOLVERS:
        raise Invalid("算法 {solver} 认不出。请选 li（局部惯性）或 godunov。", solver=solver)
    if precision not in PRECISIONS:
        raise Invalid("精度 {precision} 认不出。请选 f32 或 f64。", precision=precision)
    if not SHORTEST_MIN <= minutes <= LONGEST_MIN:
        raise Invalid("时长要在 {least} 到 {most} 分钟之间。", least=SHORTEST_MIN, most=LONGEST_MIN)
    if rain["kind"] == "design" and not 0 <= float(rain["mm_h"]) <= MOST_MM_H:
        raise Invalid("雨强要在 0 到 {most} 毫米每小时之间。", most=round(MOST_MM_H))


def cancel(ctx: Ctx, *, ref: str) -> None:
    """Stop a run: one that waits is struck, one that runs is told to stop at its next step. Raises: NotFound, Conflict."""
    with action(ctx, "simulate.run"):
        run = ctx.one(Run, ref)
        live = ctx.rows(Run).filter(ref=ref, state__in=Run.OPEN)
        if not live.update(state=State.CANCELLED, ended_at=ctx.now):
            raise Conflict("运行 {ref} 已经结束，不能再取消。", ref=ref)
        folders.stop(ctx.world.key, ref)
        journal.append(ctx, "simulate.run.cancelled", refs={"run": ref}, body={}, place=run.place.path)


def begin(ctx: Ctx, *, ref: str) -> bool:
    """Claim a run that waits; False when somebody else has it or it was cancelled."""
    with action(ctx, "simulate.run"):
        waiting = Run.objects.filter(world_id=ctx.world.id, ref=ref, state=State.QUEUED)
        return bool(waiting.update(state=State.RUNNING, started_at=ctx.now))


def finish(
    ctx: Ctx,
    *,
    ref: str,
    figures: Mapping[str, Any],
    villages: Mapping[int, VillageFound],
    reasons: Sequence[Reason],
    known_at: datetime,
    log: str = "",
) -> bool:
    """Take in what a run found, villages by the id of their place. A refused one keeps its figures and tells no village anything."""
    state = State.REFUSED if reasons else State.ACCEPTED
    with action(ctx, "simulate.run"):
        running = Run.objects.filter(world_id=ctx.world.id, ref=ref, state=State.RUNNING)
        if not running.update(
            state=state, ended_at=ctx.now, known_at=known_at, progress=100, figures=dict(figures),
            reasons=[reason.as_row() for reason in reasons], log=log,
        ):  # fmt: skip
            return False
        run = Run.objects.select_related("place").get(world_id=ctx.world.id, ref=ref)
        told = {} if reasons else villages
        VillageWater.objects.bulk_create(_row(run, place, each) for place, each in sorted(told.items()))
        body = {
            "state": str(state),
            "reasons": [reason.text for reason in reasons],
            "villages": by_code(run, told),
        }
        journal.append(ctx, f"simulate.run.{state}", refs={"run": ref}, body=body, place=run.place.path)
    return True


def by_code(run: Run, villages: Mapping[int, VillageFound]) -> list[dict[str, Any]]:
    """Villages that water comes to, by code: whole centimetres and a moment, nothing finer."""
    known = atlas().by_id
    rows = [
        {
            "place": known[place].code,
            "depth_cm": each.depth_cm,
            "at": journal.utc(_moment(run, each.arrives_min)),
            "households": each.households,
            **({"solver": each.solver} if each.solver else {}),
            **({} if each.share_percent is None else {"share_percent": each.share_percent}),
        }
        for place, each in villages.items()
        if each.arrives_min is not None
    ]
    return sorted(rows, key=lambda row: str(row["place"]))


def _row(run: Run, place: int, found: VillageFound) -> VillageWater:
    told = dict(vars(found))
    at = _moment(run, told.pop("arrives_min"))
    return VillageWater(world_id=run.world_id, run=run, place_id=place, arrives_at=at, **told)


def _moment(run: Run, minute: int | None) -> datetime | None:
    return None if minute is None else jobs.starts_at(run) + timedelta(minutes=minute)


def fail(ctx: Ctx, *, ref: str, log: str) -> None:
    """The run broke: its trace stays for whoever looks after the system."""
    with action(ctx, "simulate.run"):
        run = Run.objects.select_related("place").get(world_id=ctx.world.id, ref=ref)
        running = Run.objects.filter(pk=run.pk, state=State.RUNNING)
        if running.update(state=State.FAILED, ended_at=ctx.now, log=log[-20_000:]):
            journal.append(ctx, "simulate.run.failed", refs={"run": ref}, body={}, place=run.place.path)
