"""Files that went through spreadsheets, old machines and other hands say what they said; what is in doubt is refused."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.wire import tables

MOMENTS = [datetime.fromisoformat(day) for day in ("1990-01-01", "2060-01-01")]
THREE = datetime(2021, 8, 11, 19, 0, tzinfo=UTC)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_text_is_the_same_in_every_encoding_and_with_every_line_end(encoding: str, end: str) -> None:
    text, _ = tables.text_of(f"测站,值{end}一,2{end}".encode(encoding))
    assert text == "测站,值\n一,2\n"


def test_bytes_that_are_no_text_are_refused() -> None:
    for data in (b"\x00\x01\x02", b"\xff\xfe\x00\x00", b"\x81"):
        with pytest.raises(tables.NoText):
            tables.text_of(data)


def test_rows_bear_the_line_on_which_they_begin() -> None:
    assert list(tables.rows_of('a,b\n1,"x\ny"\n\n2,z\n')) == [
        (1, ["a", "b"]),
        (2, ["1", "x\ny"]),
        (5, ["2", "z"]),
    ]


def test_a_first_line_may_name_the_mark() -> None:
    assert list(tables.rows_of("sep=;\na;b\n1,5;2\n")) == [(2, ["a", "b"]), (3, ["1,5", "2"])]


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("３０．０", "30.0"),
        ("30,0", "30.0"),
        ("1,234.5", "1234.5"),
        ("1.234,5", "1234.5"),
        ("1,234,567", "1234567"),
        ("1 234.5", "1234.5"),
        ("\xa030.0\xa0", "30.0"),
        ("'30.0", "30.0"),
        ("−5", "-5"),
        ("0,123", "0.123"),
    ],
)
def test_a_number_that_can_mean_one_thing_is_read(cell: str, value: str) -> None:
    assert tables.number(cell) == Decimal(value)


@pytest.mark.parametrize("cell", ["1,234", "12,34,5", "wet", "nan", "inf", "1.2.3"])
def test_a_number_that_can_mean_two_things_or_none_is_refused(cell: str) -> None:
    with pytest.raises(tables.Unclear):
        tables.number(cell)


@pytest.mark.parametrize(
    "cell", ["", "-9999", "-9999.0", "-999.9", "-32768", "-3.4028235e38", "缺测", "--", "N/A"]
)
def test_fill_values_are_missing(cell: str) -> None:
    assert tables.number(cell) is None


@pytest.mark.parametrize(
    "cell",
    [
        "2021-08-12 03:00", "2021/8/12 3:00", "２０２１－０８－１２　０３：００", "44420.125", "2021-08-11T19:00:00Z",
        "2021-08-11 19:00:00+00:00", "'2021-08-12 03:00", "2021年8月12日3时00分", "2021年8月12日 3时", "2021.08.12 03:00:00",
    ],
)  # fmt: skip
def test_a_moment_is_beijing_time_unless_it_says_otherwise(cell: str) -> None:
    assert tables.moment(cell) == THREE


def test_twenty_four_hours_are_the_next_day() -> None:
    assert tables.moment("2021-08-12 24:00") == tables.moment("2021-08-13 00:00")


@pytest.mark.parametrize(
    "cell", ["2021-08-12", "20210813", "12/08/2021 03:00", "2021-08-12 25:00", "2021-08-12 24:01"]
)
def test_half_a_moment_is_refused(cell: str) -> None:
    with pytest.raises(tables.Unclear):
        tables.moment(cell)


@pytest.mark.parametrize("cell", ["99000001", "99000001.0", "9.9000001E+7", "９９０００００１", "'99000001"])
def test_a_code_is_what_it_was_before_the_spreadsheet(cell: str) -> None:
    assert tables.code(cell) == "99000001"


@pytest.mark.parametrize(
    "cell", ["2026-04-13", "2026/4/13", "２０２６／４／１３", "20260413", "46125", "2026年4月13日"]
)
def test_a_day_is_read_however_it_is_written(cell: str) -> None:
    assert tables.day(cell).isoformat() == "2026-04-13"


def test_a_code_that_lost_digits_is_refused() -> None:
    with pytest.raises(tables.Unclear):
        tables.code("9.9E+07")
    assert tables.code("4E00000001") == "4E00000001"


@given(st.decimals(min_value=-900, max_value=900, places=2), st.sampled_from(["", "'", "\xa0", "　"]))
def test_every_number_survives_its_ways_of_writing(value: Decimal, before: str) -> None:
    assert tables.number(f"{before}{value}") == tables.number(f"{value}".replace(".", ",")) == value


@given(st.datetimes(MOMENTS[0], MOMENTS[1]))
def test_every_moment_survives_a_spreadsheet(at: datetime) -> None:
    at = at.replace(microsecond=0, tzinfo=tables.BEIJING)
    since = at - datetime(1899, 12, 30, tzinfo=tables.BEIJING)
    serial = since.days + since.seconds / 86400
    assert tables.moment(f"{serial:.9f}") == tables.moment(at.strftime("%Y/%m/%d %H:%M:%S")) == at
