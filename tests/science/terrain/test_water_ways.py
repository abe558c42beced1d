"""Hollows, directions and what follows from them, held against the plainest possible reckoning."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from anlan.science.terrain.errors import BadDirections, BadGrid, MissingCells, NoOverlap
from anlan.science.terrain.flow import (
    accumulate,
    catchments,
    flow_length,
    height_above_drainage,
    snap,
    stream_order,
    stream_reaches,
)
from anlan.science.terrain.hollows import DOWN, MISSING, OUT, RIGHT, fill, flow_directions

SHAPES = st.tuples(st.integers(1, 7), st.integers(1, 7))
HEIGHTS = st.one_of(st.integers(0, 5).map(float), st.just(np.nan))
LANDS = arrays(np.float64, SHAPES, elements=HEIGHTS).filter(lambda z: not np.isnan(z).all())


def around(shape, r, c):
    for d in range(8):
        rr, cc = r + DOWN[d], c + RIGHT[d]
        yield rr, cc, 0 <= rr < shape[0] and 0 <= cc < shape[1]


def filled_plainly(bed):
    """Lower a full bath cell by cell until nothing can run out any more."""
    level = np.where(np.isnan(bed), np.nan, np.inf)
    while True:
        before = level.copy()
        for r, c in np.argwhere(~np.isnan(bed)):
            out = min(
                -np.inf if not inside or np.isnan(bed[rr, cc]) else level[rr, cc]
                for rr, cc, inside in around(bed.shape, r, c)
            )
            level[r, c] = max(bed[r, c], min(level[r, c], out))
        if np.array_equal(before, level, equal_nan=True):
            return level


def way(directions, r, c):
    """Cells from one to where its water leaves."""
    cells = [(r, c)]
    while directions[r, c] != OUT:
        d = directions[r, c]
        r, c = r + DOWN[d], c + RIGHT[d]
        cells.append((r, c))
        assert len(cells) <= directions.size
    return cells


@given(LANDS)
@settings(deadline=None)
def test_filling_gives_the_lowest_surface_from_which_all_water_leaves(bed):
    np.testing.assert_array_equal(fill(bed), filled_plainly(bed))


@given(LANDS)
@settings(deadline=None)
def test_water_never_runs_uphill_on_the_filled_land_and_always_leaves_it(bed):
    filled, to = fill(bed), flow_directions(bed)
    assert np.array_equal(to == MISSING, np.isnan(bed))
    for r, c in np.argwhere(to != MISSING):
        levels = [filled[cell] for cell in way(to, r, c)]
        assert levels == sorted(levels, reverse=True)


@given(LANDS, st.integers(0, 2**32 - 1))
@settings(deadline=None)
def test_all_that_falls_leaves_and_each_cell_passes_on_what_it_got(bed, seed):
    to = flow_directions(bed)
    weight = np.random.default_rng(seed).integers(0, 9, bed.shape).astype(float)
    amount = accumulate(to, weight)
    plain = np.where(to == MISSING, np.nan, 0.0)
    for r, c in np.argwhere(to != MISSING):
        for cell in way(to, r, c):
            plain[cell] += weight[r, c]
    np.testing.assert_array_equal(amount, plain)
    assert amount[to == OUT].sum() == weight[to != MISSING].sum()


@given(LANDS)
@settings(deadline=None)
def test_height_above_drainage_is_the_height_above_the_first_stream_cell_on_the_way(bed):
    filled, to = fill(bed), flow_directions(bed)
    streams = np.nan_to_num(accumulate(to, np.ones(bed.shape))) >= 3
    heights = height_above_drainage(filled, to, streams)
    assert not (heights < 0).any()
    for r, c in np.argwhere(to != MISSING):
        first = next((cell for cell in way(to, r, c) if streams[cell]), None)
        if first is None:
            assert np.isnan(heights[r, c])
        else:
            assert heights[r, c] == filled[r, c] - filled[first]


@given(LANDS)
@settings(deadline=None)
def test_reaches_hold_each_piece_of_stream_once_and_end_at_junctions_and_mouths(bed):
    to = flow_directions(bed)
    streams = np.nan_to_num(accumulate(to, np.ones(bed.shape))) >= 2
    found = stream_reaches(to, streams)
    steps = [
        step
        for a, b in zip(found.starts[:-1], found.starts[1:], strict=True)
        for step in zip(found.cells[a : b - 1].tolist(), found.cells[a + 1 : b].tolist(), strict=True)
    ]
    wanted = {
        (int(r * bed.shape[1] + c), int(way(to, r, c)[1][0] * bed.shape[1] + way(to, r, c)[1][1]))
        for r, c in np.argwhere(streams & (to >= 0))
    }
    assert len(steps) == len(set(steps))
    assert set(steps) == wanted
    assert (stream_order(to, streams) > 0).tolist() == streams.tolist()


def test_two_streams_of_one_order_make_the_next_and_a_smaller_one_does_not() -> None:
    to = np.array([[0, 2, 4], [-2, 2, -2], [0, -1, -2]], dtype=np.int8)
    assert stream_order(to, to != MISSING).tolist() == [[1, 2, 1], [0, 2, 0], [1, 2, 0]]


def test_each_outlet_has_its_catchment_and_the_one_above_keeps_its_own() -> None:
    to = np.array([[0, 0, 0, -1], [0, 0, 0, -1]], dtype=np.int8)
    assert catchments(to, np.array([[0, 3], [0, 1]])).tolist() == [[2, 2, 1, 1], [0, 0, 0, 0]]
    with pytest.raises(NoOverlap, match="number 1 at row 2"):
        catchments(to, np.array([[2, 0]]))


def test_a_slanting_step_is_longer() -> None:
    assert flow_length(np.array([[1, -2], [-2, -1]], dtype=np.int8), dx=10.0)[0, 0] == pytest.approx(
        14.142, abs=1e-3
    )


@pytest.mark.parametrize("to", [[[0, 4]], [[0, -2]], [[4, -1]], [[9, -1]]])
def test_directions_that_run_in_a_circle_or_off_the_land_are_refused(to) -> None:
    with pytest.raises(BadDirections, match="flow_directions"):
        accumulate(np.array(to, dtype=np.int8), np.ones((1, 2)))


def test_a_gauge_beside_the_stream_is_put_onto_it() -> None:
    amount = np.array([[1.0, np.nan, 50], [1, 2, 3]])
    assert snap(amount, row=1, column=0, within=1) == (1, 1)
    assert snap(amount, row=1, column=0, within=2) == (0, 2)
    with pytest.raises(NoOverlap):
        snap(amount, row=2, column=0, within=1)


def test_land_that_is_no_land_is_refused_by_name() -> None:
    with pytest.raises(BadGrid, match="infinite"):
        fill(np.array([[1.0, np.inf]]))
    with pytest.raises(MissingCells, match="no-data"):
        flow_directions(np.full((2, 2), np.nan))
    with pytest.raises(BadGrid, match="rows and columns"):
        fill(np.zeros(3))
    with pytest.raises(BadGrid, match="weight"):
        accumulate(np.full((2, 2), -1, np.int8), np.ones((2, 3)))


def test_the_same_land_gives_the_same_ways() -> None:
    bed = np.random.default_rng(3).integers(0, 4, (60, 60)).astype(float)
    assert np.array_equal(flow_directions(bed), flow_directions(bed.copy()))
