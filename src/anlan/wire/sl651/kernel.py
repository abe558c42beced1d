"""The compiled part of batch.py. All in one file, so that its machine code is rebuilt when any of it changes."""

from typing import Final

import numpy as np

from anlan.science.jit import Bools, Bytes, Int8s, Int32s, Int64s, Keys, njit

from .crc import TABLE
from .elements import ELEMENTS, Coding

HOT: Final = 0
NEEDS_FULL: Final = 1
BAD_LENGTH: Final = 2
BAD_CRC: Final = 3

_BEIJING: Final = 8 * 3600


def _slices() -> np.ndarray[tuple[int, int], np.dtype[np.uint16]]:
    """CRC tables for eight bytes a step: row k holds the effect of a byte that k more bytes follow."""
    rows = [np.array(TABLE, np.uint16)]
    for _ in range(7):
        rows.append((rows[-1] >> 8) ^ rows[0][rows[-1] & 0xFF])
    return np.array(rows, np.uint16)


def _hot() -> Bytes:
    kinds = {Coding.BCD: 1, Coding.SLOTS: 2, Coding.BITS: 3}
    table = np.zeros(256, np.uint8)
    for code, row in ELEMENTS.items():
        table[int(code, 16)] = kinds.get(row.coding, 0)
    return table


def _pairs() -> Bytes:
    """Two BCD digits of a byte as a number; 255 where a digit is above 9."""
    return np.array(
        [b // 16 * 10 + b % 16 if b // 16 < 10 and b % 16 < 10 else 255 for b in range(256)], np.uint8
    )


_CRC: Final = _slices()
_KIND: Final = _hot()
_PAIR: Final = _pairs()
_CLASS: Final = np.array([chr(b) in "PHKZDTMGQIO" for b in range(256)], np.bool_)
_MONTH: Final = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], np.int64)
_BEFORE: Final = np.array([0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334], np.int64)
_K1: Final = np.uint64(0x9E3779B97F4A7C15)
_K2: Final = np.uint64(0xC2B2AE3D27D4EB4F)


# Columns of batch.BatchResult: those of the frames and those of the observations.
Heads = tuple[Int8s, Keys, Int64s, Bytes, Int32s, Int64s]
Columns = tuple[Int32s, Int64s, Int64s, Bytes, Int64s, Bytes, Bools]


@njit
def _int(value: int | np.uint8 | np.uint16 | np.int64) -> int:
    """A byte or table entry as a signed 64-bit number, so that shifts and sums do not wrap.

    Also around the -1 and 0 that a variable starts from: Numba would compile the functions it is passed
    to once for the constant and once more for the variable.
    """
    return np.int64(value)  # type: ignore[return-value]


@njit
def _crc16(buffer: Bytes, start: int, stop: int) -> int:
    crc = 0xFFFF
    k = start
    while k + 8 <= stop:
        crc = (
            _int(_CRC[7, (crc ^ buffer[k]) & 0xFF])
            ^ _int(_CRC[6, ((crc >> 8) ^ buffer[k + 1]) & 0xFF])
            ^ _int(_CRC[5, buffer[k + 2]])
            ^ _int(_CRC[4, buffer[k + 3]])
            ^ _int(_CRC[3, buffer[k + 4]])
            ^ _int(_CRC[2, buffer[k + 5]])
            ^ _int(_CRC[1, buffer[k + 6]])
            ^ _int(_CRC[0, buffer[k + 7]])
        )
        k += 8
    while k < stop:
        crc = _int(_CRC[0, (crc ^ buffer[k]) & 0xFF]) ^ (crc >> 8)
        k += 1
    return crc


@njit
def _digest(buffer: Bytes, start: int, stop: int) -> np.uint64:
    h = np.uint64(stop - start) * _K1
    k = start
    while k < stop:
        word = np.uint64(0)
        if k + 8 <= stop:
            for j in range(8):
                word |= np.uint64(buffer[k + j]) << np.uint64(8 * j)
        else:
            for j in range(stop - k):
                word |= np.uint64(buffer[k + j]) << np.uint64(8 * j)
        word *= _K1
        word ^= word >> np.uint64(32)
        h = (h ^ (word * _K2)) * _K1
        h ^= h >> np.uint64(29)
        k += 8
    h *= _K2
    return h ^ (h >> np.uint64(32))


