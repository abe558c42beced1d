"""Signing and issuing, and the end of an alert's time."""

from anlan.foundation import tasks
from anlan.foundation.actions import action
from anlan.foundation.context import Ctx
from anlan.foundation.rules.errors import AlertRefused
from anlan.places.atlas import atlas
from anlan.warn import alert_cap, alert_rows
from anlan.warn.actions.alerts.common import follow, locked, locked_of_unit, move, note
from anlan.warn.events import ALERT_EXPIRE, ALERT_RENEW
from anlan.warn.rules.alert.shapes import Event, Evidence


def issue(ctx: Ctx, *, ref: str) -> str:
    """Sign the approved text and issue it; returns the identifier. The link before it ends with it.

    What is due afterwards (call-out by the standing order) follows from the journal entry.
    Raises: AlertRefused; Conflict; CapError when the text cannot be written as CAP.
    """
    ctx.require("warn.issue")
    signed = alert_cap.sign(ctx, ref)
    with action(ctx, "warn.issue"):
        row = locked_of_unit(ctx, ref)
        before = alert_rows.link_of(row.predecessor) if row.predecessor else None
        evidence = Evidence(issuer=alert_rows.verdict(ctx, row), predecessor=before)
        move(ctx, row, Event.ISSUE, evidence)
        if row.kind == "alert":
            alert_cap.put(ctx, row, signed)
        row.save()
        _renew_in_time(ctx, row.ref)
        told = {
            "identifier": row.identifier,
            "issued_at": row.issued_at,
            "expires_at": row.expires_at,
            "approval": row.approval,
            "approved_by": row.approved_by,
        }
        refs = {"predecessor": row.predecessor.ref} if row.predecessor else {}
        note(ctx, row, "issued", refs=refs, **told)
        follow(ctx, row)
        return row.identifier


def _renew_in_time(ctx: Ctx, ref: str) -> None:
    """Shortly before it runs out, what it was proposed for is looked at again."""
    row = locked(ctx, ref)
    if not row.cause or row.expires_at is None or row.message not in ("alert", "update"):
        return
    due = row.expires_at - alert_rows.renew_before(ctx, atlas().by_id[row.place_id].code)
    tasks.schedule(ctx, ALERT_RENEW, key=f"alert-renew:{ref}", due_at=due, payload={"ref": ref})


def expire(ctx: Ctx, *, ref: str) -> bool:
    """End an alert whose time is over; False when it has ended otherwise or its time was moved."""
    with action(ctx, "warn.issue"):
        row = locked(ctx, ref)
        try:
            move(ctx, row, Event.EXPIRE)
        except AlertRefused:
            return False
        row.ended_at = ctx.now
        row.save()
        note(ctx, row, "expired")
        return True


@tasks.task(ALERT_EXPIRE)
def _expire(ctx: Ctx, payload: dict[str, str]) -> None:
    expire(ctx, ref=payload["ref"])
