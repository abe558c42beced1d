"""Names beside marks: no two texts lie on each other, none on a mark, none off the paper. Pure geometry, y grows downwards."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Literal

Anchor = Literal["start", "middle", "end"]
REACHES = (0.0, 14.0, 28.0, 46.0, 66.0, 90.0, 120.0)
"""How far beyond a mark's own edge a text may stand, nearest first; from the third on a line leads to it."""
LED_FROM = 28.0
SIDES: tuple[tuple[float, float], ...] = (
    *((0.0, 1.0), (1.0, 0.0), (-1.0, 0.0), (0.0, -1.0)),
    *((1.0, 1.0), (-1.0, 1.0), (1.0, -1.0), (-1.0, -1.0)),
    *((slide, row) for slide in (-0.25, 0.25, -0.5, 0.5) for row in (1.0, -1.0)),
    *((column, slide) for slide in (-0.35, 0.35) for column in (1.0, -1.0)),
)
"""±1 is wholly beyond that edge of the mark; a fraction slides the text along an edge by so much of its own size."""
GRAIN = 6.0


@dataclass(frozen=True)
class Box:
    """A rectangle on the paper."""

    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: "Box") -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )

    def holds(self, other: "Box") -> bool:
        return (
            self.left <= other.left
            and self.top <= other.top
            and other.right <= self.right
            and other.bottom <= self.bottom
        )


@dataclass(frozen=True)
class Wanted:
    """A mark's middle and the forms in which its text may stand, the fullest first: (width, height) of each."""

    x: float
    y: float
    forms: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Placed:
    """Where a text stands: which of its forms, its box, how it is anchored, and the line that leads to it, if any."""

    form: int
    box: Box
    anchor: Anchor
    lead: tuple[float, float] | None

    @property
    def x(self) -> float:
        """Where the anchor of the text lies."""
        left, right = self.box.left, self.box.right
        return left if self.anchor == "start" else right if self.anchor == "end" else (left + right) / 2


def place(wanted: Sequence[Wanted], *, half: float, paper: Box) -> list[Placed | None]:
    """One place for each text, the most important first; None where nothing is free: its mark stands alone.

    `half`: half the side of a mark, with its margin.
    """
    taken = [Box(w.x - half, w.y - half, w.x + half, w.y + half) for w in wanted]
    marks = tuple(taken)
    found: list[Placed | None] = []
    for own, each in zip(marks, wanted, strict=True):
        placed = _first_free(each, half, paper, taken, own)
        found.append(placed)
        if placed is not None:
            taken.append(placed.box)
            taken += _grains(each, placed)
    return found


def _first_free(each: Wanted, half: float, paper: Box, taken: Sequence[Box], own: Box) -> Placed | None:
    for (form, size), reach, side in product(enumerate(each.forms), REACHES, SIDES):
        placed = _at(each, form, size, half + reach, side, has_lead=reach >= LED_FROM)
        way = _grains(each, placed)
        is_clear = paper.holds(placed.box) and not any(placed.box.overlaps(b) for b in taken)
        if is_clear and not any(grain.overlaps(b) for grain in way for b in taken if b is not own):
            return placed
    return None


def _at(
    each: Wanted,
    form: int,
    size: tuple[float, float],
    away: float,
    side: tuple[float, float],
    *,
    has_lead: bool,
) -> Placed:
    (wide, high), (dx, dy) = size, side
    left, top = _start(each.x, dx, wide, away), _start(each.y, dy, high, away)
    box = Box(left, top, left + wide, top + high)
    anchor: Anchor = "start" if dx == 1 else "end" if dx == -1 else "middle"
    nearest = (min(max(each.x, box.left), box.right), min(max(each.y, box.top), box.bottom))
    return Placed(form, box, anchor, nearest if has_lead else None)


def _start(middle: float, side: float, size: float, away: float) -> float:
    """Left or top edge of a text beside a mark."""
    if side == 1:
        return middle + away
    if side == -1:
        return middle - away - size
    return middle - size / 2 + side * size


def _grains(each: Wanted, placed: Placed) -> Iterable[Box]:
    """The line that leads to a text, as small boxes, so that nothing is laid over it."""
    if placed.lead is None:
        return []
    (x, y), n = placed.lead, 14
    points = ((each.x + (x - each.x) * k / n, each.y + (y - each.y) * k / n) for k in range(1, n))
    half = GRAIN / 2
    return [Box(px - half, py - half, px + half, py + half) for px, py in points]


def text_width(text: str, size: float) -> float:
    """About how wide a text is: a Chinese character is a square, a digit or Latin letter a good half of one."""
    return sum(size if ord(letter) >= 0x2E80 else size * 0.6 for letter in text)
