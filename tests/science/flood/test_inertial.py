"""The local inertial solver, on the kernels that are shipped."""

from typing import Any

import numpy as np
import pytest

from anlan.science.flood.domain import RING, Domain
from anlan.science.flood.edges import Closed, Edges, Inflow, Open, Series, Stage
from anlan.science.flood.errors import Cancelled, LeftValidity, MassLost, NotFinite
from anlan.science.flood.inertial import solver as inertial
from anlan.science.flood.inertial.kernels import rows
from anlan.science.flood.inertial.solver import Inertial
from anlan.science.flood.looks import speed_of
from anlan.science.flood.outputs import Outputs, Point, Result
from anlan.science.flood.run import run
from anlan.science.flood.sources import Rain, Sources
from anlan.science.flood.state import Layout, State

CLOSED = Edges.all(Closed())
BOTH = pytest.mark.parametrize("precision", ["f32", "f64"])


def rain(mm_h: float) -> Sources:
    return Sources(Rain.of([0], np.array([mm_h])))


def valley(n: int = 60, *, slope: float = 0.02, dx: float = 10.0) -> np.ndarray:
    """A valley that falls to the south, with bumps that repeat on every machine."""
    y, x = np.mgrid[:n, :n] * dx
    bumps = 0.4 * np.sin(x / 37.0) * np.cos(y / 53.0)
    return slope * np.abs(x - 0.5 * n * dx) + 0.005 * (n * dx - y) + bumps + 50.0


def flood(
    bed: np.ndarray, *, dx: float = 10.0, until_s: float = 1800.0, mm_h: float = 100.0, **more: Any
) -> Result:
    more.setdefault("edges", CLOSED)
    if mm_h:
        more.setdefault("sources", rain(mm_h))
    return run(Domain.of(bed, dx=dx, manning=more.pop("manning", 0.035)), Inertial(), until_s=until_s, **more)


# --- still water ---------------------------------------------------------------------------------------------


@BOTH
@pytest.mark.parametrize("datum", [0.0, 200.0, 1000.0])
def test_a_lake_with_an_island_and_a_shore_stays_at_rest(precision: Any, datum: float) -> None:
    y, x = np.mgrid[:40, :50]
    bed = datum + 4.0 - 5.0 * np.exp(-((x - 15) ** 2 + (y - 20) ** 2) / 60.0) + 0.1 * x * np.sin(y)
    bed += 4.0 * np.exp(-((x - 30) ** 2 + (y - 15) ** 2) / 20.0)
    ground = Domain.of(bed, dx=10.0)
    depth = np.maximum(datum + 4.0 - bed, 0.0)
    assert 0.2 < (depth > 0).mean() < 0.9
    start = State.of(ground, layout=Layout.FACES, precision=precision, depth=depth)
    ended = run(ground, Inertial(), until_s=1800.0, start=start, edges=CLOSED).state
    moving = speed_of(ended)[ended.depth > 0.01].max()
    assert moving <= (1e-3 if precision == "f32" else 1e-12)


# --- mass ----------------------------------------------------------------------------------------------------


@BOTH
def test_three_hours_of_flood_lose_no_water(precision: Any) -> None:
    river = Inflow(300.0, 550.0, Series.of([0, 60, 180], [0.0, 30.0, 0.0], name="inflow"), radius_m=15.0)
    ended = flood(
        valley(),
        until_s=10_800.0,
        mm_h=40.0,
        precision=precision,
        edges=Edges(s=Open(0.005), inflows=(river,)),
    )
    assert ended.ledger.outflow > 0.2 * ended.ledger.rain
    assert ended.ledger.inflow == pytest.approx(30 * 180 * 60 / 2)
    assert abs(ended.ledger.error_share) <= (1e-7 if precision == "f32" else 1e-12)


def test_a_millimetre_an_hour_on_a_deep_reservoir_is_not_lost_in_single_precision() -> None:
    ground = Domain.of(np.zeros((30, 30)), dx=10.0)
    start = State.of(ground, layout=Layout.FACES, depth=np.full((30, 30), 30.0))
    account = run(ground, Inertial(), until_s=3600.0, start=start, edges=CLOSED, sources=rain(1.0)).ledger
    assert account.rain == pytest.approx(1e-3 * 300 * 300, rel=1e-6)
    assert abs(account.error) <= 1e-5 * account.rain


def test_water_that_vanishes_refuses_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(State, "stored", lambda self, dx: 0.5)
    with pytest.raises(MassLost, match="unaccounted"):
        flood(valley(20))


# --- planes --------------------------------------------------------------------------------------------------


