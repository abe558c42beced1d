"""Every element of table C.1: guide byte, ASCII symbol, name, unit, digits and group.

Source: SL 651-2014 annex C as publicly transcribed. ``note`` marks what could not be confirmed
against a second source or what the table leaves open (待核实).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final

from .codes import TABLES
from .errors import BadValue


class Coding(Enum):
    """How the data bytes of an element are written in a HEX frame."""

    BCD = "BCD digits"
    SLOTS = "12 slots of five minutes, binary"
    BITS = "binary status bits"
    STEP = "time step"
    BLOB = "bytes to the end of the body"
    MARK = "opens a station or a time"
    OPEN = "not defined by the standard"


@dataclass(frozen=True, slots=True)
class Element:
    """One row of table C.1. ``digits`` and ``decimals`` are N(D,d)."""

    code: str
    symbol: str
    name: str
    unit: str
    group: str
    digits: int = 0
    decimals: int = 0
    coding: Coding = Coding.BCD
    note: str = ""

    @property
    def width(self) -> int:
        """Data bytes of a positive value in a HEX frame."""
        return (self.digits + 1) // 2


def _rows() -> Iterator[Element]:
    notes = TABLES["element_notes"]
    for code, (symbol, name, unit, group, decimals, coding) in TABLES["special_elements"].items():
        yield Element(code, symbol, name, unit, group, 0, decimals, Coding[coding], notes.get(code, ""))
    for code, (symbol, name, unit, group, digits, decimals) in TABLES["elements"].items():
        yield Element(code, symbol, name, unit, group, digits, decimals, note=notes.get(code, ""))
    for first, (symbol, name, *row) in TABLES["elements_by_eight"].items():
        for n in range(8):
            yield Element(f"{int(first, 16) + n:02X}", f"{symbol}{n + 1}", f"{name}{n + 1}", *row)


ELEMENTS: Final[dict[str, Element]] = {row.code: row for row in sorted(_rows(), key=lambda row: row.code)}
BY_SYMBOL: Final[dict[str, Element]] = {row.symbol: row for row in ELEMENTS.values()} | {"PH": ELEMENTS["46"]}


def is_code(text: str) -> bool:
    """True for a guide that may open an element: 01..FE, or FF and one extension byte."""
    upper = text.upper()
    if not (text.isascii() and text.isalnum()) or not set(upper) <= set("0123456789ABCDEF"):
        return False
    return (len(upper) == 4 and upper.startswith("FF")) or (len(upper) == 2 and upper not in ("00", "FF"))


def element(code: str) -> Element:
    """The element of a guide such as "20" or "FF03"; reserved and user guides come back with Coding.OPEN."""
    if code in ELEMENTS:
        return ELEMENTS[code]
    if not is_code(code):
        raise BadValue(f"'{code}' is no element guide: use two hex characters, or FF and two more")
    kind = "用户自定义" if code.startswith("FF") else "保留"
    return Element(code, code, f"{kind}{code}", "", "其他", coding=Coding.OPEN)
