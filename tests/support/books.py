"""Small tables for tests: their heads, and files as other programs write them."""

import csv
import io
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any

import xlsxwriter

from anlan.registers.books.heads import Head

HOLDERS = [
    Head(name="village", word="村", required=True, key=True, aliases=("行政村",)),
    Head(name="person", word="姓名", required=True, key=True),
    Head(name="phone", word="手机", required=True, kind="phone", aliases=("联系电话",)),
]
HEADS = [
    Head(name="code", word="编码", required=True, key=True, kind="code", note="县里的编码"),
    Head(name="name", word="名称", required=True),
    Head(name="people", word="人口（人）", kind="whole"),
    Head(name="area", word="面积（亩）", kind="decimal"),
    Head(name="since", word="建成日期", kind="day"),
    Head(name="seen", word="最近巡查", kind="moment"),
    Head(name="phone", word="电话", kind="phone"),
    Head(name="kept", word="有人管", kind="flag"),
    Head(name="kind", word="类型", choices=("水库", "塘坝", "堤防")),
]


def book(lines: Sequence[Sequence[Any]], also: Callable[[Any], Any] = lambda sheet: None) -> bytes:
    """An Excel file with one sheet 表; `also` draws on the sheet."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"strings_to_formulas": False}) as made:
        sheet = made.add_worksheet("表")
        day, minute = (made.add_format({"num_format": form}) for form in ("yyyy/m/d", "yyyy/m/d h:mm"))
        for at, line in enumerate(lines):
            for n, cell in enumerate(line):
                if isinstance(cell, datetime):
                    sheet.write_datetime(at, n, cell, minute)
                elif isinstance(cell, date):
                    sheet.write_datetime(at, n, cell, day)
                elif isinstance(cell, str):
                    sheet.write_string(at, n, cell)
                else:
                    sheet.write(at, n, cell)
        also(sheet)
    return out.getvalue()


def csv_of(lines: Sequence[Sequence[str]]) -> bytes:
    out = io.StringIO()
    csv.writer(out).writerows(lines)
    return out.getvalue().encode()


def ods(lines: Sequence[Sequence[str]], *, rows: int = 1, cells: int = 1, empty: int = 0) -> bytes:
    """An OpenDocument sheet; its last row, and that row's last cell, repeated; `empty` rows below."""

    def row(line: Sequence[str], times: int, last: int) -> str:
        texts = [
            f'<table:table-cell office:value-type="string"><text:p>{text}</text:p></table:table-cell>'
            for text in line
        ]
        texts[-1] = (
            texts[-1].replace("cell ", f'cell table:number-columns-repeated="{last}" ', 1)
            if last > 1
            else texts[-1]
        )
        return f'<table:table-row table:number-rows-repeated="{times}">{"".join(texts)}</table:table-row>'

    body = "".join(row(line, 1, 1) for line in lines[:-1]) + row(lines[-1], rows, cells)
    if empty:
        body += (
            f'<table:table-row table:number-rows-repeated="{empty}">'
            '<table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
        )
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet", zipfile.ZIP_STORED)
        made.writestr(
            "META-INF/manifest.xml",
            '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>',
        )
        made.writestr(
            "content.xml",
            f"<office:document-content {spaces}><office:body><office:spreadsheet>"
            f'<table:table table:name="表">{body}</table:table></office:spreadsheet></office:body></office:document-content>',
        )
    return out.getvalue()