@BOTH
@pytest.mark.parametrize("slope", [0.01, 0.05, 0.3])
def test_steady_rain_on_a_plane_stands_as_deep_as_manning_says(precision: Any, slope: float) -> None:
    n, cells, dx, manning = 100, 100, 10.0, 0.03
    bed = np.tile(slope * dx * np.arange(cells)[::-1], (3, 1)) + 100.0
    edges = Edges(n=Closed(), s=Closed(), w=Closed(), e=Open(slope))
    ended = flood(bed, until_s=5400.0, mm_h=float(n), manning=manning, edges=edges, precision=precision)
    x = (np.arange(cells) + 1) * dx  # a cell passes on what fell above its lower face
    steady = (manning * n / 3.6e6 * x / np.sqrt(slope)) ** 0.6
    error = np.abs(ended.state.depth[1] / steady - 1)
    assert error[3:].max() <= 0.02
    centre = (manning * n / 3.6e6 * (x - dx / 2) / np.sqrt(slope)) ** 0.6
    assert np.abs(ended.state.depth[1] / centre - 1)[25:].max() <= 0.02


# --- symmetry, bands, threads, tiles -------------------------------------------------------------------------

TURNS = {
    "turned": lambda a: np.rot90(a),
    "turned twice": lambda a: np.rot90(a, 2),
    "mirrored": lambda a: a[:, ::-1],
    "upside down": lambda a: a[::-1],
    "swapped": lambda a: a.T,
}


@pytest.mark.parametrize("turn", TURNS.values(), ids=TURNS)
@pytest.mark.parametrize("edge", [Closed(), Open()], ids=["closed", "open"])
def test_a_turned_valley_floods_alike(turn: Any, edge: Any) -> None:
    edges = Edges.all(edge)
    one = flood(valley(), until_s=900.0, precision="f64", edges=edges).state.depth
    two = flood(np.ascontiguousarray(turn(valley())), until_s=900.0, precision="f64", edges=edges).state.depth
    assert np.abs(turn(one) - two).max() <= 1e-9


@BOTH
def test_two_threads_give_the_same_bits_as_one(precision: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inertial, "BAND_CELLS", 500)
    one, two = (flood(valley(), until_s=900.0, precision=precision, threads=n) for n in (1, 2))
    assert one.steps == two.steps
    for name in ("h", "qx", "qy"):
        assert np.array_equal(getattr(one.state, name), getattr(two.state, name))


