"""存: what was judged is stored, all or nothing, in one transaction with its entries in the journal."""

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from django.db import IntegrityError

from anlan.foundation import journal
from anlan.foundation.actions import action, next_refs
from anlan.foundation.context import Ctx
from anlan.foundation.errors import Conflict, Forbidden, Invalid
from anlan.foundation.journal import Note
from anlan.foundation.words import Sentence, say
from anlan.foundation.writing import writing
from anlan.registers import lives
from anlan.registers.columns import chunks
from anlan.registers.events import ADDED, CHANGED, TAKEN_BACK
from anlan.registers.judging import Judged, are_there, judge
from anlan.registers.links import Coming
from anlan.registers.models import Revision, Sent
from anlan.registers.register import Change, Register


class NotRead(Invalid):
    """Columns that cannot be right: `wrong` says which and why ("" for the whole)."""

    def __init__(self, wrong: Mapping[str, Sentence]) -> None:
        super().__init__("还没存，有 {n} 处要改：{why}", n=len(wrong), why=tuple(wrong.values()))
        self.wrong = wrong


class Stale(Conflict):
    """Somebody changed the entry since it was read."""

    status = 412

    def __init__(self) -> None:
        super().__init__("这一条刚被别人改过。请刷新，看过再改。")


class _Twice(Exception):
    """Somebody else entered the same meanwhile."""


def add(ctx: Ctx, register: Register, cells: Mapping[str, str], *, key: str = "", why: str = "") -> str:
    """One new entry, by what was typed; returns its ref. The same `key` again changes nothing. Raises: NotRead."""
    ctx.require(register.keep)
    if key and (sent := Sent.objects.filter(world_id=ctx.world.id, key=_key(ctx, key)).first()):
        return sent.ref
    line = judge(ctx, register, [(1, cells)]).lines[0]
    if not line.wrong and line.row is not None:
        raise Conflict("已经有这一条：{ref}。请打开它来改。", ref=register.ref_of(line.row))
    return _one(ctx, register, line.wrong, line.change, key=key, why=why)


def change(
    ctx: Ctx,
    register: Register,
    row: Any,
    cells: Mapping[str, str],
    *,
    version: str = "",
    why: str = "",
    verb: str = "",
) -> bool:
    """Change an entry that was read; False where nothing is new. Raises: NotRead; Stale."""
    ctx.require(register.keep)
    if version and version != register.version_of(row):
        raise Stale
    line = judge(ctx, register, [(1, cells)], about=[row]).lines[0]
    if not line.wrong and line.change is None:
        return False
    _one(ctx, register, line.wrong, line.change, why=why, verb=verb)
    return True


def change_many(
    ctx: Ctx, register: Register, rows: Sequence[Any], cells: Mapping[str, str], *, why: str = ""
) -> int:
    """The same change to several entries, to all or to none; returns how many changed. Raises: NotRead; Stale."""
    ctx.require(register.keep)
    judged = judge(ctx, register, ((n, cells) for n in range(1, len(rows) + 1)), about=rows)
    for line in judged.of("wrong"):
        raise NotRead(
            {"": say("{name}：{why}", name=register.ref_of(line.row), why=tuple(line.wrong.values()))}
        )
    return len(save(ctx, register, judged.changes, why=why)) if judged.changes else 0


def _one(
    ctx: Ctx, register: Register, wrong: Mapping[str, Sentence], what: Change | None, **told: str
) -> str:
    if wrong or what is None:
        raise NotRead(wrong)
    return save(ctx, register, [what], **told)[0]


def save(
    ctx: Ctx,
    register: Register,
    changes: Sequence[Change],
    *,
    key: str = "",
    why: str = "",
    upload: str = "",
    verb: str = "",
    event: str = "",
    permission: str = "",
) -> list[str]:
    """Store all of them, or none; returns their refs. `verb` is told instead of added and changed; a step says its `event`.

    Raises: Stale, Conflict.
    """
    _world(ctx, register)
    permission = permission or register.keep
    ctx.require(permission)
    _prepare(ctx, register, changes)
    coming = any(True for each in changes for _ in _coming(each))
    knows = not register.refs_late and not coming
    told = partial(_told, ctx, register, changes, why, upload, verb, event)
    notes, past = told() if knows else ([], [])
    try:
        with action(ctx, permission):
            _still(ctx, register, changes)
            (register.save or _store(register))(ctx, changes)
            if register.life:
                lives.keep(ctx, register, changes)
            refs = [register.ref_of(each.row) for each in changes]
            if key:
                Sent.objects.create(world_id=ctx.world.id, key=_key(ctx, key), ref=refs[0])
            if not knows:
                notes, past = told()
            Revision.objects.bulk_create(past, batch_size=2000)
            if notes:
                journal.append_many(ctx, notes)
            return refs
    except (IntegrityError, _Twice):
        raise Conflict("同样的一条刚被别人登记。请刷新，看过再存。") from None


def _world(ctx: Ctx, register: Register) -> None:
    if register.is_reference and not ctx.world.is_live:
        raise Conflict("这是实际的名册，演练里只能看。请回到实战里改。")


def _key(ctx: Ctx, key: str) -> str:
    return f"{ctx.actor.ref}:{key}"[:80]


