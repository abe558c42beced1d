"""预警生命周期: the life of a public alert, decided from one table.

`TABLE` is all there is: which event leads from where to where, who may do it and what is checked. `decide`
walks it, `diagram` draws it (docs/explanation/alert-life-cycle.md holds exactly that drawing).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from anlan.foundation.words import say
from anlan.warn.rules.alert import guards as g
from anlan.warn.rules.alert import joint as j
from anlan.warn.rules.alert.shapes import (
    Actor,
    AlertSettings,
    AlertState,
    CoSigner,
    Event,
    Evidence,
    IssuerVerdict,
    Link,
    Message,
    Refusal,
    State,
    Transition,
    VerbalApproval,
)

__all__ = [
    "TABLE",
    "Actor",
    "AlertSettings",
    "AlertState",
    "CoSigner",
    "Event",
    "Evidence",
    "IssuerVerdict",
    "Link",
    "Message",
    "Refusal",
    "Row",
    "State",
    "Transition",
    "VerbalApproval",
    "approval_label",
    "cosign_is_overdue",
    "countersign_is_overdue",
    "decide",
    "diagram",
    "events_open_to",
]

DRAFTS = "warn.draft"
REVIEWS = "warn.review"
APPROVES = g.PERMIT_APPROVE
RECORDS = "warn.draft"
ISSUES = "warn.issue"
SYSTEM = "warn.system"
"""Held by the system alone: what follows from another link or from the clock."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """One row of the life cycle."""

    event: Event
    source: State
    target: State
    permission: str
    guards: tuple[g.Guard, ...] = ()


def _row(event: Event, source: State, target: State, permission: str, *guards: g.Guard) -> Row:
    return Row(event=event, source=source, target=target, permission=permission, guards=guards)


_S, _E = State, Event
_VERBAL = (g.heard, g.leader_may, j.other_leader, g.retyped, g.lawful_issuer, g.valid_ahead)
_JOINT = (g.retyped, g.lawful_issuer, g.valid_ahead)
_VERBAL_JOINT = (j.asked_by_telephone, g.heard, j.cosigner_may, j.other_leader)

TABLE: tuple[Row, ...] = (
    _row(_E.EDIT, _S.DRAFT, _S.DRAFT, DRAFTS),
    _row(_E.SUBMIT, _S.DRAFT, _S.REVIEW, DRAFTS, g.complete, g.lawful_issuer, g.valid_ahead, g.chained),
    _row(_E.REVIEW, _S.REVIEW, _S.REVIEW, REVIEWS, g.not_own),
    _row(_E.REJECT, _S.REVIEW, _S.DRAFT, APPROVES, g.not_own, g.reasoned),
    _row(_E.WITHDRAW, _S.REVIEW, _S.DRAFT, DRAFTS, g.own),
    _row(
        *(_E.APPROVE, _S.REVIEW, _S.APPROVED, APPROVES),
        *(g.not_own, j.other_hand, g.reviewed, g.retyped, g.lawful_issuer, g.valid_ahead),
    ),
    _row(_E.APPROVE_VERBALLY, _S.REVIEW, _S.APPROVED, RECORDS, *_VERBAL),
    *(
        _row(_E.COSIGN, state, state, APPROVES, g.not_own, j.asked_to_cosign, j.other_hand, *_JOINT)
        for state in (_S.REVIEW, _S.APPROVED)
    ),
    *(
        _row(_E.COSIGN_VERBALLY, state, state, RECORDS, *_VERBAL_JOINT, *_JOINT)
        for state in (_S.REVIEW, _S.APPROVED)
    ),
    *(
        _row(_E.CONFIRM_VERBALLY, state, state, RECORDS, g.second_officer)
        for state in (_S.REVIEW, _S.APPROVED)
    ),
    _row(_E.WITHDRAW, _S.APPROVED, _S.DRAFT, DRAFTS, g.own),
    _row(_E.REJECT, _S.APPROVED, _S.DRAFT, APPROVES, g.not_own, g.reasoned),
    _row(
        *(_E.ISSUE, _S.APPROVED, _S.ISSUED, ISSUES),
        *(g.same_text, j.all_signed, g.confirmed, g.lawful_issuer, g.valid_ahead, g.chained),
    ),
    *(
        _row(_E.COUNTERSIGN, state, state, APPROVES, g.awaits_signature)
        for state in (_S.REVIEW, _S.APPROVED, _S.ISSUED, _S.UPDATED, _S.ALL_CLEAR, _S.CANCELLED, _S.EXPIRED)
    ),
    _row(_E.UPDATE, _S.ISSUED, _S.UPDATED, SYSTEM, g.followed_by(Message.UPDATE)),
    _row(_E.ALL_CLEAR, _S.ISSUED, _S.ALL_CLEAR, SYSTEM, g.followed_by(Message.ALL_CLEAR)),
    _row(_E.CANCEL, _S.ISSUED, _S.CANCELLED, SYSTEM, g.followed_by(Message.CANCEL)),
    *(
        _row(_E.EXPIRE, state, _S.EXPIRED, SYSTEM, g.lapsed)
        for state in (_S.DRAFT, _S.REVIEW, _S.APPROVED, _S.ISSUED)
    ),
)

_ROWS = {(row.event, row.source): row for row in TABLE}


def decide(
    *,
    alert: AlertState,
    event: Event,
    actor: Actor,
    now: datetime,
    evidence: Evidence,
    settings: AlertSettings,
) -> Transition | Refusal:
    """Say what the event makes of the alert, or by name why it may not happen.

    The permission is looked at before the guards, and the guards in the table's order; the first no is said.
    """
    row = _ROWS.get((event, alert.state))
    if row is None:
        says = say(
            "“{state}”时不能“{event}”。可以：{events}。",
            state=say(alert.state.zh),
            event=say(event.zh),
            events=tuple(say(each.zh) for each in events_open_to(alert.state)) or say("没有下一步"),
        )
        return Refusal(name="not_now", says=says)
    if row.permission not in actor.permissions:
        return Refusal(
            name="not_permitted", says=say("你没有“{event}”的权限，请找有权限的人。", event=say(event.zh))
        )
    case = g.Case(alert=alert, actor=actor, now=now, evidence=evidence, settings=settings)
    for guard in row.guards:
        if (refusal := guard(case)) is not None:
            return refusal
    after = replace(_CHANGE.get(event, _unchanged)(case), state=row.target)
    return Transition(
        event=event,
        from_state=row.source,
        to_state=row.target,
        permission=row.permission,
        alert=after,
    )


def events_open_to(state: State) -> tuple[Event, ...]:
    """What may happen next, in the table's order; for buttons and for refusals."""
    return tuple(row.event for row in TABLE if row.source is state)


