"""Imports so far, and the first rows of one as they were understood."""

from __future__ import annotations

from collections.abc import Sequence

from anlan.foundation.context import Ctx
from anlan.foundation.errors import NotFound
from anlan.observe.actions.imports import path_of
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
    found = ctx.rows(ImportRun).filter(ref=ref).first()
    if found is None:
        raise NotFound("没有编号为 {ref} 的导入。请从导入列表里选择。", ref=ref)
    return found


def preview(ctx: Ctx, found: ImportRun) -> Sequence[Row]:
    """The first good rows of an import that nobody has confirmed yet."""
    if found.state != ImportRun.State.READ:
        return []
    with path_of(ctx, found.ref).open("rb") as file:
        head = file.read(HEAD_BYTES)
    whole = head if len(head) < HEAD_BYTES else head[: head.rfind(b"\n") + 1]
    return csvrows.parse(whole, now=found.started_at).rows[:FIRST]
