"""Streams, flood corridors: a drainage tree over the villages. Every course is synthetic.

The shortest-path tree from the outlets over the villages' neighbour graph, where edges along the assumed valleys
are cheap, is a plane tree in which water meets in the valleys. Each village has one node a little off its
houses; a stream runs from a source down to the node where it joins a larger one.
"""

import heapq
from collections import Counter
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely import LineString

from anlan.exercise.chance import Chance

from .facts import LIULIN, Facts, VillageFact
from .layout import Layout, Points, on_globe
from .model import FloodCorridor, Stream

# Valleys as township units from the head to the mouth; the last of a chain is an outlet if it joins no other.
# Only the name 涢水 and the towns on it are published; all else is assumed.
_VALLEYS: tuple[tuple[str, ...], ...] = (
    ("421321114", "421321113", "421321112", "421303001", "421303187", "421381104", "421303104"),
    (LIULIN, "421321118", "421321112"),
    ("421321107", "421321108", "421321101", "421303001"),
    ("421321103", "421321102", "421303101", "421303187"),
    ("421321105", "421321106"),
    ("421381100", "421381003", "421381101"),
    ("421381107", "421381108", "421381001", "421381112", "421381102"),
)
_OUTLETS = ("421303104", "421321106", "421381101", "421381102")
_TRUNK_NAMES = {"421303104": ("涢水", "published")}
_LIULIN_STREAM = ("白果河", "synthetic")  # after the reservoir below the town
_VALLEY_KM = 2.2  # villages this close to a valley's line lie in it
_VALLEY_COST = 0.3
CORRIDOR_BASE_M, CORRIDOR_PER_ORDER_M = 22.0, 3.0


@dataclass(frozen=True)
class Drainage:
    """The tree: per village its node (km), the village it drains to (-1 = out), Strahler order, its stream."""

    nodes: Points
    downstream: NDArray[np.int32]
    order: NDArray[np.int32]
    stream_of: tuple[str, ...]  # stream ref by village index
    streams: tuple[Stream, ...]
    lines: tuple[LineString, ...]  # plane, same order as streams
    arms: tuple[
        tuple[Points, ...], ...
    ]  # straight pieces at a village's node: [2, 2] arrays from node outwards

    def below(self, village: int, count: int) -> list[int]:
        """The next villages downstream, nearest first."""
        found: list[int] = []
        while len(found) < count and (village := int(self.downstream[village])) >= 0:
            found.append(village)
        return found

    def half_width_m(self, village: int) -> float:
        """Half width of the flood corridor at a village (assumed)."""
        return CORRIDOR_BASE_M + CORRIDOR_PER_ORDER_M * (int(self.order[village]) - 1)


def drain(chance: Chance, facts: Facts, layout: Layout) -> Drainage:
    """Grow the tree and cut it into streams."""
    downstream = _tree(facts, layout)
    upstream: list[list[int]] = [[] for _ in facts.villages]
    for village, to in enumerate(downstream.tolist()):
        if to >= 0:
            upstream[to].append(village)
    sequence = _sources_first(downstream, upstream)
    order, catchment = _strahler(sequence, upstream)
    nodes = _nodes(chance, facts, layout)
    paths = _paths(sequence, downstream, upstream, catchment)
    bends = _bends(chance, facts, nodes, downstream)
    lines, arms = _courses(chance, facts, layout, nodes, downstream, paths, bends)
    streams, stream_of = _name_streams(facts, paths, downstream, order, lines)
    return Drainage(nodes, downstream, order, stream_of, streams, lines, arms)


