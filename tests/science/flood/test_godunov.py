"""The Godunov solver behind the frame: NaN is seen, dry land sleeps, a run resumes to the bit, edges do as they say."""

from typing import Any

import hypothesis.extra.numpy as hnp
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.science.flood.cases.case import Flow, start
from anlan.science.flood.domain import RING, Domain
from anlan.science.flood.edges import Closed, Edges, Open, Series, Stage
from anlan.science.flood.errors import NotFinite
from anlan.science.flood.godunov.kernels import boxes
from anlan.science.flood.godunov.solver import Godunov
from anlan.science.flood.godunov.tiles import Tiling
from anlan.science.flood.run import run
from anlan.science.flood.solver import Feed
from anlan.science.flood.sources import Rain, Sources
from anlan.science.flood.state import Layout, State

BOTH = pytest.mark.parametrize("precision", ["f32", "f64"])
CLOSED = Edges.all(Closed())


def basin(precision: Any = "f64", *, depth: float = 1.0, edges: Edges = CLOSED, n: int = 24) -> Flow:
    return start(Godunov(), precision, np.zeros((n, n)), np.full((n, n), depth), dx=10.0, edges=edges)


def valley(n: int = 60) -> np.ndarray:
    y, x = np.mgrid[:n, :n] * 10.0
    bumps = 0.4 * np.sin(x / 37.0) * np.cos(y / 53.0)
    return 0.02 * np.abs(x - 5.0 * n) + 0.005 * (10.0 * n - y) + bumps + 50.0


# --- NaN is never carried on -----------------------------------------------------------------------------------


@BOTH
@pytest.mark.parametrize("what", ["depth", "discharge", "terrain", "rain"])
def test_a_planted_nan_is_refused_not_smoothed(precision: Any, what: str) -> None:
    flow = basin(precision)
    stepper: Any = flow._stepper
    rate = np.zeros((1, 24 + 2 * RING), flow.state.h.dtype)
    planted = {"depth": flow.state.h, "discharge": flow.state.qx, "terrain": stepper._z}
    if what == "rain":
        rate[0, 9] = np.nan
    else:
        planted[what][9, 9] = np.nan
    with pytest.raises(NotFinite):
        stepper.advance(Feed(rate, what == "rain", np.zeros(0, np.int64), np.zeros(0)), 60.0)


def test_a_nan_in_a_tile_that_sleeps_is_seen_by_the_frame() -> None:
    ground = Domain.of(np.zeros((200, 200)), dx=10.0)
    begun = State.of(ground, layout=Layout.CENTRES, depth=np.eye(200) * (np.arange(200) < 5))
    begun.h[190, 190] = np.nan
    with pytest.raises(NotFinite):
        run(ground, Godunov(tile=(16, 16)), until_s=60.0, start=begun, edges=CLOSED)


# --- edges -----------------------------------------------------------------------------------------------------


@BOTH
def test_what_goes_over_an_open_edge_is_booked(precision: Any) -> None:
    flow = basin(precision, edges=Edges(n=Closed(), e=Open(slope=0.01), s=Closed(), w=Closed()))
    before = float(flow.depth.sum()) * 100
    moved = flow.until(120.0)
    assert moved.outflow > 1000
    assert moved.inflow == 0
    assert before - moved.outflow == pytest.approx(float(flow.depth.sum()) * 100, rel=1e-6)


@BOTH
@pytest.mark.parametrize("side", ["n", "e", "s", "w"])
def test_a_stage_fills_a_dry_basin_to_its_level_from_any_side(precision: Any, side: str) -> None:
    edges = Edges(**{**dict.fromkeys("nesw", Closed()), side: Stage(Series((0.0,), (0.5,)))})
    flow = start(
        Godunov(), precision, np.zeros((24, 24)), np.zeros((24, 24)), dx=10.0, manning=0.05, edges=edges
    )
    moved = flow.until(3600.0)
    assert np.abs(flow.depth - 0.5).max() < 0.02
    assert moved.inflow - moved.outflow == pytest.approx(float(flow.depth.sum()) * 100, rel=1e-6)


