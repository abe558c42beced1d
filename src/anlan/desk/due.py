"""现在要办的: everything that waits for a person, as one list by harm, each with its one next step.

What waits, its sentences and its buttons are brought by the rooms (`ui/due.py`); here they are only ordered and folded.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache

from anlan.foundation import rooms
from anlan.foundation.context import Ctx
from anlan.foundation.rules.urgency import rank
from anlan.foundation.words import written
from anlan.people import queries as people
from anlan.ui.due import Due, Kind
from anlan.ui.pages import Request
from anlan.ui.shared import made_once
from anlan.ui.speech import Words


@cache
def kinds() -> dict[str, Kind]:
    """Every kind of waiting that a room brings."""
    return {name: kind for dues in rooms.brought("dues") for name, kind in dues.kinds.items()}


@cache
def acts() -> dict[str, Callable[[Request], str]]:
    """Everything that the desk's buttons do."""
    return {name: do for dues in rooms.brought("dues") for name, do in dues.acts.items()}


def dues(ctx: Ctx, *, lang: str, at: datetime | None = None, path: str = "") -> list[Due]:
    """The list as of now, or as it was known at a past moment, within scope and permission; once for all who see the same."""
    return list(made_once(ctx, ("dues", lang, at, path), lambda: _dues(ctx, lang, at, path)))


def _dues(ctx: Ctx, lang: str, at: datetime | None, path: str) -> list[Due]:
    found = [wait for dues in rooms.brought("dues") for wait in dues.waits(ctx, at, path)]
    refs = sorted({str(each.facts["who"]) for each in found if each.facts.get("who")})
    known = people.holders_by_ref(ctx, refs) if refs else {}
    words = Words(ctx, lang, at, {ref: written(lang, holder.title) for ref, holder in known.items()})
    return in_order([kinds()[each.kind].say(words, each) for each in found], words)


def in_order(found: Iterable[Due], words: Words) -> list[Due]:
    """By harm, inside a class by deadline; many alike stand as one row."""
    groups: dict[object, list[Due]] = {}
    for due in found:
        alike = kinds()[due.kind].alike
        same = alike(due) if alike else None
        groups.setdefault((due.kind, due.key if same is None else ("alike", same)), []).append(due)
    return sorted((row for rows in groups.values() for row in _folded(rows, words)), key=_rank)


def _folded(rows: list[Due], words: Words) -> list[Due]:
    kind = kinds()[rows[0].kind]
    if kind.as_one is None or len(rows) <= kind.most:
        return rows
    return [kind.as_one(words, rows, min(rows, key=_rank))]


def _rank(due: Due) -> tuple[int, float, str]:
    return rank(due.harm, due.deadline, due.key)
