"""Looking back at live forecasts: which was the first that spoke of water at a place, and from which reading."""

from datetime import datetime

from anlan.foundation.context import Ctx
from anlan.simulate import jobs
from anlan.simulate.models import Run, VillageWater


def first_with_water(ctx: Ctx, *, path: str) -> Run | None:
    """The first accepted live run by which water comes to a village below a path; None where none says so."""
    wet = ctx.rows(VillageWater).filter(place__path__startswith=path).exclude(arrives_at=None)
    rows = ctx.rows(Run).filter(purpose="live", state=Run.State.ACCEPTED, pk__in=wet.values("run"))
    return rows.select_related("ground", "place").order_by("known_at", "pk").first()


def reading_at(run: Run) -> datetime:
    """Until when a run knows the rain: nothing later went into it."""
    return jobs.starts_at(run)
