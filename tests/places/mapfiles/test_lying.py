"""Whatever system a map was drawn in, it lies where it should, or somebody is told why not."""

import numpy as np
import pyproj
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.places.atlas import distance_km
from anlan.places.mapfiles import crs, opening, shifted
from anlan.places.mapfiles.crs import Placed, placed
from anlan.places.mapfiles.features import MapFileWrong
from tests.support import mapfiles as made

HOME = (113.24, 31.55)
SQUARE = made.box(113.20, 31.50)
ESRI = (
    'PROJCS["CGCS2000_3_Degree_GK_{name}",GEOGCS["GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",'
    'SPHEROID["CGCS2000",6378137.0,298.257222101]],PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]],'
    'PROJECTION["Gauss_Kruger"],PARAMETER["False_Easting",{east}],PARAMETER["False_Northing",0.0],'
    'PARAMETER["Central_Meridian",114.0],PARAMETER["Scale_Factor",1.0],PARAMETER["Latitude_Of_Origin",0.0],UNIT["Meter",1.0]]'
)
PLAIN, ZONED = ESRI.format(name="CM_114E", east="500000.0"), ESRI.format(name="Zone_38", east="38500000.0")
XIAN = PLAIN.replace("CGCS2000_3_Degree", "Xian_1980_3_Degree").replace(
    'GCS_China_Geodetic_Coordinate_System_2000",DATUM["D_China_2000",SPHEROID["CGCS2000",6378137.0,298.257222101',
    'GCS_Xian_1980",DATUM["D_Xian_1980",SPHEROID["Xian_1980",6378140.0,298.257',
)
places = st.tuples(st.floats(75.0, 134.0), st.floats(18.0, 53.0))


def moved(name: str) -> dict:
    """The square in another system."""
    way = pyproj.Transformer.from_crs("EPSG:4490", name, always_xy=True)
    return {
        "type": "Polygon",
        "coordinates": [[list(way.transform(*point)) for point in SQUARE["coordinates"][0]]],
    }


def turned(shape: dict) -> dict:
    return {"type": "Polygon", "coordinates": [[point[::-1] for point in shape["coordinates"][0]]]}


def read(shape: dict, *, prj: str = "", declared: str = "", home: crs.LonLat | None = HOME) -> Placed:
    data = made.zipped(made.shape_parts([(shape, {"N": "1"})], prj=prj))
    return placed(opening.read(data), declared=declared, home=home)


def lies_right(found: Placed) -> bool:
    return found.features[0].shape.bounds == pytest.approx((113.20, 31.50, 113.22, 31.52), abs=2e-7)


@pytest.mark.parametrize("prj", [PLAIN, ZONED])
def test_the_usual_gauss_zones_of_a_desktop_are_found_in_prj(prj: str) -> None:
    found = read(moved("EPSG:4526" if prj == ZONED else "EPSG:4547"), prj=prj)
    assert lies_right(found)
    assert not found.notes


@pytest.mark.parametrize(
    "name", ["EPSG:4547", "EPSG:4526", "EPSG:4510", "EPSG:32650", "EPSG:3857", "EPSG:4326"]
)
def test_a_system_that_is_declared_is_taken(name: str) -> None:
    found = read(moved(name), declared=name.removeprefix("EPSG:"))
    assert lies_right(found)
    assert found.crs == name


@pytest.mark.parametrize(
    ("name", "says"), [("EPSG:4547", "CM 114E"), ("EPSG:4526", "zone 38"), ("EPSG:4497", "zone 19")]
)
def test_metres_without_a_name_are_found_by_zone_or_by_where_the_county_lies(name: str, says: str) -> None:
    found = read(moved(name))
    assert lies_right(found)
    assert says in found.notes[0].zh


def test_metres_without_zone_and_without_a_county_are_refused() -> None:
    with pytest.raises(MapFileWrong):
        read(moved("EPSG:4547"), home=None)


def test_eastings_with_a_zone_that_prj_does_not_know_are_read_with_it() -> None:
    found = read(moved("EPSG:4526"), prj=PLAIN)
    assert lies_right(found)
    assert "带号 38" in found.notes[0].zh


@pytest.mark.parametrize("name", ["EPSG:4490", "EPSG:4547", "EPSG:4526"])
def test_coordinates_the_wrong_way_round_are_turned_and_told(name: str) -> None:
    found = read(turned(moved(name)))
    assert lies_right(found)
    assert "写反" in found.notes[0].zh


def test_degrees_under_a_system_of_metres_are_believed_to_be_degrees() -> None:
    found = read(SQUARE, prj=PLAIN)
    assert lies_right(found)
    assert "坐标却不像" in found.notes[0].zh


def test_the_crs_member_of_an_older_geojson_is_understood() -> None:
    data = made.geojson([(moved("EPSG:4547"), {})], crs="urn:ogc:def:crs:EPSG::4547")
    assert lies_right(placed(opening.read(data)))


def test_xian_1980_is_refused_with_what_to_ask_for() -> None:
    with pytest.raises(MapFileWrong) as told:
        read(moved("EPSG:4547"), prj=XIAN)
    assert "自然资源" in told.value.said("zh")
    with pytest.raises(MapFileWrong):
        read(moved("EPSG:4547"), declared="EPSG:2433")


@pytest.mark.parametrize("declared", ["no such", "EPSG:1", "999999"])
def test_a_system_that_nobody_knows_is_refused(declared: str) -> None:
    with pytest.raises(MapFileWrong):
        read(SQUARE, declared=declared)


def test_what_lies_outside_china_is_refused() -> None:
    with pytest.raises(MapFileWrong):
        read(made.box(11.5, 48.1))


@pytest.mark.parametrize(("declared", "forth"), [("GCJ-02", shifted.to_gcj02), ("bd09", shifted.to_bd09)])
def test_a_shifted_map_comes_back_and_its_error_is_told(declared: str, forth: object) -> None:
    ring = [[float(c) for c in forth(*point)] for point in SQUARE["coordinates"][0]]
    found = read({"type": "Polygon", "coordinates": [ring]}, declared=declared)
    assert lies_right(found)
    assert "2 m" in found.notes[0].zh


@given(places)
def test_forth_and_back_comes_within_half_a_metre(place: tuple[float, float]) -> None:
    for forth, back in ((shifted.to_gcj02, shifted.from_gcj02), (shifted.to_bd09, shifted.from_bd09)):
        lon, lat = back(*forth(*place))
        assert 1000 * distance_km(*place, float(lon), float(lat)) < 0.5


@given(places)
def test_the_shift_of_web_maps_is_some_hundred_metres(place: tuple[float, float]) -> None:
    lon, lat = shifted.to_gcj02(*place)
    assert 20 < 1000 * distance_km(*place, float(lon), float(lat)) < 1500


def test_a_known_point_of_web_maps() -> None:
    """Tian'anmen as both maps show it."""
    lon, lat = shifted.to_gcj02(116.39131, 39.90737)
    assert (float(lon), float(lat)) == pytest.approx((116.397553, 39.908776), abs=3e-5)


def test_outside_china_nothing_is_shifted() -> None:
    assert (
        np.array_equal(shifted.to_gcj02(11.5, 48.1), (11.5, 48.1)) or shifted.to_gcj02(11.5, 48.1)[0] == 11.5
    )
