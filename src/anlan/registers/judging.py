"""审: the rows of a file, a form or a call are read and judged whole before anything is stored. Nothing here writes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from anlan.foundation.context import Ctx
from anlan.foundation.words import Sentence, say
from anlan.registers.columns import CLEARED, Bad, Column, Look, chunks
from anlan.registers.links import Coming, Link, lacking, several
from anlan.registers.register import Change, Register
from anlan.registers.sealed import Masked

Cells = Mapping[str, str]
LACKS = say("这一列必须填")


@dataclass
class Line:
    """One row: its number, its cells, what it would change (None: nothing), or why not, by column ("" for the row)."""

    number: int
    cells: Cells
    given: dict[str, Any] = field(default_factory=dict)
    decided: Mapping[str, Any] = field(default_factory=dict)  # by the step that is taken
    change: Change | None = None
    row: Any = None
    wrong: dict[str, Sentence] = field(default_factory=dict)

    @property
    def state(self) -> str:
        """new, changed, same or wrong."""
        if self.wrong:
            return "wrong"
        return "same" if self.change is None else "new" if self.change.is_new else "changed"


@dataclass
class Judged:
    lines: list[Line]

    def of(self, state: str) -> list[Line]:
        return [line for line in self.lines if line.state == state]

    def counts(self) -> dict[str, int]:
        return {state: len(self.of(state)) for state in ("new", "changed", "same", "wrong")}

    @property
    def changes(self) -> list[Change]:
        return [line.change for line in self.lines if line.change is not None and not line.wrong]


def judge(
    ctx: Ctx,
    register: Register,
    rows: Iterable[tuple[int, Cells]],
    *,
    about: Sequence[Any] = (),
    decided: Sequence[Mapping[str, Any]] = (),
) -> Judged:
    """`about`: the entries that the lines are about, `decided` by steps; without them the key columns say which are meant."""
    look = Look(ctx)
    lines = [Line(number, cells) for number, cells in rows]
    for column in register.columns:
        texts = {text for line in lines if (text := line.cells.get(column.name, "")) and text != CLEARED}
        look.known[column.name] = column.resolve_many(look, texts)
    coming = _coming(register, lines, look) if len(lines) > 1 else {}
    for line in lines:
        _read(register, line, look, coming)
    for line, row in zip(lines, about, strict=False):
        line.row = row
    for line, values in zip(lines, decided, strict=False):
        line.decided = values
    if not about:
        _find(ctx, register, lines)
    for line in lines:
        if not line.wrong:
            _complete(ctx, register, line, look)
    for name in coming:
        _no_rings(name, lines)
    return Judged(lines)


def _coming(register: Register, lines: Sequence[Line], look: Look) -> dict[str, dict[str, Any]]:
    """For each column that points into its own register: what the rows of this file are called, with the entry to come."""
    found: dict[str, dict[str, Any]] = {}
    for column in register.columns if not register.save else ():
        if isinstance(column, Link) and column.leads_home(look, register.model):
            named = found.setdefault(column.name, {})
            for line in lines:
                for text in {line.cells.get(by, "").strip() for by in column.by} - {""}:
                    named[text] = Coming(line) if text not in named else several(text)
    return found


def _no_rings(name: str, lines: Sequence[Line]) -> None:
    """What stands below itself, through whatever rows of the file, is wrong."""
    for line in lines:
        at, seen = line.given.get(name), set[int]()
        if isinstance(at, Coming) and at.line.state == "same":  # it stands there, out of reach
            line.wrong[name] = lacking(line.cells[name]).why
        while isinstance(at, Coming) and id(at.line) not in seen:
            seen.add(id(at.line))
            at = at.line.given.get(name)
        if id(line) in seen:
            line.wrong[name] = say("绕回到自己了：请改上下级")


def are_there(ctx: Ctx, register: Register, changes: Sequence[Change]) -> bool:
    """Whether one of these new entries stands there by now: somebody else entered it meanwhile."""
    named = [{n: v for n, v in each.values.items() if n != register.ref} for each in changes if each.is_new]
    lines = [Line(n, {}, given=values) for n, values in enumerate(named)]
    _find(ctx, register, lines)
    return any(line.row is not None for line in lines)


def _read(register: Register, line: Line, look: Look, coming: Mapping[str, Mapping[str, Any]]) -> None:
    look.cells = line.cells
    for column in register.columns:
        text = line.cells.get(column.name, "").strip()
        if not text:
            continue
        try:
            brought = coming.get(column.name, {}).get(text)
            if brought is not None and text not in look.known[column.name]:
                if isinstance(brought, Bad):
                    raise brought
                line.given[column.name] = brought
            elif text != CLEARED:
                line.given[column.name] = column.read(text, look)
            elif column.required:
                raise Bad(LACKS)
            else:
                line.given[column.name] = column.emptied()
        except Bad as bad:
            line.wrong[column.name] = bad.why


def _find(ctx: Ctx, register: Register, lines: Sequence[Line]) -> None:
    """Which entries are meant, with one query for each way of naming them."""
    seen: dict[Any, int] = {}
    usual = {column.name: column.default for column in register.columns}
    by_way: dict[tuple[str, ...], dict[tuple[Any, ...], Line]] = {}
    for line in lines:
        meant = {n: line.given.get(n, usual.get(n)) for way in register.keys for n in way}
        way = next((w for w in register.keys if all(_names(meant[n]) for n in w)), None)
        if way is None:
            continue
        key = tuple(register.column(n).key(meant[n]) for n in way)
        first = seen.setdefault((way, key), line.number)
        if first != line.number:
            line.wrong.setdefault("", say("与第 {n} 行是同一条：只留一行", n=first))
        else:
            by_way.setdefault(way, {})[key] = line
    for way, wanted in by_way.items():
        _match(ctx, register, [register.column(n) for n in way], wanted)


def _names(value: Any) -> bool:
    return value not in (None, "", ()) and not isinstance(value, Masked)


def _match(
    ctx: Ctx, register: Register, columns: Sequence[Column], wanted: dict[tuple[Any, ...], Line]
) -> None:
    first = columns[0]
    rows = register.model._default_manager.select_related(*register.join).prefetch_related(*register.fetched)
    if not register.is_reference:
        rows = rows.filter(world_id=ctx.world.id)
    for some in chunks(sorted({key[0] for key in wanted}, key=str)):
        found = register.load(rows.filter(first.among(some)))
        seen = set(register.rows(ctx).filter(pk__in=[r.pk for r in found]).values_list("pk", flat=True))
        for row in found:
            line = wanted.get(tuple(c.key_of(row) for c in columns))
            if line is None:
                continue
            if line.row is not None:
                line.wrong[""] = say("有几条都对得上：请填编号")
            elif row.pk not in seen:
                line.wrong[""] = say("已经有这一条，但不在您的范围内")
            line.row = row


def _complete(ctx: Ctx, register: Register, line: Line, look: Look) -> None:
    row, given = line.row, line.given
    is_new = row is None
    if is_new:
        own = {} if register.is_reference else {"world_id": ctx.world.id}
        row = register.model(**own | register.blank(ctx))
        before = {c.name: c.emptied() for c in register.columns}
        if lacking := [c for c in register.columns if c.required and c.name not in given]:
            line.wrong |= {c.name: LACKS for c in lacking}
            return
        begun = register.begun(ctx)
        if begun and given.get("state", begun["state"]) != begun["state"]:
            line.wrong["state"] = say("新登记的从头办起：这一格空着")
        line.given = given = {**begun, **given}
        _unmask(register, line, before)
    else:
        before = {c.name: c.of(row) for c in register.columns}
        _unmask(register, line, before)
        for column in register.columns:
            if column.fixed and column.name in given and given[column.name] != before[column.name]:
                line.wrong.setdefault(column.name, say("定了就不能改"))
    values = {**before, **given, **line.decided}
    changed = tuple(n for n in values if is_new or values[n] != before[n] or (n == "state" and line.decided))
    if line.wrong or not changed:
        return
    change = Change(
        row=row, values=values, changed=changed, is_new=is_new, number=line.number,
        before={} if is_new else {n: before[n] for n in changed},
        version="" if is_new else register.version_of(row),
    )  # fmt: skip
    if not is_new and not _holds(ctx, register, row):
        line.wrong[""] = say("不在您的范围内，不能改")
        return
    line.wrong |= dict(register.fits(change, look))
    line.change = change


def _unmask(register: Register, line: Line, before: Mapping[str, Any]) -> None:
    """A masked name or number that comes back from an export is the one that stands there."""
    for name, value in line.given.items():
        if isinstance(value, Masked):
            if register.column(name).masked(before[name]) == value:  # type: ignore[attr-defined]
                line.given[name] = before[name]
            else:
                line.wrong[name] = say("带星号的认不出是谁：请填完整")


def _holds(ctx: Ctx, register: Register, row: Any) -> bool:
    return not register.within or ctx.scope.holds(register.path_of(row))
