"""Call-downs row by row, within scope: for the API and for pages that need no more."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from anlan.call.calldown_rows import seen
from anlan.call.models import Answer, CallDown, CallLine
from anlan.foundation.context import Ctx
from anlan.foundation.paging import Cut, Part, take
from anlan.foundation.rows import shape
from anlan.places.atlas import Place, atlas


@dataclass(frozen=True)
class CallDownRecord:
    """叫应 of one township: how many lines, how many of them settled."""

    ref: str
    place: Place
    grade: int
    stage: str
    cause: str
    opened_at: datetime
    closed_at: datetime | None
    held_at: datetime | None
    lines: int
    settled: int


@dataclass(frozen=True)
class LineRecord:
    """叫应的一行: one village or department, and how far it is."""

    key: str
    kind: str
    place: Place
    state: str
    opened_at: datetime
    door_check_at: datetime | None
    settled_at: datetime | None


@dataclass(frozen=True)
class AnswerRecord:
    """应答. `kind`: 1 received, 2 at post, 3 moving people, 4 moved, 5 need help. `holder` is a ref, never a name."""

    holder: str
    kind: int
    at: datetime
    channel: str
    households: int | None
    people: int | None


def call_downs(ctx: Ctx, *, is_open: bool = False, cut: Cut | None = None) -> Part[CallDownRecord]:
    """Call-downs, newest first."""
    rows = _counted(ctx).order_by("-opened_at", "-pk")
    return take(rows.filter(closed_at=None) if is_open else rows, _call_down, cut)


def call_down(ctx: Ctx, ref: str) -> CallDownRecord:
    """Raises: NotFound."""
    return _call_down(ctx.one(_counted(ctx), ref))


def lines(ctx: Ctx, ref: str) -> list[LineRecord]:
    """The lines of a call-down that lie within scope."""
    rows = ctx.rows(CallLine).filter(call_down__ref=ref).order_by("key")
    return [
        LineRecord(
            r.key, r.kind, atlas().by_id[r.place_id], r.state, r.opened_at, r.door_check_at, r.settled_at
        )
        for r in rows
    ]


def answers(ctx: Ctx, ref: str) -> list[AnswerRecord]:
    """What was said in a call-down, within scope, in the order in which it came."""
    rows = ctx.rows(Answer).filter(call_down__ref=ref).select_related("holder").order_by("pk")
    return [AnswerRecord(r.holder.ref, r.kind, r.at, r.channel, r.households, r.people) for r in rows]


def _counted(ctx: Ctx) -> QuerySet[CallDown]:
    mine = ctx.rows(CallLine).filter(call_down=OuterRef("pk")).order_by().values("call_down")
    settled = mine.exclude(settled_at=None)
    return seen(ctx).annotate(
        lines=Coalesce(Subquery(mine.annotate(n=Count("pk")).values("n")), 0),
        settled=Coalesce(Subquery(settled.annotate(n=Count("pk")).values("n")), 0),
    )


def _call_down(row: CallDown) -> CallDownRecord:
    return shape(CallDownRecord, row, place=atlas().by_id[row.place_id])
