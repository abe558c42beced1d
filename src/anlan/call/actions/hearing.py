"""What was heard 回执: answers and outcomes of calls, one by one from a person, or many of one moment from a channel."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from anlan.call import calldown_rows
from anlan.call.actions.calldown import dialled, go_on_with, lines_of
from anlan.call.events import CALL_ANSWERED, CALL_ENDED, CALL_TAKEN_BACK, LINE_ANSWERED
from anlan.call.models import Answer, CallDown
from anlan.call.rules.calldown import reduce, shapes
from anlan.call.rules.calldown.ladder import current_answers
from anlan.foundation import journal
from anlan.foundation.actions import action
from anlan.foundation.context import Ctx
from anlan.foundation.errors import Conflict, Invalid, NotFound
from anlan.foundation.journal import Note
from anlan.foundation.rules.errors import UnknownCall
from anlan.people import queries as people
from anlan.places.atlas import Place, atlas

ANSWERED = "answered"


@dataclass(frozen=True, kw_only=True)
class Heard:
    """One thing heard. `outcome` is `answered` with a `kind` 1 to 5, or how the call ended without an answer.

    `key` is the idempotency key of an answer: the same key again changes nothing.
    """

    outcome: str = ANSWERED
    call: str = ""
    holder: str = ""
    key: str = ""
    kind: int = 0
    channel: str = ""
    households: int | None = None
    people: int | None = None
    words: str = ""


def heard_answer(
    ctx: Ctx,
    *,
    call_down: str,
    holder: str,
    kind: int,
    key: str,
    channel: str,
    call: str = "",
    households: int | None = None,
    people_moved: int | None = None,
    words: str = "",
) -> None:
    """Take in what a person answered. The same key again changes nothing.

    Raises: RuleError for an answer that does not fit (4 without numbers); NotFound for who is out of scope.
    """
    one = Heard(
        holder=holder,
        kind=kind,
        key=key,
        channel=channel,
        call=call,
        households=households,
        people=people_moved,
        words=words,
    )
    hear(ctx, call_down=call_down, heard=[one])


def heard_outcome(ctx: Ctx, *, call_down: str, call: str, outcome: str) -> None:
    """Take in that a call ended without an answer: no_answer, busy, wrong_number, refused, unreachable."""
    hear(ctx, call_down=call_down, heard=[Heard(call=call, outcome=outcome)])


def hear(ctx: Ctx, *, call_down: str, heard: Sequence[Heard]) -> None:
    """Take in all that one moment brought to one call-down, in order; then it goes on once."""
    with action(ctx, "warn.answer"):
        row = calldown_rows.the_call_down(ctx, call_down, lock=True)
        fresh = _fresh(ctx, heard)
        if not fresh:
            return
        value = calldown_rows.value_of(ctx, row)
        _are_theirs(ctx, value, fresh)
        _can_be(value, fresh)
        notes = [note for one in fresh for note in (*_dialled(row, value, one), _note(ctx, row, value, one))]
        changed = value
        for one in fresh:
            changed = _applied(ctx, changed, one)
        _keep_answers(ctx, row, value, [one for one in fresh if one.outcome == ANSWERED])
        go_on_with(ctx, row, lambda _: changed, notes)


def take_back(ctx: Ctx, *, call_down: str, holder: str, key: str = "", call: str = "") -> None:
    """Undo the result that was recorded last for somebody: an answer by its `key`, an outcome by its `call`.

    Raises: NotFound out of scope; Conflict when something else was recorded since, or the call-down has ended.
    """
    with action(ctx, "warn.answer"):
        row = calldown_rows.the_call_down(ctx, call_down, lock=True)
        value = calldown_rows.value_of(ctx, row)
        if holder not in people.holders_by_ref(ctx, [holder]):
            raise NotFound("责任人 {holder} 不在您的范围内。", holder=holder)
        last = current_answers(value).get(holder)
        kept = Answer.objects.filter(world_id=ctx.world.id, call_down=row, key=key).first() if key else None
        answer = last if kept and last and (last.at, last.kind) == (kept.at, kept.kind) else None
        ended = next((c for c in value.calls if c.key == call and c.holder == holder), None)
        at = answer.at if answer else ended.ended_at if ended and not key else None
        if row.closed_at is not None or at is None:
            raise Conflict("这一条已经不能撤销：后面又记过，或叫应已结束。请登记正确的结果，后一条为准。")
        changed = reduce.on_taken_back(call_down=value, holder=holder, call=call, answer=answer)
        opened = [b.key for a, b in zip(value.lines, changed.lines, strict=True) if a != b]
        told = {
            "answer": int(answer.kind) if answer else None,
            "call": call,
            "since": journal.utc(at),
            "seqs": _seqs(ctx, at, {holder, call, *opened} - {""}),
        }
        place = place_of(value, holder)
        refs = {"call_down": row.ref, "holder": holder, "place": place.code}
        if kept:
            kept.delete()
        go_on_with(ctx, row, lambda _: changed, [Note(CALL_TAKEN_BACK, refs, told, place.path)])


def _seqs(ctx: Ctx, at: datetime, about: set[str]) -> list[int]:
    """The entries that the result had written: of the person, of the call, of the lines that it closed."""
    names = (CALL_ANSWERED, CALL_ENDED, LINE_ANSWERED)
    found = []
    for entry in journal.JournalEntry.objects.filter(world_id=ctx.world.id, at=at, name__in=names):
        told = journal.read(entry)
        named = {told["refs"].get("holder"), told["refs"].get("line")}
        if about & (named | {each["call"] for each in told["body"].get("calls", ())}):
            found.append(entry.seq)
    return sorted(found)


def _are_theirs(ctx: Ctx, value: shapes.CallDown, heard: Sequence[Heard]) -> None:
    """Whose call it is, and who answers, must stand within the actor's scope; an answer names no call of somebody else."""
    placed = {call.key: call.holder for call in value.calls}
    known = people.holders_by_ref(ctx, {*(one.holder for one in heard), *placed.values()})
    for one in heard:
        if one.outcome == ANSWERED and one.holder not in known:
            raise NotFound("责任人 {holder} 不在您的范围内。", holder=one.holder)
        called = placed.get(one.call, "")
        if one.call and (called not in known or (one.outcome == ANSWERED and called != one.holder)):
            raise UnknownCall(one.call)


