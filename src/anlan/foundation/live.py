"""Live push 实时推送: the journal's tail, cut by scope, to every open page. One poller a process feeds all of them.

A viewer has a bounded queue. One that does not drink is let go; its browser comes back with `Last-Event-ID`
and gets what it missed, so a slow viewer never slows the others.
"""

import asyncio
import json
import logging
import threading
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from django.db import close_old_connections

from anlan.foundation import journal
from anlan.foundation.models import JournalEntry, JournalHead
from anlan.foundation.scope import Scope

log = logging.getLogger(__name__)
POLL_SECONDS = 0.03
QUEUE = 512
MISSED_AT_MOST = 2000
BEAT_SECONDS = 4.0
BEAT_SHARES = 20


@dataclass(frozen=True)
class Event:
    """One entry as it is pushed: only names and places, never its text."""

    world_id: int
    seq: int
    place: str
    wire: bytes


@dataclass(eq=False)
class Viewer:
    world_id: int
    scope: Scope
    queue: asyncio.Queue[Event | None] = field(default_factory=lambda: asyncio.Queue(QUEUE))
    gone: bool = False
    came_at: int | None = None  # the head when it came, until the poller has looked from there


def event_of(entry: JournalEntry) -> Event:
    told = {"seq": entry.seq, "name": entry.name, "at": journal.utc(entry.at), "subject": entry.subject}
    wire = f"id: {entry.seq}\nevent: journal\ndata: {json.dumps(told)}\n\n".encode()
    return Event(entry.world_id, entry.seq, entry.place, wire)


class Hub:
    """Where viewers of this process hang. `start` it once, in the loop that serves them."""

    def __init__(self) -> None:
        self._viewers: set[Viewer] = set()
        self._seen: dict[int, int] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._wake = threading.Event()

    def start(self) -> None:
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
            journal.on_append(self._wake.set)
            self._beats = self._loop.create_task(self._beat())
            threading.Thread(target=self._poll, name="journal-tail", daemon=True).start()

    def _poll(self) -> None:
        """Read the tail of every world somebody watches; woken at once by appends of this very process."""
        while True:
            self._wake.wait(POLL_SECONDS)
            self._wake.clear()
            try:
                self._read()
            except Exception:
                log.exception("the journal's tail could not be read; trying again")
                close_old_connections()
                threading.Event().wait(1.0)

    def _read(self) -> None:
        if not self._viewers or self._loop is None:
            self._seen.clear()
            return
        came: dict[int, int] = {}
        for viewer in list(self._viewers):
            if viewer.came_at is not None:
                came[viewer.world_id] = min(viewer.came_at, came.get(viewer.world_id, viewer.came_at))
                viewer.came_at = None
        for world_id, seq in JournalHead.objects.values_list("world_id", "seq"):
            before = min(self._seen.setdefault(world_id, seq), came.get(world_id, seq))
            if seq > before:
                events = [event_of(e) for e in journal.tail(world_id, before)]
                self._seen[world_id] = events[-1].seq
                self._loop.call_soon_threadsafe(self._deliver, events)

    def _deliver(self, events: list[Event]) -> None:
        for viewer in list(self._viewers):
            for event in events:
                if event.world_id == viewer.world_id and viewer.scope.holds(event.place):
                    self._offer(viewer, event)

    def _offer(self, viewer: Viewer, event: Event) -> None:
        try:
            viewer.queue.put_nowait(event)
        except asyncio.QueueFull:
            viewer.gone = True
            self._viewers.discard(viewer)

    async def watch(self, world_id: int, scope: Scope, last_seen: int | None) -> AsyncIterator[bytes]:
        """What was missed since `last_seen`, then what comes, all that waits in one piece; a beat when nothing does."""
        viewer = Viewer(world_id, scope)
        self._viewers.add(viewer)
        try:
            sent, missed = await asyncio.to_thread(_missed, world_id, scope, last_seen)
            viewer.came_at = sent
            yield b"retry: 1000\n\n" + b"".join(missed)
            while not (viewer.gone and viewer.queue.empty()):
                events = [await viewer.queue.get()]
                while not viewer.queue.empty():
                    events.append(viewer.queue.get_nowait())
                fresh = [event for event in events if event is not None and event.seq > sent]
                if fresh:
                    sent = fresh[-1].seq
                    yield b"".join(event.wire for event in fresh)
                elif None in events:
                    yield b": beat\n\n"
        finally:
            self._viewers.discard(viewer)

    async def _beat(self) -> None:
        """Keep idle lines open, a share of them at a time so that no event waits behind all beats."""
        while True:
            for turn in range(BEAT_SHARES):
                await asyncio.sleep(BEAT_SECONDS / BEAT_SHARES)
                for viewer in list(self._viewers)[turn::BEAT_SHARES]:
                    if viewer.queue.empty():
                        viewer.queue.put_nowait(None)


def _missed(world_id: int, scope: Scope, last_seen: int | None) -> tuple[int, list[bytes]]:
    """The head's number and the wire form of what came after `last_seen`; a long absence reloads the page."""
    head = JournalHead.objects.get(world_id=world_id).seq
    if last_seen is None or last_seen >= head:
        return head, []
    if head - last_seen > MISSED_AT_MOST:
        return head, [f"id: {head}\nevent: reload\ndata: {{}}\n\n".encode()]
    entries = journal.tail(world_id, last_seen, MISSED_AT_MOST)
    events = [event_of(e) for e in entries]
    return max(head, events[-1].seq), [e.wire for e in events if scope.holds(e.place)]


hub = Hub()
