"""Write uplink frames from plain values: what simulated stations and tests use."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Final

from .codes import Control, Direction, Encoding
from .digits import bcd_digits
from .elements import Coding, Element, element
from .errors import BadValue
from .items import Blob, Item, Number, Slots, StationMark, Status, TimeMark
from .message import Message, encode_message

BEIJING: Final = timezone(timedelta(hours=8), "Asia/Shanghai")
Scalar = Decimal | int | str | None
Value = Scalar | Sequence[Scalar]
Pair = tuple[str, Value]
Group = tuple[str, str | None, datetime, Iterable[Pair | Item]]


def beijing(at: datetime) -> datetime:
    """The wire's time of ``at``: aware times are turned to +08:00, naive ones are Beijing time already."""
    return at.astimezone(BEIJING).replace(tzinfo=None) if at.tzinfo else at


def number(code: str, value: Scalar, *, encoding: Encoding = Encoding.HEX) -> Number:
    """An element value with the digits and decimals of table C.1; None is missing.

    Raises BadValue for a value finer than the element's decimals: nothing is rounded silently.

    >>> number("20", "4.0")
    Number(code='20', raw='000040', decimals=1)
    """
    row = element(code)
    if row.coding is not Coding.BCD:
        raise BadValue(f"element {code} ({row.name}) is no number of table C.1: build its item yourself")
    if encoding is Encoding.ASCII:
        return _text_number(row, value)
    if value is None:
        return Number(code, "FF" * row.width, row.decimals)
    return Number(code, bcd_digits(value, decimals=row.decimals, width=row.width), row.decimals)


def _text_number(row: Element, value: Scalar) -> Number:
    if value is None:
        return Number(row.code, "M", 0)
    bcd_digits(value, decimals=row.decimals, width=row.width)  # the same limits as in HEX
    text = f"{Decimal(value):f}"
    return Number(row.code, text, len(text.partition(".")[2]))


def slots(code: str, values: Sequence[Scalar]) -> Slots:
    """Twelve five-minute values of F4 (mm) or F5..FC (m), the first for the group's observation time."""
    row = element(code)
    if row.coding is not Coding.SLOTS or len(values) != 12:
        raise BadValue(f"element {code} with {len(values)} values: F4..FC carry exactly 12")
    size = 1 if code == "F4" else 2
    raw = b"".join(_slot(row, value, 256**size - 1).to_bytes(size, "big") for value in values)
    return Slots(code, raw.hex().upper(), 0x60 if code == "F4" else 0xC0)


def _slot(row: Element, value: Scalar, missing: int) -> int:
    if value is None:
        return missing
    digits = bcd_digits(value, decimals=row.decimals, width=1)
    if digits.startswith("FF") or int(digits) >= missing:
        raise BadValue(f"{value} does not fit a slot of {row.code}: 0 to {missing - 1} of its last decimal")
    return int(digits)


def item(code: str, value: Value, *, encoding: Encoding = Encoding.HEX) -> Item:
    """The item for any observable element: number, slots, status bits (45) or manual text (F2)."""
    coding = element(code).coding
    if coding is Coding.SLOTS and isinstance(value, Sequence) and not isinstance(value, str):
        return slots(code, value)
    if coding is Coding.BITS and isinstance(value, int):
        return Status(f"{value:08X}")
    if code == "F2" and isinstance(value, str):
        return Blob(code, value.encode("gb18030"), 0xF2)
    if isinstance(value, Decimal | int | str) or value is None:
        return number(code, value, encoding=encoding)
    raise BadValue(f"element {code} cannot carry {value!r}: see table C.1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Uplink:
    """Header of reports to come; ``message`` fills it. For stations that report again and again."""

    station: str
    center: int = 1
    password: int = 0
    encoding: Encoding = field(default=Encoding.HEX)

    def message(
        self,
        *,
        function: int,
        serial: int,
        sent_at: datetime,
        groups: Iterable[Group] = (),
        end: int = Control.ETX,
    ) -> Message:
        """A report with the given groups (station, class letter, observed_at, [(code, value) or Item])."""
        items: list[Item] = []
        open_station: tuple[str, str | None] | None = None
        for station, klass, observed_at, pairs in groups:
            if open_station != (station, klass):
                items.append(StationMark(station, klass))
                open_station = (station, klass)
            items.append(TimeMark(beijing(observed_at).replace(second=0, microsecond=0)))
            items += [item(*p, encoding=self.encoding) if isinstance(p, tuple) else p for p in pairs]
        return Message(
            self.encoding,
            Direction.UP,
            self.center,
            self.station,
            self.password,
            function,
            serial,
            beijing(sent_at).replace(microsecond=0),
            tuple(items),
            end,
        )


def encode_uplink(
    *,
    function: int,
    center: int,
    station: str,
    password: int,
    serial: int,
    sent_at: datetime,
    groups: Iterable[Group] = (),
    encoding: Encoding = Encoding.HEX,
) -> bytes:
    """One report as frame bytes. Times are aware, or naive Beijing time; values Decimal, int, str or None.

    >>> from datetime import datetime
    >>> at = datetime(2017, 7, 18, 10, 22)
    >>> encode_uplink(function=0x33, center=5, station="0011223344", password=0x03E8, serial=38, sent_at=at,
    ...     groups=[("0011223344", "H", at, [("20", "4.0"), ("38", "11.02")])]).hex().upper()[:26]
    '7E7E05001122334403E8330020'
    """
    uplink = Uplink(station=station, center=center, password=password, encoding=encoding)
    return encode_message(uplink.message(function=function, serial=serial, sent_at=sent_at, groups=groups))
