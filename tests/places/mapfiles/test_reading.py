"""A county's map files are read whatever they are, and what is broken or hostile is refused with the mend."""

import sqlite3
import struct
import zipfile

import pytest

from anlan.places.mapfiles import features, opening
from anlan.places.mapfiles.features import MapFileWrong
from tests.support import mapfiles as made

ROWS = [
    (made.box(113.20, 31.50), {"CODE": "421321117201", "NAME": "柳林村"}),
    (made.box(113.22, 31.50), {"CODE": "421321117202", "NAME": "双河村"}),
]
FILES = {
    "GeoJSON": made.geojson(ROWS),
    "Shapefile": made.zipped(made.shape_parts(ROWS)),
    "GeoPackage": made.gpkg({"villages": ROWS}),
    "KML": made.kml(ROWS),
}


@pytest.mark.parametrize("kind", FILES)
def test_each_kind_of_file_gives_the_same_shapes_and_names(kind: str) -> None:
    found = opening.read(FILES[kind])
    assert found.format == kind
    assert [(f.told["CODE"], f.told["NAME"]) for f in found.features] == [
        tuple(told.values()) for _, told in ROWS
    ]
    assert [f.shape.bounds for f in found.features] == [
        pytest.approx((w, 31.5, w + 0.02, 31.52)) for w in (113.20, 113.22)
    ]


def test_a_kmz_and_a_geopackage_in_a_zip_are_opened() -> None:
    assert opening.read(made.zipped({"doc.kml": made.kml(ROWS)})).format == "KML"
    assert opening.read(made.zipped({"图层.gpkg": made.gpkg({"villages": ROWS})})).format == "GeoPackage"


def test_holes_and_parts_are_kept() -> None:
    shape = {
        "type": "MultiPolygon",
        "coordinates": [
            [made.box(113, 31, 0.1)["coordinates"][0], made.box(113.02, 31.02)["coordinates"][0]],
            made.box(114, 31)["coordinates"],
        ],
    }
    for data in (made.geojson([(shape, {"N": "1"})]), made.gpkg({"t": [(shape, {"N": "1"})]})):
        (one,) = opening.read(data).features
        assert [len(part.interiors) for part in one.shape.geoms] == [1, 0]


WRITTEN = [
    ("gbk", None),
    ("gbk", "GBK"),
    ("gbk", "936"),
    ("utf-8", "UTF-8"),
    ("utf-8", None),
    ("gb18030", "GB18030"),
]


@pytest.mark.parametrize(("encoding", "cpg"), WRITTEN)
def test_names_of_a_dbf_are_read_in_whatever_they_were_written(encoding: str, cpg: str | None) -> None:
    data = made.zipped(made.shape_parts(ROWS, encoding=encoding, cpg=cpg))
    assert [f.told["NAME"] for f in opening.read(data).features] == ["柳林村", "双河村"]


def test_a_dbf_that_names_a_wrong_encoding_is_read_and_told() -> None:
    found = opening.read(made.zipped(made.shape_parts(ROWS, encoding="gbk", cpg="UTF-8")))
    assert found.features[0].told["NAME"] == "柳林村"
    assert "编码" in found.notes[0].zh


def test_a_shapefile_without_dbf_is_read_without_names() -> None:
    parts = made.shape_parts(ROWS)
    found = opening.read(made.zipped({"layer.shp": parts["layer.shp"]}))
    assert len(found.features) == 2
    assert found.columns == []


def test_of_several_layers_one_must_be_named() -> None:
    two = made.zipped(made.shape_parts(ROWS, stem="村界") | made.shape_parts(ROWS, stem="乡界"))
    with pytest.raises(MapFileWrong) as told:
        opening.read(two)
    assert "村界" in told.value.said("zh")
    assert len(opening.read(two, layer="乡界").features) == 2
    with pytest.raises(MapFileWrong):
        opening.read(made.gpkg({"a": ROWS, "b": ROWS}))
    assert len(opening.read(made.gpkg({"a": ROWS, "b": ROWS}), layer="b").features) == 2


