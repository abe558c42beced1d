"""From the journal to the facts of a proof: one reader for every kind of entry that proves something.

Only the journal counts. Rows are asked for two things alone that it does not say: who of a ladder stands for the
village (a call to the township head does not reach it), and which places a warning named.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from anlan.call import events as call_events
from anlan.call.actions.doorchecks import AT_THE_DOOR
from anlan.call.queries import rows as calls
from anlan.call.queries.taken_back import taken_back
from anlan.foundation import journal
from anlan.foundation.context import Ctx
from anlan.foundation.journal import JournalEntry
from anlan.foundation.rules.grade import Grade
from anlan.judge.events import EXCEEDANCE_OPENED
from anlan.move.events import EVACUATION_COUNTED, EVACUATION_ORDERED, HOUSEHOLD_MARKED
from anlan.places.atlas import atlas
from anlan.prove.rules.proof.shapes import Fact, FactKind
from anlan.warn import alert_rows
from anlan.warn import events as warn_events
from anlan.warn.queries import rows as alert_queries
from anlan.warn.queries.rows import Alert
from anlan.warn.rules.alert.shapes import CoSigner

Told = dict[str, Any]


def facts_of(ctx: Ctx, path: str, *, until: datetime | None = None) -> list[Fact]:
    """Every fact about a place or what lies below it, and the warnings that named it, in journal order."""
    reader = _Reader(_standing(ctx, path), _call_downs(ctx, path))
    rows = ctx.rows(JournalEntry).filter(name__in=tuple(_READERS), place__startswith=path)
    if until is not None:
        rows = rows.filter(at__lte=until)
    undone = taken_back(ctx.world.id)
    found = [f for entry in rows.order_by("seq") if entry.seq not in undone for f in reader.read(entry)]
    return sorted([*found, *_alerts(ctx, path, until)], key=lambda fact: fact.seq)


def _standing(ctx: Ctx, path: str) -> dict[tuple[str, str], frozenset[str]]:
    """By call-down and line: the holders who stand for the place, not those called above it."""
    lines = calls.lines(ctx, path).values_list("call_down__ref", "key", "rungs")
    return {
        (ref, key): frozenset(h for rung in rungs if rung["stands_for_place"] for h in rung["holders"])
        for ref, key, rungs in lines
    }


def _call_downs(ctx: Ctx, path: str) -> dict[str, tuple[str, str]]:
    """Grade code and stage by call-down."""
    rows = calls.call_downs(ctx, atlas().township_path(path))
    return {
        ref: (Grade(grade).code, stage) for ref, grade, stage in rows.values_list("ref", "grade", "stage")
    }


@dataclass
class _Reader:
    """Walks entries in order; remembers what later entries refer to."""

    standing: dict[tuple[str, str], frozenset[str]]
    call_downs: dict[str, tuple[str, str]]
    answers: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    sent: dict[str, str] = field(default_factory=dict)
    placed: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def read(self, entry: JournalEntry) -> Iterator[Fact]:
        told = journal.read(entry)
        for kind, places, who, detail in _READERS[entry.name](self, told, entry.place):
            yield Fact(kind=kind, at=entry.at, places=places, seq=entry.seq, who=who, detail=detail)

    def called_for(self, call_down: str, holder: str, lines: list[str]) -> tuple[str, ...]:
        """Paths of the lines that this holder stands for; above them they stand for none."""
        return tuple(key.split(":")[1] for key in lines if holder in self.standing.get((call_down, key), ()))


Read = Iterator[tuple[FactKind, tuple[str, ...], str, dict[str, str | int]]]


def _exceeded(reader: _Reader, told: Told, place: str) -> Read:
    body = told["body"]
    detail = {"what": str(body["pack"]), "ref": told["refs"]["exceedance"], "level": int(body["level"])}
    yield FactKind.EXCEEDANCE, (place,), "", detail


def _placed(reader: _Reader, told: Told, place: str) -> Read:
    ref = told["refs"]["call_down"]
    grade, stage = reader.call_downs.get(ref, ("", ""))
    for call in told["body"]["calls"]:
        holder = call["call"].split("/")[1]
        places = reader.called_for(ref, holder, call["lines"]) or (place,)
        reader.placed[call["call"]] = places
        detail = {"call": call["call"], "channel": call["channel"], "grade": grade, "stage": stage}
        yield FactKind.CALLED, places, holder, detail


def _handed(reader: _Reader, told: Told, place: str) -> Read:
    yield FactKind.HANDED, (place,), told["refs"]["holder"], {"call": "", "channel": "web"}


def _laid(reader: _Reader, told: Told, place: str) -> Read:
    """On the officer's desk, not dialled: nobody has been called by it, so it is nobody's."""
    for call in told["body"]["calls"]:
        places = reader.called_for(told["refs"]["call_down"], call["call"].split("/")[1], call["lines"])
        yield FactKind.LAID, places or (place,), "", {"call": call["call"], "channel": call["channel"]}


def _ended(reader: _Reader, told: Told, place: str) -> Read:
    for call in told["body"]["calls"]:
        holder = call["call"].split("/")[1]
        places = reader.placed.get(call["call"], (place,))
        yield FactKind.NO_ANSWER, places, holder, {"call": call["call"], "outcome": call["outcome"]}


def _answered(reader: _Reader, told: Told, place: str) -> Read:
    body, refs = told["body"], told["refs"]
    reader.answers[refs["call_down"]].append((refs["holder"], body["channel"]))
    detail: dict[str, str | int] = {
        "call": body["call"],
        "channel": body["channel"],
        "answer": str(body["answer"]),
    }
    for key in ("households", "people"):
        if body[key] is not None:
            detail[key] = body[key]
    yield FactKind.ANSWERED, (place,), refs["holder"], detail


def _line_answered(reader: _Reader, told: Told, place: str) -> Read:
    """The line closed with the last answer of those that it counts."""
    by = told["body"]["by"]
    heard = [(who, how) for who, how in reader.answers[told["refs"]["call_down"]] if who in by]
    who, channel = heard[-1] if heard else (by[-1] if by else "", "")
    yield FactKind.LINE_ANSWERED, (place,), who, {"channel": channel}


def _door_ordered(reader: _Reader, told: Told, place: str) -> Read:
    body, ref = told["body"], told["refs"]["door_check"]
    reader.sent[ref] = body["by"]
    yield FactKind.DOOR_ORDERED, (place,), body["by"], {"what": body["means"], "ref": ref}
    if body["by"]:
        yield FactKind.TASKED, (place,), body["by"], {"task": ref, "what": "door_check"}


def _door_done(reader: _Reader, told: Told, place: str) -> Read:
    body, ref = told["body"], told["refs"]["door_check"]
    who = reader.sent.get(ref, "")
    kind = FactKind.DOOR_CHECKED if body["outcome"] in AT_THE_DOOR else FactKind.DONE
    yield kind, (place,), who, {"what": body["outcome"], "means": body["means"], "ref": ref}
    if kind is FactKind.DOOR_CHECKED and who:
        yield FactKind.DONE, (place,), who, {"task": ref, "what": "door_check"}


def _ordered(reader: _Reader, told: Told, place: str) -> Read:
    body = told["body"]
    yield FactKind.STAGE_ORDERED, (place,), body["by"], {"stage": body["stage"], "tier": body["tier"]}
    listed = {"households": body["households_to_move"], "people": body["people_to_move"]}
    yield FactKind.LISTED, (place,), "", listed


def _counted(reader: _Reader, told: Told, place: str) -> Read:
    body = told["body"]
    detail: dict[str, str | int] = {
        "households": body["households_moved"],
        "people": body.get("people_moved", 0),
        "named": body.get("households_named", 0),
        "site": body.get("site", ""),
    }
    yield FactKind.COUNTED, (place,), body["by"], detail


def _lost(reader: _Reader, told: Told, place: str) -> Read:
    yield FactKind.CONTACT_LOST, (place,), "", {"ref": told["refs"]["contact_lost"]}


_READERS: dict[str, Callable[[_Reader, Told, str], Read]] = {
    EXCEEDANCE_OPENED: _exceeded,
    call_events.CALL_PLACED: _placed,
    call_events.CALL_LAID: _laid,
    call_events.LINK_HANDED: _handed,
    call_events.CALL_ENDED: _ended,
    call_events.CALL_ANSWERED: _answered,
    call_events.LINE_ANSWERED: _line_answered,
    call_events.DOORCHECK_ORDERED: _door_ordered,
    call_events.DOORCHECK_DONE: _door_done,
    EVACUATION_ORDERED: _ordered,
    EVACUATION_COUNTED: _counted,
    HOUSEHOLD_MARKED: _counted,
    call_events.CONTACT_LOST: _lost,
}

_STEPS = (
    (FactKind.DRAFTED, "drafted_at", "drafted_by", (warn_events.ALERT_DRAFTED,)),
    (
        FactKind.APPROVED,
        "approved_at",
        "approved_by",
        (warn_events.ALERT_APPROVED, warn_events.ALERT_APPROVED_VERBALLY),
    ),
    (FactKind.COUNTERSIGNED, "countersigned_at", "approved_by", (warn_events.ALERT_COUNTERSIGNED,)),
    (FactKind.ISSUED, "issued_at", "", (warn_events.ALERT_ISSUED,)),
)

_BY_UNIT = (warn_events.ALERT_COSIGNED, warn_events.ALERT_COSIGNED_VERBALLY, warn_events.ALERT_COUNTERSIGNED)


def _alerts(ctx: Ctx, path: str, until: datetime | None) -> Iterator[Fact]:
    """The warnings that named the place, one that it lies in, or one inside it."""
    rows = alert_queries.speaking(ctx).distinct()
    named: dict[int, list[str]] = defaultdict(list)
    for alert, place in alert_queries.named_by(rows):
        if place.startswith(path) or path.startswith(place):
            named[alert].append(place)
    alerts = [row for row in rows if row.pk in named]
    seqs = _seqs(ctx, [row.ref for row in alerts])
    for row in alerts:
        for fact in _steps(row, tuple(sorted(named[row.pk])), seqs[row.ref]):
            if until is None or fact.at <= until:
                yield fact


def _seqs(ctx: Ctx, refs: list[str]) -> dict[str, dict[str, int]]:
    """By alert: the first entry of each name (`name:unit` for a unit that issues jointly), under `` the very first."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    entries = JournalEntry.objects.filter(world_id=ctx.world.id, subject__in=refs).order_by("seq")
    for entry in entries:
        unit = journal.read(entry)["body"].get("unit", "") if entry.name in _BY_UNIT else ""
        found[entry.subject].setdefault(f"{entry.name}:{unit}" if unit else entry.name, entry.seq)
        found[entry.subject].setdefault("", entry.seq)
    return found


