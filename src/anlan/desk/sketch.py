"""A township drawn as SVG by the server: outlines, water, villages with their marks. For the wall, which has no script to wait for."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from anlan.places import queries as places
from anlan.places.queries import FloodArea, Place
from anlan.ui import palette
from anlan.warn.queries.villages import VillageState

WIDTH, HEIGHT, EDGE = 860.0, 820.0, 70.0
Points = Iterable[Iterable[float]]


@dataclass(frozen=True)
class Mark:
    """One village: where, what its mark says, and how many households."""

    x: int
    y: int
    look: str
    sign: str
    name: str
    label: str
    anchor: str
    dx: int
    dy: int


@dataclass(frozen=True)
class Sketch:
    cells: tuple[str, ...]
    chosen: str
    edge: str
    waters: tuple[tuple[str, int], ...]
    floods: tuple[str, ...]
    marks: tuple[Mark, ...]
    viewbox: str = f"0 0 {WIDTH:.0f} {HEIGHT:.0f}"


class _Paper:
    """Longitude and latitude on the paper; distances are true enough for a township."""

    def __init__(self, rings: list[list[list[float]]]) -> None:
        lons, lats = zip(*[(x, y) for ring in rings for x, y in ring], strict=True)
        self._west, self._north = min(lons), max(lats)
        self._narrow = math.cos(math.radians((min(lats) + max(lats)) / 2))
        wide = (max(lons) - self._west) * self._narrow or 1e-6
        high = self._north - min(lats) or 1e-6
        self._scale = min((WIDTH - 2 * EDGE) / wide, (HEIGHT - 2 * EDGE) / high)
        self._x = (WIDTH - wide * self._scale) / 2
        self._y = (HEIGHT - high * self._scale) / 2

    def at(self, lon: float, lat: float) -> tuple[int, int]:
        x = self._x + (lon - self._west) * self._narrow * self._scale
        return round(x), round(self._y + (self._north - lat) * self._scale)

    def path(self, points: Points, *, close: bool) -> str:
        found = [self.at(*point) for point in points]
        return "M" + " ".join(f"{x},{y}" for x, y in found) + ("Z" if close else "")


def sketch(
    township: Place,
    states: Mapping[int, VillageState],
    floods: Iterable[FloodArea],
    *,
    chosen: str,
) -> Sketch | None:
    """The drawing of a township; None where no outline is known."""
    outlines = dict(places.outlines(township.tier, township.path))
    edge = outlines.get(township)
    if not edge:
        return None
    paper = _Paper(edge)
    cells = places.outlines(4, township.path)
    lines = places.lines("stream")
    return Sketch(
        cells=tuple(paper.path(rings[0], close=True) for _, rings in cells if rings),
        chosen=next((paper.path(r[0], close=True) for p, r in cells if p.path == chosen and r), ""),
        edge=paper.path(edge[0], close=True),
        waters=tuple((paper.path(each.points, close=False), max(3, 10 - 3 * each.rank)) for each in lines if _near(each.points, edge)),
        floods=tuple(paper.path(area.ring, close=True) for area in floods),
        marks=_marks(paper, [p for p, _ in cells], states),
    )  # fmt: skip


def _near(points: Points, edge: list[list[list[float]]]) -> bool:
    lons, lats = zip(*[(x, y) for ring in edge for x, y in ring], strict=True)
    return any(min(lons) <= x <= max(lons) and min(lats) <= y <= max(lats) for x, y in points)


def _marks(paper: _Paper, villages: list[Place], states: Mapping[int, VillageState]) -> tuple[Mark, ...]:
    """Marks where the villages lie; each name at the first side of its mark where nothing else stands."""
    at = {place.id: paper.at(place.lon, place.lat) for place in villages}
    taken = [_Box(x - HALF, y - HALF, x + HALF, y + HALF) for x, y in at.values()]
    marks = []
    for place in sorted(villages, key=lambda p: -states[p.id].order if p.id in states else 0):
        found = states.get(place.id)
        look = palette.state(found.state if found else "idle")
        label = ""
        if found is not None and found.move is not None and found.move.to_move:
            label = f"{found.move.moved}／{found.move.to_move}"
        x, y = at[place.id]
        side, box = _side(x, y, place.name, label, taken)
        taken.append(box)
        marks.append(
            Mark(x, y, look.look, look.sign, place.name, label, *SIDES[side][:2], _first_line(side, label))
        )
    return tuple(marks)


@dataclass(frozen=True)
class _Box:
    left: float
    top: float
    right: float
    bottom: float

    def overlaps(self, other: "_Box") -> bool:
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


HALF, LETTER, ROW = 30, 34, 38
SIDES = {"below": ("middle", 0), "right": ("start", 38), "left": ("end", -38), "above": ("middle", 0)}
"""Side of the mark: how the text is anchored and how far beside the middle."""


def _side(x: int, y: int, name: str, label: str, taken: list[_Box]) -> tuple[str, _Box]:
    wide, high = max(len(name) * LETTER, len(label) * 24), ROW * (2 if label else 1)
    boxes = {
        "below": _Box(x - wide / 2, y + HALF, x + wide / 2, y + HALF + high),
        "right": _Box(x + 36, y - high / 2, x + 36 + wide, y + high / 2),
        "left": _Box(x - 36 - wide, y - high / 2, x - 36, y + high / 2),
        "above": _Box(x - wide / 2, y - HALF - high, x + wide / 2, y - HALF),
    }
    paper = _Box(0, 0, WIDTH, HEIGHT)
    for side, box in boxes.items():
        inside = box.left >= paper.left and box.right <= paper.right and box.bottom <= paper.bottom
        if inside and not any(box.overlaps(each) for each in taken):
            return side, box
    return "below", boxes["below"]


def _first_line(side: str, label: str) -> int:
    """The baseline of the name against the middle of the mark."""
    if side == "below":
        return 62
    if side == "above":
        return -76 if label else -40
    return -6 if label else 12
