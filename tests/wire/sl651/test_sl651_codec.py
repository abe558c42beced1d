# ruff: noqa: DTZ001  (the wire's times are Beijing time without an offset)
"""Frames and bodies: what goes in comes out, and what is wrong is named."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anlan.wire import sl651
from anlan.wire.sl651 import build, codes
from anlan.wire.sl651.address import describe, normal
from anlan.wire.sl651.build import encode_uplink
from anlan.wire.sl651.codes import Control, Direction, Encoding
from anlan.wire.sl651.crc import crc16
from anlan.wire.sl651.elements import ELEMENTS, Coding
from anlan.wire.sl651.errors import (
    BadAddress,
    BadBcd,
    BadBody,
    BadCrc,
    BadLength,
    BadPacket,
    BadStart,
    BadTime,
    BadValue,
    NeedsPackets,
    Truncated,
    UnknownFunction,
)
from anlan.wire.sl651.frame import Frame, Packet, decode_frame, encode_frame
from anlan.wire.sl651.items import Blob, Content, Number, Series, Setting, Status, Step
from anlan.wire.sl651.message import Message, decode, encode_message, observations
from tests.wire.sl651.sl651_random import PASSWORDS, SERIALS, STATIONS, TIMES, messages

RAIN = bytes.fromhex(
    "7E7E05001122334403E833002B020026170718102202F1F1001122334448F0F01707181022"
    "201900004026190000403923000104903812110203F511"
)
AT = datetime(2025, 6, 30, 12, 5)


def frame_of(body: str, *, function: int = 0x32, encoding: Encoding = Encoding.HEX, **more: object) -> bytes:
    """A frame with serial 1, sent 2025-06-30 12:05:00, and the given body."""
    head = "0001250630120500" if encoding is Encoding.HEX else ""
    data = (
        bytes.fromhex(head + body)
        if encoding is Encoding.HEX
        else b"0001250630120500" + body.encode("latin-1")
    )
    return encode_frame(Frame(encoding, Direction.UP, 1, "0012345678", 0, function, data, **more))  # type: ignore[arg-type]


def values(body: str, **more: object) -> list[tuple[str, str, Decimal | str | None]]:
    rows = observations(decode(frame_of(body, **more)))  # type: ignore[arg-type]
    return [(f"{row.at:%H:%M}", row.code, row.value) for row in rows]


ST = "F1F1001234567848F0F02506301200"


@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(messages())
def test_every_message_survives_encoding_and_decoding(message: Message) -> None:
    data = encode_message(message)
    again = decode(data)
    assert again == message
    assert encode_message(again) == data
    observations(again)


@settings(deadline=None)
@given(
    st.tuples(
        st.sampled_from(Encoding),
        st.sampled_from(Direction),
        st.integers(0, 255),
        STATIONS,
        PASSWORDS,
        st.integers(0, 255),
        st.binary(min_size=1, max_size=300),
        st.sampled_from(
            [Control.ETX, Control.ETB, Control.ENQ, Control.ACK, Control.NAK, Control.EOT, Control.ESC]
        ),
        st.none() | st.integers(1, 4095).flatmap(lambda n: st.tuples(st.just(n), st.integers(1, n))),
    )
)
def test_every_envelope_survives_encoding_and_decoding(fields: tuple[object, ...]) -> None:
    *most, packet = fields
    frame = Frame(*most, Packet(*packet) if packet else None)  # type: ignore[arg-type,misc]
    assert decode_frame(encode_frame(frame)) == frame


@given(SERIALS, TIMES)
def test_a_reply_carries_the_serial_back(serial: int, at: datetime) -> None:
    data = encode_uplink(function=0x2F, center=1, station="12345678", password=0, serial=serial, sent_at=at)
    assert (decode(data).serial, decode(data).sent_at) == (serial, at)


def test_the_checksum_is_crc16_modbus() -> None:
    assert crc16(b"123456789") == 0x4B37


def test_a_stray_7e_after_a_hex_frame_is_let_pass() -> None:
    assert decode(RAIN + b"\x7e") == decode(RAIN)


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", Truncated),
        (b"hello", BadStart),
        (RAIN[:40], Truncated),
        (RAIN[:9], Truncated),
        (RAIN + b"\x00", BadLength),
        (RAIN[:20] + b"\x99" + RAIN[21:], BadCrc),
        (RAIN[:-1] + b"\x00", BadCrc),
        (frame_of("00" * 3)[:13] + b"\x55" + frame_of("00" * 3)[14:], BadStart),
    ],
)
def test_a_broken_envelope_is_named(data: bytes, error: type[Exception]) -> None:
    with pytest.raises(error):
        decode(data)


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (ST + "20190000", BadBody),
        (ST + "201900004A", BadBcd),
        (ST + "0019000040", BadBody),
        (ST + "F1280011223344", BadBody),
        ("F1F1001234567848F0F02513401200201900004A", BadTime),
        ("F1F1001234567848F0F0250229120020190000400", None),
        ("F1F10012A4567848F0F02506301200", BadAddress),
        (ST + "45180000FF", BadBody),
    ],
)
def test_a_broken_body_is_named(body: str, error: type[Exception] | None) -> None:
    if error is None:  # 2025 has no 29 February
        body, error = body[:-1], BadTime
    with pytest.raises(error):
        observations(decode(frame_of(body)))


def test_reserved_functions_and_lone_packets_are_refused() -> None:
    with pytest.raises(UnknownFunction):
        decode(frame_of("", function=0x52))
    with pytest.raises(NeedsPackets):
        decode(frame_of("", packet=Packet(2, 1), function=0x36))
    with pytest.raises(BadPacket):
        encode_frame(Frame(Encoding.HEX, Direction.UP, 1, "0012345678", 0, 0x36, b"x", packet=Packet(2, 3)))


def test_negative_and_missing_values() -> None:
    body = ST + "0219FF0015" + "3923FFFFFFFF" + "392BFF00000172" + "0219000012"
    assert values(body) == [
        ("12:00", "02", Decimal("-1.5")),
        ("12:00", "39", None),
        ("12:00", "39", Decimal("-0.172")),
        ("12:00", "02", Decimal("1.2")),
    ]


def test_values_keep_their_decimals_exactly() -> None:
    assert str(values(ST + "392300010490")[0][2]) == "10.490"


def test_several_times_and_stations_in_one_body() -> None:
    other = "F1F1405902 35C25A F0F02506301155".replace(" ", "")
    rows = observations(
        decode(
            frame_of(
                ST + "2019000040" + "F0F02506301155" + "2019000030" + other + "39230 0000500".replace(" ", "")
            )
        )
    )
    assert [(r.station, r.klass, f"{r.at:%H:%M}", r.value) for r in rows] == [
        ("0012345678", "H", "12:00", Decimal("4.0")),
        ("0012345678", "H", "11:55", Decimal("3.0")),
        ("40590235C2", "Z", "11:55", Decimal("0.500")),
    ]


@pytest.mark.parametrize("definition", ["60", "C0", "5C", "00"])
def test_an_hour_of_rain_has_twelve_slots_from_its_group_time_on(definition: str) -> None:
    rows = values("F1F1001234567848F0F02506301105F4" + definition + "05000000" + "14FFFFFFFFFF0000")
    assert [row[0] for row in rows] == [f"11:{m:02d}" for m in range(5, 60, 5)] + ["12:00"]
    assert rows[0][2] == Decimal("0.5")
    assert rows[4][2] == Decimal("2.0")
    assert rows[5][2] is None


def test_an_hour_of_levels_is_in_centimetres_whatever_its_definition() -> None:
    rows = values(ST + "F55C" + "0AAA" + "FFFF" * 11)
    assert (rows[0][2], rows[1][2]) == (Decimal("27.30"), None)


def test_a_uniform_report_spreads_over_its_step() -> None:
    rows = values(ST + "0418000005" + "2219" + "000001" + "FFFFFF" + "000003", function=0x31)
    assert rows == [("12:00", "22", Decimal("0.1")), ("12:05", "22", None), ("12:10", "22", Decimal("0.3"))]


def test_a_uniform_report_of_hours_runs_on_by_the_hour() -> None:
    rows = values(ST + "0418000000" + "F460" + "01" * 24, function=0x38)
    assert (len(rows), rows[0][0], rows[11][0], rows[12][0]) == (24, "12:00", "12:55", "13:00")


def test_a_uniform_report_without_a_step_is_refused() -> None:
    with pytest.raises(BadBody):
        decode(frame_of(ST + "0418000000" + "2219" + "000001" * 2, function=0x31))


def test_user_elements_follow_their_definition_and_need_not_be_bcd() -> None:
    assert values(ST + "FF0319000040" + "FF0410ABCD") == [
        ("12:00", "FF03", Decimal("4.0")),
        ("12:00", "FF04", None),
    ]


def test_manual_text_runs_to_the_end() -> None:
    text = "PP 12.5 晴".encode("gb18030")
    message = decode(frame_of("F2F2" + text.hex(), function=0x35))
    assert message.items == (Blob("F2", text, 0xF2),)
    assert observations(message)[0].value == "PP 12.5 晴"


def test_status_bits_are_named() -> None:
    message = decode(frame_of("F1F1001234567845200000 0481".replace(" ", ""), function=0x46))
    status = message.items[-1]
    assert isinstance(status, Status)
    named = codes.status_of(status.bits)
    assert (named["交流电充电状态"], named["终端箱门状态"], named["水泵工作状态"]) == (
        "停电",
        "关闭",
        "水泵停机",
    )
    assert len(named) == 12
    assert codes.alarms_of(status.bits) == ("交流电充电状态",)


def test_management_bodies_show_their_fields() -> None:
    mark = "F1F10012345678"
    gates = decode(frame_of(mark + "02" + "01" + "0150" + "0000", function=0x4E)).items[-1]
    assert isinstance(gates, Content)
    assert gates.gates == ((True, 150), (False, 0))
    pumps = decode(frame_of(mark + "0105", function=0x4C)).items[-1]
    assert isinstance(pumps, Content)
    assert pumps.switches[:4] == (True, False, True, False)
    events = decode(frame_of(mark + "0001" * 32, function=0x50)).items[-1]
    assert isinstance(events, Content)
    assert (events.events["参数变更"], events.events["ERC32"]) == (1, 1)
    setting = decode(frame_of(mark + "2823FF0 01500".replace(" ", ""), function=0x42)).items[-1]
    assert isinstance(setting, Setting)
    assert (setting.name, setting.value) == ("水位基值1", Decimal("-1.500"))


def test_a_management_body_of_another_shape_is_kept_whole() -> None:
    (content,) = decode(frame_of("F1F1001234567805AB", function=0x4C)).items
    assert content == Content("bytes", bytes.fromhex("F1F1001234567805AB"))


def test_an_ascii_report_reads_symbols() -> None:
    body = " ST 0012345678 H TT 2506301200 PJ 3.5 Z -12.34 AI M ZT 00000080 "
    assert values(body, encoding=Encoding.ASCII) == [
        ("12:00", "20", Decimal("3.5")),
        ("12:00", "39", Decimal("-12.34")),
        ("12:00", "02", None),
        ("12:00", "45", Decimal(128)),
    ]


def test_an_ascii_series_may_carry_several_elements() -> None:
    body = "ST 0012345678 H TT 2506301200 DRN05 PJ Z 1.0 2.00 M 2.01 "
    message = decode(frame_of(body, encoding=Encoding.ASCII, function=0x31))
    assert message.items[-1] == Series(Step("000005"), ("20", "39"), ("1.0", "2.00", "M", "2.01"))
    assert [(f"{r.at:%M}", r.code, r.value) for r in observations(message)] == [
        ("00", "20", Decimal("1.0")),
        ("00", "39", Decimal("2.00")),
        ("05", "20", None),
        ("05", "39", Decimal("2.01")),
    ]
    assert decode(encode_message(message)) == message


@pytest.mark.parametrize(
    "body", ["ST 0012345678 H TT 2506301200 PJ", "NOPE 1 ", "PJ abc ", "DRN05 PJ ", "TT 25063012 PJ 1 "]
)
def test_a_broken_ascii_body_is_named(body: str) -> None:
    if body.startswith("DRN05"):
        assert observations(decode(frame_of(body, encoding=Encoding.ASCII, function=0x31))) == []
        return
    with pytest.raises((BadBody, BadBcd)):
        decode(frame_of(body, encoding=Encoding.ASCII))


def test_addresses_say_what_they_are() -> None:
    assert describe("12345678").kind == "hydrological"
    assert describe("40590235C2") == sl651.address.Address("40590235C2", "station", "405902013762")
    assert describe("421321EA61").kind == "relay"
    assert describe("421321FFFF").kind == "broadcast"
    with pytest.raises(BadAddress):
        describe("4213210000")
    with pytest.raises(BadAddress):
        normal("4Z1321")


def test_the_table_has_every_row_of_c1() -> None:
    assert len(ELEMENTS) == 131
    assert {f"{g:02X}" for g in [*range(1, 0x76), *range(0xF0, 0xFE)]} == set(ELEMENTS)
    assert ELEMENTS["3F"].symbol == "Z4"
    assert all(row.digits for row in ELEMENTS.values() if row.coding is Coding.BCD)


def test_values_are_never_rounded_silently() -> None:
    with pytest.raises(BadValue, match="decimals"):
        build.number("20", "4.05")
    with pytest.raises(BadValue, match="float"):
        build.number("20", 4.0)  # type: ignore[arg-type]
    assert build.number("20", -4) == Number("20", "FF0040", 1)
    assert build.number("20", Decimal("12345.6")) == Number("20", "123456", 1)
    assert build.number("39", None).raw == "FFFFFFFF"
    with pytest.raises(BadValue):
        build.slots("F4", ["25.5"] + [0] * 11)
    with pytest.raises(BadValue):
        build.slots("F4", [-1] + [0] * 11)


@pytest.mark.parametrize("encoding", list(Encoding))
def test_a_simulated_report_reads_back(encoding: Encoding) -> None:
    rain = ["0.5", None, *[0] * 10]
    groups = [
        ("0012345678", "P", AT, [("20", "4.0"), ("39", None), ("45", 0x80)]),
        ("0012345678", "P", AT - timedelta(minutes=55), [("F4", rain)]),
    ]
    data = encode_uplink(
        function=0x34,
        center=1,
        station="12345678",
        password=0,
        serial=7,
        sent_at=AT,
        groups=groups,
        encoding=encoding,
    )
    rows = observations(decode(data))
    assert [r.value for r in rows[:4]] == [Decimal("4.0"), None, Decimal(128), Decimal("0.5")]
    assert (rows[-1].at, rows[-1].value) == (AT, Decimal("0.0"))