def _can_be(value: shapes.CallDown, heard: Sequence[Heard]) -> None:
    """A figure beyond what is registered for the place is asked about, not taken."""
    for one in heard:
        place = place_of(value, one.holder) if one.households or one.people else None
        for said, known in (
            ((one.households, place.households), (one.people, place.residents)) if place else ()
        ):
            if said and known and said > known:
                raise Invalid(
                    "{place}登记的是 {known}，报的是 {said}，多出来了。请问清再报。",
                    place=place.name if place else "",
                    known=known,
                    said=said,
                )


def _fresh(ctx: Ctx, heard: Sequence[Heard]) -> list[Heard]:
    keys = [one.key for one in heard if one.key]
    known = set(Answer.objects.filter(world_id=ctx.world.id, key__in=keys).values_list("key", flat=True))
    return [one for one in heard if not one.key or one.key not in known]


def _applied(ctx: Ctx, value: shapes.CallDown, one: Heard) -> shapes.CallDown:
    if one.outcome != ANSWERED:
        state = shapes.CallState(one.outcome)
        return reduce.on_outcome(call_down=value, call=one.call, outcome=state, at=ctx.now)
    answer = shapes.Answer(
        holder=one.holder,
        kind=shapes.AnswerKind(one.kind),
        at=ctx.now,
        channel=one.channel,
        call=one.call,
        households=one.households,
        people=one.people,
        words=one.words,
    )
    return reduce.on_answer(call_down=value, answer=answer)


def _dialled(row: CallDown, value: shapes.CallDown, one: Heard) -> list[Note]:
    """A call that lay on the desk and now has a result was dialled: that is when it was placed."""
    call = next((c for c in value.calls if c.key == one.call and c.waits_for_a_hand), None)
    return [dialled(row, call, lines_of(value, call.holder))] if call else []


def _note(ctx: Ctx, row: CallDown, value: shapes.CallDown, one: Heard) -> Note:
    if one.outcome != ANSWERED:
        told: dict[str, object] = {"calls": [{"call": one.call, "outcome": one.outcome}]}
        return Note(CALL_ENDED, {"call_down": row.ref}, told, atlas().by_id[row.place_id].path)
    place = place_of(value, one.holder)
    told = {
        "answer": one.kind,
        "channel": one.channel,
        "call": one.call,
        "households": one.households,
        "people": one.people,
    }
    refs = {"call_down": row.ref, "holder": one.holder, "place": place.code}
    return Note(CALL_ANSWERED, refs, told, place.path)


def _keep_answers(ctx: Ctx, row: CallDown, value: shapes.CallDown, answers: list[Heard]) -> None:
    known = people.holders_by_ref(ctx, [one.holder for one in answers])
    Answer.objects.bulk_create(
        Answer(
            world_id=ctx.world.id,
            call_down=row,
            place_id=place_of(value, one.holder).id,
            holder_id=known[one.holder].id,
            call_key=one.call,
            key=one.key,
            kind=one.kind,
            at=ctx.now,
            channel=one.channel,
            households=one.households,
            people=one.people,
            words=one.words,
        )
        for one in answers
    )


def place_of(value: shapes.CallDown, holder: str) -> Place:
    """The village that a person answers for in this call-down, else the township."""
    for line in sorted(value.lines, key=lambda line: line.key):
        if line.kind is shapes.LineKind.VILLAGE:
            standing = (h.ref for rung in line.rungs if rung.stands_for_place for h in rung.holders)
            if holder in standing:
                return atlas().by_path[line.place]
    return atlas().by_path[value.place]
