"""A place drawn as SVG by the server: outlines, water, marks of its villages, or of townships where it is wider.

For the wall, which has no script to wait for; for paper; and where a browser cannot draw the living map.
"""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, replace

from anlan.call.queries.villages import VillageState
from anlan.desk import labels
from anlan.places import queries as places
from anlan.places.atlas import Place, atlas
from anlan.places.layers import shown
from anlan.places.queries import FloodArea
from anlan.ui import palette
from anlan.ui.svg.paper import Paper, Points

WIDTH, HEIGHT, EDGE = 860.0, 820.0, 60.0
HALF, LETTER, ROW, RISE = 36, 34, 37, 31
"""Half a mark with its margin; the letters of a name (wall.css), their lines, and a baseline below its line's top."""
RING = 41
"""The ring of expected water around a mark; no name stands within it."""


@dataclass(frozen=True)
class Mark:
    """One village: where, what its mark says, and what stands beside it; `wet`: the forecast brings water there."""

    x: int
    y: int
    look: str
    sign: str
    name: str
    rows: tuple[tuple[int, str], ...]
    """Baseline against the middle of the mark, and the text; none where nothing is free."""
    anchor: str = "middle"
    dx: int = 0
    lead: str = ""
    wet: bool = False


@dataclass(frozen=True)
class Sketch:
    cells: tuple[str, ...]
    chosen: str
    edge: str
    waters: tuple[tuple[str, int], ...]
    floods: tuple[str, ...]
    buildings: str
    marks: tuple[Mark, ...]
    viewbox: str = f"0 0 {WIDTH:.0f} {HEIGHT:.0f}"


def sketch(
    township: Place,
    states: Mapping[int, VillageState],
    floods: Iterable[FloodArea],
    *,
    chosen: str,
    wet: Container[int] = (),
) -> Sketch | None:
    """The drawing of a place; None where no outline is known. `wet`: villages to which the forecast brings water, by id."""
    outlines = dict(places.outlines(township.tier, township.path))
    edge = outlines.get(township)
    if not edge:
        return None
    paper = Paper(edge, width=WIDTH, height=HEIGHT, edge=EDGE)
    cells = places.outlines(4 if township.tier >= 3 else 3, township.path)
    if township.tier < 3:
        states = _towns(states.values())
    lines = places.lines("stream")
    return Sketch(
        cells=tuple(paper.rings(rings) for _, rings in cells if rings),
        chosen=next((paper.rings(r) for p, r in cells if p.path == chosen and r), ""),
        edge=paper.rings(edge),
        waters=tuple((paper.path(each.points, close=False), max(3, 10 - 3 * each.rank)) for each in lines if _near(each.points, edge)),
        floods=tuple(paper.path(area.ring, close=True) for area in floods),
        buildings=_buildings(paper, edge) if township.tier >= 3 else "",
        marks=_marks(paper, [p for p, _ in cells], states, chosen, wet),
    )  # fmt: skip


def _towns(states: Iterable[VillageState]) -> dict[int, VillageState]:
    """Of each township its most urgent village."""
    worst: dict[int, VillageState] = {}
    for each in states:
        town = atlas().township(each.place)
        if town.id not in worst or worst[town.id].order < each.order:
            worst[town.id] = replace(each, place=town, move=None)
    return worst


def _buildings(paper: Paper, edge: list[list[list[float]]]) -> str:
    """Outlines of buildings in one path; those that would be a dot are left out."""
    drawn = (paper.path(ring, close=True) for ring in shown().buildings if _near(ring[:1], edge))
    return "".join(dict.fromkeys(path for path in drawn if " " in path))


def _near(points: Points, edge: list[list[list[float]]]) -> bool:
    lons, lats = zip(*[(x, y) for ring in edge for x, y in ring], strict=True)
    return any(min(lons) <= x <= max(lons) and min(lats) <= y <= max(lats) for x, y in points)


def _marks(
    paper: Paper, villages: list[Place], states: Mapping[int, VillageState], chosen: str, wet: Container[int]
) -> tuple[Mark, ...]:
    """Marks where the villages lie; the chosen one and the most urgent have the first choice of a place for their name."""

    def urgency(place: Place) -> tuple[bool, int]:
        return place.path != chosen, -states[place.id].order if place.id in states else 0

    ordered = sorted(villages, key=urgency)
    at = [paper.at(place.lon, place.lat) for place in ordered]
    texts = [_lines(place, states.get(place.id)) for place in ordered]
    wanted = [labels.Wanted(x, y, _forms(lines)) for (x, y), lines in zip(at, texts, strict=True)]
    half = RING if any(place.id in wet for place in ordered) else HALF
    placed = labels.place(wanted, half=half, paper=labels.Box(8, 8, WIDTH - 8, HEIGHT - 8))
    return tuple(
        replace(_mark(place, xy, states.get(place.id), lines, found), wet=place.id in wet)
        for place, xy, lines, found in zip(ordered, at, texts, placed, strict=True)
    )


def _lines(place: Place, found: VillageState | None) -> tuple[str, ...]:
    """What stands beside a mark: the name, and how many households have moved."""
    move = found.move if found is not None else None
    if move is None or not move.to_move:
        return (place.name,)
    return place.name, f"{move.moved}／{move.to_move}"


def _forms(lines: tuple[str, ...]) -> tuple[tuple[float, float], ...]:
    """All lines, or the name alone where there is no room for two."""
    return tuple(
        (max(labels.text_width(line, LETTER) for line in lines[:n]), ROW * n)
        for n in range(len(lines), 0, -1)
    )


def _mark(
    place: Place,
    xy: tuple[int, int],
    found: VillageState | None,
    lines: tuple[str, ...],
    placed: labels.Placed | None,
) -> Mark:
    (x, y), look = xy, palette.state(found.state if found else "idle")
    if placed is None:
        return Mark(x, y, look.look, look.sign, place.name, ())
    shown = lines[: len(lines) - placed.form]
    dx, base = round(placed.x - x), placed.box.top - y + RISE
    lead = "" if placed.lead is None else f"M0,0L{placed.lead[0] - x:.0f},{placed.lead[1] - y:.0f}"
    rows = tuple((round(base + ROW * n), line) for n, line in enumerate(shown))
    return Mark(x, y, look.look, look.sign, place.name, rows, placed.anchor, dx, lead)
