"""A register 台账, declared: the table it stands on, its columns, who may, and what its room does itself.

It may stand on any table with `scope_by`, also one that is no `Entry`. What is left out here the kit does by itself.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Model, Q, QuerySet

from anlan.foundation.context import Ctx
from anlan.foundation.errors import Invalid
from anlan.foundation.rules.life import Life, Step, said
from anlan.foundation.words import Sentence, w
from anlan.foundation.worlds import beijing
from anlan.registers.books.heads import Head
from anlan.registers.books.reading import Table
from anlan.registers.columns import Column, Look
from anlan.registers.links import Link
from anlan.registers.lives import Due, State, is_late


@dataclass(kw_only=True)
class Change:
    """One entry to be saved: the row as it is to stand (made, or changed, not yet stored), all its values, which are new."""

    row: Any
    values: dict[str, Any]
    changed: tuple[str, ...]
    before: dict[str, Any] = field(default_factory=dict)
    is_new: bool = False
    version: str = ""  # of the row as it was judged
    number: int = 0  # row of the file


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A number that a register tells of itself: how many entries are so, of how many; its rows are one press away."""

    name: str
    word: str
    where: Callable[[Ctx], Q]
    sum: str = ""  # of a column, instead of a count


Save = Callable[[Ctx, Sequence[Change]], None]
Fits = Callable[[Change, Look], Iterable[tuple[str, Sentence]]]


