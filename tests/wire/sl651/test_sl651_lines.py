"""The contract of `anlan decode sl651`: one record a line, never an exception."""

import json

from hypothesis import given
from hypothesis import strategies as st

from anlan.wire.sl651.codes import Direction, Encoding
from anlan.wire.sl651.crc import crc16
from anlan.wire.sl651.frame import Frame, encode_frame
from anlan.wire.sl651.lines import decode_lines

RAIN = (
    "7E7E05001122334403E833002B020026170718102202F1F1001122334448F0F01707181022"
    "201900004026190000403923000104903812110203F511"
)
KEYS = [
    "ok",
    "error",
    "direction",
    "function",
    "center",
    "station",
    "serial",
    "sent_at",
    "packets",
    "observations",
]


def test_a_report_gives_the_record_of_the_contract() -> None:
    (record,) = decode_lines([RAIN])
    assert list(record) == KEYS
    assert json.loads(json.dumps(record)) == record
    assert record == {
        "ok": True,
        "error": None,
        "direction": "up",
        "function": "33",
        "center": 5,
        "station": "0011223344",
        "serial": 38,
        "sent_at": "2017-07-18T10:22:02",
        "packets": None,
        "observations": [
            {"station": "0011223344", "at": "2017-07-18T10:22:00", "code": code, "value": value, "raw": raw}
            for code, value, raw in [
                ("20", 4.0, "000040"),
                ("26", 4.0, "000040"),
                ("39", 10.49, "00010490"),
                ("38", 11.02, "1102"),
            ]
        ],
    }


def test_spaces_case_prefix_and_line_ends_do_not_matter() -> None:
    spaced = " ".join(RAIN[i : i + 2] for i in range(0, len(RAIN), 2)).lower()
    lines = [RAIN, spaced + "\r\n", "0x" + RAIN + "\n", "\ufeff" + RAIN, RAIN + "7E"]
    records = list(decode_lines(lines))
    assert all(record == records[0] for record in records)


def test_blank_lines_are_skipped_and_broken_ones_explained() -> None:
    records = list(decode_lines(["", "  \n", "nonsense", RAIN[:-2] + "00", RAIN[:60], "ABC"]))
    assert [record["ok"] for record in records] == [False] * 4
    assert [record["error"].partition(":")[0] for record in records] == [
        "BadStart",
        "BadCrc",
        "Truncated",
        "BadStart",
    ]
    assert all(list(record) == KEYS for record in records)


def test_a_literal_ascii_frame_and_its_hex_give_the_same_record() -> None:
    text = "0001250630120500ST 0012345678 H TT 2506301200 PJ 3.5 "
    body = f"\x010100123456780000320{len(text):03X}\x02{text}\x03"
    frame = body + f"{crc16(body.encode()):04X}"
    literal, dumped = decode_lines([frame + "\n", frame.encode().hex() + "0d0a"])
    assert literal == dumped
    assert literal["ok"], literal
    assert literal["observations"][0]["value"] == 3.5


def test_a_body_error_still_tells_whose_frame_it_was() -> None:
    bad = Frame(Encoding.HEX, Direction.UP, 1, "0012345678", 0, 0x32, bytes.fromhex("00012513301205000000"))
    (record,) = decode_lines([encode_frame(bad).hex()])
    assert (record["ok"], record["station"], record["function"]) == (False, "0012345678", "32")
    assert record["error"].startswith("BadTime")


@given(st.lists(st.text(), max_size=5) | st.lists(st.binary().map(bytes.hex), max_size=5))
def test_no_line_raises(lines: list[str]) -> None:
    for record in decode_lines(lines):
        assert list(record) == KEYS
        json.dumps(record)
