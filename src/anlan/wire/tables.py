"""Text and tables from people's files, whatever hands they went through: one reader for all that read such files.

What can mean one thing only is read: byte order marks, UTF-16, GBK, line ends of any machine, `sep=;`, rows before the
head, full-width digits, hard spaces, apostrophes before a number, decimal commas, thousands, 24:00, serial days of a
spreadsheet. What can mean two is refused with a sentence that says how to write it.
"""

import csv
import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal, InvalidOperation
from typing import Final

BEIJING: Final = timezone(timedelta(hours=8))
FILLS: Final = frozenset(
    map(
        Decimal,
        ["-999", "-9999", "-99999", "-999999", "-999.9", "-9999.9", "-99.99", "-999.99", "-32768", "-32767"],
    )
)
"""Numbers that loggers, services and GIS write where there is none."""
_HUGE_FILLS: Final = (Decimal("9e35"), Decimal("4e38"))
NOTHING: Final = frozenset({"", "-", "--", "—", "——", "/", "na", "n/a", "null", "none", "缺", "缺测"})
_MARKS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_ZERO_WIDTH: Final = dict.fromkeys(map(ord, "\ufeff\u200b\u200e\u200f\u2060"))
_HEAD_WITHIN: Final = 6
_FORMULA: Final = frozenset("=+-@\t\r＝＋－＠")
_NUMBER: Final = re.compile(r"[-+]?\d+(\.\d+)?")


class NoText(ValueError):
    """The bytes are no text in UTF-8, UTF-16 or GB 18030."""


class Unclear(ValueError):
    """A cell that can be read in no way, or in two; the message is a Chinese source sentence with the mend."""


def text_of(data: bytes, *, else_: str = "gb18030") -> tuple[str, str]:
    """The text, lines ended by \\n, and its encoding: as marked, UTF-8, or `else_`. Raises NoText."""
    marked = [name for mark, name in _MARKS if data.startswith(mark)]
    for encoding in marked or ("utf-8", else_):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text.replace("\r\n", "\n").replace("\r", "\n"), encoding
    raise NoText("neither UTF-8, UTF-16 nor GB 18030: save it as UTF-8")


def rows_of(text: str) -> Iterator[tuple[int, list[str]]]:
    """The rows of a CSV text that are not empty, each with the line on which it begins. Raises csv.Error."""
    lines = text.split("\n")
    sep = re.fullmatch(r"\s*\"?sep=(.)\"?\s*", lines[0], re.IGNORECASE)
    counts = {m: [line.count(m) for line in lines[:_HEAD_WITHIN]] for m in ",\t;，"}
    mark = sep[1] if sep else max(counts, key=lambda m: (sum(map(bool, counts[m])), max(counts[m])))
    reader = csv.reader((f"{line}\n" for line in lines), delimiter=mark)
    line = 1
    for cells in reader:
        if any(plain(cell) for cell in cells) and not (sep and line == 1):
            yield line, cells
        line = reader.line_num + 1


def plain(cell: str) -> str:
    """What a cell says: full-width and hard-space forms made plain, marks that spreadsheets put before a text gone."""
    text = cell if cell.isascii() else unicodedata.normalize("NFKC", cell).translate(_ZERO_WIDTH)
    text = text.strip()
    if found := re.fullmatch(r'="(.*)"', text):
        text = found[1]
    return text.removeprefix("'").strip()


def harmless(text: str) -> str:
    """A cell of a CSV that no spreadsheet takes for a formula; `plain` takes the apostrophe away again."""
    return f"'{text}" if text[:1] in _FORMULA and not _NUMBER.fullmatch(text) else text


def number(cell: str) -> Decimal | None:
    """A number, None for a missing one or a fill value. Raises Unclear."""
    text = plain(cell).replace("−", "-")
    if text.lower() in NOTHING:
        return None
    try:
        value = Decimal(
            _pointed(
                text.replace(" ", "") if re.fullmatch(r"[-+]?\d{1,3}( \d{3})+([.,]\d+)?", text) else text
            )
        )
    except InvalidOperation:
        raise Unclear("不是数") from None
    if not value.is_finite():
        raise Unclear("不是数")
    return None if value in FILLS or _HUGE_FILLS[0] < abs(value) < _HUGE_FILLS[1] else value


