"""What `/` finds of registers: each by its word, and its entries by their number or by what its list finds them by."""

from collections.abc import Iterator
from functools import reduce
from typing import Any

from django.db.models import CharField, F, QuerySet, Value
from django.db.models.functions import Cast

from anlan.foundation.context import Ctx
from anlan.foundation.words import t, w
from anlan.registers import queries
from anlan.registers.all import open_to
from anlan.registers.register import Register
from anlan.ui.finding import AT_MOST, Finder, Hit


def _registers(ctx: Ctx, text: str, lang: str) -> Iterator[Hit]:
    for register in open_to(ctx):
        if text in register.word or text.casefold() in t("en", register.word).casefold():
            yield Hit(
                name=t(lang, register.word), page=f"registers/{register.name}", about=t(lang, w("台账"))
            )


def _entries(ctx: Ctx, text: str, lang: str) -> Iterator[Hit]:
    """All registers are asked in one question which entries; each that has some is asked once more what they are."""
    asked = [each for each in open_to(ctx) if each.finds]
    found: dict[str, list[Any]] = {}
    for name, pk in (
        reduce(lambda a, b: a.union(b, all=True), (_keys(ctx, r, text) for r in asked)) if asked else ()
    ):
        found.setdefault(name, []).append(pk)
    for register in asked:
        if keys := found.get(register.name):
            for row in register.load(
                register.rows(ctx).filter(pk__in=keys).order_by(*register.order, register.ref)
            ):
                yield _hit(register, row)


def _hit(register: Register, row: Any) -> Hit:
    ref = register.ref_of(row)
    beside = [
        c.shown(row) for c in register.columns if c.find and c.name not in (*register.naming, register.ref)
    ]
    about = " · ".join(filter(None, (ref, *beside)))
    return Hit(
        name=register.name_of(row), page=f"registers/{register.name}/{ref}", about=about, group=register.word
    )


def _keys(ctx: Ctx, register: Register, text: str) -> QuerySet[Any, Any]:
    some = queries.view(ctx, register, {"q": text}).order_by().values("pk")[:AT_MOST]
    rows = register.model._default_manager.filter(pk__in=some).order_by()
    return rows.values_list(Value(register.name, CharField()), Cast(F("pk"), CharField()))


FINDERS = (
    Finder(word=w("台账"), permission="registers.view", place=8, find=_registers),
    Finder(word=w("台账"), permission="registers.view", place=9, find=_entries),
)
