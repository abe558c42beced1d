"""Real sockets, a real store: durable first, acknowledged then; what is broken goes to the quarantine."""

import random
from collections.abc import Callable
from datetime import timedelta

import pytest

from anlan.wire.sl651.build import BEIJING
from anlan.wire.sl651.codes import Control, Direction, Encoding
from anlan.wire.sl651.frame import decode_frame, encode_frame
from anlan.wire.sl651.items import Blob, StationMark, TimeMark
from anlan.wire.sl651.message import Message, decode, split
from tests.gateways.conftest import Centre, values
from tests.support.patience import eventually
from tests.support.stations import NOW, PASSWORD, RAIN, RIVER, STRANGER, ends, rain, report

FIVE = timedelta(minutes=5)


def test_a_report_is_stored_and_then_confirmed(centre: Centre) -> None:
    line = centre.line()
    line.send(rain(RAIN, NOW, 35, serial=7))
    answer = decode_frame(line.answer())
    assert (answer.station, answer.end, answer.body[:2]) == (RAIN, Control.ESC, b"\0\x07")
    assert centre.rain() == [35]


def test_a_frame_that_came_twice_is_confirmed_twice_and_stored_once(centre: Centre) -> None:
    line, frame = centre.line(), rain(RAIN, NOW, 35)
    line.send(frame)
    first = line.answer()
    line.send(frame)
    assert line.answer() == first
    assert centre.rain() == [35]
    assert eventually(lambda: [int(t.outcomes[0]) for t in centre.batches] == [0, 1])


def test_two_frames_in_a_chunk_get_two_answers_in_order(centre: Centre) -> None:
    line = centre.line()
    line.send(rain(RAIN, NOW - FIVE, 10, serial=1) + rain(RAIN, NOW, 20, serial=2))
    assert [decode_frame(a).body[:2] for a in line.answers(2)] == [b"\0\x01", b"\0\x02"]
    assert centre.rain() == [10, 20]


def test_a_frame_in_halves_is_taken_when_it_is_whole(centre: Centre) -> None:
    line, frame = centre.line(), rain(RAIN, NOW, 35)
    for at in range(0, len(frame), 7):
        line.send(frame[at : at + 7])
    assert ends([line.answer()]) == [Control.ESC]
    line.send(rain(RAIN, NOW + FIVE, 1, serial=2)[:20])
    assert line.is_silent(0.2)


def test_garbage_between_frames_is_kept_and_the_frames_are_taken(centre: Centre) -> None:
    line = centre.line()
    line.send(
        b"noise" + rain(RAIN, NOW - FIVE, 10, serial=1) + b"\x7e\x7e\x01junk" + rain(RAIN, NOW, 20, serial=2)
    )
    assert len(line.answers(2)) == 2
    assert centre.rain() == [10, 20]
    line.close()
    assert eventually(lambda: b"noise" in [data for _, data, _ in centre.quarantine()])


def test_a_half_frame_that_swallows_the_next_one_does_not_lose_it(centre: Centre) -> None:
    """The chunk is one 'frame' by its length field, its checksum is wrong, and a true frame stands inside."""
    whole = rain(RAIN, NOW, 20, serial=2)
    head = bytearray(rain(RAIN, NOW - FIVE, 10, serial=1)[:25])
    head[11:13] = (len(head) + len(whole) - 17).to_bytes(2, "big")
    line = centre.line()
    line.send(bytes(head) + whole)
    assert ends([line.answer()]) == [Control.ESC]
    assert centre.rain() == [20]
    assert [reason for reason, _, _ in centre.quarantine()] == ["BadCrc"]


def test_ascii_is_answered_in_ascii(centre: Centre) -> None:
    line = centre.line()
    line.send(report(RAIN, NOW, x22="3.5", encoding=Encoding.ASCII))
    answer = line.socket.recv(100)
    assert decode_frame(answer).encoding is Encoding.ASCII
    assert centre.rain() == [35]


def picture(packets_of: int = 200) -> list[bytes]:
    at = NOW.astimezone(BEIJING).replace(tzinfo=None)
    items = (StationMark(RAIN, "H"), TimeMark(at), Blob("F3", random.Random(3).randbytes(900), 0xF3))
    whole = Message(Encoding.HEX, Direction.UP, 1, RAIN, PASSWORD, 0x36, 9, at, items)
    return split(whole, packet_bytes=packets_of)


