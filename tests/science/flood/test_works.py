"""What people built, and starts that are not dry."""

import numpy as np
import pytest

from anlan.science.flood.domain import Domain
from anlan.science.flood.edges import Closed, Edges, Inflow, Open, Series
from anlan.science.flood.errors import BadInput, LeftValidity, NotWarm
from anlan.science.flood.inertial.solver import Inertial
from anlan.science.flood.reservoir import Reservoir, route
from anlan.science.flood.run import run
from anlan.science.flood.structures import with_buildings
from anlan.science.flood.warm import concentration_s, longest_path, warm, warm_up

LAKE = Reservoir((100.0, 105.0, 110.0), (0.0, 4e5, 1e6), (0.0, 5.0, 5.0), crest_m=108.0, crest_width_m=20.0)


def steady(discharge: float) -> Series:
    return Series.of([0], [discharge], name="inflow")


# --- reservoirs ----------------------------------------------------------------------------------------------


def test_a_full_reservoir_lets_out_in_the_end_what_comes_in() -> None:
    _, levels, out = route(LAKE, steady(40.0), level=105.0, until_s=86_400.0)
    assert out[-1] == pytest.approx(40.0, rel=1e-6)
    assert levels[-1] == pytest.approx(108 + (35 / (1.9 * 20)) ** (2 / 3), abs=1e-3)


def test_a_reservoir_keeps_account_of_its_water() -> None:
    flood = Series.of([0, 60, 180], [0.0, 110.0, 0.0], name="inflow")
    seconds, levels, out = route(LAKE, flood, level=104.0, until_s=21_600.0)
    gained = np.interp(levels[-1], LAKE.levels, LAKE.storage) - np.interp(104.0, LAKE.levels, LAKE.storage)
    assert 110 * 10_800 / 2 - (out[1:] * np.diff(seconds)).sum() == pytest.approx(gained, rel=1e-9)
    assert 20 < out.max() < 100, "it holds the peak back"
    assert out.argmax() > 60, "and late"


def test_water_over_the_crown_is_no_result() -> None:
    with pytest.raises(LeftValidity, match="crown"):
        route(LAKE, steady(900.0), level=109.0, until_s=36_000.0)


def test_an_empty_reservoir_lets_nothing_out_that_it_has_not() -> None:
    drained = Reservoir((100.0, 110.0), (0.0, 1e5), (50.0, 50.0), crest_m=108.0, crest_width_m=5.0)
    _, levels, out = route(drained, steady(2.0), level=100.5, until_s=7200.0)
    assert levels[-1] == pytest.approx(100.0)
    assert out[-1] == pytest.approx(2.0)


def test_tables_that_cannot_be_are_refused() -> None:
    with pytest.raises(BadInput, match="grow"):
        Reservoir((110.0, 100.0), (0.0, 1.0), (0.0, 0.0), 108.0, 5.0)
    with pytest.raises(BadInput, match="length"):
        Reservoir((100.0, 110.0), (0.0, 1.0), (0.0,), 108.0, 5.0)
    with pytest.raises(BadInput, match="level"):
        route(LAKE, steady(1.0), level=99.0, until_s=60.0)


# --- buildings -----------------------------------------------------------------------------------------------


def street() -> tuple[Domain, Edges, np.ndarray]:
    ground = Domain.of(np.tile(0.01 * 5 * np.arange(40.0)[::-1], (9, 1)), dx=5.0)
    source = Inflow(2.5, 22.5, steady(4.0), radius_m=25.0)
    houses = np.zeros(ground.shape)
    houses[:4, 18:22] = 0.9
    return ground, Edges(Closed(), Open(0.01), Closed(), Closed(), (source,)), houses


@pytest.mark.parametrize("how", ["blocked", "rough"])
def test_houses_back_water_up(how: str) -> None:
    ground, edges, houses = street()
    bare = run(ground, Inertial(), until_s=1800.0, edges=edges).state.depth
    built = run(with_buildings(ground, houses, how=how), Inertial(), until_s=1800.0, edges=edges).state.depth
    assert built[1, 17] > bare[1, 17] + 0.02
    if how == "blocked":
        assert (built[:4, 18:22] == 0).all()


def test_shares_that_cannot_be_are_refused() -> None:
    ground, _, houses = street()
    with pytest.raises(BadInput, match="30 %"):
        with_buildings(ground, 90 * houses, how="rough")
    with pytest.raises(BadInput, match="Resample"):
        with_buildings(ground, houses.T, how="rough")


# --- warm-up -------------------------------------------------------------------------------------------------


def test_a_warm_start_carries_its_base_flow() -> None:
    ground, edges, _ = street()
    state = warm_up(ground, Inertial(), edges=edges, concentration_s=600.0)
    assert state.time_s == 0
    later = run(ground, Inertial(), until_s=600.0, start=state, edges=edges).ledger
    assert later.outflow == pytest.approx(later.inflow, rel=0.06)


def test_rivers_that_still_fill_are_no_start() -> None:
    ground, edges, _ = street()
    walled = Edges.all(Closed(), inflows=edges.inflows)
    with pytest.raises(NotWarm, match="4 m³/s"):
        warm_up(ground, Inertial(), edges=walled, concentration_s=60.0, most_times=2)


def test_a_warm_up_needs_base_flow_and_a_time() -> None:
    ground, edges, _ = street()
    with pytest.raises(BadInput, match="base flow"):
        warm_up(ground, Inertial(), edges=Edges(), concentration_s=60.0)
    with pytest.raises(BadInput, match="seconds"):
        warm_up(ground, Inertial(), edges=edges, concentration_s=0.0)
    with pytest.raises(BadInput, match="fall"):
        concentration_s(length_m=100.0, fall_m=0.0)


def test_the_longest_path_gives_the_concentration_time() -> None:
    ground, _, _ = street()
    length, fall = longest_path(ground)
    assert length == pytest.approx(39 * 5.0)
    assert fall == pytest.approx(39 * 0.05)
    bend = np.array([[9.0, 8.0, 7.0], [np.nan, np.nan, 5.0], [1.0, 2.0, 3.0]])
    assert longest_path(Domain.of(bend, dx=10.0, inside=~np.isnan(bend)))[1] > 0
    # 1 km falling 50 m: 0.0195 * 1000^0.77 * 0.05^-0.385 minutes
    assert concentration_s(length_m=1000.0, fall_m=50.0) / 60 == pytest.approx(12.616, abs=1e-3)


def test_a_warm_up_tells_how_much_still_fills() -> None:
    ground, edges, _ = street()
    walled = Edges.all(Closed(), inflows=edges.inflows)
    begun = warm(ground, Inertial(), edges=walled, until_s=60.0)
    assert begun.fills_m3_s == pytest.approx(4.0, rel=1e-3)
    assert begun.fills_share == pytest.approx(1.0, rel=1e-3)
    assert warm(
        ground, Inertial(), edges=walled, until_s=120.0, start=begun.state
    ).fills_m3_s == pytest.approx(4.0, rel=1e-3)
