"""Of the public alerts: what waits for review, approval, a signature or the issue."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from anlan.foundation import shelf
from anlan.foundation.context import Ctx
from anlan.foundation.rules.grade import Grade
from anlan.foundation.rules.pack import minutes, table
from anlan.places.atlas import Place, atlas
from anlan.ui.due import Wait
from anlan.warn import alert_rows
from anlan.warn.actions.alerts.importing import NOT_VERIFIED
from anlan.warn.models import Alert
from anlan.warn.rules.alert.shapes import CoSigner

LOOK_BACK = timedelta(hours=12)


def alerts_waiting(ctx: Ctx, at: datetime | None, path: str) -> Iterator[Wait]:
    """Own alerts between draft and issue, and approvals by telephone not yet signed."""
    now = at or ctx.now
    rows = (
        ctx.rows(Alert).filter(source="own", drafted_at__gte=now - LOOK_BACK, drafted_at__lte=now).distinct()
    )
    for row in rows.order_by("pk"):
        place = atlas().by_id[row.place_id]
        if not place.path.startswith(path):
            continue
        step = _step(row, now, is_now=at is None)
        unsigned = _unsigned(row, now) if step in ("approve", "confirm", "issue") else []
        if step and not (step == "issue" and unsigned):
            yield _wait(ctx, row, place, step)
        for unit in unsigned:
            yield _wait(ctx, row, place, "cosign", unit=unit)
        if step != "finish":
            for each in _owed(row, now):
                yield _wait(ctx, row, place, "cosign_signature", unit=each)


def sources_to_confirm(ctx: Ctx, at: datetime | None, path: str) -> Iterator[Wait]:
    """Warnings that came as files nobody's certificate vouches for: they call nobody until an officer has asked."""
    rows = (
        ctx.rows(Alert)
        .filter(source="imported", state="issued", doubtful__startswith=NOT_VERIFIED)
        .distinct()
    )
    for row in rows.filter(drafted_at__lte=at or ctx.now).order_by("pk"):
        place = atlas().by_id[row.place_id]
        if place.path.startswith(path) or path.startswith(place.path):
            yield _wait(ctx, row, place, "source")


def _wait(ctx: Ctx, row: Alert, place: Place, step: str, *, unit: CoSigner | None = None) -> Wait:
    since = {
        "finish": row.drafted_at,
        "source": row.drafted_at,
        "approve": row.submitted_at,
        "cosign": row.submitted_at,
    }.get(step, unit.at if unit else row.approved_at)
    if unit and step == "cosign_signature":
        due = unit.countersign_due_at
    else:
        due = row.countersign_by if step == "countersign" else _due(ctx, row, place.code, step, since)
    facts = {
        "step": step,
        "ref": row.ref,
        "headline": row.headline,
        "grade": Grade(row.level),
        "kind": row.kind,
        "proposed": bool(row.cause),
        "drafted_by": row.drafted_by,
        "unit": unit.name if unit else "",
    }
    key = f"alert:{row.ref}:{step}" + (f":{unit.unit}" if unit else "")
    return Wait(kind="alert", key=key, place=place, since=since or row.drafted_at, due_at=due, facts=facts)


def _unsigned(row: Alert, now: datetime) -> list[CoSigner]:
    """The units that had not agreed by then to what they issue jointly."""
    return [each for each in alert_rows.cosigners(row) if not _come(each.at, now)]


def _owed(row: Alert, now: datetime) -> list[CoSigner]:
    """The units that had agreed by telephone and not signed by then."""
    heard = [each for each in alert_rows.cosigners(row) if each.verbal and _come(each.at, now)]
    return [each for each in heard if not _come(each.countersigned_at, now)]


def _step(row: Alert, now: datetime, *, is_now: bool) -> str:
    """The next step of an alert at a moment; empty when none waits."""
    if alert_rows.has_lapsed(row, now):
        return ""
    if is_now and row.state in ("review", "approved") and alert_rows.state_of(row).unconfirmed:
        return "confirm"
    if is_now and row.state in ("draft", "review", "approved"):
        return {"draft": "finish", "review": "approve", "approved": "issue"}[row.state]
    if is_now and row.state not in ("issued", "updated"):
        return ""
    if row.ended_at is not None and row.ended_at <= now:
        return ""
    if _come(row.issued_at, now):
        is_owed = row.approval == "verbal" and row.countersign_by is not None
        return "countersign" if is_owed and not _come(row.countersigned_at, now) else ""
    if _come(row.approved_at, now):
        return "issue"
    return "approve" if _come(row.submitted_at, now) else "finish"


def _come(moment: datetime | None, now: datetime) -> bool:
    return moment is not None and moment <= now


def _due(ctx: Ctx, row: Alert, code: str, step: str, since: datetime | None) -> datetime | None:
    """By when the pack wants it: approval has minutes by level, a draft and an issue the review's."""
    if since is None:
        return None
    approval = table(shelf.the(ctx, "approval", code).data, "approval")
    part = table(approval, "approve_minutes" if step in ("approve", "cosign") else "review_minutes")
    return since + minutes(part, Grade(row.level).code, 30)
