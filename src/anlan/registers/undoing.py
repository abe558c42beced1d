"""撤回: the last change of an entry, or a whole file, is taken back while what it wrote still stands."""

from collections.abc import Sequence
from typing import Any

from django.db.models import ProtectedError

from anlan.foundation import journal
from anlan.foundation.actions import action, reason_in
from anlan.foundation.context import Ctx
from anlan.foundation.errors import Conflict
from anlan.foundation.journal import Note
from anlan.registers import attachments, lives, queries, saving
from anlan.registers.columns import Look, chunks
from anlan.registers.events import TAKEN_BACK, UNMASKED
from anlan.registers.links import Link
from anlan.registers.models import Revision
from anlan.registers.register import Change, Register


def last(ctx: Ctx, register: Register, ref: str) -> Revision | None:
    """The change of an entry that can be taken back: the last that was not yet."""
    mine = Revision.objects.filter(world_id=ctx.world.id, register=register.name, ref=ref)
    return mine.filter(taken_back=False).order_by("-pk").first()


def take_back(ctx: Ctx, register: Register, ref: str, *, why: str) -> None:
    """Raises: Conflict where something else stands there by now."""
    found = last(ctx, register, ref)
    _take_back(ctx, register, [found] if found else [], reason_in(why), permission_of(register, found))


def permission_of(register: Register, past: Revision | None) -> str:
    """Whoever may take a step may take it back; a change, whoever keeps the register."""
    if past is None or not past.event or register.life is None:
        return register.keep
    steps = register.life.after(past.columns["state"][0])
    return next((step.permission for step in steps if step.event == past.event), "") or register.keep


def take_back_file(ctx: Ctx, register: Register, upload: str, *, why: str) -> int:
    """Everything that one file changed, or nothing; returns how many entries."""
    ctx.require(register.keep)
    mine = Revision.objects.filter(world_id=ctx.world.id, register=register.name, upload=upload)
    found = list(mine.filter(taken_back=False))
    _take_back(ctx, register, found, reason_in(why), register.keep)
    return len(found)


def _take_back(ctx: Ctx, register: Register, past: Sequence[Revision], why: str, permission: str) -> None:
    ctx.require(permission)
    if not past:
        raise Conflict("没有可以撤回的改动。请刷新后再看。")
    rows = _rows(ctx, register, [each.ref for each in past])
    lost = [each for each in past if each.ref not in rows or not _stands(register, rows[each.ref], each)]
    if lost:
        raise Conflict("{ref} 后来又改过，或已不在您的范围内，撤不回。请打开它来改。", ref=lost[0].ref)
    changes = [_back(register, rows[each.ref], each) for each in past if not each.is_new]
    gone = [rows[each.ref] for each in past if each.is_new]
    with action(ctx, permission):
        if changes:
            saving.save(ctx, register, changes, why=why, verb=TAKEN_BACK, permission=permission)
        if gone:
            _remove(ctx, register, gone, why)
        for some in chunks([each.pk for each in past]):
            Revision.objects.filter(pk__in=some).update(taken_back=True)


def _rows(ctx: Ctx, register: Register, refs: Sequence[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for some in chunks(refs):
        rows = register.load(register.rows(ctx).filter(**{f"{register.ref}__in": some}))
        found |= {register.ref_of(row): row for row in rows}
    return found


def _stands(register: Register, row: Any, past: Revision) -> bool:
    """Whether the entry still says what this change made it say."""
    return all(
        (column := register.column(name)).of(row) == column.thawed(after, past.ref)
        for name, (_, after) in past.columns.items()
    )


def _back(register: Register, row: Any, past: Revision) -> Change:
    values = {c.name: c.of(row) for c in register.columns}
    before = {name: values[name] for name in past.columns}
    values |= {name: register.column(name).thawed(was, past.ref) for name, (was, _) in past.columns.items()}
    version = register.version_of(row)
    return Change(row=row, values=values, changed=tuple(past.columns), before=before, version=version)


def _remove(ctx: Ctx, register: Register, rows: Sequence[Any], why: str) -> None:
    """Entries that were entered by mistake go, as long as nothing stands on them."""
    told = {"columns": {}, "why": why}
    notes = [
        Note(TAKEN_BACK, {register.name: register.ref_of(row)}, told, register.path_of(row)) for row in rows
    ]
    try:
        if register.life:
            lives.forget(ctx, register.name, map(register.ref_of, rows))
        if register.remove:
            register.remove(ctx, rows)
        else:
            for column in register.columns:
                if column.is_beside:
                    column.put_many([(row, column.emptied()) for row in rows])
                elif isinstance(column, Link) and column.leads_home(Look(ctx), register.model):
                    for some in chunks([row.pk for row in rows]):  # they stand on one another
                        register.model._default_manager.filter(pk__in=some).update(**{column.at: None})
            for some in chunks([row.pk for row in rows]):
                register.model._default_manager.filter(pk__in=some).delete()
    except ProtectedError:
        raise Conflict("别的记录已经用到它，撤不回。请改，或写结束日期。") from None
    attachments.forget(ctx, register, [register.ref_of(row) for row in rows])
    journal.append_many(ctx, notes)


def unmask(ctx: Ctx, register: Register, ref: str, *, why: str) -> dict[str, str]:
    """The whole names and numbers of one entry, for one reader; who, when and why stay in the journal."""
    with action(ctx, register.opens):
        row = queries.entry(ctx, register, ref)
        opened = {c.name: c.of(row) for c in register.columns if c.is_sealed}
        refs, body = {register.name: ref}, {"why": reason_in(why), "names": sorted(opened)}
        journal.append(ctx, UNMASKED, refs=refs, body=body, place=register.path_of(row))
        return opened
