"""Tables as counties keep them are read; what cannot be read says what to do next."""

import io
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

import pytest
import xlsxwriter

from anlan.registers.books import errors
from anlan.registers.books.heads import Head
from anlan.registers.books.reading import Table, read, whose
from tests.support.books import HEADS, HOLDERS, book, csv_of

GOOD = [["双利村", "王大山", "13800000001"], ["河口村", "李𠮷", "13800000002"]]
TITLES = [head.word for head in HOLDERS]


def rows(table: Table) -> list[list[str]]:
    return [list(row.cells.values()) for row in table.rows]


def refused(data: bytes, kind: type[errors.BookError], heads: Sequence[Head] = HOLDERS) -> str:
    with pytest.raises(kind) as caught:
        read(data, "x", heads)
    assert type(caught.value) is kind
    return caught.value.said("zh")


def test_a_plain_book_gives_its_rows_with_the_numbers_that_excel_shows() -> None:
    table = read(book([TITLES, *GOOD]), "责任人.xlsx", HOLDERS)
    assert rows(table) == GOOD
    assert [row.number for row in table.rows] == [2, 3]
    assert table.sheet == "表"
    assert not table.unknown + table.others
    assert not table.skipped + table.wrong


def test_titles_above_an_empty_edge_and_the_order_of_columns_do_not_matter() -> None:
    table = read(
        book(
            [
                ["2026 年责任人一览表"],
                [],
                ["", "手机", "备用", "村", "姓名"],
                ["", "13800000001", "x", "双利村", "王"],
            ]
        ),
        "x",
        HOLDERS,
    )
    assert table.rows[0].cells == {"village": "双利村", "person": "王", "phone": "13800000001"}
    assert table.rows[0].number == 4
    assert table.unknown == ("备用",)


@pytest.mark.parametrize(
    "words",
    [
        ["村 *", "姓名*", "手机\n（必填）"],
        ["village", "person", "phone"],
        ["行 政 村", "姓　名", "联系电话："],
        ["＊村", "姓名（户主）", "手 机"],
    ],
)
def test_heads_are_known_by_word_name_or_alias_whatever_marks_they_bear(words: list[str]) -> None:
    assert rows(read(book([words, *GOOD]), "x", HOLDERS)) == GOOD


def test_a_head_that_spans_two_columns_is_read_with_the_one_below() -> None:
    heads = [["序号", "村", "责任人", "", ""], ["", "", "姓名", "手机", "职务"]]

    def merged(sheet: Any) -> None:
        sheet.merge_range(0, 1, 1, 1, "村")
        sheet.merge_range(0, 2, 0, 4, "责任人")

    table = read(book([*heads, ["1", *GOOD[0], "主任"], ["2", *GOOD[1], ""]], merged), "x", HOLDERS)
    assert rows(table) == GOOD
    assert [row.number for row in table.rows] == [3, 4]
    assert table.unknown == ("职务",)


def test_two_people_in_one_row_are_told_apart_by_the_head_above_them() -> None:
    heads = [
        Head(name="leader", word="责任人姓名", required=True),
        Head(name="watcher", word="监测人姓名", required=True),
    ]
    table = read(
        book([["责任人", "", "监测人", ""], ["姓名", "手机", "姓名", "手机"], ["甲", "1", "乙", "2"]]),
        "x",
        heads,
    )
    assert rows(table) == [["甲", "乙"]]


def test_a_cell_merged_over_several_rows_counts_for_each_of_them() -> None:
    lines = [
        TITLES,
        ["双利村", "甲", "1"],
        ["", "乙", "2"],
        ["", "丙", "3"],
        ["河口村", "丁", "4"],
        ["", "", ""],
    ]
    table = read(book(lines, lambda sheet: sheet.merge_range(1, 0, 3, 0, "双利村")), "x", HOLDERS)
    assert [line[0] for line in rows(table)] == ["双利村"] * 3 + ["河口村"]


def test_an_empty_cell_that_is_not_merged_stays_empty() -> None:
    assert rows(read(book([TITLES, ["双利村", "甲", "1"], ["", "乙", "2"]]), "x", HOLDERS))[1] == [
        "",
        "乙",
        "2",
    ]


def test_totals_foot_notes_empty_rows_and_the_heads_once_more_are_told_and_left_out() -> None:
    lines = [
        TITLES,
        GOOD[0],
        [],
        TITLES,
        GOOD[1],
        ["合　计", "2", ""],
        ["填表人：张", "", "审核人：李"],
        ["", " ", ""],
    ]
    table = read(book(lines), "x", HOLDERS)
    assert rows(table) == GOOD
    assert [(told.number, told.text.zh) for told in table.skipped] == [
        (4, "又一遍表头，没有读"),
        (6, "合计行，没有读"),
        (7, "表尾的说明，没有读"),
    ]


