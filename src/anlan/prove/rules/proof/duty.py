"""尽职照单免责: one duty holder's sheet, only from what the journal holds."""

from collections.abc import Iterable, Sequence

from anlan.prove.rules.proof.shapes import Asked, Did, DutyRecord, Fact, FactKind, Told

_DEEDS = frozenset(
    {
        FactKind.ANSWERED,
        FactKind.DOOR_CHECKED,
        FactKind.STAGE_ORDERED,
        FactKind.COUNTED,
        FactKind.DONE,
    }
)


TOLD = frozenset({FactKind.CALLED, FactKind.HANDED})
KNOWN = TOLD | {FactKind.ANSWERED}
"""By these somebody knows: told, or heard unasked."""


def duty_record(*, holder: str, facts: Iterable[Fact]) -> DutyRecord:
    """What the holder was told and when, what they did, and what was asked of them and has no record."""
    own = sorted((fact for fact in facts if fact.who == holder), key=lambda fact: (fact.at, fact.seq))
    told = tuple(_told(fact, own) for fact in own if fact.kind in TOLD)
    waits = [row.answered_after_s for row in told if row.answered_after_s is not None]
    return DutyRecord(
        holder=holder,
        told=told,
        did=tuple(
            Did(at=fact.at, kind=fact.kind, what=_what(fact), seq=fact.seq)
            for fact in own
            if fact.kind in _DEEDS
        ),
        asked_unrecorded=_unrecorded(own),
        first_told_at=next((fact.at for fact in own if fact.kind in KNOWN), None),
        slowest_answer_s=max(waits, default=None),
    )


def _told(call: Fact, own: Sequence[Fact]) -> Told:
    """A call with its first answer. An answer without a call's key answers no call; by a link it follows the hand-over."""
    key = call.text("call")
    said = (fact for fact in own if fact.kind is FactKind.ANSWERED and fact.text("call") == key)
    answer = next((fact for fact in said if key or fact.at >= call.at), None)
    return Told(
        at=call.at,
        what=call.text("what"),
        channel=call.text("channel"),
        answered_after_s=int((answer.at - call.at).total_seconds()) if answer else None,
        answer=answer.text("answer") if answer else "",
        seq=call.seq,
    )


def _unrecorded(own: Sequence[Fact]) -> tuple[Asked, ...]:
    done = {fact.text("task") for fact in own if fact.kind is FactKind.DONE}
    return tuple(
        Asked(at=fact.at, what=fact.text("what"), seq=fact.seq)
        for fact in own
        if fact.kind is FactKind.TASKED and fact.text("task") not in done
    )


def _what(fact: Fact) -> str:
    return fact.text("what") or fact.text("answer") or fact.text("stage")
