"""Reading a register: a part of the list, one entry, its history, all of a view; within scope."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from anlan.foundation import journal, rooms
from anlan.foundation.context import Ctx
from anlan.foundation.errors import NotFound
from anlan.foundation.paging import Cut, Part, take
from anlan.foundation.rules.life import said
from anlan.foundation.words import Text, t, w
from anlan.registers.columns import Bad, Look, chunks
from anlan.registers.events import ADDED, ATTACHED, CHANGED, DETACHED, ENDED, LATE, TAKEN_BACK, UNMASKED
from anlan.registers.register import Register


def view(ctx: Ctx, register: Register, asked: Mapping[str, str]) -> QuerySet[Any]:
    """The rows of a view: `q`, `sort`, `ended` (those too) and the columns that filter. What cannot be read finds nothing."""
    rows, look = register.rows(ctx), Look(ctx)
    if not asked.get("ended"):
        rows = rows.filter(register.standing(ctx))
    if text := " ".join(asked.get("q", "").split()):
        wanted = Q(**{register.ref: text})
        for column in register.columns:
            if column.find:
                wanted |= column.found(text)
        rows = rows.filter(wanted)
    if figure := next((f for f in register.figures if f.name == asked.get("figure")), None):
        rows = rows.filter(figure.where(ctx))
    for column in register.columns:
        if column.filter and (text := asked.get(column.name, "").strip()):
            try:
                rows = rows.filter(column.narrowed(text, look))
            except Bad:
                rows = rows.none()
    return register.ordered(rows, asked.get("sort", ""))


def part(ctx: Ctx, register: Register, asked: Mapping[str, str], cut: Cut) -> Part[Any]:
    found = take(view(ctx, register, asked), lambda row: row, cut)
    register.load(found.items)
    return found


@dataclass(frozen=True)
class Told:
    """A figure with its number, and of how many where it is a share."""

    name: str
    word: str
    number: Any
    of: int | None


def figures(ctx: Ctx, register: Register) -> list[Told]:
    """All figures in one query, of what has not ended."""
    if not register.figures:
        return []
    asked: dict[str, Any] = {"all": Count("pk")}
    for figure in register.figures:
        at = register.column(figure.sum).at if figure.sum else "pk"
        asked[f"f_{figure.name}"] = (Sum if figure.sum else Count)(at, filter=figure.where(ctx))
    found = ctx.rows(register.model).filter(register.standing(ctx)).aggregate(**asked)
    return [
        Told(f.name, f.word, found[f"f_{f.name}"] or 0, None if f.sum else found["all"])
        for f in register.figures
    ]


def entry(ctx: Ctx, register: Register, ref: str) -> Any:
    """Raises: NotFound."""
    row = register.rows(ctx).filter(**{register.ref: ref}).first()
    if row is None:
        raise NotFound("没有编号为 {ref} 的记录，或不在您的范围内。请从列表里选择。", ref=ref)
    return register.load([row])[0]


def entries(ctx: Ctx, register: Register, refs: Sequence[str]) -> list[Any]:
    """Several at once, in the order asked for. Raises: NotFound where one is not there."""
    found: dict[str, Any] = {}
    for some in chunks(refs):
        rows = register.load(register.rows(ctx).filter(**{f"{register.ref}__in": some}))
        found |= {register.ref_of(row): row for row in rows}
    return [found.get(ref) or entry(ctx, register, ref) for ref in refs]


@dataclass(frozen=True)
class Column:
    """One column of one entry in the history."""

    word: str
    was: str
    now: str


@dataclass(frozen=True)
class Past:
    """One entry of the history: when, by whom, what; before and after of each column."""

    at: datetime
    actor: str
    name: str
    why: str
    columns: tuple[Column, ...]


_VERBS = {
    ADDED: w("登记"), CHANGED: w("改"), ENDED: w("结束"), TAKEN_BACK: w("撤回"), UNMASKED: w("看了完整内容"), LATE: w("逾期"),
    ATTACHED: w("附了文件"), DETACHED: w("去掉了附件"),
}  # fmt: skip


def history(ctx: Ctx, register: Register, ref: str, lang: str = "zh") -> list[Past]:
    """What the journal tells of an entry, the newest first."""
    known = {c.name: c for c in register.columns}
    order = {name: n for n, name in enumerate(known)}
    found = []
    for told in reversed(journal.story(ctx, ref)):
        if not {register.name, register.called} & told["refs"].keys():
            continue
        columns = tuple(
            Column(known[name].word, known[name].told_in_words(c["was"], lang) if "was" in c else "",
                 known[name].told_in_words(c.get("is"), lang))
            for name, c in sorted(told["body"].get("columns", {}).items(), key=lambda c: order.get(c[0], 0)) if name in known
        )  # fmt: skip
        at = datetime.fromisoformat(told["at"])
        step = word_of_step(register, told["body"].get("step", ""))
        verb = _VERBS.get(told["name"]) or step or rooms.merged("events").get(told["name"], told["name"])
        found.append(Past(at, told["actor"], t(lang, verb), told["body"].get("why", ""), columns))
    return found


def word_of_state(register: Register, state: str) -> Text:
    return next(
        (said(each) for each in (register.life.states if register.life else ()) if each == state), state
    )


def word_of_step(register: Register, event: str) -> Text:
    return next((said(each) for each in register.events if each == event), event)


def wired(register: Register, row: Any) -> dict[str, Any]:
    """An entry as the API gives it; names and numbers masked."""
    told = {c.name: c.wired(row) for c in register.columns}
    return {"ref": register.ref_of(row), "version": register.version_of(row), **told}


def cells(
    ctx: Ctx, register: Register, asked: Mapping[str, str], columns: Sequence[Any] = ()
) -> Iterator[dict[str, str]]:
    """A view row by row as a file shows it, of all columns or of some."""
    rows = view(ctx, register, asked).iterator(chunk_size=1000)
    while some := register.load(islice(rows, 1000)):
        yield from ({c.name: c.filed(row) for c in columns or register.columns} for row in some)
