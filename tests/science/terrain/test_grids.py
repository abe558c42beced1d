"""Grids: where they lie, how they move to other systems and sides, what is refused and with which mend."""

import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.science.terrain.check import check_memory, check_terrain, holes
from anlan.science.terrain.crs import metre_crs, move_points
from anlan.science.terrain.errors import (
    BadCrs,
    BadGrid,
    MissingCells,
    NoOverlap,
    SwappedAxes,
    TooLarge,
    Unprojected,
    WrongUnits,
)
from anlan.science.terrain.grid import Grid
from anlan.science.terrain.lines import near_lines
from anlan.science.terrain.resample import coarsen, resample
from anlan.science.terrain.shade import hillshade, hillshade_tile, slope

METRES = "EPSG:4547"


def land(values, *, west=430_000.0, north=3_500_000.0, dx=10.0, dy=None, crs=METRES):
    return Grid(np.asarray(values, dtype=np.float64), west, north, dx, dy or dx, crs)


def plane(shape=(40, 50), **where):
    """Heights that a bilinear rule must give back exactly: linear in x and y."""
    grid = land(np.zeros(shape), **where)
    values = 100 + 0.02 * (grid.x[None, :] - 430_000) - 0.01 * (grid.y[:, None] - 3_500_000)
    return land(values, **where)


def test_a_point_finds_its_cell_and_a_cell_its_point() -> None:
    grid = land(np.zeros((3, 4)))
    assert grid.cell(430_000.0, 3_500_000.0 - 29.9) == (2, 0)
    assert grid.cell(*grid.centre(1, 3)) == (1, 3)
    with pytest.raises(NoOverlap, match="order x, y"):
        grid.cell(3_500_000.0, 430_000.0)


@pytest.mark.parametrize(
    ("change", "word"),
    [({"dx": 0.0}, "dx, dy"), ({"dx": math.nan}, "dx, dy"), ({"west": math.inf}, "west")],
)
def test_a_grid_without_a_place_is_refused(change, word) -> None:
    with pytest.raises(BadGrid, match=word):
        land(np.zeros((2, 2)), **change)


@pytest.mark.parametrize("values", [np.zeros(3), np.zeros((0, 3)), np.zeros((2, 2), np.int16)])
def test_values_that_are_no_grid_are_refused(values) -> None:
    with pytest.raises(BadGrid, match="values"):
        Grid(values, 0.0, 0.0, 1.0, 1.0)


@given(st.floats(3.0, 37.0), st.sampled_from(["bilinear", "nearest", "mean"]))
@settings(deadline=None, max_examples=40)
def test_a_flat_land_stays_flat_by_every_rule(dx, rule) -> None:
    grid = land(np.full((30, 40), 7.25))
    if rule == "mean" and dx < 10:
        with pytest.raises(BadGrid, match="bilinear"):
            resample(grid, dx=dx, rule=rule)
        return
    there = resample(grid, dx=dx, rule=rule)
    assert there.dx == there.dy == dx
    np.testing.assert_allclose(there.values, 7.25, rtol=1e-12)


def test_bilinear_keeps_a_plane_and_new_edges_are_whole_multiples_of_the_side() -> None:
    there = resample(plane(), dx=7.0, rule="bilinear")
    assert there.west % 7.0 == 0
    inner = (slice(1, -1), slice(1, -1))  # the outer half cell is held level
    wanted = 100 + 0.02 * (there.x[None, :] - 430_000) - 0.01 * (there.y[:, None] - 3_500_000)
    np.testing.assert_allclose(there.values[inner], wanted[inner], atol=1e-9)


def test_mean_is_the_mean_of_the_cells_within_and_half_missing_is_missing() -> None:
    values = np.arange(16.0).reshape(4, 4)
    values[0, 0] = np.nan
    values[2:, 2:] = [[np.nan, np.nan], [1, 1]]
    there = resample(land(values), dx=20.0, rule="mean").values
    assert there[0].tolist() == [pytest.approx((1 + 4 + 5) / 3), 4.5]
    assert np.isnan(there[1, 1])


def test_nearest_makes_no_class_that_was_not_there() -> None:
    classes = np.random.default_rng(1).integers(1, 5, (50, 50)).astype(float)
    assert set(np.unique(resample(land(classes), dx=23.0, rule="nearest").values)) <= {1.0, 2.0, 3.0, 4.0}


