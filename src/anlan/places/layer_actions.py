"""图层: a file is read and looked at, somebody confirms where it comes from, the map shows it; the last can be taken back.

Reading and checking happen before the transaction; confirming and taking back only turn a switch, so that both are quick.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path

from anlan.foundation import journal
from anlan.foundation.actions import action, next_ref, reason_in
from anlan.foundation.context import Ctx
from anlan.foundation.errors import Busy, Conflict, Forbidden, Invalid
from anlan.foundation.home import home
from anlan.places.atlas import atlas
from anlan.places.layers import Kind, Prepared, ReadAs, State, prepare
from anlan.places.models import MapLayer

PERMISSION = "places.map"
_one = threading.Lock()


def path_of(ref: str) -> Path:
    """Where the file of a layer lies as it was sent in."""
    folder = home() / "layers"
    folder.mkdir(exist_ok=True)
    return folder / ref


def look(ctx: Ctx, *, kind: str, name: str, data: bytes, read_as: ReadAs | None = None) -> Prepared:
    """What would be taken of a file, without keeping anything. Raises: MapFileWrong, Invalid, Conflict, Busy."""
    ctx.require(PERMISSION)
    _check_place(ctx, kind)
    with _alone():
        return prepare(kind, name, data, read_as=read_as or ReadAs(), scope=ctx.scope)


def begin(ctx: Ctx, prepared: Prepared, data: bytes) -> str:
    """Keep a file that was looked at, until somebody confirms or drops it; gives the layer's ref. The map does not change."""
    path, scratch = _path(ctx), path_of(f"new-{prepared.digest[:16]}")
    scratch.write_bytes(data)
    with action(ctx, PERMISSION):
        row = MapLayer.objects.create(
            ref=next_ref(ctx, "L"), kind=prepared.kind, file_name=prepared.file_name, digest=prepared.digest, by=ctx.actor.ref,
            at=ctx.now, path=path, **_found(prepared),
        )  # fmt: skip
        scratch.replace(path_of(row.ref))
    return row.ref


def again(ctx: Ctx, *, ref: str, read_as: ReadAs) -> None:
    """Read the kept file in another way. Raises: NotFound, MapFileWrong, Conflict, Busy."""
    row = _waiting(ctx, ref)
    prepared = look(ctx, kind=row.kind, name=row.file_name, data=path_of(ref).read_bytes(), read_as=read_as)
    with action(ctx, PERMISSION):
        if not MapLayer.objects.filter(pk=row.pk, state=State.LOOKED).update(**_found(prepared)):
            raise Conflict("这个图层已经确认或放弃了，请刷新后再看。")


def _found(prepared: Prepared) -> dict[str, object]:
    return {"read_as": asdict(prepared.read_as), "told": prepared.told, "shapes": prepared.shapes}


def confirm(ctx: Ctx, *, ref: str, source: str, licence: str, dated: date | None = None) -> None:
    """Let the map show a layer, with what its officer says of where it comes from. Raises: NotFound, Invalid, Conflict."""
    source, licence = source.strip()[:120], licence.strip()[:120]
    row = _waiting(ctx, ref)
    if not source or not licence:
        raise Invalid("请写明图从哪里来、许可怎么写，它们会印在地图脚上。")
    if not row.told["taken"]:
        raise Invalid("没有一个图形对得上，不能用。请换一列或换一个文件。")
    if row.told["crossings"]:
        raise Invalid(
            "还有 {n} 个面自己相交。请选“自动拆开”再看一次，或改好文件再来。", n=row.told["crossings"]
        )
    with action(ctx, PERMISSION):
        _check_place(ctx, row.kind)
        before = _last(row)
        told = {
            "source": source,
            "licence": licence,
            "dated": dated,
            "state": State.SHOWN,
            "shown_at": ctx.now,
            "instead_of": before,
        }
        if not MapLayer.objects.filter(pk=row.pk, state=State.LOOKED).update(**told):
            raise Conflict("这个图层已经确认或放弃了，请刷新后再看。")
        if before is not None and row.kind != Kind.BOUNDARY:
            MapLayer.objects.filter(pk=before.pk).update(state=State.PAST)
        body = {
            "kind": row.kind, "file": row.file_name, "sha256": row.digest, "source": source, "licence": licence, "dated": str(dated or ""),
            "crs": row.told["crs"], "features": row.told["features"], "taken": row.told["taken"], "vertices": row.told["after"],
        }  # fmt: skip
        journal.append(ctx, "places.layer.confirmed", refs={"layer": ref}, body=body, place=row.path)


