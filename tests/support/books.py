"""Small tables for tests: their heads, and files as other programs write them."""

import csv
import io
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
