"""表头: how the columns of a book are called, and where they stand in a file that somebody else drew."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

REASON: Final = "原因"
WITHIN: Final = 20
"""Titles may take so many rows above the heads."""
DEEP: Final = 3
WIDE, LONG = 1000, 200  # columns and characters of heads
KINDS: Final = ("text", "whole", "decimal", "day", "moment", "code", "phone", "flag")
_NO_MEANING: Final = frozenset({REASON, "序号", "编号顺序", "行号", "no", "no."})
_MARKS: Final = re.compile(
    r"[\s*※★:\u200b-\u200f\u2060\ufeff]|\((?:必填|选填|可空|可不填|required|optional)\)"
)
_BRACKETS: Final = re.compile(r"[(\[【].*?[)\]】]")


@dataclass(frozen=True, kw_only=True)
class Head:
    """One column: `name` for programs, `word` for people; `width` digits of a code of fixed length whose leading zeros may be lost."""

    name: str
    word: str
    required: bool = False
    key: bool = False
    choices: tuple[str, ...] = ()
    note: str = ""
    kind: str = "text"
    aliases: tuple[str, ...] = ()
    width: int = 0


@dataclass(frozen=True)
class Placed:
    """Heads as a file has them: rows `top` to `top + depth - 1` (from 0), the columns by their place."""

    top: int = 0
    depth: int = 1
    columns: Mapping[int, Head] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()

    @property
    def found(self) -> set[str]:
        return {head.name for head in self.columns.values()}

    @property
    def doubled(self) -> list[str]:
        """Words that stand over two columns."""
        return [word for word, n in Counter(head.word for head in self.columns.values()).items() if n > 1]


def folded(text: object) -> str:
    """A head without line breaks, spaces, marks of required columns and differences of width."""
    return _MARKS.sub("", unicodedata.normalize("NFKC", str(text)[:LONG]).casefold())


def place(rows: Sequence[Sequence[Any]], heads: Sequence[Head]) -> Placed:
    """Where most of the heads stand: in one row, or in two or three where a word spans others."""
    names, rows = _names(heads), [row[:WIDE] for row in rows[: WITHIN + DEEP]]
    levels = [[folded(cell) for cell in row] for row in rows]
    best = Placed()
    for depth in range(1, DEEP + 1):
        for top in range(min(WITHIN, len(rows) - depth + 1)):
            found = _at(levels[top : top + depth], names)
            if len({head.name for head in found.values()}) > len(best.found):
                best = Placed(top, depth, found)
    titles = _titles(rows, best)
    unknown = [
        text for n, text in titles.items() if n not in best.columns and folded(text) not in _NO_MEANING
    ]
    return Placed(best.top, best.depth, best.columns, tuple(unknown), tuple(titles.values()))


def _names(heads: Sequence[Head]) -> dict[str, Head]:
    """Every way to write a head; words in brackets may be left out where that leaves one column only."""
    names = {folded(each): head for head in heads for each in (*head.aliases, head.name, head.word)}
    short = Counter(_BRACKETS.sub("", folded(head.word)) for head in heads)
    for head in heads:
        bare = _BRACKETS.sub("", folded(head.word))
        if short[bare] == 1:
            names.setdefault(bare, head)
    return names


def _at(levels: Sequence[Sequence[str]], names: Mapping[str, Head]) -> dict[int, Head]:
    found = {}
    for n, spellings in _spellings(levels):
        if head := next((head for text in spellings if (head := _named(text, names))), None):
            found[n] = head
    return found


def _named(text: str, names: Mapping[str, Head]) -> Head | None:
    """The head of that name. What stands in brackets may be a unit: then it must be the declared one."""
    if text in names:
        return names[text]
    head = names.get(_BRACKETS.sub("", text))
    return head if head and head.kind not in ("whole", "decimal") and "(" not in folded(head.word) else None


def _spellings(levels: Sequence[Sequence[str]]) -> Iterator[tuple[int, list[str]]]:
    """For each column, what it may be called: all its levels joined, then the lowest."""
    width = max(map(len, levels), default=0)
    levels = [[*level, *[""] * (width - len(level))] for level in levels]
    spans = [list(level) for level in levels]
    for level in spans[:-1]:  # a word spans the empty cells to its right
        for n in range(1, width):
            level[n] = level[n] or level[n - 1]
    for n in range(width):
        lowest = next((level[n] for level in reversed(levels) if level[n]), "")
        if not lowest:
            continue
        if levels[-1][n]:
            joined = "".join(dict.fromkeys(level[n] for level in spans if level[n]))
            yield n, [joined, lowest]
        else:
            yield n, [lowest]


def _titles(rows: Sequence[Sequence[Any]], best: Placed) -> dict[int, str]:
    """The heads as they are written; without any known one, the first row that looks like heads."""
    if best.columns:
        rows = rows[best.top : best.top + best.depth]
    else:
        rows = [row for row in rows if sum(map(bool, map(folded, row))) > 1][:1] or rows[:1]
    found: dict[int, str] = {}
    for row in rows:
        found |= {n: " ".join(str(cell).split()) for n, cell in enumerate(row) if folded(cell)}
    return dict(sorted(found.items()))
