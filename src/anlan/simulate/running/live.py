"""Live mode 滚动预报: every ten minutes of hard rain the next three hours, going on from where the last run stands.

A cycle orders a run and lets it be computed beside; its answer may be used from the declared cost of a run on. In an exercise
that is what makes it honest: a forecast is known no sooner than the machine of that night could have had it.
"""

import logging
import traceback
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from anlan.foundation import health, journal, tasks
from anlan.foundation.actions import action
from anlan.foundation.context import Ctx
from anlan.foundation.errors import AnlanError, Conflict
from anlan.observe.queries import moments, soil
from anlan.simulate import queries
from anlan.simulate.actions import publishing
from anlan.simulate.actions.runs import begin, fail, finish
from anlan.simulate.events import CYCLE, PUBLISH
from anlan.simulate.models import Ground, LiveGround, Run
from anlan.simulate.rules.verdict import Reason
from anlan.simulate.running import ground, jobs, settings
from anlan.simulate.running.runner import runner

log = logging.getLogger(__name__)
PATIENCE = timedelta(seconds=5)
"""How often the live world looks whether a run has come back."""
LAG = timedelta(minutes=1)
"""The live world waits so long for the reports of a cycle's moment; an exercise has them at once."""


def start(ctx: Ctx, *, ground_ref: str, first: datetime | None = None) -> None:
    """Switch live forecasts on over a ground, from the running cycle on; switched on already, nothing changes.

    Raises: NotFound; Conflict for a made-up ground in the live world.
    """
    with action(ctx, "simulate.run"):
        over = ground.get(ctx, ground_ref)
        if ctx.world.is_live and over.synthetic:
            raise Conflict("{ref} 是合成地形，只能用在演练里。请先放入本地的地形。", ref=ground_ref)
        row, is_new = LiveGround.objects.get_or_create(
            world_id=ctx.world.id, ground=over, defaults={"since": ctx.now, "by": ctx.actor.ref}
        )
        if is_new:
            _schedule(ctx, row, first or _mark(ctx.now, settings.live(ctx, over)["cycle_min"]))
            journal.append(ctx, "simulate.live.on", refs={"ground": over.ref}, body={}, place=over.place.path)


def stop(ctx: Ctx, *, ground_ref: str) -> None:
    """Switch them off: a run that is under way is still taken in. Raises: NotFound, Conflict."""
    with action(ctx, "simulate.run"):
        over = ground.get(ctx, ground_ref)
        if not LiveGround.objects.filter(world_id=ctx.world.id, ground=over).delete()[0]:
            raise Conflict("{ref} 的滚动预报本来就停着。", ref=ground_ref)
        tasks.cancel(ctx, _key(over))
        journal.append(ctx, "simulate.live.off", refs={"ground": over.ref}, body={}, place=over.place.path)


def switched_on(ctx: Ctx) -> dict[int, LiveGround]:
    """Grounds over which this world looks ahead, by id."""
    return {row.ground_id: row for row in ctx.rows(LiveGround)}


def keep_going(ctx: Ctx) -> None:
    """Begin the cycles of every ground that is switched on and has none due: after a start, and where one died."""
    for row in LiveGround.objects.filter(world_id=ctx.world.id).select_related("ground__place"):
        if not tasks.is_waiting(ctx, _key(row.ground)):
            every = settings.live(ctx, row.ground)["cycle_min"]
            _schedule(ctx, row, _mark(ctx.now, every) + timedelta(minutes=every))


@dataclass(frozen=True)
class Missed:
    """Moments of a ground at which no forecast came of a cycle, and why the last did not."""

    ground: str
    place_id: int
    at: tuple[datetime, ...]
    why: str
    stands_since: datetime | None
    """None: a later cycle went well."""


def missed(ctx: Ctx, since: datetime) -> list[Missed]:
    """Where forecasts are switched on and some since then did not come: their cycle died, or their run broke."""
    died = {told["ref"]: trace for _, told, trace in tasks.past(ctx, "simulate:publish:", since) if trace}
    broken = Q(state=Run.State.FAILED) | Q(ref__in=list(died))
    found = []
    for row in ctx.rows(LiveGround).select_related("ground"):
        told = [(at, trace) for at, _, trace in tasks.past(ctx, _key(row.ground), since)]
        runs = ctx.rows(Run).filter(broken, ground=row.ground, purpose="live", ordered_at__gte=since)
        told += [(run.ordered_at, died.get(run.ref) or run.log or "Failed") for run in runs]
        told.sort(key=lambda each: (each[0], bool(each[1])))
        stands: datetime | None = None
        for at, trace in told:
            stands = (stands or at) if trace else None
        bad = [(at, trace) for at, trace in told if trace]
        if bad:
            why, moments_of = health.cause(bad[-1][1]), tuple(at for at, _ in bad)
            found.append(Missed(row.ground.ref, row.ground.place_id, moments_of, why, stands))
    return found


