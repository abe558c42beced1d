"""What a computed run becomes: accepted with its villages, or refused; a live one is a forecast that others act on."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from anlan.foundation import journal
from anlan.foundation.context import Ctx
from anlan.places.queries import atlas
from anlan.simulate import jobs
from anlan.simulate.actions.runs import Water, by_code, finish, order
from anlan.simulate.models import Ground, Run
from anlan.simulate.rules import verdict
from anlan.simulate.shapes import NOBODY, Found


def order_cycle(
    ctx: Ctx, *, over: Ground, rain: Mapping[str, Any], told: Mapping[str, Any], wetness: str
) -> str:
    """Order a live run that goes on from the last accepted one of this ground, where there is one."""
    rows = ctx.rows(Run).filter(ground=over, purpose="live", state=Run.State.ACCEPTED)
    last = rows.order_by("-ordered_at", "-pk").first()
    fresh = last is not None and ctx.now - jobs.starts_at(last) <= timedelta(minutes=told["stays_min"])
    return order(
        ctx, title="", ground_ref=over.ref, solver=told["solver"], precision=told["precision"],
        minutes=told["horizon_min"], rain=rain, purpose="live", before=last if fresh else None, cn=float(told["cn"]), wetness=wetness,
    )  # fmt: skip


def publish(ctx: Ctx, *, run: Run, found: Found) -> None:
    """Judge what a run found, keep it, and tell of it."""
    reasons = verdict.reasons(found.checks)
    water = waters_of(run, found)
    kept = finish(
        ctx, ref=run.ref, figures=found.figures, water=water, reasons=reasons, known_at=ctx.now, log=found.log
    )
    if kept and run.purpose == "live" and not reasons:
        _tell(ctx, run, water)


def waters_of(run: Run, found: Found) -> list[Water]:
    """What was found, by village, with moments in place of minutes."""
    begins = jobs.starts_at(run)
    own = ("depth_cm", "households", "curve", "fast_percent", "solver", "share_percent", "low_cm", "high_cm")
    return [
        Water(
            place_id=place,
            arrives_at=None if each.arrives_min is None else begins + timedelta(minutes=each.arrives_min),
            **{name: getattr(each, name) for name in own},
        )
        for place, each in sorted(found.villages.items())
    ]


def _tell(ctx: Ctx, run: Run, water: Sequence[Water]) -> None:
    """A forecast: which villages, how deep, when; and of which it says nothing. What warns reads it from here."""
    known = atlas().by_id
    modelled = {each.place_id for each in water}
    silent = [p for p in jobs.villages_of(atlas().by_id[run.place_id]) if p.id not in modelled]
    body = {
        "from": journal.utc(jobs.starts_at(run)),
        "minutes": run.params["minutes"],
        "synthetic": run.ground.synthetic,
        "villages": by_code(water),
        "unsaid": sorted(known[each.place_id].code for each in water if each.solver == NOBODY),
        "unmodelled": sorted(place.code for place in silent),
    }
    journal.append(ctx, "simulate.forecast.made", refs={"run": run.ref}, body=body, place=run.place.path)
