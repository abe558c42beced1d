"""What goes into ingest and what comes out of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntEnum

import numpy as np

from anlan.science.jit import Int8s, Int64s
from anlan.wire.sl651.frame import Frame


def millis(at: datetime) -> int:
    """UTC milliseconds since 1970."""
    return round(at.timestamp() * 1000)


def moment(ms: int) -> datetime:
    """UTC milliseconds as an aware time."""
    return datetime.fromtimestamp(ms / 1000, UTC)


class NotDurable(Exception):
    """Nothing of the batch could be written: acknowledge none of it and try again. The text says what to do."""


class Outcome(IntEnum):
    """What became of a frame."""

    STORED = 0
    REPEAT = 1  # stored before: acknowledge it, so that the station stops sending it
    HELD = 2  # came whole from a station of ours, its content is in quarantine: acknowledge it too
    REFUSED = 3  # broken, unknown or with a wrong password: in quarantine, never acknowledged


@dataclass(frozen=True, slots=True)
class Joined:
    """A message that came in packets, as one frame."""

    frame: Frame
    total: int
    peer: str = ""


@dataclass(frozen=True, slots=True)
class Broken:
    """Bytes that are no frame, and why."""

    data: bytes
    reason: str
    peer: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """What is to be stored in one transaction: whole frames, joined messages, broken bytes."""

    frames: Sequence[bytes] = ()
    peers: Sequence[str] = ()
    messages: Sequence[Joined] = ()
    broken: Sequence[Broken] = ()
    shed: Mapping[str, int] = field(default_factory=dict)
    """How much of each peer was not even looked at."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a batch, now durable.

    ``outcomes`` int8, one a frame; ``messages`` whether each joined message may be acknowledged; ``reasons`` why a frame is in
    quarantine, by its index; ``stations`` the keys of stations that have news.
    """

    known_at: datetime
    outcomes: Int8s
    stations: Int64s
    messages: Sequence[bool] = ()
    reasons: Mapping[int, str] = field(default_factory=dict)

    def count(self, outcome: Outcome) -> int:
        return int((self.outcomes == outcome).sum())


def joined(parts: Sequence[Taken], known_at: datetime) -> Taken:
    """What became of several batches, as if they had been one."""
    reasons: dict[int, str] = {}
    at = 0
    for part in parts:
        reasons |= {at + index: reason for index, reason in part.reasons.items()}
        at += part.outcomes.size
    return Taken(
        known_at=known_at,
        outcomes=np.concatenate([part.outcomes for part in parts]),
        stations=np.unique(np.concatenate([part.stations for part in parts])),
        messages=[kept for part in parts for kept in part.messages],
        reasons=reasons,
    )
