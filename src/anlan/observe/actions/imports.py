"""数据导入: a file is read and shown, somebody confirms, the engine writes. Nothing is doubled, nothing overwritten."""

import secrets
from dataclasses import astuple
from functools import partial
from pathlib import Path
from typing import Any

from anlan.foundation import journal, tasks
from anlan.foundation.actions import action, next_ref
from anlan.foundation.apart import Fell, apart
from anlan.foundation.context import Ctx
from anlan.foundation.errors import Conflict, Invalid, NotFound
from anlan.foundation.home import home
from anlan.foundation.scope import Scope
from anlan.observe.events import IMPORT
from anlan.observe.ingest.ingest import Ingest
from anlan.observe.ingest.typed import Typed
from anlan.observe.models import ImportRun, Station
from anlan.observe.rules import csvrows
from anlan.places.atlas import Place, atlas

MOST_BYTES = 16 * 1024 * 1024
SMALL_BYTES = 256 * 1024
"""Read where it came in; a larger file is read apart, for pages of others would wait."""
AT_ONCE = 5_000


def path_of(ctx: Ctx, ref: str) -> Path:
    """Where an uploaded file lies until the engine has read it."""
    folder = home() / "imports" / ctx.world.key
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{ref}.csv"


def begin(ctx: Ctx, *, name: str, data: bytes) -> str:
    """Keep an uploaded file and read it, without taking anything yet; gives the import's ref. Raises Invalid."""
    if not data:
        raise Invalid("文件是空的。请选一个有内容的 CSV 文件。")
    if len(data) > MOST_BYTES:
        raise Invalid("文件超过 {size} MB。请分成几个文件。", size=MOST_BYTES // (1024 * 1024))
    ctx.require(IMPORT)
    place = _place(ctx)
    file = path_of(ctx, f"new-{secrets.token_hex(8)}")
    file.write_bytes(data)
    read = csvrows.check if len(data) < SMALL_BYTES else partial(apart, csvrows.check)
    try:
        parsed = read(file, now=ctx.now, stations=_allowed(ctx))
    except Fell:
        file.unlink()
        raise Invalid("文件没有读完：这台机器的内存不够。请分成几个文件。") from None
    errors = [astuple(wrong) for wrong in parsed.wrongs]
    with action(ctx, IMPORT):
        run = ImportRun.objects.create(
            world_id=ctx.world.id,
            ref=next_ref(ctx, "I"),
            place_id=place.id,
            paths=None if ctx.scope.all else list(ctx.scope.paths),
            file_name=Path(name).name[-120:],
            encoding=parsed.encoding,
            started_at=ctx.now,
            by=ctx.actor.ref,
            rows=parsed.total,
            errors=errors,
        )
        file.replace(path_of(ctx, run.ref))
    return run.ref


def confirm(ctx: Ctx, *, ref: str) -> None:
    """Let the engine take the rows that are good. Raises NotFound, Conflict."""
    with action(ctx, IMPORT):
        ctx.one(ImportRun, ref)
        waiting = ctx.rows(ImportRun).filter(ref=ref, state=ImportRun.State.READ)
        if not waiting.update(state=ImportRun.State.QUEUED):
            raise Conflict("这次导入已经确认过了，请刷新后再看。")
        run = ctx.rows(ImportRun).get(ref=ref)
        tasks.schedule(ctx, IMPORT, key=f"import:{ref}", due_at=ctx.now, payload={"ref": ref})
        refs = {"import": ref}
        body = {"rows": run.rows, "errors": len(run.errors)}
        journal.append(ctx, "observe.import.confirmed", refs=refs, body=body, place=run.place.path)


@tasks.task(IMPORT, slow=True)
def _take(ctx: Ctx, payload: dict[str, Any]) -> None:
    """In the engine: write what is good, count it, and keep what is not. The readings' own store knows repeats."""
    run = ImportRun.objects.select_related("place").get(world_id=ctx.world.id, ref=payload["ref"])
    file = path_of(ctx, run.ref)
    parsed = csvrows.parse(file.read_bytes(), now=run.started_at, stations=stations_of(run))
    rows = [Typed(r.station, r.code, r.at, r.value) for r in parsed.rows]
    taken = 0
    with Ingest.of(ctx.world) as ingest:
        for start in range(0, len(rows), AT_ONCE):
            taken += int(ingest.type_in(rows[start : start + AT_ONCE], known_at=ctx.now).sum())
    run.state, run.finished_at = ImportRun.State.DONE, ctx.now
    run.taken, run.repeats = taken, len(rows) - taken
    run.errors = [astuple(wrong) for wrong in parsed.wrongs]
    body = {"taken": taken, "repeats": run.repeats, "errors": len(run.errors)}
    with tasks.effect():
        run.save()
        journal.append(ctx, "observe.import.done", refs={"import": run.ref}, body=body, place=run.place.path)


def stations_of(run: ImportRun) -> frozenset[str]:
    """Addresses of the stations that whoever began an import may write."""
    return _addresses(Scope.everywhere() if run.paths is None else Scope.of(*run.paths))


def _allowed(ctx: Ctx) -> frozenset[str]:
    return _addresses(ctx.scope)


def _addresses(scope: Scope) -> frozenset[str]:
    rows = Station.objects.values_list("address", "place__path")
    return frozenset(address for address, path in rows if scope.holds(path))


def _place(ctx: Ctx) -> Place:
    """The first place of whoever imports: who may see the import."""
    if ctx.scope.all:
        return atlas().places[0]
    if not ctx.scope.paths:
        raise NotFound("您的岗位没有辖区，不能导入。请联系管理员。")
    return atlas().by_path[ctx.scope.paths[0]]
