"""GeoJSON (RFC 7946), and the `crs` member of its 2008 forerunner, which Chinese desktops still write."""

import re
from typing import Any

import orjson

from anlan.places.mapfiles.features import Collected, Layer, MapFileWrong, told_of
from anlan.wire.tables import NoText, text_of

SHAPES = ("Point", "MultiPoint", "LineString", "MultiLineString", "Polygon", "MultiPolygon")


def read(data: bytes) -> Layer:
    """Features of a collection, a single feature or a bare shape. Raises: MapFileWrong."""
    try:
        text, encoding = text_of(data)
        whole = orjson.loads(text)
    except (NoText, orjson.JSONDecodeError):
        raise MapFileWrong("不是完整的 GeoJSON：文件可能没有传完。请重新导出后再选。") from None
    found = Collected()
    for each in _features(whole):
        shape = each.get("geometry") or {}
        told = each.get("properties") or {}
        if not isinstance(shape, dict) or not isinstance(told, dict):
            raise MapFileWrong("不是完整的 GeoJSON：文件可能没有传完。请重新导出后再选。")
        pairs = [(key, value) for key, value in told.items() if not isinstance(value, dict | list)]
        found.add(str(shape.get("type", "Point")), shape.get("coordinates"), told_of(pairs))
    return Layer("GeoJSON", found.features, _crs(whole), encoding)


def _features(whole: Any) -> list[dict[str, Any]]:
    kind = whole.get("type") if isinstance(whole, dict) else None
    if kind == "FeatureCollection" and isinstance(whole.get("features"), list):
        return [each for each in whole["features"] if isinstance(each, dict)]
    if kind == "Feature":
        return [whole]
    if kind in SHAPES:
        return [{"geometry": whole}]
    raise MapFileWrong("JSON 里没有图形（FeatureCollection）。请在制图软件里另存为 GeoJSON。")


def _crs(whole: dict[str, Any]) -> str:
    told = whole.get("crs")
    name = str((told.get("properties") or {}).get("name", "")) if isinstance(told, dict) else ""
    if re.search(r"CRS:?:?84", name):
        return "EPSG:4326"
    code = re.search(r"EPSG:[^:]*:?(\d{4,6})$", name)
    return f"EPSG:{code[1]}" if code else ""