def undo(ctx: Ctx, *, ref: str, reason: str) -> None:
    """Take back the layer that was confirmed last of its kind: what was shown before it comes back. Raises: NotFound, Conflict, Invalid."""
    reason = reason_in(reason)
    with action(ctx, PERMISSION):
        row = ctx.one(MapLayer, ref, lock=True)
        _check_place(ctx, row.kind)
        if row.state != State.SHOWN or _last(row) != row:
            raise Conflict("只能撤回这一种里最后确认的图层。请先撤回它后面的。")
        MapLayer.objects.filter(pk=row.pk).update(state=State.UNDONE)
        back = row.instead_of
        if back is not None and back.state == State.PAST:
            MapLayer.objects.filter(pk=back.pk).update(state=State.SHOWN)
        body = {"kind": row.kind, "reason": reason, "back": back.ref if back else ""}
        journal.append(ctx, "places.layer.undone", refs={"layer": ref}, body=body, place=row.path)


def drop(ctx: Ctx, *, ref: str) -> None:
    """Let go of a file that nobody confirmed. Raises: NotFound, Conflict."""
    row = _waiting(ctx, ref)
    with action(ctx, PERMISSION):
        if not MapLayer.objects.filter(pk=row.pk, state=State.LOOKED).delete()[0]:
            raise Conflict("这个图层已经确认或放弃了，请刷新后再看。")
    path_of(ref).unlink(missing_ok=True)


def _waiting(ctx: Ctx, ref: str) -> MapLayer:
    ctx.require(PERMISSION)
    row = ctx.one(MapLayer, ref)
    if row.state != State.LOOKED:
        raise Conflict("这个图层已经确认或放弃了，请刷新后再看。")
    return row


def _last(row: MapLayer) -> MapLayer | None:
    """The layer of this kind that was shown last, of those that share places with this one."""
    shown = MapLayer.objects.filter(kind=row.kind, state=State.SHOWN).order_by("-shown_at", "-pk")
    return next((each for each in shown.defer("shapes") if _overlap(each.path, row.path)), None)


def _overlap(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


def _check_place(ctx: Ctx, kind: str) -> None:
    """The map is everybody's and real: not from an exercise, and what is shared by all only by whoever answers for all."""
    if not ctx.world.is_live:
        raise Conflict("演练里不能换地图。请在值班里办。")
    if kind != Kind.BOUNDARY and atlas().places and not ctx.scope.holds(atlas().city.path):
        raise Forbidden(
            "河流、道路、房屋是全域共用的图层。请管辖{place}的岗位来办。", place=atlas().city.name
        )


def _path(ctx: Ctx) -> str:
    """The place of whoever takes a layer. Raises: Forbidden."""
    if ctx.scope.all:
        return atlas().city.path if atlas().places else ""
    if not ctx.scope.paths:
        raise Forbidden("您的岗位没有辖区，不能换地图。请联系管理员。")
    return ctx.scope.paths[0]


@contextmanager
def _alone() -> Iterator[None]:
    """One large file at a time in a process."""
    if not _one.acquire(blocking=False):
        raise Busy("正在读另一个图层文件。请过一分钟再试。")
    try:
        yield
    finally:
        _one.release()
