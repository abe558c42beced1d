"""预警生命周期: the life of a public alert, decided from one table.

`TABLE` is all there is: which event leads from where to where, who may do it and what is checked. `decide` walks it,
`open_to` gives the buttons, `LIFE.diagram` draws it (docs/explanation/alert-life-cycle.md holds exactly that drawing).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from anlan.foundation.rules.life import Life, Refusal, Step
from anlan.warn.rules.alert import guards as g
from anlan.warn.rules.alert import joint as j
from anlan.warn.rules.alert.shapes import (
    Actor,
    AlertSettings,
    AlertState,
    CoSigner,
    Event,
    Evidence,
    Message,
    State,
    Transition,
    VerbalApproval,
)

DRAFTS = "warn.draft"
REVIEWS = "warn.review"
APPROVES = g.PERMIT_APPROVE
RECORDS = "warn.draft"
ISSUES = "warn.issue"
SYSTEM = "warn.system"
"""Held by the system alone: what follows from another link or from the clock."""
ENDS = (State.UPDATED, State.ALL_CLEAR, State.CANCELLED, State.EXPIRED)
JOINTLY = frozenset(
    {Event.REJECT, Event.COSIGN, Event.COSIGN_VERBALLY, Event.CONFIRM_VERBALLY, Event.COUNTERSIGN}
)
"""What people of a unit that issues it jointly do as well; the rest is the issuing unit's."""
AlertStep = Step[State, Event, g.Case]


def _step(
    event: Event,
    source: State,
    target: State,
    permission: str,
    *guards: g.Guard,
    due: Callable[[g.Case], datetime | None] | None = None,
) -> AlertStep:
    return Step(event=event, source=source, target=target, permission=permission, guards=guards, due=due)


_S, _E = State, Event
_VERBAL = (g.heard, g.leader_may, j.other_leader, g.retyped, g.lawful_issuer, g.valid_ahead)
_JOINT = (g.retyped, g.lawful_issuer, g.valid_ahead)
_VERBAL_JOINT = (j.asked_by_telephone, g.heard, j.cosigner_may, j.other_leader)

TABLE: tuple[AlertStep, ...] = (
    _step(_E.EDIT, _S.DRAFT, _S.DRAFT, DRAFTS),
    _step(_E.SUBMIT, _S.DRAFT, _S.REVIEW, DRAFTS, g.complete, g.lawful_issuer, g.valid_ahead, g.chained),
    _step(_E.REVIEW, _S.REVIEW, _S.REVIEW, REVIEWS, g.not_own),
    _step(_E.REJECT, _S.REVIEW, _S.DRAFT, APPROVES, g.not_own, g.reasoned),
    _step(_E.WITHDRAW, _S.REVIEW, _S.DRAFT, DRAFTS, g.own),
    _step(
        *(_E.APPROVE, _S.REVIEW, _S.APPROVED, APPROVES),
        *(g.not_own, j.other_hand, g.reviewed, g.retyped, g.lawful_issuer, g.valid_ahead),
    ),
    _step(_E.APPROVE_VERBALLY, _S.REVIEW, _S.APPROVED, RECORDS, *_VERBAL, due=g.signature_due),
    *(
        _step(_E.COSIGN, state, state, APPROVES, g.not_own, j.asked_to_cosign, j.other_hand, *_JOINT)
        for state in (_S.REVIEW, _S.APPROVED)
    ),
    *(
        _step(_E.COSIGN_VERBALLY, state, state, RECORDS, *_VERBAL_JOINT, *_JOINT, due=g.signature_due)
        for state in (_S.REVIEW, _S.APPROVED)
    ),
    *(
        _step(_E.CONFIRM_VERBALLY, state, state, RECORDS, g.second_officer)
        for state in (_S.REVIEW, _S.APPROVED)
    ),
    _step(_E.WITHDRAW, _S.APPROVED, _S.DRAFT, DRAFTS, g.own),
    _step(_E.REJECT, _S.APPROVED, _S.DRAFT, APPROVES, g.not_own, g.reasoned),
    _step(
        *(_E.ISSUE, _S.APPROVED, _S.ISSUED, ISSUES),
        *(g.same_text, j.all_signed, g.confirmed, g.lawful_issuer, g.valid_ahead, g.chained),
    ),
    *(
        _step(_E.COUNTERSIGN, state, state, APPROVES, g.awaits_signature)
        for state in (_S.REVIEW, _S.APPROVED, _S.ISSUED, *ENDS)
    ),
    _step(_E.UPDATE, _S.ISSUED, _S.UPDATED, SYSTEM, g.followed_by(Message.UPDATE)),
    _step(_E.ALL_CLEAR, _S.ISSUED, _S.ALL_CLEAR, SYSTEM, g.followed_by(Message.ALL_CLEAR)),
    _step(_E.CANCEL, _S.ISSUED, _S.CANCELLED, SYSTEM, g.followed_by(Message.CANCEL)),
    *(
        _step(_E.EXPIRE, state, _S.EXPIRED, SYSTEM, g.lapsed)
        for state in (_S.DRAFT, _S.REVIEW, _S.APPROVED, _S.ISSUED)
    ),
)
LIFE = Life[State, Event, g.Case](
    start=State.DRAFT,
    steps=TABLE,
    ends=frozenset(ENDS),
    hiding=frozenset(
        {
            g.not_own,
            g.own,
            g.awaits_signature,
            g.second_officer,
            g.confirmed,
            j.asked_to_cosign,
            j.asked_by_telephone,
            j.all_signed,
        }
    ),
)


def decide(
    *,
    alert: AlertState,
    event: Event,
    actor: Actor,
    now: datetime,
    evidence: Evidence,
    settings: AlertSettings,
) -> Transition | Refusal:
    """Say what the event makes of the alert, or by name why it may not happen."""
    case = g.Case(alert=alert, actor=actor, now=now, evidence=evidence, settings=settings)
    step = LIFE.decide(alert.state, event, case, actor.permissions)
    if isinstance(step, Refusal):
        return step
    after = replace(_CHANGE.get(event, _unchanged)(case), state=step.target)
    due = step.due(case) if step.due else None
    return Transition(event=event, from_state=step.source, to_state=step.target, alert=after, due_at=due)


def open_to(*, alert: AlertState, actor: Actor, now: datetime, settings: AlertSettings) -> tuple[Event, ...]:
    """The buttons of somebody of the issuing unit, or of one that issues it jointly, in the table's order."""
    joins = any(each.unit == actor.unit for each in alert.cosigners)
    asked = actor.unit if joins else next((each.unit for each in alert.unsigned), "")
    case = g.Case(alert=alert, actor=actor, now=now, evidence=Evidence(cosigner=asked), settings=settings)
    found = [step.event for step in LIFE.open_to(alert.state, case, actor.permissions - {SYSTEM})]
    is_read = Event.REVIEW if alert.reviewed_by else None
    return tuple(event for event in found if event is not is_read and (not joins or event in JOINTLY))


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
        countersign_due_at=g.signature_due(case),
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
    due, unit = g.signature_due(case), case.evidence.cosigner
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
