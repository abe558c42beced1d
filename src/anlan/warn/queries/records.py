"""Alerts row by row, within scope: for the API and for pages that need no more."""

from dataclasses import dataclass
from datetime import datetime

from anlan.foundation.context import Ctx
from anlan.foundation.paging import Cut, Part, take
from anlan.foundation.rows import shape
from anlan.places.atlas import Place, atlas
from anlan.warn import alert_rows
from anlan.warn.models import Alert
from anlan.warn.rules.alert.shapes import CoSigner


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


def alerts(ctx: Ctx, *, states: tuple[str, ...] = (), cut: Cut | None = None) -> Part[AlertRecord]:
    """Alerts that lie in, or name, a place within scope; newest first."""
    seen = ctx.rows(Alert).values("pk")
    rows = Alert.objects.filter(pk__in=seen).prefetch_related("names").order_by("-drafted_at", "-pk")
    return take(rows.filter(state__in=states) if states else rows, _alert, cut)


def alert(ctx: Ctx, ref: str) -> AlertRecord:
    """Raises: NotFound."""
    return _alert(ctx.one(Alert, ref))


def _alert(row: Alert) -> AlertRecord:
    names = tuple(atlas().by_id[d.pk] for d in row.names.all() if d.pk in atlas().by_id)
    joint = tuple(_joint(each) for each in alert_rows.cosigners(row))
    return shape(
        AlertRecord, row, place=atlas().by_id[row.place_id], names=names, issuer=row.issuer_name, joint=joint
    )


def _joint(each: CoSigner) -> JointRecord:
    """An agreement at the desk is signed with it; one on the telephone only when its leader signs."""
    is_verbal = each.verbal is not None
    signed_at = each.countersigned_at if is_verbal else each.at
    return JointRecord(unit=each.name, agreed_at=each.at, by_telephone=is_verbal, signed_at=signed_at)
