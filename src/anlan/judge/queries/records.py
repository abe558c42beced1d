"""Findings row by row, within scope: for the API and for pages that need no more."""

from dataclasses import dataclass
from datetime import datetime

from anlan.foundation.context import Ctx
from anlan.foundation.paging import Cut, Part, take
from anlan.foundation.rows import shape
from anlan.judge.models import Exceedance
from anlan.places.atlas import Place, atlas


@dataclass(frozen=True)
class Finding:
    """超警, a 系统研判: never a warning signal. `value` and `threshold` in 0.1 mm (rain) or cm (stage)."""

    ref: str
    pack: str
    version: str
    place: Place
    station: str
    level: int
    stage: str
    onset: datetime
    known_at: datetime
    ended_at: datetime | None
    quantity: str
    value: int
    threshold: int
    window_min: int | None
    at_least: bool


def findings(ctx: Ctx, *, is_open: bool = False, path: str = "", cut: Cut | None = None) -> Part[Finding]:
    """Exceedances, newest first."""
    rows = ctx.rows(Exceedance).filter(place__path__startswith=path).select_related("station")
    rows = rows.filter(ended_at=None) if is_open else rows
    return take(rows.order_by("-onset", "-pk"), _finding, cut)


def finding(ctx: Ctx, ref: str) -> Finding:
    """Raises: NotFound."""
    return _finding(ctx.one(Exceedance, ref))


def _finding(row: Exceedance) -> Finding:
    station = row.station.address if row.station else ""
    return shape(Finding, row, place=atlas().by_id[row.place_id], station=station, version=row.rule_version)
