"""Many HEX frames at once, in machine code: the elements that arrive all day, equal to the full decoder.

A frame is *hot* when it is an uplink of function 30, 31, 32, 33 or 34 in one piece (STX) and holds only
BCD elements of table C.1 of at most 9 bytes, status 45, and the hours F4 to FC, each under a station
and an observation time. Everything else, and everything that looks wrong beyond length and checksum, is
marked NEEDS_FULL: decode it with message.decode, which names the fault.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np

from anlan.science.jit import Bools, Bytes, Int8s, Int32s, Int64s, Keys

from .kernel import Columns, Heads, decode_frames

_CHUNK: Final = 8192


@dataclass(frozen=True, slots=True)
class BatchResult:
    """Arrays of a batch: first those with one entry a frame, then those with one entry an observation.

    status     int8    HOT 0, NEEDS_FULL 1, BAD_LENGTH 2, BAD_CRC 3
    digest     uint64  equal for equal frames (centre address and checksum left out): finds duplicates
    sender     int64   address in the header, the five bytes as one number (see station_name), 0 unless HOT
    function   uint8   function code, 0 unless HOT
    serial     int32   serial number, -1 unless HOT
    sent_at    int64   UTC seconds since 1970, 0 unless HOT
    frame      int32   index of the frame an observation came in, ascending
    station    int64   station that the observation belongs to
    at         int64   observation time, UTC seconds since 1970
    code       uint8   guide byte of table C.1
    value      int64   the digits; the value is value / 10**decimals; 0 when missing
    decimals   uint8
    missing    bool
    """

    status: Int8s
    digest: Keys
    sender: Int64s
    function: Bytes
    serial: Int32s
    sent_at: Int64s
    frame: Int32s
    station: Int64s
    at: Int64s
    code: Bytes
    value: Int64s
    decimals: Bytes
    missing: Bools


def decode_batch(buffer: Bytes, offsets: Int64s) -> BatchResult:
    """Decode frame i = buffer[offsets[i]:offsets[i+1]] for all i.

    The first call in a process compiles the kernel or loads it from the cache: give it ``pack([])`` at start.

    ``buffer`` uint8[n] and ``offsets`` int64[k+1], ascending, within the buffer. Raises ValueError otherwise.

    >>> frame = bytes.fromhex("7E7E05001122334403E833002B020026170718102202F1F1001122334448F0F01707181022"
    ...                       "201900004026190000403923000104903812110203F511")
    >>> result = decode_batch(*pack([frame]))
    >>> result.value.tolist(), result.decimals.tolist()
    ([40, 40, 10490, 1102], [1, 1, 3, 2])
    """
    buffer, offsets = _read_only(buffer, np.uint8), _read_only(offsets, np.int64)
    if offsets.size == 0 or offsets[0] < 0 or offsets[-1] > buffer.size or (np.diff(offsets) < 0).any():
        raise ValueError("offsets must ascend from 0 or more to at most the buffer's length: use pack()")
    starts = range(0, max(offsets.size - 1, 1), _CHUNK)
    parts = [_chunk(buffer, offsets[i : i + _CHUNK + 1], i) for i in starts]
    if len(parts) == 1:
        return BatchResult(*parts[0])
    return BatchResult(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))


def _read_only(array: np.ndarray, kind: type[np.generic]) -> np.ndarray:
    """A read-only view, so that writable and constant input share one compiled kernel."""
    view = np.ascontiguousarray(array, kind).view()
    view.flags.writeable = False
    return view


def _chunk(buffer: Bytes, offsets: Int64s, first: int) -> list[np.ndarray]:
    frames = offsets.size - 1
    # One observation takes at least one byte, or two for a definition of zero bytes: this many rows suffice.
    rows = int(offsets[-1] - offsets[0])
    heads: Heads = (
        np.empty(frames, np.int8),
        np.empty(frames, np.uint64),
        np.empty(frames, np.int64),
        np.empty(frames, np.uint8),
        np.empty(frames, np.int32),
        np.empty(frames, np.int64),
    )
    columns: Columns = (
        np.empty(rows, np.int32),
        np.empty(rows, np.int64),
        np.empty(rows, np.int64),
        np.empty(rows, np.uint8),
        np.empty(rows, np.int64),
        np.empty(rows, np.uint8),
        np.empty(rows, np.bool_),
    )
    count = decode_frames(buffer, offsets, first, heads, columns)
    return [*heads, *(column[:count] for column in columns)]


def pack(frames: Iterable[bytes]) -> tuple[Bytes, Int64s]:
    """Frames as the buffer and offsets that decode_batch takes."""
    parts = list(frames)
    offsets = np.zeros(len(parts) + 1, np.int64)
    np.cumsum(np.fromiter(map(len, parts), np.int64, len(parts)), out=offsets[1:])
    return np.frombuffer(b"".join(parts), np.uint8), offsets


def digest(frame: bytes) -> int:
    """The digest decode_batch gives to one frame; for frames of any kind, ASCII as well."""
    return int(decode_batch(*pack([frame])).digest[0])


def station_key(station: str) -> int:
    """ "0012345678" as the number in BatchResult.station."""
    return int(station, 16)


def station_name(key: int) -> str:
    """Ten hex characters of a number in BatchResult.station."""
    return f"{key:010X}"
