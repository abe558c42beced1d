"""道路: every village to its township, every township to its county seat. Courses are synthetic."""

import numpy as np
import shapely
from shapely import LineString

from anlan.exercise.chance import Chance

from .facts import Facts
from .layout import Layout, Points, on_globe
from .model import Road
from .water import Drainage


def roads(chance: Chance, facts: Facts, layout: Layout, drainage: Drainage) -> tuple[Road, ...]:
    """Two networks without loops: village roads inside townships, county roads between them."""
    town_at = {t.key: layout.towns[i] for i, t in enumerate(facts.towns)}
    ends: list[tuple[str, str, Points]] = []
    for town in facts.towns:
        members = [i for i, v in enumerate(facts.villages) if v.town == town.key]
        keys = [town.key, *(facts.villages[i].key for i in members)]
        ends += _spanning(keys, np.vstack([town_at[town.key], layout.villages[members]]))
    village_roads = len(ends)
    ends += _spanning(list(town_at), layout.towns)
    names = {t.key: t.name for t in facts.towns} | {v.key: v.stem for v in facts.villages}
    lines = np.array([_bent(chance, f"{a}-{b}", line) for a, b, line in ends])
    crossed = shapely.STRtree(lines).query(np.array(drainage.lines), predicate="intersects")
    crosses: list[list[str]] = [[] for _ in ends]
    for stream, road in crossed.T.tolist():
        crosses[road].append(drainage.streams[stream].ref)
    drawn = on_globe(lines)
    return tuple(
        Road(
            ref=f"T-{a}-{b}",
            name=f"{names[a]}至{names[b]}",
            kind="village" if n < village_roads else "county",
            start=a,
            end=b,
            line=drawn[n],
            crosses=tuple(sorted(crosses[n])),
        )
        for n, (a, b, _) in enumerate(ends)
    )


def _spanning(keys: list[str], points: Points) -> list[tuple[str, str, Points]]:
    """Shortest network that joins all points (Prim), from the first outwards."""
    distance = np.hypot(*(points - points[0]).T)
    nearest = np.zeros(len(keys), dtype=int)
    outside = np.arange(len(keys)) > 0
    found = []
    while outside.any():
        new = int(np.where(outside, distance, np.inf).argmin())
        found.append((keys[nearest[new]], keys[new], points[[nearest[new], new]]))
        outside[new] = False
        there = np.hypot(*(points - points[new]).T)
        closer = outside & (there < distance)
        distance[closer], nearest[closer] = there[closer], new
    return found


def _bent(chance: Chance, subject: str, ends: Points) -> LineString:
    along = ends[1] - ends[0]
    across = np.array([-along[1], along[0]]) * chance.between(subject, "road bend", -0.1, 0.1)
    return LineString([ends[0], ends.mean(axis=0) + across, ends[1]])
