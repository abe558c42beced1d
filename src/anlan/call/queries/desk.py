"""The call desk 叫应台: whom to call next, by which number, and what to say. It needs no gateway."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from anlan.call import calldown_rows
from anlan.call.calldown_rows import place_seen, the_call_down
from anlan.call.models import CallDown
from anlan.call.queries.speech import facts_for
from anlan.call.rules.calldown import ladder, shapes
from anlan.call.rules.calldown.shapes import BY_HAND, Answer, Call, CallState, Holder, Line, LineKind
from anlan.call.shelf import call_settings
from anlan.foundation.context import Ctx
from anlan.foundation.errors import NotFound
from anlan.foundation.words import Sentence
from anlan.judge.rules import plainwords
from anlan.move.queries.moves import moves
from anlan.people import holders
from anlan.people import queries as people
from anlan.places.atlas import Place, atlas


@dataclass(frozen=True, kw_only=True)
class Try:
    """One call to a person that was made: what came of it, when."""

    word: str
    at: datetime
    channel: str


@dataclass(frozen=True, kw_only=True)
class Person:
    """Somebody on a ladder: name masked, number masked, and what came of calling them so far."""

    holder: str
    name: str
    title: str
    place: Place
    line: str
    rung: dict[str, str]
    rung_number: int
    stands_for_place: bool
    is_open: bool
    """Their rung has been reached."""
    contact: str
    number: str
    other_numbers: tuple[tuple[str, str], ...]
    tries: tuple[Try, ...]
    waiting: str
    """Key of the call that waits for a hand to dial it."""
    answer: int | None
    answer_word: str
    answered_at: datetime | None
    channel: str
    refused: bool

    @property
    def outcomes(self) -> list[tuple[str, int]]:
        """What came of the calls, each word once with its count."""
        words = [each.word for each in self.tries]
        return [(word, words.count(word)) for word in dict.fromkeys(words)]

    @property
    def rounds(self) -> int:
        return len(self.tries)


@dataclass(frozen=True, kw_only=True)
class Desk:
    """Who is called now, what is said, and who comes after."""

    row: CallDown
    person: Person | None
    script: Sentence | None
    queue: tuple[Person, ...]
    left: int


def people_of(ctx: Ctx, row: CallDown, *, only: str = "") -> list[Person]:
    """Everybody on the ladders of a call-down (or of one line), in ladder order, once."""
    value = calldown_rows.value_of(ctx, row)
    lines = [line for line in value.lines if not only or line.key == only]
    refs = sorted({h.ref for line in lines for rung in line.rungs for h in rung.holders})
    names, known = people.masked_names(ctx, refs), people.holders_by_ref(ctx, refs)
    settings = call_settings(ctx, atlas().by_id[row.place_id].code)
    asked = _Asked(
        value=value,
        names=names,
        known=known,
        calls=_by_holder(value),
        answers=ladder.current_answers(value),
        numbers=people.masked_numbers([c.ref for h in known.values() for c in h.contacts]),
    )
    found: dict[str, Person] = {}
    for line in lines:
        titles = {r.key: {"zh": r.zh, "en": r.en} for r in settings.ladder(line.kind).rungs}
        for number, rung in enumerate(line.rungs):
            for holder in rung.holders:
                if holder.ref in known:
                    made = _person(asked, line, number, titles[rung.key], holder)
                    before = found.get(holder.ref)
                    found[holder.ref] = made if before is None or (made.is_open > before.is_open) else before
    return list(found.values())


@dataclass(frozen=True)
class _Asked:
    """A call-down with everything about its people, asked for once."""

    value: shapes.CallDown
    names: dict[str, str]
    known: dict[str, holders.Holder]
    calls: dict[str, list[Call]]
    answers: dict[str, Answer]
    numbers: dict[str, str]


def _by_holder(value: shapes.CallDown) -> dict[str, list[Call]]:
    found: dict[str, list[Call]] = {}
    for call in value.calls:
        found.setdefault(call.holder, []).append(call)
    return found


def _person(asked: _Asked, line: Line, number: int, title: dict[str, str], holder: Holder) -> Person:
    calls, answer = asked.calls.get(holder.ref, []), asked.answers.get(holder.ref)
    known = asked.known[holder.ref]
    waiting = next((c for c in calls if c.state.is_live and c.channel in BY_HAND), None)
    contact = waiting.contact if waiting else _next_contact(holder, calls)
    numbers = {c.ref: asked.numbers[c.ref] for c in holder.contacts if c.ref in asked.numbers}
    return Person(
        holder=holder.ref,
        name=asked.names.get(holder.ref, ""),
        title=known.title,
        place=atlas().by_path[line.place],
        line=line.key,
        rung=title,
        rung_number=number + 1,
        stands_for_place=line.rungs[number].stands_for_place,
        is_open=number <= line.rung and ladder.is_under_way(line),
        contact=contact,
        number=numbers.get(contact, ""),
        other_numbers=tuple((ref, n) for ref, n in numbers.items() if ref != contact),
        tries=tuple(Try(word=c.state.word, at=c.placed_at, channel=c.channel) for c in calls),
        waiting=waiting.key if waiting else "",
        answer=int(answer.kind) if answer else None,
        answer_word=answer.kind.word if answer else "",
        answered_at=answer.at if answer else None,
        channel=answer.channel if answer else "",
        refused=any(c.state is CallState.REFUSED for c in calls),
    )


def _next_contact(holder: Holder, calls: list[Call]) -> str:
    """The number tried least that is not known to be somebody else's."""
    wrong = {c.contact for c in calls if c.state is CallState.WRONG_NUMBER}
    usable = [c.ref for c in holder.contacts if c.ref not in wrong]
    return min(usable, key=lambda ref: sum(c.contact == ref for c in calls), default="")


def desk(ctx: Ctx, ref: str, *, holder: str = "") -> Desk:
    """The desk of a call-down: the chosen person, else the first of the queue.

    Raises: NotFound for a person who is on none of its ladders.
    """
    row = the_call_down(ctx, ref)
    everybody = people_of(ctx, row)
    queue = list(to_call(everybody)) if row.closed_at is None else []
    person = queue[0] if queue else None
    if holder:
        person = next((p for p in everybody if p.holder == holder), None)
        if person is None:
            raise NotFound("叫应阶梯上没有这个人。请从叫应板里选。")
    script = None
    if person is not None:
        place = person.place
        facts = facts_for(ctx, row, place, moves(ctx, place.path))
        script = plainwords.call_script(facts)
    rest = tuple(p for p in queue if person is None or p.holder != person.holder)
    return Desk(row=row, person=person, script=script, queue=rest[:6], left=len(queue))


def to_call(everybody: list[Person]) -> Iterator[Person]:
    """Calls that wait for a hand come first; then who was tried least; villages before offices."""
    silent = [
        p for p in everybody if p.is_open and p.answer is None and not p.refused and p.contact and p.number
    ]
    yield from sorted(
        silent,
        key=lambda p: (
            not p.waiting,
            p.rounds,
            not p.line.startswith(LineKind.VILLAGE),
            p.rung_number,
            p.line,
            p.holder,
        ),
    )


def group_text(ctx: Ctx, ref: str) -> Sentence:
    """抄给群聊: what to paste into a group of cadres. A 收到 there is no answer, and the text says so."""
    row = the_call_down(ctx, ref)
    place = place_seen(ctx, row)
    return plainwords.group_chat(facts_for(ctx, row, place, moves(ctx, place.path)))
