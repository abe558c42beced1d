"""Handlers 事件处理: what a room does when an earlier room's fact appears in the journal.

One reader per world walks the journal in sequence; the effects of an entry's handlers and the reader's step are one transaction. A handler
that fails becomes due work of kind `event` (tried again, then a dead letter), so that one bad entry never stops the night.
"""

import logging
from collections.abc import Callable
from typing import Any

from anlan.foundation import journal, tasks, worlds
from anlan.foundation.context import Ctx
from anlan.foundation.models import Cursor, JournalEntry, JournalHead, World
from anlan.foundation.writing import writing

log = logging.getLogger(__name__)
READER = "engine"
AT_ONCE = 5
Handler = Callable[[Ctx, dict[str, Any]], None]
_handlers: dict[str, list[Handler]] = {}


def on(name: str) -> Callable[[Handler], Handler]:
    """Register a handler for entries of that name. It gets the context at the entry's time and its text."""

    def register(handler: Handler) -> Handler:
        _handlers.setdefault(name, []).append(handler)
        return handler

    return register


def step(world: World, limit: int = 200) -> int:
    """Handle what is new, a handful in one transaction; returns how many entries were read."""
    read = _read_to(world)
    if JournalHead.objects.filter(world=world, seq__lte=read).exists():
        return 0
    entries = _handful(journal.tail(world.pk, read, limit))
    last = entries[-1].seq
    with writing("handlers of the journal"):
        if Cursor.objects.filter(world=world, reader=READER, seq=read).update(seq=last):
            for entry in entries:
                _handle(world, entry)
    return len(entries)


def _handful(entries: list[JournalEntry]) -> list[JournalEntry]:
    """So many of the next entries that the transaction stays short: few that are handled, any number that are not."""
    handled = 0
    for number, entry in enumerate(entries):
        handled += entry.name in _handlers
        if handled == AT_ONCE:
            return entries[: number + 1]
    return entries


def _read_to(world: World) -> int:
    """The last entry that was handled."""
    known = Cursor.objects.filter(world=world, reader=READER).values_list("seq", flat=True).first()
    if known is None:
        Cursor.objects.get_or_create(world=world, reader=READER)
    return known or 0


def _handle(world: World, entry: JournalEntry) -> None:
    """Every handler of one entry; one that fails becomes due work, and the others go on."""
    handlers = _handlers.get(entry.name, ())
    if not handlers:
        return
    ctx = worlds.context(world).at(entry.at)
    told = journal.read(entry)
    for number, handler in enumerate(handlers):
        try:
            with writing():
                handler(ctx, told)
        except Exception:
            log.exception("handler %s failed on %s", handler.__qualname__, entry.seq)
            key = f"event:{entry.seq}:{number}"
            payload = {"seq": entry.seq, "handler": number}
            tasks.schedule(ctx, "event", key=key, due_at=ctx.now, payload=payload)


@tasks.task("event")
def _again(ctx: Ctx, payload: dict[str, Any]) -> None:
    entry = JournalEntry.objects.get(world_id=ctx.world.id, seq=payload["seq"])
    _handlers[entry.name][payload["handler"]](ctx.at(entry.at), journal.read(entry))
