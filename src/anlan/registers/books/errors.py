"""Errors of a whole file: what it is, and what to do so that it can be read.

BookError
├── NoTable         it is no table, or a broken one
├── OldPage         a web page or XML that was named .xls
├── Locked          it has a password
├── WithMacros      it carries programs
├── TooBig          it would unfold beyond every table that people keep
├── TooManyRows     more rows than one file may bring
├── OtherBook       its heads are those of another register
├── HeadsMissing    columns that must be there are not
├── HeadsDoubled    one column stands twice
└── NothingIn       heads, and no row below them
"""

from collections.abc import Iterable

from anlan.foundation.errors import RuleError


class BookError(RuleError):
    """A file that cannot be read as the book it should be; the message says what to do next."""

    status = 422


class NoTable(BookError):
    def __init__(self) -> None:
        super().__init__(
            "打不开这个文件：它不是表格，或者已损坏。请用 Excel 或 WPS 打开，另存为 .xlsx（或 UTF-8 的 .csv）再传。"
        )


class OldPage(BookError):
    def __init__(self) -> None:
        super().__init__("这个文件其实是网页，只是名字像 Excel。请用 Excel 或 WPS 打开，另存为 .xlsx 再传。")


class Locked(BookError):
    def __init__(self) -> None:
        super().__init__("这个文件有密码，读不了。请在 Excel 或 WPS 里取消密码，另存后再传。")


class WithMacros(BookError):
    def __init__(self) -> None:
        super().__init__("这个文件带宏（程序），不收。请另存为 .xlsx 再传：数据不变，宏会去掉。")


class TooBig(BookError):
    def __init__(self) -> None:
        super().__init__(
            "这个文件展开后太大：表格边角可能有多余的内容。请把有用的行列复制到模板里，或分成几个文件再传。"
        )


class TooManyRows(BookError):
    def __init__(self, most: int) -> None:
        super().__init__("一次最多 {most} 行。请分成几个文件再传。", most=most)


class OtherBook(BookError):
    def __init__(self, *, has: Iterable[str], wants: Iterable[str]) -> None:
        super().__init__(
            "这像是另一张表：它的列是“{has}”，这里要有“{wants}”。请核对文件，或下载模板来填。",
            has=_list(has),
            wants=_list(wants),
        )


class HeadsMissing(BookError):
    def __init__(self, words: Iterable[str]) -> None:
        super().__init__("表头缺这些列：{words}。请补上，或下载模板来填。", words=_list(words))


class HeadsDoubled(BookError):
    def __init__(self, words: Iterable[str]) -> None:
        super().__init__("这些列在表头里出现了两次：{words}。请各留一列再传。", words=_list(words))


class NothingIn(BookError):
    def __init__(self) -> None:
        super().__init__("表头下面一行也没有。请填好再传。")


def _list(words: Iterable[str], most: int = 12) -> str:
    shown = [word[:20] for word in words]
    return "、".join(shown[:most]) + ("…" if len(shown) > most else "") or "—"