def _unchanged(case: g.Case) -> AlertState:
    return case.alert


def _edited(case: g.Case) -> AlertState:
    return replace(
        case.alert, revision=case.alert.revision + 1, authors=case.alert.authors | {case.actor.ref}
    )


def _submitted(case: g.Case) -> AlertState:
    """Whoever submits a text stands for it like its author: a draft made by the system has two persons, too."""
    return replace(case.alert, submitted_at=case.now, authors=case.alert.authors | {case.actor.ref})


def _reviewed(case: g.Case) -> AlertState:
    return replace(case.alert, reviewed_by=case.actor.ref)


def _back_to_draft(case: g.Case) -> AlertState:
    """A text that goes back loses its review, its approval and what other units agreed to."""
    return replace(
        case.alert,
        submitted_at=None,
        reviewed_by="",
        approved_by="",
        approved_at=None,
        approved_revision=None,
        verbal=None,
        countersign_due_at=None,
        countersigned_at=None,
        cosigners=tuple(CoSigner(unit=each.unit, name=each.name) for each in case.alert.cosigners),
    )


def _approved(case: g.Case) -> AlertState:
    return replace(
        case.alert,
        approved_by=case.actor.ref,
        approved_at=case.now,
        approved_revision=case.alert.revision,
    )


def _approved_verbally(case: g.Case) -> AlertState:
    verbal = case.evidence.verbal
    assert verbal is not None
    return replace(
        case.alert,
        approved_by=verbal.leader,
        approved_at=verbal.at,
        approved_revision=case.alert.revision,
        verbal=verbal,
        countersign_due_at=verbal.at + case.settings.countersign_within,
    )


def _confirmed(case: g.Case) -> AlertState:
    """Confirm what this officer may: of the own unit, and of those that issue jointly."""

    def heard(verbal: VerbalApproval | None) -> VerbalApproval | None:
        if verbal is None or not g.may_confirm(verbal, case.actor.ref):
            return verbal
        return replace(verbal, confirmed_by=case.actor.ref, confirmed_at=case.now)

    cosigners = tuple(replace(each, verbal=heard(each.verbal)) for each in case.alert.cosigners)
    return replace(case.alert, verbal=heard(case.alert.verbal), cosigners=cosigners)


