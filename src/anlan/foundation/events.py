"""Handlers 事件处理: what a room does when an earlier room's fact appears in the journal.

One reader per world walks the journal in sequence; the effects of an entry's handlers and the reader's step are one transaction. A handler
that fails becomes due work of kind `event` (tried again, then a dead letter), so that one bad entry never stops the night.
"""

import logging
from collections.abc import Callable
from typing import Any

from django.db import transaction

from anlan.foundation import journal, tasks, worlds
from anlan.foundation.context import Ctx
from anlan.foundation.models import Cursor, JournalEntry, JournalHead, World

log = logging.getLogger(__name__)
Handler = Callable[[Ctx, dict[str, Any]], None]
_handlers: dict[str, list[Handler]] = {}


def on(name: str) -> Callable[[Handler], Handler]:
    """Register a handler for entries of that name. It gets the context at the entry's time and its text."""

    def register(handler: Handler) -> Handler:
        _handlers.setdefault(name, []).append(handler)
        return handler

    return register


def step(world: World, limit: int = 200) -> int:
    """Handle what is new; returns how many entries were read."""
    cursor, _ = Cursor.objects.get_or_create(world=world, reader="engine")
    if JournalHead.objects.filter(world=world, seq__lte=cursor.seq).exists():
        return 0
    entries = journal.tail(world.pk, cursor.seq, limit)
    quiet = cursor.seq
    for entry in entries:
        if entry.name in _handlers:
            _handle(world, cursor, entry)
        quiet = entry.seq
    Cursor.objects.filter(pk=cursor.pk, seq__lt=quiet).update(seq=quiet)
    return len(entries)


def _handle(world: World, cursor: Cursor, entry: JournalEntry) -> None:
    ctx = worlds.context(world).at(entry.at)
    told = journal.read(entry)
    with transaction.atomic():
        if not Cursor.objects.filter(pk=cursor.pk, seq__lt=entry.seq).update(seq=entry.seq):
            return
        for number, handler in enumerate(_handlers[entry.name]):
            try:
                with transaction.atomic():
                    handler(ctx, told)
            except Exception:
                log.exception("handler %s failed on %s", handler.__qualname__, entry.seq)
                key = f"event:{entry.seq}:{number}"
                tasks.schedule(
                    ctx, "event", key=key, due_at=ctx.now, payload={"seq": entry.seq, "handler": number}
                )


@tasks.task("event")
def _again(ctx: Ctx, payload: dict[str, Any]) -> None:
    entry = JournalEntry.objects.get(world_id=ctx.world.id, seq=payload["seq"])
    _handlers[entry.name][payload["handler"]](ctx.at(entry.at), journal.read(entry))
