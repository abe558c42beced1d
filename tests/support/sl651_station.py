"""The station's side: send, wait for the centre, resend at most twice, then leave it for the next connection (6.3.2.3).

state    event                     next     what happens
waiting  EOT, ESC or ACK           done     Confirmed; ESC asks to stay online
waiting  NAK with number k         waiting  packet k is sent again, ended by ETX
waiting  silence, resent under 2×  waiting  all frames are sent again, same serial
waiting  silence, resent 2×        failed   Failed; the message stays with the caller
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from anlan.wire.sl651.assembly import MAX_RESENDS
from anlan.wire.sl651.codes import Control, Direction
from anlan.wire.sl651.errors import BadBody
from anlan.wire.sl651.frame import Frame, decode_frame, encode_frame
from anlan.wire.sl651.framer import Framer, Garbage
from anlan.wire.sl651.message import Message, encode_message, split
from anlan.wire.sl651.reply import serial_of
from anlan.wire.sl651.session import LINK, Broken


@dataclass(frozen=True, slots=True)
class Confirmed:
    """The centre has the message. ``stay_online`` is true after ESC."""

    function: int
    serial: int
    stay_online: bool


@dataclass(frozen=True, slots=True)
class SendAgain:
    """Bytes to send now."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Failed:
    """Three attempts went unanswered: leave the line and try later."""

    function: int
    serial: int


@dataclass(frozen=True, slots=True)
class Asked:
    """The centre asks (ENQ): answer with the same function."""

    frame: Frame


StationEvent = Confirmed | SendAgain | Failed | Asked | Broken


@dataclass(slots=True)
class _Pending:
    frames: list[bytes]
    sent: datetime
    resends: int = 0


class StationSession:
    """One connection, seen from a station."""

    def __init__(self, *, patience: timedelta = timedelta(seconds=20)) -> None:
        self.patience = patience
        self._framer = Framer()
        self._pending: dict[tuple[int, int], _Pending] = {}

    @property
    def waiting(self) -> int:
        """Messages that are not confirmed yet."""
        return len(self._pending)

    def send(
        self, message: Message, now: datetime, *, confirm: bool = True, packet_bytes: int | None = None
    ) -> bytes:
        """Bytes of the message; it is watched until the centre confirms (not with confirm=False, mode M1)."""
        frames = split(message, packet_bytes=packet_bytes) if packet_bytes else [encode_message(message)]
        if confirm and message.function != LINK:
            self._pending[message.function, message.serial] = _Pending(frames, now)
        return b"".join(frames)

    def feed(self, data: bytes, now: datetime) -> list[StationEvent]:
        """Take what the centre sent."""
        events: list[StationEvent] = []
        for piece in self._framer.feed(data):
            if isinstance(piece, Garbage):
                events.append(Broken(piece.data, piece.reason))
            elif piece.frame.direction is Direction.DOWN:
                events += self._downlink(piece.frame, now)
        return events

    def _downlink(self, frame: Frame, now: datetime) -> list[StationEvent]:
        if frame.end == Control.ENQ:
            return [Asked(frame)]
        try:
            serial = serial_of(frame)
        except BadBody as error:
            return [Broken(encode_frame(frame), str(error))]
        if frame.end == Control.NAK:
            return self._resend_packet(frame, serial, now)
        if self._pending.pop((frame.function, serial), None) is None:
            return []  # a second confirmation of the same message
        return [Confirmed(frame.function, serial, frame.end == Control.ESC)]

    def _resend_packet(self, frame: Frame, serial: int, now: datetime) -> list[StationEvent]:
        pending = self._pending.get((frame.function, serial)) or self._of_total(frame)
        if pending is None or frame.packet is None or frame.packet.seq > len(pending.frames):
            return []
        pending.sent = now
        again = decode_frame(pending.frames[frame.packet.seq - 1])
        return [SendAgain(encode_frame(replace(again, end=Control.ETX)))]

    def _of_total(self, frame: Frame) -> _Pending | None:
        """A NAK sent before packet 1 came knows no serial: find the message by function and packet total."""
        fits = (
            p
            for (function, _), p in self._pending.items()
            if frame.packet and function == frame.function and len(p.frames) == frame.packet.total
        )
        return next(fits, None)

    def tick(self, now: datetime) -> list[StationEvent]:
        """What silence means: resend at most twice, then give up."""
        events: list[StationEvent] = []
        for (function, serial), pending in list(self._pending.items()):
            if now - pending.sent < self.patience:
                continue
            if pending.resends >= MAX_RESENDS:
                del self._pending[function, serial]
                events.append(Failed(function, serial))
            else:
                pending.sent, pending.resends = now, pending.resends + 1
                events.append(SendAgain(b"".join(pending.frames)))
        return events
