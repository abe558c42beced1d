"""Moves row by row, within scope: for the API and for pages that need no more."""

from dataclasses import dataclass
from datetime import datetime

from anlan.foundation.context import Ctx
from anlan.foundation.paging import Cut, Part, take
from anlan.foundation.rows import shape
from anlan.move.models import Evacuation
from anlan.places.atlas import Place, atlas


@dataclass(frozen=True)
class EvacuationRecord:
    """转移 of one village."""

    ref: str
    place: Place
    stage: str
    stage_at: datetime
    began_at: datetime
    ordered_by: str
    households_to_move: int
    people_to_move: int
    households_moving: int
    households_moved: int
    people_moved: int
    households_named: int
    households_refused: int
    counted_at: datetime | None


def evacuations(ctx: Ctx, *, path: str = "", cut: Cut | None = None) -> Part[EvacuationRecord]:
    """Moves, newest first."""
    rows = ctx.rows(Evacuation).filter(place__path__startswith=path).order_by("-began_at", "-pk")
    return take(rows, _evacuation, cut)


def evacuation(ctx: Ctx, ref: str) -> EvacuationRecord:
    """Raises: NotFound."""
    return _evacuation(ctx.one(Evacuation, ref))


def _evacuation(row: Evacuation) -> EvacuationRecord:
    return shape(EvacuationRecord, row, place=atlas().by_id[row.place_id])
