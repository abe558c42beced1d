"""KML (OGC 12-007): placemarks with polygons, lines and points, longitude before latitude on WGS 84."""

from collections.abc import Iterator
from typing import Any

from anlan.places.mapfiles.features import MOST_UNPACKED, Collected, Layer, MapFileWrong, told_of
from anlan.wire.cap.errors import HostileXml, MalformedXml
from anlan.wire.cap.safexml import Limits, parse

LIMITS = Limits(max_bytes=MOST_UNPACKED, max_depth=64, max_tags=4_000_000)
ONE = {"Polygon": "MultiPolygon", "LineString": "MultiLineString", "Point": "MultiPoint"}


def read(data: bytes) -> Layer:
    """Every placemark that has a shape. Raises: MapFileWrong."""
    try:
        root = parse(data, limits=LIMITS)
    except (HostileXml, MalformedXml):
        raise MapFileWrong("KML 读不出来：不是完整的 XML，或带有不许的内容。请重新导出。") from None
    found = Collected()
    for mark in _all(root, "Placemark"):
        for kind, parts in _shapes(mark).items():
            found.add(ONE[kind], parts, told_of(_told(mark)))
    return Layer("KML", found.features, "EPSG:4326")


def _name(element: Any) -> str:
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _all(element: Any, *names: str) -> Iterator[Any]:
    return (each for each in element.iter() if _name(each) in names)


def _shapes(mark: Any) -> dict[str, list[Any]]:
    """Parts by kind: a placemark of many polygons is one place."""
    parts: dict[str, list[Any]] = {}
    for each in _all(mark, *ONE):
        if _name(each) == "Polygon":
            outer = [_points(ring) for around in _all(each, "outerBoundaryIs") for ring in [around]]
            told: Any = [*outer[:1], *(_points(ring) for ring in _all(each, "innerBoundaryIs"))]
        else:
            told = _points(each)
            told = told[0] if told and _name(each) == "Point" else told
        if told:
            parts.setdefault(_name(each), []).append(told)
    return parts


def _points(element: Any) -> list[list[float]]:
    text = next((each.text or "" for each in _all(element, "coordinates")), "")
    try:
        return [[float(c) for c in point.split(",")[:2]] for point in text.split()]
    except ValueError:
        raise MapFileWrong("KML 里有坐标不是数：{text}。请重新导出。", text=text.strip()[:40]) from None


def _told(mark: Any) -> Iterator[tuple[str, str]]:
    for each in mark:
        if _name(each) in ("name", "description"):
            yield _name(each), each.text or ""
    for each in _all(mark, "Data", "SimpleData"):
        value = next(_all(each, "value"), each) if _name(each) == "Data" else each
        yield each.get("name", ""), value.text or ""
