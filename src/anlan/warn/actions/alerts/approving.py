"""Two persons: submitted by one, reviewed and approved by others, if need be on the telephone."""

from dataclasses import dataclass
from datetime import datetime

from anlan.foundation import crypto, tasks
from anlan.foundation.actions import action
from anlan.foundation.context import Ctx
from anlan.people import account_queries as accounts
from anlan.warn import alert_rows
from anlan.warn.actions.alerts.common import locked, locked_of_unit, move, note
from anlan.warn.models import Alert
from anlan.warn.rules.alert import Event, Evidence, VerbalApproval
from anlan.warn.rules.errors import AlertRefused


@dataclass(frozen=True, kw_only=True)
class Heard:
    """电话签批 as the officer writes it down. `leader` is an account's ref; `confirmed_by` another officer's account
    ref, or the number that was rung back. Number and words are sealed, and never reach the journal."""

    leader: str
    number: str
    at: datetime
    words: str
    confirmed_how: str  # second_officer, call_back
    confirmed_by: str
    confirmed_at: datetime


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
        row = locked_of_unit(ctx, ref)
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
    """Write down a leader's approval by telephone; it stands at once, and must be signed within the pack's hours."""
    with action(ctx, "warn.draft"):
        row = locked_of_unit(ctx, ref)
        _require_second_officer(row, heard)
        evidence = Evidence(
            issuer=alert_rows.verdict(ctx, row),
            retyped_place=retyped_place,
            retyped_level=retyped_level,
            verbal=_verbal(row, heard),
        )
        move(ctx, row, Event.APPROVE_VERBALLY, evidence)
        row.verbal = _sealed(row, heard)
        row.save()
        assert row.countersign_by is not None
        key = f"alert-countersign:{row.ref}:{row.revision}"
        tasks.schedule(
            ctx, "warn.alert.countersign", key=key, due_at=row.countersign_by, payload={"ref": row.ref}
        )
        told = {
            "leader": heard.leader,
            "heard_at": heard.at,
            "confirmed_how": heard.confirmed_how,
            "confirmed_at": heard.confirmed_at,
            "countersign_by": row.countersign_by,
        }
        note(ctx, row, "approved_verbally", **told)


def _require_second_officer(row: Alert, heard: Heard) -> None:
    """A second officer is an account of the unit, not a name that anybody can type."""
    if heard.confirmed_how != "second_officer":
        return
    assert row.issuer is not None
    unit, _ = accounts.permissions_held(heard.confirmed_by)
    if unit != row.issuer.ref:
        raise AlertRefused(
            name="verbal_unconfirmed",
            zh="第二位值班员要是本单位的账号。请另选，或回拨领导号码确认。",
            en="The second officer must have an account of this unit; choose another, or ring the leader back.",
        )


def _verbal(row: Alert, heard: Heard) -> VerbalApproval:
    """The approval with the leader's own permissions, looked up; a leader of another unit has none here."""
    assert row.issuer is not None
    unit, permissions = accounts.permissions_held(heard.leader)
    return VerbalApproval(
        leader=heard.leader,
        leader_permissions=permissions if unit == row.issuer.ref else frozenset(),
        number=heard.number,
        at=heard.at,
        words=heard.words,
        confirmed_how=heard.confirmed_how,
        confirmed_by=heard.confirmed_by,
        confirmed_at=heard.confirmed_at,
    )


def _sealed(row: Alert, heard: Heard) -> dict[str, str]:
    return {
        "leader": heard.leader,
        "number": crypto.seal(heard.number, row.ref),
        "words": crypto.seal(heard.words, row.ref),
        "at": heard.at.isoformat(),
        "confirmed_how": heard.confirmed_how,
        "confirmed_by": crypto.seal(heard.confirmed_by, row.ref),
        "confirmed_at": heard.confirmed_at.isoformat(),
    }


def countersign(ctx: Ctx, *, ref: str) -> None:
    """The leader who approved by telephone signs."""
    with action(ctx, "warn.approve"):
        row = locked_of_unit(ctx, ref)
        move(ctx, row, Event.COUNTERSIGN)
        row.save()
        tasks.cancel(ctx, f"alert-countersign:{row.ref}:")
        note(ctx, row, "countersigned")


@tasks.task("warn.alert.countersign")
def _countersign_is_due(ctx: Ctx, payload: dict[str, str]) -> None:
    """Nobody signed in time: that stays in the journal."""
    with action(ctx, "warn.approve"):
        row = locked(ctx, payload["ref"])
        if row.verbal and row.countersigned_at is None:
            note(ctx, row, "countersign_overdue")
