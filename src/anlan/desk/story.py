"""经过: what the journal says of a place, as short sentences, newest first, each with its entry number.

Only what a person at the desk must know, said by the room whose fact it is; whoever wants every word opens the entry.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.db.models import Q, QuerySet

from anlan.foundation import journal, journal_reading, rooms
from anlan.foundation.context import Ctx
from anlan.people import queries as people
from anlan.places.atlas import Place
from anlan.ui.speech import Entry, Saying, Told, Words

AT_MOST = 40


@dataclass(frozen=True, kw_only=True)
class Line:
    """One sentence with its place in the journal."""

    seq: int
    at: datetime
    told: Told


@dataclass(frozen=True, kw_only=True)
class Story:
    lines: tuple[Line, ...]
    first: int
    last: int
    more: bool


@cache
def sayings() -> dict[str, Saying]:
    """By name of an entry: how its room says it."""
    return {name: saying for told in rooms.brought("sayings") for name, saying in told.items()}


def story(ctx: Ctx, place: Place, *, lang: str, at: datetime | None = None) -> Story:
    """What happened to a place and, for a village, what its township's entries say of it."""
    rows = journal_reading.rows(ctx).filter(name__in=tuple(sayings()))
    if at is not None:
        rows = rows.filter(at__lte=at)
    entries = list(_about(rows, place).order_by("-seq")[: AT_MOST + 1])
    read = [(entry, journal.read(entry)) for entry in entries[:AT_MOST]]
    say = Words(ctx, lang, at, people.titled(ctx, lang, _named(each for _, each in read)), place)
    lines = [
        Line(seq=entry.seq, at=entry.at, told=told)
        for entry, each in read
        if (told := sayings()[entry.name].say(say, each))
    ]
    seqs = [line.seq for line in lines]
    return Story(
        lines=tuple(lines), first=min(seqs, default=0), last=max(seqs, default=0), more=len(entries) > AT_MOST
    )


def _about(rows: QuerySet[Any], place: Place) -> QuerySet[Any]:
    """A village's own entries, and those of its township that name it; a township's own, but for its villages'."""
    if place.tier < 4:
        return rows.filter(place=place.path).exclude(name__in=_of("village"))
    named = Q(text__contains=f"village:{place.path}") | Q(name__in=_of("township"))
    return rows.filter(Q(place=place.path) | Q(place=place.path[:-4]) & named)


def _of(whom: str) -> list[str]:
    return [name for name, saying in sayings().items() if saying.of == whom]


def _named(entries: Iterable[Entry]) -> Iterable[str]:
    """The people whom entries name."""
    for each in entries:
        by = each["body"].get("by") or ()
        yield each["refs"].get("holder", "")
        yield from by if isinstance(by, list) else [str(by)] if by else []
        yield from (call["call"].split("/")[1] for call in each["body"].get("calls", ()))
