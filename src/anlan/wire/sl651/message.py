"""A whole report or command: serial, time of sending, items; and the observations in it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Final

from . import body_ascii, body_hex
from .codes import FUNCTIONS, MAX_BODY, Control, Direction, Encoding, Function
from .digits import decode_time, encode_time
from .elements import Coding, element
from .errors import BadBody, BadTime, BadValue, NeedsPackets, Sl651Error, UnknownFunction
from .frame import Frame, Packet, decode_frame, encode_frame
from .items import Blob, Item, Number, Series, Sick, Slots, StationMark, Status, TimeMark

FIVE_MINUTES: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Message:
    """One message of one station, whole even if it came in several packets.

    ``sent_at`` is naive Beijing time. ``serial`` is 1..65535, 0 when a centre begins.
    """

    encoding: Encoding
    direction: Direction
    center: int
    station: str
    password: int
    function: int
    serial: int
    sent_at: datetime
    items: tuple[Item, ...] = ()
    end: int = Control.ETX


@dataclass(frozen=True, slots=True)
class Observation:
    """One value of one element at one station and time (naive Beijing time).

    ``value`` is None when missing; for F2 it is the text, for pictures and bulk data None with the
    bytes as hex in ``raw``. ``klass`` is the station class letter. ``is_guessed``: its own time could not be read, ``at``
    is that of the sending or, failing that too, of the receipt.
    """

    station: str
    klass: str | None
    at: datetime
    code: str
    value: Decimal | str | None
    raw: str
    is_guessed: bool = False


def function_of(code: int) -> Function:
    """Name and layout of a function code. Raises UnknownFunction for reserved ones."""
    try:
        return FUNCTIONS[code]
    except KeyError:
        raise UnknownFunction(
            f"function {code:02X} is reserved by table B.1: correct the station, or use E0..FF for own functions"
        ) from None


def decode(data: bytes) -> Message:
    """Decode one frame that holds a whole message. Raises a FrameError, BodyError or NeedsPackets."""
    return decode_message(decode_frame(data))


def decode_message(
    frame: Frame, *, faults: list[Sl651Error] | None = None, now: datetime | None = None
) -> Message:
    """Take the body of ``frame`` apart. For packets see assembly.Assembler.

    With ``faults`` one sick element costs no other: it is noted there and reads as missing, what is sound is kept, and
    a clock that cannot be read is replaced by ``now`` (naive Beijing time). Without, the first fault is raised.
    """
    if frame.packet and frame.packet.total > 1 and frame.direction is Direction.UP:
        raise NeedsPackets(f"packet {frame.packet.seq} of {frame.packet.total}: collect all, then decode")
    layout = function_of(frame.function).layout
    serial, digits, rest = _open_body(frame)
    dead: tuple[Item, ...] = ()
    try:
        sent_at = decode_time(digits)
    except BadTime as error:
        if faults is None or now is None:
            raise
        faults.append(error)
        sent_at, dead = now.replace(second=0, microsecond=0), (Sick(""),)
    codec = body_hex if frame.encoding is Encoding.HEX else body_ascii
    items = dead + codec.decode(rest, layout, frame.direction, faults)
    return Message(
        frame.encoding,
        frame.direction,
        frame.center,
        frame.station,
        frame.password,
        frame.function,
        serial,
        sent_at,
        items,
        frame.end,
    )


def _open_body(frame: Frame) -> tuple[int, str, bytes]:
    if frame.encoding is Encoding.ASCII:
        head, rest = frame.body[:16].decode("latin-1"), frame.body[16:]
        if len(head) < 16 or not set(head[:4]) <= set("0123456789ABCDEFabcdef"):
            raise BadBody(
                f"'{head}' opens the body: expected 4 hex characters of serial and 12 digits of time"
            )
        return int(head[:4], 16), head[4:], rest
    if len(frame.body) < 8:
        raise BadBody(f"the body has {len(frame.body)} bytes: serial and time of sending need 8")
    return int.from_bytes(frame.body[:2], "big"), frame.body[2:8].hex(), frame.body[8:]


def encode_body(message: Message) -> bytes:
    """Serial, time of sending and items as bytes."""
    time = encode_time(message.sent_at, seconds=True)
    if message.encoding is Encoding.ASCII:
        return f"{message.serial:04X}{time}".encode() + body_ascii.encode(message.items)
    return message.serial.to_bytes(2, "big") + bytes.fromhex(time) + body_hex.encode(message.items)


def encode_message(message: Message) -> bytes:
    """One frame. Inverse of decode. Raises BadLength when the body needs packets (see split)."""
    return encode_frame(_frame(message, encode_body(message), message.end, None))


def split(message: Message, *, packet_bytes: int = 210) -> list[bytes]:
    """The frames of mode M3: SYN, numbered packets, ETB until the last ends as the message does.

    ``packet_bytes`` counts body bytes of one packet (the standard advises frames below 256).
    """
    body = encode_body(message)
    parts = [body[i : i + packet_bytes] for i in range(0, len(body), packet_bytes)]
    if len(parts) > MAX_BODY:
        raise BadValue(f"{len(parts)} packets: at most {MAX_BODY}; choose a larger packet_bytes")
    ends = [Control.ETB] * (len(parts) - 1) + [message.end]
    return [
        encode_frame(_frame(message, part, end, Packet(len(parts), n + 1)))
        for n, (part, end) in enumerate(zip(parts, ends, strict=True))
    ]


def _frame(message: Message, body: bytes, end: int, packet: Packet | None) -> Frame:
    return Frame(
        message.encoding,
        message.direction,
        message.center,
        message.station,
        message.password,
        message.function,
        body,
        end,
        packet,
    )


def observations(message: Message) -> list[Observation]:
    """All observations of an uplink message, in wire order; hours and series are spread over their times.

    Elements that no F0F0 time precedes are timed by the sending, and so are those whose time cannot be read; what stands
    under an address that cannot be read is nobody's.
    """
    found: list[Observation] = []
    is_dead = Sick("") in message.items[:1]
    station, klass, at, is_guessed = message.station, None, message.sent_at, is_dead
    for item in message.items:
        match item:
            case Sick(""):
                pass
            case StationMark():
                station, klass, at, is_guessed = item.station, item.klass, message.sent_at, is_dead
            case Sick("F1"):
                station, at, is_guessed = "", message.sent_at, is_dead
            case TimeMark():
                at, is_guessed = item.at, False
            case Sick():
                at, is_guessed = message.sent_at, True
            case _ if station:
                begin = _begin(item, at) if is_guessed else at
                found += [Observation(station, klass, *row, is_guessed) for row in _spread(item, begin)]
    return found


def _begin(item: Item, end: datetime) -> datetime:
    """When the first value of an item was observed whose last one was at ``end``."""
    rows = len(item.raws) // len(item.codes) if isinstance(item, Series) else 1
    if isinstance(item, Series) and element(item.codes[0]).coding is not Coding.SLOTS:
        return later(end, -item.step.delta * (rows - 1))
    if isinstance(item, Slots | Series):
        return end.replace(minute=end.minute // 5 * 5, second=0) - (12 * rows - 1) * FIVE_MINUTES
    return end


_Row = tuple[datetime, str, Decimal | str | None, str]


def _spread(item: Item, at: datetime) -> Iterator[_Row]:
    match item:
        case Number(code, raw, _):
            yield at, code, item.value, raw
        case Slots():
            yield from _slots(item, at)
        case Status(raw):
            yield at, "45", Decimal(item.bits), raw
        case Series():
            yield from _series(item, at)
        case Blob("F2", data, _):
            yield at, "F2", item.text, data.hex().upper()
        case Blob(code, data, _):
            yield at, code, None, data.hex().upper()


def _slots(item: Slots, at: datetime) -> Iterator[_Row]:
    size = 2 if item.code == "F4" else 4
    for k, value in enumerate(item.values):
        yield later(at, k * FIVE_MINUTES), item.code, value, item.raw[k * size : (k + 1) * size]


def _series(item: Series, at: datetime) -> Iterator[_Row]:
    wide = len(item.codes)
    for n, raw in enumerate(item.raws):
        code, row = item.codes[n % wide], n // wide
        if element(code).coding is not Coding.SLOTS:
            decimals = item.definition & 7 if item.definition else len(raw.partition(".")[2])
            yield later(at, row * item.step.delta), code, Number(code, raw, decimals).value, raw
        elif raw == "M":
            yield later(at, timedelta(hours=row)), code, None, raw
        else:
            yield from _slots(Slots(code, raw, item.definition), later(at, timedelta(hours=row)))


def later(at: datetime, delta: timedelta) -> datetime:
    """at + delta; BadBody where a series would run past the years a wire time can name."""
    try:
        return at + delta
    except OverflowError:
        raise BadBody("the series runs past the year 9999: its time step is wrong") from None
