"""The envelope: start, addresses, password, function, length, packet number, body, end, CRC (6.2, tables 16 to 23).

HEX and ASCII frames have one layout; in ASCII the header and the CRC are written as hex characters.
Downlink frames carry the station before the centre. ``Frame`` holds no checksum: encoding makes it.
"""

from dataclasses import dataclass
from typing import Final, NamedTuple

from .address import normal
from .codes import ASCII_START, ENDS, HEX_START, MAX_BODY, Control, Direction, Encoding
from .crc import crc16
from .errors import (
    BadAddress,
    BadCrc,
    BadDirection,
    BadEnd,
    BadLength,
    BadPacket,
    BadStart,
    FrameError,
    Truncated,
)

HEX_HEADER: Final = 14
ASCII_HEADER: Final = 24
_CHARS: Final = frozenset(b"0123456789ABCDEFabcdef")


class Packet(NamedTuple):
    """Packet ``seq`` of ``total`` (mode M3)."""

    total: int
    seq: int


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame as sent. ``body`` is what stands between STX (or SYN and packet number) and the end character."""

    encoding: Encoding
    direction: Direction
    center: int
    station: str
    password: int
    function: int
    body: bytes
    end: int = Control.ETX
    packet: Packet | None = None


def frame_length(data: bytes) -> int | None:
    """Total bytes of the frame that ``data`` begins with, or None while its header is incomplete.

    Raises BadStart, BadDirection or BadLength as soon as the bytes seen cannot become a frame.
    """
    if data[:1] == ASCII_START:
        return _ascii_length(data)
    if data[:2] == HEX_START[: len(data)]:
        return _hex_length(data)
    raise BadStart(f"starts with {data[:2].hex().upper() or 'nothing'}: expected 7E7E (HEX) or 01 (ASCII)")


def _hex_length(data: bytes) -> int | None:
    if len(data) > 11:
        _direction(data[11] >> 4)
    if len(data) > 13 and data[13] not in (Control.STX, Control.SYN):
        raise BadStart(f"byte 14 is {data[13]:02X}: expected STX 02 or SYN 16 before the body")
    if len(data) < HEX_HEADER:
        return None
    length = (data[11] & 0x0F) << 8 | data[12]
    _check_length(length, 3 if data[13] == Control.SYN else 0)
    return HEX_HEADER + length + 3


def _ascii_length(data: bytes) -> int | None:
    header = data[1:23]
    if not _CHARS.issuperset(header):
        raise BadStart("an ASCII frame's header holds hex characters only: these bytes are something else")
    if len(data) > 19:
        _direction(int(chr(data[19]), 16))
    if len(data) > 23 and data[23] not in (Control.STX, Control.SYN):
        raise BadStart(f"byte 24 is {data[23]:02X}: expected STX 02 or SYN 16 before the body")
    if len(data) < ASCII_HEADER:
        return None
    length = int(data[20:23], 16)
    _check_length(length, 6 if data[23] == Control.SYN else 0)
    return ASCII_HEADER + length + 5


def _direction(nibble: int) -> Direction:
    if nibble not in (0, 8):
        raise BadDirection(f"direction nibble is {nibble:X}: 0 is up, 8 is down")
    return Direction.DOWN if nibble else Direction.UP


def _check_length(length: int, packet_bytes: int) -> None:
    if length <= packet_bytes:
        raise BadLength(f"length field says {length}: a body has at least {packet_bytes + 1} bytes")


def decode_frame(data: bytes) -> Frame:
    """Check one frame wholly and take it apart. A stray 7E after a HEX frame is tolerated.

    Raises a FrameError that names what is wrong.
    """
    length = frame_length(data)
    if length is None or len(data) < length:
        have = f"{len(data)} of {length or 'at least 17'} bytes"
        raise Truncated(f"the frame ends after {have}: wait for the rest or let the station resend")
    if len(data) > length and not (data[0] == 0x7E and data[length:] == b"\x7e"):
        raise BadLength(f"{len(data) - length} bytes follow the frame: the length field says {length} in all")
    data = data[:length]
    ascii_frame = data[:1] == ASCII_START
    _check_crc(data, ascii_frame)
    return _decode_ascii(data) if ascii_frame else _decode_hex(data)


def _check_crc(data: bytes, ascii_frame: bool) -> None:
    stop = len(data) - (4 if ascii_frame else 2)
    tail = data[stop:]
    sent = tail.decode("latin-1").upper() if ascii_frame else tail.hex().upper()
    computed = f"{crc16(data[:stop]):04X}"
    if sent != computed:
        raise BadCrc(
            f"checksum {sent} was sent, {computed} computed: damaged on the way, let the station resend"
        )


def _decode_hex(data: bytes) -> Frame:
    direction = _direction(data[11] >> 4)
    up = direction is Direction.UP
    packet, start = None, HEX_HEADER
    if data[13] == Control.SYN:
        number = int.from_bytes(data[14:17], "big")
        packet, start = _packet(number >> 12, number & 0xFFF), HEX_HEADER + 3
    return Frame(
        Encoding.HEX,
        direction,
        data[2] if up else data[7],
        _station((data[3:8] if up else data[2:7]).hex()),
        data[8] << 8 | data[9],
        data[10],
        data[start:-3],
        _end(data[-3]),
        packet,
    )


def _decode_ascii(data: bytes) -> Frame:
    header = data[1:23].decode("ascii")
    direction = _direction(int(header[18], 16))
    up = direction is Direction.UP
    packet, start = None, ASCII_HEADER
    if data[23] == Control.SYN:
        if not _CHARS.issuperset(data[24:30]):
            raise BadPacket(f"packet number {data[24:30]!r} is not hex: expected three characters each")
        packet, start = _packet(int(data[24:27], 16), int(data[27:30], 16)), ASCII_HEADER + 6
    return Frame(
        Encoding.ASCII,
        direction,
        int(header[:2] if up else header[10:12], 16),
        _station(header[2:12] if up else header[:10]),
        int(header[12:16], 16),
        int(header[16:18], 16),
        data[start:-5],
        _end(data[-5]),
        packet,
    )


def _station(text: str) -> str:
    return normal(text)


def _packet(total: int, seq: int) -> Packet:
    if not 1 <= seq <= total:
        raise BadPacket(f"packet {seq} of {total}: both count from 1 and the number may not exceed the total")
    return Packet(total, seq)


def _end(byte: int) -> int:
    if byte not in ENDS:
        raise BadEnd(f"byte {byte:02X} ends the body: expected ETX, ETB, ENQ, EOT, ACK, NAK or ESC")
    return byte


def encode_frame(frame: Frame) -> bytes:
    """The bytes of ``frame`` with its checksum. Inverse of decode_frame.

    Raises FrameError where a field does not fit.
    """
    _check_fields(frame)
    data = _encode_hex(frame) if frame.encoding is Encoding.HEX else _encode_ascii(frame)
    crc = crc16(data)
    return data + (crc.to_bytes(2, "big") if frame.encoding is Encoding.HEX else b"%04X" % crc)


def _check_fields(frame: Frame) -> None:
    if not 0 <= frame.center <= 255:
        raise BadAddress(f"centre address {frame.center} does not fit one byte: use 1..255")
    for name, value, most in (("password", frame.password, 0xFFFF), ("function", frame.function, 0xFF)):
        if not 0 <= value <= most:
            raise FrameError(f"{name} {value} does not fit: use 0..{most}")
    _end(frame.end)
    if not frame.body:
        raise BadLength("the body is empty: it has at least one byte")
    if frame.packet:
        _packet(*frame.packet)


def _body_length(frame: Frame, packet_bytes: int) -> int:
    length = len(frame.body) + (packet_bytes if frame.packet else 0)
    if length > MAX_BODY or (frame.packet and frame.packet.total > MAX_BODY):
        raise BadLength(f"body of {length} bytes: at most {MAX_BODY}; send it in packets (split)")
    return length | (0x8000 if frame.direction is Direction.DOWN else 0)


def _encode_hex(frame: Frame) -> bytes:
    center, station = bytes([frame.center]), bytes.fromhex(normal(frame.station))
    up = frame.direction is Direction.UP
    head = HEX_START + (center + station if up else station + center)
    head += frame.password.to_bytes(2, "big") + bytes([frame.function])
    head += _body_length(frame, 3).to_bytes(2, "big")
    start = bytes([Control.STX])
    if frame.packet:
        start = bytes([Control.SYN]) + (frame.packet.total << 12 | frame.packet.seq).to_bytes(3, "big")
    return head + start + frame.body + bytes([frame.end])


def _encode_ascii(frame: Frame) -> bytes:
    center, station = f"{frame.center:02X}", normal(frame.station)
    head = center + station if frame.direction is Direction.UP else station + center
    head += f"{frame.password:04X}{frame.function:02X}{_body_length(frame, 6):04X}"
    start = bytes([Control.STX])
    if frame.packet:
        start = bytes([Control.SYN]) + b"%03X%03X" % frame.packet
    return ASCII_START + head.encode() + start + frame.body + bytes([frame.end])