def lying_zip() -> bytes:
    """A zip whose list says that an entry is small."""
    data = bytearray(made.zipped({"a.geojson": b"{" + b" " * 50_000_000}))
    at = data.rindex(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", 1000)
    return bytes(data)


def locked_zip() -> bytes:
    data = bytearray(made.zipped({"a.geojson": made.geojson(ROWS)}))
    data[data.rindex(b"PK\x01\x02") + 8] |= 1
    return bytes(data)


def nested_wkb() -> bytes:
    """A geometry collection in a geometry collection, a hundred thousand deep."""
    base = made.gpkg({"t": ROWS})
    other = sqlite3.connect(":memory:")
    other.deserialize(base)
    other.execute(
        "UPDATE t SET geom = ?",
        (b"GP\x00\x01" + struct.pack("<i", 4490) + struct.pack("<BII", 1, 7, 1) * 100_000,),
    )
    other.commit()
    return other.serialize()


def view_for_table() -> bytes:
    other = sqlite3.connect(":memory:")
    other.deserialize(made.gpkg({"t": ROWS}))
    other.execute("ALTER TABLE t RENAME TO u")
    other.execute(
        "CREATE VIEW t AS WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x AS fid, NULL AS geom FROM n"
    )
    other.commit()
    return other.serialize()


BROKEN = {
    "empty": b"",
    "no map": b"hello, world",
    "cut GeoJSON": FILES["GeoJSON"][:-40],
    "JSON without shapes": b'{"type": "Topology"}',
    "no features": b'{"type": "FeatureCollection", "features": []}',
    "properties a list": b'{"type":"Feature","properties":[1],"geometry":null}',
    "text for numbers": b'{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[["a",1],[2,3],[4,5]]]}}',
    "one number": b'{"type":"Feature","geometry":{"type":"Polygon","coordinates":[[[1],[2],[3]]]}}',
    "collection": b'{"type":"Feature","geometry":{"type":"GeometryCollection","coordinates":[1]}}',
    "deep JSON": b'{"type":"Feature","geometry":{"type":"Polygon","coordinates":' + b"[" * 200_000,
    "cut zip": FILES["Shapefile"][:-60],
    "zip of nothing": made.zipped({"read me.txt": b"x"}),
    "zip bomb": made.zipped({"a.geojson": b" " * 60_000_000}),
    "lying zip": lying_zip(),
    "locked zip": locked_zip(),
    "many entries": made.zipped({f"{n}.txt": b"x" for n in range(600)}),
    "cut shp": made.zipped({**made.shape_parts(ROWS), "layer.shp": made.shape_parts(ROWS)["layer.shp"][:-50]}),
    "cut dbf": made.zipped({**made.shape_parts(ROWS), "layer.dbf": made.shape_parts(ROWS)["layer.dbf"][:40]}),
    "cut gpkg": FILES["GeoPackage"][:5000],
    "other SQLite": made.gpkg({}),
    "nested WKB": nested_wkb(),
    "endless view": view_for_table(),
    "KML bomb": b'<!DOCTYPE k [<!ENTITY a "aaaa">]><kml><Placemark><name>&a;</name></Placemark></kml>',
    "KML of words": made.kml(ROWS).replace(b"113.2,", b"east,"),
}  # fmt: skip


@pytest.mark.parametrize("kind", BROKEN)
def test_what_is_broken_or_hostile_is_refused_with_the_mend(kind: str) -> None:
    with pytest.raises(MapFileWrong) as told:
        opening.read(BROKEN[kind])
    assert told.value.said("zh") != told.value.said("en")


def test_a_file_that_is_too_large_is_refused_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(features, "MOST_VERTICES", 9)
    with pytest.raises(MapFileWrong):
        opening.read(FILES["GeoJSON"])
    monkeypatch.setattr(opening, "MOST_BYTES", 100)
    with pytest.raises(MapFileWrong):
        opening.read(FILES["GeoJSON"])


def test_a_name_that_a_chinese_desktop_packed_is_read_in_its_own_encoding() -> None:
    entry = zipfile.ZipInfo("村界.shp".encode("gbk").decode("cp437"))
    assert opening._named(entry) == "村界.shp"
