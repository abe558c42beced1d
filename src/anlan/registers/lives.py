"""状态、期限: the two columns that a register with a life has besides its own, and the rows of what is due."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.db.models import Q, QuerySet

from anlan.foundation import tasks
from anlan.foundation.context import Ctx
from anlan.foundation.rules.life import Life, said
from anlan.foundation.words import Text, say, t, w
from anlan.registers.books.heads import Head
from anlan.registers.columns import Bad, Choice, Column, Look, chunks
from anlan.registers.models import Deadline
from anlan.registers.moments import Moment

LATE = "registers.late"
"""Due work: at the moment the deadline of an entry passes."""


@dataclass(frozen=True, kw_only=True)
class State(Choice):
    """状态: changes by steps alone."""

    name: str = "state"
    word: str = w("状态")
    life: Life[Any, Any, Any]
    fixed: bool = True
    filter: bool = True
    is_typed: ClassVar[bool] = False

    def of(self, row: Any) -> str:
        return getattr(row, self.at) or str(self.life.start)

    def said(self, row: Any, lang: str) -> str:
        state = next((each for each in self.life.states if each == self.of(row)), None)
        return t(lang, said(state)) if state else self.of(row)

    def told_in_words(self, told: Any, lang: str) -> str:
        state = next((each for each in self.life.states if each == told), None)
        return t(lang, said(state)) if state else str(told or "")

    def choices(self, look: Look) -> list[tuple[str, Text]]:  # type: ignore[override]
        return [(str(each), t(look.lang, said(each))) for each in self.life.states]

    def head(self, look: Look) -> Head:
        return Column.head(self, Look(look.ctx))


@dataclass(frozen=True, kw_only=True)
class Due(Moment):
    """期限: by when the next step must be taken; a new entry may come with its own."""

    name: str = "due"
    word: str = w("期限")
    register: str
    ref: str
    fixed: bool = True
    is_beside: ClassVar[bool] = True
    is_typed: ClassVar[bool] = False

    def load(self, rows: Sequence[Any]) -> None:
        mine = Deadline.objects.filter(register=self.register)
        if rows and hasattr(rows[0], "world_id"):
            mine = mine.filter(world_id=rows[0].world_id)
        due: dict[str, datetime] = {}
        for some in chunks([str(getattr(row, self.ref)) for row in rows]):
            due |= dict(mine.filter(ref__in=some).values_list("ref", "due_at"))
        for row in rows:
            row.due_of_life = due.get(str(getattr(row, self.ref)))

    def of(self, row: Any) -> Any:
        return getattr(row, "due_of_life", None)

    def found(self, text: str) -> Q:
        return Q(pk__in=())

    def q(self, text: str, look: Look) -> Q:
        raise Bad(say("不能按它筛"))


def keep(ctx: Ctx, register: Any, changes: Sequence[Any]) -> None:
    """The deadlines of entries whose due moment changed, each with its due work; in the transaction that changes them."""
    moved = [each for each in changes if "due" in each.changed]
    forget(ctx, register.name, (register.ref_of(each.row) for each in moved))
    rows = [
        Deadline(
            world_id=ctx.world.id, register=register.name, ref=register.ref_of(each.row), place=register.path_of(each.row),
            stands=each.values["state"], since=ctx.now, due_at=each.values["due"],
        )
        for each in moved if each.values["due"] is not None
    ]  # fmt: skip
    Deadline.objects.bulk_create(rows, batch_size=2000)
    for some in chunks(rows):
        work = [(LATE, f"late:{d.register}:{d.ref}:{d.due_at:%Y%m%d%H%M}", d.due_at, d) for d in some]
        tasks.schedule_many(
            ctx, [(k, key[:120], at, {"register": d.register, "ref": d.ref}) for k, key, at, d in work]
        )


def deadlines(ctx: Ctx, registers: Iterable[str], until: datetime, path: str = "") -> QuerySet[Deadline]:
    """What is due by then below a path, within scope, the most urgent first."""
    rows = ctx.rows(Deadline).filter(register__in=list(registers), due_at__lte=until, place__startswith=path)
    return rows.order_by("due_at")


def forget(ctx: Ctx, register: str, refs: Iterable[str]) -> None:
    for some in chunks(list(refs)):
        Deadline.objects.filter(world_id=ctx.world.id, register=register, ref__in=some).delete()


def is_late(register: str, ref: str) -> Callable[[Ctx], Q]:
    """Entries whose deadline has passed."""

    def where(ctx: Ctx) -> Q:
        late = Deadline.objects.filter(world_id=ctx.world.id, register=register, due_at__lt=ctx.now)
        return Q(**{f"{ref}__in": late.values("ref")})

    return where
