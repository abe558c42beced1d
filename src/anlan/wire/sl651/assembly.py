"""Join the packets of mode M3 (tables 18, 22): any order, repeats allowed, gaps asked for, time-outs by ``now``.

state        event                          next        answer
gathering    packet, some never came yet    gathering   none
gathering    ETX while packets are missing  asking      NAK with the lowest missing number
gathering    silence for ``patience``       asking      NAK with the lowest missing number
asking       packet, others missing         asking      NAK with the next missing number
asking       silence, asked fewer than 2×   asking      the same NAK again
asking       silence, asked 2×              given up    none; the packets go to quarantine
any          last missing packet            complete    one EOT or ESC with number = total
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from .codes import Control
from .errors import BadPacket
from .frame import Frame

MAX_RESENDS: Final = 2


@dataclass(frozen=True, slots=True)
class Key:
    """What the packets of one message share."""

    station: str
    center: int
    function: int
    total: int


@dataclass(frozen=True, slots=True)
class Complete:
    """All packets came: ``frame`` is the message as one frame, body joined and without packet number."""

    frame: Frame
    total: int


@dataclass(frozen=True, slots=True)
class Waiting:
    """Packet kept, others missing. ``ask`` is the number to ask for now, None while more may be under way."""

    first: Frame
    have: int
    total: int
    ask: int | None


@dataclass(frozen=True, slots=True)
class GivenUp:
    """A message that will not be completed: its packets as they came, and why."""

    frames: tuple[Frame, ...]
    total: int
    reason: str


@dataclass(slots=True)
class _Gathering:
    heard: datetime
    parts: dict[int, Frame] = field(default_factory=dict)
    asking: bool = False
    asked: dict[int, int] = field(default_factory=dict)
    size: int = 0

    def missing(self, total: int) -> int | None:
        return next((n for n in range(1, total + 1) if n not in self.parts), None)


class Assembler:
    """Collects packets of any number of stations, within ``max_bytes`` a message and ``max_open`` messages."""

    def __init__(
        self,
        *,
        patience: timedelta = timedelta(seconds=30),
        max_bytes: int = 4 << 20,
        max_open: int = 8,
    ) -> None:
        self.patience = patience
        self.max_bytes = max_bytes
        self.max_open = max_open
        self._open: dict[Key, _Gathering] = {}

    @property
    def is_gathering(self) -> bool:
        """Some message has packets and is not complete."""
        return bool(self._open)

    def add(self, frame: Frame, now: datetime) -> list[Complete | Waiting | GivenUp]:
        """Take one packet. The last result tells where its message stands; GivenUp may come before it."""
        if frame.packet is None:
            raise BadPacket("this frame is no packet (no SYN): decode it as it is")
        key = Key(frame.station, frame.center, frame.function, frame.packet.total)
        results: list[Complete | Waiting | GivenUp] = []
        gathering = self._open.get(key)
        if gathering and gathering.parts.get(frame.packet.seq, frame).body != frame.body:
            results.append(self._give_up(key, "a new message began before this one was complete"))
            gathering = None
        if gathering is None:
            results += self._make_room()
            gathering = self._open[key] = _Gathering(now)
        self._keep(gathering, frame, frame.packet.seq, now)
        if gathering.size > self.max_bytes:
            return [*results, self._give_up(key, f"larger than {self.max_bytes} bytes")]
        gathering.asking = gathering.asking or frame.end == Control.ETX
        return [*results, self._standing(key, gathering, most_asks=1)]

    def _keep(self, gathering: _Gathering, frame: Frame, seq: int, now: datetime) -> None:
        gathering.heard = now
        if seq not in gathering.parts:
            gathering.parts[seq] = frame
            gathering.size += len(frame.body)

    def _standing(self, key: Key, gathering: _Gathering, *, most_asks: int) -> Complete | Waiting:
        missing = gathering.missing(key.total)
        if missing is None:
            del self._open[key]
            return _joined(gathering, key.total)
        ask = missing if gathering.asking and gathering.asked.get(missing, 0) < most_asks else None
        if ask:
            gathering.asked[ask] = gathering.asked.get(ask, 0) + 1
        first = next(iter(gathering.parts.values()))
        return Waiting(gathering.parts.get(1, first), len(gathering.parts), key.total, ask)

    def tick(self, now: datetime) -> list[Waiting | GivenUp]:
        """What silence means: ask for missing packets, at most twice each, then give the message up."""
        results: list[Waiting | GivenUp] = []
        for key, gathering in list(self._open.items()):
            if now - gathering.heard < self.patience:
                continue
            gathering.heard, gathering.asking = now, True
            standing = self._standing(key, gathering, most_asks=MAX_RESENDS)
            if isinstance(standing, Waiting) and standing.ask:
                results.append(standing)
            else:
                results.append(self._give_up(key, f"packets are missing after {MAX_RESENDS} requests"))
        return results

    def flush(self) -> list[GivenUp]:
        """The connection closed: nothing more will come."""
        return [
            self._give_up(key, "the connection closed before all packets came") for key in list(self._open)
        ]

    def _make_room(self) -> list[GivenUp]:
        if len(self._open) < self.max_open:
            return []
        oldest = min(self._open, key=lambda key: self._open[key].heard)
        return [self._give_up(oldest, f"more than {self.max_open} messages in packets at once")]

    def _give_up(self, key: Key, reason: str) -> GivenUp:
        parts = self._open.pop(key).parts
        frames = tuple(parts[n] for n in sorted(parts))
        return GivenUp(frames, key.total, f"{len(frames)} of {key.total} packets: {reason}")


def _joined(gathering: _Gathering, total: int) -> Complete:
    body = b"".join(gathering.parts[n].body for n in range(1, total + 1))
    return Complete(replace(gathering.parts[1], body=body, packet=None, end=Control.ETX), total)
