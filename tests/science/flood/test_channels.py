"""Streams narrower than a cell, beside the raster."""

from typing import Any

import numpy as np
import pytest

from anlan.science.flood.domain import Domain
from anlan.science.flood.edges import Closed, Edges, Inflow, Open, Series
from anlan.science.flood.errors import BadInput, Cancelled
from anlan.science.flood.inertial.channels import Channels
from anlan.science.flood.inertial.solver import Inertial
from anlan.science.flood.outputs import Outputs
from anlan.science.flood.run import run
from anlan.science.flood.state import Layout, State

DX, SLOPE = 20.0, 0.003


def plain(cells: int = 40, *, slope: float = SLOPE) -> Domain:
    """A plain that falls to the east; its sides rise from the middle row."""
    bed = np.tile(slope * DX * np.arange(cells)[::-1], (7, 1)) + 0.4 * np.abs(np.arange(7) - 3)[:, None]
    return Domain.of(bed, dx=DX, manning=0.06)


def stream(ground: Domain, *, width: float = 5.0, bankfull: float = 2.5, blocked: Any = None) -> Channels:
    at = np.zeros(ground.shape)
    at[3] = width
    deep = np.full(ground.shape, bankfull)
    return Channels.of(ground, width=at, bankfull=deep, manning=0.035, blocked=blocked)


def river(discharge: float, *, edge: Any = None) -> Edges:
    source = Inflow(10.0, 70.0, Series.of([0], [discharge], name="inflow"))
    return Edges(Closed(), edge or Open(SLOPE), Closed(), Closed(), (source,))


def channel_depth(state: State, channels: Channels) -> np.ndarray:
    """Depth above the channel's bed."""
    assert state.channel is not None
    return state.channel / (channels.width * channels.length) + state.depth[channels.rows, channels.columns]


def normal_depth(discharge: float, width: float, *, slope: float = SLOPE, manning: float = 0.035) -> float:
    """Depth of steady flow in a rectangle, walls counted, by halving."""
    low, high = 0.0, 20.0
    for _ in range(80):
        y = 0.5 * (low + high)
        q = width * y / manning * (width * y / (width + 2 * y)) ** (2 / 3) * np.sqrt(slope)
        low, high = (y, high) if q < discharge else (low, y)
    return low


@pytest.mark.parametrize("precision", ["f32", "f64"])
def test_within_its_banks_a_stream_runs_at_the_depth_of_manning(precision: Any) -> None:
    ground = plain()
    channels = stream(ground)
    ended = run(ground, Inertial(channels=channels), until_s=5400.0, edges=river(8.0), precision=precision)
    depth = channel_depth(ended.state, channels)
    assert depth[3:] == pytest.approx(normal_depth(8.0, 5.0), rel=0.01)
    assert ended.state.depth.max() == 0, "the plain stays dry"
    assert abs(ended.ledger.error_share) < (1e-7 if precision == "f32" else 1e-13)


def test_a_stream_runs_on_where_its_cells_share_no_more_than_a_corner() -> None:
    """As streams found from a terrain do: were they not joined there, each corner would be a dam as high as the bank."""
    cells, fall = 30, 0.003 * np.sqrt(2) * DX
    row, column = np.indices((cells, cells))
    ground = Domain.of(
        fall / 2 * (2 * cells - row - column) + 0.3 * np.abs(row - column), dx=DX, manning=0.06
    )
    channels = Channels.of(ground, width=5.0 * np.eye(cells), bankfull=np.full(ground.shape, 2.5))
    assert channels.link_length == pytest.approx(np.sqrt(2) * DX), "no link over a side"
    assert channels.length[1:-1] == pytest.approx(np.sqrt(2) * DX)
    source = Inflow(10.0, cells * DX - 10.0, Series.of([0], [8.0], name="inflow"))
    ended = run(
        ground, Inertial(channels=channels), until_s=5400.0,
        edges=Edges(Closed(), Closed(), Open(0.003), Closed(), (source,)), precision="f64",
    )  # fmt: skip
    assert channel_depth(ended.state, channels)[3:-3] == pytest.approx(normal_depth(8.0, 5.0), rel=0.01)
    assert ended.state.depth.max() == 0, "the plain stays dry"
    assert abs(ended.ledger.error_share) < 1e-13


def test_a_corner_that_a_channel_goes_round_is_no_way_of_its_own() -> None:
    at = np.array([[5.0, 5.0, 0.0], [0.0, 5.0, 5.0]])
    ground = Domain.of(np.zeros((2, 3)), dx=DX)
    assert Channels.of(ground, width=at, bankfull=np.ones((2, 3))).link_length.tolist() == [DX] * 3


def test_over_its_banks_it_floods_the_plain_and_loses_no_water() -> None:
    ground = plain()
    channels = stream(ground, bankfull=1.0)
    ended = run(ground, Inertial(channels=channels), until_s=5400.0, edges=river(25.0))
    assert (ended.state.depth[3] > 0.1).all()
    assert abs(ended.ledger.error_share) < 1e-7
    surface = ended.state.depth + ground.bed
    assert np.abs(surface[3, 5:35] - surface[2, 5:35]).max() < 0.05, "one surface across"


def test_without_its_channel_the_same_river_stands_deeper_on_the_plain() -> None:
    ground = plain()
    bare = run(ground, Inertial(), until_s=5400.0, edges=river(25.0)).state.depth
    with_channel = run(
        ground, Inertial(channels=stream(ground, bankfull=1.5)), until_s=5400.0, edges=river(25.0)
    )
    assert with_channel.state.depth[3, 10:30].mean() < 0.8 * bare[3, 10:30].mean()


