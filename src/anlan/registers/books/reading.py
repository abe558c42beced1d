"""读表: from the bytes of a file to rows of plain text under the heads of a register."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from anlan.foundation.words import Sentence, say
from anlan.registers.books import files
from anlan.registers.books.cells import Cleaner
from anlan.registers.books.errors import (
    HeadsDoubled,
    HeadsMissing,
    NothingIn,
    OtherBook,
    TooManyRows,
)
from anlan.registers.books.files import Sheet
from anlan.registers.books.heads import DEEP, WITHIN, Head, Placed, folded, place

MOST_ROWS: Final = 200_000
_TOTAL: Final = re.compile(r"(合|总|小|共)计(\d.*|共.*)?|总数")
_FOOT: Final = re.compile(
    r"(注|备注|说明|填表人?|填表日期|审核人?|制表人?|填报人?|填报日期|单位负责人)\s*[:：]"
)


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the file with its number there: text by the names of the heads found."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True)
class Told:
    """Something that has to be said about a row."""

    number: int
    text: Sentence


@dataclass(frozen=True)
class Table:
    """What a file says.

    `skipped` rows are no entries (totals, foot notes, heads again); rows in `wrong` are among `rows` and cannot be right
    as they stand (a key twice, a cell beyond the heads); `others` are sheets that look the same and were not read.
    """

    heads: tuple[Head, ...]
    rows: list[Row] = field(default_factory=list)
    unknown: tuple[str, ...] = ()
    sheet: str = ""
    others: tuple[str, ...] = ()
    skipped: list[Told] = field(default_factory=list)
    wrong: list[Told] = field(default_factory=list)


def read(data: bytes, filename: str, heads: Sequence[Head], *, most_rows: int = MOST_ROWS) -> Table:
    """The rows of the sheet whose heads are these. What a file is, its bytes say; its name is not believed.

    Raises:
        BookError: the file is none that can be read, with what to do next.
    """
    sheet, placed, others = _chosen(data, heads)
    _fits(placed, heads)
    table = Table(
        tuple(placed.columns[n] for n in sorted(placed.columns)),
        unknown=placed.unknown,
        sheet=sheet.name,
        others=others,
    )
    for row in _Reader(sheet, placed, table, most_rows).rows():
        if len(table.rows) == most_rows:
            raise TooManyRows(most_rows)
        table.rows.append(row)
    if not table.rows:
        raise NothingIn
    table.wrong.extend(_twice(table))
    return table


def whose(data: bytes, books: Mapping[str, Sequence[Head]]) -> list[str]:
    """Names of the registers whose required heads all stand in one sheet of the file, the most heads first.

    Raises:
        BookError: the file cannot be read.
    """
    fits: Counter[str] = Counter()
    for sheet in files.sheets(data):
        start = [cells for _, cells in sheet.first(WITHIN + DEEP)]
        for name, heads in books.items():
            found = place(start, heads).found
            if found and all(head.name in found for head in heads if head.required):
                fits[name] = max(fits[name], len(found))
    return [name for name, _ in fits.most_common()]


def _chosen(data: bytes, heads: Sequence[Head]) -> tuple[Sheet, Placed, tuple[str, ...]]:
    """The sheet with most of the heads, the first of several; the names of the others that have as many and rows as well."""
    best: tuple[Sheet, Placed] | None = None
    equal: list[str] = []
    for sheet in files.sheets(data):
        start = sheet.first(WITHIN + DEEP)
        placed = place([cells for _, cells in start], heads)
        if best is None or len(placed.found) > len(best[1].found):
            best, equal = (sheet, placed), []
        elif placed.found and placed.found == best[1].found and len(start) > placed.top + placed.depth:
            equal.append(sheet.name)
    if best is None:
        raise NothingIn
    return *best, tuple(equal)


def _fits(placed: Placed, heads: Sequence[Head]) -> None:
    required = [head for head in heads if head.required] or list(heads)
    there = [head for head in required if head.name in placed.found]
    if not placed.titles:
        raise NothingIn
    if len(there) * 2 < len(required) or not placed.columns:
        raise OtherBook(has=placed.titles, wants=[head.word for head in required])
    if placed.doubled:
        raise HeadsDoubled(placed.doubled)
    if lacking := [head.word for head in heads if head.required and head.name not in placed.found]:
        raise HeadsMissing(lacking)


class _Reader:
    """Walks over the rows below the heads."""

    def __init__(self, sheet: Sheet, placed: Placed, table: Table, most: int) -> None:
        self.sheet, self.table, self.most = sheet, table, most
        self.columns = [
            (n, head.name, Cleaner(head, is_csv=sheet.is_csv, since_1904=sheet.since_1904))
            for n, head in placed.columns.items()
        ]
        self.width = max(placed.columns) + 1
        self.after = placed.top + placed.depth
        self.words = {folded(head.word) for head in placed.columns.values()}

    def rows(self) -> Iterator[Row]:
        merges = self._merges()
        open_: dict[int, tuple[int, Any]] = {}  # column → last row of a merged cell, what it says
        titles = 0
        for at, (number, raw) in enumerate(self.sheet.rows()):
            if at < self.after:
                titles = len(raw) if self.sheet.is_csv else 0
                continue
            if len(raw) < self.width:
                raw = [*raw, *[""] * (self.width - len(raw))]
            if not any(raw):  # numbers that are 0 stand for something only beside others
                continue
            if why := self._no_entry(raw):
                self.table.skipped.append(Told(number, why))
                if len(self.table.skipped) > self.most:
                    raise TooManyRows(self.most)
                continue
            cells = {name: clean(raw[n]) for n, name, clean in self.columns}
            if not any(cells.values()):
                continue
            if merges or open_:
                self._fill(number - 1, raw, cells, merges, open_)
            if titles and any(raw[titles:]):
                self.table.wrong.append(Told(number, say("比表头多出一格：这一行可能错位了，逗号只用来分栏")))
            yield Row(number, cells)

    def _merges(self) -> Mapping[int, list[tuple[int, int]]]:
        """Row of its first cell → columns and last rows of the cells merged downwards."""
        found: dict[int, list[tuple[int, int]]] = {}
        mine = {n for n, _, _ in self.columns}
        for (top, left), (bottom, _) in self.sheet.merges:
            if bottom > top and left - self.sheet.left in mine and top >= self.after:
                found.setdefault(top, []).append((left - self.sheet.left, bottom))
        return found

    def _fill(self, at: int, raw: Sequence[Any], cells: dict[str, str], merges: Any, open_: Any) -> None:
        for column, bottom in merges.get(at, ()):
            open_[column] = (bottom, raw[column])
        for n, name, clean in self.columns:
            if n in open_:
                bottom, value = open_[n]
                if at <= bottom:
                    cells[name] = cells[name] or clean(value)
                else:
                    del open_[n]

    def _no_entry(self, raw: Sequence[Any]) -> Sentence | None:
        """Why a row is none of the register: a total, a foot note, the heads once more."""
        first = next((cell for cell in raw if cell not in ("", None)), "")
        if type(first) is not str or len(first) > 200:
            return None
        if ("计" in first or "总" in first) and _TOTAL.fullmatch(folded(first)):
            return say("合计行，没有读")
        if (":" in first or "：" in first) and all(_FOOT.match(str(cell).strip()) for cell in raw if cell):
            return say("表尾的说明，没有读")
        if folded(first) in self.words and {folded(raw[n]) for n, _, _ in self.columns} <= self.words | {""}:
            return say("又一遍表头，没有读")
        return None


def _twice(table: Table) -> Iterator[Told]:
    """Rows whose key stands in a row above."""
    keys = [head.name for head in table.heads if head.key]
    seen: dict[tuple[str, ...], int] = {}
    for row in table.rows if keys else ():
        key = tuple(row.cells[name] for name in keys)
        if all(key) and (first := seen.setdefault(key, row.number)) != row.number:
            yield Told(row.number, say("与第 {n} 行是同一条：只留一行", n=first))
