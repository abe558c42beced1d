"""HEX bodies (6.6.3): bytes after serial and time of sending <-> items."""

from collections.abc import Sequence
from typing import Final

from .address import normal
from .codes import STATION_CLASSES, Direction, Layout
from .digits import bcd_value, decode_time, encode_time
from .elements import ELEMENTS, Coding, element
from .errors import BadAddress, BadBcd, BadBody, BadTime, BadValue, Sl651Error
from .items import (
    Blob,
    Content,
    Identifier,
    Item,
    Number,
    Period,
    Series,
    Setting,
    Sick,
    Slots,
    StationMark,
    Status,
    Step,
    TimeMark,
)

STATION: Final = b"\xf1\xf1"
TIME: Final = b"\xf0\xf0"
_BLOBS: Final = frozenset((0xF2, 0xF3, 0xFD))
_SLOT_BYTES: Final = {0xF4: 12} | dict.fromkeys(range(0xF5, 0xFD), 24)
_CONTENT: Final = {
    Layout.VERSION: "version",
    Layout.SWITCHES: "switches",
    Layout.GATES: "gates",
    Layout.QUOTA: "quota",
    Layout.EVENTS: "events",
}


class Cursor:
    """Reads a body from left to right; running out of bytes is a BadBody that says where.

    With `faults`, what is wrong with one element alone is noted there, and reading goes on behind it.
    """

    def __init__(self, data: bytes, faults: list[Sl651Error] | None = None) -> None:
        self.data = data
        self.at = 0
        self.faults = faults

    def fault(self, error: Sl651Error) -> None:
        """One element is sick: raise it, or note it."""
        if self.faults is None:
            raise error
        self.faults.append(error)

    def __bool__(self) -> bool:
        return self.at < len(self.data)

    def peek(self, count: int) -> bytes:
        return self.data[self.at : self.at + count]

    def take(self, count: int, what: str) -> bytes:
        part = self.peek(count)
        if len(part) < count:
            raise BadBody(
                f"{what} needs {count} bytes at body offset {self.at}, {len(part)} are left: "
                "compare the station's definitions with table C.1"
            )
        self.at += count
        return part

    def rest(self) -> bytes:
        part = self.data[self.at :]
        self.at = len(self.data)
        return part


def decode(
    data: bytes, layout: Layout, direction: Direction, faults: list[Sl651Error] | None = None
) -> tuple[Item, ...]:
    """Items of a body. Raises BadBody, BadBcd, BadTime or BadAddress; with `faults` notes them there and keeps what is sound."""
    cursor = Cursor(data, faults)
    if not data:
        return ()
    if layout is Layout.LINK or layout is Layout.USER:
        return (Content("bytes", cursor.rest()),)
    if layout in (Layout.REPORT, Layout.UNIFORM):
        return _query(cursor, layout) if direction is Direction.DOWN else _report(cursor, layout)
    try:
        return _management(cursor, layout)
    except (BadBody, BadBcd):
        # No observation hangs on these bodies and makers vary them: keep every byte, claim no structure.
        return (Content("bytes", data),)


def _report(cursor: Cursor, layout: Layout) -> tuple[Item, ...]:
    items: list[Item] = []
    while cursor:
        head, begin = cursor.peek(2), cursor.at
        try:
            items.append(_next(cursor, layout, head))
        except BadBody as error:
            if cursor.faults is not None and not any(cursor.data[begin:]):
                break  # padding: a guide 00 does not exist
            cursor.fault(error)
            return _vouched(items, head)
    return tuple(items)


def _next(cursor: Cursor, layout: Layout, head: bytes) -> Item:
    if head == STATION:
        return _station(cursor, with_class=True)
    if head == TIME:
        return _time(cursor)
    if layout is Layout.UNIFORM and head[0] == 0x04:
        return _series(cursor)
    return _element(cursor)


def _vouched(items: Sequence[Item], head: bytes) -> tuple[Item, ...]:
    """Of a body that comes apart at `head`, the items that are sure: table C.1 knows each by guide and length, and what follows it.

    A wrong length shows only in what follows, so an element counts when the next one begins as the table says.
    """
    known = [*map(_is_of_the_table, items), _is_head(head)]
    sure = known.index(False) - 1 if False in known else len(items)
    return tuple(items[: max(sure, 0)])


