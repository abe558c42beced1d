"""The map beside an alert: outlines of the place, its named divisions and the drawn line."""

import json
from typing import Any

import shapely
from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import require_GET

from anlan.foundation.words import w
from anlan.places import layers
from anlan.places import queries as places
from anlan.places.atlas import Place
from anlan.places.mapfiles.cleaned import parts_of
from anlan.ui.acts import address
from anlan.ui.pages import Request, page
from anlan.warn.queries import alerts as queries


def map_of(request: Request, place: Place, *, ref: str = "", draw: str = "") -> dict[str, Any]:
    return {
        "title": w("范围"),
        "base": address(request, "map", "base"),
        "state": address(request, "alerts", ref, "area") if ref else address(request, "alerts", "no-area"),
        "bounds": bounds(place),
        "schematic": layers.is_schematic(),
        "draw": draw,
    }


def bounds(place: Place) -> str:
    """west,south,east,north of the place's outline."""
    rings = [
        ring for p, found in places.outlines(place.tier, place.path) if p.id == place.id for ring in found
    ]
    points = [point for ring in rings for point in ring] or [
        [place.lon - 0.05, place.lat - 0.05],
        [place.lon + 0.05, place.lat + 0.05],
    ]
    lons, lats = [p[0] for p in points], [p[1] for p in points]
    return f"{min(lons):.4f},{min(lats):.4f},{max(lons):.4f},{max(lats):.4f}"


@page("warn.view")
@require_GET
def area(request: Request, ref: str) -> HttpResponse:
    """The alert's area as GeoJSON: the drawn line, or the outlines of what it names."""
    row = queries.row_of(request.ctx, ref)
    line = queries.line_of(row)
    polygons = [[ring] for ring in row.polygon or ()] or [
        part
        for named in line.named
        for p, found in places.outlines(named.tier, named.path)
        if p == named
        for part in parts_of(found)
    ]
    features = [_feature(rings, row.kind, line.level, ref, request) for rings in polygons]
    return JsonResponse(
        {"type": "FeatureCollection", "at": request.ctx.now.isoformat(), "features": features}
    )


def _feature(rings: list[Any], kind: str, level: str, ref: str, request: Request) -> dict[str, Any]:
    layer = "alert" if kind == "alert" else "flood"  # a notice has no level and wears none
    told = {"layer": layer, "ref": ref, "url": address(request, "alerts", ref)}
    if kind == "alert":
        told["level"] = level
    return {"type": "Feature", "geometry": {"type": "Polygon", "coordinates": rings}, "properties": told}


@page("warn.view")
@require_GET
def no_area(request: Request) -> HttpResponse:
    """Nothing yet: a composer that has named no place."""
    return JsonResponse({"type": "FeatureCollection", "at": request.ctx.now.isoformat(), "features": []})


class Crossing(ValueError):
    """A drawn line that crosses itself: what lies inside is anybody's guess."""


def polygon_in(text: str) -> list[Any]:
    """Rings out of the field that the map draws into: GeoJSON of a polygon, or of a feature that holds one.

    CAP knows no holes: an area with a hole comes back as areas that leave it out.
    """
    if not text.strip():
        return []
    found = json.loads(text)
    if isinstance(found, dict) and found.get("type") == "FeatureCollection":
        found = found["features"][0] if found["features"] else {}
    if isinstance(found, dict) and found.get("type") == "Feature":
        found = found["geometry"]
    kind = found.get("type") if isinstance(found, dict) else ""
    if kind not in ("Polygon", "MultiPolygon"):
        raise ValueError(kind)
    parts = [found["coordinates"]] if kind == "Polygon" else found["coordinates"]
    drawn = [shapely.Polygon(part[0], part[1:]) for part in ([_closed(r) for r in rings] for rings in parts)]
    if not all(area.is_valid and area.area for area in drawn):
        raise Crossing(kind)
    return [
        [list(point) for point in area.exterior.coords] for part in drawn for area in _without_holes(part)
    ]


def _closed(ring: list[Any]) -> list[tuple[float, float]]:
    points = [(float(x), float(y)) for x, y, *_ in ring]
    if len(points) < 3:
        raise ValueError("short")
    return points if points[0] == points[-1] else [*points, points[0]]


def _without_holes(area: shapely.Polygon) -> list[shapely.Polygon]:
    """The same area as parts that have no hole: cut from top to bottom through each."""
    if not area.interiors:
        return [area]
    west, south, east, north = area.bounds
    cut = area.interiors[0].centroid.x
    halves = [
        area.intersection(shapely.box(*side))
        for side in ((west, south, cut, north), (cut, south, east, north))
    ]
    return [each for half in halves for part in _areas_of(half) for each in _without_holes(part)]


def _areas_of(shape: Any) -> list[shapely.Polygon]:
    """The areas of a cut; lines and points that it leaves are none."""
    return [part for part in shapely.get_parts(shape) if isinstance(part, shapely.Polygon)]


def polygon_out(rings: list[Any]) -> str:
    if not rings:
        return ""
    return json.dumps(
        {"type": "MultiPolygon", "coordinates": [[ring] for ring in rings]}, separators=(",", ":")
    )