def _key(over: Ground) -> str:
    return f"simulate:cycle:{over.ref}:"


def _schedule(ctx: Ctx, row: LiveGround, at: datetime) -> None:
    """The cycle of a moment, once; switched off and on again within ten minutes it is another."""
    key = f"{_key(row.ground)}{journal.utc(at)}:{row.pk}"
    payload = {"ground": row.ground.ref, "at": at.isoformat()}
    due = at + LAG if ctx.world.is_live else at
    tasks.schedule(ctx, CYCLE, key=key, due_at=due, payload=payload)


def _mark(now: datetime, every_min: int) -> datetime:
    """The last moment of a cycle, on the hour and its parts."""
    return now - timedelta(minutes=now.minute % every_min, seconds=now.second, microseconds=now.microsecond)


@tasks.task(CYCLE, slow=True)
def _cycle(ctx: Ctx, payload: dict[str, Any]) -> None:
    """One cycle: order the run where it rains hard, and the next cycle in any case.

    Rain and job are read outside the transaction; what is cut off between order and submission is submitted by `_publish`.
    """
    row = LiveGround.objects.filter(world_id=ctx.world.id, ground__ref=payload["ground"]).first()
    if row is None:
        return
    over = ground.get(ctx, payload["ground"])
    told = settings.live(ctx, over)
    at = max(
        datetime.fromisoformat(payload["at"]), _mark(ctx.now, told["cycle_min"])
    )  # late: what is past is past
    next_at = at + timedelta(minutes=told["cycle_min"])
    if not _is_wet(ctx, over, told):
        with tasks.effect():
            _schedule(ctx, row, next_at)
        ground.prepare(over)
        return
    rain = {
        "kind": "stations",
        "until": at.isoformat(),
        "known_by": ctx.now.isoformat(),
        "back_min": told["back_min"],
        "nowcast": told["nowcast"],
    }
    here = moments.gauges_of(ctx, [over.place_id])
    wetness = soil.of_place(ctx, over.place.path, here).wetness or "wet"  # unknown is wet
    due = ctx.now + PATIENCE if ctx.world.is_live else at + timedelta(seconds=told["cost_s"])
    with tasks.effect():
        _schedule(ctx, row, next_at)
        ref = publishing.order_cycle(ctx, over=over, rain=rain, told=told, wetness=wetness)
        begin(ctx, ref=ref)
        key = f"simulate:publish:{ref}"
        tasks.schedule(ctx, PUBLISH, key=key, due_at=due, payload={"ref": ref, "try": 0})
    try:
        runner().submit(jobs.job_of(ctx, queries.run(ctx, ref)))
    except AnlanError as error:
        why = [Reason(error.text, error.values)]
        finish(ctx, ref=ref, figures={}, villages={}, reasons=why, known_at=ctx.now)


def _is_wet(ctx: Ctx, over: Ground, told: dict[str, Any]) -> bool:
    """Whether a gauge of the ground shows hard rain in the last hour, or a run of the last hours still goes on."""
    here = moments.gauges(ctx, at=ctx.now, path=over.place.path)
    most = max((gauge.rain_1h for gauge in here if gauge.rain_1h is not None), default=0)
    if most >= 10 * told["wakes_mm_1h"]:
        return True
    since = ctx.now - timedelta(minutes=told["stays_min"])
    recent = ctx.rows(Run).filter(ground=over, purpose="live", ordered_at__gt=since)
    return recent.exists() and most >= 10 * told["keeps_mm_1h"]


@tasks.task(PUBLISH, slow=True)
def _publish(ctx: Ctx, payload: dict[str, Any]) -> None:
    """Take in a cycle's answer: an exercise waits for it, the live world looks again in a moment."""
    run = queries.run(ctx, payload["ref"])
    if run.state != Run.State.RUNNING:
        return
    folder = str(queries.folder_of(ctx, run))
    if folder not in runner().given():  # an engine before this one began it
        runner().submit(jobs.job_of(ctx, run))
    if ctx.world.is_live and not runner().is_done(folder):
        again = {"ref": run.ref, "try": payload["try"] + 1}
        key = f"simulate:publish:{run.ref}:{again['try']}"
        with tasks.effect():
            tasks.schedule(ctx, PUBLISH, key=key, due_at=ctx.now + PATIENCE, payload=again)
        return
    try:
        found = runner().take(folder)
    except (
        Exception
    ):  # it broke in its own process: told to whoever looks, and the next cycle begins from an older state
        log.exception("run %s of %s failed", run.ref, ctx.world.key)
        with tasks.effect():
            fail(ctx, ref=run.ref, log=traceback.format_exc())
        return
    with tasks.effect():
        publishing.publish(ctx, run=run, found=found)
