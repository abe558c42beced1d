"""Of the public alerts: what waits for review, approval, a signature or the issue; and call-outs that no order covered."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from anlan.foundation import journal, journal_reading
from anlan.foundation.context import Ctx
from anlan.places.queries import atlas
from anlan.warn import shelf
from anlan.warn.models import Alert
from anlan.warn.queries.waiting.shape import Wait
from anlan.warn.rules.grade import Grade
from anlan.warn.rules.pack import minutes, table

LOOK_BACK = timedelta(hours=12)
REFUSAL_STANDS = timedelta(hours=2)


def alerts_waiting(ctx: Ctx, at: datetime | None, path: str) -> Iterator[Wait]:
    """Own alerts between draft and issue, and approvals by telephone not yet signed."""
    now = at or ctx.now
    rows = (
        ctx.rows(Alert).filter(source="own", drafted_at__gte=now - LOOK_BACK, drafted_at__lte=now).distinct()
    )
    for row in rows.order_by("pk"):
        place = atlas().by_id[row.place_id]
        step = _step(row, now, is_now=at is None)
        if not step or not place.path.startswith(path):
            continue
        since = {"finish": row.drafted_at, "approve": row.submitted_at, "issue": row.approved_at}.get(
            step, row.approved_at
        )
        due = row.countersign_by if step == "countersign" else _due(ctx, row, place.code, step, since)
        facts = {
            "step": step,
            "ref": row.ref,
            "headline": row.headline,
            "grade": Grade(row.level),
            "kind": row.kind,
            "proposed": bool(row.cause),
            "drafted_by": row.drafted_by,
        }
        yield Wait(
            kind="alert",
            key=f"alert:{row.ref}:{step}",
            place=place,
            since=since or row.drafted_at,
            due_at=due,
            facts=facts,
        )


def _step(row: Alert, now: datetime, *, is_now: bool) -> str:
    """The next step of an alert at a moment; empty when none waits."""
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
    part = table(approval, "approve_minutes" if step == "approve" else "review_minutes")
    return since + minutes(part, Grade(row.level).code, 30)


def refused_call_outs(ctx: Ctx, at: datetime | None, path: str) -> Iterator[Wait]:
    """No signed standing order covered a finding: somebody must call out by hand, now."""
    now = at or ctx.now
    rows = journal_reading.rows(ctx).filter(
        name="warn.callout.refused", at__gte=now - REFUSAL_STANDS, at__lte=now, place__startswith=path
    )
    newest = {entry.place: entry for entry in rows.order_by("seq")}
    for entry in newest.values():
        place = atlas().by_path[entry.place]
        facts = {"why": journal.read(entry)["body"]["why"]}
        yield Wait(
            kind="refused_call_out",
            key=f"refused:{entry.place}",
            place=place,
            since=entry.at,
            due_at=entry.at,
            facts=facts,
        )