def test_a_message_in_packets_is_confirmed_once_for_all(centre: Centre) -> None:
    line, packets = centre.line(), picture()
    for packet in packets:
        line.send(packet)
    answer = decode_frame(line.answer())
    assert (answer.packet, answer.end) == ((len(packets), len(packets)), Control.ESC)
    assert line.is_silent(0.2)


def test_a_packet_that_is_missing_is_asked_for(centre: Centre) -> None:
    line, packets = centre.line(), picture()
    for packet in [*packets[:1], *packets[2:]]:
        line.send(packet)
    asked = decode_frame(line.answer())
    assert (asked.packet.seq, asked.end) == (2, Control.NAK)
    line.send(packets[1])
    assert decode_frame(line.answer()).end == Control.ESC


def test_the_link_is_kept_without_an_answer(centre: Centre) -> None:
    frame = decode_frame(report(RAIN, NOW, x22="1.0"))
    keep = encode_frame(type(frame)(frame.encoding, frame.direction, 1, RAIN, PASSWORD, 0x2F, frame.body[:8]))
    line = centre.line()
    line.send(keep)
    assert line.is_silent()
    assert centre.quarantine() == []


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (rain(RAIN, NOW, 35, password=0x4321), "WrongPassword"),
        (rain(STRANGER, NOW, 35), "UnknownStation"),
        (report(STRANGER, NOW, x22="3.5", encoding=Encoding.ASCII), "UnknownStation"),
        (rain(RAIN, NOW, 35)[:-1] + b"\x00", "BadCrc"),
    ],
)
def test_what_may_not_be_used_is_never_answered(centre: Centre, frame: bytes, reason: str) -> None:
    line = centre.line()
    line.send(frame)
    assert line.is_silent()
    assert centre.quarantine() == [(reason, frame, 1)]
    assert (centre.rain(), centre.rain(STRANGER)) == ([], [])


def _broken_digits() -> bytes:
    frame = decode_frame(rain(RAIN, NOW, 35))
    body = frame.body.replace(b"\x22\x19\x00\x00\x35", b"\x22\x19\x00\x0a\x35")
    assert body != frame.body
    return encode_frame(type(frame)(frame.encoding, frame.direction, 1, RAIN, PASSWORD, 0x32, body))


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (_broken_digits(), "BadBcd"),
        (rain(RAIN, NOW - timedelta(days=7_800), 35), "BadClock"),
        (rain(RAIN, NOW + timedelta(days=3), 35), "BadClock"),
    ],
)
def test_a_whole_frame_with_a_bad_content_is_held_and_confirmed(
    centre: Centre, frame: bytes, reason: str
) -> None:
    """It came whole from a station of ours and is safe in the quarantine: to send it again would help nobody."""
    line = centre.line()
    line.send(frame)
    assert ends([line.answer()]) == [Control.ESC]
    assert centre.quarantine() == [(reason, frame, 1)]
    assert centre.rain() == []


def test_the_same_broken_frame_again_only_counts(centre: Centre) -> None:
    line, frame = centre.line(), rain(STRANGER, NOW, 35)
    for _ in range(3):
        line.send(frame)
        assert line.is_silent(0.1)
    assert centre.quarantine() == [("UnknownStation", frame, 3)]


