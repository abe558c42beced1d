"""What happened, row by row, within scope: lists and single things for the API and for pages that need no more."""

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, TypeVar

from django.db.models import Count, Model, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from anlan.foundation.context import Ctx
from anlan.foundation.errors import NotFound
from anlan.foundation.paging import Cut, Part, take
from anlan.places.queries import Place, atlas
from anlan.warn import alert_rows
from anlan.warn.models import Alert, Answer, CallDown, CallLine, Evacuation, Exceedance
from anlan.warn.rules.alert import CoSigner

M = TypeVar("M", bound=Model)
T = TypeVar("T")


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


@dataclass(frozen=True)
class AlertRecord:
    """预警, imported or own; without what was said on the telephone."""

    ref: str
    kind: str
    source: str
    issuer: str
    event_type: str
    level: int
    message: str
    state: str
    place: Place
    names: tuple[Place, ...]
    headline: str
    description: str
    instruction: str
    drafted_at: datetime
    approved_at: datetime | None
    approval: str
    issued_at: datetime | None
    expires_at: datetime | None
    ended_at: datetime | None
    doubtful: str
    joint: tuple["JointRecord", ...]


@dataclass(frozen=True)
class JointRecord:
    """联合发布单位: a unit that issues it as well; without its agreement the alert is not issued."""

    unit: str
    agreed_at: datetime | None
    by_telephone: bool
    signed_at: datetime | None


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
    households_refused: int
    counted_at: datetime | None


def findings(ctx: Ctx, *, is_open: bool = False, path: str = "", cut: Cut | None = None) -> Part[Finding]:
    """Exceedances, newest first."""
    rows = ctx.rows(Exceedance).filter(place__path__startswith=path).select_related("station")
    rows = rows.filter(ended_at=None) if is_open else rows
    return take(rows.order_by("-onset", "-pk"), _finding, cut)


def finding(ctx: Ctx, ref: str) -> Finding:
    """Raises: NotFound."""
    return _finding(_one(ctx, Exceedance, ref))


def alerts(ctx: Ctx, *, states: tuple[str, ...] = (), cut: Cut | None = None) -> Part[AlertRecord]:
    """Alerts that lie in, or name, a place within scope; newest first."""
    seen = ctx.rows(Alert).values("pk")
    rows = Alert.objects.filter(pk__in=seen).prefetch_related("names").order_by("-drafted_at", "-pk")
    return take(rows.filter(state__in=states) if states else rows, _alert, cut)


def alert(ctx: Ctx, ref: str) -> AlertRecord:
    """Raises: NotFound."""
    return _alert(_one(ctx, Alert, ref))


def call_downs(ctx: Ctx, *, is_open: bool = False, cut: Cut | None = None) -> Part[CallDownRecord]:
    """Call-downs, newest first."""
    rows = _counted(ctx).order_by("-opened_at", "-pk")
    return take(rows.filter(closed_at=None) if is_open else rows, _call_down, cut)


def call_down(ctx: Ctx, ref: str) -> CallDownRecord:
    """Raises: NotFound."""
    row = _counted(ctx).filter(ref=ref).first()
    if row is None:
        raise NotFound("没有编号为 {ref} 的记录，或不在您的范围内。", ref=ref)
    return _call_down(row)


def lines(ctx: Ctx, ref: str) -> list[LineRecord]:
    """The lines of a call-down that lie within scope."""
    rows = ctx.rows(CallLine).filter(call_down__ref=ref).order_by("key")
    return [
        LineRecord(r.key, r.kind, _place(r), r.state, r.opened_at, r.door_check_at, r.settled_at)
        for r in rows
    ]


def answers(ctx: Ctx, ref: str) -> list[AnswerRecord]:
    """What was said in a call-down, within scope, in the order in which it came."""
    rows = ctx.rows(Answer).filter(call_down__ref=ref).select_related("holder").order_by("pk")
    return [AnswerRecord(r.holder.ref, r.kind, r.at, r.channel, r.households, r.people) for r in rows]


def evacuations(ctx: Ctx, *, path: str = "", cut: Cut | None = None) -> Part[EvacuationRecord]:
    """Moves, newest first."""
    rows = ctx.rows(Evacuation).filter(place__path__startswith=path).order_by("-began_at", "-pk")
    return take(rows, _evacuation, cut)


def evacuation(ctx: Ctx, ref: str) -> EvacuationRecord:
    """Raises: NotFound."""
    return _evacuation(_one(ctx, Evacuation, ref))


def _one(ctx: Ctx, model: type[M], ref: str) -> M:
    row = ctx.rows(model).filter(ref=ref).first()
    if row is None:
        raise NotFound("没有编号为 {ref} 的记录，或不在您的范围内。", ref=ref)
    return row


def _counted(ctx: Ctx) -> QuerySet[CallDown]:
    mine = CallLine.objects.filter(call_down=OuterRef("pk")).order_by().values("call_down")
    settled = mine.exclude(settled_at=None)
    return ctx.rows(CallDown).annotate(
        lines=Coalesce(Subquery(mine.annotate(n=Count("pk")).values("n")), 0),
        settled=Coalesce(Subquery(settled.annotate(n=Count("pk")).values("n")), 0),
    )


def _place(row: Any) -> Place:
    return atlas().by_id[row.place_id]


def _plain(shape: type[T], row: Any, **own: Any) -> T:
    """The record whose fields the row has by the same names, but for its own."""
    same = {f.name: getattr(row, f.name) for f in fields(shape) if f.name not in own}  # type: ignore[arg-type]
    return shape(**same, **own)


def _finding(row: Exceedance) -> Finding:
    station = row.station.address if row.station else ""
    return _plain(Finding, row, place=_place(row), station=station, version=row.rule_version)


def _alert(row: Alert) -> AlertRecord:
    names = tuple(atlas().by_id[d.pk] for d in row.names.all() if d.pk in atlas().by_id)
    joint = tuple(_joint(each) for each in alert_rows.cosigners(row))
    return _plain(AlertRecord, row, place=_place(row), names=names, issuer=row.issuer_name, joint=joint)


def _joint(each: CoSigner) -> JointRecord:
    """An agreement at the desk is signed with it; one on the telephone only when its leader signs."""
    is_verbal = each.verbal is not None
    signed_at = each.countersigned_at if is_verbal else each.at
    return JointRecord(unit=each.name, agreed_at=each.at, by_telephone=is_verbal, signed_at=signed_at)


def _call_down(row: CallDown) -> CallDownRecord:
    return _plain(CallDownRecord, row, place=_place(row))


def _evacuation(row: Evacuation) -> EvacuationRecord:
    return _plain(EvacuationRecord, row, place=_place(row))
