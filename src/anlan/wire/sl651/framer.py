"""Cut a byte stream into frames; report what is no frame. Bounded memory, no byte lost silently.

HEX and ASCII frames may be mixed. A candidate (7E7E or SOH) becomes a frame only by its length, end
character and CRC. While one candidate waits for its rest, later ones are tried as well, so that a false
start that promises 4 KB cannot hold back the true frames behind it.
"""

from dataclasses import dataclass
from typing import Final, NamedTuple

from .codes import ASCII_START, HEX_START
from .errors import FrameError
from .frame import Frame, decode_frame, frame_length

MAX_FRAME: Final = 24 + 4095 + 5


@dataclass(frozen=True, slots=True)
class Good:
    """One whole frame: its bytes and its header."""

    data: bytes
    frame: Frame


@dataclass(frozen=True, slots=True)
class Garbage:
    """Bytes that are no frame, with the reason; for the quarantine."""

    data: bytes
    reason: str


class _Look(NamedTuple):
    """What stands at a candidate: a frame of ``length``, an error, or neither yet."""

    length: int = 0
    frame: Frame | None = None
    error: FrameError | None = None


def _look(data: bytes, at: int) -> _Look:
    try:
        length = frame_length(data[at : at + 24])
        if length is None or at + length > len(data):
            return _Look()
        return _Look(length, decode_frame(data[at : at + length]))
    except FrameError as error:
        return _Look(error=error)


class _Starts:
    """Walks the places where a frame may begin; remembers each marker's next place so that it is sought once."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._next = dict.fromkeys((HEX_START, ASCII_START), -1)

    def after(self, at: int) -> int:
        """First candidate at or after ``at``; len(data) if there is none."""
        end = len(self._data)
        for marker, place in self._next.items():
            if place < at:
                found = self._data.find(marker, at)
                self._next[marker] = found if found >= 0 else end
        last = end - 1 if self._data.endswith(b"\x7e") and end > at else end
        return min(*self._next.values(), last)


class Framer:
    """Feed received bytes, get frames and garbage in the order received.

    ``strays`` counts single 7E bytes after a HEX frame, which some stations add and which are let pass.
    """

    def __init__(self) -> None:
        self._held = b""
        self._after_hex_frame = False
        self.strays = 0

    @property
    def held(self) -> int:
        """Bytes that wait for their rest; never more than one frame's length."""
        return len(self._held)

    def feed(self, data: bytes) -> list[Good | Garbage]:
        """Take bytes as they arrive and give back what is complete."""
        found: list[Good | Garbage] = []
        data = self._held + data
        starts, at = _Starts(data), 0
        while True:
            start, look, reason = self._scan(data, at, starts)
            self._drop(data[at:start], reason, found)
            if look.frame is None:
                self._held = data[start:]
                return found
            at = start + look.length
            found.append(Good(data[start:at], look.frame))
            self._after_hex_frame = data[start] == HEX_START[0]

    def flush(self) -> list[Good | Garbage]:
        """The stream ended or fell silent: what is held will not become a frame any more."""
        found: list[Good | Garbage] = []
        self._drop(self._held, "Truncated: the bytes stop inside a frame, the line fell silent", found)
        self._held = b""
        return found

    def _scan(self, data: bytes, begin: int, starts: _Starts) -> tuple[int, _Look, str]:
        """The next frame, or else where the bytes worth keeping begin; and why those before it are garbage."""
        at, waiting = starts.after(begin), -1
        reason = "BadStart: no frame starts here" if at > begin else ""
        while at < len(data):
            look = _look(data, at)
            if look.frame:
                return at, look, reason or "Truncated: this frame was cut off, a later one came whole"
            if look.error is None:
                waiting = at if waiting < 0 else waiting
            elif waiting < 0:
                reason = reason or f"{type(look.error).__name__}: {look.error}"
            at = starts.after(at + 1)
        return (waiting if waiting >= 0 else len(data)), _Look(), reason

    def _drop(self, data: bytes, reason: str, found: list[Good | Garbage]) -> None:
        if not data:
            return
        if self._after_hex_frame and data[0] == HEX_START[0]:
            self.strays += 1
            data = data[1:]
        self._after_hex_frame = False
        if data:
            found.append(Garbage(data, reason))
