"""Live mode 滚动预报: every ten minutes of hard rain the next three hours, going on from where the last run stands.

A cycle orders a run and lets it be computed beside; its answer may be used from the declared cost of a run on. In an exercise
that is what makes it honest: a forecast is known no sooner than the machine of that night could have had it.
"""

from datetime import datetime, timedelta
from typing import Any

from anlan.foundation import journal, packs, tasks
from anlan.foundation.context import Ctx
from anlan.foundation.errors import AnlanError
from anlan.foundation.home import home
from anlan.foundation.worlds import beijing
from anlan.observe import moments, soil
from anlan.places.queries import atlas
from anlan.simulate import actions, ground, jobs, queries
from anlan.simulate.actions import publishing
from anlan.simulate.models import Ground, Run
from anlan.simulate.rules.verdict import Reason
from anlan.simulate.runner import runner

PATIENCE = timedelta(seconds=5)
"""How often the live world looks whether a run has come back."""


def start(ctx: Ctx, *, ground_ref: str, first: datetime) -> None:
    """Let the cycles of a ground begin; asked again, nothing begins twice."""
    over = ground.get(ctx, ground_ref)
    _schedule(ctx, over, first)


def _schedule(ctx: Ctx, over: Ground, at: datetime) -> None:
    key = f"simulate:cycle:{over.ref}:{journal.utc(at)}"
    tasks.schedule(
        ctx, "simulate.cycle", key=key, due_at=at, payload={"ground": over.ref, "at": at.isoformat()}
    )


def settings(ctx: Ctx, over: Ground) -> dict[str, Any]:
    """The live forecast's pack: cycle, horizon, cost, baseline, and the rain that wakes it."""
    place = atlas().by_id[over.place_id]
    pack = packs.load_all(home=home()).the("live_forecast", on=beijing(ctx.now).date(), division=place.code)
    return dict(pack.data["live"])


@tasks.task("simulate.cycle")
def _cycle(ctx: Ctx, payload: dict[str, Any]) -> None:
    """One cycle: order the run where it rains hard, and the next cycle in any case."""
    over, at = ground.get(ctx, payload["ground"]), datetime.fromisoformat(payload["at"])
    told = settings(ctx, over)
    _schedule(
        ctx,
        over,
        max(at, ctx.now - timedelta(minutes=told["cycle_min"])) + timedelta(minutes=told["cycle_min"]),
    )
    if not _is_wet(ctx, over, told):
        ground.prepare(over)
        return
    rain = {
        "kind": "stations",
        "until": at.isoformat(),
        "back_min": told["back_min"],
        "nowcast": told["nowcast"],
    }
    here = moments.gauges_of(ctx, [over.place_id])
    wetness = soil.of_place(ctx, over.place.path, here).wetness or "wet"  # unknown is wet
    ref = publishing.order_cycle(ctx, over=over, rain=rain, told=told, wetness=wetness)
    actions.begin(ctx, ref=ref)
    try:
        runner().submit(jobs.job_of(ctx, queries.run(ctx, ref)))
    except AnlanError as error:
        why = [Reason(error.text, error.values)]
        actions.finish(ctx, ref=ref, figures={}, water=[], reasons=why, known_at=ctx.now)
        return
    due = at + timedelta(seconds=told["cost_s"])
    tasks.schedule(
        ctx, "simulate.publish", key=f"simulate:publish:{ref}", due_at=due, payload={"ref": ref, "try": 0}
    )


def _is_wet(ctx: Ctx, over: Ground, told: dict[str, Any]) -> bool:
    """Whether a gauge of the ground shows hard rain in the last hour, or a run of the last hours still goes on."""
    here = moments.gauges(ctx, at=ctx.now, path=over.place.path)
    most = max((gauge.rain_1h for gauge in here if gauge.rain_1h is not None), default=0)
    if most >= 10 * told["wakes_mm_1h"]:
        return True
    since = ctx.now - timedelta(minutes=told["stays_min"])
    recent = ctx.rows(Run).filter(ground=over, purpose="live", ordered_at__gt=since)
    return recent.exists() and most >= 10 * told["keeps_mm_1h"]


@tasks.task("simulate.publish")
def _publish(ctx: Ctx, payload: dict[str, Any]) -> None:
    """Take in a cycle's answer: an exercise waits for it, the live world looks again in a moment."""
    run = queries.run(ctx, payload["ref"])
    if run.state != Run.State.RUNNING:
        return
    folder = str(queries.folder_of(ctx, run))
    if not runner().knows(folder):  # an engine before this one began it
        runner().submit(jobs.job_of(ctx, run))
    if ctx.world.is_live and not runner().is_done(folder):
        again = {"ref": run.ref, "try": payload["try"] + 1}
        key = f"simulate:publish:{run.ref}:{again['try']}"
        tasks.schedule(ctx, "simulate.publish", key=key, due_at=ctx.now + PATIENCE, payload=again)
        return
    publishing.publish(ctx, run=run, found=runner().take(folder))
