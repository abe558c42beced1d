"""Shapes made fit to be kept: checked for crossings, rings put in order, thinned within metres, with what went told.

A polygon is kept as a flat list of rings: an outline turns against the clock, the holes after it with the clock.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import shapely

from anlan.foundation.words import Sentence, say
from anlan.places.mapfiles.features import Feature, MapFileWrong

AREA, LINE = "area", "line"
TYPES: Final = {AREA: (3, 6), LINE: (1, 5)}
"""Kinds of shape by shapely's numbers; single and many."""
MOST_KEPT = 250_000
DEGREE_M = 111_320.0
Rings = list[list[list[float]]]


@dataclass(frozen=True)
class Fault:
    """What is wrong with one shape, and where."""

    number: int
    says: Sentence


@dataclass(frozen=True)
class Cleaned:
    features: list[Feature]
    faults: list[Fault]
    crossed: int
    before: int
    after: int
    notes: list[Sentence]


def cleaned(features: list[Feature], *, want: str, tolerance_m: float, mend: bool = False) -> Cleaned:
    """Shapes of the wanted kind, valid and thinned. Others are faults; so are crossings, unless `mend` takes them apart.

    Raises: MapFileWrong where no shape is of the wanted kind.
    """
    notes: list[Sentence] = []
    shapes = np.array([each.shape for each in features], dtype=object)
    before = int(shapely.get_num_coordinates(shapes).sum())
    fits = np.isin(shapely.get_type_id(shapes), TYPES[want])
    if not fits.any():
        raise MapFileWrong(
            "这个图层要面（多边形），文件里只有点或线。请选另一个图层。"
            if want == AREA
            else "这个图层要线，文件里只有点或面。请选另一个图层。"
        )
    faults = [
        Fault(features[n].number, say("不是需要的图形种类，未采用")) for n in np.flatnonzero(~fits).tolist()
    ]
    crossed: list[Fault] = []
    if want == AREA:
        shapes, crossed = _uncrossed(shapes, fits, features, mend, notes)
        faults += crossed
        fits &= ~np.isin([each.number for each in features], [each.number for each in crossed])
        shapes = shapely.orient_polygons(shapes)
    kept = np.flatnonzero(fits)
    thin = _thinned(shapes[kept], want, tolerance_m, notes)
    whole = ~shapely.is_empty(thin)
    found = [
        Feature(features[n].number, shape, features[n].told)
        for n, shape in zip(kept[whole].tolist(), thin[whole], strict=True)
    ]
    return Cleaned(
        found, sorted(faults, key=lambda f: f.number), len(crossed), before, int(shapely.get_num_coordinates(thin).sum()), notes
    )  # fmt: skip


def _uncrossed(
    shapes: Any, fits: Any, features: list[Feature], mend: bool, notes: list[Sentence]
) -> tuple[Any, list[Fault]]:
    """Polygons whose rings cross themselves or each other: mended, or told with the point where they do."""
    bad = np.flatnonzero(fits & ~shapely.is_valid(shapes))
    if not bad.size:
        return shapes, []
    if mend:
        shapes = shapes.copy()
        for n in bad.tolist():
            shapes[n] = _areas(shapely.make_valid(shapes[n], method="structure", keep_collapsed=False))
        notes.append(say("{n} 个面自己相交，已自动拆开；请在图上核对。", n=bad.size))
        bad = np.array([n for n in bad.tolist() if shapely.is_empty(shapes[n])], dtype=int)
    faults = []
    for n in bad.tolist():
        _, _, where = shapely.is_valid_reason(shapes[n]).partition("[")
        at = where.rstrip("]").split()
        lon, lat = (f"{float(c):.5f}" for c in at[:2]) if len(at) >= 2 else ("—", "—")
        faults.append(Fault(features[n].number, say("边线在 {lon}，{lat} 相交或套错", lon=lon, lat=lat)))
    return shapes, faults


def _areas(shape: Any) -> Any:
    """The polygons of a shape that was taken apart."""
    parts = [each for each in shapely.get_parts(shape) if shapely.get_type_id(each) == 3]
    return parts[0] if len(parts) == 1 else shapely.multipolygons(parts)


def _thinned(shapes: Any, want: str, tolerance_m: float, notes: list[Sentence]) -> Any:
    """Fewer vertices within so many metres; neighbours keep their common line where they have one. Wider where still too many."""
    if not shapes.size:
        return shapes
    lat = float(np.median(shapely.get_coordinates(shapes)[:, 1]))
    metres = np.array([DEGREE_M * np.cos(np.radians(lat)), DEGREE_M])
    plane = shapely.transform(shapes, lambda xy: xy * metres)
    # Neighbours drawn apart share no line, and each is thinned by itself.
    together = want == AREA and len(plane) > 1 and bool(shapely.coverage_is_valid(plane))
    while True:
        if tolerance_m <= 0:
            thin = plane
        elif together:
            thin = shapely.coverage_simplify(plane, tolerance_m)
        else:
            thin = shapely.simplify(plane, tolerance_m, preserve_topology=True)
        count = int(shapely.get_num_coordinates(thin).sum())
        if count <= MOST_KEPT:
            break
        tolerance_m = max(2 * tolerance_m, 2.0)
        if tolerance_m > 500:
            raise MapFileWrong(
                "图形太多，简化到 500 m 仍超过 {n} 个顶点。请按乡镇分成几个文件。", n=MOST_KEPT
            )
    before = int(shapely.get_num_coordinates(plane).sum())
    if count < before:
        notes.append(
            say(
                "在 {metres} m 以内简化：顶点 {before} → {after}。",
                metres=f"{tolerance_m:g}",
                before=before,
                after=count,
            )
        )
    return shapely.transform(thin, lambda xy: xy / metres)


def rings_of(shape: Any) -> Rings:
    """The flat rings of a polygon or many, six decimals (a decimetre)."""
    return [_points(ring) for part in shapely.get_parts(shape) for ring in (part.exterior, *part.interiors)]


def lines_of(shape: Any) -> list[list[list[float]]]:
    """The lines of one or many."""
    return [_points(part) for part in shapely.get_parts(shape)]


def _points(line: Any) -> list[list[float]]:
    return np.round(shapely.get_coordinates(line), 6).tolist()


def parts_of(rings: Rings) -> list[Rings]:
    """Flat rings as polygons: the first ring, and each that turns against the clock, begins a part."""
    parts: list[Rings] = []
    for ring in rings:
        if not parts or _turn(ring) > 0:
            parts.append([])
        parts[-1].append(ring)
    return parts


def centre_of(rings: Rings) -> tuple[float, float]:
    """The middle of flat rings."""
    middle = shapely.centroid(
        shapely.multipolygons([shapely.polygons(part[0], holes=part[1:] or None) for part in parts_of(rings)])
    )
    return middle.x, middle.y


def _turn(ring: list[list[float]]) -> float:
    """Twice the signed area; above 0 against the clock."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(ring, [*ring[1:], ring[0]], strict=True))