def _cosigned(case: g.Case) -> AlertState:
    return _agreed(case, unit=case.actor.unit, by=case.actor.ref, at=case.now)


def _cosigned_verbally(case: g.Case) -> AlertState:
    verbal = case.evidence.verbal
    assert verbal is not None
    due = verbal.at + case.settings.countersign_within
    unit = case.evidence.cosigner
    return _agreed(case, unit=unit, by=verbal.leader, at=verbal.at, verbal=verbal, countersign_due_at=due)


def _agreed(case: g.Case, *, unit: str, **what: Any) -> AlertState:
    alert = case.alert
    after = [
        CoSigner(unit=each.unit, name=each.name, revision=alert.revision, **what)
        if each.unit == unit
        else each
        for each in alert.cosigners
    ]
    return replace(alert, cosigners=tuple(after))


def _countersigned(case: g.Case) -> AlertState:
    """Whoever owes a signature gives it: for the own unit, or for one that issues jointly."""
    alert, who = case.alert, case.actor.ref
    if alert.verbal is not None and alert.countersigned_at is None and alert.verbal.leader == who:
        return replace(alert, countersigned_at=case.now)
    after = [
        replace(each, countersigned_at=case.now) if each.owes_signature and each.by == who else each
        for each in alert.cosigners
    ]
    return replace(alert, cosigners=tuple(after))


def _issued(case: g.Case) -> AlertState:
    return replace(case.alert, issued_at=case.now)


def _ended(case: g.Case) -> AlertState:
    return replace(case.alert, ended_at=case.now)


_CHANGE = {
    Event.EDIT: _edited,
    Event.SUBMIT: _submitted,
    Event.REVIEW: _reviewed,
    Event.REJECT: _back_to_draft,
    Event.WITHDRAW: _back_to_draft,
    Event.APPROVE: _approved,
    Event.APPROVE_VERBALLY: _approved_verbally,
    Event.CONFIRM_VERBALLY: _confirmed,
    Event.COSIGN: _cosigned,
    Event.COSIGN_VERBALLY: _cosigned_verbally,
    Event.COUNTERSIGN: _countersigned,
    Event.ISSUE: _issued,
    Event.UPDATE: _ended,
    Event.ALL_CLEAR: _ended,
    Event.CANCEL: _ended,
    Event.EXPIRE: _ended,
}


def countersign_is_overdue(*, alert: AlertState, now: datetime) -> bool:
    """Whether a telephone approval was, or still is, not signed in time."""
    due = alert.countersign_due_at
    return due is not None and (alert.countersigned_at or now) > due


def approval_label(*, alert: AlertState, now: datetime) -> tuple[str, str]:
    """How the approval is shown, Chinese and English."""
    if not alert.approved_by:
        return "待批准", "awaiting approval"
    if alert.verbal is None:
        return "已批准", "approved"
    if not alert.verbal.confirmed_by:
        return "口头批准，待第二人确认", "approved by telephone, to be confirmed by a second officer"
    late = countersign_is_overdue(alert=alert, now=now)
    if alert.countersigned_at is None:
        return (
            ("口头批准，补签超时", "approved by telephone, signature overdue")
            if late
            else ("口头批准，待补签", "approved by telephone, to be signed")
        )
    return (
        ("口头批准，已补签（超时）", "approved by telephone, signed late")
        if late
        else ("口头批准，已补签", "approved by telephone, signed")
    )


def cosign_is_overdue(*, cosigner: CoSigner, now: datetime) -> bool:
    """Whether an agreement by telephone was, or still is, not signed in time."""
    due = cosigner.countersign_due_at
    return due is not None and (cosigner.countersigned_at or now) > due


def diagram() -> str:
    """The table as a mermaid state diagram."""
    names = [f"    {state}: {state.zh} {state.replace('_', ' ')}" for state in State]
    arrows = [f"    {row.source} --> {row.target}: {_caption(row)}" for row in TABLE]
    return "\n".join(["stateDiagram-v2", *names, "    [*] --> draft", *arrows]) + "\n"


def _caption(row: Row) -> str:
    checks = ", ".join(guard.__name__ for guard in row.guards)
    return f"{row.event.zh} {row.event}" + (f" ({checks})" if checks else "")
