"""What is written can be filled in, opened without harm, and read again as it was."""

import csv
import io
import zipfile
from contextlib import suppress
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from anlan.registers.books import errors, writing
from anlan.registers.books.heads import Head
from anlan.registers.books.reading import read
from anlan.registers.books.writing import csv_lines, errors_book, template, write_csv, write_xlsx
from tests.support.books import HEADS, HOLDERS

ROW = {
    "code": "0099000001", "name": "=1+1", "people": "1234", "area": "12.5", "since": "2026-07-01",
    "seen": "2026-07-01 08:30", "phone": "13800000001", "kept": "是", "kind": "水库",
}  # fmt: skip


def xlsx(rows: list[dict[str, str]], heads: list[Head] = HEADS) -> bytes:
    out = io.BytesIO()
    assert write_xlsx(out, "名册", heads, rows) == len(rows)
    return out.getvalue()


def part(data: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        return "".join(parts.read(each).decode() for each in parts.namelist() if each.startswith(name))


def test_a_template_is_empty_until_somebody_fills_it_in() -> None:
    with pytest.raises(errors.NothingIn):
        read(template("责任人", HOLDERS, [{"village": "双利村"}]), "x", HOLDERS)


def test_a_template_marks_what_is_required_and_explains_itself() -> None:
    data = template("塘坝/水库", HEADS, [ROW])
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    assert book.sheet_names == ["塘坝 水库", "填写说明"]
    assert book.get_sheet_by_index(0).to_python()[0][:3] == ["编码 *", "名称 *", "人口（人）"]
    told = ["".join(map(str, row)) for row in book.get_sheet_by_index(1).to_python()]
    assert any("县里的编码" in line for line in told)
    assert any("0099000001" in line for line in told)


def test_a_template_keeps_zeros_offers_choices_and_holds_its_head() -> None:
    data = template("塘坝", HEADS)
    sheet = part(data, "xl/worksheets/sheet1")
    assert 'state="frozen"' in sheet
    assert '"水库,塘坝,堤防"' in sheet
    assert '"是,否"' in sheet
    assert 'numFmtId="49"' in part(data, "xl/styles")  # text
    assert "县里的编码" in part(data, "xl/comments")


def test_a_long_list_of_choices_stands_on_a_sheet_that_nobody_sees() -> None:
    many = tuple(f"第{n}种，很长的一个名字" for n in range(300))
    data = template(
        "塘坝", [Head(name="kind", word="类型", choices=many), Head(name="a", word="甲", choices=("一,二",))]
    )
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    assert [str(each.visible).rsplit(".")[-1] for each in book.sheets_metadata] == [
        "Visible",
        "Hidden",
        "Visible",
    ]
    sheet = part(data, "xl/worksheets/sheet1")
    assert "选项!$A$1:$A$300" in sheet
    assert "选项!$B$1:$B$1" in sheet


def test_an_export_is_read_again_as_it_was_and_its_total_left_out() -> None:
    for data in (xlsx([ROW, {**ROW, "code": "2"}]), b"".join(csv_lines(HEADS, [ROW, {**ROW, "code": "2"}]))):
        table = read(data, "x", HEADS)
        assert [row.cells for row in table.rows] == [ROW, {**ROW, "code": "2"}]
        assert len(table.skipped) == 1
        assert not table.wrong


def test_a_total_says_how_many_rows_there_are() -> None:
    assert b"".join(csv_lines(HOLDERS, [])).decode("utf-8-sig").splitlines()[-1] == "合计,共 0 行,"[:-1]
    rows = CalamineWorkbook.from_filelike(io.BytesIO(xlsx([ROW]))).get_sheet_by_index(0).to_python()
    assert rows[-1][:2] == ["合计", "共 1 行"]


@pytest.mark.parametrize("text", ["=1+1", "+cmd|x", "-2+3", "@SUM(A1)", "\t=1", "＝1+1", "+86 138-0000-0001"])
def test_no_cell_of_a_csv_is_a_formula(text: str) -> None:
    line = b"".join(
        csv_lines([Head(name="a", word="甲"), Head(name="b", word="乙")], [{"a": "1", "b": text}])
    )
    assert list(csv.reader(io.StringIO(line.decode("utf-8-sig"))))[1][1] == f"'{text}"


@pytest.mark.parametrize("text", ["-12.5", "+8613800000001", "13800000001", "0722-3312345"])
def test_numbers_and_telephones_stand_in_a_csv_as_they_are(text: str) -> None:
    line = b"".join(csv_lines([Head(name="a", word="甲")], [{"a": text}]))
    assert line.decode("utf-8-sig").splitlines()[1] == text


def test_no_cell_of_a_book_is_a_formula_or_a_link() -> None:
    sheet = part(
        xlsx([{**ROW, "name": "=HYPERLINK(1)"}, {**ROW, "name": "https://x.example"}]), "xl/worksheets"
    )
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet


def test_more_rows_than_a_sheet_holds_go_on_in_the_next_part(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(writing, "PART", 2)
    rows = [{**ROW, "code": str(n)} for n in range(4)]
    book = CalamineWorkbook.from_filelike(io.BytesIO(xlsx([*rows, ROW])))
    assert book.sheet_names == ["名册", "名册 2", "名册 3"]
    assert book.get_sheet_by_index(2).to_python()[-1][:2] == ["合计", "共 5 行"]
    assert CalamineWorkbook.from_filelike(io.BytesIO(xlsx(rows))).sheet_names == ["名册", "名册 2"]
    files = write_csv(tmp_path / "名册.csv", HEADS, [*rows, ROW])
    assert [path.name for path in files] == ["名册.csv", "名册-2.csv", "名册-3.csv"]
    assert [len(read(path.read_bytes(), path.name, HEADS).rows) for path in files] == [2, 2, 1]
    assert write_csv(tmp_path / "leer.csv", HEADS, []) == [tmp_path / "leer.csv"]


def test_rows_not_taken_come_back_in_the_templates_form_with_the_reason_and_are_read_again() -> None:
    bad = {**ROW, "phone": "1380000001", "people": "约 12"}
    data = errors_book(
        "塘坝", HEADS, [bad, ROW], [{"phone": "手机号应是 11 位", "": "与第 3 行是同一条"}, {"code": "没有"}]
    )
    lines = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0).to_python()
    assert lines[0][-1] == "原因"
    assert lines[1][-1] == "电话：手机号应是 11 位；与第 3 行是同一条"
    table = read(data, "x", HEADS)
    assert [row.cells for row in table.rows] == [bad, ROW]
    assert not table.unknown
    assert '"水库,塘坝,堤防"' in part(data, "xl/worksheets/sheet1")


NAMES = st.text(
    st.one_of(
        st.sampled_from("王大山𠮷㙟·=+-@'\"，,;（）\n一二"),
        st.characters(codec="utf-8", exclude_categories=["C", "Z"]),
    ),
    min_size=1,
    max_size=28,
)
FILLED = st.fixed_dictionaries(
    {
        "code": st.from_regex(r"[0-9]{1,15}", fullmatch=True),
        "name": NAMES,
        "people": st.integers(0, 10**14).map(str),
        "area": st.decimals(-(10**6), 10**6, places=3).map(lambda n: f"{n.normalize():f}"),
        "since": st.dates().map(str),
        "seen": st.datetimes(min_value=datetime(1950, 1, 1)).map(  # noqa: DTZ001
            lambda at: f"{at:%Y-%m-%d %H:%M}"
        ),
        "phone": st.from_regex(r"1[0-9]{10}(、1[0-9]{10})?", fullmatch=True),
        "kept": st.sampled_from(["是", "否"]),
        "kind": st.sampled_from(["水库", "塘坝", "堤防"]),
    }
)


@settings(max_examples=60, deadline=None)
@given(st.lists(FILLED, min_size=1, max_size=4, unique_by=lambda row: row["code"]))
def test_a_filled_template_and_every_export_give_the_same_values_again(rows: list[dict[str, str]]) -> None:
    from anlan.registers.books.cells import plain

    for row in rows:
        row["name"] = plain(row["name"]) or "名"
    for data in (
        errors_book("表", HEADS, rows, [{}] * len(rows)),
        xlsx(rows),
        b"".join(csv_lines(HEADS, rows)),
    ):
        assert [row.cells for row in read(data, "x", HEADS).rows] == rows


@settings(max_examples=150, deadline=None)
@given(
    st.binary(max_size=2000),
    st.sampled_from([b"", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"\xff\xfe", b"\xef\xbb\xbf"]),
)
def test_any_bytes_are_a_table_or_our_error(data: bytes, start: bytes) -> None:
    with pytest.raises(errors.BookError):
        read(start + data, "x.xlsx", HEADS)


BROKEN = xlsx([ROW])


@settings(max_examples=150, deadline=None)
@given(st.integers(0, len(BROKEN) - 1), st.binary(min_size=1, max_size=8), st.integers(0, 8))
def test_a_broken_book_is_read_or_is_our_error(at: int, put: bytes, cut: int) -> None:
    with suppress(errors.BookError):
        read(BROKEN[:at] + put + BROKEN[at + cut :], "x.xlsx", HEADS)
