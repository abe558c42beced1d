"""Buildings that leave a part of each cell open: mass, rest, and the flow that a narrowed channel has."""

import io
from typing import Any

import numpy as np
import pytest

from anlan.science.flood.domain import Domain
from anlan.science.flood.edges import Closed, Edges, Inflow, Open, Series, Stage
from anlan.science.flood.errors import BadInput, Cancelled
from anlan.science.flood.godunov.solver import Godunov
from anlan.science.flood.inertial.channels import Channels
from anlan.science.flood.inertial.solver import Inertial
from anlan.science.flood.links.link import Link, Pool
from anlan.science.flood.links.ways import Weir
from anlan.science.flood.outputs import Line, Outputs
from anlan.science.flood.run import run
from anlan.science.flood.sources import GreenAmpt, Rain, ScsCn, Sources
from anlan.science.flood.state import Layout, State
from anlan.science.flood.structures import with_buildings
from anlan.science.jit import Floats

CLOSED = Edges.all(Closed())
ROWS, COLUMNS, DX = 16, 40, 10.0


def rolling() -> Domain:
    j, i = np.mgrid[0:ROWS, 0:COLUMNS]
    return Domain.of(0.4 * np.sin(i / 5.0) + 0.3 * np.cos(j / 3.0) + 0.01 * (COLUMNS - i), dx=DX)


def houses(seed: int = 1) -> Floats:
    return np.random.default_rng(seed).random((ROWS, COLUMNS)) * 0.9


def dam(ground: Domain, precision: Any = "f64") -> State:
    deep = np.where(np.arange(COLUMNS) < 15, 2.0, 0.0) * np.ones((ROWS, 1))
    return State.of(ground, layout=Layout.FACES, precision=precision, depth=deep)


def test_evenly_built_ground_floods_as_open_ground_does() -> None:
    """An even porosity falls out of the equations, unless rain or a river comes: then less water is as deep."""
    bare = rolling()
    told: dict[str, Any] = {"until_s": 120.0, "precision": "f64", "edges": Edges(e=Open(0.01))}
    method = Inertial(courant=0.3)  # no speed binds the step, so both take the same ones
    one = run(bare, method, start=dam(bare), **told)
    built = [with_buildings(bare, np.full((ROWS, COLUMNS), share), how="porous") for share in (0.0, 0.5)]
    none, half = (run(ground, method, start=dam(ground), **told) for ground in built)
    assert np.abs(none.state.depth - half.state.depth).max() < 1e-12
    assert half.ledger.outflow == pytest.approx(0.5 * none.ledger.outflow, rel=1e-12)
    off = np.abs(one.state.depth - half.state.depth)
    assert half.steps == one.steps
    assert off.max() < 1e-6, "powers of a depth are taken to seven digits on open ground"


@pytest.mark.parametrize(("precision", "bound"), [("f64", 1e-13), ("f32", 1e-8)])
def test_no_water_is_made_or_lost_among_houses(precision: Any, bound: float) -> None:
    ground = with_buildings(rolling(), houses(), how="porous")
    river = Inflow(205.0, 85.0, Series.of([0, 20], [0.0, 6.0], name="m3_s"), 30.0)
    edges = Edges(
        Closed(), Open(0.01), Stage(Series.of([0, 30], [0.0, 0.8], name="stage")), Closed(), (river,)
    )
    rain = Sources(Rain.of([0, 20], np.array([60.0, 0.0])), ScsCn(80.0))
    ended = run(
        ground,
        Inertial(),
        until_s=1800.0,
        start=dam(ground, precision),
        edges=edges,
        sources=rain,
        precision=precision,
    )
    assert abs(ended.ledger.error_share) < bound
    assert ended.ledger.rain == pytest.approx(0.02 * ROWS * COLUMNS * DX**2)
    assert ended.ledger.outflow > 0
    assert ended.state.depth.min() >= 0


def test_rain_on_roofs_stands_between_them() -> None:
    ground = with_buildings(Domain.of(np.zeros((4, 4)), dx=DX), np.full((4, 4), 0.75), how="porous")
    ended = run(
        ground, Inertial(), until_s=3600.0, edges=CLOSED, sources=Sources(Rain.of([0], np.array([20.0])))
    )
    assert ended.state.depth == pytest.approx(np.full((4, 4), 0.08), rel=1e-5)


@pytest.mark.parametrize(("precision", "bound"), [("f64", 1e-12), ("f32", 1e-3)])
def test_a_lake_among_houses_is_at_rest(precision: Any, bound: float) -> None:
    ground = with_buildings(rolling(), houses(), how="porous")
    lake = State.of(ground, layout=Layout.FACES, precision=precision, depth=np.maximum(0.9 - ground.bed, 0.0))
    ended = run(ground, Inertial(), until_s=900.0, start=lake, edges=CLOSED, precision=precision)
    deep = ended.state.depth > 0.01
    assert np.abs(ended.state.qx[2:-2, 2:-2][deep]).max() < bound
    assert np.abs(ended.state.qy[2:-2, 2:-2][deep]).max() < bound