def test_a_village_whose_name_begins_like_a_total_is_an_entry() -> None:
    assert len(read(book([TITLES, ["合计坡村", "甲", "1"], ["总口村", "乙", "2"]]), "x", HOLDERS).rows) == 2


def test_one_key_twice_is_told_with_both_rows() -> None:
    table = read(book([TITLES, *GOOD, GOOD[0]]), "x", HOLDERS)
    assert [(told.number, told.text.zh) for told in table.wrong] == [(4, "与第 2 行是同一条：只留一行")]


def test_the_sheet_whose_heads_match_is_read_and_hidden_ones_are_not() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as made:
        hidden = made.add_worksheet("旧")
        for name, lines in {
            "说明": [["怎样填", "……"]],
            "名册": [TITLES, GOOD[0]],
            "西片": [TITLES, GOOD[1]],
        }.items():
            sheet = made.add_worksheet(name)
            for at, line in enumerate(lines):
                sheet.write_row(at, 0, line)
        hidden.write_row(0, 0, [*TITLES, "职务"])
        hidden.write_row(1, 0, ["旧村", "旧人", "1"])
        made.worksheets()[1].activate()
        hidden.hide()
    table = read(out.getvalue(), "x", HOLDERS)
    assert (table.sheet, rows(table)) == ("名册", [GOOD[0]])
    assert table.others == ("西片",)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("mark", [",", ";", "\t"])
def test_csv_is_read_in_every_encoding_and_with_every_mark(encoding: str, mark: str) -> None:
    good = GOOD if encoding != "gbk" else GOOD[:1]
    text = "\r\n".join(mark.join(line) for line in [["责任人名册", "", ""], TITLES, [], *good])
    table = read(text.encode(encoding), "x.csv", HOLDERS)
    assert rows(table) == good
    assert [row.number for row in table.rows] == [4, 5]


def test_a_row_of_a_csv_with_a_cell_too_many_is_told() -> None:
    table = read(csv_of([TITLES, ["双利村", "甲", "1", "", ""], ["双,利村", "乙", "1", "x"]]), "x", HOLDERS)
    assert [told.number for told in table.wrong] == [3]


def test_days_of_both_calendars_are_days(tmp_path: Any) -> None:
    heads = [Head(name="day", word="日期", kind="day"), Head(name="serial", word="序列", kind="day")]
    for since_1904, serial in ((False, 46204), (True, 44742)):
        out = io.BytesIO()
        with xlsxwriter.Workbook(out, {"date_1904": since_1904}) as made:
            sheet = made.add_worksheet("表")
            sheet.write_row(0, 0, ["日期", "序列"])
            sheet.write_datetime(1, 0, datetime(2026, 7, 1), made.add_format({"num_format": "yyyy/m/d"}))  # noqa: DTZ001
            sheet.write_number(1, 1, serial)
        assert rows(read(out.getvalue(), "x", heads)) == [["2026-07-01", "2026-07-01"]]


