"""会签: a unit that issues an alert jointly agrees to its text, by an approver of its own or on the telephone."""

from anlan.foundation import tasks
from anlan.foundation.actions import action
from anlan.foundation.context import Ctx
from anlan.warn import alert_rows
from anlan.warn.actions.alerts import telephone
from anlan.warn.actions.alerts.common import locked_for_both, move, note
from anlan.warn.actions.alerts.telephone import Heard
from anlan.warn.events import ALERT_COUNTERSIGN
from anlan.warn.rules.alert.shapes import Event, Evidence


def cosign(ctx: Ctx, *, ref: str, retyped_place: str = "", retyped_level: str = "") -> None:
    """Agree for the actor's own unit to the text as it stands; for a red with place and level typed again by hand."""
    with action(ctx, "warn.approve"):
        row = locked_for_both(ctx, ref)
        evidence = Evidence(
            issuer=alert_rows.verdict(ctx, row), retyped_place=retyped_place, retyped_level=retyped_level
        )
        move(ctx, row, Event.COSIGN, evidence)
        row.save()
        note(ctx, row, "cosigned", unit=ctx.actor.unit, by=ctx.actor.ref)


def cosign_verbally(
    ctx: Ctx, *, ref: str, unit: str, heard: Heard, retyped_place: str = "", retyped_level: str = ""
) -> None:
    """Write down that a leader of `unit` agreed by telephone; it counts once confirmed, and must be signed like an approval."""
    with action(ctx, "warn.draft"):
        row = locked_for_both(ctx, ref)
        assert row.issuer is not None
        evidence = Evidence(
            issuer=alert_rows.verdict(ctx, row),
            retyped_place=retyped_place,
            retyped_level=retyped_level,
            verbal=telephone.approval(row, heard, unit=unit, by=ctx.actor.ref),
            cosigner=unit,
        )
        found = move(ctx, row, Event.COSIGN_VERBALLY, evidence)
        row.cosigned[unit]["verbal"] = telephone.sealed(row, heard, by=ctx.actor.ref)
        row.save()
        due = found.due_at
        assert due is not None
        key = f"alert-cosign:{row.ref}:{unit}:{row.revision}"
        payload = {"ref": row.ref, "unit": unit}
        tasks.schedule(ctx, ALERT_COUNTERSIGN, key=key, due_at=due, payload=payload)
        note(ctx, row, "cosigned_verbally", unit=unit, **telephone.told(heard, countersign_by=due))