def _is_of_the_table(item: Item) -> bool:
    match item:
        case Number(code, raw, decimals):
            return len(code) == 2 and _is_head(
                bytes.fromhex(code) + bytes([_definition(code, raw, decimals)])
            )
        case StationMark() | TimeMark() | Sick() | Slots() | Status():
            return True
    return False


def _is_head(head: bytes) -> bool:
    if len(head) < 2 or head in (STATION, TIME) or head[0] in _SLOT_BYTES:
        return len(head) == 2
    row = ELEMENTS.get(f"{head[0]:02X}")
    return row is not None and head[1] == (row.width << 3 | row.decimals)


def _time(cursor: Cursor) -> TimeMark | Sick:
    cursor.take(2, "time mark")
    raw = cursor.take(5, "observation time").hex()
    try:
        return TimeMark(decode_time(raw))
    except BadTime as error:
        cursor.fault(error)
        return Sick("F0", raw)


def _station(cursor: Cursor, *, with_class: bool) -> StationMark | Sick:
    cursor.take(2, "station mark")
    raw = cursor.take(5, "station address").hex()
    letter = cursor.peek(1).decode("latin-1")
    known = letter in STATION_CLASSES or ("A" <= letter <= "Z" and cursor.peek(3)[1:] == TIME)
    klass = cursor.take(1, "station class").decode() if with_class and letter and known else None
    try:
        return StationMark(normal(raw), klass)
    except BadAddress as error:
        cursor.fault(error)
        return Sick("F1", raw)


def _guide(cursor: Cursor) -> tuple[str, int]:
    code = f"{cursor.take(1, 'element guide')[0]:02X}"
    if code == "FF":
        code += f"{cursor.take(1, 'extension guide')[0]:02X}"
    if code == "00":
        raise BadBody(f"guide 00 at body offset {cursor.at - 1} does not exist: the body is misaligned")
    return code, cursor.take(1, f"definition of {code}")[0]


def _element(cursor: Cursor) -> Item:
    code, definition = _guide(cursor)
    guide = int(code[:2], 16)
    if guide in (0xF0, 0xF1):
        raise BadBody(f"{code}{definition:02X} at body offset {cursor.at - 2}: expected {code}{code}")
    if guide in _BLOBS:
        return Blob(code, cursor.rest(), definition)
    if guide in _SLOT_BYTES:
        return _hour(cursor, code, definition)
    raw = cursor.take(definition >> 3, f"element {code}").hex().upper()
    if code not in ("45", "04"):
        return _number(cursor, code, raw, definition & 7)
    try:
        return _status(raw) if code == "45" else _step(raw)
    except BadBody as error:
        cursor.fault(error)
        return Number(code, raw, 0)


def _hour(cursor: Cursor, code: str, definition: int) -> Slots:
    slots = Slots(code, cursor.take(_SLOT_BYTES[int(code, 16)], f"element {code}").hex().upper(), definition)
    if slots.is_filler and cursor.faults is not None:
        cursor.fault(
            BadValue(f"element {code}: an hour of {slots.raw[:2]} is a filler, nothing was measured")
        )
    return slots


def _status(raw: str) -> Status:
    if len(raw) != 8:
        raise BadBody(f"status 45 has {len(raw) // 2} bytes: table 58 defines 4")
    return Status(raw)


def _step(raw: str) -> Step:
    if len(raw) != 6 or not raw.isdecimal():
        raise BadBody(f"time step '{raw}' is not ddHHmm in 3 BCD bytes: see table C.3")
    return Step(raw)


def _number(cursor: Cursor, code: str, raw: str, decimals: int) -> Number:
    if element(code).coding is not Coding.OPEN:
        try:
            bcd_value(raw, decimals)
        except BadBcd as error:
            cursor.fault(BadBcd(f"element {code}: {error}"))
    return Number(code, raw, decimals)


def _series(cursor: Cursor) -> Item:
    _, definition = _guide(cursor)
    step = _step(cursor.take(definition >> 3, "time step").hex())
    if not cursor or cursor.peek(2) in (STATION, TIME):
        return step
    code, definition = _guide(cursor)
    size = _SLOT_BYTES.get(int(code[:2], 16), definition >> 3)
    if not size or element(code).coding not in (Coding.BCD, Coding.OPEN, Coding.SLOTS):
        raise BadBody(f"element {code} with {size} bytes cannot run in a series")
    raws: list[str] = []
    while cursor and not (size < 12 and cursor.peek(2) in (STATION, TIME)):
        raw = cursor.take(size, f"value {len(raws) + 1} of series {code}").hex().upper()
        if element(code).coding is Coding.BCD:
            _number(cursor, code, raw, definition & 7)
        raws.append(raw)
    return Series(step, (code,), tuple(raws), definition).checked()


