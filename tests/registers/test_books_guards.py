"""Files that would harm, or that are something else than their name says, are known before they are unfolded."""

import io
import random
import struct
import zipfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.registers.books import bounds, errors
from anlan.registers.books.heads import Head
from anlan.registers.books.reading import read
from tests.support.books import HOLDERS, book, ods

HERE = Path(__file__).with_name("books")
INPUTS = Path(__file__).parents[3] / "shared/vectors/inputs"
XLS = (HERE / "holders.xls").read_bytes()
LINES = [["村", "姓名", "手机"], ["双利村", "王大山", "13800000001"]]
PLAIN = book(LINES)
SHEET = "xl/worksheets/sheet1.xml"


def refused(data: bytes, kind: type[errors.BookError]) -> None:
    with pytest.raises(errors.BookError) as caught:
        read(data, "x.xlsx", HOLDERS)
    assert type(caught.value) is kind


def with_part(name: str, text: str | bytes | Callable[[str], str], data: bytes = PLAIN) -> bytes:
    """The book with another part, or one changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
        new.writestr(name, text(old.read(name).decode()) if callable(text) else text)
    return out.getvalue()


def with_rows(more: str) -> bytes:
    return with_part(SHEET, lambda xml: xml.replace("</sheetData>", f"{more}</sheetData>"))


def test_an_old_excel_file_is_read_with_its_merged_cells_numbers_and_days() -> None:
    heads = [
        *HOLDERS,
        Head(name="station", word="站码", kind="code"),
        Head(name="on", word="日期", kind="day"),
    ]
    table = read(XLS, "责任人.xls", heads)
    assert [list(row.cells.values()) for row in table.rows] == [
        ["双利村", "王大山", "13800000001", "429981001", "2026-07-01"],
        ["双利村", "李𠮷", "13800000002", "99000001", "2026-07-01"],
    ]
    assert [row.number for row in table.rows] == [3, 4]


def test_an_open_document_is_read() -> None:
    table = read(ods([*LINES, ["河口村", "李", "13800000002"]]), "x.ods", HOLDERS)
    assert [row.cells["village"] for row in table.rows] == ["双利村", "河口村"]


def test_a_file_is_what_its_bytes_say_and_not_its_name() -> None:
    assert len(read(PLAIN, "x.csv", HOLDERS).rows) == len(read(XLS, "x.txt", HOLDERS[:2]).rows) - 1 == 1


def test_a_password_is_told() -> None:
    refused((HERE / "locked.xlsx").read_bytes(), errors.Locked)
    at = XLS.index(b"\x09\x08\x10\x00") + 20  # after the first record, the beginning of the book
    refused(XLS[:at] + struct.pack("<HHH", 0x2F, 2, 0) + XLS[at + 6 :], errors.Locked)


def test_a_book_with_programs_is_not_taken() -> None:
    refused(with_part("xl/vbaProject.bin", b"x"), errors.WithMacros)


@pytest.mark.parametrize(
    "start",
    ["<html><table>", "\ufeff<!DOCTYPE html>", '<?xml version="1.0"?><Workbook>', "MIME-Version: 1.0"],
)
def test_a_web_page_named_like_a_book_is_told(start: str) -> None:
    refused(f"{start}<tr><td>村</td></tr>".encode(), errors.OldPage)


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7\n\x00",
        b"\x89PNG\r\n\x1a\n\x00\x00",
        b"PK\x05\x06" + b"\0" * 18,
        with_part("xl/workbook.xml", ""),
    ],
)
def test_what_is_no_table_is_told(data: bytes) -> None:
    refused(data, errors.NoTable)


def test_a_text_document_is_no_table() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("word/document.xml", "<w/>")
    refused(out.getvalue(), errors.NoTable)


def test_a_zip_bomb_is_not_unfolded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MOST_UNFOLDED", 5 << 20)
    refused(with_rows("<row><c><v>1</v></c></row>" * 300_000), errors.TooBig)
    refused(
        with_part("xl/sharedStrings.xml", b"<sst>" + b"<si><t>a</t></si>" * 400_000 + b"</sst>"),
        errors.TooBig,
    )


def test_a_part_that_says_it_is_short_is_not_believed() -> None:
    """Else the look would end early, and the library would unfold the rest."""
    size = struct.pack("<I", len(zipfile.ZipFile(io.BytesIO(PLAIN)).read(SHEET)))
    at = PLAIN.rindex(size)
    refused(PLAIN[:at] + struct.pack("<I", 100) + PLAIN[at + 4 :], errors.NoTable)


@pytest.mark.parametrize(
    "row",
    [
        '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        "<row r='1048576'><c t='n' r = 'XFD1048576' ><v>1</v></c></row>",
        '<x:row r="1048576"><x:c s="1" r="xfd1048576"><x:v>1</x:v></x:c></x:row>',
        '<row r="3"><c r="XFD3"><v>1</v></c></row><row r="1048576"><c><v>1</v></c></row>',
        f'<row r="3">{"<c><v>1</v></c>" * 16000}</row><row r="1048576"><c r="A1048576"><v>1</v></c></row>',
        '<row r="3"><c r="A1048576"><v>1</v></c><c r="XFD3"><v>1</v></c></row>',
    ],
)
def test_two_cells_in_far_corners_do_not_take_all_memory(row: str) -> None:
    refused(with_rows(row), errors.TooBig)


def test_room_is_not_made_for_as_many_as_a_file_says_it_has() -> None:
    refused(
        with_part("xl/sharedStrings.xml", lambda xml: xml.replace('uniqueCount="', 'uniqueCount="42949672')),
        errors.TooBig,
    )
    refused(b"," * (bounds.MOST_CELLS + 1), errors.TooBig)


@pytest.mark.parametrize("end", ["</table:table>", "</table:table-row>", "</office:spreadsheet>"])
def test_a_document_that_breaks_off_does_not_keep_us_waiting(end: str) -> None:
    refused(with_part("content.xml", lambda xml: xml.replace(end, "", 1), ods(LINES)), errors.NoTable)


def test_rows_that_are_no_entries_have_a_limit_too() -> None:
    refused(ods([*LINES, LINES[0]], rows=300_000), errors.TooManyRows)


def test_forms_of_empty_cells_far_out_do_no_harm() -> None:
    assert len(read(with_rows('<row r="1048576"><c r="XFD1048576" s="1"/></row>'), "x", HOLDERS).rows) == 1


@pytest.mark.parametrize(("rows", "cells"), [(1_000_000_000, 1), (1_000_000, 16_000), (1, 1_000_000_000)])
def test_repeats_of_an_open_document_do_not_take_all_memory(rows: int, cells: int) -> None:
    refused(ods(LINES, rows=rows, cells=cells), errors.TooBig)


def test_empty_repeats_at_the_end_of_an_open_document_do_no_harm() -> None:
    assert len(read(ods(LINES, empty=1_000_000), "x", HOLDERS).rows) == 1


def test_an_old_excel_file_with_far_corners_is_refused() -> None:
    at = XLS.index(struct.pack("<HHHH", 0xFD, 10, 1, 0)) + 4  # a text in the second row
    refused(XLS[:at] + struct.pack("<HH", 65_535, 65_535) + XLS[at + 4 :], errors.TooBig)
    at = XLS.index(struct.pack("<HH", 0x200, 14)) + 4  # how large it says it is
    for said in ((0, 2**31, 0, 2**15), (256, 0, 0, 0), (0, 1, 256, 0)):
        refused(XLS[:at] + struct.pack("<IIHH", *said) + XLS[at + 12 :], errors.TooBig)


def test_chains_that_bite_their_tail_end() -> None:
    first = struct.unpack_from("<I", XLS, 48)[0]
    fat = (struct.unpack_from("<I", XLS, 76)[0] + 1) * 512
    refused(XLS[: fat + 4 * first] + struct.pack("<I", first) + XLS[fat + 4 * first + 4 :], errors.NoTable)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from([XLS, PLAIN, ods(LINES)]), st.integers(0, 2**32), st.integers(1, 6))
def test_a_file_with_changed_bytes_is_read_or_is_our_error(data: bytes, seed: int, times: int) -> None:
    dice, changed = random.Random(seed), bytearray(data)
    for _ in range(times):
        changed[dice.randrange(len(data))] = dice.choice([0, 1, 0x7F, 0xFF, dice.randrange(256)])
    with suppress(errors.BookError):
        read(bytes(changed), "x", HOLDERS)


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 4))
def test_a_sheet_with_changed_marks_is_read_or_is_our_error(seed: int, times: int) -> None:
    """The zip is whole, what is in it is not."""
    dice = random.Random(seed)

    def spoilt(xml: str) -> str:
        for _ in range(times):
            at = dice.randrange(len(xml))
            xml = (
                xml[:at]
                + dice.choice(["<", ">", '"', "9", "ZZ", "", "</row>", '<c r="A0">', "&#0;"])
                + xml[at + dice.randrange(3) :]
            )
        return xml

    with suppress(errors.BookError):
        read(
            with_part(
                dice.choice([SHEET, "xl/sharedStrings.xml", "xl/workbook.xml", "xl/styles.xml"]), spoilt
            ),
            "x",
            HOLDERS,
        )


STATIONS = [
    Head(
        name="station",
        word="测站",
        required=True,
        key=True,
        kind="code",
        aliases=("站码", "测站编码"),
        width=10,
    ),
    Head(name="code", word="要素", required=True, kind="code"),
    Head(name="at", word="时间", required=True, key=True, kind="moment", aliases=("观测时间",)),
    Head(name="value", word="数值", required=True, kind="decimal", aliases=("值",)),
]


@pytest.mark.parametrize(
    ("name", "first"),
    [
        ("csv01_gbk_excel", ["0099000001", "22", "2021-08-12 03:00", "30.0"]),
        ("csv02_bom_trailing", ["0099000001", "22", "2021-08-12 03:00", "30.0"]),
        ("csv04_fullwidth", ["0099000001", "22", "2021-08-12 03:00", "30.0"]),
        ("csv05_thousand", ["0099000001", "26", "2021-08-12 03:00", "1234.5"]),
        ("csv06_lost_zero", ["0099000001", "22", "2021-08-12 03:00", "30.0"]),
        ("csv07_excel_serial", ["0099000001", "22", "2021-08-12 03:00", "30.0"]),
        ("csv08_24h", ["0099000001", "22", "2021-08-13 00:00", "30.0"]),
        ("csv10_utf16", ["0099000001", "22", "2021-08-12 03:00", "30.0"]),
        ("csv11_z_and_offset", ["0099000001", "22", "2021-08-12 03:00", "30.0"]),
        ("csv13_quoted_newline", ["0099000001", "22", "2021-08-12 03:00", "30.0"]),
        ("csv14_date_only", ["0099000001", "1F", "2021-08-12", "130.0"]),
        ("csv16_title_row", ["0099000001", "22", "2021-08-12 03:00", "30.0"]),
        ("csv17_spaces_nbsp", ["0099000001", "22", "2021-08-12 03:00", "30.0"]),
        ("csv19_apostrophe", ["0099000001", "22", "2021-08-12 03:00", "30.0"]),
        ("csv20_sep_line", ["0099000001", "22", "2021-08-12 03:00", "30.0"]),
    ],
)
def test_files_as_offices_send_them_are_read(name: str, first: list[str]) -> None:
    if not INPUTS.exists():
        pytest.skip("the shared vectors are not beside this checkout (../shared/vectors/inputs)")
    table = read((INPUTS / f"{name}.csv").read_bytes(), name, STATIONS)
    assert list(table.rows[0].cells.values()) == first