def test_nothing_enters_over_an_open_edge_that_the_ground_falls_from() -> None:
    bed = np.tile(np.arange(24.0)[::-1], (24, 1))
    edges = Edges(n=Open(), e=Closed(), s=Open(), w=Open())
    flow = start(Godunov(), "f64", bed, np.full((24, 24), 0.1), dx=10.0, manning=0.03, edges=edges)
    assert flow.until(300.0).inflow == 0


# --- positivity, walls, tiles ----------------------------------------------------------------------------------


@BOTH
def test_depth_never_goes_below_nought_and_no_water_is_made_by_it(precision: Any) -> None:
    bed = np.random.default_rng(0).uniform(0, 8, (48, 48))
    flow = start(Godunov(), precision, bed, np.full((48, 48), 0.5), dx=5.0, manning=0.03)
    before = float(flow.depth.sum())
    for second in range(1, 11):
        flow.until(float(second))
        assert flow.depth.min() >= 0
    assert flow._stepper.limited > 0, "the case must make cells run dry"  # type: ignore[attr-defined]
    assert float(flow.depth.sum()) == pytest.approx(before, rel=1e-12 if precision == "f64" else 1e-6)


def test_water_does_not_pass_a_wall_in_the_mask() -> None:
    inside = np.ones((30, 30), bool)
    inside[:, 15] = False
    ground = Domain.of(np.zeros((30, 30)), dx=10.0, inside=inside, manning=0.03)
    depth = np.where(np.mgrid[:30, :30][1] < 15, 2.0, 0.0) * inside
    begun = State.of(ground, layout=Layout.CENTRES, precision="f64", depth=depth)
    flow = Flow(Godunov(), ground, begun, CLOSED)
    flow.until(600.0)
    assert flow.depth[:, 15:].max() == 0
    assert flow.depth.sum() == pytest.approx(depth.sum(), rel=1e-13)
    assert flow.speed.max() < 1e-9


def test_dry_land_sleeps_and_wakes_when_water_comes() -> None:
    flow = start(
        Godunov(tile=(16, 16)), "f32", np.zeros((160, 160)), np.pad(np.full((8, 8), 3.0), (0, 152)), dx=10.0
    )
    flow.until(1.0)
    stepper: Any = flow._stepper
    assert stepper._awake.size <= 4
    flow.until(200.0)
    assert 4 < stepper._awake.size <= 100
    assert (flow.depth > 0.01).sum() > 500


def river(cells: int = 300) -> tuple[np.ndarray, np.ndarray]:
    """A bed and a depth: a river ten cells wide that winds through dry land."""
    y, x = np.mgrid[:cells, :cells]
    middle = cells * (0.5 + 0.3 * np.sin(7.0 * y / cells))
    return 0.2 * np.abs(x - middle) + 0.05 * (cells - y), np.where(np.abs(x - middle) < 5, 2.0, 0.0)


@BOTH
def test_a_river_wakes_only_what_it_can_reach_and_runs_as_if_all_were_awake(precision: Any) -> None:
    bed, depth = river()
    flows = [start(Godunov(tile=(48, 150)), precision, bed, depth, dx=10.0, manning=0.035) for _ in range(2)]
    steppers: list[Any] = [flow._stepper for flow in flows]
    steppers[1]._stages[:] = True
    for seconds in (2.0, 20.0):
        for flow in flows:
            flow.until(seconds)
        a, b, c, d = np.moveaxis(steppers[0]._active, -1, 0)
        awake = np.where(a < b, (b - a) * (d - c), 0).sum()
        assert awake < 8 * (flows[0].depth > 0).sum(), "dry land beside the river is computed"
        for field in ("h", "qx", "qy"):
            one, all_ = (getattr(flow.state, field) for flow in flows)
            far = np.abs(one - all_).max()  # rounding: a cell's place in a vector is another
            assert far < (1e-5 if precision == "f32" else 1e-8), f"{field} is another where dry land sleeps"


