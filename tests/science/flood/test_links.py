"""Gates, spillways and ratings inside a run, held to level-pool routing and to the account of water."""

import io
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.science.flood.domain import Domain
from anlan.science.flood.edges import Closed, Edges, Inflow, Open, Series
from anlan.science.flood.errors import BadInput, Cancelled, LeftValidity
from anlan.science.flood.godunov.solver import Godunov
from anlan.science.flood.inertial.solver import Inertial
from anlan.science.flood.links.link import Link, Pool, Store
from anlan.science.flood.links.ways import Gate, Rating, Way, Weir
from anlan.science.flood.outputs import Outputs, Point, Result
from anlan.science.flood.reservoir import Reservoir, route
from anlan.science.flood.run import run
from anlan.science.flood.solver import Solver
from anlan.science.flood.state import State

ROWS, COLUMNS, DX = 12, 30, 20.0
LAKE_CELLS = 12
LAKE, RIVER = Pool(120.0, 120.0, 158.0), Pool(450.0, 120.0, 60.0)
SOLVERS = [Inertial(), Godunov()]
BOTH = pytest.mark.parametrize("solver", SOLVERS, ids=lambda s: s.name)


def ground() -> Domain:
    """A box of 240 by 240 m at 100 m, a dam, and a plain at 90 m."""
    bed = np.full((ROWS, COLUMNS), 90.0)
    bed[:, :LAKE_CELLS] = 100.0
    bed[:, LAKE_CELLS : LAKE_CELLS + 2] = 130.0
    return Domain.of(bed, dx=DX)


def filled(solver: Solver, depth: float, precision: Any = "f64") -> State:
    deep = np.zeros((ROWS, COLUMNS))
    deep[:, :LAKE_CELLS] = depth
    return State.of(ground(), layout=solver.layout, precision=precision, depth=deep)


def flood(solver: Solver, *ways: Way, depth: float = 10.0, minutes: float = 60.0, **more: Any) -> Result:
    link = Link("dam", LAKE, more.pop("taker", RIVER), ways)
    precision = more.pop("precision", "f64")
    more.setdefault("edges", Edges.all(Closed()))
    start = filled(solver, depth, precision)
    return run(ground(), solver, until_s=60 * minutes, start=start, links=[link], precision=precision, **more)


@BOTH
def test_a_reservoir_in_a_run_falls_as_level_pool_routing_says(solver: Solver) -> None:
    flow = Series.of([0, 20, 60], [0.0, 30.0, 5.0], name="m3_s")
    area = LAKE_CELLS * ROWS * DX**2
    gates = Rating((100.0, 105.0, 115.0), (0.0, 2.0, 8.0))
    ways = (gates, Weir(109.0, 8.0))
    edges = Edges.all(Closed(), inflows=[Inflow(120.0, 120.0, flow, 100.0)])
    ended = flood(solver, *ways, edges=edges, outputs=Outputs(points=(Point("lake", 120.0, 120.0),)))
    lake = Reservoir((100.0, 105.0, 115.0), (0.0, 5 * area, 15 * area), (0.0, 2.0, 8.0), 109.0, 8.0)
    seconds, levels, out = route(lake, flow, level=110.0, until_s=3600.0, step_s=10.0)
    (dam,) = ended.links
    told = np.interp(ended.points[0].seconds, seconds, levels)
    assert np.abs(ended.points[0].values[:, 1] - told).max() < 0.005
    after = dam.seconds > 60
    expected = np.interp(dam.seconds[after] - DX / 2, seconds, out)  # a tick's mean, told at its end
    assert np.abs(dam.values[after, 0] / expected - 1).max() < 0.005
    assert abs(ended.ledger.error_share) < 1e-13


@BOTH
@pytest.mark.parametrize("precision", ["f32", "f64"])
def test_a_link_neither_makes_nor_loses_water(solver: Solver, precision: Any) -> None:
    ended = flood(solver, Weir(103.0, 10.0), minutes=10, precision=precision)
    assert abs(ended.ledger.error_share) < (1e-6 if precision == "f32" else 1e-13)
    lake = ended.state.depth[:, :LAKE_CELLS].sum(dtype=np.float64) * DX**2
    plain = ended.state.depth[:, LAKE_CELLS + 2 :].sum(dtype=np.float64) * DX**2
    assert lake + plain == pytest.approx(ended.ledger.start, rel=1e-6)
    assert plain > 0.1 * ended.ledger.start
    assert ended.links[0].values[-1, 2] == pytest.approx(plain, rel=1e-6)
    assert ended.ledger.outflow == 0


@BOTH
def test_without_a_taker_the_water_leaves_the_domain(solver: Solver) -> None:
    ended = flood(solver, Weir(103.0, 10.0), minutes=10, taker=None)
    assert ended.ledger.outflow > 0.1 * ended.ledger.start
    assert abs(ended.ledger.error_share) < 1e-13


