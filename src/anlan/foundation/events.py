"""Handlers 事件处理: what a room does when an earlier room's fact appears in the journal.

One reader per world walks the journal in sequence; the effects of an entry's handlers and the reader's step are one transaction. A handler
that fails becomes due work of kind `event` (tried again, then a dead letter), so that one bad entry never stops the night. One
that has much to do only says in which pieces, and they may stand in several transactions; asked again it says the same.
"""

import logging
from collections.abc import Callable, Sequence
from typing import Any

from anlan.foundation import journal, tasks, worlds
from anlan.foundation.context import Ctx
from anlan.foundation.models import Cursor, JournalEntry, JournalHead, World
from anlan.foundation.writing import is_long, writing

log = logging.getLogger(__name__)
READER = "engine"
Pieces = Sequence[Callable[[], object]]
Handler = Callable[[Ctx, dict[str, Any]], Pieces | None]
_handlers: dict[str, list[Handler]] = {}


def on(name: str) -> Callable[[Handler], Handler]:
    """Register a handler for entries of that name. It gets the context at the entry's time and its text."""

    def register(handler: Handler) -> Handler:
        _handlers.setdefault(name, []).append(handler)
        return handler

    return register


def step(world: World, limit: int = 200) -> int:
    """Handle what is new, as much as a short transaction bears; returns how many entries were read."""
    read, mark = _read_to(world)
    if JournalHead.objects.filter(world=world, seq__lte=read).exists():
        return 0
    entries = journal.tail(world.pk, read, limit)
    mine = Cursor.objects.filter(world=world, reader=READER)
    with writing("handlers of the journal"):
        if not mine.filter(seq=read, mark=mark).update(seq=entries[-1].seq, mark=""):
            return len(entries)
        for number, entry in enumerate(entries, 1):
            mark = _handle(world, entry, mark)
            if mark or is_long():  # asked once: whoever stops here says so
                mine.update(seq=entry.seq - bool(mark), mark=mark)
                return number
    return len(entries)


def _read_to(world: World) -> tuple[int, str]:
    """The last entry that was handled, and how far the next one is."""
    known = Cursor.objects.filter(world=world, reader=READER).values_list("seq", "mark").first()
    if known is None:
        Cursor.objects.get_or_create(world=world, reader=READER)
    return known or (0, "")


def _handle(world: World, entry: JournalEntry, mark: str) -> str:
    """Every handler of one entry from a mark on; one that fails becomes due work, and the others go on.

    Returns the mark to go on from where the transaction has become long, else nothing.
    """
    handlers = _handlers.get(entry.name, ())
    if not handlers:
        return ""
    ctx = worlds.context(world).at(entry.at)
    told = journal.read(entry)
    first, done = map(int, mark.split("#")) if mark else (0, 0)
    for number, handler in list(enumerate(handlers))[first:]:
        try:
            with writing():
                pieces = handler(ctx, told) or ()
            for piece in pieces[done:]:
                with writing():
                    piece()
                done += 1
                if is_long():
                    return f"{number}#{done}"
        except Exception:
            log.exception("handler %s failed on %s", handler.__qualname__, entry.seq)
            key = f"event:{entry.seq}:{number}"
            payload = {"seq": entry.seq, "handler": number}
            tasks.schedule(ctx, "event", key=key, due_at=ctx.now, payload=payload)
        done = 0
    return ""


@tasks.task("event")
def _again(ctx: Ctx, payload: dict[str, Any]) -> None:
    entry = JournalEntry.objects.get(world_id=ctx.world.id, seq=payload["seq"])
    for piece in _handlers[entry.name][payload["handler"]](ctx.at(entry.at), journal.read(entry)) or ():
        piece()