def test_a_channel_as_wide_as_its_cell_is_the_cell() -> None:
    """Cut into the terrain or given as a channel, walls aside, a wide stream runs alike."""
    ground = plain()
    wide = stream(ground, width=DX, bankfull=3.0)
    cut = ground.bed.copy()
    cut[3] -= 3.0
    raster = Domain.of(cut, dx=DX, manning=0.035)
    ended = run(ground, Inertial(channels=wide), until_s=3600.0, edges=river(30.0))
    same = run(raster, Inertial(), until_s=3600.0, edges=river(30.0)).state.depth[3]
    assert channel_depth(ended.state, wide)[5:35] == pytest.approx(same[5:35], rel=0.08)


@pytest.mark.parametrize("level", [1.0, 4.0])
def test_still_water_in_and_over_a_channel_stays_still(level: float) -> None:
    ground = plain(slope=0.0)
    channels = stream(ground)
    start = State.of(
        ground, layout=Layout.FACES, precision="f64", depth=np.maximum(level - 2.5 - ground.bed, 0.0)
    )
    start.channel = np.minimum(level, 2.5) * channels.width * DX
    start.channel_q = np.zeros(channels.a.size)
    ended = run(ground, Inertial(channels=channels), until_s=1800.0, start=start, edges=Edges.all(Closed()))
    assert np.abs(ended.state.channel_q).max() < 1e-10
    assert channel_depth(ended.state, channels) == pytest.approx(level)


def test_over_the_edge_of_a_dam_one_link_does_not_set_the_step_of_all() -> None:
    """Nothing holds water back there in these equations: it runs as deep below, and above it is only drawn down towards the fall."""
    ground = plain()
    fallen = ground.bed + ground.datum
    fallen[:, :20] += 15.0
    dammed = Domain.of(fallen, dx=DX, manning=0.06)
    even, falls = (
        run(each, Inertial(channels=stream(each)), until_s=5400.0, edges=river(8.0), precision="f64")
        for each in (ground, dammed)
    )
    assert falls.steps < 2.0 * even.steps
    depth = channel_depth(falls.state, stream(dammed))
    assert depth[25:35] == pytest.approx(normal_depth(8.0, 5.0), rel=0.01)
    drawn = depth[3:20]
    assert (np.diff(drawn) < 0).all()
    assert drawn[0] < normal_depth(8.0, 5.0)
    assert abs(falls.ledger.error_share) < 1e-13


def test_a_bridge_that_takes_part_of_the_width_backs_water_up() -> None:
    ground = plain()
    bridge = np.zeros(ground.shape)
    bridge[3, 20] = 0.7
    free = stream(ground, bankfull=4.0)
    held = stream(ground, bankfull=4.0, blocked=bridge)
    depths = [
        channel_depth(run(ground, Inertial(channels=c), until_s=5400.0, edges=river(8.0)).state, c)
        for c in (free, held)
    ]
    assert depths[1][19] > depths[0][19] + 0.3
    assert depths[1][35] == pytest.approx(depths[0][35], rel=0.01)


def test_a_stream_goes_on_from_a_warm_state_and_from_a_checkpoint() -> None:
    ground = plain()
    method = Inertial(channels=stream(ground))
    asked: dict[str, Any] = {"edges": river(8.0), "outputs": Outputs(maps=())}
    whole = run(ground, method, until_s=1800.0, **asked)
    looks = iter(range(1000))
    with pytest.raises(Cancelled) as said:
        run(ground, method, until_s=1800.0, **asked, cancel=lambda: next(looks) == 30)
    rest = run(ground, method, until_s=1800.0, **asked, resume=said.value.checkpoint)
    assert np.array_equal(whole.state.channel, rest.state.channel)
    warm = run(ground, method, until_s=3600.0, **asked, start=whole.state)
    assert warm.ledger.start == pytest.approx(whole.ledger.stored)
    other = Inertial(channels=Channels.of(ground, width=np.eye(7, 40), bankfull=np.ones((7, 40))))
    with pytest.raises(BadInput, match="other channels"):
        run(ground, other, until_s=3600.0, **asked, start=whole.state)


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"width": 30.0}, "width"),
        ({"width": 0.0}, "width"),
        ({"bankfull": 0.0}, "bankfull"),
        ({"bankfull": np.nan}, "bankfull"),
        ({"blocked": np.full((7, 40), 1.5)}, "blocked"),
        ({"blocked": np.zeros((40, 7))}, "blocked"),
    ],
)
def test_a_channel_that_cannot_be_is_refused(more: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as said:
        stream(plain(), **more)
    assert said.value.field == field


def test_a_stream_beneath_a_deep_pool_does_not_work_against_the_water_above_it() -> None:
    """Raster and channel once undid each other's step for ever: 19 m/s under a pool that only swayed."""
    width = np.zeros((9, 24))
    width[4, 8:] = 4.0
    pool = Domain.of(np.zeros((9, 24)), dx=40.0, manning=0.03)
    channels = Channels.of(pool, width=width, bankfull=np.full((9, 24), 0.6))
    swaying = 12.0 + 0.5 * np.linspace(-1, 1, 24)[None] + np.zeros((9, 1))
    start = State.of(pool, layout=Layout.FACES, depth=swaying)
    state = run(
        pool, Inertial(channels=channels), until_s=1800.0, start=start, edges=Edges.all(Closed()),
        outputs=Outputs(maps=()),
    ).state  # fmt: skip
    assert state.channel_q is not None
    assert np.abs(state.channel_q / 12.0).max() < 0.5
    assert np.ptp(state.depth) < 1.0, "it sways no higher than it began"
