# ruff: noqa: DTZ001  (the wire's times are Beijing time without an offset)
"""Who answers what: modes M1 to M4 from both ends, packets lost, doubled and out of order."""

import random
from datetime import UTC, datetime, timedelta

import pytest

from anlan.wire.sl651.assembly import Assembler, Complete, GivenUp, Waiting
from anlan.wire.sl651.build import Uplink
from anlan.wire.sl651.codes import Control, Direction, Encoding
from anlan.wire.sl651.errors import WrongPassword
from anlan.wire.sl651.frame import decode_frame
from anlan.wire.sl651.items import Blob, StationMark, TimeMark
from anlan.wire.sl651.message import Message, decode, decode_message, encode_message, split
from anlan.wire.sl651.reply import query
from anlan.wire.sl651.session import (
    Broken,
    Joined,
    Mode,
    Overdue,
    PacketReceived,
    Received,
    Refused,
    Session,
    Unanswered,
)
from tests.support.sl651_station import Asked, Confirmed, Failed, SendAgain, StationSession

AT = datetime(2025, 6, 30, 12, 5)
NOW = datetime(2025, 6, 30, 4, 5, 9, tzinfo=UTC)
LATER = timedelta(seconds=31)
STATION = Uplink(station="0012345678", center=7, password=0x1234)


def report(serial: int = 5, **more: int) -> Message:
    return STATION.message(
        function=0x32, serial=serial, sent_at=AT, groups=[("0012345678", "P", AT, [("20", "4.0")])], **more
    )


def picture(size: int = 1000) -> Message:
    data = random.Random(3).randbytes(size)
    items = (StationMark("0012345678", "H"), TimeMark(AT), Blob("F3", data, 0xF3))
    return Message(Encoding.HEX, Direction.UP, 7, "0012345678", 0x1234, 0x36, 9, AT, items)


def answer(session: Session, data: bytes, now: datetime = NOW) -> bytes:
    return b"".join(session.reply_for(event, now) for event in session.feed(data, now))


def test_m2_confirms_with_the_serial_and_the_centres_time() -> None:
    session = Session()
    (event,) = session.feed(encode_message(report()), NOW)
    assert isinstance(event, Received)
    reply = decode(session.reply_for(event, NOW))
    assert (reply.direction, reply.end, reply.serial, reply.function) == (
        Direction.DOWN,
        Control.ESC,
        5,
        0x32,
    )
    assert (reply.center, reply.station, reply.password) == (7, "0012345678", 0x1234)
    assert reply.sent_at == datetime(2025, 6, 30, 12, 5, 9)


@pytest.mark.parametrize(
    ("end", "keep_online", "want"),
    [(Control.ETX, False, Control.EOT), (Control.ETX, True, Control.ESC), (Control.ETB, True, Control.ACK)],
)
def test_the_end_character_of_the_answer(end: int, keep_online: bool, want: int) -> None:
    reply = answer(Session(keep_online=keep_online), encode_message(report(end=end)))
    assert decode_frame(reply).end == want


def test_an_ascii_station_is_answered_in_ascii() -> None:
    uplink = Uplink(station="0012345678", encoding=Encoding.ASCII)
    message = uplink.message(function=0x32, serial=0xABCD, sent_at=AT)
    reply = decode(answer(Session(), encode_message(message)))
    assert (reply.encoding, reply.serial) == (Encoding.ASCII, 0xABCD)


def test_m1_stations_link_keeping_and_broken_frames_get_no_answer() -> None:
    data = encode_message(report())
    assert answer(Session(mode_of=lambda station: Mode.M1), data) == b""
    link = encode_message(STATION.message(function=0x2F, serial=5, sent_at=AT))
    assert answer(Session(), link) == b""
    session = Session()
    events = session.feed(data[:-1] + b"\x00", NOW)
    assert [type(e) for e in events] == [Broken]
    assert session.reply_for(events[0], NOW) == b""


def test_a_wrong_password_and_an_echo_are_refused_without_an_answer() -> None:
    session = Session(password_ok=lambda station, password: (station, password) == ("0012345678", 1))
    (event,) = session.feed(encode_message(report()), NOW)
    assert isinstance(event, Refused)
    assert isinstance(event.error, WrongPassword)
    assert session.reply_for(event, NOW) == b""
    echo = query(function=0x37, center=7, station="0012345678", password=1, now=NOW)
    assert [type(e) for e in session.feed(echo, NOW)] == [Refused]


def test_m3_confirms_once_with_the_packet_total() -> None:
    session, packets = Session(), split(picture())
    assert len(packets) > 4
    replies = [answer(session, packet) for packet in packets]
    assert replies[:-1] == [b""] * (len(packets) - 1)
    reply = decode_frame(replies[-1])
    assert (reply.end, reply.packet) == (Control.ESC, (len(packets), len(packets)))


def test_m3_joins_packets_in_any_order_with_repeats() -> None:
    message = picture()
    packets = split(message)
    order = [*range(len(packets)), 1, 2]
    random.Random(1).shuffle(order)
    session = Session()
    joined = [e for n in order for e in session.feed(packets[n], NOW) if isinstance(e, Joined)]
    assert decode_message(joined[0].frame) == message


