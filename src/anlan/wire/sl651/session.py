"""The centre's side of one connection: bytes in, events out, and what to answer once an event is stored (6.3).

  mode  who begins  the station sends             the centre answers
  M1    station     one frame                     nothing
  M2    station     one frame                     EOT or ESC; ACK after ETB; nothing when it is broken
  M3    station     SYN packets, ETB ... ETX      once for all: EOT or ESC with number = total; NAK with the
                                                  one missing number, each at most twice
  M4    centre      an answer to ENQ              EOT or ESC; the query is sent again at most twice

No sockets and no clock: the caller feeds bytes, passes ``now``, makes the events durable, and only then
asks ``reply_for`` for the bytes to send. Function 2F (link keeping) is never answered.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from typing import Final

from .assembly import MAX_RESENDS, Assembler, Complete, GivenUp, Waiting
from .codes import Direction
from .errors import BadBody, BadDirection, Sl651Error, WrongPassword
from .frame import Frame, decode_frame
from .framer import Framer, Garbage, Good
from .reply import confirmation, resend_request, serial_of

LINK: Final = 0x2F


class Mode(Enum):
    """How a station reports; a setting of the station (table 15)."""

    M1 = "send, no answer"
    M2 = "send, confirm"


@dataclass(frozen=True, slots=True)
class Received:
    """A whole message in one frame. Store ``data``, then answer."""

    frame: Frame
    data: bytes


@dataclass(frozen=True, slots=True)
class PacketReceived:
    """One packet of several; ``ask`` is the packet to ask for now, if any."""

    frame: Frame
    data: bytes
    have: int
    total: int
    ask: int | None
    first: Frame


@dataclass(frozen=True, slots=True)
class Joined:
    """The message of ``total`` packets is complete: ``frame`` carries the joined body. Store it, then answer."""

    frame: Frame
    total: int


@dataclass(frozen=True, slots=True)
class Overdue:
    """A packet is still missing after a silence: send reply_for(event)."""

    first: Frame
    total: int
    ask: int


@dataclass(frozen=True, slots=True)
class Broken:
    """Bytes for the quarantine; never answered."""

    data: bytes
    reason: str


@dataclass(frozen=True, slots=True)
class Refused:
    """A whole frame that may not be used (wrong password, wrong way round); never answered."""

    frame: Frame
    data: bytes
    error: Sl651Error


@dataclass(frozen=True, slots=True)
class Unanswered:
    """A query that the station left without answer after all resends."""

    data: bytes


Event = Received | PacketReceived | Joined | Overdue | Broken | Refused | GivenUp | Unanswered


def any_password(station: str, password: int) -> bool:
    """Accepts every password: for tests and for networks whose stations have none."""
    return True


def always_m2(station: str) -> Mode:
    return Mode.M2


@dataclass(slots=True)
class _Query:
    data: bytes
    frame: Frame
    sent: datetime
    resends: int = 0


class Session:
    """One connection, seen from the centre.

    ``password_ok(station, password)`` and ``mode_of(station)`` are asked for every frame, so keep them fast.
    """

    def __init__(
        self,
        *,
        password_ok: Callable[[str, int], bool] = any_password,
        mode_of: Callable[[str], Mode] = always_m2,
        keep_online: bool = True,
        patience: timedelta = timedelta(seconds=30),
    ) -> None:
        self.password_ok = password_ok
        self.mode_of = mode_of
        self.keep_online = keep_online
        self.patience = patience
        self._framer = Framer()
        self._assembler = Assembler(patience=patience)
        self._queries: list[_Query] = []

    @property
    def is_idle(self) -> bool:
        """Nothing is half-done: no bytes held, no message in packets open, no query unanswered."""
        return not (self._framer.held or self.is_gathering or self._queries)

    @property
    def is_gathering(self) -> bool:
        """Some message in packets is not complete."""
        return self._assembler.is_gathering

    def feed(self, data: bytes, now: datetime) -> list[Event]:
        """Take received bytes; give what they complete, in order."""
        events: list[Event] = []
        for piece in self._framer.feed(data):
            if isinstance(piece, Garbage):
                events.append(Broken(piece.data, piece.reason))
            else:
                events += self._frame(piece, now)
        return events

    def _frame(self, good: Good, now: datetime) -> list[Event]:
        frame = good.frame
        if frame.direction is Direction.DOWN:
            error = BadDirection("a downlink frame came from a station: an echo, or two centres on one line")
            return [Refused(frame, good.data, error)]
        if not self.password_ok(frame.station, frame.password):
            wrong = WrongPassword(
                f"station {frame.station} sent password {frame.password:04X}: correct one side"
            )
            return [Refused(frame, good.data, wrong)]
        self._queries = [q for q in self._queries if not _answers(frame, q.frame)]
        if frame.packet is None:
            return [self._single(good)]
        return self._packet(good, now)

    def _single(self, good: Good) -> Event:
        try:
            serial_of(good.frame)
        except BadBody as error:
            return Broken(good.data, f"BadBody: {error}")
        return Received(good.frame, good.data)

    def _packet(self, good: Good, now: datetime) -> list[Event]:
        events: list[Event] = []
        for result in self._assembler.add(good.frame, now):
            match result:
                case Complete(frame, total):
                    events.append(self._whole(frame, total, good.data))
                case Waiting(first, have, total, ask):
                    events.append(PacketReceived(good.frame, good.data, have, total, ask, first))
                case GivenUp():
                    events.append(result)
        return events

    def _whole(self, frame: Frame, total: int, last: bytes) -> Event:
        try:
            serial_of(frame)
        except BadBody as error:
            return Broken(last, f"BadBody: {error}")
        return Joined(frame, total)

    def reply_for(self, event: Event, now: datetime) -> bytes:
        """The bytes to send once ``event`` is durable; empty where the rules want silence."""
        match event:
            case Received(frame, _):
                if frame.function == LINK or self.mode_of(frame.station) is Mode.M1:
                    return b""
                return confirmation(frame, now=now, keep_online=self.keep_online)
            case Joined(frame, total):
                return confirmation(frame, now=now, keep_online=self.keep_online, total=total)
            case PacketReceived(ask=int(seq), first=first, total=total) | Overdue(first, total, seq):
                return resend_request(first, now=now, total=total, seq=seq)
        return b""

    def query(self, data: bytes, now: datetime) -> bytes:
        """Register a query (reply.query makes it) and give back the bytes to send."""
        self._queries.append(_Query(data, decode_frame(data), now))
        return data

    def tick(self, now: datetime) -> tuple[list[Event], bytes]:
        """What silence until ``now`` means: events, and queries to send again. Call it about once a second."""
        events: list[Event] = []
        for result in self._assembler.tick(now):
            if isinstance(result, GivenUp):
                events.append(result)
            elif result.ask is not None:
                events.append(Overdue(result.first, result.total, result.ask))
        return events + self._lost_queries(now), self._resends(now)

    def _lost_queries(self, now: datetime) -> list[Event]:
        lost = [q for q in self._queries if q.resends >= MAX_RESENDS and now - q.sent >= self.patience]
        self._queries = [q for q in self._queries if q not in lost]
        return [Unanswered(q.data) for q in lost]

    def _resends(self, now: datetime) -> bytes:
        again = b""
        for query in self._queries:
            if now - query.sent >= self.patience:
                query.sent, query.resends = now, query.resends + 1
                again += query.data
        return again

    def close(self) -> list[Event]:
        """The connection ended: what is left half-done goes to the quarantine."""
        pieces = [
            Broken(piece.data, piece.reason) for piece in self._framer.flush() if isinstance(piece, Garbage)
        ]
        return [*pieces, *self._assembler.flush()]


def _answers(answer: Frame, asked: Frame) -> bool:
    return (answer.station, answer.function) == (asked.station, asked.function)
