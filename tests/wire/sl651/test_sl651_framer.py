# ruff: noqa: DTZ001  (the wire's times are Beijing time without an offset)
"""A stream is cut into frames wherever they stand, and no byte disappears."""

import random
from datetime import datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.wire.sl651.build import encode_uplink
from anlan.wire.sl651.codes import Encoding
from anlan.wire.sl651.framer import MAX_FRAME, Framer, Garbage, Good

AT = datetime(2025, 6, 30, 12, 5)


def report(serial: int, encoding: Encoding = Encoding.HEX) -> bytes:
    return encode_uplink(
        function=0x32,
        center=1,
        station="0012345678",
        password=0x1234,
        serial=serial,
        sent_at=AT,
        groups=[("0012345678", "P", AT, [("20", "4.0"), ("38", "12.5")])],
        encoding=encoding,
    )


def cut(stream: bytes, *sizes: int) -> tuple[list[bytes], list[Garbage]]:
    """Frames and garbage of a stream fed in pieces of the given sizes, then all of the rest."""
    framer, found, at = Framer(), [], 0
    for size in sizes:
        found += framer.feed(stream[at : at + size])
        at += size
    found += framer.feed(stream[at:])
    found += framer.flush()
    return [f.data for f in found if isinstance(f, Good)], [f for f in found if isinstance(f, Garbage)]


MIXED = [report(n, list(Encoding)[n % 2]) for n in range(1, 9)]


@given(st.lists(st.integers(1, 40), max_size=60))
def test_mixed_frames_come_out_whole_however_they_are_cut(sizes: list[int]) -> None:
    assert cut(b"".join(MIXED), *sizes) == (MIXED, [])


@settings(max_examples=200)
@given(st.lists(st.binary(max_size=30), min_size=9, max_size=9), st.lists(st.integers(1, 50), max_size=40))
def test_frames_are_found_inside_garbage_and_the_garbage_is_reported(
    noise: list[bytes], sizes: list[int]
) -> None:
    stream = b"".join(dirt + frame for dirt, frame in zip(noise, [*MIXED, b""], strict=True))
    framer, found, at = Framer(), [], 0
    for size in sizes:
        found += framer.feed(stream[at : at + size])
        at += size
    found += framer.feed(stream[at:])
    found += framer.flush()
    assert [f.data for f in found if isinstance(f, Good)] == MIXED
    assert len(b"".join(f.data for f in found)) + framer.strays == len(stream)


def test_a_damaged_frame_is_garbage_with_its_reason_and_the_next_one_is_found() -> None:
    broken = MIXED[1][:20] + b"?" + MIXED[1][21:]
    good, garbage = cut(broken + MIXED[0])
    assert good == [MIXED[0]]
    assert [g.data for g in garbage] == [broken]
    assert garbage[0].reason.startswith("Bad")


def test_a_false_start_that_promises_4_kb_does_not_hold_back_what_follows() -> None:
    false = bytes.fromhex("7E7E010012345678000032 0FFF 02")
    framer = Framer()
    assert framer.feed(false) == []
    found = framer.feed(MIXED[1])
    assert [type(f) for f in found] == [Garbage, Good]
    assert found[0].data == false
    assert found[0].reason.startswith("Truncated")


def test_a_frame_cut_off_by_silence_is_reported_on_flush() -> None:
    framer = Framer()
    framer.feed(MIXED[0][:30])
    assert framer.held == 30
    (rest,) = framer.flush()
    assert rest == Garbage(MIXED[0][:30], rest.reason if isinstance(rest, Garbage) else "")
    assert framer.held == 0


def test_a_single_7e_after_a_hex_frame_is_let_pass_and_counted() -> None:
    framer = Framer()
    frame = report(1)
    found = framer.feed(frame + b"\x7e" + frame + b"\x7e") + framer.feed(frame)
    assert [type(f) for f in found] == [Good] * 3
    assert framer.strays == 2


def test_memory_stays_bounded_under_random_bytes() -> None:
    dice, framer, given_back = random.Random(651), Framer(), 0
    alphabet = [b"\x7e\x7e", b"\x01", b"\x02", b"00", b"\x0f\xff", *(bytes([n]) for n in range(0, 256, 7))]
    fed = 0
    for _ in range(3000):
        piece = b"".join(dice.choice(alphabet) for _ in range(40))
        fed += len(piece)
        given_back += sum(len(f.data) for f in framer.feed(piece))
        assert framer.held <= MAX_FRAME
    assert given_back + framer.held + framer.strays == fed
