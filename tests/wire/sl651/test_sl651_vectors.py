"""Frames that others recorded decode as they should, and the bad one stays bad."""

import hashlib
from datetime import datetime
from decimal import Decimal

import pytest

from anlan.wire.sl651.codes import Direction
from anlan.wire.sl651.errors import BadCrc
from anlan.wire.sl651.items import Number, Series, Setting, Slots, StationMark, Status, Step, TimeMark
from anlan.wire.sl651.lines import decode_lines
from anlan.wire.sl651.message import Message, decode, encode_message, observations
from tests.wire.sl651.sl651_vectors import load


def numbers_of(elements: list[list[object]]) -> list[object]:
    """The expected values of a vector, in order, without stations and times."""
    flat: list[object] = []
    for name, value in elements:
        if name in ("ST", "CLASS", "TT", "04"):
            continue
        flat += value if isinstance(value, list) else [value]
    return flat


def value_of(item: Decimal | str | None) -> object:
    return float(item) if isinstance(item, Decimal) else item


def test_every_recorded_hex_frame_decodes_as_expected() -> None:
    for vector in load("sl651_hex.json"):
        want = vector["expected"]
        if not want["crc_ok"]:
            with pytest.raises(BadCrc):
                decode(bytes.fromhex(vector["hex"]))
            continue
        message = decode(bytes.fromhex(vector["hex"]))
        assert message.direction is (Direction.DOWN if want["down"] else Direction.UP)
        assert (f"{message.function:02X}", f"{message.password:04X}") == (want["func"], want["pwd"])
        assert (message.center, message.station, message.serial) == (
            want["center"],
            want["station"],
            want["serial"],
        )
        assert message.sent_at == datetime.strptime("20" + want["sent"], "%Y%m%d%H%M%S")  # noqa: DTZ007
        if "elements" in want:
            found = [value_of(row.value) for row in observations(message)]
            assert found == numbers_of(want["elements"]), vector["hex"]


def test_every_recorded_hex_frame_encodes_to_the_same_bytes() -> None:
    for vector in load("sl651_hex.json"):
        data = bytes.fromhex(vector["hex"])
        if vector["expected"]["crc_ok"]:
            assert encode_message(decode(data)) == data.removesuffix(b"\x7e")


def test_the_recorded_configurations_show_their_parameters() -> None:
    messages = {v["expected"]["func"]: v["hex"] for v in load("sl651_hex.json")[:16]}
    basic: Message = decode(bytes.fromhex(messages["40"]))
    names = [item.name for item in basic.items if isinstance(item, Setting)]
    assert names[:4] == ["中心站地址", "遥测站地址", "中心站1主信道类型及地址", "中心站1备用信道类型及地址"]
    running = decode(bytes.fromhex(messages["42"]))
    values = {item.name: item.value for item in running.items if isinstance(item, Setting)}
    assert values["采样间隔"] == 300
    assert values["加报水位1"] == Decimal("5.00")
    status = decode(bytes.fromhex(messages["46"]))
    assert isinstance(status.items[-1], Status)


def test_the_recorded_period_answer_is_an_hour_of_rain() -> None:
    period = decode(bytes.fromhex(load("sl651_hex.json")[5]["hex"]))
    assert [type(item) for item in period.items] == [StationMark, TimeMark, Series]
    assert isinstance(period.items[2], Series)
    assert period.items[2].step == Step("000005")


def test_the_recorded_hourly_report_ends_at_its_hour() -> None:
    hourly = decode(bytes.fromhex(load("sl651_hex.json")[3]["hex"]))
    assert {type(item) for item in hourly.items} == {StationMark, TimeMark, Slots, Number}
    last = [row.at for row in observations(hourly) if row.code == "F4"][-1]
    assert last == datetime(2017, 7, 18, 11)  # noqa: DTZ001


def test_the_recorded_ascii_frames_decode() -> None:
    report, query, reply = (next(decode_lines([v["hex"]])) for v in load("sl651_ascii.json"))
    assert (report["function"], report["serial"], report["sent_at"]) == ("32", 0x1234, "2024-01-09T16:01:28")
    assert [(o["code"], o["value"], o["raw"]) for o in report["observations"]] == [
        ("20", 3.5, "3.5"),
        ("39", 12.34, "12.34"),
    ]
    assert (query["direction"], query["function"], query["serial"]) == ("down", "37", 0)
    assert (reply["direction"], reply["serial"]) == ("down", 0x1234)


def test_the_recorded_picture_comes_together_from_thirteen_packets() -> None:
    vector = load("sl651_multipacket.json")
    want = vector["expected"]
    records = list(decode_lines(vector["hex"]))
    assert all(record["ok"] for record in records)
    assert [record["packets"] for record in records] == [{"total": 13, "seq": n} for n in range(1, 14)]
    assert [len(record["observations"]) for record in records] == [0] * 12 + [1]
    (picture,) = records[-1]["observations"]
    jpeg = bytes.fromhex(picture["raw"])
    assert (len(jpeg), hashlib.sha256(jpeg).hexdigest()) == (want["payload_len"], want["sha256"])
    assert (records[-1]["serial"], picture["code"], picture["station"]) == (5, "F3", want["station"])
