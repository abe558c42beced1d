"""The index against exact arithmetic on a small grid, where every tie happens, and against shapely elsewhere."""

from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.science.spatial.index import BadPoints, Hits, PointIndex, UnknownPoint
from anlan.science.spatial.shapes import BadShape, parts_of

Ring = list[tuple[int, int]]

knots = st.tuples(st.integers(0, 12), st.integers(0, 12))
rings = st.lists(knots, min_size=3, max_size=9)
polygons = st.lists(st.lists(rings, min_size=1, max_size=3), min_size=1, max_size=3)
STEP = 1 / 16  # exact in binary, so a point can lie exactly on a vertex or an edge
LATTICE = [(x, y) for x in range(-1, 14) for y in range(-1, 14)]


def place(ring: Ring) -> np.ndarray:
    return np.array([(110 + x * STEP, 30 + y * STEP) for x, y in ring])


def covered(point: tuple[int, int], part: list[Ring]) -> bool:
    """The rule by exact arithmetic: on any edge is inside, otherwise even-odd."""
    x, y = point
    inside = False
    for ring in part:
        for (ax, ay), (bx, by) in zip(ring, ring[1:] + ring[:1], strict=True):
            cross = (bx - ax) * (y - ay) - (x - ax) * (by - ay)
            if cross == 0 and min(ax, bx) <= x <= max(ax, bx) and min(ay, by) <= y <= max(ay, by):
                return True
            if (ay > y) != (by > y):
                inside ^= x > Fraction((bx - ax) * (y - ay), by - ay) + ax
    return inside


def lattice(copies: int = 1) -> PointIndex:
    """Every knot, ``copies`` times, so that cells are full enough to be taken whole."""
    points = place([p for p in LATTICE for _ in range(copies)])
    return PointIndex(np.arange(len(points)), *points.T, np.arange(len(points), dtype=np.int32) // copies)


ONE, MANY = lattice(), lattice(40)


@settings(max_examples=300, deadline=None)
@given(polygons)
def test_a_polygon_holds_exactly_the_points_that_it_covers(polygon: list[list[Ring]]) -> None:
    parts = [[place(ring) for ring in part] for part in polygon]
    wanted = [i for i, p in enumerate(LATTICE) if any(covered(p, part) for part in polygon)]
    assert sorted(ONE.in_polygon(parts).ids.tolist()) == wanted
    counts = MANY.in_polygon(parts).counts(len(LATTICE))
    assert np.flatnonzero(counts).tolist() == wanted
    assert set(counts[wanted].tolist()) <= {40}


def town(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    lon = np.where(random.random(n) < 0.5, random.normal(113.2, 0.02, n), random.uniform(112.9, 113.6, n))
    return lon, random.normal(31.6, 0.1, n)


def star(random: np.random.Generator, knots: int) -> np.ndarray:
    angle = np.sort(random.uniform(0, 2 * np.pi, knots))
    far = random.uniform(0.03, 0.2, knots)
    return np.stack([113.2 + far * np.cos(angle), 31.6 + far * np.sin(angle)], axis=1)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.integers(3, 300))
def test_two_thousand_people_are_found_as_shapely_finds_them(seed: int, knots: int) -> None:
    lon, lat = town(2_000, seed)
    ring = star(np.random.default_rng(seed), knots)
    found = PointIndex(np.arange(lon.size), lon, lat).in_polygon([[ring]]).ids
    peer = np.flatnonzero(shapely.intersects_xy(shapely.Polygon(ring), lon, lat))
    assert sorted(found.tolist()) == peer.tolist()


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 12), st.floats(0, 20_000))
def test_people_near_a_stream_are_those_within_the_distance_on_the_sphere(
    seed: int, knots: int, metres: float
) -> None:
    lon, lat = town(800, seed)
    random = np.random.default_rng(seed)
    line = np.stack([random.normal(113.2, 0.05, knots), random.normal(31.6, 0.05, knots)], axis=1)
    found = set(PointIndex(np.arange(lon.size), lon, lat).near(line, metres).ids.tolist())
    distance = np.min([_sphere(lon, lat, a, b) for a, b in _legs(line)], axis=0)
    assert set(np.flatnonzero(distance <= metres * 0.99 - 1).tolist()) <= found
    beside = (
        max(np.hypot(*(b - a)) for a, b in _legs(line)) * 111_320 / 399 / 2
    )  # between two points of the peer's leg
    assert found <= set(np.flatnonzero(distance <= np.hypot(metres * 1.01 + 1, beside)).tolist())


def _legs(line: np.ndarray) -> list[tuple[np.ndarray, np.ndarray]]:
    return list(pairwise(line)) or [(line[0], line[0])]


