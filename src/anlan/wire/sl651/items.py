"""What a body is made of, in wire order. Each item keeps exactly what was sent, so that encoding gives it back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from .codes import EVENTS
from .digits import bcd_value, decode_time, scaled
from .elements import Coding, element
from .errors import BadBcd, BadBody
from .parameters import parameter

FILLERS: Final = "ABCDE"


@dataclass(frozen=True, slots=True)
class StationMark:
    """F1F1 / ST: the elements that follow belong to this station. ``klass`` is the letter of table A.1."""

    station: str
    klass: str | None = None


@dataclass(frozen=True, slots=True)
class TimeMark:
    """F0F0 / TT: the observation time of what follows, naive Beijing time.

    For an instantaneous element the time of observation, for a period its end (6.6.2.8).
    """

    at: datetime


@dataclass(frozen=True, slots=True)
class Sick:
    """A mark that cannot be read: F1 of a station, F0 of an observation, "" of the sending. Only a tolerant reading makes it."""

    code: str
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Number:
    """One element value. ``raw`` is the BCD digits of a HEX frame or the token of an ASCII frame."""

    code: str
    raw: str
    decimals: int = 0

    @property
    def missing(self) -> bool:
        """All F (HEX) or M (ASCII)."""
        return not self.raw.strip("F") or self.raw == "M"

    @property
    def value(self) -> Decimal | None:
        """The exact value; None when missing, or when it is not BCD: a reserved or user element, or a sick one."""
        if self.missing:
            return None
        if self.raw[0] in "+-" or "." in self.raw:
            return Decimal(self.raw)
        try:
            return bcd_value(self.raw, self.decimals)
        except BadBcd:
            return None


@dataclass(frozen=True, slots=True)
class Slots:
    """F4..FC: twelve five-minute values of one hour, whatever the definition byte says.

    The group's observation time is that of the **first** slot (note to table 36; table 45). Rain of
    a slot is timed by its end (6.6.2.8 c), so slot k = 0..11 is observed at group time + 5·k minutes:
    a report sent at 11:00 with group time 10:05 covers 10:00 to 11:00. Uncertain (待核实): some
    stations are seen to put the hour itself there, which moves their slots into the future; the
    receiver's clock check finds those, the codec does not guess. Uncertain (待核实) as well: an hour report with one
    group time, where a counter and a stage stand behind the slots (sent 05:00:08, group 04:05). They are stamped 04:05
    as the group says, though their makers may mean 05:00; the receiver marks them (Flag.STAMP).
    """

    code: str
    raw: str
    definition: int

    @property
    def coefficients(self) -> tuple[int | None, ...]:
        """Binary values; FF (rain, 0.1 mm) and FFFF (level, 0.01 m) are missing, and so is an hour of nothing but a filler."""
        if self.is_filler:
            return (None,) * 12
        size = 2 if self.code == "F4" else 4
        parts = (self.raw[i : i + size] for i in range(0, len(self.raw), size))
        return tuple(None if not part.strip("F") else int(part, 16) for part in parts)

    @property
    def is_filler(self) -> bool:
        """All digits are one of A to E, which loggers write where nothing was measured; no hour rains so."""
        return self.raw[:1] in FILLERS and self.raw == self.raw[0] * len(self.raw)

    @property
    def values(self) -> tuple[Decimal | None, ...]:
        decimals = element(self.code).decimals
        return tuple(None if c is None else scaled(c, decimals) for c in self.coefficients)


@dataclass(frozen=True, slots=True)
class Status:
    """45 / ZT: 32 status bits, see codes.status_of."""

    raw: str

    @property
    def bits(self) -> int:
        return int(self.raw, 16)


@dataclass(frozen=True, slots=True)
class Step:
    """04 / DRxnn: the time step. ``raw`` is ddHHmm; all zero goes with the one-hour elements F4..FC."""

    raw: str

    @property
    def delta(self) -> timedelta:
        days, hours, minutes = (int(self.raw[i : i + 2]) for i in (0, 2, 4))
        return timedelta(days=days, hours=hours, minutes=minutes)


@dataclass(frozen=True, slots=True)
class Series:
    """Functions 31 and 38: values of ``codes`` one step apart, the first at the group's observation time.

    HEX frames carry one code, ASCII frames may carry several; ``raws`` runs time by time through
    the codes. ``definition`` is the definition byte of a HEX frame, 0 in ASCII.
    """

    step: Step
    codes: tuple[str, ...]
    raws: tuple[str, ...]
    definition: int = 0

    def checked(self) -> Series:
        """Itself, or BadBody: a zero step names the hour of F4..FC and nothing else (table C.1, note g)."""
        hourly = all(element(code).coding is Coding.SLOTS for code in self.codes)
        if not self.step.delta and not hourly and len(self.raws) > len(self.codes):
            raise BadBody("the series has a time step of zero: set the station's step (element 04)")
        return self


@dataclass(frozen=True, slots=True)
class Blob:
    """F2 manual text, F3 picture, FD bulk data: bytes to the end of the body."""

    code: str
    data: bytes
    definition: int

    @property
    def text(self) -> str:
        """The bytes read as GB 18030; unreadable ones show as U+FFFD, ``data`` has them all."""
        return self.data.decode("gb18030", "replace")


@dataclass(frozen=True, slots=True)
class Setting:
    """One configuration parameter (annex D). ``raw`` is hex digits, or the token of an ASCII frame."""

    code: str
    raw: str
    definition: int = 0

    @property
    def name(self) -> str:
        return parameter(self.code).name

    @property
    def value(self) -> Decimal | None:
        """The number, where annex D defines one and the digits are BCD; read ``raw`` otherwise."""
        decimals = parameter(self.code).decimals
        if decimals is None:
            return None
        if "." in self.raw or self.raw[:1] in ("+", "-"):
            return Decimal(self.raw)
        try:
            return bcd_value(self.raw, self.definition & 7)
        except BadBcd:
            return None


@dataclass(frozen=True, slots=True)
class Identifier:
    """A guide without data, as centres send to ask for an element or a parameter."""

    code: str
    definition: int = 0


@dataclass(frozen=True, slots=True)
class Period:
    """Start and end hour of a period query (table 44), raw YYMMDDHH."""

    start_raw: str
    end_raw: str

    @property
    def start(self) -> datetime:
        return decode_time(self.start_raw)

    @property
    def end(self) -> datetime:
        return decode_time(self.end_raw)


@dataclass(frozen=True, slots=True)
class Content:
    """The rest of a body, kept whole. ``kind`` names what it holds: version, switches, gates, quota,
    events, or bytes where the standard leaves the structure open or the station broke it."""

    kind: str
    data: bytes

    @property
    def version(self) -> str:
        self._must_be("version")
        return self.data[1:].decode("gb18030", "replace")

    @property
    def switches(self) -> tuple[bool, ...]:
        """Pump or valve 1, 2, ... on (tables 71, 74)."""
        self._must_be("switches")
        return _bits(self.data[1:])

    @property
    def gates(self) -> tuple[tuple[bool, int | None], ...]:
        """Gate 1, 2, ...: open, and its opening in cm, None where it is not BCD (table 77)."""
        self._must_be("gates")
        count = self.data[0]
        flags = 1 + (count + 7) // 8
        opened = _bits(self.data[1:flags])
        openings = [self.data[flags + 2 * n : flags + 2 * n + 2].hex() for n in range(count)]
        return tuple((opened[n], int(text) if text.isdecimal() else None) for n, text in enumerate(openings))

    @property
    def events(self) -> dict[str, int]:
        """Counters of table 82 by name; the spare ones as ERC19 to ERC32."""
        self._must_be("events")
        counts = [int.from_bytes(self.data[i : i + 2], "big") for i in range(0, 64, 2)]
        return {EVENTS[n] if n < len(EVENTS) else f"ERC{n + 1}": count for n, count in enumerate(counts)}

    def _must_be(self, kind: str) -> None:
        if self.kind != kind:
            raise BadBody(f"this content is {self.kind}, not {kind}: look at .kind before reading")


def _bits(data: bytes) -> tuple[bool, ...]:
    return tuple(bool(byte >> n & 1) for byte in data for n in range(8))


Item = (
    StationMark
    | TimeMark
    | Sick
    | Number
    | Slots
    | Status
    | Step
    | Series
    | Blob
    | Setting
    | Identifier
    | Period
    | Content
)
