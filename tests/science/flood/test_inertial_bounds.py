"""Local inertial water where its own equations say nothing true: swift streams, the edge of a dam."""

import math
from typing import Any

import numpy as np
import pytest

from anlan.science.flood.domain import Domain, G
from anlan.science.flood.edges import Closed, Edges, Inflow, Open, Series
from anlan.science.flood.inertial import pace, solver
from anlan.science.flood.inertial.solver import Inertial
from anlan.science.flood.looks import speed_of
from anlan.science.flood.run import run
from anlan.science.flood.sources import Rain, Sources
from anlan.science.flood.state import Layout, State
from anlan.science.jit import Floats

DX = 20.0


def torrent(slope: float = 0.06, cells: int = 300) -> tuple[Domain, Edges]:
    """A straight bed one cell wide, so steep and smooth that Manning's flow is far beyond critical (合成数据)."""
    bed = np.tile(slope * DX * np.arange(cells)[::-1], (3, 1))
    bed[[0, 2]] += 30.0
    pulses = Series.of(np.arange(0, 121, 2), 40.0 + 4.0 * (-1.0) ** np.arange(61), name="m3_s")
    edges = Edges(Closed(), Open(slope), Closed(), Closed(), (Inflow(10.0, 30.0, pulses),))
    return Domain.of(bed, dx=DX, manning=0.03), edges


def far_below() -> Floats:
    """Far down the torrent, once its front has passed: depths by that of Manning's flow."""
    ground, edges = torrent()
    result = run(ground, Inertial(), until_s=7200.0, edges=edges, precision="f64")
    assert abs(result.ledger.error_share) < 1e-12
    manning = (0.03 * 40.0 / DX / math.sqrt(0.06)) ** 0.6
    assert 40.0 / DX / manning / math.sqrt(G * manning) > 2.0
    reach: Floats = result.state.depth[1, 150:290] / manning
    return reach


def test_on_a_steep_stream_a_pulse_grows_no_rolls_and_the_water_stays_as_deep_as_it_is() -> None:
    """The inflow itself swells and ebbs by a tenth: its depth by an eighth."""
    reach = far_below()
    assert 0.8 < reach.mean() < 1.2
    assert np.ptp(reach) < 0.13


def test_with_all_its_inertia_the_same_water_runs_in_rolls(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reason of the rule. (How much water is between two cells at one moment is then a matter of chance.)"""
    for reader in (solver, pace):
        monkeypatch.setattr(reader, "SWIFT", 1e-9)
    assert np.ptp(far_below()) > 0.5


def test_a_sheet_of_rain_on_a_slope_is_as_swift_as_it_is() -> None:
    """Manning's films on a steep smooth plane run at Fr > 2."""
    slope, n, rain = 0.3, 0.015, 100.0 / 3.6e6
    bed = np.tile(slope * 10.0 * np.arange(40)[::-1], (3, 1))
    told: dict[str, Any] = {
        "until_s": 1200.0,
        "precision": "f64",
        "edges": Edges(Closed(), Open(slope), Closed(), Closed()),
    }
    sources = Sources(Rain.of([0], np.array([100.0])))
    ended = run(Domain.of(bed, dx=10.0, manning=n), Inertial(), sources=sources, **told)
    exact = (n * rain * 300.0 / math.sqrt(slope)) ** 0.6
    u = (rain * 300.0) / exact
    assert u / math.sqrt(G * exact) > 2.0
    assert ended.state.depth[1, 29] == pytest.approx(exact, rel=0.02)


def lake(depth: float = 14.0) -> tuple[Domain, Edges, State]:
    """A river that runs through a deep lake (合成数据)."""
    bed = np.tile(0.002 * DX * np.arange(120)[::-1], (100, 1))
    bed[:47] += 30.0
    bed[53:] += 30.0
    bed[47:53, 30:80] -= depth
    river = Inflow(50.0, 1000.0, Series.of([0], [60.0], name="m3_s"), 50.0)
    ground = Domain.of(bed, dx=DX, manning=0.035)
    level = bed[50, 82] + 1.0
    full = np.where(bed < level, level - bed, 0.0)
    full[:47] = full[53:] = 0.0
    full[:, 83:] = 0.0
    start = State.of(ground, layout=Layout.FACES, precision="f64", depth=full)
    return ground, Edges(Closed(), Open(0.002), Closed(), Closed(), (river,)), start


def test_one_cell_over_the_edge_of_a_dam_does_not_set_the_step_of_a_catchment() -> None:
    """The dam stands 25 m high below the lake, and water leaves through a gap one cell wide."""
    ground, edges, start = lake()
    fallen = ground.bed + ground.datum
    fallen[:, 90:] -= 25.0
    fallen[:50, 89] = fallen[51:, 89] = 60.0
    dammed = Domain.of(fallen, dx=DX, manning=0.02)
    told: dict[str, Any] = {"until_s": 3600.0, "edges": edges, "precision": "f64", "start": start}
    even, falls = (run(each, Inertial(), **told) for each in (ground, dammed))
    assert falls.state.depth[50, 95:100].min() > 0.1, "it does run over"
    assert falls.steps < 1.25 * even.steps


def test_what_a_cell_gave_by_what_is_left_in_it_is_no_speed() -> None:
    ground = Domain.of(np.zeros((1, 4)), dx=DX, manning=0.03)
    state = State.of(ground, layout=Layout.FACES, precision="f64", depth=np.full((1, 4), 0.011))
    state.qx[2, 3:5] = 1.6
    assert speed_of(state).max() == pytest.approx(5.0 * math.sqrt(G * 0.011))