def test_degrees_become_square_metres_of_the_zone_and_points_keep_their_height() -> None:
    degree = 1 / 3600
    grid = Grid(np.zeros((300, 300)), 113.2, 31.6, degree, degree, "EPSG:4326")
    hill = np.hypot(grid.x[None, :] - 113.24, grid.y[:, None] - 31.56) * -1000
    there = resample(Grid(hill, 113.2, 31.6, degree, degree, "EPSG:4326"), dx=30.0, rule="bilinear")
    assert there.crs == "EPSG:4547"
    assert not np.isnan(there.values).any()
    top = np.unravel_index(there.values.argmax(), there.shape)
    x, y = move_points(np.array([113.24]), np.array([31.56]), source="EPSG:4326", target="EPSG:4547")
    assert np.hypot(*np.subtract(there.centre(*top), (x[0], y[0]))) < 45
    check_terrain(there)


def test_covering_all_leaves_corners_missing_and_inside_does_not() -> None:
    degree = 1 / 1200
    grid = Grid(np.ones((200, 200)), 115.0, 31.6, degree, degree, "EPSG:4326")
    whole = resample(grid, dx=90.0, rule="nearest", cover="all")
    inside = resample(grid, dx=90.0, rule="nearest")
    assert np.isnan(whole.values).any()
    assert not np.isnan(inside.values).any()
    assert whole.values.size > inside.values.size


def test_what_cannot_be_resampled_says_why() -> None:
    with pytest.raises(BadGrid, match="nearest, bilinear, mean"):
        resample(plane(), dx=10.0, rule="cubic")  # type: ignore[arg-type]
    with pytest.raises(BadGrid, match="side of a cell"):
        resample(plane(), dx=-1.0, rule="mean")
    with pytest.raises(TooLarge, match="GB"):
        resample(plane(), dx=0.001, rule="nearest")
    with pytest.raises(NoOverlap, match="smaller side"):
        resample(plane(), dx=5000.0, rule="mean")
    with pytest.raises(BadCrs, match="EPSG:4547"):
        resample(plane(crs=""), dx=10.0, rule="nearest")


def test_a_zone_is_chosen_by_its_meridian() -> None:
    assert metre_crs(lon=112.51, lat=31.5) == metre_crs(lon=115.49, lat=31.5) == "EPSG:4547"
    assert metre_crs(lon=115.51, lat=31.5) == "EPSG:4548"
    assert metre_crs(lon=-70.6, lat=-33.4) == "EPSG:32719"
    with pytest.raises(SwappedAxes, match="longitude first"):
        metre_crs(lon=31.5, lat=113.2)


@pytest.mark.parametrize(
    ("grid", "error", "mend"),
    [
        (land(np.ones((4, 4)), crs=""), BadCrs, "--crs"),
        (land(np.ones((4, 4)), crs="EPSG:1"), BadCrs, "not known"),
        (land(np.ones((4, 4)), west=113.2, north=31.6, dx=1e-3, crs="EPSG:4326"), Unprojected, "EPSG:4547 suits"),
        (land(np.ones((4, 4)), west=113.2, north=31.6, dx=1e-3), Unprojected, "look like degrees"),
        (land(np.ones((4, 4)), west=31.6, north=113.2, dx=1e-3, crs="EPSG:4326"), SwappedAxes, "changed"),
        (land(np.ones((4, 4)), west=3_500_000, north=430_000), SwappedAxes, "easting first"),
        (land(np.ones((4, 4)), west=9_000_000, north=9_000_000), BadCrs, "far outside"),
        (land(np.ones((4, 4)), crs="EPSG:2263"), BadCrs, "foot"),
        (land(np.ones((4, 4)), dy=12.0), BadGrid, "not square"),
        (land([[1, 1, 1], [1, np.nan, 1], [1, 1, 1]]), MissingCells, "row 1, column 1"),
        (land(np.full((3, 3), np.nan)), MissingCells, "no-data"),
        (land([[1, np.inf], [1, 1]]), BadGrid, "infinite"),
        (land([[20_000, 1], [1, 1]]), WrongUnits, "feet"),
        (land([[1, -9999], [1, 1]]), WrongUnits, "not declared"),
        (land(np.ones((9, 9)) + 6169 * (np.arange(81).reshape(9, 9) == 40)), WrongUnits, "lost decimal point"),
        (land(np.ones((9, 9)) + 6169 * (np.arange(81).reshape(9, 9) == 0)), WrongUnits, "row 0, column 0"),
        (land(np.ones((4, 4)), west=1.25e7, north=3.6e6, crs="EPSG:3857"), Unprojected, "made for pictures"),
        (land(np.arange(64.0).reshape(8, 8) * 50), WrongUnits, "steeper"),
    ],
)  # fmt: skip
def test_land_that_water_cannot_be_run_over_is_refused_with_the_mend(grid, error, mend) -> None:
    with pytest.raises(error, match=mend):
        check_terrain(grid)


