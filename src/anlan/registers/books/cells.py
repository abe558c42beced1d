"""单元格: what a cell says, as plain text of its column's kind.

What can mean one thing only is put into the one form; what cannot stays as it was written, so that the column's own rule
speaks about it and shows it.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from anlan.registers.books.heads import Head
from anlan.wire import tables

EXACT: Final = 1e15  # a spreadsheet keeps fifteen digits
LOST_ZEROS: Final = 3
MEMORY: Final = 1 << 16
_ODD: Final = re.compile(r"[^\n\x20-\x7e\u00b7\u4e00-\u9fff，。；：、（）“”《》？！—…]")
_PLAIN: Final = {
    **{
        n: None
        for n in (*range(32), *range(0x7F, 0xA0), 0xAD, 0xFEFF, *range(0x200B, 0x2010), 0x2060)
        if n != 10
    },
    **dict.fromkeys((9, 160, 8239, 12288, *range(8192, 8203)), " "),
    **{n: n - 0xFEE0 for n in range(0xFF01, 0xFF5F) if chr(n - 0xFEE0).isalnum()},
}
_THOUSANDS: Final = re.compile(r"([-+]?\d{1,3}(?:,\d{3})+)(\.\d+)?")
_YES: Final = dict.fromkeys(("是", "有", "true", "yes", "y", "1", "√", "✓", "✔", "对"), "是") | dict.fromkeys(
    ("否", "无", "false", "no", "n", "0", "×", "✗", "✘", "x", "没有"), "否"
)
_QUOTED: Final = re.compile(r'="(.*)"')
_PHONE: Final = re.compile(r"[+(\d][\d ()-]*\d")


class Cleaner(dict[str, str]):
    """Cell → text for one column; spellings that repeat are read once."""

    def __init__(self, head: Head, *, is_csv: bool = False, since_1904: bool = False) -> None:
        self._read = _KINDS[head.kind]
        self._head, self._is_csv, self._since_1904 = head, is_csv, since_1904

    def __call__(self, raw: Any) -> str:
        if type(raw) is str:
            return self[raw] if raw else ""
        return self._typed(raw)

    def __missing__(self, raw: str) -> str:
        text = plain(raw)
        if self._is_csv:
            text = _unmarked(text)
        text = self._widened(self._read(text)) if text else text
        if len(self) > MEMORY:
            self.clear()
        self[raw] = text
        return text

    def _widened(self, text: str) -> str:
        """The leading zeros that a spreadsheet ate; more than a few are another thing than lost zeros."""
        lost = self._head.width - len(text)
        return (
            text.zfill(self._head.width)
            if 0 < lost <= LOST_ZEROS and text.isascii() and text.isdigit()
            else text
        )

    def _typed(self, raw: Any) -> str:
        kind = self._head.kind
        if raw is None:
            return ""
        if isinstance(raw, bool):
            return "是" if raw else "否"
        if isinstance(raw, int | float):
            if kind in ("day", "moment") and 0 < raw < 100_000:
                return self._from_serial(raw)
            return self._widened(self._read(number(raw)))
        if isinstance(raw, datetime):
            return _day(raw) if kind == "day" else moment(raw)
        if isinstance(raw, date):
            return _day(raw)
        if isinstance(raw, time):
            return f"{raw:%H:%M:%S}".removesuffix(":00")
        if isinstance(raw, timedelta):
            hours, seconds = divmod(round(raw.total_seconds()), 3600)
            return f"{hours}:{seconds // 60:02}"
        return plain(str(raw))

    def _from_serial(self, days: float) -> str:
        """A day number that a spreadsheet lost the form of."""
        began = datetime(1904, 1, 1) if self._since_1904 else datetime(1899, 12, 30)  # noqa: DTZ001  (a calendar day)
        at = began + timedelta(seconds=round(days * 86_400))
        return _day(at) if self._head.kind == "day" else moment(at)


def plain(text: str) -> str:
    """Hard spaces, marks of no width, control characters and full-width letters and digits made plain; the rest as written."""
    if not _ODD.search(text):
        return text.strip()
    return text.replace("\r\n", "\n").translate(_PLAIN).strip()


def number(value: float) -> str:
    """A spreadsheet's number in digits; with its power of ten where digits are lost."""
    if isinstance(value, int) or (value.is_integer() and abs(value) < EXACT):
        return str(int(value))
    text = f"{value:.15g}"
    if "e" in text and abs(value) < 1:
        return f"{value:.20f}".rstrip("0").rstrip(".")
    return text.upper()


