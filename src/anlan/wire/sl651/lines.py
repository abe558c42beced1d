"""``anlan decode sl651``: one frame a line in, one JSON-ready record a line out (docs/reference/decode.md)."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from .assembly import Assembler, Complete
from .codes import ASCII_START, Direction
from .errors import BadStart, Sl651Error
from .frame import Frame, decode_frame
from .message import Message, Observation, decode_message, observations

_SPACE: Final = str.maketrans("", "", " \t")
# Lines carry no arrival times: packets are joined by order alone, and no silence is ever measured.
_NO_CLOCK: Final = datetime(2000, 1, 1)  # noqa: DTZ001


def decode_lines(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """A record for every line that is not blank; a broken line gives ok=False and its reason, never an exception.

    A line is the hex of a frame, with or without spaces, or an ASCII frame as it is (read the file as
    latin-1, so that every byte survives).
    """
    assembler = Assembler(patience=timedelta.max, max_open=64)
    for line in lines:
        text = line.strip("\r\n").removeprefix("\ufeff").removeprefix("ï»¿")
        if text.strip():
            yield _record(text, assembler)


def _record(text: str, assembler: Assembler) -> dict[str, Any]:
    frame: Frame | None = None
    try:
        frame = decode_frame(_bytes(text))
        message = _whole(frame, assembler)
        found = observations(message) if message and message.direction is Direction.UP else []
        return _head(frame, message) | {"observations": [_row(row) for row in found]}
    except Sl651Error as error:
        failed = {"ok": False, "error": f"{type(error).__name__}: {error}"}
        return _head(frame, None) | failed | {"observations": []}


def _bytes(text: str) -> bytes:
    """The frame's bytes, from hex text or from the characters themselves."""
    if text.lstrip(" \t").startswith("\x01"):
        raw = text.lstrip(" \t")
        try:
            return raw.encode("latin-1")
        except UnicodeEncodeError:
            return raw.encode("gb18030", "surrogateescape")
    digits = text.translate(_SPACE)
    digits = digits[2:] if digits[:2] in ("0x", "0X") else digits
    try:
        data = bytes.fromhex(digits)
    except ValueError:
        raise BadStart(
            "the line is neither hex (an even count of 0-9 A-F) nor an ASCII frame beginning with SOH"
        ) from None
    # A file of ASCII frames ends its lines with CR LF, which a hex dump of it still carries.
    return data.rstrip(b"\r\n") if data[:1] == ASCII_START else data


def _whole(frame: Frame, assembler: Assembler) -> Message | None:
    """The message that this line completes, if any."""
    if frame.packet is None or frame.packet.total == 1 or frame.direction is Direction.DOWN:
        return decode_message(frame)
    match assembler.add(frame, _NO_CLOCK)[-1]:
        case Complete(joined, _):
            return decode_message(joined)
    return None


def _head(frame: Frame | None, message: Message | None) -> dict[str, Any]:
    return {
        "ok": frame is not None,
        "error": None,
        "direction": frame and frame.direction.value,
        "function": frame and f"{frame.function:02X}",
        "center": frame and frame.center,
        "station": frame and frame.station,
        "serial": message and message.serial,
        "sent_at": message and message.sent_at.isoformat(),
        "packets": frame and frame.packet and {"total": frame.packet.total, "seq": frame.packet.seq},
    }


def _row(row: Observation) -> dict[str, Any]:
    value = row.value
    return {
        "station": row.station,
        "at": row.at.isoformat(),
        "code": row.code,
        "value": json_number(value) if isinstance(value, Decimal) else value,
        "raw": row.raw,
    }


def json_number(value: Decimal) -> int | float:
    """The JSON number of ``value``: int without decimals, else the float whose shortest text is the value.

    Exact for up to 15 digits; table C.1 needs 11. Of longer numbers ``raw`` has every digit.
    """
    exponent = value.as_tuple().exponent
    return int(value) if isinstance(exponent, int) and exponent >= 0 else float(value)
