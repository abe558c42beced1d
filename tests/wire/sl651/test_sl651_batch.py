# ruff: noqa: DTZ001  (the wire's times are Beijing time without an offset)
"""The compiled decoder says what the full one says, or passes the frame on."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anlan.wire.sl651.batch import BatchResult, decode_batch, digest, pack, station_key, station_name
from anlan.wire.sl651.build import BEIJING, encode_uplink
from anlan.wire.sl651.crc import crc16
from anlan.wire.sl651.digits import scaled
from anlan.wire.sl651.errors import Sl651Error
from anlan.wire.sl651.kernel import BAD_CRC, BAD_LENGTH, HOT, NEEDS_FULL
from anlan.wire.sl651.message import Message, decode, encode_message, observations
from tests.wire.sl651.sl651_random import messages

AT = datetime(2025, 6, 30, 12, 5)


def seconds(at: datetime) -> int:
    return int(at.replace(tzinfo=BEIJING).timestamp())


def rows_of(result: BatchResult, frame: int) -> list[tuple[object, ...]]:
    rows = np.flatnonzero(result.frame == frame)
    return [
        (
            station_name(int(result.station[r])),
            int(result.at[r]),
            f"{result.code[r]:02X}",
            None if result.missing[r] else scaled(int(result.value[r]), int(result.decimals[r])),
        )
        for r in rows
    ]


def full_rows(data: bytes) -> list[tuple[object, ...]]:
    return [(r.station, seconds(r.at), r.code, r.value) for r in observations(decode(data))]


def report(n: int = 0) -> bytes:
    groups = [("0012345678", "P", AT, [("22", Decimal(n) / 10), ("26", "319.6"), ("38", "12.50")])]
    return encode_uplink(
        function=0x32, center=1, station="0012345678", password=0, serial=n, sent_at=AT, groups=groups
    )


SLOW = settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))


@SLOW
@given(st.lists(messages(hot=True), min_size=1, max_size=6))
def test_hot_frames_decode_like_the_full_decoder(hot: list[Message]) -> None:
    frames = [encode_message(message) for message in hot]
    result = decode_batch(*pack(frames))
    for n, (message, data) in enumerate(zip(hot, frames, strict=True)):
        if result.status[n] == NEEDS_FULL:
            assert any(len(getattr(item, "raw", "")) > 18 or hasattr(item, "raws") for item in message.items)
            continue
        assert result.status[n] == HOT
        assert rows_of(result, n) == full_rows(data)
        assert (result.serial[n], result.sent_at[n]) == (message.serial, seconds(message.sent_at))
        assert station_name(int(result.sender[n])) == message.station
        assert result.function[n] == message.function


@SLOW
@given(st.lists(messages(), min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_any_frame_decodes_alike_or_is_passed_on(some: list[Message], dice: object) -> None:
    frames = [mutated(encode_message(message), dice) for message in some]
    result = decode_batch(*pack(frames))
    for n, data in enumerate(frames):
        if result.status[n] == HOT:
            assert rows_of(result, n) == full_rows(data)
        elif result.status[n] in (BAD_LENGTH, BAD_CRC):
            with pytest.raises(Sl651Error):
                decode(data)


def mutated(data: bytes, dice: object) -> bytes:
    """Now and then a byte of the body is changed and the checksum made right again."""
    if dice.random() < 0.5 or data[0] == 1:  # type: ignore[attr-defined]
        return data
    at = dice.randrange(14, len(data) - 3)  # type: ignore[attr-defined]
    changed = data[:at] + bytes([dice.randrange(256)]) + data[at + 1 : -2]  # type: ignore[attr-defined]
    return changed + crc16(changed).to_bytes(2, "big")


def test_broken_frames_do_not_disturb_their_neighbours() -> None:
    good = report(3)
    frames = [good, good[:-1] + b"\x00", good[:30], b"", b"\x7e\x7e", good + b"\x7e", b"\x01" * 40, good]
    result = decode_batch(*pack(frames))
    want = [HOT, BAD_CRC, BAD_LENGTH, BAD_LENGTH, BAD_LENGTH, NEEDS_FULL, NEEDS_FULL, HOT]
    assert result.status.tolist() == want
    assert result.frame.tolist() == [0, 0, 0, 7, 7, 7]
    assert result.value.tolist() == [3, 3196, 1250] * 2


def test_a_batch_longer_than_one_chunk_is_one_result() -> None:
    frames = [report(n) for n in range(300)] * 30
    result = decode_batch(*pack(frames))
    assert result.status.tolist() == [HOT] * 9000
    assert np.array_equal(result.frame, np.repeat(np.arange(9000), 3))
    assert np.array_equal(result.value[::3], np.tile(np.arange(300), 30))


def test_an_empty_batch_has_no_rows_and_compiles_the_kernel() -> None:
    assert decode_batch(*pack([])).value.size == 0


def test_offsets_outside_the_buffer_are_refused() -> None:
    with pytest.raises(ValueError, match="offsets"):
        decode_batch(np.zeros(4, np.uint8), np.array([0, 9]))
    with pytest.raises(ValueError, match="offsets"):
        decode_batch(np.zeros(4, np.uint8), np.array([3, 1]))


def test_digests_tell_frames_apart_and_stay_the_same_for_ever() -> None:
    digests = {digest(report(n)) for n in range(2000)}
    assert len(digests) == 2000
    assert digest(report(1)) == 7621594364513604665


def test_the_wire_is_beijing_time() -> None:
    result = decode_batch(*pack([report()]))
    assert datetime.fromtimestamp(int(result.at[0]), UTC) == datetime(2025, 6, 30, 4, 5, tzinfo=UTC)


def test_every_day_of_the_century_has_its_second() -> None:
    days = [datetime(2000, 1, 1) + timedelta(days=n) for n in range(0, 36524, 13)]
    frames = [
        encode_uplink(
            function=0x33,
            center=1,
            station="0012345678",
            password=0,
            serial=1,
            sent_at=day,
            groups=[("0012345678", "P", day, [("20", 1)])],
        )
        for day in days
    ]
    assert decode_batch(*pack(frames)).at.tolist() == [seconds(day) for day in days]


def test_station_numbers_have_names() -> None:
    assert station_name(station_key("40590235C2")) == "40590235C2"
