"""A file becomes readings and, row by row, what is wrong with the rest."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from anlan.observe.rules import csvrows
from anlan.observe.rules.csvrows import parse

NOW = datetime(2021, 8, 12, 4, 0, tzinfo=UTC)
STATION = "0042130001"
HEAD = "station,code,at,value\n"


def rows(text: str) -> list[tuple[int, str, str, str]]:
    parsed = parse(text.encode(), now=NOW)
    assert parsed.wrongs == []
    return [(r.line, r.station, r.code, str(r.value)) for r in parsed.rows]


def wrongs(text: str, **more: frozenset[str]) -> list[tuple[int, str]]:
    return [(w.line, w.column) for w in parse(text.encode(), now=NOW, **more).wrongs]


def test_a_plain_file_is_read() -> None:
    text = f"{HEAD}{STATION},22,2021-08-12 03:00,30.0\n42130001,26,2021-08-12 03:00,\n"
    assert rows(text) == [(2, STATION, "22", "30.0"), (3, STATION, "26", "None")]


def test_times_are_beijing_time_unless_they_say_otherwise() -> None:
    text = (
        f"{HEAD}{STATION},22,2021-08-12 03:00,1\n{STATION},26,2021/8/12 3:00:00,1\n"
        f"{STATION},39,2021-08-11T19:00:00+00:00,1\n"
    )
    times = {r.at for r in parse(text.encode(), now=NOW).rows}
    assert times == {datetime(2021, 8, 11, 19, 0, tzinfo=UTC)}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_chinese_heads_in_either_encoding_and_any_order(encoding: str) -> None:
    data = f"数值,时间,测站,要素\r\n30.5,2021-08-12 03:00,{STATION},PN05\r\n".encode(encoding)
    (row,) = parse(data, now=NOW).rows
    assert (row.station, row.code, row.value) == (STATION, "22", Decimal("30.5"))


def test_tabs_and_semicolons_do_as_well() -> None:
    for mark in "\t;":
        text = f"{HEAD}{STATION},22,2021-08-12 03:00,1.5\n".replace(",", mark)
        assert rows(text) == [(2, STATION, "22", "1.5")]


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("12,22,2021-08-12 03:00,1", "station"),
        (f"{STATION},ZZ9,2021-08-12 03:00,1", "code"),
        (f"{STATION},F3,2021-08-12 03:00,1", "code"),
        (f"{STATION},22,yesterday,1", "at"),
        (f"{STATION},22,2031-08-12 03:00,1", "at"),
        (f"{STATION},22,1899-08-12 03:00,1", "at"),
        (f"{STATION},22,2021-08-12 03:00,wet", "value"),
        (f"{STATION},22,2021-08-12 03:00,NaN", "value"),
        (f"{STATION},22,2021-08-12 03:00,1e99", "value"),
        (f"{STATION},22,2021-08-12 03:00,1.25", "value"),
        (f"{STATION}", "code"),
    ],
)
def test_each_wrong_row_is_named_with_its_line_and_column_and_the_others_are_taken(
    line: str, column: str
) -> None:
    text = f"{HEAD}{STATION},22,2021-08-12 02:00,1\n{line}\n"
    assert wrongs(text) == [(3, column)]
    assert len(parse(text.encode(), now=NOW).rows) == 1


def test_a_station_that_the_importer_may_not_write_is_wrong() -> None:
    assert wrongs(f"{HEAD}{STATION},22,2021-08-12 02:00,1\n", stations=frozenset()) == [(2, "station")]


def test_the_same_reading_twice_in_a_file_is_taken_once() -> None:
    text = f"{HEAD}{STATION},22,2021-08-12 02:00,1\n\n{STATION},22,2021-08-12 02:00,2\n"
    assert wrongs(text) == [(4, "value")]


@pytest.mark.parametrize("data", [b"\xff\xfe\x00\x00", b"\x00\x01\x02", b"a,b,c\n1,2,3\n", b"\n"])
def test_a_file_that_is_no_such_table_says_so(data: bytes) -> None:
    parsed = parse(data, now=NOW)
    assert (len(parsed.wrongs), parsed.wrongs[0].line, parsed.rows) == (1, 1, ())


def test_a_title_above_the_head_and_old_line_ends_do_no_harm() -> None:
    assert rows(f"临县雨量站降水量表,,,\r{HEAD.strip()}\r{STATION},22,2021-08-12 03:00,1.5\r") == [
        (3, STATION, "22", "1.5")
    ]


def test_a_reading_of_tomorrow_is_refused() -> None:
    assert wrongs(f"{HEAD}{STATION},22,2021-08-12 12:30,1\n") == [(2, "at")]
    assert wrongs(f"{HEAD}{STATION},22,2021-08-12 12:04,1\n") == []


def test_fill_values_are_missing_readings() -> None:
    text = f"{HEAD}{STATION},22,2021-08-12 03:00,-9999\n{STATION},39,2021-08-12 03:00,缺测\n"
    assert rows(text) == [(2, STATION, "22", "None"), (3, STATION, "39", "None")]


def test_a_decimal_comma_between_commas_is_refused() -> None:
    assert wrongs(f"{HEAD}{STATION},22,2021-08-12 03:00,1,5\n") == [(2, "value")]
    assert wrongs(f"{HEAD}{STATION},22,2021-08-12 03:00,1,,\n") == []


BAD = (
    f'备注,{HEAD.strip()}\n"好,\n两行",{STATION},22,2021-08-12 02:00,1\n'
    f"坏,{STATION},22,2021-08-12 02:05,1;5\n=坏,12,22,2021-08-12 02:10,1\n"
)


def test_the_error_file_gives_the_bad_rows_back_and_is_taken_when_they_are_mended() -> None:
    first = parse(BAD.encode(), now=NOW)
    assert [(w.line, w.column) for w in first.wrongs] == [(4, "value"), (5, "station")]
    back = csvrows.error_file(BAD.encode(), first.wrongs, lambda w: w.text)
    head, *bad = back.splitlines()
    assert (head, len(bad)) == ("备注,station,code,at,value,原因", 2)
    again = parse(back.encode("utf-8-sig"), now=NOW)
    assert [w.column for w in again.wrongs] == ["value", "station"]
    assert csvrows.error_file(back.encode(), again.wrongs, lambda w: w.text) == back
    mended = parse(back.replace("1;5", "1.5").replace(",12,", f",{STATION},").encode(), now=NOW)
    assert [(str(r.value), r.at.minute) for r in mended.rows] == [("1.5", 5), ("1", 10)]
    assert mended.wrongs == []


def test_the_error_file_runs_no_formula_in_a_spreadsheet() -> None:
    data = f"{HEAD}=cmd,22,2021-08-12 02:00,-5\n".encode()
    assert "'=cmd" in csvrows.error_file(data, parse(data, now=NOW).wrongs, lambda w: w.text)


def test_a_file_without_a_head_is_given_back_with_the_reason() -> None:
    data = b"a,b,c\n1,2,3\n"
    assert (
        csvrows.error_file(data, parse(data, now=NOW).wrongs, lambda w: "why").splitlines()[0] == "a,b,c,why"
    )
