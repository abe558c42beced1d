"""The made-up land of Liulin: what is published of it holds, its water runs as the city's streams say."""

import numpy as np
import pytest

from anlan.demo.city.facts import LIULIN, load_facts
from anlan.demo.liulin.land.build import SIDES_M, build_land
from anlan.demo.liulin.land.courses import to_metres
from anlan.demo.liulin.land.model import Cover, Land
from anlan.demo.liulin.land.settings import land_settings
from anlan.science.flood.catchment import check_whole
from anlan.science.flood.domain import Domain
from anlan.science.flood.errors import BadInput
from anlan.science.terrain.check import check_terrain
from anlan.science.terrain.crs import move_points
from anlan.science.terrain.hollows import fill

BESIDE_M = 400.0
ON_OTHER_RIVERS = {"将军台村", "大堰角村", "团结村"}  # the city's streams lead their water past the outlet


@pytest.fixture(scope="module")
def land(city) -> Land:
    return build_land(city, dx=40.0)


def near(land: Land, row: int, column: int, metres: float) -> tuple[slice, slice]:
    reach = round(metres / land.bed.dx)
    return slice(max(row - reach, 0), row + reach + 1), slice(max(column - reach, 0), column + reach + 1)


def town(land: Land) -> tuple[int, int]:
    fact = next(t for t in load_facts().towns if t.key == LIULIN)
    x, y = move_points(np.array([fact.lon]), np.array([fact.lat]), source="EPSG:4490", target=land.bed.crs)
    return land.bed.cell(float(x[0]), float(y[0]))


def test_it_is_land_that_water_can_be_run_over(land: Land) -> None:
    check_terrain(land.bed)
    assert land.bed.shape == (620, 600)
    assert not np.isnan(land.bed.values).any()


def test_the_town_lies_at_about_200_m(land: Land) -> None:
    assert abs(land.bed.values[town(land)] - 200) < 2


