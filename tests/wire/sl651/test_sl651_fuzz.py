# ruff: noqa: DTZ001  (the wire's times are Beijing time without an offset)
"""Damaged frames raise named errors only. ANLAN_FUZZ_FRAMES sets how many are tried."""

import os
import random
from datetime import datetime, timedelta

from anlan.wire.sl651.assembly import Assembler
from anlan.wire.sl651.batch import decode_batch, pack
from anlan.wire.sl651.build import Uplink
from anlan.wire.sl651.codes import Encoding
from anlan.wire.sl651.crc import crc16
from anlan.wire.sl651.errors import Sl651Error
from anlan.wire.sl651.frame import decode_frame
from anlan.wire.sl651.framer import Framer
from anlan.wire.sl651.items import Blob, Content, Series, Setting, StationMark, Step, TimeMark
from anlan.wire.sl651.kernel import BAD_CRC, BAD_LENGTH, HOT
from anlan.wire.sl651.message import Message, decode, encode_message, observations, split

FRAMES = int(os.environ.get("ANLAN_FUZZ_FRAMES", "20000"))
AT = datetime(2025, 6, 30, 12, 5)
NOW = datetime(2025, 6, 30, 4, 5)


def seeds() -> list[bytes]:
    """One frame of every kind."""
    found: list[bytes] = []
    for encoding in Encoding:
        uplink = Uplink(station="0012345678", encoding=encoding)
        values = [("20", "4.0"), ("39", "-1.5"), ("02", None), ("45", 129)]
        groups = [
            ("0012345678", "H", AT, values),
            ("40590235C2", "P", AT, [("F4", ["0.5"] * 12), ("F5", ["1.2"] * 12)]),
        ]
        report = uplink.message(function=0x34, serial=7, sent_at=AT, groups=groups)
        found += [encode_message(report), *split(report, packet_bytes=80)]
        mark = (StationMark("0012345678", "H"), TimeMark(AT))
        raws = ("000001", "000002", "000003") if encoding is Encoding.HEX else ("1.0", "M", "3")
        series = Series(Step("000005"), ("22",), raws, 0x19 if encoding is Encoding.HEX else 0)
        found.append(encode_message(message(uplink, 0x31, (*mark, series))))
        found.append(encode_message(message(uplink, 0x35, (Blob("F2", b"PP 12.5", 0xF2),))))
        found.append(
            encode_message(message(uplink, 0x40, (StationMark("0012345678"), Setting("20", "05", 8))))
        )
        for function in (0x45, 0x4C, 0x4E, 0x50, 0xE0):
            found.append(encode_message(message(uplink, function, (Content("bytes", bytes(range(1, 70))),))))
    return found


def message(uplink: Uplink, function: int, items: tuple[object, ...]) -> Message:
    empty = uplink.message(function=function, serial=7, sent_at=AT)
    return Message(*(getattr(empty, f) for f in list(empty.__dataclass_fields__)[:8]), items)  # type: ignore[arg-type]


def damaged(frame: bytes, dice: random.Random) -> bytes:
    """A few bytes changed, cut or put in; in two of three cases length and checksum are made right again."""
    data = bytearray(frame)
    for _ in range(dice.randint(1, 4)):
        at = dice.randrange(len(data))
        match dice.randrange(4):
            case 0:
                data[at] = dice.randrange(256)
            case 1:
                data[at] ^= 1 << dice.randrange(8)
            case 2:
                del data[at : at + dice.randint(1, 5)]
            case _:
                data[at:at] = dice.randbytes(dice.randint(1, 5))
        if len(data) < 30:
            return bytes(data)
    if dice.randrange(3):
        data = repaired(data)
    return bytes(data)


def repaired(data: bytearray) -> bytearray:
    if data[:2] == b"\x7e\x7e":
        length = max(len(data) - 17, 0) & 0xFFF
        data[11], data[12] = data[11] & 0xF0 | length >> 8, length & 0xFF
        data[-2:] = crc16(bytes(data[:-2])).to_bytes(2, "big")
    elif data[:1] == b"\x01":
        data[20:23] = b"%03X" % (max(len(data) - 29, 0) & 0xFFF)
        data[-4:] = b"%04X" % crc16(bytes(data[:-4]))
    return data


def test_damaged_frames_raise_named_errors_and_nothing_else() -> None:
    dice, kinds = random.Random(651), seeds()
    errors, whole, batch = 0, 0, []
    assembler = Assembler(patience=timedelta(hours=1))
    for _ in range(FRAMES):
        data = damaged(dice.choice(kinds), dice)
        try:
            frame = decode_frame(data)
            if frame.packet:
                assembler.add(frame, NOW)
            decoded = decode(data)
            again = encode_message(decoded)
            assert decode(again) == decoded
            observations(decoded)
            whole += 1
        except Sl651Error:
            errors += 1
        batch.append(data)
        if len(batch) == 1000:
            check_batch(batch)
            batch = []
    assert errors > FRAMES // 4
    assert whole > FRAMES // 100


def check_batch(frames: list[bytes]) -> None:
    result = decode_batch(*pack(frames))
    for n, data in enumerate(frames):
        if result.status[n] == HOT:
            assert len(observations(decode(data))) == int((result.frame == n).sum())
        elif result.status[n] in (BAD_CRC, BAD_LENGTH):
            try:
                decode(data)
            except Sl651Error:
                continue
            raise AssertionError(f"the batch decoder refuses what the full one takes: {data.hex()}")


def test_a_stream_of_damaged_frames_loses_no_byte() -> None:
    dice, kinds = random.Random(14), seeds()
    stream = b"".join(damaged(dice.choice(kinds), dice) for _ in range(1500))
    framer, back, at = Framer(), 0, 0
    while at < len(stream):
        size = dice.randint(1, 400)
        back += sum(len(piece.data) for piece in framer.feed(stream[at : at + size]))
        at += size
    back += sum(len(piece.data) for piece in framer.flush())
    assert back + framer.strays == len(stream)
