"""Two persons: submitted by one, reviewed and approved by others, if need be on the telephone."""

from anlan.foundation import tasks
from anlan.foundation.actions import action
from anlan.foundation.context import Ctx
from anlan.warn import alert_rows
from anlan.warn.actions.alerts import telephone
from anlan.warn.actions.alerts.common import locked, locked_for_both, locked_of_unit, move, note
from anlan.warn.actions.alerts.telephone import Heard
from anlan.warn.events import ALERT_COUNTERSIGN
from anlan.warn.models import Alert
from anlan.warn.rules.alert.shapes import Event, Evidence


def submit(ctx: Ctx, *, ref: str) -> None:
    """Send a complete draft to be approved."""
    with action(ctx, "warn.draft"):
        row = locked_of_unit(ctx, ref)
        before = alert_rows.link_of(row.predecessor) if row.predecessor else None
        lawful = alert_rows.verdict(ctx, row)
        move(ctx, row, Event.SUBMIT, Evidence(issuer=lawful, predecessor=before, missing=lacking(row)))
        row.returned_why = ""
        row.save()
        note(ctx, row, "submitted")


def lacking(row: Alert) -> tuple[str, ...]:
    """What the composer still asks for."""
    wanted = {"会怎样": row.description, "去哪里": row.instruction, "什么时候": row.by_when}
    lacks = tuple(name for name, text in wanted.items() if not text)
    return lacks if row.names.exists() else ("地点", *lacks)


def review(ctx: Ctx, *, ref: str) -> None:
    """A person who did not write it has read it and finds it right."""
    with action(ctx, "warn.review"):
        row = locked_of_unit(ctx, ref)
        move(ctx, row, Event.REVIEW)
        row.reviewed_at = ctx.now
        row.save()
        note(ctx, row, "reviewed")


def reject(ctx: Ctx, *, ref: str, reason: str) -> None:
    """Send it back to be changed; the reason stands on the page, not in the journal."""
    with action(ctx, "warn.approve"):
        row = locked_for_both(ctx, ref)
        move(ctx, row, Event.REJECT, Evidence(reason=reason))
        row.returned_why, row.reviewed_at = reason.strip()[:200], None
        row.save()
        note(ctx, row, "returned", by_author=False)


def withdraw(ctx: Ctx, *, ref: str) -> None:
    """An author takes the text back to change it."""
    with action(ctx, "warn.draft"):
        row = locked_of_unit(ctx, ref)
        take_back(ctx, row)
        note(ctx, row, "returned", by_author=True)


def take_back(ctx: Ctx, row: Alert) -> None:
    move(ctx, row, Event.WITHDRAW)
    row.reviewed_at = None
    row.save()


def approve(ctx: Ctx, *, ref: str, retyped_place: str = "", retyped_level: str = "") -> None:
    """Approve as it stands; for a red with place and level typed again by hand."""
    with action(ctx, "warn.approve"):
        row = locked_of_unit(ctx, ref)
        evidence = Evidence(
            issuer=alert_rows.verdict(ctx, row), retyped_place=retyped_place, retyped_level=retyped_level
        )
        move(ctx, row, Event.APPROVE, evidence)
        row.save()
        note(ctx, row, "approved", by=row.approved_by)


def approve_verbally(
    ctx: Ctx, *, ref: str, heard: Heard, retyped_place: str = "", retyped_level: str = ""
) -> None:
    """Write down a leader's approval by telephone. It counts once a second officer confirms it, and must be signed in time."""
    with action(ctx, "warn.draft"):
        row = locked_of_unit(ctx, ref)
        assert row.issuer is not None
        evidence = Evidence(
            issuer=alert_rows.verdict(ctx, row),
            retyped_place=retyped_place,
            retyped_level=retyped_level,
            verbal=telephone.approval(row, heard, unit=row.issuer.ref, by=ctx.actor.ref),
        )
        move(ctx, row, Event.APPROVE_VERBALLY, evidence)
        row.verbal = telephone.sealed(row, heard, by=ctx.actor.ref)
        row.save()
        assert row.countersign_by is not None
        key = f"alert-countersign:{row.ref}:{row.revision}"
        tasks.schedule(ctx, ALERT_COUNTERSIGN, key=key, due_at=row.countersign_by, payload={"ref": row.ref})
        note(ctx, row, "approved_verbally", **telephone.told(heard, countersign_by=row.countersign_by))


def confirm_verbally(ctx: Ctx, *, ref: str) -> None:
    """A second officer, from an own account, confirms what another one heard on the telephone."""
    with action(ctx, "warn.draft"):
        row = locked_for_both(ctx, ref)
        move(ctx, row, Event.CONFIRM_VERBALLY)
        row.save()
        note(ctx, row, "verbal_confirmed")


def countersign(ctx: Ctx, *, ref: str) -> None:
    """The leader who approved, or agreed for a unit that issues jointly, by telephone signs."""
    with action(ctx, "warn.approve"):
        row = locked_for_both(ctx, ref)
        before = row.countersigned_at
        move(ctx, row, Event.COUNTERSIGN)
        row.save()
        if row.countersigned_at != before:
            tasks.cancel(ctx, f"alert-countersign:{row.ref}:")
            note(ctx, row, "countersigned")
        else:
            tasks.cancel(ctx, f"alert-cosign:{row.ref}:{ctx.actor.unit}:")
            note(ctx, row, "countersigned", unit=ctx.actor.unit)


@tasks.task(ALERT_COUNTERSIGN)
def _countersign_is_due(ctx: Ctx, payload: dict[str, str]) -> None:
    """Nobody signed in time: that stays in the journal."""
    with action(ctx, "warn.approve"):
        row = locked(ctx, payload["ref"])
        if unit := payload.get("unit", ""):
            if any(each.unit == unit and each.owes_signature for each in alert_rows.cosigners(row)):
                note(ctx, row, "countersign_overdue", unit=unit)
        elif row.verbal and row.countersigned_at is None:
            note(ctx, row, "countersign_overdue")