def _tree(facts: Facts, layout: Layout) -> NDArray[np.int32]:
    """Village to which each village drains: Dijkstra from the outlets, cheap along the valleys."""
    town_at = {t.key: layout.towns[i] for i, t in enumerate(facts.towns)}
    valleys = shapely.multilinestrings([LineString([town_at[k] for k in chain]) for chain in _VALLEYS])
    in_valley = shapely.distance(shapely.points(layout.villages), valleys) < _VALLEY_KM
    around: list[list[tuple[int, float]]] = [[] for _ in facts.villages]
    for a, b in layout.neighbours:
        length = float(np.hypot(*(layout.villages[a] - layout.villages[b])))
        cost = length * (_VALLEY_COST if in_valley[a] and in_valley[b] else 1.0)
        around[a].append((b, cost))
        around[b].append((a, cost))
    downstream = np.full(len(facts.villages), -1, dtype=np.int32)
    best = np.full(len(facts.villages), np.inf)
    queue = [(0.0, _lowest(facts, layout, outlet)) for outlet in _OUTLETS]
    for cost, village in queue:
        best[village] = cost
    heapq.heapify(queue)
    while queue:
        cost, village = heapq.heappop(queue)
        if cost > best[village]:
            continue
        for other, step in around[village]:
            if cost + step < best[other]:
                best[other], downstream[other] = cost + step, village
                heapq.heappush(queue, (cost + step, other))
    return downstream


def _lowest(facts: Facts, layout: Layout, town: str) -> int:
    """The outlet: the township's village farthest from the middle of the city."""
    members = [i for i, v in enumerate(facts.villages) if v.town == town]
    return max(members, key=lambda i: float(np.hypot(*layout.villages[i])))


def _sources_first(downstream: NDArray[np.int32], upstream: list[list[int]]) -> list[int]:
    waiting = [len(u) for u in upstream]
    ready = [i for i, n in enumerate(waiting) if n == 0]
    for village in ready:
        to = int(downstream[village])
        if to >= 0:
            waiting[to] -= 1
            if waiting[to] == 0:
                ready.append(to)
    return ready


def _strahler(sequence: list[int], upstream: list[list[int]]) -> tuple[NDArray[np.int32], list[int]]:
    """Strahler order and number of villages drained, per village."""
    order = np.ones(len(sequence), dtype=np.int32)
    catchment = [1] * len(sequence)
    for village in sequence:
        counts = Counter(int(order[u]) for u in upstream[village])
        if counts:
            top = max(counts)
            order[village] = top + (counts[top] > 1)
        catchment[village] += sum(catchment[u] for u in upstream[village])
    return order, catchment


def _nodes(chance: Chance, facts: Facts, layout: Layout) -> Points:
    """The stream passes each village 60 to 300 m from its point."""
    keys = [v.key for v in facts.villages]
    angle = np.array([chance.unit(k, "brook side") for k in keys]) * 2 * np.pi
    away = np.minimum(
        np.array([chance.between(k, "brook distance", 0.06, 0.3) for k in keys]), layout.room_km * 0.4
    )
    return layout.villages + np.column_stack([np.cos(angle), np.sin(angle)]) * away[:, None]


def _paths(
    sequence: list[int], downstream: NDArray[np.int32], upstream: list[list[int]], catchment: list[int]
) -> list[list[int]]:
    """Streams as village indices, source to mouth; the largest arm at a junction keeps the stream."""
    main_arm = {v: max(u, key=lambda i: (catchment[i], -i)) for v, u in enumerate(upstream) if u}
    paths = []
    for source in (v for v in sequence if not upstream[v]):
        path = [source]
        while (to := int(downstream[path[-1]])) >= 0 and main_arm[to] == path[-1]:
            path.append(to)
        paths.append(path)
    return paths


def _bends(chance: Chance, facts: Facts, nodes: Points, downstream: NDArray[np.int32]) -> Points:
    """One bend between a village's node and the next node downstream."""
    to = np.where(downstream >= 0, downstream, np.arange(len(nodes)))
    along = nodes[to] - nodes
    sway = np.array([chance.between(v.key, "bend", -0.14, 0.14) for v in facts.villages])
    return (nodes + nodes[to]) / 2 + np.column_stack([-along[:, 1], along[:, 0]]) * sway[:, None]


