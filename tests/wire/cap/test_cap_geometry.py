"""Rings judged by NumPy agree with shapely."""

import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.wire.cap.geometry import crossing_edges, is_flat
from anlan.wire.cap.model import Point

# A coarse grid makes touching, overlapping and repeated points common.
corners = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=3, max_size=9)


def closed(corners):
    ring = tuple(Point(float(x), float(y)) for x, y in corners)
    return (*ring, ring[0])


def no_repeats_in_a_row(ring):
    return [point for point, before in zip(ring[1:], ring, strict=False) if point != before]


@settings(max_examples=300, deadline=None)
@given(corners)
def test_crossing_agrees_with_shapely(corners):
    ring = closed(corners)
    # Spikes run back along their own edge: neighbours that overlap, judged by area and not by crossing.
    plain = no_repeats_in_a_row(ring)
    if len(plain) < 3 or spiked(plain):
        return
    assert (crossing_edges(ring) is None) == shapely.LinearRing(ring).is_simple


def spiked(points):
    turns = zip(points, points[1:] + points[:1], points[2:] + points[:2], strict=True)
    return any(
        (b.lon - a.lon) * (c.lat - b.lat) == (b.lat - a.lat) * (c.lon - b.lon)
        and (b.lon - a.lon) * (c.lon - b.lon) + (b.lat - a.lat) * (c.lat - b.lat) < 0
        for a, b, c in turns
    )


@given(corners)
def test_flatness_agrees_with_shapely(corners):
    ring = closed(corners)
    assert is_flat(ring) == (shapely.MultiPoint(ring).convex_hull.area == 0)


def test_the_crossing_edges_are_named():
    bow_tie = closed([(0, 0), (2, 2), (2, 0), (0, 2)])
    assert crossing_edges(bow_tie) == (1, 3)
