"""Local time steps: cells that need short steps take them alone, and the water is the same as if all had taken them."""

import math
from typing import Any

import numpy as np
import pytest

from anlan.science.flood.domain import Domain
from anlan.science.flood.edges import Closed, Edges, Inflow, Open, Series, Stage
from anlan.science.flood.errors import NotFinite
from anlan.science.flood.inertial import channels, finer, pace, solver
from anlan.science.flood.inertial.solver import Inertial
from anlan.science.flood.outputs import Outputs, Result
from anlan.science.flood.run import run
from anlan.science.flood.sources import Rain, Sources
from anlan.science.flood.state import Layout, State

DX, N = 20.0, 240
NO_EDGES = Edges(Closed(), Closed(), Closed(), Closed())
RAIN = Sources(Rain.of([0], np.array([60.0])))


@pytest.fixture
def swept(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many short steps each long one was worth, whenever cells were chosen."""
    seen: list[int] = []
    begun = finer.Finer.begin

    def begin(self: finer.Finer, inverse: Any) -> None:
        seen.append(self.times)
        begun(self, inverse)

    monkeypatch.setattr(finer.Finer, "begin", begin)
    return seen


def all_alike(patch: pytest.MonkeyPatch) -> None:
    """Every cell takes the short step, as if there were no others."""
    patch.setattr(pace, "MOST_TIMES", 1)


def hills() -> Domain:
    """Slopes on both sides of a valley that falls to a deep lake (合成数据)."""
    y, x = np.mgrid[:N, :N] + 0.5
    bed = 0.08 * DX * np.abs(x - N / 2) + 0.004 * DX * (N - y)
    return Domain.of(
        np.where(y > 0.75 * N, np.minimum(bed, bed - 12.0 + 0.1 * np.abs(x - N / 2)), bed),
        dx=DX,
        manning=0.05,
    )


def lake_of(ground: Domain, precision: Any = "f64") -> State:
    """Full to 12 m in its middle."""
    level = float(ground.bed.min()) + 12.0
    deep = np.where(np.arange(N)[:, None] >= 0.75 * N, np.maximum(level - ground.bed, 0.0), 0.0)
    return State.of(ground, layout=Layout.FACES, precision=precision, depth=deep)


def rained_on(method: Inertial | None = None, **told: Any) -> Result:
    """Half an hour of rain on the hills, with the river of the valley."""
    ground = hills()
    river = Inflow(N / 2 * DX, 0.9 * N * DX, Series.of([0], [30.0], name="m3_s"), 30.0)
    given: dict[str, Any] = {
        "until_s": 1800.0, "sources": RAIN, "edges": Edges(Closed(), Closed(), Open(0.004), Closed(), (river,)),
        "precision": "f64", "start": lake_of(ground, told.get("precision", "f64")), "tick_s": 60.0,
        "outputs": Outputs(maps=("max_depth", "max_speed")),
    }  # fmt: skip
    return run(ground, method or Inertial(), **{**given, **told})


def apart(one: Result, other: Result, name: Any) -> tuple[float, float]:
    """Greatest and mean difference of a map, where there was more than a film."""
    wet = other.maps["max_depth"] > 0.05
    found = np.abs(one.maps[name] - other.maps[name])[wet]
    return float(found.max()), float(found.mean())


def test_the_water_is_the_same_as_if_every_cell_took_the_short_steps(
    swept: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As near as that is to what steps half as long give."""
    one = rained_on()
    assert min(swept) > 1
    count = len(swept)
    all_alike(monkeypatch)
    other, half = rained_on(), rained_on(Inertial(courant=0.3))
    assert len(swept) == count, "none stepped alone this time"
    assert max(abs(each.ledger.error_share) for each in (one, other)) < 1e-12
    for name in ("max_depth", "max_speed"):
        assert apart(one, other, name) < apart(half, other, name)
        assert apart(one, other, name)[1] < 2 * apart(half, other, name)[1]
    assert one.ledger.outflow == pytest.approx(other.ledger.outflow, rel=1e-3)


def test_still_water_stays_still_where_long_steps_meet_short_ones(swept: list[int]) -> None:
    """A hole of 12 m in a shelf that stands 0.2 m under water: the joint runs through the lake."""
    y, x = np.mgrid[:N, :N]
    hole = (np.abs(y - N / 2) < 12) & (np.abs(x - N / 2) < 12)
    ground = Domain.of(np.where(hole, -12.0, -0.2), dx=DX, manning=0.03)
    full = np.where(hole, 12.0, 0.2)
    start = State.of(ground, layout=Layout.FACES, precision="f64", depth=full)
    still = run(ground, Inertial(), until_s=600.0, edges=NO_EDGES, precision="f64", start=start, tick_s=60.0,
                outputs=Outputs(maps=("max_speed",)))  # fmt: skip
    assert max(swept) > 1
    assert still.maps["max_speed"].max() < 1e-9


def test_float32_loses_no_water(swept: list[int]) -> None:
    assert abs(rained_on(precision="f32", until_s=3600.0).ledger.error_share) < 1e-6
    assert max(swept) > 1


def test_one_and_two_threads_give_the_same_bits(swept: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        solver, "BAND_CELLS", 10_000
    )  # else so small a ground is one band, and one thread does all
    one, two = rained_on(threads=1, precision="f32"), rained_on(threads=2, precision="f32")
    assert max(swept) > 1
    assert (one.state.h == two.state.h).all()
    assert (one.state.qx == two.state.qx).all()


def test_a_run_taken_up_again_between_two_ticks_gives_the_same_bits(swept: list[int]) -> None:
    kept: list[Any] = []
    whole = rained_on(checkpoint_every_s=600.0, on_checkpoint=kept.append)
    again = rained_on(resume=kept[0], start=None)
    assert max(swept) > 1
    assert (whole.state.h == again.state.h).all()


def test_the_mirrored_ground_gives_the_mirrored_water(swept: list[int]) -> None:
    """Choice, order and joints know no left and right."""
    ground, told = (
        hills(),
        {"until_s": 600.0, "edges": NO_EDGES, "precision": "f64", "tick_s": 60.0, "sources": RAIN},
    )
    tilted = ground.bed + ground.datum + 0.002 * DX * np.arange(N)
    left, right = (Domain.of(each, dx=DX, manning=0.05) for each in (tilted, tilted[:, ::-1].copy()))
    one, other = (run(each, Inertial(), start=lake_of(each), **told) for each in (left, right))
    assert max(swept) > 1
    assert np.abs(one.state.depth - other.state.depth[:, ::-1]).max() < 1e-9


def test_a_front_that_runs_out_of_its_cells_is_caught(
    swept: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dam breaks at once above a valley wet with rain: the front runs for hundreds of metres within a tick."""
    ground = hills()
    deep = np.full(ground.shape, 0.002)
    deep[20:60, 90:150] = np.maximum(8.0 - (ground.bed - ground.bed[59, 90:150].min())[20:60, 90:150], 0.002)
    told: dict[str, Any] = {
        "until_s": 300.0, "edges": NO_EDGES, "precision": "f64", "tick_s": 60.0, "outputs": Outputs(maps=("max_depth", "arrival_s")),
        "start": State.of(ground, layout=Layout.FACES, precision="f64", depth=deep),
    }  # fmt: skip
    one = run(ground, Inertial(), **told)
    assert max(swept) > 1
    all_alike(monkeypatch)
    other = run(ground, Inertial(), **told)
    reached = other.maps["max_depth"] > 0.5
    assert np.isfinite(one.maps["arrival_s"][reached]).all()
    assert np.abs(one.maps["max_depth"] - other.maps["max_depth"])[reached].mean() < 0.02
    assert abs(one.ledger.error_share) < 1e-12


@pytest.mark.parametrize("kind", [Open(0.004), Stage(Series.of([0], [0.5], name="m"))])
def test_what_crosses_the_edge_of_the_domain_in_short_steps_is_booked(
    kind: Any, swept: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    ground = hills()
    edges = Edges(Closed(), Closed(), kind, Closed())
    one = rained_on(edges=edges, start=lake_of(ground))
    assert max(swept) > 1
    all_alike(monkeypatch)
    other = rained_on(edges=edges, start=lake_of(ground))
    assert abs(one.ledger.error_share) < 1e-12
    assert one.ledger.outflow > 1000.0
    assert one.ledger.outflow == pytest.approx(other.ledger.outflow, rel=2e-3)
    assert one.ledger.inflow == pytest.approx(other.ledger.inflow, rel=2e-3)


@pytest.mark.parametrize("quarters", [1, 2, 3])
@pytest.mark.parametrize("kind", [Open(0.004), Stage(Series.of([0], [0.5], name="m"))])
def test_maps_are_the_same_whichever_edge_the_water_leaves_by(
    kind: Any, quarters: int, swept: list[int]
) -> None:
    """The lake lies against the edge: beside it the ring stands full of water, and no map may take that in or miss a row for it."""
    ground = hills()
    deep = lake_of(ground).depth
    told: dict[str, Any] = {"until_s": 600.0, "sources": RAIN, "precision": "f64", "tick_s": 60.0}
    maps = ("max_depth", "arrival_s", "duration_s")

    def of(quarters: int) -> Result:
        turned = Domain.of(np.ascontiguousarray(np.rot90(ground.bed, quarters)), dx=DX, manning=0.05)
        start = State.of(
            turned, layout=Layout.FACES, precision="f64", depth=np.ascontiguousarray(np.rot90(deep, quarters))
        )
        sides = {("s", "e", "n", "w")[quarters]: kind}
        edges = Edges(**{side: sides.get(side, Closed()) for side in "nesw"})
        return run(turned, Inertial(), start=start, edges=edges, outputs=Outputs(maps=maps), **told)

    one, other = of(0), of(quarters)
    assert max(swept) > 1
    for name in maps:
        back = np.rot90(other.maps[name], -quarters)
        assert np.allclose(one.maps[name], back, atol=1e-4, equal_nan=True), name
    assert one.froude.overall == pytest.approx(other.froude.overall, abs=1e-6)


def test_streams_run_with_the_short_steps(swept: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """A stream down the valley into the lake, over its banks in the end."""
    ground = hills()
    width, depth = np.zeros(ground.shape), np.zeros(ground.shape)
    width[:180, N // 2], depth[:180, N // 2] = 4.0, 1.0
    method = Inertial(channels=channels.Channels.of(ground, width=width, bankfull=depth))
    told: dict[str, Any] = {
        "until_s": 3600.0, "sources": RAIN, "edges": NO_EDGES, "precision": "f64", "start": lake_of(ground), "tick_s": 60.0,
        "outputs": Outputs(maps=("max_depth", "max_speed")),
    }  # fmt: skip
    one = run(ground, method, **told)
    assert max(swept) > 1
    all_alike(monkeypatch)
    other = run(ground, method, **told)
    assert abs(one.ledger.error_share) < 1e-12
    assert other.state.depth[100:180, N // 2].max() > 0.3, "it does stand over its banks"
    assert np.abs(one.maps["max_depth"] - other.maps["max_depth"]).max() < 0.03
    assert one.state.channel is not None
    assert other.state.channel is not None
    assert one.state.channel.sum() == pytest.approx(other.state.channel.sum(), rel=2e-3)


def test_a_stream_pays_what_its_cell_still_owes_the_raster(swept: list[int]) -> None:
    """Along a ridge it runs over in gusts: what the sweep was promised sideways, the stream drinks before it is due (合成数据)."""
    y, x = np.mgrid[:N, :N] + 0.5
    middle = N // 4
    ridge = 30.0 - 0.01 * DX * np.abs(x - middle - 0.5) + 0.05 * DX * (N - y)
    lake = 0.05 * DX * np.abs(x - 0.75 * N) - 5.0
    ground = Domain.of(np.where(x < N / 2, ridge, lake), dx=DX, manning=0.05)
    width, depth = np.zeros(ground.shape), np.zeros(ground.shape)
    width[:, middle], depth[:, middle] = 4.0, 1.0
    minutes = [0.5 * n for n in range(50)]
    gusts = Series.of(minutes, [100.0 if n % 6 < 2 else 0.0 for n in range(50)], name="m3_s")
    river = Inflow((middle + 0.5) * DX, (N - 20) * DX, gusts, 15.0)
    ended = run(
        ground, Inertial(channels=channels.Channels.of(ground, width=width, bankfull=depth)), until_s=1500.0,
        edges=Edges(Closed(), Closed(), Closed(), Closed(), (river,)), precision="f64", tick_s=60.0,
        start=State.of(ground, layout=Layout.FACES, precision="f64", depth=np.where(x < N / 2, 0.0, np.maximum(7.0 - ground.bed, 0.0))),
        outputs=Outputs(maps=("max_depth",)),
    )  # fmt: skip
    assert max(swept) > 1
    assert ended.maps["max_depth"][:, middle - 1].max() > 0.1, "it does run over its banks"
    assert abs(ended.ledger.error_share) < 1e-13


def test_a_depth_that_is_no_number_is_found_where_cells_step_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """It appears among them after a sweep that was sound."""
    begun = finer.Finer.begin

    def begin(self: finer.Finer, inverse: Any) -> None:
        begun(self, inverse)
        self._h[self._h.size // 2] = math.nan

    monkeypatch.setattr(finer.Finer, "begin", begin)
    ground = hills()
    with pytest.raises(NotFinite):
        run(
            ground,
            Inertial(),
            until_s=10.0,
            edges=NO_EDGES,
            precision="f64",
            start=lake_of(ground),
            sources=RAIN,
            tick_s=60.0,
        )


@pytest.mark.parametrize(("precision", "width"), [("f32", 4), ("f64", 8)])
def test_the_memory_of_the_cells_that_step_alone_is_what_is_told(
    monkeypatch: pytest.MonkeyPatch, precision: Any, width: int
) -> None:
    told: list[tuple[float, float]] = []
    settled = finer.Finer.settle

    def settle(self: finer.Finer) -> None:
        pieces = [*vars(self).values(), *self.shut]
        arrays = [a if a.base is None else a.base for a in pieces if isinstance(a, np.ndarray) and a.size]
        held = {id(a): a.nbytes for a in arrays if a.shape[-1] >= self._cells.size}
        told.append((sum(held.values()) / self._cells.size, self._cells.size / N**2))
        settled(self)

    monkeypatch.setattr(finer.Finer, "settle", settle)
    rained_on(precision=precision, until_s=600.0)
    assert told
    each, share = np.array(told).T
    assert 0.9 * finer.finer_bytes(width) < each.max() <= finer.finer_bytes(width)
    assert share.max() < 1.0 / solver.ALONE_OF
