"""写表: templates to fill in, exports of any length, and the rows that were not taken, to be mended and sent again."""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice, zip_longest
from pathlib import Path
from typing import IO, Any, Final

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_col_to_name
from xlsxwriter.worksheet import Worksheet

from anlan.registers.books.cells import number
from anlan.registers.books.heads import REASON, Head
from anlan.wire.tables import harmless

PART: Final = 1_000_000
FILLED: Final = 20_000
"""Rows of a template that have drop-downs."""
AS_TEXT: Final = 49  # the form "@" by its number, as Excel itself writes it
TOTAL: Final = "合计"
HELP: Final = "填写说明"
LISTS: Final = "选项"
_INLINE: Final = 255  # characters of a drop-down that stands in the cell itself
_OPTIONS: Final = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
_FORMS: Final = {"whole": "0", "decimal": "General", "day": "yyyy-mm-dd", "moment": "yyyy-mm-dd hh:mm"}
_KINDS: Final = {
    "text": "文字",
    "whole": "整数",
    "decimal": "数",
    "day": "日期，如 2026-07-01",
    "moment": "时间，如 2026-07-01 08:30",
    "code": "编码，按文字填，开头的 0 不能少",
    "phone": "电话，手机 11 位或区号-号码；几个号码用顿号隔开",
    "flag": "是或否",
}
Values = Mapping[str, Any]


