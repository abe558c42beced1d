"""CSV 导入: from the bytes of a file to readings and to the rows that are none, each with its line and what is wrong.

Columns station, code, at, value, in any order, under English or Chinese heads. `at` is Beijing time unless it carries an
offset; an empty value is a missing one, never 0.
"""

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import Final, TypeVar

from anlan.wire import tables
from anlan.wire.sl651.address import normal
from anlan.wire.sl651.elements import BY_SYMBOL, Coding, element
from anlan.wire.sl651.errors import Sl651Error

AHEAD: Final = timedelta(minutes=5)  # a clock may be so far off; later is tomorrow's reading
TITLES: Final = 6
REASON: Final = "原因"
Line = tuple[int, list[str]]
T = TypeVar("T")
POSITIVE_FILLS: Final = frozenset(map(Decimal, ["32766", "99999", "999999", "999990"]))
"""What weather services write where there is no reading."""
MOST_ROWS: Final = 500_000
MOST_WRONGS: Final = 10_000
HEADS: Final = {
    "station": ("station", "测站", "站码", "站号", "测站编码"),
    "code": ("code", "element", "要素", "要素编码", "标识符"),
    "at": ("at", "time", "时间", "观测时间", "时刻"),
    "value": ("value", "值", "数值", "观测值"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One reading of the file: `value` in the element's unit, None when missing."""

    line: int
    station: str
    code: str
    at: datetime
    value: Decimal | None


@dataclass(frozen=True, slots=True)
class Wrong:
    """A row that cannot be taken: line, column, why (a Chinese source sentence, `n` is its number), what stood there."""

    line: int
    column: str
    text: str
    value: str
    n: int = 0


@dataclass(frozen=True)
class Parsed:
    """What a file says."""

    encoding: str
    rows: Sequence[Row] = ()
    wrongs: Sequence[Wrong] = ()
    total: int = 0


@dataclass
class _Fault(Exception):
    column: str
    text: str
    value: str
    n: int = 0


@dataclass
class _Reader:
    """Reads row after row and remembers what it saw, so that two rows of one reading are found."""

    now: datetime
    stations: frozenset[str] | None
    seen: dict[tuple[str, str, datetime], tuple[int, Decimal | None]] = field(default_factory=dict)

    def row(self, line: int, cells: Mapping[str, str]) -> Row:
        station = _clear("station", cells, self._station)
        code = _clear("code", cells, _code)
        at = _clear("at", cells, self._at)
        value = _clear("value", cells, lambda text: _value(code, text))
        before = self.seen.setdefault((station, code, at), (line, value))
        if before[0] != line:
            raise _Fault("value", "与第 {n} 行是同一站、同一要素、同一时刻", cells["value"], before[0])
        return Row(line, station, code, at, value)

    def _station(self, text: str) -> str:
        try:
            station = _address(text)
        except Sl651Error:
            raise _Fault("station", "测站编码应是 10 位，或 8 位水文测站编码", text) from None
        if self.stations is not None and station not in self.stations:
            raise _Fault("station", "没有这个测站，或不在您的辖区", text)
        return station

    def _at(self, text: str) -> datetime:
        at = _moment(text)
        if at > self.now + AHEAD or at.year < 1971:
            raise _Fault("at", "时间不可能：在未来，或早于 1971 年", text)
        return at


def _clear(column: str, cells: Mapping[str, str], read: Callable[[str], T]) -> T:
    try:
        return read(cells[column])
    except tables.Unclear as error:
        raise _Fault(column, str(error), cells[column]) from None


# The rows of a file repeat stations, elements, times and values: each spelling is read once.
@lru_cache(maxsize=1 << 14)
def _address(text: str) -> str:
    return normal(tables.code(text))


_moment = lru_cache(maxsize=1 << 16)(tables.moment)


@lru_cache(maxsize=1 << 10)
def _code(text: str) -> str:
    code = tables.code(text).upper()
    code = BY_SYMBOL[code].code if code in BY_SYMBOL else code
    try:
        known = element(code)
    except Sl651Error:
        raise _Fault("code", "要素写成 SL 651 的两位编码，例如 22、26、39", text) from None
    if known.coding not in (Coding.BCD, Coding.SLOTS):
        raise _Fault("code", "这个要素不是数值，不能导入", text)
    return code


@lru_cache(maxsize=1 << 16)
def _value(code: str, text: str) -> Decimal | None:
    value = tables.number(text)
    if value is None or value in POSITIVE_FILLS:
        return None
    known = element(code)
    if abs(value) >= Decimal(10) ** max(known.digits, 9):
        raise _Fault("value", "不是这个要素可能的数", text)
    if value != round(value, known.decimals):
        raise _Fault("value", "这个要素最多 {n} 位小数", text, known.decimals)
    return value


def parse(data: bytes, *, now: datetime, stations: frozenset[str] | None = None) -> Parsed:
    """Read a whole file. `stations`: the addresses that the importer may write, None for any."""
    try:
        text, encoding = tables.text_of(data)
        lines = list(tables.rows_of(text))
    except (tables.NoText, csv.Error):
        return Parsed("", wrongs=[Wrong(1, "", "读不出字：请存成 UTF-8 或 GB 18030 的 CSV", "")])
    head, places, wrong = _head(lines)
    if wrong is not None:
        return Parsed(encoding, wrongs=[wrong])
    return _rows(encoding, lines[head:], places, _Reader(now, stations))


def check(path: Path, *, now: datetime, stations: frozenset[str] | None = None) -> Parsed:
    """What a file says, but for its good rows."""
    return replace(parse(path.read_bytes(), now=now, stations=stations), rows=())


def _rows(encoding: str, lines: Sequence[Line], places: Mapping[str, int], reader: _Reader) -> Parsed:
    rows: list[Row] = []
    wrongs: list[Wrong] = []
    total = 0
    width = len(lines[0][1])
    for line, cells in lines[1:]:
        total += 1
        if total > MOST_ROWS:
            wrongs.append(Wrong(line, "", "一次最多 {n} 行：请分成几个文件", "", MOST_ROWS))
            break
        named = {name: cells[n].strip() if n < len(cells) else "" for name, n in places.items()}
        try:
            if any(map(tables.plain, cells[width:])):
                raise _Fault("value", "比表头多出一格：小数点写“.”，逗号只用来分栏", ",".join(cells))
            rows.append(reader.row(line, named))
        except _Fault as fault:
            if len(wrongs) < MOST_WRONGS:
                wrongs.append(Wrong(line, fault.column, fault.text, fault.value[:80], fault.n))
    return Parsed(encoding, rows, wrongs, total)


def _head(lines: Sequence[Line]) -> tuple[int, dict[str, int], Wrong | None]:
    """The number of the row that names the columns, titles above it left out, and where they stand."""
    missing = ""
    for n, (_, cells) in enumerate(lines[:TITLES]):
        given = [tables.plain(cell).lower() for cell in cells]
        places = {
            name: given.index(w) for name, words in HEADS.items() for w in reversed(words) if w in given
        }
        if len(places) == len(HEADS):
            return n, places, None
        missing = missing or next(name for name in HEADS if name not in places)
    line, cells = lines[0] if lines else (1, [])
    text = "第一行要有列名：station,code,at,value（或 测站,要素,时间,数值）"
    return 0, {}, Wrong(line, missing or "station", text, ",".join(cells)[:80])


def error_file(data: bytes, wrongs: Iterable[Wrong], say: Callable[[Wrong], str]) -> str:
    """The rows of a file that were not taken, as they stood, with one more column 原因: to be mended and sent again.

    `say` gives a reason in the reader's language.
    """
    lines = list(tables.rows_of(tables.text_of(data)[0]))
    head, _, wrong = _head(lines)
    reasons = {wrong.line: say(wrong) for wrong in wrongs}
    names = lines[head][1] if wrong is None else []
    keep = [n for n, name in enumerate(names) if name != REASON] or range(len(lines[0][1]) if lines else 0)
    out = io.StringIO()
    writer = csv.writer(out)
    if names:
        writer.writerow([*(tables.harmless(names[n]) for n in keep), REASON])
    for line, cells in lines:
        if line in reasons:
            writer.writerow(
                [*(tables.harmless(cells[n]) if n < len(cells) else "" for n in keep), reasons[line]]
            )
    return out.getvalue()
