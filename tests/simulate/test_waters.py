"""Grids of a run as pictures and polygons: every wet cell inside, every dry one outside, each in the class of its value."""

import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from shapely.geometry import Point, shape

from anlan.foundation.errors import NotFound
from anlan.simulate.maps import kinds, waters

VALLEY = waters.Frame(west=519_000.0, north=3_535_000.0, dx=40.0, crs="EPSG:4547")
DEPTHS = arrays(
    np.uint16,
    st.tuples(st.integers(1, 7), st.integers(1, 7)),
    elements=st.sampled_from([0, 5, 9, 10, 29, 30, 60, 250]),
)


def corners(ny: int, nx: int) -> np.ndarray:
    lon, lat = np.meshgrid(113.0 + 0.001 * np.arange(nx + 1), 32.0 - 0.001 * np.arange(ny + 1))
    return np.stack([lon, lat], axis=-1)


def kept(folder: Path, **grids: Any) -> Path:
    waters.keep(folder, grids={name: np.array(grid, np.uint16) for name, grid in grids.items()}, frame=VALLEY)
    return folder


def pixels(png: bytes) -> np.ndarray:
    """The grey of a PNG as `write_png` makes it: one band, each row told as its difference from the row above."""
    wide, high = (int.from_bytes(png[at : at + 4], "big") for at in (16, 20))
    start = png.index(b"IDAT") + 4
    lines = np.frombuffer(zlib.decompress(png[start:]), np.uint8).reshape(high, wide + 1)
    return np.cumsum(lines[:, 1:], axis=0, dtype=np.uint8)


@settings(deadline=None)
@given(DEPTHS)
def test_a_wet_cell_lies_in_the_one_class_of_its_depth(depth: np.ndarray) -> None:
    found = waters.polygons(kinds.DEPTH, depth, corners(*depth.shape))
    areas = [(f["properties"]["from"], shape(f["geometry"])) for f in found]
    for (row, column), cm in np.ndenumerate(depth):
        middle = Point(113.0005 + 0.001 * column, 31.9995 - 0.001 * row)
        inside = [bound for bound, area in areas if area.contains(middle)]
        assert inside == [bound for bound in (0.1, 0.3, 0.5, 1.0, 2.0) if cm >= 100 * bound][-1:]


def test_dry_land_has_no_water() -> None:
    assert waters.polygons(kinds.DEPTH, np.zeros((3, 4), np.uint16), corners(3, 4)) == []


def test_a_class_says_its_bounds_in_the_unit_that_people_read() -> None:
    assert kinds.DEPTH.span(2) == (0.3, 0.5)
    assert kinds.DEPTH.span(5) == (2.0, None)
    assert kinds.ARRIVAL.span(4) == (0.0, 30.0)
    assert kinds.ARRIVAL.span(1) == (120.0, None)


def test_the_earlier_water_comes_the_higher_is_its_rank_and_never_is_none() -> None:
    minutes = np.array([0, 30, 31, 60, 61, 120, 121, 600, kinds.NEVER], np.uint16)
    assert kinds.ARRIVAL.ranks(minutes).tolist() == [4, 4, 3, 3, 2, 2, 1, 1, 0]


@pytest.mark.parametrize("kind", kinds.KINDS.values(), ids=kinds.KINDS)
def test_every_rank_has_a_word_and_a_span_that_its_neighbour_goes_on_from(kind: kinds.Kind) -> None:
    spans = [kind.span(rank) for rank in range(1, len(kind.words) + 1)]
    rising = spans[::-1] if kind.earlier else spans
    assert [low for low, _ in rising][1:] == [high for _, high in rising][:-1]
    assert kind.ranks(np.array([0 if not kind.earlier else kinds.NEVER], np.uint16)) == 0


def test_a_picture_shows_each_cell_and_nothing_beyond_the_grid(tmp_path: Path) -> None:
    depth = np.zeros((30, 20))
    depth[:, 7] = 40  # a stream one cell wide, from edge to edge
    found = pixels(waters.picture(kept(tmp_path, deepest=depth)))
    assert found.shape == (60, 40)
    assert set(np.unique(found)) == {0, 2 * waters.STEP}
    assert (found > 0).any(axis=1).sum() >= 58, "no cell of the stream is lost where the grid is tilted"
    assert 90 <= (found > 0).sum() <= 130


def test_a_picture_fills_the_box_that_the_page_names(tmp_path: Path) -> None:
    """The middle of a wet cell is found where its longitude and latitude say."""
    depth = np.zeros((30, 20))
    depth[4:7, 15:18] = 250
    found = pixels(waters.picture(kept(tmp_path, deepest=depth)))
    west, south, east, north = VALLEY.bounds(30, 20)
    lon, lat = VALLEY.corners(30, 20)[5:7, 16:18].mean(axis=(0, 1))
    row, column = (north - lat) / (north - south) * 60, (lon - west) / (east - west) * 40
    assert found[int(row), int(column)] == 5 * waters.STEP


def test_a_moment_is_shown_by_depth_alone(tmp_path: Path) -> None:
    folder = kept(tmp_path, **{"deepest": [[50]], "minute-10": [[0]], "danger": [[3]]})
    assert b'"rank":3' in waters.features(folder)
    assert b'"rank"' not in waters.features(folder, minute=10)
    assert b'"class":"\xe5' in waters.features(folder, kind=kinds.DANGER, minute=10)


def test_what_was_not_kept_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFound):
        waters.picture(tmp_path)
    with pytest.raises(NotFound):
        waters.picture(kept(tmp_path, deepest=[[1]]), minute=17)
    with pytest.raises(NotFound):
        kinds.kind_of("colour")


def test_what_was_made_once_is_kept(tmp_path: Path) -> None:
    first = waters.features(kept(tmp_path, deepest=[[0, 50]]))
    (tmp_path / waters.NAME).unlink()
    assert waters.features(tmp_path) == first
    assert sorted(each.name for each in tmp_path.iterdir()) == ["depth-deepest.json"]