@dataclass(frozen=True, kw_only=True)
class Register:
    name: str  # in addresses, API, files and commands
    word: str
    room: str
    model: type[Model]
    columns: tuple[Column, ...]
    keys: tuple[tuple[str, ...], ...]
    """By which columns a row of a file is known: the first of these whose columns are all filled decides."""
    view: str  # permissions
    keep: str
    ref: str = "ref"  # the model's field by which addresses and journal call an entry; unique
    kind: str = ""  # of refs that are given here: P-20260701-003; without it the ref is a column
    order: tuple[str, ...] = ()
    join: tuple[str, ...] = ()  # select_related
    fetch: tuple[str, ...] = ()  # prefetch_related
    note: str = ""  # what it is for, in one sentence
    where: Callable[[Ctx], Q] | None = None  # only these rows of the table
    path: Callable[[Any], str] | None = None  # row → path of its place; without it the place column tells
    within: bool = True  # a change must lie within the actor's scope
    blank: Callable[[Ctx], Mapping[str, Any]] = lambda ctx: {}  # what a new row has besides its columns
    complete: Callable[[Change], None] = lambda change: None  # what a new row takes from what was said
    fits: Fits = lambda change, look: ()
    """(column or "", sentence) of what does not fit together in a row that is right cell by cell."""
    save: Save | None = None
    """The room's own way of storing; in one transaction with the journal. Without it rows are stored as they are."""
    refs_late: bool = (
        False  # `save` gives the refs; else all that the journal is told is made before the lock
    )
    remove: Callable[[Ctx, Sequence[Any]], None] | None = None
    """How entries that were entered by mistake go, for a register with a `save` of its own."""
    ends: str = ""  # the Day column with which an entry ends; nothing that others stand on is deleted
    life: Life[Any, Any, Any] | None = None
    """How entries go on, by steps from state to state: gives the columns `state` (the model's) and `due`, and the figure `late`."""
    asks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Step → the columns that its form asks for; "why" among them where it wants a reason."""
    limits: Mapping[str, timedelta] = field(default_factory=dict)
    """State → how long an entry may stand in it; a step that says its own `due` goes before."""
    oversees: str = ""  # who sees on the desk what is late, besides those who keep it
    opens: str = "people.unmask"  # who may see what is sealed, one entry at a time, with a reason
    tells: bool = True  # the kit writes the journal; False: `save` does
    unfold: Callable[[Ctx, bytes, str], Table | None] = lambda ctx, data, filename: None
    """Rows of a file that counties keep in another shape; None for one that is no such file."""
    called: str = (
        ""  # what its room's own journal entries call an entry, where that is not the register's name
    )
    leads: Callable[[Any], Sequence[tuple[str, str]]] = lambda row: ()
    """Pages of its room about an entry, as (word, address from /), for who may keep it."""
    finds: bool = True  # by `/`; False where its room's own finder leads to a better page
    figures: tuple[Figure, ...] = ()
    examples: tuple[Mapping[str, str], ...] = ()

    def __post_init__(self) -> None:
        if self.life:
            words = {str(each): said(each).zh for each in self.life.states}
            own = State(life=self.life, words=words), Due(register=self.name, ref=self.ref)
            late = Figure(name="late", word=w("逾期"), where=is_late(self.name, self.ref))
            object.__setattr__(self, "columns", (*self.columns, *own))
            object.__setattr__(self, "figures", (*self.figures, late))

    def column(self, name: str) -> Column:
        return next(c for c in self.columns if c.name == name)

    @property
    def is_reference(self) -> bool:
        """Belongs to no world: kept in the live one alone."""
        return not hasattr(self.model, "world_id")

    def standing(self, ctx: Ctx) -> Q:
        """What has not ended."""
        if not self.ends:
            return Q()
        at = self.column(self.ends).at
        return Q(**{at: None}) | Q(**{f"{at}__gt": beijing(ctx.now).date()})

    @property
    def is_sealed(self) -> bool:
        return any(c.is_sealed for c in self.columns)

    @property
    def naming(self) -> tuple[str, ...]:
        """The columns that people know an entry by."""
        return self.keys[-1]

    @property
    def typed(self) -> tuple[Column, ...]:
        """What is said of an entry; the others come about by its steps."""
        return tuple(c for c in self.columns if c.is_typed)

    @property
    def events(self) -> tuple[Any, ...]:
        """Its steps, as its life names them."""
        return self.life.events if self.life else ()

    def begun(self, ctx: Ctx) -> dict[str, Any]:
        """State and deadline of a new entry."""
        if not self.life:
            return {}
        return {"state": str(self.life.start), "due": self._limit(ctx.now, self.life.start)}

    def due_after(self, step: Step[Any, Any, Any], case: Any) -> datetime | None:
        """The deadline once a step is taken; one that stays where it is keeps its own."""
        if step.due:
            at = step.due(case)
            return at and at.replace(second=0, microsecond=0)
        if step.source == step.target:
            kept: datetime | None = self.column("due").of(case.row)
            return kept
        return self._limit(case.now, step.target)

    def _limit(self, now: datetime, state: str) -> datetime | None:
        within = self.limits.get(state)
        return (now + within).replace(second=0, microsecond=0) if within is not None else None

    def can_change(self, ctx: Ctx, row: Any) -> bool:
        """Whether an entry lies where the actor may change it: within scope; reference data in the live world alone."""
        lies = not self.within or ctx.scope.holds(self.path_of(row))
        return lies and (ctx.world.is_live or not self.is_reference)

    def rows(self, ctx: Ctx) -> QuerySet[Any]:
        rows = ctx.rows(self.model).filter(self.where(ctx)) if self.where else ctx.rows(self.model)
        return rows.select_related(*self.join).prefetch_related(*self.fetched)

    def load(self, rows: Iterable[Any]) -> list[Any]:
        """Rows with what their columns keep in other tables, asked for at once."""
        rows = list(rows)
        for column in self.columns:
            column.load(rows)
        return rows

    @property
    def fetched(self) -> tuple[str, ...]:
        return self.fetch + tuple(c.at for c in self.columns if isinstance(c, Link) and c.many)

    def ordered(self, rows: QuerySet[Any], asked: str = "") -> QuerySet[Any]:
        """By a column (`-name` downwards), else as declared; the ref decides among equals."""
        column = next(
            (c for c in self.columns if c.name == asked.lstrip("-") and c.sorts and not c.is_beside), None
        )
        first = (("-" if asked.startswith("-") else "") + column.at,) if column else self.order
        return rows.order_by(*first, self.ref)

    def ref_of(self, row: Any) -> str:
        return str(getattr(row, self.ref))

    def path_of(self, row: Any) -> str:
        if self.path:
            return self.path(row)
        for column in self.columns:
            if hasattr(column, "path_of"):
                return str(column.path_of(row))
        return ""

    def name_of(self, row: Any) -> str:
        """An entry in words: its naming columns, as pages show them."""
        return " ".join(filter(None, (self.column(name).shown(row) for name in self.naming))) or self.ref_of(
            row
        )

    def version_of(self, row: Any) -> str:
        """What stands there, as a mark: another mark, another state."""
        kept = [getattr(row, f.attname) for f in row._meta.concrete_fields]
        kept += [c.mark(row) for c in self.columns if c.is_beside]
        return hashlib.sha256(repr(kept).encode()).hexdigest()[:20]

    def filtered_by(self, asked: Mapping[str, str]) -> None:
        """Raises: Invalid for a filter that is no column to filter by, so that nobody takes the whole for a part."""
        may = {"q", "sort", "ended", "figure", "c", *(c.name for c in self.columns if c.filter)}
        if unknown := asked.keys() - may:
            raise Invalid(
                "不能按 {names} 筛。能用：{may}。",
                names="、".join(sorted(unknown)),
                may="、".join(sorted(may)),
            )

    def heads(self, look: Look) -> list[Head]:
        return [c.head(look) for c in self.columns]
