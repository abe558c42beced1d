"""A document as a value: every string is in the reader's language already."""

from dataclasses import dataclass, field
from itertools import groupby


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One cell; `level` is a lawful level's code, `assess` one of our own findings; they never look alike."""

    text: str = ""
    level: str = ""
    assess: str = ""
    url: str = ""
    code: bool = False


@dataclass(frozen=True, kw_only=True)
class Row:
    """`is_open` rows say what has not happened yet; they are hatched. `is_try` rows are calls and their silence."""

    cells: tuple[Cell, ...]
    is_open: bool = False
    is_try: bool = False


FOLD_FROM = 4
"""So many tries in a row are folded on screen; paper shows each."""


@dataclass(frozen=True, kw_only=True)
class Block:
    """Rows that stand together on screen; folded ones open at a touch."""

    rows: tuple[Row, ...]
    is_folded: bool

    @property
    def since(self) -> str:
        return self.rows[0].cells[0].text

    @property
    def until(self) -> str:
        return self.rows[-1].cells[0].text


@dataclass(frozen=True, kw_only=True)
class Section:
    """A headed table; `empty` is said where there is no row. `widths` are shares for the PDF."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    widths: tuple[int, ...]
    empty: str = ""

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The rows with long runs of tries folded, but for the first call and what came of it."""
        found: list[Block] = []
        first_run = True
        for is_try, group in groupby(self.rows, key=lambda row: row.is_try):
            rows = tuple(group)
            shown = len(rows) if not is_try else 2 if first_run else 0
            first_run = first_run and not is_try
            if len(rows) - shown < FOLD_FROM:
                shown = len(rows)
            found += [
                Block(rows=part, is_folded=n == 1)
                for n, part in enumerate((rows[:shown], rows[shown:]))
                if part
            ]
        return tuple(found)


@dataclass(frozen=True, kw_only=True)
class Figure:
    """A number that is read first."""

    label: str
    value: str
    unit: str = ""


@dataclass(frozen=True, kw_only=True)
class Paper:
    """处置证明 or 尽职履职单."""

    title: str
    subject: str
    number: str
    unit: str
    span: str
    figures: tuple[Figure, ...]
    sections: tuple[Section, ...]
    notes_title: str
    notes: tuple[str, ...]
    outcome: str = ""
    """How it came out, in a sentence that is read first."""
    seal: tuple[str, ...] = ()
    seal_mark: str = ""
    own_words: str = ""
    """Headline of the blank lines where the person adds by hand."""
    signatures: tuple[str, ...] = field(default=())
    foot: tuple[str, str] = ("", "")
    drill: str = ""
    synthetic: str = ""