def _pointed(text: str) -> str:
    """With a decimal point and nothing between thousands."""
    if "," not in text:
        return text
    if re.fullmatch(r"[-+]?\d{1,3}(,\d{3})+\.\d+|[-+]?\d{1,3}(,\d{3}){2,}", text):
        return text.replace(",", "")
    if re.fullmatch(r"[-+]?\d{1,3}(\.\d{3})+,\d+", text):
        return text.replace(".", "").replace(",", ".")
    if re.fullmatch(r"[-+]?(0,\d+|\d+,(\d{1,2}|\d{4,}))", text):
        return text.replace(",", ".")
    raise Unclear("逗号是小数点还是千位分隔？小数点写“.”，千位不分隔")


def code(cell: str) -> str:
    """A code as somebody meant it: a spreadsheet's `.0` and its power of ten gone where no digit was lost. Raises Unclear."""
    text = plain(cell).replace(" ", "")
    if found := re.fullmatch(r"(\d)(?:\.(\d+))?[eE]\+?(\d\d?)", text):
        digits = found[1] + (found[2] or "")
        if len(digits) != int(found[3]) + 1:
            raise Unclear("编码被表格写成了科学记数，位数已丢失：把这一列设成文本再填")
        return digits
    return re.sub(r"(?<=\d)\.0+$", "", text)


def moment(cell: str) -> datetime:
    """A moment in UTC; without an offset it is Beijing time. Raises Unclear."""
    text = plain(cell)
    if re.fullmatch(r"[3-6]\d{4}(\.\d+)?", text):
        return _serial(Decimal(text))
    spaced = re.sub(r"[年月]", "-", text).replace("日", " ").replace("时", ":").replace("分", "")
    form = re.fullmatch(
        r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})\s*[T ]\s*(\d{1,2}):(\d{1,2})?(?::(\d{1,2})(\.\d+)?)?\s*(Z|[-+]\d\d:?\d\d)?",
        spaced,
    )
    if form is None:
        if re.fullmatch(r"\d{4}[-/.]?\d{1,2}[-/.]?\d{1,2}\s*", spaced):
            raise Unclear("只有日期：写上时刻，如 2021-08-12 08:00")
        raise Unclear("时间写成 2021-08-12 03:00")
    year, month, day, hour, minute, second = (int(part or 0) for part in form.groups()[:6])
    is_end = (hour, minute, second) == (24, 0, 0)  # of the day: the next one's beginning
    try:
        at = datetime(year, month, day, 0 if is_end else hour, minute, second, tzinfo=_zone(form[8]))
        return (at + timedelta(days=is_end)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Unclear("时间写成 2021-08-12 03:00") from None


def day(cell: str) -> date:
    """A calendar day, year first. Raises Unclear."""
    text = plain(cell)
    try:
        if re.fullmatch(r"[3-6]\d{4}(\.0+)?", text):
            return _serial(Decimal(text)).astimezone(BEIJING).date()
        parts = re.fullmatch(
            r"(\d{4})(?:([-/.年])(\d\d?)[-/.月](\d\d?)日?|(\d\d)(\d\d))(?: 0?0:00(?::00)?)?", text
        )
        if parts is not None:
            return date(int(parts[1]), int(parts[3] or parts[5]), int(parts[4] or parts[6]))
    except ValueError:
        pass
    raise Unclear("日期写成 2021-08-12")


def _zone(text: str | None) -> timezone:
    if text is None:
        return BEIJING
    if text == "Z":
        return UTC
    ahead = timedelta(hours=int(text[1:3]), minutes=int(text[-2:]))
    return timezone(-ahead if text[0] == "-" else ahead)


def _serial(days: Decimal) -> datetime:
    """A spreadsheet's day number: days since 1899-12-30, to the second."""
    began = datetime(1899, 12, 30, tzinfo=BEIJING)
    return (began + timedelta(seconds=round(days * 86_400))).astimezone(UTC)