def channel(built: Floats | None, walls: Floats | None) -> Any:
    """Steady flow down a channel of ten cells' width, built over or narrowed in the middle."""
    bed = np.tile(0.02 * np.arange(60.0)[::-1], (10, 1))
    ground = Domain.of(bed, dx=DX, inside=None if walls is None else walls == 0)
    if built is not None:
        ground = with_buildings(ground, built, how="porous")
    edges = Edges(
        Closed(),
        Open(0.002),
        Closed(),
        Closed(),
        (Inflow(5.0, 50.0, Series.of([0], [40.0], name="m3_s"), 48.0),),
    )
    lines = tuple(Line(str(x), x, -1.0, x, 101.0) for x in (100.0, 300.0, 500.0))
    return run(ground, Inertial(), until_s=7200.0, edges=edges, precision="f64", outputs=Outputs(lines=lines))


def backwater() -> Floats:
    """Depth of each cell by dh/dx = S - n² q² / h^(10/3), from the end of the built-up reach upwards."""
    slope, n, step = 0.002, 0.035, 0.5
    depth = np.full(60, (0.4 * n / slope**0.5) ** 0.6)
    h, x = depth[0], 350.0
    while x > 5.0:
        q = 0.8 if x > 250.0 else 0.4
        h -= step * (slope - n**2 * q**2 / h ** (10 / 3))
        x -= step
        depth[int(x // DX)] = h
    return depth


def test_a_built_up_reach_backs_water_up_as_a_channel_half_as_wide() -> None:
    """Held to the backwater curve without advection, and to a run that knows each of five streets."""
    half, walls = np.zeros((10, 60)), np.zeros((10, 60))
    half[:, 25:35] = 0.5
    walls[::2, 25:35] = 1.0
    bare, built, streets = channel(None, None), channel(half, None), channel(None, walls)
    for ended in (bare, built, streets):
        assert [line.values[-1, 0] for line in ended.lines] == pytest.approx([40.0] * 3, rel=2e-3)
    depth = built.state.depth.mean(axis=0)
    told = backwater()
    assert depth[28:32] == pytest.approx(told[28:32], rel=0.03)
    assert depth[15:22] == pytest.approx(told[15:22], rel=0.03)
    above = [ended.state.depth[:, 15:22].mean() for ended in (bare, built, streets)]
    assert above[1] > above[0] + 0.1
    assert above[1] == pytest.approx(above[2], rel=0.05)


def test_a_run_among_houses_goes_on_from_a_checkpoint_bit_for_bit() -> None:
    ground = with_buildings(rolling(), houses(), how="porous")
    told: dict[str, Any] = {"until_s": 300.0, "edges": CLOSED, "precision": "f32"}
    whole = run(ground, Inertial(), start=dam(ground, "f32"), **told)
    with pytest.raises(Cancelled) as stopped:
        run(ground, Inertial(), start=dam(ground, "f32"), cancel=iter([False] * 9 + [True]).__next__, **told)
    file = io.BytesIO()
    np.savez(file, **stopped.value.checkpoint)
    file.seek(0)
    with np.load(file) as saved:
        again = run(ground, Inertial(), resume={k: saved[k] for k in saved.files}, **told)
    assert again.state.h.tobytes() == whole.state.h.tobytes()
    assert again.ledger == whole.ledger


def test_a_planted_nan_is_refused() -> None:
    ground = with_buildings(rolling(), houses(), how="porous")
    start = dam(ground)
    start.h[8, 8] = np.nan
    with pytest.raises(ValueError, match="no number"):
        run(ground, Inertial(), until_s=60.0, start=start, edges=CLOSED)
    rotten = Domain.of(np.zeros((4, 4)), dx=DX, manning=0.03)
    rotten.manning[0, 0] = np.nan
    built = with_buildings(rotten, np.full((4, 4), 0.2), how="porous")
    sloped = State.of(built, layout=Layout.FACES, precision="f64", depth=np.arange(16.0).reshape(4, 4))
    with pytest.raises(ValueError, match="no number"):
        run(built, Inertial(), until_s=60.0, start=sloped, edges=CLOSED)


def test_what_cannot_stand_among_porous_houses_is_refused() -> None:
    ground = with_buildings(rolling(), houses(), how="porous")
    stream = Channels.of(ground, width=np.full((ROWS, COLUMNS), 2.0), bankfull=np.ones((ROWS, COLUMNS)))
    link = Link("x", Pool(55.0, 55.0), None, (Weir(0.0, 1.0),))
    for solver, more, words in (
        (Godunov(), {}, "godunov knows no porous ground"),
        (Inertial(channels=stream), {}, "narrower than a cell"),
        (Inertial(), {"sources": Sources(None, GreenAmpt(5.0, 100.0, 0.4))}, "Green and Ampt"),
        (Inertial(), {"links": [link]}, "among porous buildings"),
    ):
        with pytest.raises(BadInput, match=words):
            run(ground, solver, until_s=10.0, edges=CLOSED, **more)
    with pytest.raises(BadInput, match="least_porosity"):
        with_buildings(rolling(), houses(), how="porous", least_porosity=0.0)


def test_something_is_left_open_in_every_cell() -> None:
    made = with_buildings(rolling(), np.ones((ROWS, COLUMNS)), how="porous")
    assert made.porosity is not None
    assert (made.porosity == 0.1).all()
