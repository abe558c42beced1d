"""Whose hands an alert passed through: approvals on the telephone, and the units that issue it jointly."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from anlan.foundation import crypto
from anlan.foundation.context import Ctx
from anlan.foundation.words import LANGUAGES, t, w
from anlan.people.accounts import queries as accounts
from anlan.places.atlas import atlas
from anlan.warn import alert_rows
from anlan.warn.models import Alert
from anlan.warn.rules.alert import cosign_is_overdue
from anlan.warn.rules.alert.shapes import CoSigner, State

SIMULATED = {
    "sim-forecaster": w("模拟预报员"),
    "sim-approver": w("模拟批准人"),
    "sim-cosigner": w("模拟会签人"),
    "system": w("系统"),
}
"""Hands that are no person's, in words."""


@dataclass(frozen=True, kw_only=True)
class Joint:
    """联合发布: one unit that issues it as well: has it agreed, who for it, and whom to wake if not."""

    unit: str
    name: str
    has_signed: bool
    who: str | dict[str, str]
    at: datetime | None
    telephone: dict[str, Any]
    signed_at: datetime | None
    """When the leader who agreed by telephone signed."""
    is_overdue: bool
    to_wake: tuple[accounts.AccountInfo, ...]


def joint(ctx: Ctx, row: Alert) -> list[Joint]:
    """The units that issue it jointly, each with what it has agreed to."""
    state = alert_rows.state_of(row)
    is_open = row.state in (State.DRAFT, State.REVIEW, State.APPROVED)
    return [
        Joint(
            unit=each.unit,
            name=each.name,
            has_signed=each not in state.unsigned,
            who=who(each.by) if each.by else "",
            at=each.at,
            telephone=_said(row, each),
            signed_at=each.countersigned_at,
            is_overdue=cosign_is_overdue(cosigner=each, now=ctx.now),
            to_wake=approvers_of(row, each.unit) if is_open and each in state.unsigned else (),
        )
        for each in state.cosigners
    ]


def _said(row: Alert, each: CoSigner) -> dict[str, Any]:
    told = row.cosigned.get(each.unit, {}).get("verbal", {})
    return telephone(row, told, countersign_by=each.countersign_due_at)


def approvers_of(row: Alert, unit: str) -> tuple[accounts.AccountInfo, ...]:
    """Who of a unit may agree to this alert: they may approve there and wrote none of it."""
    place = atlas().by_id[row.place_id]
    found = accounts.approvers(unit=unit, permission="warn.approve", over=place.path)
    return tuple(each for each in found if each.ref not in alert_rows.state_of(row).authors)


def who(ref: str) -> str | dict[str, str]:
    """Unit and post behind an actor's ref; the simulated and the system say so, in both languages."""
    if word := SIMULATED.get(ref):
        return {lang: t(lang, word) for lang in LANGUAGES}
    return accounts.posts_of([ref]).get(ref, ref)


def telephone(row: Alert, told: dict[str, str], *, countersign_by: datetime | None) -> dict[str, Any]:
    """What was heard, for those who see the alert: the number masked, the words as they were said."""
    if not told:
        return {}
    return {
        "leader": who(told["leader"]),
        "number": crypto.mask_phone(crypto.unseal(told["number"], row.ref)),
        "words": crypto.unseal(told["words"], row.ref),
        "at": datetime.fromisoformat(told["at"]),
        "recorded_by": who(told["recorded_by"]),
        "confirmed_by": who(told["confirmed_by"]) if told["confirmed_by"] else "",
        "confirmed_at": datetime.fromisoformat(told["confirmed_at"]) if told["confirmed_at"] else None,
        "countersign_by": countersign_by,
    }
