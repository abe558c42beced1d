"""Rules on the places of an alert: polygons and circles, latitude first as only CAP has it."""

from collections.abc import Iterator

from ..geometry import crossing_edges, is_flat
from ..model import NAMESPACE, Point, Ring
from ..reader import unreadable
from ..report import Finding, Level, finding
from ..safexml import Element, line_of
from ..texts import Unreadable, read_circle, read_ring, write_point

# A box round China with its seas; degrees.
CHINA_LAT = (3.0, 54.0)
CHINA_LON = (73.0, 136.0)

# Crossing is looked for by comparing edges in pairs; this many pairs in one file keep the check well under a second.
MOST_POINTS = 2_000
MOST_PAIRS = 12_000_000


def polygons(root: Element) -> Iterator[Finding]:
    """CAP 3.2.4: at least four points, closed, not crossing itself; and where in the world it is."""
    pairs = 0
    for element in root.iter(f"{{{NAMESPACE}}}polygon"):
        try:
            ring = read_ring(element.text or "")
        except Unreadable as error:
            yield unreadable(element, error)
            continue
        if fault := _unfinished(ring, element):
            yield fault
            continue
        pairs += len(ring) ** 2
        yield from _shape(ring, element, too_many=pairs > MOST_PAIRS)
        yield from _where(ring, element)


def circles(root: Element) -> Iterator[Finding]:
    """CAP 3.2.4: a centre and a radius in kilometres."""
    for element in root.iter(f"{{{NAMESPACE}}}circle"):
        try:
            circle = read_circle(element.text or "")
        except Unreadable as error:
            yield unreadable(element, error)
        else:
            yield from _where((circle.centre,), element)


RULES = (polygons, circles)


def _unfinished(ring: Ring, element: Element) -> Finding | None:
    """A fault that makes the shape meaningless."""
    line = line_of(element)
    if len(ring) < 4:
        return finding("CAP-POLYGON-POINTS", line=line, count=len(ring))
    if ring[0] != ring[-1]:
        return finding("CAP-POLYGON-OPEN", line=line, first=write_point(ring[0]), last=write_point(ring[-1]))
    return None


def _shape(ring: Ring, element: Element, *, too_many: bool) -> Iterator[Finding]:
    line = line_of(element)
    if len(ring) > MOST_POINTS or too_many:
        yield finding("CAP-POLYGON-TOO-LONG", level=Level.WARNING, line=line, count=len(ring))
        return
    if is_flat(ring):
        yield finding("CAP-POLYGON-FLAT", line=line)
    elif edges := crossing_edges(ring):
        yield finding("CAP-POLYGON-CROSSES", line=line, first=edges[0], second=edges[1])


def _where(points: tuple[Point, ...], element: Element) -> Iterator[Finding]:
    """Say it once when a place is outside China, and whether swapping the numbers would bring it in."""
    outside = next((point for point in points if not _in_china(point.lon, point.lat)), None)
    if outside is None:
        return
    swapped = all(_in_china(point.lat, point.lon) for point in points)
    code = "CAP-COORDINATE-SWAPPED" if swapped else "CAP-COORDINATE-OUTSIDE"
    yield finding(code, level=Level.WARNING, line=line_of(element), value=write_point(outside))


def _in_china(lon: float, lat: float) -> bool:
    return CHINA_LON[0] <= lon <= CHINA_LON[1] and CHINA_LAT[0] <= lat <= CHINA_LAT[1]
