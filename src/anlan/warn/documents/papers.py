"""A document as a value: every string is in the reader's language already."""

from dataclasses import dataclass, field


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
    """`open` rows say what has not happened yet; they are hatched."""

    cells: tuple[Cell, ...]
    is_open: bool = False


@dataclass(frozen=True, kw_only=True)
class Section:
    """A headed table; `empty` is said where there is no row. `widths` are shares for the PDF."""

    title: str
    heads: tuple[str, ...]
    rows: tuple[Row, ...]
    widths: tuple[int, ...]
    empty: str = ""


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
    seal: tuple[str, ...] = ()
    seal_mark: str = ""
    own_words: str = ""
    """Headline of the blank lines where the person adds by hand."""
    signatures: tuple[str, ...] = field(default=())
    foot: tuple[str, str] = ("", "")
    drill: str = ""
    synthetic: str = ""
