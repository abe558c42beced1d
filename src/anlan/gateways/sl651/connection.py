"""One station's connection. Whole HEX frames go straight on; everything else takes the careful way of the Session."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from anlan.wire.sl651.assembly import GivenUp
from anlan.wire.sl651.codes import Direction
from anlan.wire.sl651.errors import FrameError
from anlan.wire.sl651.frame import Frame, decode_frame
from anlan.wire.sl651.framer import Framer, Good
from anlan.wire.sl651.reply import confirmation
from anlan.wire.sl651.session import (
    Broken,
    Event,
    Joined,
    Overdue,
    PacketReceived,
    Received,
    Refused,
    Session,
)

if TYPE_CHECKING:
    from anlan.gateways.sl651.server import Gateway

HEAD = 17  # header, end character and checksum of a HEX frame in one piece


def cut(data: bytes) -> list[bytes] | None:
    """The frames of a chunk made of nothing but whole HEX uplinks in one piece; None for any other chunk."""
    frames, at, end = [], 0, len(data)
    while at < end:
        if end - at <= HEAD or data[at : at + 2] != b"\x7e\x7e" or data[at + 13] != 2 or data[at + 11] > 0x0F:
            return None
        stop = at + HEAD + (data[at + 11] << 8 | data[at + 12])
        if stop > end:
            return None
        frames.append(data[at:stop])
        at = stop
    return frames


class Connection(asyncio.Protocol):
    """Bytes in, frames and broken pieces to the gateway, answers out when those are durable."""

    __slots__ = (
        "began",
        "gateway",
        "greeted",
        "heard",
        "is_paused",
        "noise",
        "owed",
        "peer",
        "session",
        "transport",
    )

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.session: Session | None = None
        self.transport: asyncio.Transport | None = None
        self.peer = ""
        self.began = self.heard = 0.0
        self.greeted = False  # by a station that may send
        self.is_paused = False
        self.noise = 0
        self.owed = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport
        name = transport.get_extra_info("peername")
        self.peer = name[0] if name else ""
        self.began = self.heard = self.gateway.now_s()
        if not self.gateway.admit(self):
            transport.abort()

    def data_received(self, data: bytes) -> None:
        self.heard = self.gateway.now_s()
        if self.gateway.guard.is_shut(self.peer, self.heard):
            self.session = None
            self._shed(data)
            return
        if self.session is None:
            frames = cut(data)
            if frames is not None:
                for frame in frames:
                    if self.noise > self.gateway.limits.garbage:
                        return
                    self._whole(frame)
                return
            self.session = Session(password_ok=self.gateway.admits)
        self._take(self.session.feed(data, datetime.now(UTC)))
        if self.session is not None and self.session.is_idle:
            self.session = None

    def _take(self, events: Iterable[Event]) -> None:
        for event in events:
            match event:
                case Received(frame, data):
                    self._admitted(frame.station, data)
                case Refused(frame, data):
                    self._refused(frame, data)
                case Joined(frame):
                    if self._is_heard(frame.station, frame.body):
                        self.gateway.offer_message(self, event)
                case PacketReceived() | Overdue():
                    self.greeted = True
                    self.ask_again(event)
                case Broken(data, reason):
                    self._broken(data, reason)
                case GivenUp(frames, _, reason):
                    self._broken(b"".join(frame.body for frame in frames), reason)

    def _whole(self, data: bytes) -> None:
        """A HEX frame in one piece, by its length; its checksum is looked at where its password is not the station's."""
        station = data[3:8].hex().upper()
        if self.gateway.admits(station, data[8] << 8 | data[9]):
            self._admitted(station, data)
            return
        if self._is_idle_talk(station, data):
            return
        try:
            frame = decode_frame(data)
        except FrameError:
            self._add_noise(len(data))
            self.gateway.offer(self, data)  # ingest names what is wrong with it
        else:
            self._refused(frame, data)

    def _admitted(self, station: str, data: bytes) -> None:
        if self._is_heard(station, data):
            self.gateway.offer(self, data)

    def _is_heard(self, station: str, data: bytes) -> bool:
        """Not from a peer that was shut meanwhile, nor from a strange one while somebody tries the station's password."""
        if self.gateway.hears(station, self.peer):
            return True
        self._shed(data)
        return False

    def _refused(self, frame: Frame, data: bytes) -> None:
        """A whole frame of nobody, or with a wrong password, or the wrong way round."""
        if not self._is_heard("", data) or self._is_idle_talk(frame.station, data):
            return
        self._add_noise(len(data))
        if frame.direction is Direction.UP:
            self.gateway.tried(frame.station, self.peer)
        self.gateway.offer(self, data)

    def _is_idle_talk(self, station: str, data: bytes) -> bool:
        """Of nobody, from a peer that has sent enough of it: not looked at."""
        if self.gateway.knows(station) or not self.gateway.guard.is_noisy(self.peer):
            return False
        self._shed(data)
        return True

    def _shed(self, data: bytes) -> None:
        """Counted and not kept."""
        self.gateway.shed(self.peer, max(data.count(b"\x7e\x7e"), 1))
        self._add_noise(len(data))

    def _add_noise(self, size: int) -> None:
        self.noise += size
        self.gateway.guard.noise(self.peer, size, self.heard)
        if self.noise > self.gateway.limits.garbage and self.transport is not None:
            self.transport.abort()

    def rescue(self, data: bytes) -> None:
        """A frame that came broken may hold a true one: a half frame whose length reached over the next."""
        for piece in Framer().feed(data[1:]):
            if isinstance(piece, Good) and piece.frame.packet is None:
                self._whole(piece.data)

    def ask_again(self, event: PacketReceived | Overdue) -> None:
        """Ask for a packet that is missing. Nothing is acknowledged by it, so it need not wait for the store."""
        if self.session is not None:
            self.answer(self.session.reply_for(event, self.gateway.wire_now()))

    def _broken(self, data: bytes, reason: str) -> None:
        self._add_noise(len(data))
        self.gateway.offer_broken(self, data, reason)

    def confirm(self, event: Joined, now: datetime) -> None:
        """Answer a message in packets, once for all of them."""
        self.answer(confirmation(event.frame, now=now, keep_online=True, total=event.total))

    def answer(self, data: bytes) -> None:
        """Send, if anybody is still there."""
        if data and self.transport is not None and not self.transport.is_closing():
            self.transport.write(data)

    def tick(self, now: float) -> None:
        """What silence means: ask again for packets, give up half frames, let go of who says nothing."""
        limits = self.gateway.limits
        silent = now - self.heard
        if self.session is not None and silent > limits.half_frame_s / 2:
            events, again = self.session.tick(datetime.now(UTC))
            self._take(events)
            self.answer(again)
            if silent > limits.half_frame_s and not self.session.is_gathering:
                self._give_up()
        is_over = now - self.began > limits.greeting_s and not self.owed
        if self.greeted:
            is_over = silent > limits.idle_s
        if is_over and self.transport is not None:
            self.transport.close()

    def _give_up(self) -> None:
        """What is half-done will not be finished any more: into the quarantine with it."""
        session, self.session = self.session, None
        if session is not None:
            self._take(session.close())

    def pause(self) -> None:
        if not self.is_paused and self.transport is not None and not self.transport.is_closing():
            self.is_paused = True
            self.transport.pause_reading()

    def resume(self) -> None:
        if self.is_paused and self.transport is not None and not self.transport.is_closing():
            self.is_paused = False
            self.transport.resume_reading()

    def pause_writing(self) -> None:
        """The station does not read its answers: do not read it either."""
        self.pause()

    def resume_writing(self) -> None:
        self.resume()

    def connection_lost(self, error: Exception | None) -> None:
        self._give_up()
        self.transport = None
        self.gateway.release(self)
