"""The answers to many HEX frames at once: what reply.confirmation makes one by one, as rows of bytes."""

from datetime import datetime
from typing import Final

import numpy as np

from anlan.science.jit import Bytes, Int64s

from .build import beijing
from .codes import Control
from .crc import TABLE
from .digits import encode_time

LENGTH: Final = 25
_TABLE: Final = np.array(TABLE, np.uint16)


def confirmations(buffer: Bytes, offsets: Int64s, *, now: datetime, keep_online: bool) -> Bytes:
    """Row i, uint8[n, 25], confirms frame buffer[offsets[i]:offsets[i+1]]: a whole HEX uplink in one piece (STX).

    ESC keeps the station online, EOT lets it go; ACK where it has announced more (ETB). ``now`` is aware, or naive
    Beijing time. Nothing is checked: give only frames that decode_batch found whole and that are stored.
    """
    at = offsets[:-1]
    rows = np.empty((at.size, LENGTH), np.uint8)
    rows[:, 0:2] = 0x7E
    rows[:, 2:7] = buffer[at[:, None] + np.arange(3, 8)]  # station
    rows[:, 7] = buffer[at + 2]  # centre
    rows[:, 8:11] = buffer[at[:, None] + np.arange(8, 11)]  # password, function
    rows[:, 11:14] = (0x80, 0x08, Control.STX)
    rows[:, 14:16] = buffer[at[:, None] + np.arange(14, 16)]  # serial, echoed
    rows[:, 16:22] = np.frombuffer(bytes.fromhex(encode_time(beijing(now), seconds=True)), np.uint8)
    more = buffer[offsets[1:] - 3] == Control.ETB
    rows[:, 22] = np.where(more, Control.ACK, Control.ESC if keep_online else Control.EOT)
    crc = _crc(rows[:, :23])
    rows[:, 23] = crc >> 8
    rows[:, 24] = crc & 0xFF
    return rows


def _crc(rows: Bytes) -> np.ndarray[tuple[int], np.dtype[np.uint16]]:
    """Checksum of each row, all rows a byte at a time."""
    crc = np.full(rows.shape[0], 0xFFFF, np.uint16)
    for column in rows.T:
        crc = (crc >> 8) ^ _TABLE[(crc ^ column) & 0xFF]
    return crc
