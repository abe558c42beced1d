"""CSV 导入: from the bytes of a file to readings and to the rows that are none, each with its line and what is wrong.

Columns station, code, at, value, in any order, under English or Chinese heads. `at` is Beijing time unless it carries an
offset; an empty value is a missing one, never 0.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Final

from anlan.wire.sl651 import Sl651Error, element
from anlan.wire.sl651.address import normal
from anlan.wire.sl651.elements import BY_SYMBOL, Coding

BEIJING: Final = timezone(timedelta(hours=8))
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
        station = self._station(cells["station"])
        code = _code(cells["code"])
        at = self._at(cells["at"])
        value = _value(code, cells["value"])
        before = self.seen.setdefault((station, code, at), (line, value))
        if before[0] != line:
            raise _Fault("value", "与第 {n} 行是同一站、同一要素、同一时刻", cells["value"], before[0])
        return Row(line, station, code, at, value)

    def _station(self, text: str) -> str:
        try:
            station = _normal(text)
        except Sl651Error:
            raise _Fault("station", "测站编码应是 10 位，或 8 位水文测站编码", text) from None
        if self.stations is not None and station not in self.stations:
            raise _Fault("station", "没有这个测站，或不在您的辖区", text)
        return station

    def _at(self, text: str) -> datetime:
        try:
            at = _time(text)
        except ValueError:
            raise _Fault("at", "时间写成 2021-08-12 03:00", text) from None
        if at > self.now + timedelta(days=1) or at.year < 1971:
            raise _Fault("at", "时间不可能：在未来，或早于 1971 年", text)
        return at


# The rows of a file repeat stations, elements, times and values: each spelling is read once.
_normal = lru_cache(maxsize=1 << 14)(normal)


@lru_cache(maxsize=1 << 10)
def _code(text: str) -> str:
    code = BY_SYMBOL[text.upper()].code if text.upper() in BY_SYMBOL else text.upper()
    try:
        known = element(code)
    except Sl651Error:
        raise _Fault("code", "要素写成 SL 651 的两位编码，例如 22、26、39", text) from None
    if known.coding not in (Coding.BCD, Coding.SLOTS):
        raise _Fault("code", "这个要素不是数值，不能导入", text)
    return code


@lru_cache(maxsize=1 << 16)
def _time(text: str) -> datetime:
    plain = text.strip().replace("/", "-").replace("T", " ")
    for form in ("%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S"):
        try:
            return datetime.strptime(plain, form).replace(tzinfo=BEIJING).astimezone(UTC)
        except ValueError:
            continue
    at = datetime.fromisoformat(plain)
    return (at if at.tzinfo else at.replace(tzinfo=BEIJING)).astimezone(UTC)


@lru_cache(maxsize=1 << 16)
def _value(code: str, text: str) -> Decimal | None:
    if not text:
        return None
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise _Fault("value", "不是数", text) from None
    known = element(code)
    if not value.is_finite() or abs(value) >= Decimal(10) ** max(known.digits, 9):
        raise _Fault("value", "不是这个要素可能的数", text)
    if value != round(value, known.decimals):
        raise _Fault("value", "这个要素最多 {n} 位小数", text, known.decimals)
    return value


def parse(data: bytes, *, now: datetime, stations: frozenset[str] | None = None) -> Parsed:
    """Read a whole file. `stations`: the addresses that the importer may write, None for any."""
    text, encoding = _text(data)
    if text is None:
        return Parsed("", wrongs=[Wrong(1, "", "读不出字：请存成 UTF-8 或 GB 18030 的 CSV", "")])
    lines = csv.reader(io.StringIO(text), delimiter=_delimiter(text))
    places, wrong = _heads(next(lines, []))
    if wrong is not None:
        return Parsed(encoding, wrongs=[wrong])
    return _rows(encoding, lines, places, _Reader(now, stations))


def _rows(encoding: str, lines: Iterator[list[str]], places: Mapping[str, int], reader: _Reader) -> Parsed:
    rows: list[Row] = []
    wrongs: list[Wrong] = []
    total = 0
    for line, cells in enumerate(lines, start=2):
        if not any(cell.strip() for cell in cells):
            continue
        total += 1
        if total > MOST_ROWS:
            wrongs.append(Wrong(line, "", "一次最多 {n} 行：请分成几个文件", "", MOST_ROWS))
            break
        named = {name: cells[n].strip() if n < len(cells) else "" for name, n in places.items()}
        try:
            rows.append(reader.row(line, named))
        except _Fault as fault:
            if len(wrongs) < MOST_WRONGS:
                wrongs.append(Wrong(line, fault.column, fault.text, fault.value[:80], fault.n))
    return Parsed(encoding, rows, wrongs, total)


def _text(data: bytes) -> tuple[str | None, str]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text, encoding
    return None, ""


def _delimiter(text: str) -> str:
    head = text.partition("\n")[0]
    return max(",\t;", key=head.count)


def _heads(cells: Sequence[str]) -> tuple[dict[str, int], Wrong | None]:
    given = [cell.strip().lower() for cell in cells]
    places = {}
    for name, words in HEADS.items():
        found = [n for n, cell in enumerate(given) if cell in words]
        if not found:
            text = "第一行要有列名：station,code,at,value（或 测站,要素,时间,数值）"
            return {}, Wrong(1, name, text, ",".join(cells)[:80])
        places[name] = found[0]
    return places, None


def error_file(wrongs: Iterable[Wrong], say: Callable[[Wrong], str]) -> str:
    """The rows that were not taken, as CSV to download; `say` gives a reason in the reader's language."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["line", "column", "error", "value"])
    for wrong in wrongs:
        writer.writerow([wrong.line, wrong.column, say(wrong), _harmless(wrong.value)])
    return out.getvalue()


def _harmless(text: str) -> str:
    """A spreadsheet must not take what somebody typed for a formula."""
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t") and not _is_number(text) else text


def _is_number(text: str) -> bool:
    try:
        Decimal(text)
    except InvalidOperation:
        return False
    return True