def moment(at: datetime) -> str:
    """To the minute, with seconds where there are any."""
    return f"{_day(at)} {at:%H:%M}" + (f":{at:%S}" if at.second else "")


def _day(at: date) -> str:
    return f"{at.year:04}-{at.month:02}-{at.day:02}"


def _unmarked(text: str) -> str:
    """Without what is written into a CSV so that a spreadsheet leaves a cell alone."""
    if not text.startswith(("'", "=")):
        return text
    if found := _QUOTED.fullmatch(text):
        text = found[1]
    return text.removeprefix("'").strip()


def _narrow(text: str) -> str:
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).strip().replace("−", "-")
    return _unmarked(text)


def _as_text(text: str) -> str:
    return text


def _as_number(text: str) -> str:
    narrow = _narrow(text)
    if "," in narrow and (found := _THOUSANDS.fullmatch(narrow)):
        narrow = found[1].replace(",", "") + (found[2] or "")
    return narrow


def _as_whole(text: str) -> str:
    narrow = _as_number(text)
    return re.sub(r"(?<=\d)\.0+$", "", narrow) if "." in narrow else narrow


def _as_code(text: str) -> str:
    narrow = _narrow(text)
    if narrow.isdecimal():
        return narrow
    try:
        return tables.code(narrow)
    except tables.Unclear:
        return text


def _as_day(text: str) -> str:
    try:
        return _day(tables.day(_narrow(text)))
    except tables.Unclear:
        at = _moment_of(text)
        return _day(at) if at else text


def _as_moment(text: str) -> str:
    at = _moment_of(text)
    return moment(at) if at else _as_day(text)


def _moment_of(text: str) -> datetime | None:
    try:
        return tables.moment(_narrow(text)).astimezone(tables.BEIJING)
    except (tables.Unclear, OverflowError):
        return None


def _as_phone(text: str) -> str:
    """Telephone numbers without spaces and +86; several in one cell with 、 between them."""
    narrow = _narrow(text)
    if narrow.isdecimal() and len(narrow) == 11:
        return narrow
    parts = [part.strip() for part in re.split(r"[,;、/|\n\\]+", narrow) if part.strip()]
    parts = [each for part in parts for each in _apart(part)]
    return "、".join(map(_one_phone, parts))


def _apart(text: str) -> list[str]:
    """Two mobile numbers with nothing but a space between them."""
    words = text.split()
    return (
        words
        if len(words) > 1 and all(re.fullmatch(r"1\d{10}|0\d{2,3}-?\d{7,8}", each) for each in words)
        else [text]
    )


def _one_phone(text: str) -> str:
    if not _PHONE.fullmatch(text):
        return text
    text = re.sub(r"\.0+$", "", text)
    digits = re.sub(r"\D", "", text)
    bare = re.sub(r"^(?:00)?86(?=1\d{10}$)", "", digits)
    if re.fullmatch(r"1\d{10}", bare):
        return bare
    return re.sub(r"-+", "-", re.sub(r"[ (]", "", text).replace(")", "-"))


def _as_flag(text: str) -> str:
    return _YES.get(_narrow(text).casefold(), text)


_KINDS: Final[dict[str, Callable[[str], str]]] = {
    "text": _as_text,
    "whole": _as_whole,
    "decimal": _as_number,
    "day": _as_day,
    "moment": _as_moment,
    "code": _as_code,
    "phone": _as_phone,
    "flag": _as_flag,
}
