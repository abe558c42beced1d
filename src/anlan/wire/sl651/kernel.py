"""The compiled part of batch.py. All in one file, so that its machine code is rebuilt when any of it changes."""

from __future__ import annotations

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
def _body(
    buffer: Bytes,
    q: int,
    end: int,
    uniform: bool,
    index: int,
    n: int,
    frame: Int32s,
    station: Int64s,
    at: Int64s,
    code: Bytes,
    value: Int64s,
    decimals: Bytes,
    missing: Bools,
) -> int:
    """Write the observations between ``q`` and ``end`` from row n on; the next row, or -1 for the full decoder."""
    who, when = _int(-1), _int(-1)
    while q < end:
        guide = _int(buffer[q])
        if q + 2 > end:
            return -1
        definition = _int(buffer[q + 1])
        if guide == 0xF1 or guide == 0xF0:
            if definition != guide or q + 7 > end:
                return -1
            if guide == 0xF1:
                who = _address(buffer, q + 2)
                when = _int(-1)
                q += 7
                if who < 0:
                    return -1
                if q < end and _CLASS[buffer[q]]:
                    q += 1
            else:
                when = _seconds(buffer, q + 2)
                q += 7
                if when < 0:
                    return -1
            continue
        kind = _int(_KIND[guide])
        if uniform and guide == 0x04:
            return _series(
                buffer, q, end, index, n, who, when, frame, station, at, code, value, decimals, missing
            )
        if kind == 0 or who < 0 or when < 0:
            return -1
        size = definition >> 3
        if kind == 2:
            size = 12 if guide == 0xF4 else 24
        if q + 2 + size > end or (kind == 1 and size > 9) or (kind == 3 and size != 4):
            return -1
        if kind == 2:
            _hour(
                buffer, q + 2, guide, index, n, who, when, frame, station, at, code, value, decimals, missing
            )
            n += 12
        else:
            state = 0
            if kind == 3:
                number = 0
                for k in range(q + 2, q + 6):
                    number = number << 8 | _int(buffer[k])
            else:
                number, state = _bcd(buffer, q + 2, size)
                if state == 2:
                    return -1
            frame[n], station[n], at[n], code[n] = index, who, when, guide
            value[n], decimals[n], missing[n] = number, 0 if kind == 3 else definition & 7, state == 1
            n += 1
        q += 2 + size
    return n


@njit
def _hour(
    buffer: Bytes,
    q: int,
    guide: int,
    index: int,
    n: int,
    who: int,
    when: int,
    frame: Int32s,
    station: Int64s,
    at: Int64s,
    code: Bytes,
    value: Int64s,
    decimals: Bytes,
    missing: Bools,
) -> None:
    """Twelve five-minute slots from row n on."""
    for k in range(12):
        if guide == 0xF4:
            number = _int(buffer[q + k])
            absent = number == 0xFF
        else:
            number = _int(buffer[q + 2 * k]) << 8 | _int(buffer[q + 2 * k + 1])
            absent = number == 0xFFFF
        frame[n + k], station[n + k], at[n + k], code[n + k] = index, who, when + 300 * k, guide
        value[n + k], decimals[n + k] = 0 if absent else number, 1 if guide == 0xF4 else 2
        missing[n + k] = absent


@njit
def _series(
    buffer: Bytes,
    q: int,
    end: int,
    index: int,
    n: int,
    who: int,
    when: int,
    frame: Int32s,
    station: Int64s,
    at: Int64s,
    code: Bytes,
    value: Int64s,
    decimals: Bytes,
    missing: Bools,
) -> int:
    """A uniform series from its step on, to the end of the body; -1 for the full decoder."""
    if who < 0 or when < 0 or q + 7 > end or buffer[q + 1] >> 3 != 3:
        return -1
    days, hours, minutes = (
        _int(_PAIR[buffer[q + 2]]),
        _int(_PAIR[buffer[q + 3]]),
        _int(_PAIR[buffer[q + 4]]),
    )
    guide, definition = _int(buffer[q + 5]), _int(buffer[q + 6])
    q += 7
    step = days * 86400 + hours * 3600 + minutes * 60
    kind, size = _int(_KIND[guide]), definition >> 3
    if kind == 2:
        size = 12 if guide == 0xF4 else 24
    if days == 255 or hours == 255 or minutes == 255 or kind == 0 or kind == 3 or size == 0:
        return -1
    if (end - q) % size != 0 or (kind == 1 and (size > 9 or (step == 0 and end - q > size))):
        return -1
    row = 0
    while q < end:
        if kind == 2:
            _hour(
                buffer,
                q,
                guide,
                index,
                n,
                who,
                when + 3600 * row,
                frame,
                station,
                at,
                code,
                value,
                decimals,
                missing,
            )
            n += 12
        else:
            number, state = _bcd(buffer, q, size)
            if state == 2:
                return -1
            frame[n], station[n], at[n], code[n] = index, who, when + step * row, guide
            value[n], decimals[n], missing[n] = number, definition & 7, state == 1
            n += 1
        q += size
        row += 1
    return n


@njit
def decode_frames(
    buffer: Bytes,
    offsets: Int64s,
    first: int,
    status: Int8s,
    digests: Keys,
    sender: Int64s,
    function: Bytes,
    serial: Int32s,
    sent_at: Int64s,
    frame: Int32s,
    station: Int64s,
    at: Int64s,
    code: Bytes,
    value: Int64s,
    decimals: Bytes,
    missing: Bools,
) -> int:
    """Fill the columns of batch.BatchResult; how many observations were written. ``first`` is the first index."""
    n = _int(0)
    for i in range(offsets.size - 1):
        a, b = offsets[i], offsets[i + 1]
        size = b - a
        status[i], sender[i], function[i], serial[i], sent_at[i] = BAD_LENGTH, 0, 0, -1, 0
        is_hex = size > 16 and buffer[a] == 0x7E and buffer[a + 1] == 0x7E
        tail = 2 if is_hex else 4
        digests[i] = _digest(buffer, min(a + 3, b), max(b - tail, min(a + 3, b)))
        if not is_hex:
            if size > 28 and buffer[a] == 0x01:
                status[i] = NEEDS_FULL
            continue
        length = _int(buffer[a + 11] & 0x0F) << 8 | _int(buffer[a + 12])
        end = a + 14 + length
        if end + 3 != b:
            if end + 4 == b and buffer[b - 1] == 0x7E:
                status[i] = NEEDS_FULL
            continue
        if _crc16(buffer, a, b - 2) != (_int(buffer[b - 2]) << 8 | _int(buffer[b - 1])):
            status[i] = BAD_CRC
            continue
        status[i] = NEEDS_FULL
        sender[i] = _address(buffer, a + 3)
        f = buffer[a + 10]
        function[i] = f
        plain = buffer[a + 11] >> 4 == 0 and buffer[a + 13] == 0x02 and length >= 8
        ends = buffer[end] == 0x03 or buffer[end] == 0x17
        if not plain or not ends or f < 0x30 or f > 0x34 or sender[i] < 0:
            continue
        sent = _seconds(buffer, a + 16)
        second = _int(_PAIR[buffer[a + 21]])
        if sent < 0 or second > 59:
            continue
        rows = _body(
            buffer, a + 22, end, f == 0x31, first + i, n, frame, station, at, code, value, decimals, missing
        )
        if rows >= 0:
            n = rows
            status[i] = HOT
            serial[i] = _int(buffer[a + 14]) << 8 | _int(buffer[a + 15])
            sent_at[i] = sent + second
    return n
