"""Imports so far, and the first rows of one as they were understood."""

from collections.abc import Sequence

from anlan.foundation.context import Ctx
from anlan.foundation.errors import NotFound
from anlan.observe.actions.imports import path_of, stations_of
from anlan.observe.models import ImportRun
from anlan.observe.rules import csvrows
from anlan.observe.rules.csvrows import Row

FIRST = 12
HEAD_BYTES = 8_192


def runs(ctx: Ctx, limit: int = 50) -> list[ImportRun]:
    """The imports within scope, newest first."""
    return list(ctx.rows(ImportRun).order_by("-pk")[:limit])


def run(ctx: Ctx, ref: str) -> ImportRun:
    """One import within scope. Raises NotFound."""
    return ctx.one(ImportRun, ref)


def bytes_of(ctx: Ctx, found: ImportRun) -> bytes:
    """The file as it was uploaded. Raises NotFound where it is gone, as after a restore."""
    try:
        return path_of(ctx, found.ref).read_bytes()
    except FileNotFoundError:
        raise NotFound("导入 {ref} 的文件已不在。请重新上传。", ref=found.ref) from None


def preview(ctx: Ctx, found: ImportRun) -> Sequence[Row]:
    """The first good rows of an import that nobody has confirmed yet: of those that would be written, no others."""
    if found.state != ImportRun.State.READ:
        return []
    stations = stations_of(found)
    with path_of(ctx, found.ref).open("rb") as file:
        head = file.read(HEAD_BYTES)
        is_all = len(head) < HEAD_BYTES
        whole = head if is_all else head[: head.rfind(b"\n") + 1]
        good = csvrows.parse(whole, now=found.started_at, stations=stations).rows
        if not good and not is_all:
            good = csvrows.parse(head + file.read(), now=found.started_at, stations=stations).rows
    return good[:FIRST]