def _courses(
    chance: Chance,
    facts: Facts,
    layout: Layout,
    nodes: Points,
    downstream: NDArray[np.int32],
    paths: list[list[int]],
    bends: Points,
) -> tuple[tuple[LineString, ...], tuple[tuple[Points, ...], ...]]:
    """Lines of the streams, and the straight pieces that meet at each village's node."""
    arms: list[list[Points]] = [[] for _ in nodes]
    lines = []
    for path in paths:
        turn = chance.unit(facts.villages[path[0]].key, "source side") * 2 * np.pi
        source = nodes[path[0]] + np.array([np.cos(turn), np.sin(turn)]) * layout.room_km[path[0]] * 0.5
        course = [source]
        arms[path[0]].append(np.array([nodes[path[0]], source]))
        for village in path:
            course.append(nodes[village])
            to = int(downstream[village])
            if to >= 0:
                course.append(bends[village])
                arms[village].append(np.array([nodes[village], bends[village]]))
                arms[to].append(np.array([nodes[to], bends[village]]))
        if (mouth := int(downstream[path[-1]])) >= 0:
            course.append(nodes[mouth])
        lines.append(LineString(course))
    return tuple(lines), tuple(tuple(a) for a in arms)


def _name_streams(
    facts: Facts,
    paths: list[list[int]],
    downstream: NDArray[np.int32],
    order: NDArray[np.int32],
    lines: tuple[LineString, ...],
) -> tuple[tuple[Stream, ...], tuple[str, ...]]:
    refs = [f"R-{facts.villages[path[0]].key}" for path in paths]
    stream_of = [""] * len(facts.villages)
    for ref, path in zip(refs, paths, strict=True):
        for village in path:
            stream_of[village] = ref
    streams = []
    drawn = on_globe(np.array(lines))
    for ref, path, line in zip(refs, paths, drawn, strict=True):
        mouth = int(downstream[path[-1]])
        members = [facts.villages[v] for v in path]
        name, source = _stream_name(members, leaves_city=mouth < 0)
        streams.append(
            Stream(
                ref=ref,
                name=name,
                name_source="published" if source == "published" else "synthetic",
                joins=stream_of[mouth] if mouth >= 0 else None,
                order=int(order[path].max()),
                villages=tuple(v.key for v in members),
                line=line,
            )
        )
    return tuple(streams), tuple(stream_of)


def _stream_name(members: list[VillageFact], *, leaves_city: bool) -> tuple[str, str]:
    """The trunk's own name, else one taken from a village called after a river, else from the source village."""
    if leaves_city and members[-1].town in _TRUNK_NAMES:
        return _TRUNK_NAMES[members[-1].town]
    stems = [v.stem.removesuffix("村").removesuffix("社区") for v in members]
    if sum(v.town == LIULIN for v in members) > 2:
        return _LIULIN_STREAM
    after_river = next((s for s in stems if s.endswith("河") and len(s) > 1), None)
    return after_river or f"{stems[0]}{'河' if len(members) > 3 else '沟'}", "synthetic"


def corridors(facts: Facts, drainage: Drainage, *, chance: Chance) -> tuple[FloodCorridor, ...]:
    """行洪区 at every village: the pieces of stream that meet there, widened by order (all assumed)."""
    pieces = [shapely.multilinestrings(list(arms)) for arms in drainage.arms]
    half_km = np.array([drainage.half_width_m(i) for i in range(len(pieces))]) / 1000
    areas = on_globe(shapely.buffer(np.array(pieces), half_km, quad_segs=2))
    return tuple(
        FloodCorridor(
            ref=f"C-{village.key}",
            stream=drainage.stream_of[i],
            village=village.key,
            area=areas[i],
            half_width_m=drainage.half_width_m(i),
            closes_after_min=chance.whole(village.key, "corridor closes", 3, 6) * 10,
        )
        for i, village in enumerate(facts.villages)
    )
