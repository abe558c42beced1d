"""Downlink frames of the centre: confirmations, requests to resend a packet, and queries (tables 17, 19, 25)."""

from collections.abc import Sequence
from datetime import datetime

from . import body_ascii, body_hex
from .build import beijing
from .codes import Control, Direction, Encoding
from .digits import encode_time
from .errors import BadBody
from .frame import Frame, Packet, encode_frame
from .items import Item


def serial_of(frame: Frame) -> int:
    """Serial number that opens the body. Raises BadBody where the body is too short to have one."""
    try:
        if frame.encoding is Encoding.ASCII and len(frame.body) >= 16:
            return int(frame.body[:4].decode("latin-1"), 16)
        if frame.encoding is Encoding.HEX and len(frame.body) >= 8:
            return int.from_bytes(frame.body[:2], "big")
    except ValueError:
        pass  # told below, as for a short body
    raise BadBody("the body does not begin with a serial and a time of sending: let the station resend")


def downlink(
    frame: Frame,
    *,
    serial: int,
    now: datetime,
    end: int,
    packet: Packet | None = None,
    items: Sequence[Item] = (),
) -> bytes:
    """A frame to the station that sent ``frame``, in its coding and with its password."""
    time = encode_time(beijing(now), seconds=True)
    if frame.encoding is Encoding.ASCII:
        body = f"{serial:04X}{time}".encode() + body_ascii.encode(items)
    else:
        body = serial.to_bytes(2, "big") + bytes.fromhex(time) + body_hex.encode(items)
    return encode_frame(
        Frame(
            frame.encoding,
            Direction.DOWN,
            frame.center,
            frame.station,
            frame.password,
            frame.function,
            body,
            end,
            packet,
        )
    )


def confirmation(frame: Frame, *, now: datetime, keep_online: bool, total: int | None = None) -> bytes:
    """The answer to a message that is safely stored.

    ACK where the station has announced more (ETB), else ESC to keep it online or EOT to let it go.
    ``total`` is given for a message in packets: it is confirmed once, with number = total.
    """
    end = Control.ESC if keep_online else Control.EOT
    if frame.end == Control.ETB and total is None:
        end = Control.ACK
    packet = Packet(total, total) if total else None
    return downlink(frame, serial=serial_of(frame), now=now, end=end, packet=packet)


def resend_request(frame: Frame, *, now: datetime, total: int, seq: int) -> bytes:
    """NAK for one packet. ``frame`` is packet 1 if it came (its serial is echoed), else any of them."""
    first = frame.packet is not None and frame.packet.seq == 1
    try:
        serial = serial_of(frame) if first else 0
    except BadBody:
        serial = 0
    return downlink(frame, serial=serial, now=now, end=Control.NAK, packet=Packet(total, seq))


def query(
    *,
    function: int,
    center: int,
    station: str,
    password: int,
    now: datetime,
    items: Sequence[Item] = (),
    encoding: Encoding = Encoding.HEX,
    serial: int = 0,
) -> bytes:
    """A command of the centre (mode M4), ended by ENQ; serial 0 as 6.6.2.4 says."""
    head = Frame(encoding, Direction.DOWN, center, station, password, function, b"")
    return downlink(head, serial=serial, now=now, end=Control.ENQ, items=items)
