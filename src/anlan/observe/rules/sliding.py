"""Running sums over five-minute slots, and where they first reached a line. Pure; tenths of a millimetre."""

from collections.abc import Sequence
from dataclasses import dataclass

SLOT_MIN = 5


@dataclass(frozen=True, slots=True)
class Sum:
    """The sum of a window that ends with slot `end`; partial: some of its slots are not known, so it is a lower bound."""

    end: int
    tenths: int
    partial: bool


def sums(slots: Sequence[int | None], minutes: int) -> list[Sum]:
    """The sum of the window that ends with each slot; the slots before the first one are not known."""
    width = minutes // SLOT_MIN
    found, total, known = [], 0, 0
    for n, value in enumerate(slots):
        total += value or 0
        known += value is not None
        if n >= width:
            gone = slots[n - width]
            total -= gone or 0
            known -= gone is not None
        found.append(Sum(n, total, known < width))
    return found


def first_reached(found: Sequence[Sum], line: int) -> int | None:
    """The slot in which a line was first reached (also by a lower bound), or None."""
    return next((s.end for s in found if s.tenths >= line), None)
