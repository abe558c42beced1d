"""证明: from the timeline's facts to what can be proved, village by village and person by person.

Only facts of the journal count; each moment carries its sequence number. What is missing is said as a gap.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from anlan.foundation.rules.stage import Stage
from anlan.foundation.words import Sentence, say
from anlan.prove.rules.proof.duty import KNOWN
from anlan.prove.rules.proof.shapes import RED, AlertProof, Fact, FactKind, Gap, Mark, VillageProof


def village_proof(*, place: str, facts: Iterable[Fact]) -> VillageProof:
    """The proof of one village from all facts; those of other places are passed over."""
    own = sorted((fact for fact in facts if _concerns(fact, place)), key=lambda fact: (fact.at, fact.seq))
    answered = _first(own, FactKind.LINE_ANSWERED)
    door_checked = _first(own, FactKind.DOOR_CHECKED)
    listed, counted = _last(own, FactKind.LISTED), _last(own, FactKind.COUNTED)
    issue = _first(own, FactKind.ISSUED)
    return VillageProof(
        place=place,
        first_exceedance=_mark(_first(own, FactKind.EXCEEDANCE)),
        called=_mark(_first(own, FactKind.CALLED)),
        known=_mark(next((fact for fact in own if fact.kind in KNOWN), None)),
        first_answer=_mark(_first(own, FactKind.ANSWERED)),
        answered=_mark(answered),
        channel=answered.text("channel") if answered else "",
        door_checked=_mark(door_checked),
        households_to_move=listed.count("households") if listed else None,
        people_to_move=listed.count("people") if listed else None,
        households_moved=counted.count("households") if counted else 0,
        people_moved=counted.count("people") if counted else 0,
        households_named=counted.count("named") if counted else 0,
        moved_at=_moved_at(own),
        draft=_mark(_of_alert(own, FactKind.DRAFTED, issue)),
        approval=_mark(_of_alert(own, FactKind.APPROVED, issue)),
        issue=_mark(issue),
        first_red=_mark(_first_red(own)),
        proof_at=min((fact.at for fact in (answered, door_checked) if fact), default=None),
        gaps=_gaps(own),
    )


def alert_proof(*, places: Sequence[str], facts: Iterable[Fact]) -> AlertProof:
    """The proof of all villages together, in the order given."""
    everything = tuple(facts)
    villages = tuple(village_proof(place=place, facts=everything) for place in places)
    calls = [village.called.at for village in villages if village.called]
    proofs = [village.proof_at for village in villages if village.proof_at]
    return AlertProof(
        villages=villages,
        first_call_at=min(calls, default=None),
        last_proof_at=max(proofs) if proofs and len(proofs) == len(villages) else None,
        reached=len(proofs),
        households_to_move=sum(village.households_to_move or 0 for village in villages),
        households_moved=sum(village.households_moved for village in villages),
    )


def first_red(*, place: str, facts: Iterable[Fact]) -> Mark | None:
    """The first red, ours or imported, that names the place or one that it lies in."""
    own = sorted((fact for fact in facts if fact.touches(place)), key=lambda fact: (fact.at, fact.seq))
    return _mark(_first_red(own))


_OWN_ONLY = KNOWN | frozenset(
    {
        FactKind.LAID,
        FactKind.NO_ANSWER,
        FactKind.LINE_ANSWERED,
        FactKind.DOOR_ORDERED,
        FactKind.DOOR_CHECKED,
        FactKind.LISTED,
        FactKind.COUNTED,
    }
)
"""A call to the township head proves nothing for a village: these must be about the village itself."""


def _concerns(fact: Fact, place: str) -> bool:
    return fact.is_within(place) if fact.kind in _OWN_ONLY else fact.touches(place)


def _first(facts: Sequence[Fact], kind: FactKind) -> Fact | None:
    return next((fact for fact in facts if fact.kind is kind), None)


def _last(facts: Sequence[Fact], kind: FactKind) -> Fact | None:
    return next((fact for fact in reversed(facts) if fact.kind is kind), None)


def _first_red(facts: Sequence[Fact]) -> Fact | None:
    kinds = (FactKind.ISSUED, FactKind.IMPORTED)
    return next((fact for fact in facts if fact.kind in kinds and fact.text("level") == RED), None)


def _of_alert(facts: Sequence[Fact], kind: FactKind, issue: Fact | None) -> Fact | None:
    """The draft or approval that belongs to the issue; without an issue, the first there is."""
    if issue is None:
        return _first(facts, kind)
    alert = issue.text("alert")
    return next((fact for fact in facts if fact.kind is kind and fact.text("alert") == alert), None)


def _mark(fact: Fact | None) -> Mark | None:
    if fact is None:
        return None
    return Mark(at=fact.at, seq=fact.seq, who=fact.who, note=fact.text("what") or fact.text("alert"))


def _moved_at(facts: Sequence[Fact]) -> datetime | None:
    """When the count reached the list as it stands; None while households are missing or nothing is listed."""
    listed = _last(facts, FactKind.LISTED)
    if listed is None:
        return None
    wanted = listed.count("households")
    last = _last(facts, FactKind.COUNTED)
    if last is None or last.count("households") < wanted:
        return None
    counts = [fact for fact in facts if fact.kind is FactKind.COUNTED]
    short = [index for index, fact in enumerate(counts) if fact.count("households") < wanted]
    return max(counts[short[-1] + 1 if short else 0].at, listed.at)


def _gap(name: str, words: Sentence) -> Gap:
    return Gap(name=name, words=words)


def _gaps(facts: Sequence[Fact]) -> tuple[Gap, ...]:
    checks: tuple[Callable[[Sequence[Fact]], Gap | None], ...] = (
        _gap_of_call,
        _gap_of_answer,
        _gap_of_list,
        _gap_of_moving,
        _gap_of_warning,
        _gap_of_signature,
    )
    return tuple(gap for check in checks if (gap := check(facts)) is not None)


def _gap_of_call(facts: Sequence[Fact]) -> Gap | None:
    if any(fact.kind in KNOWN for fact in facts):
        return None
    if _first(facts, FactKind.LAID):
        return _gap("not_dialled", say("电话上了叫应台，没有人拨。"))
    if _first(facts, FactKind.EXCEEDANCE):
        return _gap("not_called", say("超警后没有叫应。"))
    return None


def _gap_of_answer(facts: Sequence[Fact]) -> Gap | None:
    if not any(fact.kind in KNOWN for fact in facts):
        return None
    if _first(facts, FactKind.LINE_ANSWERED) or _first(facts, FactKind.DOOR_CHECKED):
        return None
    heard = say("应答人数不够" if _first(facts, FactKind.ANSWERED) else "无人应答")
    if _first(facts, FactKind.DOOR_ORDERED):
        return _gap("door_not_reported", say("{heard}，已派敲门，未回报。", heard=heard))
    return _gap("not_reached", say("{heard}，未敲门。", heard=heard))


def _gap_of_list(facts: Sequence[Fact]) -> Gap | None:
    if _was_ordered(facts) and not _first(facts, FactKind.LISTED):
        return _gap("no_list", say("没有转移清单。"))
    return None


def _gap_of_moving(facts: Sequence[Fact]) -> Gap | None:
    listed, counted = _last(facts, FactKind.LISTED), _last(facts, FactKind.COUNTED)
    if listed is None or not _was_ordered(facts):
        return None
    missing = listed.count("households") - (counted.count("households") if counted else 0)
    if missing <= 0:
        return None
    return _gap("not_counted_in", say("还有 {n} 户没有清点到。", n=missing))


def _gap_of_warning(facts: Sequence[Fact]) -> Gap | None:
    if _first(facts, FactKind.ISSUED) or _first(facts, FactKind.IMPORTED):
        return None
    return _gap("no_warning", say("截至出证时，没有点名这里的预警。"))


def _gap_of_signature(facts: Sequence[Fact]) -> Gap | None:
    signed = {_signature(fact) for fact in facts if fact.kind is FactKind.COUNTERSIGNED}
    spoken = (FactKind.APPROVED, FactKind.COSIGNED)
    for fact in facts:
        if fact.kind in spoken and fact.count("verbal") and _signature(fact) not in signed:
            return _gap("not_signed", say("口头批准，还没补签。"))
    return None


def _signature(fact: Fact) -> tuple[str, str]:
    """Which alert, and for which unit."""
    return fact.text("alert"), fact.text("unit")


def _was_ordered(facts: Sequence[Fact]) -> bool:
    return any(fact.kind is FactKind.STAGE_ORDERED and fact.text("stage") == Stage.MOVE for fact in facts)