def test_m3_asks_for_the_one_missing_packet_and_takes_it_resent() -> None:
    station, session = StationSession(), Session()
    message = picture()
    frames = split(message, packet_bytes=200)
    station.send(message, NOW, packet_bytes=200)
    nak = b"".join(answer(session, frame) for n, frame in enumerate(frames) if n != 2)
    asked = decode_frame(nak)
    assert (asked.end, asked.packet) == (Control.NAK, (len(frames), 3))
    (again,) = station.feed(nak, NOW)
    assert isinstance(again, SendAgain)
    assert decode_frame(again.data).end == Control.ETX
    (event,) = session.feed(again.data, NOW)
    assert isinstance(event, Joined)
    assert station.feed(session.reply_for(event, NOW), NOW) == [Confirmed(0x36, 9, True)]
    assert station.waiting == 0


def test_m3_asks_after_a_silence_at_most_twice_and_then_gives_up() -> None:
    session, packets = Session(), split(picture())
    for packet in packets[1:-1]:  # neither the first nor the last arrives
        session.feed(packet, NOW)
    now, kinds = NOW, []
    assert session.tick(NOW + timedelta(seconds=5)) == ([], b"")
    for _ in range(4):
        now += LATER
        for event in session.tick(now)[0]:
            kinds.append(type(event))
            if isinstance(event, Overdue):
                assert decode_frame(session.reply_for(event, now)).packet == (len(packets), 1)
    assert kinds == [Overdue, Overdue, GivenUp]


def test_a_new_message_of_the_same_shape_ends_the_old_one() -> None:
    old, new = split(picture()), split(picture(1001))
    new = [packet for packet in new if decode_frame(packet).packet]
    assembler = Assembler()
    assembler.add(decode_frame(old[0]), NOW)
    assembler.add(decode_frame(old[1]), NOW)
    changed = decode_frame(encode_message(report()))
    assert changed.packet is None
    other = split(Message(**{**as_dict(picture()), "serial": 10}))
    results = assembler.add(decode_frame(other[0]), NOW)
    assert [type(r) for r in results] == [GivenUp, Waiting]
    assert "new message" in results[0].reason  # type: ignore[union-attr]
    rest = [assembler.add(decode_frame(packet), NOW)[-1] for packet in other[1:]]
    assert isinstance(rest[-1], Complete)


def as_dict(message: Message) -> dict[str, object]:
    return {name: getattr(message, name) for name in message.__dataclass_fields__}


def test_packets_cannot_fill_the_memory() -> None:
    assembler = Assembler(max_bytes=500, max_open=2)
    kinds = [type(r) for p in split(picture())[:4] for r in assembler.add(decode_frame(p), NOW)]
    assert GivenUp in kinds
    for n, size in enumerate((1000, 2000, 3000)):
        first = split(picture(size), packet_bytes=100)[0]
        results = assembler.add(decode_frame(first), NOW + n * LATER)
    assert any(isinstance(r, GivenUp) for r in results)


def test_a_closed_connection_hands_over_what_is_half_done() -> None:
    session, packets = Session(), split(picture())
    session.feed(packets[0] + packets[1][:20], NOW)
    assert [type(e) for e in session.close()] == [Broken, GivenUp]


def test_m2_station_resends_twice_and_then_leaves_the_line() -> None:
    station = StationSession()
    data = station.send(report(), NOW)
    assert station.tick(NOW + timedelta(seconds=5)) == []
    events = [event for n in range(1, 5) for event in station.tick(NOW + n * LATER)]
    assert events == [SendAgain(data), SendAgain(data), Failed(0x32, 5)]


def test_m1_station_waits_for_nothing() -> None:
    station = StationSession()
    station.send(report(), NOW, confirm=False)
    assert (station.waiting, station.tick(NOW + LATER)) == (0, [])


def test_m4_the_centre_asks_the_station_answers_and_is_confirmed() -> None:
    station, session = StationSession(), Session()
    data = query(function=0x37, center=7, station="0012345678", password=0x1234, now=NOW)
    (asked,) = station.feed(session.query(data, NOW), NOW)
    assert isinstance(asked, Asked)
    assert decode(data).serial == 0
    now_report = STATION.message(function=0x37, serial=6, sent_at=AT)
    (event,) = session.feed(station.send(now_report, NOW), NOW)
    assert station.feed(session.reply_for(event, NOW), NOW) == [Confirmed(0x37, 6, True)]
    assert session.tick(NOW + LATER) == ([], b"")


def test_m4_a_query_is_sent_again_twice_and_then_reported() -> None:
    session = Session()
    data = session.query(query(function=0x37, center=7, station="0012345678", password=1, now=NOW), NOW)
    results = [session.tick(NOW + n * LATER) for n in range(1, 5)]
    assert [sent for _, sent in results] == [data, data, b"", b""]
    assert [e for events, _ in results for e in events] == [Unanswered(data)]


def test_an_incomplete_packet_event_tells_how_many_came() -> None:
    (event,) = Session().feed(split(picture())[0], NOW)
    assert isinstance(event, PacketReceived)
    assert (event.have, event.ask) == (1, None)
