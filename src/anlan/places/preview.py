"""A layer drawn as the wall draws: what the map shows now behind it, dashed; the points of places upon it."""

import json
from dataclasses import dataclass
from typing import Any

from anlan.places import queries
from anlan.places.atlas import atlas
from anlan.places.layers import Kind
from anlan.places.models import MapLayer
from anlan.ui.svg.paper import Paper

WIDTH, HEIGHT, EDGE = 860.0, 620.0, 20.0


@dataclass(frozen=True)
class Drawing:
    """Paths of the new shapes, of those of now, and the points of places."""

    areas: tuple[str, ...]
    lines: tuple[str, ...]
    behind: tuple[str, ...]
    points: tuple[tuple[int, int], ...]
    viewbox: str = f"0 0 {WIDTH:.0f} {HEIGHT:.0f}"


def preview(row: MapLayer) -> Drawing | None:
    """None where no shape was taken."""
    shapes: list[dict[str, Any]] = json.loads(row.shapes)
    if not shapes:
        return None
    rings = [ring for each in shapes for ring in each.get("rings", ())] + [
        each["points"] for each in shapes if "points" in each
    ]
    paper = Paper(rings, width=WIDTH, height=HEIGHT, edge=EDGE)
    places = [p for each in shapes if (p := atlas().by_id.get(each.get("place", 0))) is not None]
    return Drawing(
        areas=tuple(dict.fromkeys(paper.rings(each["rings"]) for each in shapes if "rings" in each)),
        lines=tuple(
            dict.fromkeys(paper.path(each["points"], close=False) for each in shapes if "points" in each)
        ),
        behind=_behind(paper, row, {p.id for p in places}),
        points=tuple(paper.at(p.lon, p.lat) for p in places),
    )


def _behind(paper: Paper, row: MapLayer, places: set[int]) -> tuple[str, ...]:
    """Boundaries of the same places as the map has them now; of lines and buildings, those of townships."""
    if row.kind == Kind.BOUNDARY:
        tiers = {atlas().by_id[id].tier for id in places}
        return tuple(
            paper.rings(rings)
            for tier in tiers
            for place, rings in queries.outlines(tier)
            if rings and place.id in places
        )
    return tuple(paper.rings(rings) for _, rings in queries.outlines(3) if rings)
