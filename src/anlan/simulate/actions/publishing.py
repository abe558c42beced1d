"""What a computed run becomes: accepted with its villages, or refused; a live one is a forecast that others act on."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from anlan.foundation import journal
from anlan.foundation.context import Ctx
from anlan.places.atlas import atlas
from anlan.simulate.actions.runs import by_code, finish, order
from anlan.simulate.computing import states
from anlan.simulate.computing.shapes import NOBODY, Found, VillageFound
from anlan.simulate.models import Ground, Run
from anlan.simulate.rules import verdict
from anlan.simulate.running import jobs


def order_cycle(
    ctx: Ctx, *, over: Ground, rain: Mapping[str, Any], told: Mapping[str, Any], wetness: str
) -> str:
    """Order a live run that goes on from the last accepted one of this ground, where there is one."""
    rows = ctx.rows(Run).filter(ground=over, purpose="live", state=Run.State.ACCEPTED, version=states.VERSION)
    last = rows.order_by("-ordered_at", "-pk").first()
    fresh = last is not None and ctx.now - jobs.starts_at(last) <= timedelta(minutes=told["stays_min"])
    return order(
        ctx, title="", ground_ref=over.ref, solver=told["solver"], precision=told["precision"],
        minutes=told["horizon_min"], rain=rain, purpose="live", before=last if fresh else None, cn=float(told["cn"]), wetness=wetness,
    )  # fmt: skip


def publish(ctx: Ctx, *, run: Run, found: Found) -> None:
    """Judge what a run found, keep it, and tell of it."""
    reasons = verdict.reasons(found.checks)
    kept = finish(
        ctx, ref=run.ref, figures=found.figures, villages=found.villages, reasons=reasons, known_at=ctx.now, log=found.log
    )  # fmt: skip
    if kept and run.purpose == "live" and not reasons:
        _tell(ctx, run, found.villages)


def _tell(ctx: Ctx, run: Run, villages: Mapping[int, VillageFound]) -> None:
    """A forecast: which villages, how deep, when; and of which it says nothing. What warns reads it from here."""
    known = atlas().by_id
    silent = [p for p in jobs.villages_of(known[run.place_id]) if p.id not in villages]
    body = {
        "from": journal.utc(jobs.starts_at(run)),
        "minutes": run.params["minutes"],
        "synthetic": run.ground.synthetic,
        "villages": by_code(run, villages),
        "unsaid": sorted(known[place].code for place, each in villages.items() if each.solver == NOBODY),
        "unmodelled": sorted(place.code for place in silent),
    }
    journal.append(ctx, "simulate.forecast.made", refs={"run": run.ref}, body=body, place=run.place.path)