def test_one_frame_that_nobody_was_prepared_for_does_not_hold_up_the_others(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    from anlan.observe.ingest import reading

    poison, read = rain(RAIN, NOW, 1), reading.read

    def brittle(batch: object, *rest: object) -> object:
        if poison in batch.frames:  # type: ignore[attr-defined]
            raise ZeroDivisionError("a case nobody thought of")
        return read(batch, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(reading, "read", brittle)
    line = centre.line()
    line.send(poison + rain(RIVER, NOW, 7) + rain(RAIN, NOW + FIVE, 2, serial=2))
    assert len(line.answers(2)) == 2
    assert (centre.rain(), centre.rain(RIVER)) == ([2], [7])
    assert [reason for reason, _, _ in centre.quarantine()] == ["Unfit"]


def test_stations_come_and_go_by_the_hundred(make_centre: Callable[..., Centre]) -> None:
    centre = make_centre(peer_lines=200)
    lines = [centre.line() for _ in range(200)]
    for n, line in enumerate(lines):
        line.send(rain(RAIN, NOW - timedelta(minutes=n), n % 50, serial=n + 1))
    assert ends([line.answer() for line in lines]) == [Control.ESC] * 200
    for line in lines:
        line.close()
    assert len(centre.rain()) == 200


def test_a_look_that_fails_does_not_stop_the_gateway(
    centre: Centre, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(_: object) -> None:
        raise RuntimeError("the watch stumbled")

    monkeypatch.setattr(centre.thread.gateway, "_on_batch", fail)
    line = centre.line()
    for n in (1, 2):
        line.send(rain(RAIN, NOW + n * FIVE, n, serial=n))
        assert ends([line.answer()]) == [Control.ESC]
    assert "the watch stumbled" in caplog.text


def test_who_says_nothing_is_let_go(make_centre: Callable[..., Centre]) -> None:
    centre = make_centre(greeting_s=0.2)
    assert centre.line().answer() == b""


def test_a_half_frame_that_stays_half_goes_to_the_quarantine(make_centre: Callable[..., Centre]) -> None:
    centre = make_centre(half_frame_s=0.2)
    line, half = centre.line(), rain(RAIN, NOW, 1)[:30]
    line.send(half)
    assert eventually(lambda: centre.quarantine() == [("Truncated", half, 1)])
    line.send(rain(RAIN, NOW, 1))
    assert ends([line.answer()]) == [Control.ESC]


def test_one_connection_too_many_is_turned_away(make_centre: Callable[..., Centre]) -> None:
    centre = make_centre(connections=2)
    lines = [centre.line(), centre.line()]
    for line in lines:
        line.send(rain(RAIN, NOW, 1))
        line.answer()
    assert centre.line().is_cut()
    assert centre.thread.gateway.counts.turned_away == 1


def test_a_connection_of_nothing_but_noise_is_cut(make_centre: Callable[..., Centre]) -> None:
    centre = make_centre(garbage=2_000)
    line = centre.line()
    line.send(b"nothing like a frame " * 200)
    assert line.is_cut()
    assert eventually(lambda: bool(centre.quarantine()))


def test_a_thousand_frames_at_once_wait_their_turn(make_centre: Callable[..., Centre]) -> None:
    """More than may wait: sockets are not read for a while, and every frame is stored and answered."""
    centre = make_centre(pending_high=50, pending_low=10, batch=20, owed=40)
    line = centre.line()
    frames = [rain(RAIN, NOW - timedelta(minutes=n), n % 90, serial=n + 1) for n in range(1_000)]
    for at in range(0, 1_000, 100):
        line.send(b"".join(frames[at : at + 100]))
    assert ends(line.answers(1_000)) == [Control.ESC] * 1_000
    assert len(centre.rain()) == 1_000


@pytest.mark.parametrize("seed", range(4))
def test_random_bytes_bring_nothing_down(centre: Centre, seed: int) -> None:
    chance = random.Random(seed)
    whole = rain(RAIN, NOW - FIVE, 10, serial=9)
    for _ in range(25):
        line = centre.line()
        for _ in range(chance.randrange(1, 6)):
            damaged = bytearray(whole)
            for _ in range(chance.randrange(4)):
                damaged[chance.randrange(len(damaged))] = chance.randrange(256)
            line.send(
                chance.choice(
                    [bytes(damaged), chance.randbytes(chance.randrange(1, 300)), b"\x7e\x7e", b"\x01"]
                )
            )
        line.close()
    line = centre.line()
    line.send(rain(RAIN, NOW, 35, serial=10))
    assert ends([line.answer()]) == [Control.ESC]
    assert values(centre.folder, RAIN)[-1] == 35


def test_a_reading_known_by_the_exercise_clock(centre: Centre) -> None:
    """What is stored carries the world's time; the real one is nowhere."""
    line = centre.line()
    line.send(rain(RAIN, NOW, 35))
    answer = decode(line.answer())
    assert answer.sent_at.replace(tzinfo=BEIJING) == NOW
    assert eventually(lambda: [b.known_at for b in centre.batches] == [NOW])
