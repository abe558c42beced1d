"""CRC-16/MODBUS as SL 651 uses it: polynomial A001 reflected, start FFFF, sent high byte first (H.3.2)."""

from __future__ import annotations

from array import array
from functools import cache
from struct import unpack
from typing import Final


def _entry(value: int) -> int:
    for _ in range(8):
        value = (value >> 1) ^ 0xA001 if value & 1 else value >> 1
    return value


TABLE: Final = tuple(_entry(value) for value in range(256))


@cache
def _by_word() -> array[int]:
    """The step for two bytes at once: the register is as wide as the word, so one look-up does both."""
    halves = ((TABLE[value & 0xFF] ^ (value >> 8)) for value in range(65536))
    return array("H", ((half >> 8) ^ TABLE[half & 0xFF] for half in halves))


def crc16(data: bytes) -> int:
    """Checksum over ``data``; crc16(b"123456789") == 0x4B37."""
    table, crc = _by_word(), 0xFFFF
    for word in unpack(f"<{len(data) // 2}H", data[: len(data) & ~1]):
        crc = table[crc ^ word]
    if len(data) & 1:
        crc = (crc >> 8) ^ TABLE[(crc ^ data[-1]) & 0xFF]
    return crc