@njit
def _seconds(buffer: Bytes, at: int) -> int:
    """YYMMDDHHmm at ``at`` as UTC seconds since 1970; -1 if the time does not exist."""
    year, month, day = (
        _int(_PAIR[buffer[at]]),
        _int(_PAIR[buffer[at + 1]]),
        _int(_PAIR[buffer[at + 2]]),
    )
    hour, minute = _int(_PAIR[buffer[at + 3]]), _int(_PAIR[buffer[at + 4]])
    if year > 99 or month < 1 or month > 12 or day < 1 or hour > 23 or minute > 59:
        return -1
    leap = year % 4 == 0  # 2000..2099 knows no exception
    if day > _MONTH[month] + (1 if leap and month == 2 else 0):
        return -1
    days = (
        10957
        + 365 * year
        + (year + 3) // 4
        + _int(_BEFORE[month])
        + (1 if leap and month > 2 else 0)
        + day
        - 1
    )
    return days * 86400 + hour * 3600 + minute * 60 - _BEIJING


@njit
def _address(buffer: Bytes, at: int) -> int:
    """Five bytes as one number; -1 where the address rules are broken."""
    key = 0
    for k in range(at, at + 5):
        key = key << 8 | _int(buffer[k])
    strict = 5 if buffer[at] == 0 else 3
    for k in range(at, at + strict):
        if _PAIR[buffer[k]] == 255:
            return -1
    return key


@njit
def _bcd(buffer: Bytes, at: int, size: int) -> tuple[int, int]:
    """Value and state (0 value, 1 missing, 2 not BCD) of ``size`` bytes."""
    k, stop = at, at + size
    negative = False
    if size == 0:
        return 0, 1
    if buffer[at] == 0xFF:
        negative = True
        k += 1
        filled = True
        for j in range(k, stop):
            filled = filled and buffer[j] == 0xFF
        if filled:
            return 0, 1
    value = 0
    while k < stop:
        pair = _int(_PAIR[buffer[k]])
        if pair == 255:
            return 0, 2
        value = value * 100 + pair
        k += 1
    return (-value if negative else value), 0


@njit
def _put(
    columns: Columns,
    n: int,
    index: int,
    who: int,
    when: int,
    guide: int,
    number: int,
    places: int,
    absent: bool,
) -> None:
    frame, station, at, code, value, decimals, missing = columns
    frame[n], station[n], at[n], code[n] = index, who, when, guide
    value[n], decimals[n], missing[n] = number, places, absent


@njit
def _hour(
    buffer: Bytes, q: int, columns: Columns, n: int, index: int, who: int, when: int, guide: int
) -> None:
    """Twelve five-minute slots from row n on."""
    rain = guide == 0xF4
    for k in range(12):
        if rain:
            number = _int(buffer[q + k])
        else:
            number = _int(buffer[q + 2 * k]) << 8 | _int(buffer[q + 2 * k + 1])
        absent = number == (0xFF if rain else 0xFFFF)
        shown = 0 if absent else number
        _put(columns, n + k, index, who, when + 300 * k, guide, shown, 1 if rain else 2, absent)


@njit
def _is_filler(buffer: Bytes, q: int, size: int) -> bool:
    """An hour of nothing but AA, BB, ... or EE (items.Slots.is_filler): the full decoder tells of it."""
    first = _int(buffer[q])
    same = first >> 4 == first & 15 and 0xAA <= first <= 0xEE
    for k in range(q, q + size):
        same = same and buffer[k] == first
    return same


@njit
def _size(kind: int, guide: int, definition: int) -> int:
    """Data bytes of an element; -1 where only the full decoder can tell."""
    if kind == 2:
        return 12 if guide == 0xF4 else 24
    size = definition >> 3
    if (kind == 1 and size <= 9) or (kind == 3 and size == 4):
        return size
    return -1


@njit
def _element(
    buffer: Bytes, q: int, end: int, columns: Columns, n: int, index: int, who: int, when: int
) -> tuple[int, int]:
    """One element at ``q``: where the next one begins and the next row; -1 for the full decoder."""
    guide, definition = _int(buffer[q]), _int(buffer[q + 1])
    kind = _int(_KIND[guide])
    size = _size(kind, guide, definition)
    q += 2
    if size < 0 or q + size > end:
        return -1, n
    if kind == 2 and _is_filler(buffer, q, size):
        return -1, n
    if kind == 2:
        _hour(buffer, q, columns, n, index, who, when, guide)
        return q + size, n + 12
    if kind == 3:
        bits = _int(0)
        for k in range(q, q + 4):
            bits = bits << 8 | _int(buffer[k])
        _put(columns, n, index, who, when, guide, bits, 0, False)
        return q + size, n + 1
    number, state = _bcd(buffer, q, size)
    if state == 2:
        return -1, n
    _put(columns, n, index, who, when, guide, number, definition & 7, state == 1)
    return q + size, n + 1


