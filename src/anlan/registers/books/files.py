"""文件: the sheets of a file, whatever program wrote it. A file is looked at before it is unfolded: its size, programs, password.

python-calamine lays a sheet out as a full rectangle up to its farthest cell, so that two cells in opposite corners would
take all memory: the corners are looked for first (`bounds`).
"""

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Final

from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum, SheetVisibleEnum

from anlan.registers.books import bounds
from anlan.registers.books.errors import BookError, Locked, NoTable, OldPage, TooBig, WithMacros
from anlan.wire import tables

MOST_BYTES: Final = 64 << 20
MOST_SHEETS: Final = 60
Line = tuple[int, Sequence[Any]]
Merge = tuple[tuple[int, int], tuple[int, int]]


@dataclass(frozen=True)
class Sheet:
    """A visible sheet; rows are numbered from 1 as people see them, columns from 0 with the empty ones before the first cut off."""

    name: str
    _rows: Any
    merges: Sequence[Merge] = ()
    left: int = 0
    is_csv: bool = False
    since_1904: bool = False

    def rows(self) -> Iterator[Line]:
        return iter(self._rows) if self.is_csv else enumerate(self._rows.iter_rows(), 1)

    def first(self, count: int) -> list[Line]:
        return list(islice(self.rows(), count))


def sheets(data: bytes) -> Iterator[Sheet]:
    """The visible sheets of a file. Raises BookError."""
    if len(data) > MOST_BYTES:
        raise TooBig
    if data.startswith(b"PK"):
        yield from _book(data, since_1904=_looked_into(data))
    elif data.startswith(b"\xd0\xcf\x11\xe0"):
        bounds.of_xls(data)
        yield from _book(data)
    else:
        yield _csv(data)


def _looked_into(data: bytes) -> bool:
    """Whether a zipped book counts its days from 1904, once it is known to be harmless."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as parts:
            names = set(parts.namelist())
            if any("vbaproject" in name.lower() for name in names):
                raise WithMacros
            if "xl/workbook.xml" not in names and "content.xml" not in names:
                raise NoTable
            bounds.of_parts(parts, data)
            book = parts.read("xl/workbook.xml") if "xl/workbook.xml" in names else b""
    except BookError:
        raise
    except Exception as error:
        raise NoTable from error
    return bool(re.search(rb"""date1904\s*=\s*["'](?:1|true)""", book))


def _book(data: bytes, *, since_1904: bool = False) -> Iterator[Sheet]:
    try:
        with CalamineWorkbook.from_filelike(io.BytesIO(data)) as book:
            for n, about in enumerate(book.sheets_metadata[:MOST_SHEETS]):
                if about.visible is SheetVisibleEnum.Visible and about.typ is SheetTypeEnum.WorkSheet:
                    sheet = book.get_sheet_by_index(n)
                    left = (sheet.start or (0, 0))[1]
                    yield Sheet(
                        about.name, sheet, sheet.merged_cell_ranges or (), left, since_1904=since_1904
                    )
    except (BookError, GeneratorExit, KeyboardInterrupt, SystemExit):
        raise
    except PasswordError as error:
        raise Locked from error
    except BaseException as error:
        raise NoTable from error


def _csv(data: bytes) -> Sheet:
    start = data[:2000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if start.startswith((b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta", b"mime-version")):
        raise OldPage
    try:
        text = tables.text_of(data)[0]
        if sum(map(text.count, ",\t;，\n")) > bounds.MOST_CELLS:
            raise TooBig
        rows = list(tables.rows_of(text))
    except (tables.NoText, csv.Error) as error:
        raise NoTable from error
    return Sheet("", rows, is_csv=True)
