"""The step of the local inertial solver: its length does not say how a flood goes, and nothing grows out of it."""

from typing import Any

import numpy as np

from anlan.science.flood.domain import Domain
from anlan.science.flood.edges import Closed, Edges, Inflow, Open, Series
from anlan.science.flood.inertial.solver import Inertial
from anlan.science.flood.run import run
from anlan.science.flood.state import Layout, State
from tests.science.flood.test_inertial import CLOSED


def winding(cells: int = 48) -> Domain:
    """A brook of one cell's width that turns at every other cell, on a slope, with banks of three metres (合成数据)."""
    bed = np.full((cells, cells), 3.0)
    row = column = 2
    while row < cells - 2 and column < cells - 2:
        bed[row, column : column + 3] = 0.0
        column += 2
        bed[row : row + 3, column] = 0.0
        row += 2
    fall = 0.01 * 10.0 * (2 * cells - np.add.outer(np.arange(cells), np.arange(cells)))
    return Domain.of(bed + fall, dx=10.0, manning=0.05)


def test_how_long_a_step_is_does_not_say_how_deep_a_winding_brook_runs() -> None:
    """Under θ = 0.8 in place of the damping this brook ran twice as deep, and deeper with every shorter step."""
    ground = winding()
    told: dict[str, Any] = {"until_s": 3600.0, "precision": "f64"}
    told["edges"] = Edges(
        Closed(),
        Open(0.01),
        Open(0.01),
        Closed(),
        (Inflow(25.0, 455.0, Series.of([0], [6.0], name="inflow")),),
    )
    depths = [run(ground, Inertial(courant=c), **told).state.depth for c in (0.6, 0.15)]
    brook = depths[1] > 0.3
    brook[2, 2] = False  # into which the water is put: what it loses is no wave, and yet damped
    assert brook.sum() > 60
    assert np.abs(depths[0] - depths[1])[brook].max() < 1e-9


def test_waves_die_in_a_pool_without_friction() -> None:
    """For two hours no energy comes from nowhere, in the deepest pool and in a shallower one beside it."""
    random = np.random.default_rng(3)
    bed = np.zeros((40, 40))
    bed[20] = 20.0
    depth = np.where(np.arange(40)[:, None] < 20, 5.0, 2.5) + random.normal(0.0, 0.05, bed.shape)
    depth[5:10, 5:10] += 1.5
    depth[25:30, 5:10] += 0.7
    ground = Domain.of(bed, dx=10.0, manning=0.001)
    start = State.of(ground, layout=Layout.FACES, precision="f64", depth=np.maximum(depth - bed, 0.0))

    def energy(state: State) -> np.ndarray:
        return np.array([(pool**2).sum() for pool in (state.depth[:20], state.depth[21:])])

    ended = run(ground, Inertial(), until_s=7200.0, start=start, edges=CLOSED).state
    assert (energy(ended) < energy(start)).all()
    assert np.ptp(ended.depth[:20]) < 0.3
    assert np.ptp(ended.depth[21:]) < 0.15