def test_hills_stand_on_three_sides_and_the_fourth_is_the_gap(land: Land) -> None:
    row, column = town(land)
    heights, reach = land.bed.values, round(5000 / land.bed.dx)
    west = heights[row - reach // 4 : row + reach // 4, column - reach : column]
    east = heights[row - reach // 4 : row + reach // 4, column : column + reach]
    south = heights[row : row + reach, column - reach // 4 : column + reach // 4]
    for side in (west, east, south):
        assert side.max() > 300
    downstream = [heights[land.outlet]]
    assert max(downstream) < heights[row, column] - 15, "the way out falls"
    gap = heights[land.outlet[0], land.outlet[1] - 12 : land.outlet[1] + 13]  # 480 m to each side
    assert gap.max() - gap.min() > 10, "and is narrow"


@pytest.mark.parametrize("dx", [20.0, 40.0])
def test_the_catchment_is_as_large_as_published_whatever_the_side(city, dx: float) -> None:
    made = build_land(city, dx=dx)
    assert made.area_km2 == pytest.approx(land_settings().area_km2, rel=0.005)
    assert made.catchment.sum() * dx * dx / 1e6 == pytest.approx(made.area_km2)


def test_the_whole_catchment_lies_within_the_grid(land: Land) -> None:
    rows, columns = np.nonzero(land.catchment)
    assert rows.min() > 5
    assert columns.min() > 5
    assert rows.max() < land.bed.shape[0] - 6
    assert columns.max() < land.bed.shape[1] - 6


def test_a_run_holds_the_catchment_and_the_reservoir_and_opens_to_the_north(land: Land) -> None:
    assert land.leaves[0] == 0
    assert land.domain[land.catchment].all()
    assert land.domain[land.pool.zone].mean() > 0.99
    assert land.domain.sum() * 40**2 / 1e6 < 1.1 * land.area_km2


def test_no_land_outside_drains_into_the_run(land: Land) -> None:
    heights = land.bed.values.astype(np.float64)
    inside = Domain.of(heights, dx=land.bed.dx, inside=land.domain, west=land.bed.west, north=land.bed.north)
    assert check_whole(inside, heights) == ()
    half = land.domain.copy()
    half[land.domain.nonzero()[0].max() // 2 :] = False
    with pytest.raises(BadInput, match="km² outside drain into the domain"):
        check_whole(
            Domain.of(heights, dx=land.bed.dx, inside=half, west=land.bed.west, north=land.bed.north), heights
        )


def test_every_village_has_its_stream_and_most_drain_through_the_gap(land: Land) -> None:
    assert len(land.villages) == 12
    for village in land.villages:
        assert land.upstream_km2[near(land, village.row, village.column, BESIDE_M)].max() > 2, village.name
    assert {v.name for v in land.villages if not v.is_modelled} == ON_OTHER_RIVERS


def test_the_citys_streams_lie_in_the_valleys(land: Land, city) -> None:
    """Where a stream of the city passes, water gathers within a cell or two."""
    main = next(s for s in city.streams if s.name == "白果河" and f"{LIULIN}001" in s.villages)
    lon, lat = np.array(main.line.coords).T
    x, y = move_points(lon.copy(), lat.copy(), source="EPSG:4490", target=land.bed.crs)
    west, south, east, north = land.bed.bounds
    inside = [
        (a, b)
        for a, b in zip(x, y, strict=True)
        if west + 500 < a < east - 500 and south + 500 < b < north - 2500
    ]
    assert len(inside) >= 12
    areas = [land.upstream_km2[near(land, *land.bed.cell(a, b), 80)].max() for a, b in inside]
    assert min(areas[2:]) > 5
    assert areas == sorted(areas)


def test_gauges_of_stage_stand_on_their_streams(land: Land) -> None:
    stages = {g.name: g for g in land.gauges if g.kind == "stage"}
    assert stages["柳林大桥水位站"].is_modelled
    assert land.upstream_km2[stages["柳林大桥水位站"].row, stages["柳林大桥水位站"].column] > 100
    assert land.pool.zone[stages["白果河水库水位站"].row, stages["白果河水库水位站"].column]
    assert sum(g.kind == "rain" for g in land.gauges) > 15


def test_stages_and_reservoir_levels_of_the_city_fit_the_land(city) -> None:
    land = build_land(city, dx=20.0)
    channels = {g.ref: land.channel_depth_m[g.row, g.column] for g in land.gauges}
    for spot in land.gauges:
        gauge = next(g for g in city.gauges if g.address == spot.ref)
        if gauge.kind == "stage" and not gauge.reservoir:
            bank = land.bed.values[spot.row, spot.column]
            assert bank - channels[spot.ref] < gauge.usual_m < bank, gauge.name
            assert bank - 1.0 < gauge.warning_m < bank + 1.0, gauge.name
    west, south, east, north = land.bed.bounds
    for reservoir in city.reservoirs:
        x, y = to_metres(land_settings(), [(reservoir.lon, reservoir.lat)])[0]
        if west < x < east and south < y < north:
            normal = next(limit.stage_m for limit in reservoir.limits if limit.kind == "normal")
            assert 0 < normal - land.bed.values[land.bed.cell(x, y)] < 4, reservoir.name
            if reservoir.name == land.pool.name:
                assert normal == land.pool.normal_m


def test_no_water_stands_but_in_the_reservoir(land: Land) -> None:
    hollow = fill(land.bed.values) > land.bed.values
    assert not (hollow & ~land.pool.zone).any()
    assert (hollow & land.pool.zone).sum() * 40**2 > 0.5e6


def test_the_reservoir_lies_below_the_gap_and_holds_more_the_higher_it_stands(land: Land) -> None:
    pool = land.pool
    assert pool.normal_m < land.bed.values[land.outlet] < pool.crest_m
    assert (np.diff(pool.volumes_m3) >= 0).all()
    assert 5e6 < pool.volumes_m3[-1] < 15e6
    assert not (pool.zone & land.catchment & (land.bed.values < pool.normal_m)).any()


def test_what_covers_the_land_has_its_roughness_and_roofs_stand_at_villages(land: Land) -> None:
    assert set(np.unique(land.cover)) == {int(kind) for kind in Cover}
    assert set(np.unique(land.manning)) == {np.float32(n) for n in land_settings().manning.values()}
    for village in land.villages:
        assert land.buildings[village.row, village.column] > 0.15
    assert 0 <= land.buildings.min() <= land.buildings.max() <= 0.4
    assert land.buildings.mean() < 0.01


def test_streams_widen_and_deepen_downstream(land: Land) -> None:
    order = np.argsort(land.upstream_km2, axis=None)
    for values in (land.channel_width_m, land.channel_depth_m):
        assert (np.diff(values.ravel()[order]) >= 0).all()
    assert 25 < land.channel_width_m[land.outlet] < 40


def test_one_seed_is_one_land(land: Land, city) -> None:
    again = build_land(city, dx=40.0)
    assert again.bed.values.tobytes() == land.bed.values.tobytes()
    assert again.villages == land.villages


def test_all_of_it_is_marked_synthetic_and_every_assumption_says_how_sure_we_are(land: Land) -> None:
    assert "合成数据" in land.note
    uncertain = [a for a in land.assumptions if a.is_uncertain]
    assert {a.key for a in land.assumptions} - {a.key for a in uncertain} == {"town_m", "area_km2"}
    assert all(a.note for a in land.assumptions)


def test_another_side_is_refused(city) -> None:
    assert SIDES_M == (10.0, 20.0, 40.0)
    with pytest.raises(ValueError, match="10, 20 or 40"):
        build_land(city, dx=30.0)


@pytest.mark.slow
def test_the_finest_land_is_the_same_land(city, land: Land) -> None:
    fine = build_land(city, dx=10.0)
    assert fine.area_km2 == pytest.approx(land.area_km2, rel=0.005)
    blocks = fine.bed.values.reshape(620, 4, 600, 4).mean(axis=(1, 3))
    assert np.abs(blocks - land.bed.values).mean() < 1.0