def _sphere(lon: np.ndarray, lat: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Least great-circle distance to 400 points along a leg."""
    along = np.linspace(0, 1, 400)[:, None]
    knots = np.radians(a + along * (b - a))
    x, y = np.radians(lon), np.radians(lat)
    out = np.full(lon.size, np.inf)
    for kx, ky in knots:
        h = np.sin((y - ky) / 2) ** 2 + np.cos(y) * np.cos(ky) * np.sin((x - kx) / 2) ** 2
        out = np.minimum(out, 2 * 6_371_000 * np.arcsin(np.sqrt(h)))
    return out


moves = st.lists(
    st.one_of(
        st.tuples(st.just("place"), st.dictionaries(st.integers(0, 30), knots, max_size=6)),
        st.tuples(st.just("remove"), st.integers(0, 30)),
        st.tuples(st.just("compact"), st.none()),
    ),
    max_size=12,
)


@settings(max_examples=150, deadline=None)
@given(moves, rings)
def test_after_moves_inserts_and_removals_the_answer_is_that_of_a_fresh_index(
    story: list, ring: Ring
) -> None:
    where = {i: (i % 5, i // 5) for i in range(20)}
    index = PointIndex(np.arange(20), *place(list(where.values())).T, np.arange(20, dtype=np.int32))
    for kind, what in story:
        if kind == "place" and what:
            where |= what
            ids = np.array(list(what))
            index.place(ids, *place(list(what.values())).T, ids.astype(np.int32))
        elif kind == "remove" and what in where:
            del where[what]
            index.remove(np.array([what]))
        elif kind == "remove":
            with pytest.raises(UnknownPoint, match=str(what)):
                index.remove(np.array([what]))
        elif kind == "compact":
            index.compact()
            assert index.delta_size == 0
    hits = index.in_polygon([[place(ring)]])
    assert sorted(hits.ids.tolist()) == sorted(i for i, p in where.items() if covered(p, [ring]))
    assert np.array_equal(hits.ids, hits.groups)
    assert len(index) == len(where)


def test_a_hole_leaves_out_its_inside_but_not_its_rim() -> None:
    outer, hole = [(0, 0), (12, 0), (12, 12), (0, 12)], [(3, 3), (6, 3), (6, 6), (3, 6)]
    inside = set(ONE.in_polygon([[place(outer), place(hole)]]).ids.tolist())
    assert LATTICE.index((4, 4)) not in inside
    assert {LATTICE.index((3, 4)), LATTICE.index((0, 0))} <= inside


def test_where_two_parts_overlap_everybody_is_inside_once() -> None:
    parts = [[place([(0, 0), (6, 0), (6, 6), (0, 6)])], [place([(3, 3), (9, 3), (9, 9), (3, 9)])]]
    ids = ONE.in_polygon(parts).ids.tolist()
    assert ids.count(LATTICE.index((4, 4))) == 1


def test_a_box_includes_its_rim() -> None:
    assert ONE.in_box(110.0, 30.0, 110.0 + STEP, 30.0).ids.size == 2


def test_a_geojson_polygon_is_asked_with_its_closing_point_and_height() -> None:
    ring = [[110, 30, 9], [110.5, 30, 9], [110.5, 30.5, 9], [110, 30, 9]]
    closed = ONE.in_polygon(parts_of({"type": "MultiPolygon", "coordinates": [[ring]]}))
    assert closed.ids.size == ONE.in_polygon([[np.array(ring)[:3, :2]]]).ids.size == 45


@pytest.mark.parametrize(
    ("ring", "word"),
    [
        ([(0.0, 0.0), (1.0, 1.0)], "at least 3"),
        ([(0.0, 0.0), (1.0, 1.0), (np.nan, 1.0)], "lon before lat"),
        ([(31.6, 113.2), (31.7, 113.2), (31.7, 113.3)], "lon before lat"),
        ([(170.0, 0.0), (-170.0, 0.0), (-170.0, 9.0)], "antimeridian"),
    ],
)
def test_a_shape_that_cannot_be_asked_about_says_why(ring: list, word: str) -> None:
    with pytest.raises(BadShape, match=word):
        ONE.in_polygon([[np.array(ring)]])


def test_other_shapes_without_sense_are_refused() -> None:
    for wrong in ({"type": "Point", "coordinates": [1, 2]}, {"type": "Polygon", "coordinates": [[1, 2]]}):
        with pytest.raises(BadShape):
            parts_of(wrong)
    with pytest.raises(BadShape, match="no ring"):
        ONE.in_polygon([[]])
    with pytest.raises(BadShape, match="metres"):
        ONE.near(np.array([[110.0, 30.0]]), -1.0)


def test_points_without_a_place_or_given_twice_are_refused_and_nothing_changes() -> None:
    index = PointIndex(np.array([1]), np.array([110.0]), np.array([30.0]))
    two = np.array([3, 3])
    for ids, lon in ((two, np.zeros(2)), (np.array([3, 4]), np.array([0.0, np.nan])), (two[:1], np.zeros(2))):
        with pytest.raises(BadPoints):
            index.place(ids, lon, np.zeros(2))
    assert len(index) == 1


def test_an_empty_index_finds_nobody() -> None:
    none = PointIndex(np.empty(0, np.int64), np.empty(0), np.empty(0))
    assert none.in_box(0, 0, 1, 1).ids.size == 0
    none.place(np.array([8]), np.array([0.5]), np.array([0.5]))
    assert none.in_box(0, 0, 1, 1).ids.tolist() == [8]
    assert none.in_polygon([]).ids.size == 0


def test_counts_name_every_group_also_the_empty_ones() -> None:
    assert Hits(np.array([1]), np.array([1], np.int32)).counts(4).tolist() == [0, 1, 0, 0]
