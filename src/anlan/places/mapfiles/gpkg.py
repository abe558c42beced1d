"""GeoPackage (OGC 12-128): a table of features in an SQLite file, read without SpatiaLite and without trusting its schema."""

import sqlite3
import struct
from collections.abc import Iterator
from typing import Any

import numpy as np

from anlan.places.mapfiles.features import Collected, Layer, MapFileWrong, told_of

ENVELOPES = {0: 0, 1: 32, 2: 48, 3: 48, 4: 64}
READS = {sqlite3.SQLITE_SELECT, sqlite3.SQLITE_READ, sqlite3.SQLITE_FUNCTION, sqlite3.SQLITE_PRAGMA}
STEPS = 2_000_000_000
"""Of SQLite's machine; 3 million vertices need a small part."""
KINDS = {1: "Point", 2: "LineString", 3: "Polygon", 4: "MultiPoint", 5: "MultiLineString", 6: "MultiPolygon"}


def read(data: bytes, *, layer: str = "") -> Layer:
    """One table of features: the only one, or the one that `layer` names. Raises: MapFileWrong."""
    base = sqlite3.connect(":memory:")
    try:
        base.deserialize(data)
        base.execute("PRAGMA trusted_schema=OFF")
        base.execute("PRAGMA cell_size_check=ON")
        base.set_authorizer(lambda action, *_: sqlite3.SQLITE_OK if action in READS else sqlite3.SQLITE_DENY)
        steps = iter(range(STEPS // 1_000_000))
        base.set_progress_handler(lambda: next(steps, None) is None, 1_000_000)
        return _read(base, layer)
    except (sqlite3.Error, UnicodeDecodeError):
        raise MapFileWrong("GeoPackage 读不出来：文件不全、损坏，或不是 GeoPackage。请重新导出。") from None
    finally:
        base.close()


def _read(base: sqlite3.Connection, layer: str) -> Layer:
    tables = dict(base.execute(
        "SELECT g.table_name, g.column_name FROM gpkg_geometry_columns g JOIN sqlite_master m ON m.name = g.table_name "
        "WHERE m.type = 'table' ORDER BY 1"
    ).fetchall())  # fmt: skip
    table = chosen(list(tables), layer)
    cursor = base.execute(f'SELECT * FROM "{table.replace(chr(34), chr(34) * 2)}"')
    names = [each[0] for each in cursor.description]
    at = names.index(tables[table]) if tables[table] in names else -1
    if at < 0:
        raise MapFileWrong("GeoPackage 读不出来：文件不全、损坏，或不是 GeoPackage。请重新导出。")
    found = Collected()
    for row in cursor:
        kind, coordinates = _shape(row[at])
        told = [(name, value) for n, (name, value) in enumerate(zip(names, row, strict=True)) if n != at]
        found.add(kind, coordinates, told_of((k, v) for k, v in told if not isinstance(v, bytes)))
    return Layer("GeoPackage", found.features, _crs(base, table))


def chosen(names: list[str], wanted: str) -> str:
    """The layer that is meant, of those that a file holds. Raises: MapFileWrong."""
    if wanted in names:
        return wanted
    if len(names) == 1 and not wanted:
        return names[0]
    if not names:
        raise MapFileWrong("文件里没有图层。请选含有边界、河流、道路或房屋的文件。")
    raise MapFileWrong(
        "文件里有 {n} 个图层：{names}。请写明用哪一个。", n=len(names), names="、".join(names[:20])
    )


def _crs(base: sqlite3.Connection, table: str) -> str:
    row = base.execute(
        "SELECT s.organization, s.organization_coordsys_id, s.definition FROM gpkg_geometry_columns g "
        "JOIN gpkg_spatial_ref_sys s ON s.srs_id = g.srs_id WHERE g.table_name = ?",
        (table,),
    ).fetchone()
    if row is None or int(row[1]) <= 0:
        return ""
    return f"EPSG:{row[1]}" if str(row[0]).upper() == "EPSG" else str(row[2] or "")


def _shape(blob: Any) -> tuple[str, Any]:
    """Head of the standard, then WKB; nothing for an empty shape."""
    if not isinstance(blob, bytes) or len(blob) < 8 or blob[:2] != b"GP":
        return "Point", None
    head = 8 + ENVELOPES.get(blob[3] >> 1 & 7, len(blob))
    if blob[3] & 0x10 or head >= len(blob):
        return "Point", None
    try:
        return _Wkb(blob, head).shape()
    except (struct.error, IndexError, ValueError):
        return "", True  # refused with its number by whoever collects


class _Wkb:
    """Well-known binary, no deeper than a multipolygon: a nest of collections is not followed."""

    def __init__(self, data: bytes, at: int) -> None:
        self._data, self._at = data, at

    def shape(self) -> tuple[str, Any]:
        kind, order, size = self._head()
        return KINDS[kind], self._many(kind, order, size) if kind > 3 else self._one(kind, order, size)

    def _head(self) -> tuple[int, str, int]:
        order = "<" if self._data[self._at] == 1 else ">"
        (code,) = struct.unpack_from(order + "I", self._data, self._at + 1)
        self._at += 5
        extra = (code >> 31 & 1) + (code >> 30 & 1) + (0, 1, 1, 2)[(code & 0xFFFF) // 1000 % 4]
        kind = (code & 0xFFFF) % 1000
        if kind not in KINDS:
            raise ValueError(kind)
        return kind, order, 2 + extra

    def _many(self, kind: int, order: str, size: int) -> list[Any]:
        parts = []
        for _ in range(self._count(order)):
            inner, order_in, size = self._head()
            if inner != kind - 3:
                raise ValueError(inner)
            parts.append(self._one(inner, order_in, size))
        return parts

    def _one(self, kind: int, order: str, size: int) -> Any:
        if kind == 1:
            return self._points(order, size, 1)[0]
        if kind == 2:
            return self._points(order, size, self._count(order))
        return list(self._rings(order, size))

    def _rings(self, order: str, size: int) -> Iterator[Any]:
        for _ in range(self._count(order)):
            yield self._points(order, size, self._count(order))

    def _count(self, order: str) -> int:
        (count,) = struct.unpack_from(order + "I", self._data, self._at)
        self._at += 4
        if count > len(self._data):
            raise ValueError(count)
        return int(count)

    def _points(self, order: str, size: int, count: int) -> Any:
        found = np.frombuffer(self._data, order + "f8", count * size, self._at).reshape(count, size)
        self._at += 8 * count * size
        return found[:, :2].tolist()
