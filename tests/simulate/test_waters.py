"""Depth grids as polygons: every wet cell inside, every dry one outside."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from shapely.geometry import Point, shape

from anlan.simulate import waters

DEPTHS = arrays(
    np.uint16,
    st.tuples(st.integers(1, 7), st.integers(1, 7)),
    elements=st.sampled_from([0, 5, 10, 30, 60, 250]),
)


def corners(ny: int, nx: int) -> np.ndarray:
    lon, lat = np.meshgrid(113.0 + 0.001 * np.arange(nx + 1), 32.0 - 0.001 * np.arange(ny + 1))
    return np.stack([lon, lat], axis=-1)


@settings(deadline=None)
@given(DEPTHS)
def test_a_cell_is_in_the_class_of_its_depth_and_in_every_shallower(depth: np.ndarray) -> None:
    found = waters.collection(depth, corners(*depth.shape))
    areas = [(f["properties"]["from_m"], shape(f["geometry"])) for f in found["features"]]
    for (row, column), cm in np.ndenumerate(depth):
        middle = Point(113.0005 + 0.001 * column, 31.9995 - 0.001 * row)
        inside = {bound for bound, area in areas if area.contains(middle)}
        assert inside == {bound for bound in waters.CLASSES_M if cm >= 100 * bound}


def test_dry_land_has_no_water() -> None:
    assert waters.collection(np.zeros((3, 4), np.uint16), corners(3, 4))["features"] == []


def test_what_was_made_once_is_kept(tmp_path) -> None:  # type: ignore[no-untyped-def]
    depth = np.array([[0, 50]], np.uint16)
    waters.keep(tmp_path, grids={"deepest": depth}, corners=corners(1, 2))
    first = waters.geojson(tmp_path, minute=None)
    assert b'"rank":3' in first
    (tmp_path / waters.NAME).unlink()
    assert waters.geojson(tmp_path, minute=None) == first