def test_missing_cells_that_reach_the_edge_lie_outside_the_land() -> None:
    values = np.ones((5, 5))
    values[0, :3] = values[1, 2] = np.nan
    check_terrain(land(values))
    values[3, 3] = np.nan
    assert holes(values).sum() == 1


def test_memory_is_stated_before_the_start_with_a_side_that_fits() -> None:
    check_memory(rows=1000, columns=1000, bytes_per_cell=20, allowed=20_000_000, dx=10.0)
    with pytest.raises(TooLarge, match=r"50000 by 50000 cells need 50.00 GB and 2.00 GB .* resample to 50 m"):
        check_memory(rows=50_000, columns=50_000, bytes_per_cell=20, allowed=2_000_000_000, dx=10.0)


def test_a_slope_to_the_light_is_brighter_than_one_from_it() -> None:
    rise = plane().values * 20
    assert hillshade(rise, dx=10.0, azimuth=270.0)[5, 5] > 180 > hillshade(rise, dx=10.0, azimuth=90.0)[5, 5]
    np.testing.assert_allclose(slope(plane().values, dx=10.0)[5, 5], math.hypot(0.02, 0.01))
    with pytest.raises(BadGrid, match="altitude"):
        hillshade(rise, dx=10.0, altitude=0.0)


def test_a_tile_shows_land_where_the_land_is_and_is_clear_beside_it() -> None:
    grid = plane((200, 200), dx=20.0, west=427_000.0, north=3_492_000.0)
    lon, lat = 113.24, 31.52
    z = 13
    x = int((lon + 180) / 360 * 2**z)
    y = int((1 - math.asinh(math.tan(math.radians(lat))) / math.pi) / 2 * 2**z)
    tile = hillshade_tile(grid, z=z, x=x, y=y)
    assert tile.shape == (256, 256, 2)
    assert set(np.unique(tile[..., 1])) == {0, 255}
    assert not hillshade_tile(grid, z=z, x=x + 5, y=y)[..., 1].any()
    with pytest.raises(BadGrid, match="no tile"):
        hillshade_tile(grid, z=3, x=8, y=0)


def test_coarser_cells_hold_the_mean_and_nothing_is_refused() -> None:
    grid = land(np.arange(12.0).reshape(3, 4))
    assert coarsen(grid, 2).values.tolist() == [[2.5, 4.5]]
    with pytest.raises(BadGrid, match="smaller"):
        coarsen(grid, 4)


@given(st.lists(st.tuples(*[st.integers(-3, 12)] * 4), min_size=1, max_size=4))
@settings(deadline=None)
def test_distance_to_lines_is_that_of_the_nearest_point_of_the_nearest(ends) -> None:
    grid = Grid(np.zeros((9, 9)), 0.0, 9.0, 1.0, 1.0)
    pieces = np.array([[*end, 100.0] for end in ends], dtype=np.float64)
    away, there = near_lines(grid, pieces, np.full((len(ends), 2, 1), 4.0))
    lines = [shapely.LineString([end[:2], end[2:]]) for end in ends]
    points = shapely.points(*np.meshgrid(grid.x, grid.y))
    wanted = np.min([shapely.distance(points, line) for line in lines], axis=0)
    np.testing.assert_allclose(away, wanted, atol=1e-9)
    assert (there == 4.0).all()


def test_lines_end_at_their_reach() -> None:
    grid = Grid(np.zeros((1, 9)), 0.0, 1.0, 1.0, 1.0)
    away, there = near_lines(grid, np.array([[0.5, 0.5, 0.5, 0.5, 2.0]]), np.zeros((1, 2, 1)))
    assert np.isfinite(away[0]).tolist() == [True, True, True] + [False] * 6
    assert np.isnan(there[0, 0, 3:]).all()
    with pytest.raises(BadGrid, match="pieces"):
        near_lines(grid, np.zeros((1, 4)), np.zeros((1, 2, 1)))
