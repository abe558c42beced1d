"""Small map files as counties hand them over, made in memory: GeoJSON, Shapefile as zip, GeoPackage, KML."""

import io
import json
import sqlite3
import struct
import zipfile
from collections.abc import Iterable, Mapping
from typing import Any

import shapefile
import shapely

Named = tuple[Any, Mapping[str, Any]]
KINDS = {"Point": 1, "LineString": 3, "MultiLineString": 3, "Polygon": 5, "MultiPolygon": 5}


def box(west: float, south: float, size: float = 0.02) -> dict[str, Any]:
    """A square."""
    east, north = west + size, south + size
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return {"type": "Polygon", "coordinates": [ring]}


def bow_tie(west: float, south: float, size: float = 0.02) -> dict[str, Any]:
    """A square whose line crosses itself in its middle."""
    shape = box(west, south, size)
    ring = shape["coordinates"][0]
    ring[1], ring[2] = ring[2], ring[1]
    return shape


def line(*points: tuple[float, float]) -> dict[str, Any]:
    return {"type": "LineString", "coordinates": [list(point) for point in points]}


def geojson(rows: Iterable[Named], *, crs: str = "") -> bytes:
    features = [{"type": "Feature", "geometry": g, "properties": dict(told)} for g, told in rows]
    whole: dict[str, Any] = {"type": "FeatureCollection", "features": features}
    if crs:
        whole["crs"] = {"type": "name", "properties": {"name": crs}}
    return json.dumps(whole, ensure_ascii=False).encode()


def shape_parts(
    rows: Iterable[Named],
    *,
    prj: str = "",
    encoding: str = "utf-8",
    cpg: str | None = None,
    stem: str = "layer",
) -> dict[str, bytes]:
    """The files of a shapefile, by name."""
    rows = list(rows)
    shp, shx, dbf = io.BytesIO(), io.BytesIO(), io.BytesIO()
    with shapefile.Writer(
        shp=shp, shx=shx, dbf=dbf, shapeType=KINDS[rows[0][0]["type"]], encoding=encoding
    ) as writer:
        for name in rows[0][1]:
            writer.field(name, "C", size=40)
        for shape, told in rows:
            writer.shape(shape)
            writer.record(*told.values())
    parts = {f"{stem}.shp": shp.getvalue(), f"{stem}.shx": shx.getvalue(), f"{stem}.dbf": dbf.getvalue()}
    if prj:
        parts[f"{stem}.prj"] = prj.encode()
    if cpg is not None:
        parts[f"{stem}.cpg"] = cpg.encode()
    return parts


def zipped(parts: Mapping[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, part in parts.items():
            packed.writestr(name, part)
    return data.getvalue()


def gpkg(tables: Mapping[str, Iterable[Named]], *, srs: int = 4490) -> bytes:
    base = sqlite3.connect(":memory:")
    base.executescript(
        "CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT, srs_id INTEGER, organization TEXT, organization_coordsys_id INTEGER,"
        " definition TEXT); CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, geometry_type_name TEXT,"
        " srs_id INTEGER, z INTEGER, m INTEGER);"
    )
    base.execute("INSERT INTO gpkg_spatial_ref_sys VALUES ('', ?, 'EPSG', ?, '')", (srs, srs))
    for table, rows in tables.items():
        rows = list(rows)
        names = list(rows[0][1])
        base.execute(f'CREATE TABLE "{table}" (fid INTEGER PRIMARY KEY, geom BLOB, {", ".join(names)})')
        base.execute(
            "INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', 'GEOMETRY', ?, 0, 0)", (table, srs)
        )
        for shape, told in rows:
            blob = b"GP\x00\x01" + struct.pack("<i", srs) + shapely.to_wkb(shapely.geometry.shape(shape))
            marks = ", ".join("?" * (len(names) + 1))
            base.execute(
                f'INSERT INTO "{table}" (geom, {", ".join(names)}) VALUES ({marks})', (blob, *told.values())
            )
    base.commit()
    return base.serialize()


def kml(rows: Iterable[Named]) -> bytes:
    marks = []
    for shape, told in rows:
        data = "".join(f'<Data name="{k}"><value>{v}</value></Data>' for k, v in told.items())
        rings = [
            "<coordinates>" + " ".join(f"{x},{y},0" for x, y in ring) + "</coordinates>"
            for ring in shape["coordinates"]
        ]
        inner = "".join(f"<innerBoundaryIs><LinearRing>{r}</LinearRing></innerBoundaryIs>" for r in rings[1:])
        marks.append(
            f"<Placemark><ExtendedData>{data}</ExtendedData><MultiGeometry><Polygon><outerBoundaryIs><LinearRing>{rings[0]}"
            f"</LinearRing></outerBoundaryIs>{inner}</Polygon></MultiGeometry></Placemark>"
        )
    return (
        '<kml xmlns="http://www.opengis.net/kml/2.2"><Document>' + "".join(marks) + "</Document></kml>"
    ).encode()