def _steps(row: Alert, places: tuple[str, ...], seqs: dict[str, int]) -> Iterator[Fact]:
    level = Grade(row.level).code
    detail: dict[str, str | int] = {"alert": row.ref, "level": level, "verbal": int(row.approval == "verbal")}
    first = seqs.get("", 0)
    if row.source == "imported":
        if row.issued_at:
            issuer = {**detail, "issuer": row.issuer_name}
            yield Fact(kind=FactKind.IMPORTED, at=row.issued_at, places=places, seq=first, detail=issuer)
        return
    for kind, at, who, names in _STEPS:
        moment = getattr(row, at)
        if moment:
            seq = next((seqs[n] for n in names if n in seqs), first)
            by = getattr(row, who) if who else ""
            yield Fact(kind=kind, at=moment, places=places, seq=seq, who=by, detail=detail)
    for each in alert_rows.cosigners(row):
        yield from _cosigned(each, places, detail, seqs)


def _cosigned(
    each: CoSigner, places: tuple[str, ...], alert: dict[str, str | int], seqs: dict[str, int]
) -> Iterator[Fact]:
    """What a unit that issues jointly agreed to, and its signature where that came by telephone."""
    detail = {**alert, "unit": each.unit, "issuer": each.name, "verbal": int(each.verbal is not None)}
    if each.at:
        name = warn_events.ALERT_COSIGNED_VERBALLY if each.verbal else warn_events.ALERT_COSIGNED
        seq = seqs.get(f"{name}:{each.unit}", seqs.get("", 0))
        yield Fact(kind=FactKind.COSIGNED, at=each.at, places=places, seq=seq, who=each.by, detail=detail)
    if each.countersigned_at:
        seq = seqs.get(f"warn.alert.countersigned:{each.unit}", seqs.get("", 0))
        yield Fact(
            kind=FactKind.COUNTERSIGNED,
            at=each.countersigned_at,
            places=places,
            seq=seq,
            who=each.by,
            detail=detail,
        )