def _prepare(ctx: Ctx, register: Register, changes: Sequence[Change]) -> None:
    """Rows as they are to stand: refs given, names sealed, before the lock is taken."""
    nameless = [c for c in changes if c.is_new and not c.values.get(register.ref) and register.kind]
    if nameless:
        with writing():
            refs = next_refs(ctx, register.kind, len(nameless))
        for each, ref in zip(nameless, refs, strict=True):
            setattr(each.row, register.ref, ref)
            if register.ref in each.values:
                each.values[register.ref] = ref
    for each in changes:
        for column in register.columns:
            if column.name in each.changed and not column.is_beside:
                column.put(each.row, each.values[column.name])
        if each.is_new:
            register.complete(each)
            stand = (c for c in register.columns if not c.is_beside and not c.is_sealed)
            each.values |= {
                c.name: c.of(each.row) for c in stand if not isinstance(each.values[c.name], Coming)
            }
        if register.within and not ctx.scope.holds(register.path_of(each.row)):
            raise Forbidden("要登记的地方不在您的辖区。请让上级来办，或改地点。")
    for column in register.columns:
        if column.is_beside:
            column.prepare([(c.row, c.values[column.name]) for c in changes if column.name in c.changed])


def _still(ctx: Ctx, register: Register, changes: Sequence[Change]) -> None:
    """The rows are locked, and stand as they were judged."""
    judged = {each.row.pk: each.version for each in changes if not each.is_new}
    for some in chunks(sorted(judged)):
        rows = register.model._default_manager.select_for_update(of=("self",)).filter(pk__in=some)
        stand = register.load(rows.prefetch_related(*register.fetched))
        now = {row.pk: register.version_of(row) for row in stand}
        if any(now.get(pk) != judged[pk] for pk in some):
            raise Stale
    if are_there(ctx, register, changes):
        raise _Twice


def _store(register: Register) -> Any:
    def store(ctx: Ctx, changes: Sequence[Change]) -> None:
        table = register.model._default_manager
        for some in _generations(changes):
            _seat(register, some)
            table.bulk_create([each.row for each in some if each.is_new], batch_size=2000)
        fields = sorted({f for c in changes if not c.is_new for n in c.changed for f in _fields(register, n)})
        if fields:
            table.bulk_update([c.row for c in changes if not c.is_new], fields, batch_size=200)
        put_many(register, changes)

    return store


def _generations(changes: Sequence[Change]) -> Iterator[Sequence[Change]]:
    """Changes in such an order that what a row points to stands before it."""
    left = list(changes)
    while left:
        waiting = {id(each.row) for each in left if each.is_new}
        later = [each for each in left if any(id(value.row) in waiting for value in _coming(each))]
        behind = set(map(id, later))
        yield [each for each in left if id(each) not in behind]
        left = later


def _coming(change: Change) -> Iterator[Coming]:
    return (value for value in change.values.values() if isinstance(value, Coming))


def _seat(register: Register, changes: Sequence[Change]) -> None:
    """What pointed to an entry that was still to come points to its number."""
    for each in changes:
        for name, value in each.values.items():
            if isinstance(value, Coming):
                register.column(name).put(each.row, value)
                each.values[name] = value.row.pk


def put_many(register: Register, changes: Sequence[Change]) -> None:
    """Columns that are kept beside the table."""
    for column in register.columns:
        if column.is_beside:
            column.put_many([(c.row, c.values[column.name]) for c in changes if column.name in c.changed])


def _fields(register: Register, name: str) -> list[str]:
    column = register.column(name)
    if column.is_beside:
        return []
    if not column.is_sealed:
        return [column.at]
    return [
        f.name
        for f in register.model._meta.concrete_fields
        if f.name in (f"{column.at}_sealed", f"{column.at}_index")
    ]


def _told(
    ctx: Ctx, register: Register, changes: Sequence[Change], why: str, upload: str, verb: str, event: str
) -> tuple[list[Note], list[Revision]]:
    """What the journal is told, and what a revision keeps; none of a change that is taken back."""
    notes = list(_notes(ctx, register, changes, why, verb, event)) if register.tells else []
    past = [_revision(ctx, register, each, upload, event) for each in changes] if verb != TAKEN_BACK else []
    return notes, past


def _revision(ctx: Ctx, register: Register, each: Change, upload: str, event: str) -> Revision:
    ref = register.ref_of(each.row)
    columns = {}
    for name in each.changed:
        column = register.column(name)
        before = None if each.is_new else column.frozen(each.before[name], ref)
        columns[name] = [before, column.frozen(each.values[name], ref)]
    return Revision(
        world_id=ctx.world.id, register=register.name, ref=ref, by=ctx.actor.ref, at=ctx.now, upload=upload,
        is_new=each.is_new, event=event, columns=columns,
    )  # fmt: skip


def _notes(
    ctx: Ctx, register: Register, changes: Sequence[Change], why: str, verb: str, event: str
) -> Iterator[Note]:
    tell = {
        c.name: c.teller([v for each in changes for v in (each.values[c.name], each.before.get(c.name))], ctx)
        for c in register.columns
    }
    for each in changes:
        body: dict[str, Any] = {}
        for name in each.changed:
            now = tell[name](each.values[name])
            if each.is_new:
                if now not in (None, "", [], False):
                    body[name] = {"is": now}
            else:
                body[name] = {"was": tell[name](each.before[name]), "is": now}
        told = {"columns": body, **({"step": event} if event else {}), **({"why": why[:200]} if why else {})}
        refs = {register.name: register.ref_of(each.row)}
        yield Note(verb or (ADDED if each.is_new else CHANGED), refs, told, register.path_of(each.row))


def save_all(ctx: Ctx, register: Register, judged: Judged, *, upload: str = "", why: str = "") -> list[str]:
    """A whole file. Raises: NotRead while a row is wrong: which, and why."""
    if wrong := judged.of("wrong"):
        raise NotRead(
            {
                f"{n.number}": say("第 {n} 行：{why}", n=n.number, why=tuple(n.wrong.values()))
                for n in wrong[:20]
            }
        )
    return save(ctx, register, judged.changes, upload=upload, why=why) if judged.changes else []
