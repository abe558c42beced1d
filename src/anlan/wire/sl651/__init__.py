"""SL 651-2014 水文监测数据通信规约: codec, framer, packets, sessions and a batch decoder. Sans-I/O: no sockets, no clock.

The order of use at a centre: ``Session.feed`` → events → ``decode_batch`` for the many, ``decode_message`` for
the rest → store → ``Session.reply_for``. Errors stand in one tree, see ``errors``.
"""

from .batch import decode_batch, digest, pack, station_key, station_name
from .build import BEIJING, Uplink, beijing, encode_uplink, number, slots
from .codes import Control, Direction, Encoding, alarms_of, status_of
from .elements import ELEMENTS, element
from .errors import (
    BadAddress,
    BadBcd,
    BadBody,
    BadCrc,
    BadDirection,
    BadLength,
    BadPacket,
    BadStart,
    BadTime,
    BadValue,
    BodyError,
    FrameError,
    NeedsPackets,
    Sl651Error,
    Truncated,
    UnknownFunction,
    WrongPassword,
)
from .frame import Frame, Packet, decode_frame, encode_frame
from .framer import Framer, Garbage, Good
from .lines import decode_lines
from .message import Message, Observation, decode, decode_message, encode_message, observations, split
from .session import Session

__all__ = [
    "BEIJING",
    "ELEMENTS",
    "BadAddress",
    "BadBcd",
    "BadBody",
    "BadCrc",
    "BadDirection",
    "BadLength",
    "BadPacket",
    "BadStart",
    "BadTime",
    "BadValue",
    "BodyError",
    "Control",
    "Direction",
    "Encoding",
    "Frame",
    "FrameError",
    "Framer",
    "Garbage",
    "Good",
    "Message",
    "NeedsPackets",
    "Observation",
    "Packet",
    "Session",
    "Sl651Error",
    "Truncated",
    "UnknownFunction",
    "Uplink",
    "WrongPassword",
    "alarms_of",
    "beijing",
    "decode",
    "decode_batch",
    "decode_frame",
    "decode_lines",
    "decode_message",
    "digest",
    "element",
    "encode_frame",
    "encode_message",
    "encode_uplink",
    "number",
    "observations",
    "pack",
    "slots",
    "split",
    "station_key",
    "station_name",
    "status_of",
]