@given(
    wet=hnp.arrays(np.float64, (9, 12), elements=st.sampled_from([0.0, 0.0, 0.0, 1.0])),
    rows=st.tuples(st.integers(0, 9), st.integers(0, 9)),
    columns=st.tuples(st.integers(0, 12), st.integers(0, 12)),
)
def test_the_box_around_water_holds_it_all_and_no_more(wet: Any, rows: Any, columns: Any) -> None:
    (a, b), (c, d) = sorted(rows), sorted(columns)
    found = np.zeros(4, np.int64)
    boxes.bounds(wet, np.array([a, b, c, d]), 0.5, found)
    j, i = np.nonzero(wet[a:b, c:d] > 0.5)
    if j.size == 0:
        assert found[0] >= found[1]
    else:
        assert found.tolist() == [a + j.min(), a + j.max() + 1, c + i.min(), c + i.max() + 1]


def test_rain_on_a_masked_catchment_computes_no_walls() -> None:
    inside = np.zeros((100, 100), bool)
    inside[40:70, 10:30] = True
    ground = Domain.of(np.zeros((100, 100)), dx=10.0, inside=inside)
    begun = State.of(ground, layout=Layout.CENTRES)
    stepper: Any = Godunov(tile=(50, 50)).prepare(ground, begun, CLOSED, threads=1)
    rate = np.pad(np.where(inside, 1e-4, 0.0), RING).astype(np.float32)
    stepper.advance(Feed(rate, True, np.zeros(0, np.int64), np.zeros(0)), 10.0)
    a, b, c, d = np.moveaxis(stepper._active, -1, 0)
    assert np.where(a < b, (b - a) * (d - c), 0).sum() == 600
    assert begun.depth[inside].min() == pytest.approx(1e-3, rel=1e-3)


def test_tiles_cover_every_cell_once_and_none_is_narrow() -> None:
    for shape in ((1, 1), (3, 700), (65, 4), (200, 1300)):
        covered = np.zeros((shape[0] + 2 * RING, shape[1] + 2 * RING), int)
        for a, b, c, d in Tiling(shape).table:
            covered[a:b, c:d] += 1
            assert b - a >= min(3, shape[0])
            assert d - c >= min(3, shape[1])
        assert (covered[RING:-RING, RING:-RING] == 1).all()
        assert covered.sum() == shape[0] * shape[1]


# --- behind the frame ------------------------------------------------------------------------------------------


def flood(**more: Any) -> Any:
    ground = Domain.of(valley(), dx=10.0, manning=0.035)
    rain = Sources(Rain.of([0, 10], np.array([100.0, 0.0])))
    return run(ground, Godunov(tile=(16, 16)), until_s=1200.0, sources=rain, **more)


def test_one_thread_and_two_give_the_same_bits() -> None:
    one, two = flood(threads=1), flood(threads=2)
    assert np.array_equal(one.state.h, two.state.h)
    assert np.array_equal(one.state.qx, two.state.qx)
    assert abs(one.ledger.error_share) < 1e-6


def test_a_run_resumed_from_a_checkpoint_is_the_same_run() -> None:
    kept: list[Any] = []
    whole = flood(checkpoint_every_s=600.0, on_checkpoint=kept.append)
    again = flood(resume=kept[0])
    assert np.array_equal(whole.state.h, again.state.h)
    assert np.array_equal(whole.state.qy, again.state.qy)


def test_memory_is_said_and_stays_below_32_bytes_a_cell() -> None:
    assert Godunov().bytes_per_cell(Domain.of(valley(), dx=10.0), "f32") == 28
    rough = Domain.of(valley(), dx=10.0, manning=np.full((60, 60), 0.04))
    assert Godunov().bytes_per_cell(rough, "f32") == 32