@pytest.mark.parametrize(
    ("kind", "written", "said"),
    [
        ("day", "2026年7月1日", "2026-07-01"),
        ("day", "2026/7/1", "2026-07-01"),
        ("day", "20260701", "2026-07-01"),
        ("day", 20260701.0, "2026-07-01"),
        ("day", "２０２６．７．１", "2026-07-01"),
        ("day", "2026/7/1 8:30", "2026-07-01"),
        ("day", date(1975, 3, 2), "1975-03-02"),
        ("day", "去年", "去年"),
        ("moment", "2026/7/1 8:30", "2026-07-01 08:30"),
        ("moment", "2026年7月1日8时30分", "2026-07-01 08:30"),
        ("moment", "2026-07-01T00:30:05Z", "2026-07-01 08:30:05"),
        ("moment", datetime(2026, 7, 1, 8, 30), "2026-07-01 08:30"),  # noqa: DTZ001
        ("moment", "2026-07-01", "2026-07-01"),
        ("whole", "１，２３４", "1234"),
        ("whole", "1,234,567", "1234567"),
        ("whole", 12.0, "12"),
        ("whole", "12.0", "12"),
        ("whole", "约 12", "约 12"),
        ("decimal", 0.1 + 0.2, "0.3"),
        ("decimal", "1,234.50", "1234.50"),
        ("decimal", -0.00001, "-0.00001"),
        ("decimal", "−3.5", "-3.5"),
        ("code", 429981001.0, "429981001"),
        ("code", 429981000000.0, "429981000000"),
        ("code", "429981001.0", "429981001"),
        ("code", "4.29981001E+8", "429981001"),
        ("code", "4.29981E+11", "4.29981E+11"),
        ("code", 429981199001011234.0, "4.29981199001011E+17"),
        ("code", "'0099000001", "0099000001"),
        ("phone", 13800000001.0, "13800000001"),
        ("phone", "+86 138-0000-0001", "13800000001"),
        ("phone", "008613800000001", "13800000001"),
        ("phone", "138 0000 0001", "13800000001"),
        ("phone", "13800000001/13800000002", "13800000001、13800000002"),
        ("phone", "13800000001 13800000002", "13800000001、13800000002"),
        ("phone", "13800000001\n0722-3312345", "13800000001、0722-3312345"),
        ("phone", "（0722）3312345", "0722-3312345"),
        ("phone", "1380000001", "1380000001"),
        ("phone", "无", "无"),
        ("flag", True, "是"),
        ("flag", "√", "是"),
        ("flag", 0.0, "否"),
        ("flag", "也许", "也许"),
        ("text", "　王\u00a0大山\u200b ", "王 大山"),
        ("text", "㙟𠮷·买买提", "㙟𠮷·买买提"),
        ("text", "东街（北）１２号，院内", "东街（北）12号，院内"),
        ("text", 3.0, "3"),
        ("text", "第一行\r\n第二行", "第一行\n第二行"),
    ],
)
def test_a_cell_is_put_into_the_one_form_of_its_kind(kind: str, written: Any, said: str) -> None:
    heads = [Head(name="key", word="号"), Head(name="value", word="值", kind=kind)]
    assert rows(read(book([["号", "值"], ["1", written]]), "x", heads)) == [["1", said]]


def test_zeros_that_excel_ate_come_back_where_the_width_is_known() -> None:
    heads = [Head(name="code", word="站码", kind="code", width=10)]
    lines = [["站码"], [99000001.0], ["99000001"], [5.0], ["0099000001"], ["九号"]]
    assert rows(read(book(lines), "x", heads)) == [
        ["0099000001"], ["0099000001"], ["5"], ["0099000001"], ["九号"],
    ]  # fmt: skip


def test_a_file_of_another_register_says_which_heads_it_has() -> None:
    said = refused(book([["水库", "库容", "坝高"], ["一", "2", "3"]]), errors.OtherBook)
    assert "水库、库容、坝高" in said
    assert "村、姓名、手机" in said


def test_missing_and_doubled_heads_are_named() -> None:
    assert "手机" in refused(book([["村", "姓名"], ["双利村", "王"]]), errors.HeadsMissing)
    assert "姓名" in refused(
        book([["村", "姓名", "手机", "姓名"], ["双利村", "王", "1", "李"]]), errors.HeadsDoubled
    )


@pytest.mark.parametrize(
    "made", [lambda: book([TITLES]), lambda: book([]), lambda: b"", lambda: csv_of([TITLES, ["", "", ""]])]
)
def test_heads_alone_are_told(made: Callable[[], bytes]) -> None:
    refused(made(), errors.NothingIn)


def test_more_rows_than_allowed_are_refused_with_the_number() -> None:
    with pytest.raises(errors.TooManyRows) as caught:
        read(book([TITLES, *GOOD]), "x", HOLDERS, most_rows=1)
    assert "1" in caught.value.said("zh")


def test_a_file_is_matched_to_the_register_whose_heads_it_has() -> None:
    books = {"sites": HEADS, "holders": HOLDERS, "people": HOLDERS[:2], "none": [Head(name="x", word="无")]}
    assert whose(book([["名册"], [*TITLES, "x"]]), books) == ["holders", "people", "none"]
    assert whose(book([["甲", "乙"]]), books) == []


def test_a_dash_that_empties_a_cell_stays_a_dash_in_every_kind() -> None:
    table = read(book([[head.word for head in HEADS], ["—"] * len(HEADS)]), "x", HEADS)
    assert set(table.rows[0].cells.values()) == {"—"}


def test_every_error_says_what_to_do_in_both_languages() -> None:
    for error in (
        errors.NoTable(),
        errors.Locked(),
        errors.WithMacros(),
        errors.TooBig(),
        errors.TooManyRows(3),
    ):
        assert error.said("zh") != error.said("en")
        assert error.status == 422


def test_reasons_and_serial_numbers_are_no_unknown_heads() -> None:
    assert read(book([["序号", *TITLES, "原因"], ["1", *GOOD[0], "错"]]), "x", HOLDERS).unknown == ()


def test_all_kinds_are_read() -> None:
    assert {head.kind for head in HEADS} == {
        "text",
        "whole",
        "decimal",
        "day",
        "moment",
        "code",
        "phone",
        "flag",
    }