def _query(cursor: Cursor, layout: Layout) -> tuple[Item, ...]:
    items: list[Item] = []
    if layout is Layout.UNIFORM:
        raws = [cursor.take(4, "hour of the period").hex() for _ in range(2)]
        for raw in raws:
            decode_time(raw)
        items.append(Period(*raws))
        _, definition = _guide(cursor)
        items.append(_step(cursor.take(definition >> 3, "time step").hex()))
    while cursor:
        items.append(Identifier(*_guide(cursor)))
    return tuple(items)


def _management(cursor: Cursor, layout: Layout) -> tuple[Item, ...]:
    items: list[Item] = []
    if cursor.peek(2) == STATION:
        items.append(_station(cursor, with_class=False))
    if cursor and layout in _CONTENT:
        items.append(_content(_CONTENT[layout], cursor.rest()))
    while cursor:
        code, definition = _guide(cursor)
        if layout is Layout.STATUS and code == "45":
            items.append(_status(cursor.take(definition >> 3, "status").hex().upper()))
        elif _is_bare(cursor, code, definition):
            items.append(Identifier(code, definition))
        else:
            size = definition if code == "0E" else definition >> 3  # 0E counts up to 255 bytes (D.1)
            items.append(Setting(code, cursor.take(size, f"parameter {code}").hex().upper(), definition))
    return tuple(items)


def _is_bare(cursor: Cursor, code: str, definition: int) -> bool:
    """A definition without data: what a centre sends to read a parameter."""
    size = definition if code == "0E" else definition >> 3
    return size == 0


def _content(kind: str, data: bytes) -> Content:
    sizes = {
        "version": 1 + data[0],
        "switches": 1 + data[0],
        "gates": 1 + (data[0] + 7) // 8 + 2 * data[0],
        "quota": 1,
        "events": 64,
    }
    if len(data) != sizes[kind]:
        raise BadBody(f"{kind}: {len(data)} bytes where {sizes[kind]} are defined")
    return Content(kind, data)


def encode(items: Sequence[Item]) -> bytes:
    """Bytes of the items. Inverse of decode."""
    return b"".join(_encode(item) for item in items)


def _encode(item: Item) -> bytes:
    match item:
        case StationMark(station, klass):
            return STATION + bytes.fromhex(normal(station)) + (klass or "").encode("ascii")
        case TimeMark(at):
            return TIME + bytes.fromhex(encode_time(at, seconds=False))
        case Number(code, raw, decimals):
            return bytes.fromhex(code) + bytes([_definition(code, raw, decimals)]) + bytes.fromhex(raw)
        case Slots(code, raw, definition) | Setting(code, raw, definition):
            return bytes.fromhex(code) + bytes([definition]) + bytes.fromhex(raw)
        case Status(raw):
            return b"\x45\x20" + bytes.fromhex(raw)
        case Step(raw):
            return b"\x04\x18" + bytes.fromhex(raw)
        case Series(step, codes, raws, definition):
            if len(codes) != 1:
                raise BadValue("a HEX series carries one element (6.6.4.4 b): send one frame for each")
            return (
                _encode(step) + bytes.fromhex(codes[0]) + bytes([definition]) + bytes.fromhex("".join(raws))
            )
        case Blob(code, data, definition):
            return bytes.fromhex(code) + bytes([definition]) + data
        case Identifier(code, definition):
            return bytes.fromhex(code) + bytes([definition])
        case Period(start, end):
            return bytes.fromhex(start + end)
        case Content(_, data):
            return data
        case Sick():
            raise BadValue("a mark that could not be read cannot be written: correct it first")


def _definition(code: str, raw: str, decimals: int) -> int:
    width, odd = divmod(len(raw), 2)
    if odd or width > 31 or not 0 <= decimals <= 7:
        raise BadValue(f"element {code}: '{raw}' with {decimals} decimals does not fit a definition byte")
    return width << 3 | decimals
