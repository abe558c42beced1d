"""叫应一张纸: a township's call-down on paper: names, numbers, script, boxes, households to move. Usable with the screen dead."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from anlan.call import calldown_rows
from anlan.call.calldown_rows import place_seen, the_call_down
from anlan.call.models import CallDown
from anlan.call.queries.desk import Person, people_of, to_call
from anlan.call.queries.speech import facts_for
from anlan.call.rules.calldown import ladder
from anlan.foundation import journal
from anlan.foundation.context import Ctx
from anlan.foundation.journal import JournalEntry
from anlan.judge.rules import plainwords
from anlan.judge.rules.plainwords import CallSheetWords
from anlan.move.queries.moves import HouseholdRow, Move, household_states, households, moves
from anlan.people import queries as people
from anlan.places.atlas import Place, atlas

FIRST_PAGE = 18
"""Rows that stand on one A4 beside title, script and signatures."""


@dataclass(frozen=True, kw_only=True)
class Line:
    """Somebody's line on the paper."""

    person: Person
    name: str
    numbers: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Group:
    """The people of one line of the call-down: a village or an office."""

    key: str
    place: Place
    is_village: bool
    lines: tuple[Line, ...]
    move: Move | None


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """The whole paper."""

    row: CallDown
    place: Place
    words: CallSheetWords
    now: tuple[Line, ...]
    """先叫: whom to call now, as many as one page holds, each by the number to dial next."""
    left: int
    """How many more are to be called than the first page holds."""
    groups: tuple[Group, ...]
    lists: tuple[tuple[Move, tuple[HouseholdRow, ...]], ...]
    made: JournalEntry | None
    """The last hourly making, in the journal."""


def sheet(ctx: Ctx, ref: str, *, with_names: bool = False, with_numbers: bool = False) -> Sheet:
    """The sheet of a call-down. Names and numbers are masked unless asked for whole by who may; print leaves a trace.

    Raises: NotFound out of scope; Forbidden for whole numbers without `people.unmask`.
    """
    if with_numbers:
        ctx.require("people.unmask")
    row = the_call_down(ctx, ref)
    place = place_seen(ctx, row)
    everybody = people_of(ctx, row)
    known = moves(ctx, place.path)
    names = people.names(ctx, [p.holder for p in everybody]) if with_names else {}
    numbers = _numbers(ctx, everybody, whole=with_numbers)
    waiting = list(to_call(everybody)) if row.closed_at is None else []
    return Sheet(
        row=row,
        place=place,
        words=plainwords.call_sheet(facts_for(ctx, row, place, known)),
        now=tuple(_line(p, names, numbers) for p in waiting[:FIRST_PAGE]),
        left=max(0, len(waiting) - FIRST_PAGE),
        groups=tuple(_groups(everybody, names, known, numbers)),
        lists=tuple((move, tuple(households(ctx, move.ref))) for move in _ordered(known)),
        made=ctx.rows(JournalEntry).filter(name="warn.sheet.made", subject=ref).order_by("-seq").first(),
    )


def _ordered(known: dict[int, Move]) -> list[Move]:
    return sorted((m for m in known.values() if m.to_move), key=lambda m: m.place.path)


def _numbers(ctx: Ctx, everybody: list[Person], *, whole: bool) -> dict[str, tuple[str, ...]]:
    """By person: their numbers in the order to dial, masked or whole."""
    known = people.holders_by_ref(ctx, [p.holder for p in everybody])
    refs = {ref: [c.ref for c in holder.contacts] for ref, holder in known.items()}
    flat = [c for contacts in refs.values() for c in contacts]
    shown = {ref: n for ref, (n, _) in people.numbers(flat).items()} if whole else people.masked_numbers(flat)
    return {ref: tuple(shown[c] for c in contacts if c in shown) for ref, contacts in refs.items()}


def _line(person: Person, names: dict[str, str], numbers: dict[str, tuple[str, ...]]) -> Line:
    return Line(
        person=person, name=names.get(person.holder, person.name), numbers=numbers.get(person.holder, ())
    )


def _groups(
    everybody: list[Person],
    names: dict[str, str],
    known: dict[int, Move],
    numbers: dict[str, tuple[str, ...]],
) -> Iterable[Group]:
    keys = dict.fromkeys(p.line for p in everybody)
    ordered = sorted(keys, key=lambda key: (not key.startswith("village"), key))
    for key in ordered:
        own = [p for p in everybody if p.line == key]
        yield Group(
            key=key,
            place=own[0].place,
            is_village=key.startswith("village"),
            lines=tuple(_line(p, names, numbers) for p in own),
            move=known.get(own[0].place.id),
        )


def digest(ctx: Ctx, row: CallDown) -> tuple[str, dict[str, int]]:
    """What the sheet of this moment says, as a hash, with its counts. No name and no number goes into it."""
    value = calldown_rows.value_of(ctx, row)
    path = atlas().by_id[row.place_id].path
    current = ladder.current_answers(value)
    listed = household_states(ctx, path)
    people_on = sorted({h.ref for line in value.lines for rung in line.rungs for h in rung.holders})
    told = {
        "call_down": row.ref,
        "at": ctx.now,
        "lines": [[line.key, line.state.value] for line in value.lines],
        "people": [[ref, int(current[ref].kind) if ref in current else 0] for ref in people_on],
        "households": [list(pair) for pair in listed],
    }
    counts = {
        "people": len(people_on),
        "answered": len(current),
        "households": len(told["households"]),  # type: ignore[arg-type]
    }
    return hashlib.sha256(journal.canonical(told).encode()).hexdigest(), counts
