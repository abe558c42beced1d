"""Reading runs and what they told; the forecast that holds."""

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from pathlib import Path

from anlan.foundation.context import Ctx
from anlan.foundation.kept import asked_once
from anlan.places.atlas import Place, atlas
from anlan.simulate.computing import folders
from anlan.simulate.computing.shapes import NOBODY, VillageSaid
from anlan.simulate.models import Run, VillageWater

HOLDS = timedelta(minutes=30)
"""A live forecast older than this is no longer shown as the present one."""
SAID = tuple(field.name for field in fields(VillageSaid))


@dataclass(frozen=True, kw_only=True)
class VillageForecast(VillageSaid):
    """What a run says of one village, as it is read: with the moment of the first 0.3 m, None where it stays below."""

    place: Place
    arrives_at: datetime | None

    @property
    def is_unsaid(self) -> bool:
        """The model is outside its range here, and no other could be asked: nobody speaks of this village."""
        return self.solver == NOBODY

    @property
    def depth_m(self) -> float:
        return self.depth_cm / 100


def runs(ctx: Ctx, *, limit: int = 100, purpose: str = "") -> list[Run]:
    """Runs within scope, the newest first."""
    rows = ctx.rows(Run).select_related("ground__place", "place").order_by("-pk")
    return list(rows.filter(purpose=purpose)[:limit] if purpose else rows[:limit])


def ensembles(ctx: Ctx, *, limit: int = 100) -> list[Run]:
    """Ensembles within scope, the newest first."""
    rows = ctx.rows(Run).select_related("ground__place", "place").filter(kind="ensemble")
    return list(rows.order_by("-pk")[:limit])


def comparable(ctx: Ctx, *, limit: int = 100) -> list[Run]:
    """Runs within scope that may speak, the newest first: what can be held against each other."""
    rows = ctx.rows(Run).select_related("ground__place", "place").filter(state=Run.State.ACCEPTED)
    return list(rows.order_by("-pk")[:limit])


def run(ctx: Ctx, ref: str) -> Run:
    """One run within scope. Raises: NotFound."""
    return ctx.one(ctx.rows(Run).select_related("ground__place", "place", "before"), ref)


def folder_of(ctx: Ctx, found: Run) -> Path:
    """Where a run's grids lie."""
    return folders.folder(ctx.world.key, found.ref)


def progress_of(ctx: Ctx, found: Run) -> int:
    """Percent done, as the running process last told."""
    return folders.progress(folder_of(ctx, found)) if found.state == Run.State.RUNNING else found.progress


def water(ctx: Ctx, found: Run) -> list[VillageForecast]:
    """The villages of a run within scope, the deepest first; a refused run tells of none."""
    rows = ctx.rows(VillageWater).filter(run=found).order_by("-depth_cm", "place__path")
    known = atlas().by_id
    return [
        VillageForecast(
            place=known[row.place_id],
            arrives_at=row.arrives_at,
            **{name: getattr(row, name) for name in SAID},
        )
        for row in rows
    ]


def unmodelled(ctx: Ctx, found: Run) -> list[Place]:
    """未模拟: villages of the run's place within scope of which it says nothing, since no home of theirs stands on its ground.

    Never to be read as dry. None of a run that was not accepted: that one says nothing of anybody.
    """
    if found.state != Run.State.ACCEPTED:
        return []
    told = set(VillageWater.objects.filter(run=found).values_list("place_id", flat=True))
    here = (p for p in atlas().walk(4) if p.path.startswith(found.place.path) and ctx.scope.holds(p.path))
    return [place for place in here if place.id not in told]


@asked_once
def forecast(ctx: Ctx, *, at: datetime | None = None) -> Run | None:
    """The newest accepted live run that was known by a moment and still holds; None where there is none."""
    moment = at or ctx.now
    rows = (
        ctx.rows(Run)
        .select_related("ground__place", "place")
        .filter(purpose="live", state=Run.State.ACCEPTED)
    )
    return rows.filter(known_at__lte=moment, known_at__gt=moment - HOLDS).order_by("-known_at", "-pk").first()