def test_a_way_too_wide_for_its_pool_empties_it_to_the_sill_and_does_not_swing() -> None:
    ended = flood(Inertial(), Weir(104.0, 5000.0), minutes=20)
    flows = ended.links[0].values[:, 0]
    assert (np.diff(flows[1:]) <= 1e-6).all()
    lake = 100.0 + ended.state.depth[:, :LAKE_CELLS]
    assert lake.min() >= 104.0 - 1e-9
    assert lake.mean() < 104.1


def test_an_empty_pool_gives_nothing_and_has_no_level() -> None:
    ended = flood(Inertial(), Weir(90.0, 10.0), depth=0.0, minutes=2)
    assert (ended.links[0].values[:, 0] == 0).all()
    assert np.isnan(ended.links[0].values[1:, 1]).all()


def test_a_pool_never_gives_more_than_it_holds() -> None:
    ended = flood(Inertial(), Rating((0.0,), (1e6,)), depth=0.5, minutes=2)
    assert ended.state.depth[2:-2, 2 : LAKE_CELLS - 2].max() < 0.01
    assert ended.state.depth.min() >= 0
    assert abs(ended.ledger.error_share) < 1e-13


def test_a_gate_opens_by_its_rule_and_never_passes_more_than_its_sill() -> None:
    gate = Gate(100.0, 4.0, ((105.0, 0.5), (108.0, 2.0)))
    assert [gate.opening(level) for level in (104.9, 105.0, 107.9, 108.0)] == [0.0, 0.5, 0.5, 2.0]
    under = gate.out(108.0, -math.inf, 2.0)
    assert under == pytest.approx(4.0 * 0.6 * 2.0 * math.sqrt(2 * 9.80665 * 8.0))
    assert gate.out(100.4, -math.inf, 2.0) == pytest.approx(1.705 * 4.0 * 0.4**1.5)
    assert gate.out(108.0, 107.0, 2.0) < 0.5 * under
    assert gate.out(108.0, 108.0, 2.0) == 0.0
    ended = flood(Inertial(), gate, minutes=30)
    flows, levels, _ = ended.links[0].values[1:].T
    assert (flows[levels > 108.2] > 3 * flows[levels < 107.8].max(initial=0.0)).all()


def test_a_weir_is_that_of_the_books_and_drowns_with_its_tail() -> None:
    weir = Weir(50.0, 10.0, 2.0)
    assert weir.out(54.0, -math.inf, 0.0) == pytest.approx(2.0 * 10.0 * 8.0)
    assert weir.out(54.0, 52.0, 0.0) == pytest.approx(160.0 * (1 - 0.5**1.5) ** 0.385)
    assert weir.out(54.0, 54.0, 0.0) == weir.out(49.0, 40.0, 0.0) == 0.0


@settings(deadline=None, max_examples=40)
@given(st.floats(0.0, 30.0), st.floats(0.0, 30.0), st.floats(0.1, 3.0))
def test_a_higher_pool_never_gives_less_and_a_higher_tail_never_more(a: float, b: float, wide: float) -> None:
    low, high = sorted((a, b))
    for way in (Weir(3.0, wide), Gate(2.0, wide, ((0.0, 1.0),)), Rating((1.0, 20.0), (0.0, 9.0))):
        assert way.out(low, -math.inf, 1.0) <= way.out(high, -math.inf, 1.0) + 1e-12
        assert way.out(30.0, high, 1.0) <= way.out(30.0, low, 1.0) + 1e-12


@BOTH
def test_a_run_with_links_goes_on_from_a_checkpoint_bit_for_bit(solver: Solver) -> None:
    told: dict[str, Any] = {"minutes": 10, "precision": "f32"}
    ways = (Weir(103.0, 10.0), Gate(100.0, 2.0, ((102.0, 1.0),)))
    whole = flood(solver, *ways, **told)
    with pytest.raises(Cancelled) as stopped:
        flood(solver, *ways, cancel=iter([False] * 9 + [True]).__next__, **told)
    file = io.BytesIO()
    np.savez(file, **stopped.value.checkpoint)
    file.seek(0)
    with np.load(file) as saved:
        again = flood(solver, *ways, resume={name: saved[name] for name in saved.files}, **told)
    assert again.state.h.tobytes() == whole.state.h.tobytes()
    assert again.links[0].values.tobytes() == whole.links[0].values.tobytes()
    assert again.ledger == whole.ledger


def hollow(
    solver: Solver, flow: Series, *, start_m: float = 104.0, minutes: float = 360.0, **more: Any
) -> Result:
    """A reservoir that the terrain does not show: cells that its river comes to, and a table."""
    link = Link("dam", LAKE, RIVER, WAYS, Store(LEVELS, VOLUMES, start_m))
    edges = Edges(Closed(), Open(0.01), Closed(), Closed(), (Inflow(120.0, 120.0, flow, 100.0),))
    return run(ground(), solver, until_s=60 * minutes, edges=edges, links=[link], **more)


