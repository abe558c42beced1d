"""Does a domain hold its whole catchment: known land outside, and valleys cut by the rim."""

import numpy as np
import pytest

from anlan.science.flood.catchment import check_whole, entries, rim
from anlan.science.flood.domain import Domain
from anlan.science.flood.edges import Inflow, Series
from anlan.science.flood.errors import BadInput
from anlan.science.jit import Bools, Floats

ROWS, COLUMNS, DX = 40, 31, 10.0


def valley(down: float = 0.005, side: float = 0.05) -> Floats:
    """A valley that falls to the south along column 15."""
    rows, columns = np.mgrid[0:ROWS, 0:COLUMNS] * DX
    return 100.0 + side * np.abs(columns - 15 * DX) + down * (ROWS * DX - rows)


def lower(rows: int) -> Bools:
    inside = np.zeros((ROWS, COLUMNS), np.bool_)
    inside[-rows:] = True
    return inside


def river(row: float, radius_m: float = 0.0) -> Inflow:
    return Inflow(15.5 * DX, (ROWS - row - 0.5) * DX, Series.of([0], [1.0], name="m3_s"), radius_m)


def test_land_above_the_domain_comes_in_where_its_valley_does() -> None:
    bed = valley()
    found = entries(Domain.of(bed, dx=DX, inside=lower(15)), bed)
    assert sum(entry.area_m2 for entry in found) == 25 * COLUMNS * DX**2
    assert (found[0].x, found[0].y) == (155.0, 145.0)
    assert found[0].area_m2 > 0.6 * 25 * COLUMNS * DX**2


def test_a_domain_up_to_the_divide_has_nothing_coming_in() -> None:
    bed = np.concatenate([valley()[::-1], valley()])  # a pass between two valleys
    inside = np.zeros(bed.shape, np.bool_)
    inside[ROWS:] = True
    assert entries(Domain.of(bed, dx=DX, inside=inside), bed) == ()
    assert check_whole(Domain.of(bed, dx=DX, inside=inside), bed) == ()


def test_land_that_flows_out_and_in_again_counts_where_it_first_comes_in() -> None:
    bed = np.array([[9.0, 8.0, 7.0, 6.0, 5.0]])
    inside = np.array([[False, True, False, True, True]])
    found = entries(Domain.of(bed, dx=DX, inside=inside), bed)
    assert [(e.x, e.area_m2) for e in found] == [(15.0, 100.0), (35.0, 100.0)]


def test_half_a_catchment_is_refused_by_place_and_mend() -> None:
    bed = valley()
    with pytest.raises(BadInput, match=r"\(155, 145\)") as error:
        check_whole(Domain.of(bed, dx=DX, inside=lower(15)), bed)
    assert error.value.field == "inside"
    assert "inflow within 50 m" in error.value.mend


def test_an_inflow_near_the_entry_stands_for_what_comes_in() -> None:
    bed = valley(side=0.2)  # all of it gathers in the valley's floor before it comes in
    domain = Domain.of(bed, dx=DX, inside=lower(15))
    with pytest.raises(BadInput):
        check_whole(domain, bed)
    assert len(entries(domain, bed)) == 1
    assert check_whole(domain, bed, [river(27)]) == ()
    assert check_whole(domain, bed, [river(35, radius_m=60.0)]) == ()
    with pytest.raises(BadInput):
        check_whole(domain, bed, [river(35)])


def test_slivers_along_a_divide_are_told_and_not_refused() -> None:
    bed = valley()
    inside = lower(ROWS)
    inside[0] = False
    found = check_whole(Domain.of(bed, dx=DX, inside=inside), bed)
    assert sum(e.area_m2 for e in found) == COLUMNS * DX**2


def test_a_terrain_on_another_grid_is_refused() -> None:
    with pytest.raises(BadInput, match="bed"):
        entries(Domain.of(valley(), dx=DX), valley()[1:])


@pytest.mark.parametrize("turns", range(4))
def test_a_valley_that_comes_in_over_the_rim_is_seen_from_every_side(turns: int) -> None:
    found = rim(Domain.of(np.rot90(valley(), turns).copy(), dx=DX))
    assert len(found.cuts) == 1
    cut = found.cuts[0]
    ny, nx = (ROWS, COLUMNS) if turns % 2 == 0 else (COLUMNS, ROWS)
    expected = [(155, 395), (5, 155), (155, 5), (395, 155)][turns]
    assert (cut.x, cut.y) == expected, (ny, nx)
    assert cut.slope == pytest.approx(0.005)
    assert 0 < found.inward_share < 1


def test_a_valley_beside_missing_land_is_seen_too() -> None:
    inside = lower(30)
    assert [(c.x, c.y) for c in rim(Domain.of(valley(), dx=DX, inside=inside)).cuts] == [(155.0, 295.0)]


def test_where_a_river_is_given_nothing_is_cut() -> None:
    assert rim(Domain.of(valley(), dx=DX), [river(3)]).cuts == ()
    assert rim(Domain.of(valley(), dx=DX), [river(20)]).cuts


@pytest.mark.parametrize(
    "bed",
    [
        np.tile(0.02 * np.arange(30.0)[:, None] * DX, (1, 20)),
        np.hypot(*np.mgrid[-15:16, -15:16]) * 0.5,
        -np.hypot(*np.mgrid[-15:16, -15:16]) * 0.5,
        np.zeros((20, 20)),
    ],
    ids=["plane", "bowl", "hill", "flat"],
)
def test_planes_bowls_and_hills_have_no_valley_cut(bed: Floats) -> None:
    assert rim(Domain.of(bed, dx=DX)).cuts == ()


def test_a_saddle_in_the_divide_is_no_valley() -> None:
    rows, columns = np.mgrid[0:40, -15:16].astype(np.float64)
    saddle = 100.0 + 0.02 * columns**2 - 0.03 * rows**2  # level where the rim follows the divide
    assert rim(Domain.of(saddle, dx=DX)).cuts == ()


def test_a_domain_of_one_cell_has_a_rim() -> None:
    assert rim(Domain.of(np.zeros((1, 1)), dx=DX)).inward_share == 0.0
