"""Does a way touch an area? Plain plane geometry in metres around one point; enough for a walk of a few kilometres.

Areas are rings of (lon, lat) in degrees, EPSG:4490; the first ring is the outline, further rings are holes. Distances
are good to well under 1 % within 20 km, which the buffer of the flood area swallows.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import cos, hypot, inf, radians

LonLat = tuple[float, float]
Metres = tuple[float, float]

METRES_A_DEGREE = 111_320.0


def to_metres(point: LonLat, *, origin: LonLat) -> Metres:
    """East and north of the origin, in metres."""
    east = (point[0] - origin[0]) * METRES_A_DEGREE * cos(radians(origin[1]))
    return east, (point[1] - origin[1]) * METRES_A_DEGREE


def way_length_m(way: Sequence[LonLat]) -> float:
    """Length of a way in metres."""
    if not way:
        return 0.0
    flat = [to_metres(point, origin=way[0]) for point in way]
    return sum(hypot(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(flat))


def way_touches(way: Sequence[LonLat], rings: Sequence[Sequence[LonLat]], *, buffer_m: float) -> bool:
    """Whether the way enters the area or comes nearer to its edge than the buffer."""
    origin = way[0]
    if not _is_near(way, rings, buffer_m):
        return False
    flat_way = [to_metres(point, origin=origin) for point in way]
    flat_rings = [[to_metres(point, origin=origin) for point in ring] for ring in rings]
    if any(is_inside(point, flat_rings) for point in flat_way):
        return True
    legs = list(pairwise(flat_way)) or [(flat_way[0], flat_way[0])]
    return any(
        segments_apart_m(a, b, c, d) <= buffer_m
        for ring in flat_rings
        for c, d in _edges(ring)
        for a, b in legs
    )


def _is_near(way: Sequence[LonLat], rings: Sequence[Sequence[LonLat]], buffer_m: float) -> bool:
    """Whether the boxes around both come nearer than the buffer: most areas lie far from most ways."""
    for axis, metres in enumerate((METRES_A_DEGREE * cos(radians(way[0][1])), METRES_A_DEGREE)):
        mine = [point[axis] for point in way]
        theirs = [point[axis] for ring in rings for point in ring] or [inf]
        if max(min(theirs) - max(mine), min(mine) - max(theirs)) * metres > buffer_m:
            return False
    return True


def is_inside(point: Metres, rings: Sequence[Sequence[Metres]]) -> bool:
    """Even-odd rule over all rings, so that a hole is outside."""
    x, y = point
    inside = False
    for ring in rings:
        for (x1, y1), (x2, y2) in _edges(ring):
            if (y1 > y) != (y2 > y) and x < x1 + (y - y1) * (x2 - x1) / (y2 - y1):
                inside = not inside
    return inside


def segments_apart_m(a: Metres, b: Metres, c: Metres, d: Metres) -> float:
    """Least distance between the segments ab and cd; 0 where they cross."""
    if _cross(a, b, c) * _cross(a, b, d) < 0 and _cross(c, d, a) * _cross(c, d, b) < 0:
        return 0.0
    return min(_apart(a, c, d), _apart(b, c, d), _apart(c, a, b), _apart(d, a, b))


def _edges(ring: Sequence[Metres]) -> Iterator[tuple[Metres, Metres]]:
    """The edges of a ring, closed if its writer left that out."""
    yield from pairwise(ring)
    if ring and ring[0] != ring[-1]:
        yield ring[-1], ring[0]


def _cross(a: Metres, b: Metres, p: Metres) -> float:
    return (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0])


def _apart(p: Metres, a: Metres, b: Metres) -> float:
    """Distance of a point from a segment."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    square = dx * dx + dy * dy
    along = 0.0 if square == 0 else max(0.0, min(1.0, ((p[0] - a[0]) * dx + (p[1] - a[1]) * dy) / square))
    return hypot(p[0] - a[0] - along * dx, p[1] - a[1] - along * dy)