LEVELS, VOLUMES = (100.0, 105.0, 110.0), (0.0, 4e5, 1e6)
WAYS = (Rating((100.0, 105.0, 110.0), (0.0, 5.0, 5.0)), Weir(108.0, 20.0))


def test_a_reservoir_of_a_table_is_routed_as_level_pool_routing_says() -> None:
    flood_in = Series.of([0, 60, 180], [0.0, 110.0, 0.0], name="m3_s")
    ended = hollow(Inertial(), flood_in, precision="f64")
    lake = Reservoir(LEVELS, VOLUMES, (0.0, 5.0, 5.0), crest_m=108.0, crest_width_m=20.0)
    seconds, levels, out = route(lake, flood_in, level=104.0, until_s=21_600.0, step_s=20.0)
    flows, told, _ = ended.links[0].values.T
    later = ended.links[0].seconds > 0
    assert np.abs(told[later] - np.interp(ended.links[0].seconds[later] - 20, seconds, levels)).max() < 0.005
    assert flows.max() == pytest.approx(out.max(), rel=1e-3)
    assert flows.argmax() == pytest.approx(out.argmax() / 3, abs=2)
    assert abs(ended.ledger.error_share) < 1e-13


@BOTH
def test_what_a_store_holds_is_in_the_account(solver: Solver) -> None:
    ended = hollow(solver, Series.of([0], [20.0], name="m3_s"), minutes=20)
    assert ended.ledger.start == pytest.approx(0.8 * 4e5)
    assert ended.ledger.stored > ended.ledger.start
    assert abs(ended.ledger.error_share) < 1e-6


def test_a_store_over_its_crown_is_no_result() -> None:
    with pytest.raises(LeftValidity, match="crown of dam"):
        hollow(Inertial(), Series.of([0], [900.0], name="m3_s"), start_m=109.0)


def test_a_store_goes_on_from_a_checkpoint() -> None:
    flow = Series.of([0], [20.0], name="m3_s")
    whole = hollow(Inertial(), flow, minutes=10)
    with pytest.raises(Cancelled) as stopped:
        hollow(Inertial(), flow, minutes=10, cancel=iter([False] * 9 + [True]).__next__)
    again = hollow(Inertial(), flow, minutes=10, resume=stopped.value.checkpoint)
    assert again.ledger == whole.ledger
    assert again.links[0].values.tobytes() == whole.links[0].values.tobytes()


@BOTH
def test_a_river_that_ends_over_ground_run_dry_breaks_no_run(solver: Solver) -> None:
    """Digits that a cell owes when it has run dry once made a depth below nought, and of it no number."""
    flood_in = Series.of([0, 60, 180], [0.0, 110.0, 0.0], name="m3_s")
    ended = hollow(solver, flood_in, minutes=185, precision="f64")
    assert ended.state.depth.min() >= 0


@BOTH
def test_two_rivers_and_a_link_into_one_cell_all_arrive(solver: Solver) -> None:
    flow = Series.of([0], [3.0], name="m3_s")
    edges = Edges(
        Closed(),
        Open(),
        Closed(),
        Closed(),
        (Inflow(450.0, 120.0, flow, 50.0), Inflow(470.0, 120.0, flow, 50.0)),
    )
    ended = flood(solver, Weir(103.0, 5.0), minutes=5, edges=edges)
    assert ended.ledger.inflow == pytest.approx(2 * 3 * 300)
    assert abs(ended.ledger.error_share) < 1e-12


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: Rating((1.0, 1.0), (0.0, 1.0)), "levels do not grow"),
        (lambda: Rating((1.0,), (-1.0,)), "below 0"),
        (lambda: Rating((1.0, 2.0), (1.0,)), "differ in number"),
        (lambda: Weir(1.0, 0.0), "width_m is 0"),
        (lambda: Weir(math.nan, 1.0), "crest_m is nan"),
        (lambda: Gate(1.0, 1.0, ()), "rule is empty"),
        (lambda: Gate(1.0, 1.0, ((2.0, 1.0), (1.0, 2.0))), "do not grow"),
        (lambda: Link("x", LAKE, None, ()), "no way out"),
        (lambda: Store((1.0, 2.0), (5.0, 5.0), 1.5), "do not grow"),
        (lambda: Store((1.0, 2.0), (0.0, 5.0), 3.0), "outside its levels"),
        (lambda: Store((1.0,), (0.0,), 1.0), "differ in number"),
        (lambda: Store((1.0, 2.0), (-1.0, 5.0), 1.0), "below 0"),
        (lambda: flood(Inertial(), Weir(1.0, 1.0), taker=Pool(120.0, 100.0)), "cells it takes from"),
        (lambda: flood(Inertial(), Weir(1.0, 1.0), taker=Pool(9e9, 0.0)), "off the grid"),
    ],
)
def test_links_that_cannot_be_are_refused(make: Any, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        make()
