"""存下的视图: a list's filters, order and columns under a name; one's own, or shared with one's unit."""

from urllib.parse import parse_qsl, urlencode

from django.db.models import Q, QuerySet

from anlan.foundation.actions import action
from anlan.foundation.context import Ctx
from anlan.foundation.errors import Conflict, Invalid, NotFound
from anlan.registers.models import SavedView
from anlan.registers.register import Register

COLUMN = "c"
"""A column that is shown, in the address; several times for several."""
MOST = 30


def views(ctx: Ctx, register: Register) -> QuerySet[SavedView]:
    """One's own, and those that one's unit shares."""
    mine = Q(owner=ctx.actor.ref)
    if ctx.actor.unit:
        mine |= Q(unit=ctx.actor.unit)
    return SavedView.objects.filter(mine, register=register.name).order_by("name", "pk")


def save(ctx: Ctx, register: Register, name: str, asked: str, *, shared: bool) -> None:
    """Under the same name it is another view by now. What is looked for stays out where it may name a person."""
    name = " ".join(name.split())[:40]
    may = {"sort", "ended", "figure", COLUMN, *(c.name for c in register.columns if c.filter)}
    may |= set() if register.is_sealed else {"q"}
    kept = urlencode([(key, value) for key, value in parse_qsl(asked) if key in may])
    if not name or len(kept) > 1000:
        raise Invalid("请给视图起个名字，筛选也别太长。")
    with action(ctx, register.view):
        mine = SavedView.objects.filter(register=register.name, owner=ctx.actor.ref)
        if mine.exclude(name=name).count() >= MOST:
            raise Conflict("最多存 {n} 个视图。请先删去不用的。", n=MOST)
        unit = ctx.actor.unit if shared else ""
        mine.update_or_create(
            register=register.name, owner=ctx.actor.ref, name=name, defaults={"asked": kept, "unit": unit}
        )


def drop(ctx: Ctx, register: Register, number: int) -> None:
    """Only one's own."""
    with action(ctx, register.view):
        mine = SavedView.objects.filter(pk=number, register=register.name, owner=ctx.actor.ref)
        if not mine.delete()[0]:
            raise NotFound("没有这个视图，或不是您存的。")