@njit
def _series(
    buffer: Bytes, q: int, end: int, columns: Columns, n: int, index: int, who: int, when: int
) -> int:
    """A uniform series from its step on, to the end of the body; the next row, or -1 for the full decoder."""
    if q + 7 > end or buffer[q + 1] >> 3 != 3:
        return -1
    days, hours, minutes = _int(_PAIR[buffer[q + 2]]), _int(_PAIR[buffer[q + 3]]), _int(_PAIR[buffer[q + 4]])
    guide, definition = _int(buffer[q + 5]), _int(buffer[q + 6])
    q += 7
    kind = _int(_KIND[guide])
    size = _size(kind, guide, definition)
    if days == 255 or hours == 255 or minutes == 255 or kind == 3 or size < 1 or (end - q) % size != 0:
        return -1
    step = 3600 if kind == 2 else days * 86400 + hours * 3600 + minutes * 60
    if step == 0 and end - q > size:
        return -1
    while q < end:
        if kind == 2:
            if _is_filler(buffer, q, size):
                return -1
            _hour(buffer, q, columns, n, index, who, when, guide)
            n += 12
        else:
            number, state = _bcd(buffer, q, size)
            if state == 2:
                return -1
            _put(columns, n, index, who, when, guide, number, definition & 7, state == 1)
            n += 1
        q += size
        when += step
    return n


@njit
def _body(buffer: Bytes, q: int, end: int, uniform: bool, columns: Columns, n: int, index: int) -> int:
    """Observations between ``q`` and ``end`` into rows from n on; the next row, or -1 for the full decoder."""
    who, when = _int(-1), _int(-1)
    while q < end:
        if q + 2 > end:
            return -1
        guide = buffer[q]
        if guide == 0xF1 or guide == 0xF0:
            if buffer[q + 1] != guide or q + 7 > end:
                return -1
            if guide == 0xF1:
                who, when = _address(buffer, q + 2), _int(-1)
                q += 8 if q + 7 < end and _CLASS[buffer[q + 7]] else 7
            else:
                when = _seconds(buffer, q + 2)
                q += 7
                if when < 0:
                    return -1
            if who < 0:
                return -1
        elif when < 0:  # no station or no time yet: the sending time stands for it
            return -1
        elif uniform and guide == 0x04:
            return _series(buffer, q, end, columns, n, index, who, when)
        else:
            q, n = _element(buffer, q, end, columns, n, index, who, when)
            if q < 0:
                return -1
    return n


@njit
def _envelope(buffer: Bytes, a: int, b: int) -> int:
    """State of the frame in buffer[a:b] by its envelope: BAD_LENGTH, BAD_CRC, NEEDS_FULL, or HOT to go on."""
    size = b - a
    if size <= 16 or buffer[a] != 0x7E or buffer[a + 1] != 0x7E:
        return NEEDS_FULL if size > 28 and buffer[a] == 0x01 else BAD_LENGTH
    end = a + 14 + (_int(buffer[a + 11] & 0x0F) << 8 | _int(buffer[a + 12]))
    if end + 3 != b:
        return NEEDS_FULL if end + 4 == b and buffer[b - 1] == 0x7E else BAD_LENGTH
    if _crc16(buffer, a, b - 2) != (_int(buffer[b - 2]) << 8 | _int(buffer[b - 1])):
        return BAD_CRC
    plain = buffer[a + 11] >> 4 == 0 and buffer[a + 13] == 0x02 and end >= a + 22
    ends = buffer[end] == 0x03 or buffer[end] == 0x17
    hot = 0x30 <= buffer[a + 10] <= 0x34
    return HOT if plain and ends and hot else NEEDS_FULL


@njit
def decode_frames(buffer: Bytes, offsets: Int64s, first: int, heads: Heads, columns: Columns) -> int:
    """Fill the columns of batch.BatchResult; how many observations were written. ``first`` is the first index."""
    status, digests, sender, function, serial, sent_at = heads
    n = _int(0)
    for i in range(offsets.size - 1):
        a, b = offsets[i], offsets[i + 1]
        state = _envelope(buffer, a, b)
        status[i], sender[i], function[i], serial[i], sent_at[i] = state, 0, 0, -1, 0
        tail = 4 if b > a and buffer[a] == 0x01 else 2
        begin = min(a + 3, b)
        digests[i] = _digest(buffer, begin, max(b - tail, begin))
        if state != HOT:
            continue
        status[i] = NEEDS_FULL
        who, sent, second = _address(buffer, a + 3), _seconds(buffer, a + 16), _int(_PAIR[buffer[a + 21]])
        if who < 0 or sent < 0 or second > 59:
            continue
        rows = _body(buffer, a + 22, b - 3, buffer[a + 10] == 0x31, columns, n, first + i)
        if rows >= 0:
            n = rows
            status[i], sender[i], function[i] = HOT, who, buffer[a + 10]
            serial[i] = _int(buffer[a + 14]) << 8 | _int(buffer[a + 15])
            sent_at[i] = sent + second
    return n
