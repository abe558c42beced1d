"""Looking back at live forecasts: which was the first that spoke of water at a place, and from which reading."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max

from anlan.foundation.context import Ctx
from anlan.simulate.computing.shapes import NOBODY
from anlan.simulate.models import Run, VillageWater
from anlan.simulate.running import jobs


def first_with_water(ctx: Ctx, *, path: str) -> Run | None:
    """The first accepted live run by which water comes to a village below a path; None where none says so."""
    wet = ctx.rows(VillageWater).filter(place__path__startswith=path).exclude(arrives_at=None)
    rows = ctx.rows(Run).filter(purpose="live", state=Run.State.ACCEPTED, pk__in=wet.values("run"))
    return rows.select_related("ground", "place").order_by("known_at", "pk").first()


def reading_at(run: Run) -> datetime:
    """Until when a run knows the rain: nothing later went into it."""
    return jobs.starts_at(run)


@dataclass(frozen=True, kw_only=True)
class Swiftness:
    """急流: of all accepted live runs the greatest share of swift cells around a village, and how often one was asked of Godunov."""

    runs: int
    most_percent: int
    again: int
    nobody: int


def swiftness(ctx: Ctx, *, path: str) -> Swiftness:
    """How the live runs of a world stood to the range of local inertial, at the villages below a path."""
    runs = ctx.rows(Run).filter(purpose="live", state=Run.State.ACCEPTED)
    rows = ctx.rows(VillageWater).filter(run__in=runs, place__path__startswith=path)
    return Swiftness(
        runs=runs.count(),
        most_percent=rows.aggregate(most=Max("fast_percent"))["most"] or 0,
        again=rows.filter(solver="godunov").count(),
        nobody=rows.filter(solver=NOBODY).count(),
    )