@pytest.mark.parametrize("rows", [1, 2, 3, 8])
def test_bands_meet_without_a_seam(rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    bed = valley(48, slope=0.1)
    whole = flood(bed, until_s=1200.0, precision="f64")

    def cut(inside: np.ndarray) -> np.ndarray:
        return RING + np.arange(0, inside.shape[0] + rows, rows).clip(max=inside.shape[0])

    monkeypatch.setattr(inertial, "bands", cut)
    banded = flood(bed, until_s=1200.0, precision="f64")
    assert np.abs(whole.state.depth - banded.state.depth).max() <= 1e-10


def test_bands_hold_as_many_cells_each_where_a_catchment_is_narrow_at_one_end() -> None:
    triangle = np.tril(np.ones((1200, 1200), bool))
    cuts = inertial.bands(triangle) - RING
    held = np.add.reduceat(triangle.sum(axis=1), cuts[:-1])
    assert (cuts[0], cuts[-1]) == (0, 1200)
    assert held.size > 4
    assert held.max() < 1.05 * held.min()
    thin = np.zeros((1200, 1200), bool)
    thin[600:603] = True
    thin[0, :] = thin[-1, :] = True
    assert (np.diff(inertial.bands(np.repeat(thin, 100, axis=1))) >= inertial.LEAST_ROWS).all()


def test_two_valleys_side_by_side_flood_as_each_alone() -> None:
    alone = valley(40)
    ridge = np.full((40, 1), np.nan)
    both = np.hstack([alone, ridge, alone[:, ::-1]])
    ground = Domain.of(both, dx=10.0, inside=np.isfinite(both))
    whole = run(ground, Inertial(), until_s=1800.0, sources=rain(100.0), edges=CLOSED).state.depth
    one = flood(alone).state.depth
    assert np.abs(whole[:, :40] - one).max() <= 1e-4
    assert np.abs(whole[:, 41:] - one[:, ::-1]).max() <= 1e-4


# --- dry land ------------------------------------------------------------------------------------------------


def pond(bed: np.ndarray, precision: Any) -> tuple[Domain, State]:
    ground = Domain.of(bed, dx=10.0)
    depth = np.zeros(bed.shape)
    depth[8:14, 20:30] = 3.0
    return ground, State.of(ground, layout=Layout.FACES, precision=precision, depth=depth)


@BOTH
def test_skipping_dry_land_changes_nothing(precision: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    ground, start = pond(valley(60), precision)
    skipped = run(ground, Inertial(), until_s=1200.0, start=start, edges=CLOSED)
    visit = inertial.ranges

    def all_of_them(lo: Any, hi: Any, blo: Any, bhi: Any, full: bool, *rest: Any) -> None:
        visit(lo, hi, blo, bhi, True, *rest)

    monkeypatch.setattr(inertial, "ranges", all_of_them)
    visited = run(ground, Inertial(), until_s=1200.0, start=start, edges=CLOSED)
    assert 0.01 < (skipped.state.depth > 1e-5).mean() < 0.6
    assert np.abs(skipped.state.depth - visited.state.depth).max() <= (5e-6 if precision == "f32" else 1e-14)


def test_dry_land_stays_dry_to_the_last_bit() -> None:
    ground, start = pond(valley(60), "f32")
    ended = run(ground, Inertial(), until_s=90.0, start=start, edges=CLOSED).state  # the front is at row 45
    assert (ended.depth[-10:] == 0).all()
    assert (ended.qx[-10:] == 0).all()


def test_water_that_leaves_a_row_leaves_no_discharge_behind() -> None:
    bed = np.tile(0.3 * 10 * np.arange(40.0)[::-1], (12, 1)).T.copy()
    ground = Domain.of(bed, dx=10.0)
    depth = np.zeros(bed.shape)
    depth[:3] = 0.5
    start = State.of(ground, layout=Layout.FACES, precision="f64", depth=depth)
    state = run(ground, Inertial(), until_s=3600.0, start=start, edges=CLOSED).state
    dry = (state.h[1:] <= 1e-5) & (state.h[:-1] <= 1e-5)
    assert (state.qy[1:][dry] == 0).all()


# --- NaN -----------------------------------------------------------------------------------------------------


def plant(monkeypatch: pytest.MonkeyPatch, spoil: Any) -> None:
    """Spoil the solver's own fields after all checks of the input are past."""
    prepare = Inertial.prepare

    def spoiled(self: Inertial, domain: Domain, state: State, edges: Edges, **more: Any) -> Any:
        stepper = prepare(self, domain, state, edges, **more)
        spoil(stepper, state)
        return stepper

    monkeypatch.setattr(Inertial, "prepare", spoiled)


@BOTH
@pytest.mark.parametrize("sign", [1.0, -1.0])
@pytest.mark.parametrize("where", ["depth", "terrain", "rain"])
def test_a_planted_nan_refuses_the_run(
    where: str, sign: float, precision: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    nan = np.copysign(np.nan, sign)

    def spoil(stepper: Any, state: State) -> None:
        if where == "depth":
            state.h[20, 20] = nan
        if where == "terrain":
            stepper._z[20, 20] = nan

    plant(monkeypatch, spoil)
    sources = rain(50.0)
    if where == "rain":
        sources.rain.rates[0] = nan
    with pytest.raises(NotFinite):
        run(Domain.of(valley(40), dx=10.0), Inertial(), until_s=600.0, precision=precision, sources=sources)


def test_a_start_that_is_no_number_is_refused() -> None:
    ground, start = pond(valley(60), "f32")
    start.qx[20, 20] = np.nan
    with pytest.raises(NotFinite, match="start"):
        run(ground, Inertial(), until_s=60.0, start=start)


def test_water_deeper_than_any_flood_is_refused() -> None:
    flow = Inflow(15.0, 15.0, Series.of([0], [1e6], name="inflow"))
    with pytest.raises(LeftValidity):
        flood(np.zeros((3, 3)), mm_h=0.0, edges=Edges.all(Closed(), inflows=[flow]))


# --- edges ---------------------------------------------------------------------------------------------------


def test_an_open_edge_lets_out_and_nothing_in() -> None:
    ended = flood(valley(40), until_s=3600.0, edges=Edges.all(Open()))
    assert ended.ledger.outflow > 0.3 * ended.ledger.rain
    assert ended.ledger.inflow == 0


@pytest.mark.parametrize("side", "nesw")
def test_a_stage_fills_flat_ground_to_its_level(side: str) -> None:
    bed = np.full((12, 12), 30.0)
    tide = Stage(Series.of([0, 30], [30.0, 31.5], name="stage"))
    ended = flood(
        bed, mm_h=0.0, until_s=14_400.0, edges=Edges(**{**dict.fromkeys("nesw", Closed()), side: tide})
    )
    assert np.abs(ended.state.depth - 1.5).max() < 0.02
    assert ended.ledger.inflow - ended.ledger.outflow == pytest.approx(ended.ledger.stored, rel=1e-5)


def test_outside_the_mask_nothing_rains_and_nothing_flows() -> None:
    inside = np.ones((40, 40), bool)
    inside[:, 25:] = False
    ground = Domain.of(valley(40), dx=10.0, inside=inside)
    ended = run(ground, Inertial(), until_s=1800.0, sources=rain(60.0), edges=Edges.all(Open()))
    assert ended.ledger.rain == pytest.approx(0.030 * ground.area, rel=1e-6)
    assert (ended.state.depth[~inside] == 0).all()


def test_walls_beside_the_rows_of_a_domain_are_not_visited_and_change_nothing() -> None:
    """A catchment seldom fills its rectangle: rain is looked for between the first and the last cell of each row."""
    bed = valley(40)
    y, x = np.mgrid[:40, :40]
    inside = (x - 20) ** 2 + (y - 22) ** 2 < 17**2
    ground = Domain.of(np.where(inside, bed, np.nan), dx=10.0, inside=inside)
    first, last = inertial.inner(ground)
    assert (last - first).sum() - (last[-RING] - first[-RING]) == inside.sum()
    near = run(ground, Inertial(), until_s=1800.0, sources=rain(60.0))
    wide = Domain.of(
        np.pad(bed, ((0, 0), (9, 9))), dx=10.0, inside=np.pad(inside, ((0, 0), (9, 9))), datum=ground.datum
    )
    far = run(wide, Inertial(), until_s=1800.0, sources=rain(60.0))
    assert np.array_equal(far.state.depth[:, 9:-9], near.state.depth)
    assert near.steps == far.steps


def test_a_cell_that_only_takes_sets_no_speed() -> None:
    """Its discharges all run inwards: without their sign an almost dry cell of a hollow would halve every step."""
    t, least = np.float32, np.float32(1e-3)
    speed = np.full(1, 7, t)
    rows.giving(np.zeros(1, t), np.array([2.0, -3.0], t), np.ones(1, t), -np.ones(1, t), least, speed)
    assert speed[0] == 0.0


def test_rough_ground_holds_water_back() -> None:
    bed = np.tile(0.5 * np.arange(60.0)[::-1], (3, 1))
    rough = np.full(bed.shape, 0.03)
    rough[:, 30:] = 0.12
    ended = flood(
        bed, until_s=5400.0, manning=rough, edges=Edges(n=Closed(), s=Closed(), w=Closed(), e=Open(0.05))
    )
    depth = ended.state.depth[1]
    assert depth[35] / depth[25] == pytest.approx((36 / 26 * 4) ** 0.6, rel=0.02)


# --- stop, resume, report ------------------------------------------------------------------------------------


def test_a_resumed_run_is_the_run_that_was_not_stopped() -> None:
    river = Inflow(300.0, 550.0, Series.of([0, 60], [0.0, 30.0], name="inflow"), radius_m=15.0)
    asked: dict[str, Any] = {
        "edges": Edges(s=Open(0.005), inflows=(river,)),
        "outputs": Outputs(points=(Point("a", 300.0, 300.0),), snapshot_minutes=(5, 20)),
    }
    whole = flood(valley(), **asked)
    looks = iter(range(100))
    with pytest.raises(Cancelled) as said:
        flood(valley(), **asked, cancel=lambda: next(looks) == 70)
    rest = flood(valley(), **asked, resume=said.value.checkpoint)
    assert said.value.checkpoint["time_s"] == 710
    assert np.array_equal(whole.state.h, rest.state.h)
    assert whole.ledger == rest.ledger
    assert whole.steps == rest.steps
    assert np.array_equal(whole.points[0].values, rest.points[0].values)
    for name, field in whole.maps.items():
        assert np.array_equal(field, rest.maps[name], equal_nan=True)
    assert [s.seconds for s in rest.snapshots] == [300, 1200]


def test_a_steep_valley_says_that_it_is_outside_the_range() -> None:
    seen = Outputs(points=(Point("柳林", 300.0, 300.0),), froude_depth_m=0.02)
    steep = flood(valley(60, slope=0.1), until_s=900.0, manning=0.02, outputs=seen)
    assert steep.froude.overall > 0.2
    assert "godunov" in steep.outside_range
    assert "柳林" in steep.outside_range
    assert flood(valley(60, slope=0.005), until_s=900.0, manning=0.06, outputs=seen).outside_range == ""


def test_the_step_adapts_and_progress_is_told() -> None:
    told: list[Any] = []
    ended = flood(valley(30), on_progress=told.append)
    assert told[-1].time_s == told[-1].until_s == 1800
    assert told[-1].steps == ended.steps
    early, late = told[5].steps - told[0].steps, told[-1].steps - told[-6].steps
    assert late > early
