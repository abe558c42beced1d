"""The SL 651 gateway: an asyncio server whose every batch is durable before it is acknowledged.

Frames that wait go to the store in one transaction, at most `Limits.batch` at a time or whatever gathered while the last one
was written. When nothing can be written (disk full, database locked) nothing is acknowledged: the batch waits, sockets
are no longer read once enough waits, and `trouble` says why. A station that hears nothing sends again; twice-sent frames
are found by the store.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.db import connections

from anlan.gateways.sl651.answers import answers
from anlan.gateways.sl651.connection import Connection
from anlan.gateways.sl651.guard import Guard
from anlan.gateways.sl651.limits import Limits, open_files_for
from anlan.observe.ingest.ingest import Ingest
from anlan.observe.ingest.shapes import Batch, Broken, Joined, NotDurable, Outcome, Taken
from anlan.wire.sl651.session import Joined as JoinedEvent

log = logging.getLogger(__name__)
TICK_SECONDS = 1.0
A_TURN, QUEUE = (
    32,
    4096,
)  # lines that are opened in one turn of the loop, between frames; and that wait in the system
LAST_ANSWERS_S = 1.0  # a peer that reads is sent what it is owed; who does not read by then is cut off
LINES_END_S = 5.0  # the loop outlives its lines, those too that were accepted as we stopped
ENVELOPE = ("BadCrc", "BadEnd", "BadDirection")  # faults behind which a true frame may hide
OnBatch = Callable[[Taken], None]


@dataclass
class Counts:
    """What a gateway has seen since it started."""

    connections: int = 0
    turned_away: int = 0
    frames: int = 0
    answered: int = 0
    batches: int = 0
    shed: int = 0


@dataclass
class _Waiting:
    """What came in and is not durable yet. `owners` are the connections of `frames`, in the same order."""

    frames: list[bytes] = field(default_factory=list)
    owners: list[Connection] = field(default_factory=list)
    messages: list[tuple[Connection, JoinedEvent]] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)
    shed: Counter[str] = field(default_factory=Counter)

    def __bool__(self) -> bool:
        return bool(self.frames or self.messages or self.broken or self.shed)

    def split_off(self, most: int) -> _Waiting:
        """The first `most` frames with everything else; what is over stays."""
        first = _Waiting(self.frames[:most], self.owners[:most], self.messages, self.broken, self.shed)
        self.frames, self.owners = self.frames[most:], self.owners[most:]
        self.messages, self.broken, self.shed = [], [], Counter()
        return first

    def batch(self) -> Batch:
        return Batch(
            frames=self.frames,
            peers=[owner.peer for owner in self.owners],
            messages=[Joined(event.frame, event.total, owner.peer) for owner, event in self.messages],
            broken=self.broken,
            shed=self.shed,
        )


class Gateway:
    """Serves the stations of one world in one event loop. `clock` is the world's: live or exercise."""

    def __init__(
        self,
        ingest: Ingest,
        *,
        host: str,
        port: int,
        clock: Callable[[], datetime],
        on_batch: OnBatch | None = None,
        limits: Limits | None = None,
    ) -> None:
        self.limits = limits or Limits(peer_lines=settings.SL651_PEER_LINES)
        self.guard = Guard(self.limits)
        self.counts = Counts()
        self.trouble = ""
        self._ingest = ingest
        self._address = (host, port)
        self._clock = clock
        self._on_batch = on_batch
        self._waiting = _Waiting()
        self._shed: Counter[str] = Counter()
        self._open: set[Connection] = set()
        self._lines: set[Connection] = set()  # those turned away as well, until their transport has ended
        self._paused: set[Connection] = set()
        self._most = self.limits.connections
        self._is_stopping = False

    async def start(self) -> int:
        """Listen; returns the port that was bound."""
        self._loop = asyncio.get_running_loop()
        self._some = asyncio.Event()
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="sl651-store")
        self._most = open_files_for(self.limits.connections)
        host, port = self._address
        self._server = await self._loop.create_server(lambda: Connection(self), host, port, backlog=A_TURN)
        for listening in self._server.sockets:
            with socket.socket(fileno=os.dup(listening.fileno())) as queue:
                queue.listen(QUEUE)
        self._tasks = [self._loop.create_task(self._write_batches()), self._loop.create_task(self._tick())]
        bound: int = self._server.sockets[0].getsockname()[1]
        return bound

    async def stop(self) -> None:
        """Take in no more, write and answer what waits, and close every connection."""
        self._is_stopping = True
        for (
            listening
        ) in self._server.sockets:  # whom asyncio has accepted must be made before its server is closed
            self._loop.remove_reader(listening.fileno())
        while self._is_accepting():
            await asyncio.sleep(0)
        self._server.close()
        for connection in list(self._open):
            connection.pause()
        self._some.set()
        self._tasks[1].cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for connection in list(self._lines):
            if connection.transport is not None:
                connection.transport.close()
        await self._lines_end(LAST_ANSWERS_S)
        for connection in list(self._lines):
            if connection.transport is not None:
                connection.transport.abort()
        await self._lines_end(LINES_END_S)
        await self._loop.run_in_executor(self._writer, connections.close_all)
        self._writer.shutdown()

    async def _lines_end(self, seconds: float) -> None:
        """Until no line is open, nor one being accepted, but no longer than this."""
        end = self._loop.time() + seconds
        while (self._lines or self._is_accepting()) and self._loop.time() < end:
            await asyncio.sleep(0.005)

    def _is_accepting(self) -> bool:
        """Whether asyncio still makes a connection of a line that it took from the queue."""
        return any("_accept_connection2" in str(task.get_coro()) for task in asyncio.all_tasks(self._loop))

    # what connections ask and offer

    def now_s(self) -> float:
        """Real seconds, for time-outs."""
        return self._loop.time()

    def wire_now(self) -> datetime:
        """The time that a request to resend carries; a station does not set its clock by it."""
        return datetime.now(UTC)

    def admits(self, station: str, password: int) -> bool:
        return self._ingest.admits(station, password)

    def admit(self, connection: Connection) -> bool:
        """Whether one more connection fits, of all and of its peer."""
        self._lines.add(connection)
        if len(self._open) >= self._most or self._is_stopping or not self.guard.comes(connection.peer):
            self.counts.turned_away += 1
            return False
        self._open.add(connection)
        self.counts.connections += 1
        return True

    def release(self, connection: Connection) -> None:
        self._lines.discard(connection)
        if connection in self._open:
            self._open.discard(connection)
            self.guard.goes(connection.peer)
        self._paused.discard(connection)

    def knows(self, station: str) -> bool:
        return self._ingest.knows(station)

    def hears(self, station: str, peer: str) -> bool:
        """Whether what this peer says for a station may be taken now."""
        now = self.now_s()
        if self.guard.is_shut(peer, now):
            return False
        return not self.guard.is_tried(station, now) or self._ingest.is_usual(station, peer)

    def tried(self, station: str, peer: str) -> None:
        """A whole frame came with a password that is not the station's."""
        if self.knows(station) and self.guard.wrong(peer, station, self.now_s()):
            log.warning("the password of station %s is being tried from %s", station, peer)
            self._ingest.tell_tried(station, peer)

    def shed(self, peer: str, frames: int) -> None:
        """What a peer sends that is not heard: counted, written down once a second."""
        self.counts.shed += frames
        self._shed[peer] += frames

    def offer(self, connection: Connection, frame: bytes) -> None:
        """One whole frame, to be stored and then answered."""
        waiting = self._waiting
        waiting.frames.append(frame)
        waiting.owners.append(connection)
        connection.owed += 1
        self.counts.frames += 1
        if len(waiting.frames) > self.limits.pending_high or connection.owed > self.limits.owed:
            self._hold(connection)
        self._some.set()

    def offer_message(self, connection: Connection, event: JoinedEvent) -> None:
        """One message that came in packets."""
        self._waiting.messages.append((connection, event))
        self.counts.frames += 1
        self._some.set()

    def offer_broken(self, connection: Connection, data: bytes, reason: str) -> None:
        """Bytes for the quarantine."""
        self._waiting.broken.append(Broken(data, reason, connection.peer))
        if len(self._waiting.broken) > self.limits.pending_high:
            self._hold(connection)
        self._some.set()

    def _hold(self, connection: Connection) -> None:
        connection.pause()
        self._paused.add(connection)

    # batches

    async def _write_batches(self) -> None:
        while True:
            if not self._waiting:
                if self._is_stopping:
                    return
                self._some.clear()
                await self._some.wait()
                continue
            batch = self._waiting.split_off(self.limits.batch)
            taken = await self._store(batch.batch())
            if taken is None:
                return
            self._answer(batch, taken)
            self._let_go(batch)
            if self._on_batch is not None:
                await self._loop.run_in_executor(self._writer, self._tell, taken)

    async def _store(self, batch: Batch) -> Taken | None:
        """Write until it is durable; None when the gateway is stopped first."""
        tries = 0
        while True:
            try:
                taken = await self._loop.run_in_executor(self._writer, self._take, batch)
            except NotDurable as error:
                if self.trouble != str(error):
                    log.error("nothing is acknowledged, readings cannot be written: %s", error)
                self.trouble = str(error)
                if self._is_stopping:
                    return None
                pauses = self.limits.retry_s
                await asyncio.sleep(pauses[min(tries, len(pauses) - 1)])
                tries += 1
                continue
            if self.trouble:
                log.warning("readings can be written again")
            self.trouble = ""
            return taken

    def _take(self, batch: Batch) -> Taken:
        return self._ingest.take_batch(batch, known_at=self._clock())

    def _tell(self, taken: Taken) -> None:
        """Let the engine look at once; what it cannot bear is its own trouble, the gateway goes on."""
        assert self._on_batch is not None
        try:
            self._on_batch(taken)
        except Exception:
            log.exception("the look after a batch failed")

    def _answer(self, batch: _Waiting, taken: Taken) -> None:
        self.counts.batches += 1
        kept = (taken.outcomes != Outcome.REFUSED).tolist()
        for connection, answer, is_kept in zip(batch.owners, answers(batch.frames, taken), kept, strict=True):
            connection.owed -= 1
            connection.greeted |= is_kept
            if answer:
                self.counts.answered += 1
                connection.answer(answer)
        for (connection, event), is_kept in zip(batch.messages, taken.messages, strict=True):
            if is_kept:
                connection.confirm(event, taken.known_at)

        for index, reason in taken.reasons.items():
            if reason.startswith(ENVELOPE) and index < len(batch.frames):
                batch.owners[index].rescue(batch.frames[index])

    def _let_go(self, batch: _Waiting) -> None:
        """Read again from whom we had stopped reading, once there is room."""
        if not self._paused or len(self._waiting.frames) > self.limits.pending_low:
            return
        for connection in [c for c in self._paused if c.owed <= self.limits.owed]:
            self._paused.discard(connection)
            connection.resume()

    async def _tick(self) -> None:
        while True:
            await asyncio.sleep(TICK_SECONDS)
            now = self.now_s()
            for connection in list(self._open):
                connection.tick(now)
            if self._shed:
                self._waiting.shed, self._shed = self._waiting.shed + self._shed, Counter()
                self._some.set()


class GatewayThread:
    """A gateway with a thread and an event loop of its own, for engines and drivers that have none."""

    def __init__(self, ingest: Ingest, **settings: Any) -> None:
        self.gateway = Gateway(ingest, **settings)
        self._bound: Future[int] = Future()
        self._thread = threading.Thread(target=self._run, name="sl651", daemon=True)

    def start(self) -> int:
        """Start serving; returns the port that was bound. Raises OSError when it cannot be."""
        self._thread.start()
        return self._bound.result()

    def stop(self) -> None:
        """Stop serving and wait for the end of it. May be called twice, or before a start."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._end.set)
            self._thread.join()

    def _run(self) -> None:
        asyncio.run(self._serve())

    async def _serve(self) -> None:
        self._loop, self._end = asyncio.get_running_loop(), asyncio.Event()
        try:
            port = await self.gateway.start()
        except OSError as error:
            self._bound.set_exception(error)
            return
        self._bound.set_result(port)
        await self._end.wait()
        await self.gateway.stop()
