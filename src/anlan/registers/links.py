"""Columns that point to entries of another register, by code or by name."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import Q

from anlan.foundation.context import Ctx
from anlan.foundation.words import Said, say
from anlan.registers.columns import Bad, Column, Look, chunks


@dataclass(frozen=True, eq=False)
class Coming:
    """An entry that another row of the same file brings: it has no number before it is stored."""

    line: Any

    @property
    def row(self) -> Any:
        return self.line.change.row


def several(name: str) -> Bad:
    return Bad(say("有几个叫 {name} 的：请填代码", name=name))


def lacking(name: str) -> Bad:
    return Bad(say("没有 {name}，或不在您的范围内", name=name[:40]))


@dataclass(frozen=True, kw_only=True)
class Link(Column):
    """Another entry, by its code or its name. `target` gives the rows within reach; `by` are its fields, the surest first.

    With `many`, several stand in one cell with a 、 between; the model's field is a ManyToMany.
    """

    target: Callable[[Ctx], Any]
    by: tuple[str, ...] = ("ref", "name")
    label: str = "name"
    code: str = "ref"
    many: bool = False
    few: bool = False  # so few that they are chosen from a list
    wire: ClassVar[Any] = str
    sorts: ClassVar[bool] = False

    def leads_home(self, look: Look, model: Any) -> bool:
        """Whether it points to an entry of its own register, which the same file may bring."""
        return not self.many and self.target(look.ctx).model is model

    @property
    def is_many(self) -> bool:  # type: ignore[override]
        return self.many

    @property
    def is_beside(self) -> bool:  # type: ignore[override]
        return self.many

    def resolve_many(self, look: Look, texts: set[str]) -> dict[str, Any]:
        wanted = {part for text in texts for part in self.parts(text)}
        found: dict[str, Any] = {}
        rows = self.target(look.ctx)
        for name in reversed(self.by):
            taken: dict[str, Any] = {}
            for some in chunks(sorted(wanted)):
                for pk, said in rows.filter(**{f"{name}__in": some}).values_list("pk", name):
                    taken[said] = pk if said not in taken else several(said)
            found |= taken
        return found

    def parts(self, text: str) -> list[str]:
        return [x for x in (p.strip() for p in re.split(r"[、,，;；\n]", text)) if x] if self.many else [text]

    def read(self, text: str, look: Look) -> Any:
        known = look.known.get(self.name, {})
        found = []
        for part in self.parts(text):
            value = known.get(part)
            if value is None:
                raise lacking(part)
            if isinstance(value, Bad):
                raise value
            found.append(value)
        return tuple(sorted(set(found))) if self.many else found[0]

    def emptied(self) -> Any:
        return () if self.many else None

    def of(self, row: Any) -> Any:
        if not self.many:
            return getattr(row, f"{self.at}_id")
        return tuple(sorted(each.pk for each in getattr(row, self.at).all())) if row.pk else ()

    def put(self, row: Any, value: Any) -> None:
        if not self.many:
            setattr(row, f"{self.at}_id", value.row.pk if isinstance(value, Coming) else value)

    def put_many(self, rows: Sequence[tuple[Any, Any]]) -> None:
        if not rows:
            return
        relation = rows[0][0]._meta.get_field(self.at)
        through, mine, other = (
            relation.remote_field.through,
            relation.m2m_column_name(),
            relation.m2m_reverse_name(),
        )
        links = through._default_manager
        for some in chunks([row.pk for row, _ in rows]):
            links.filter(**{f"{mine}__in": some}).delete()
        links.bulk_create(
            (through(**{mine: row.pk, other: pk}) for row, value in rows for pk in value), batch_size=2000
        )

    def each(self, row: Any) -> list[Any]:
        found = getattr(row, self.at)
        return list(found.all()) if self.many else [found] if found else []

    def shown(self, row: Any) -> str:
        return "、".join(str(getattr(each, self.label)) for each in self.each(row))

    def typed(self, row: Any) -> str:
        return "、".join(str(getattr(each, self.code)) for each in self.each(row))

    def wired(self, row: Any) -> Any:
        return self.typed(row)

    def filed(self, row: Any) -> str:
        return self.typed(row)

    def thawed(self, kept: Any, ref: str) -> Any:
        return tuple(kept) if self.many else kept

    def teller(self, values: Iterable[Any], ctx: Ctx) -> Callable[[Any], Any]:
        """By code, asked for at once: the journal knows no ids."""
        wanted = sorted({pk for v in values if v is not None for pk in (v if self.many else (v,))})
        rows = self.target(ctx).model._default_manager
        codes = {pk: str(code) for some in chunks(wanted)
                 for pk, code in rows.filter(pk__in=some).values_list("pk", self.code)}  # fmt: skip
        return lambda v: [codes[pk] for pk in v] if self.many else codes.get(v)

    def q(self, text: str, look: Look) -> Q:
        look.known.setdefault(self.name, {}).update(self.resolve_many(look, {text}))
        value = self.read(text, look)
        return Q(**{f"{self.at}__in": value if self.many else [value]})

    def found(self, text: str) -> Q:
        return Q(**{f"{self.at}__{self.label}__contains": text})

    def begins(self, text: str) -> Q:
        return Q(**{f"{self.at}__{self.label}__startswith": text})

    def choices(self, look: Look) -> Sequence[tuple[str, str]]:
        if not self.few:
            return ()
        rows = self.target(look.ctx).order_by(self.code).values_list(self.code, self.label)
        return [(str(code), Said(str(label))) for code, label in rows[:200]]  # data, alike in both languages