def template(title: str, heads: Sequence[Head], examples: Sequence[Values] = ()) -> bytes:
    """A book to fill in: heads with marks, notes and drop-downs; how to fill it in, with examples, on a second sheet."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        _Form(book, title, heads).close(examples)
    return out.getvalue()


def errors_book(
    title: str,
    heads: Sequence[Head],
    rows: Iterable[Values],
    reasons: Iterable[Mapping[str, str]],
) -> bytes:
    """The rows that were not taken in the template's own form, each with why in a last column, which reading leaves out.

    Args:
        rows: cells by the names of their heads.
        reasons: for each row, the reason by the name of its column, "" for the row as a whole: in the reader's language.
    """
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, _OPTIONS) as book:
        form = _Form(book, title, heads)
        words = {head.name: head.word for head in heads}
        wrong = book.add_format(
            {"bg_color": "#FDDCD6", "border": 1, "border_color": "#C9190B", "num_format": AS_TEXT}
        )
        red = book.add_format({"font_color": "#C9190B", "text_wrap": True})
        form.sheet.write_string(0, len(heads), REASON, red)
        form.sheet.set_column(len(heads), len(heads), 60, red)
        for at, (row, why) in enumerate(zip(rows, reasons, strict=True), 1):
            for n, head in enumerate(heads):
                _put(form.sheet, at, n, head, row.get(head.name), wrong if head.name in why else None)
            told = "；".join(
                f"{words[name]}：{text}" if name in words else text for name, text in why.items()
            )
            form.sheet.write_string(at, len(heads), told, red)
        form.close()
    return out.getvalue()


def write_xlsx(target: IO[bytes] | Path, title: str, heads: Sequence[Head], rows: Iterable[Values]) -> int:
    """An export in constant memory: a sheet for every million rows, a last line with their number. Returns it."""
    count, left = 0, iter(rows)
    with xlsxwriter.Workbook(target, _OPTIONS) as book:
        bold = book.add_format({"bold": True})
        part, following = 1, next(left, None)
        while following is not None or part == 1:
            sheet = book.add_worksheet(_sheet_name(title, part))
            for n, head in enumerate(heads):
                sheet.set_column(n, n, _wide(head))
                sheet.write_string(0, n, head.word, bold)
            sheet.freeze_panes(1, 0)
            at = 0
            for at, row in enumerate(islice(_with(following, left), PART), 1):
                for n, head in enumerate(heads):
                    _put(sheet, at, n, head, row.get(head.name))
            count += at
            following, part = next(left, None), part + 1
        for n, text in enumerate(_total(heads, count)):
            sheet.write_string(at + 1, n, text, bold)
    return count


def csv_lines(heads: Sequence[Head], rows: Iterable[Values]) -> Iterator[bytes]:
    """An export as CSV line by line, for spreadsheets: UTF-8 with its mark, a last line with the number of rows."""
    count = 0
    yield b"\xef\xbb\xbf" + _line([head.word for head in heads])
    for row in rows:
        yield _line([_text(row.get(head.name)) for head in heads])
        count += 1
    yield _line(_total(heads, count))


def write_csv(path: Path, heads: Sequence[Head], rows: Iterable[Values]) -> list[Path]:
    """An export as CSV files of a million rows at most: `path`, then -2, -3 …; returns those that were written."""
    written: list[Path] = []
    left = iter(rows)
    following = next(left, None)
    while following is not None or not written:
        part = path.with_stem(f"{path.stem}-{len(written) + 1}") if written else path
        with part.open("wb") as out:
            out.writelines(csv_lines(heads, islice(_with(following, left), PART)))
        written.append(part)
        following = next(left, None)
    return written


def _with(first: Values | None, others: Iterator[Values]) -> Iterator[Values]:
    return chain(() if first is None else (first,), others)


class _Form:
    """The sheet that people fill in."""

    def __init__(self, book: xlsxwriter.Workbook, title: str, heads: Sequence[Head]) -> None:
        self.sheet = book.add_worksheet(_sheet_name(title))
        self._book, self._heads = book, heads
        self._lists: list[Sequence[str]] = []
        bold = {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}
        plain, must = book.add_format(bold), book.add_format({**bold, "font_color": "#C9190B"})
        forms = {form: book.add_format({"num_format": form}) for form in {AS_TEXT, *_FORMS.values()}}
        for n, head in enumerate(heads):
            self.sheet.write_string(0, n, _marked(head), must if head.required else plain)
            self.sheet.set_column(n, n, _wide(head), forms[_FORMS.get(head.kind, AS_TEXT)])
            if note := _note(head):
                self.sheet.write_comment(0, n, note, {"x_scale": 2, "author": ""})
            if choices := (head.choices or (("是", "否") if head.kind == "flag" else ())):
                self._drop_down(n, choices)
        self.sheet.freeze_panes(1, 0)

    def _drop_down(self, column: int, choices: Sequence[str]) -> None:
        """Something else may be typed after a warning: “—” empties a cell."""
        inline = len(",".join(choices)) <= _INLINE and not any(
            "," in choice or '"' in choice for choice in choices
        )
        source: Any = list(choices) if inline else self._list(choices)
        message = {
            "error_type": "warning",
            "error_title": "不在选项里",
            "error_message": "请从下拉的选项里选。",
        }
        self.sheet.data_validation(
            1, column, FILLED, column, {"validate": "list", "source": source, **message}
        )

    def _list(self, choices: Sequence[str]) -> str:
        """Where a long list will stand."""
        letter = xl_col_to_name(len(self._lists), col_abs=True)
        self._lists.append(choices)
        return f"={LISTS}!{letter}$1:{letter}${len(choices)}"

    def close(self, examples: Sequence[Values] = ()) -> None:
        """The sheets beside: long lists on one that nobody sees, and how to fill it in."""
        if self._lists:
            sheet = self._book.add_worksheet(LISTS)
            sheet.hide()
            for at, row in enumerate(zip_longest(*self._lists, fillvalue="")):
                sheet.write_row(at, 0, row)
        _explain(self._book, self._heads, examples)


def _explain(book: xlsxwriter.Workbook, heads: Sequence[Head], examples: Sequence[Values]) -> None:
    sheet = book.add_worksheet(HELP)
    bold, wrapped = book.add_format({"bold": True}), book.add_format({"text_wrap": True, "valign": "top"})
    for n, (word, width) in enumerate({"列": 18, "必填": 8, "怎样填": 48, "可选的值": 48}.items()):
        sheet.write_string(0, n, word, bold)
        sheet.set_column(n, n, width, wrapped)
    for at, head in enumerate(heads, 1):
        asked = "是" if head.required else ""
        how = "。".join(filter(None, [_KINDS[head.kind], head.note, "用来认出同一条" if head.key else ""]))
        for n, text in enumerate([head.word, asked, how, "、".join(head.choices)[:1000]]):
            sheet.write_string(at, n, text, wrapped)
    at = len(heads) + 2
    lines = [
        "一行一条；带 * 的列必填；列的先后可以换。",
        "已有的条目：空着的格子不改，填“—”才清空。",
        *(["例："] if examples else []),
    ]
    for line in lines:
        sheet.write_string(at, 0, line)
        at += 1
    for row in ([head.word for head in heads], *([_text(e.get(h.name)) for h in heads] for e in examples)):
        if examples:
            for n, text in enumerate(row):
                sheet.write_string(at, n, text)
            at += 1


def _put(sheet: Worksheet, at: int, n: int, head: Head, value: Any, form: Format | None = None) -> None:
    """A cell: a number as a number where no digit changes by it, all else as text, never as a formula."""
    text = _text(value)
    if head.kind in ("whole", "decimal") and _same_as_number(text):
        sheet.write_number(at, n, float(text), form)
    elif text or form:
        sheet.write_string(at, n, text, form)


def _same_as_number(text: str) -> bool:
    return bool(re.fullmatch(r"-?\d{1,15}(?:\.\d{1,10})?", text)) and number(float(text)) == text


def _text(value: Any) -> str:
    return value if type(value) is str else "" if value is None else str(value)


def _line(cells: Sequence[str]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerow([f"'{cell}" if cell[:1] == "'" else harmless(cell) for cell in cells])
    return out.getvalue().encode()


def _total(heads: Sequence[Head], count: int) -> list[str]:
    return [TOTAL, f"共 {count} 行"] if len(heads) > 1 else [f"{TOTAL} 共 {count} 行"]


def _marked(head: Head) -> str:
    return f"{head.word} *" if head.required else head.word


def _note(head: Head) -> str:
    kind = "" if head.kind == "text" else _KINDS[head.kind]
    return "。".join(filter(None, ["必填" if head.required else "", kind, head.note]))


def _wide(head: Head) -> int:
    return max(12, min(40, len(head.word) * 2 + 6))


def _sheet_name(title: str, part: int = 1) -> str:
    name = re.sub(r"[\[\]:*?/\\'\x00-\x1f]", " ", title).strip()[:28] or "表"
    return f"{name} {part}"[:31] if part > 1 or name in (HELP, LISTS, "History") else name
