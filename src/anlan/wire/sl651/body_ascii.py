"""ASCII bodies (6.6.2): "symbol value symbol value " after serial and time of sending <-> items."""

import re
from collections.abc import Sequence
from typing import Final

from .address import normal
from .codes import Direction, Layout
from .digits import decode_time, encode_time
from .elements import BY_SYMBOL, Coding, Element, element, is_code
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

_NUMBER: Final = re.compile(r"[+-]?\d+(?:\.\d*)?\Z", re.ASCII)
_STEP: Final = re.compile(r"DR([DHN])(\d\d)?\Z", re.ASCII)
_BLOB_DEFINITION: Final = {"F2": 0xF2, "F3": 0xF3, "FD": 0xF6}
_MARKS: Final = {"ST": "F1", "TT": "F0"}
_SLOT_CHARS: Final = {"F4": 24} | {f"{n:02X}": 48 for n in range(0xF5, 0xFD)}


class Tokens:
    """Reads tokens that a single space ends; what is left can be taken as bytes."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def __bool__(self) -> bool:
        return bool(self.data[self.at :].strip(b" "))

    def peek(self) -> str:
        while self.data[self.at : self.at + 1] == b" ":
            self.at += 1  # a space after the time of sending, or two in a row, are seen from real stations
        stop = self.data.find(b" ", self.at)
        return self.data[self.at : stop if stop >= 0 else len(self.data)].decode("latin-1")

    def take(self, what: str) -> str:
        token = self.peek()
        if not token:
            raise BadBody(f"{what} is missing at body offset {self.at}: symbols and values alternate")
        if not token.isascii():
            raise BadBody(f"{what} '{token}' is not ASCII: only texts and pictures may hold other bytes")
        self.at += len(token) + 1
        return token

    def skip(self) -> None:
        """Pass over one token, whatever it holds."""
        self.at += len(self.peek()) + 1

    def rest(self) -> bytes:
        part = self.data[self.at :]
        self.at = len(self.data)
        return part


def decode(
    data: bytes, layout: Layout, direction: Direction, faults: list[Sl651Error] | None = None
) -> tuple[Item, ...]:
    """Items of a body. Raises BadBody, BadBcd, BadTime or BadAddress; with `faults` notes them there and keeps what is sound."""
    if not data:
        return ()
    if layout in (Layout.REPORT, Layout.UNIFORM):
        tokens = Tokens(data)
        return _query(tokens, layout) if direction is Direction.DOWN else _report(tokens, layout, faults)
    if layout in (Layout.PARAMETERS, Layout.PASSWORD, Layout.STATUS, Layout.STATION):
        try:
            return _management(Tokens(data))
        except (BadBody, BadBcd):
            pass  # kept whole below: no observation hangs on it
    return (Content("bytes", data),)


def _report(tokens: Tokens, layout: Layout, faults: list[Sl651Error] | None) -> tuple[Item, ...]:
    items: list[Item] = []
    while tokens:
        symbol, begin = tokens.peek(), tokens.at
        try:
            items.append(_next(tokens, layout, symbol))
        except (BadBody, BadBcd, BadTime, BadAddress) as error:
            if faults is None:
                raise
            faults.append(error)
            items += _sick(symbol)
            tokens.at = begin
            tokens.skip()
            while tokens and ((symbol == "ST" and len(tokens.peek()) == 1) or not _is_symbol(tokens.peek())):
                tokens.skip()  # behind an address stands a class, which may look like a symbol
    return tuple(items)


def _sick(symbol: str) -> list[Item]:
    """What stands for what could not be read: a mark, or a missing value."""
    if symbol in _MARKS:
        return [Sick(_MARKS[symbol])]
    found = BY_SYMBOL.get(symbol)
    return [Number(found.code, "M")] if found and found.coding is Coding.BCD else []


def _is_symbol(token: str) -> bool:
    return token in BY_SYMBOL or token in _MARKS or _STEP.match(token) is not None


def _next(tokens: Tokens, layout: Layout, symbol: str) -> Item:
    if symbol == "ST":
        return _station(tokens)
    if symbol == "TT":
        tokens.take("TT")
        return TimeMark(decode_time(_sized(tokens.take("observation time"), 10)))
    if _STEP.match(symbol):
        step = _step(tokens)
        return _series(tokens, step) if layout is Layout.UNIFORM and tokens else step
    return _element(tokens)


def _sized(text: str, size: int) -> str:
    if len(text) != size:
        raise BadBody(f"'{text}' has {len(text)} characters: {size} are expected")
    return text


def _station(tokens: Tokens) -> StationMark:
    tokens.take("ST")
    station = normal(_sized(tokens.take("station address"), 10))
    letter = tokens.peek()
    if len(letter) == 1 and "A" <= letter <= "Z":
        return StationMark(station, tokens.take("station class"))
    return StationMark(station)


def _step(tokens: Tokens) -> Step:
    token = tokens.take("time step")
    unit, count = token[2], token[3:] or tokens.take("length of the step")
    if len(count) != 2 or not (count.isascii() and count.isdecimal()):
        raise BadBody(f"time step '{token} {count}' has no two digits: see table C.2")
    return Step({"D": f"{count}0000", "H": f"00{count}00", "N": f"0000{count}"}[unit])


def _known(symbol: str) -> Element:
    """A symbol of table C.1, or a reserved or user guide written in hex."""
    if symbol in BY_SYMBOL:
        return BY_SYMBOL[symbol]
    if is_code(symbol) and element(symbol.upper()).coding is Coding.OPEN:
        return element(symbol.upper())
    raise BadBody(
        f"'{symbol}' is no symbol of table C.1 and no reserved guide: correct the station's settings"
    )


def _element(tokens: Tokens) -> Item:
    found = _known(tokens.take("element symbol"))
    if found.coding is Coding.BLOB:
        return Blob(found.code, tokens.rest(), _BLOB_DEFINITION[found.code])
    return _value(found, tokens.take(f"value of {found.symbol}"))


def _value(found: Element, raw: str) -> Item:
    if found.coding is Coding.SLOTS:
        _check_hex(found, raw, _SLOT_CHARS[found.code])
        return Slots(found.code, raw, 0x60 if found.code == "F4" else 0xC0)
    if found.coding is Coding.BITS:
        _check_hex(found, raw, 8)
        return Status(raw)
    if found.coding is Coding.BCD and raw != "M" and raw.strip("F") and not _NUMBER.match(raw):
        raise BadBcd(f"element {found.symbol}: '{raw}' is no number; expected digits, or M for missing")
    return Number(found.code, raw, len(raw.partition(".")[2]))


def _check_hex(found: Element, raw: str, size: int) -> None:
    if len(raw) != size or not set(raw) <= set("0123456789ABCDEF"):
        raise BadBody(f"element {found.symbol}: '{raw}' must be {size} hex characters")


def _series(tokens: Tokens, step: Step) -> Item:
    codes: list[Element] = []
    while tokens and (tokens.peek() in BY_SYMBOL or _open(tokens.peek())):
        codes.append(_known(tokens.take("element symbol")))
    if not codes or any(c.coding not in (Coding.BCD, Coding.OPEN, Coding.SLOTS) for c in codes):
        raise BadBody("a series needs at least one element symbol after its time step")
    raws: list[str] = []
    while tokens and tokens.peek() not in ("ST", "TT"):
        raw = tokens.take("value of the series")
        if raw != "M":
            _value(codes[len(raws) % len(codes)], raw)
        raws.append(raw)
    if len(raws) % len(codes):
        raise BadBody(f"{len(raws)} values for {len(codes)} elements: write M where a value is missing")
    return Series(step, tuple(c.code for c in codes), tuple(raws)).checked()


def _open(token: str) -> bool:
    return not token.isdecimal() and is_code(token) and element(token.upper()).coding is Coding.OPEN


def _query(tokens: Tokens, layout: Layout) -> tuple[Item, ...]:
    items: list[Item] = []
    if layout is Layout.UNIFORM:
        raws = [_sized(tokens.take("hour of the period"), 8) for _ in range(2)]
        for raw in raws:
            decode_time(raw)
        items += [Period(*raws), _step(tokens)]
    while tokens:
        items.append(Identifier(_known(tokens.take("element symbol")).code))
    return tuple(items)


def _management(tokens: Tokens) -> tuple[Item, ...]:
    items: list[Item] = []
    while tokens:
        symbol = tokens.take("parameter guide")
        if symbol == "ST":
            items.append(StationMark(normal(_sized(tokens.take("station address"), 10))))
        elif symbol == "ZT":
            items.append(_value(BY_SYMBOL["ZT"], tokens.take("status")))
        elif is_code(symbol):
            items.append(Setting(symbol, tokens.take(f"parameter {symbol}")))
        else:
            raise BadBody(f"'{symbol}' is no parameter guide of annex D")
    return tuple(items)


def encode(items: Sequence[Item]) -> bytes:
    """Bytes of the items. Inverse of decode."""
    return b"".join(_encode(item) for item in items)


def _encode(item: Item) -> bytes:
    match item:
        case Blob(code, data, _):
            return f"{_symbol(code)} ".encode() + data
        case Content(_, data):
            return data
        case _:
            return "".join(f"{token} " for token in _tokens(item)).encode("ascii")


def _tokens(item: Item) -> list[str]:
    match item:
        case StationMark(station, klass):
            return ["ST", normal(station), *([klass] if klass else [])]
        case TimeMark(at):
            return ["TT", encode_time(at, seconds=False)]
        case Number(code, raw, _) | Slots(code, raw, _):
            return [_symbol(code), raw]
        case Status(raw):
            return ["ZT", raw]
        case Step(raw):
            return [_step_symbol(raw)]
        case Series(step, codes, raws, _):
            return [_step_symbol(step.raw), *map(_symbol, codes), *raws]
        case Setting(code, raw, _):
            return [code, raw]
        case Identifier(code, _):
            return [_symbol(code)]
        case Period(start, end):
            return [start, end]
    raise BadValue(f"{type(item).__name__} cannot be written in an ASCII body")


def _symbol(code: str) -> str:
    return element(code).symbol


def _step_symbol(raw: str) -> str:
    days, hours, minutes = raw[:2], raw[2:4], raw[4:]
    if [days, hours, minutes].count("00") < 2:
        raise BadValue(f"time step {raw} mixes units: an ASCII step is days, hours or minutes (table C.2)")
    if days != "00":
        return f"DRD{days}"
    return f"DRN{minutes}" if minutes != "00" else f"DRH{hours}"
