"""The frame around the solvers: feeding, looking, limits."""

import io
from typing import Any

import numpy as np
import pytest

from anlan.science.flood import looks
from anlan.science.flood.domain import Domain
from anlan.science.flood.edges import Closed, Edges, Inflow, Open, Series
from anlan.science.flood.errors import BadInput
from anlan.science.flood.inertial.solver import Inertial
from anlan.science.flood.outputs import Line, Outputs, Point, Result
from anlan.science.flood.run import memory, run
from anlan.science.flood.sources import GreenAmpt, Infiltration, Rain, ScsCn, Sources
from anlan.science.flood.state import Layout, State

CLOSED = Edges.all(Closed())
FLAT = Domain.of(np.zeros((6, 8)), dx=10.0)


def flood(ground: Domain = FLAT, *, until_s: float = 3600.0, **more: Any) -> Result:
    more.setdefault("edges", CLOSED)
    return run(ground, Inertial(), until_s=until_s, **more)


def soaked(
    infiltration: Infiltration, *, mm_h: float = 30.0, hours: float = 2.0, precision: Any = "f32"
) -> Result:
    rain = Rain.of([0], np.array([mm_h]))
    return flood(until_s=3600 * hours, precision=precision, sources=Sources(rain, infiltration))


# --- soil ----------------------------------------------------------------------------------------------------


def green_ampt_mm(hours: float, *, k: float, storage: float) -> float:
    """Cumulative infiltration under ponding by fixed-point iteration of F = Kt + S ln(1 + F/S)."""
    f = k * hours
    for _ in range(500):
        f = k * hours + storage * np.log(1 + f / storage)
    return float(f)


def test_ponded_soil_drinks_as_green_and_ampt_say() -> None:
    ground = Domain.of(np.zeros((6, 8)), dx=10.0)
    start = State.of(ground, layout=Layout.FACES, precision="f64", depth=np.full((6, 8), 1.0))
    soil = GreenAmpt(conductivity_mm_h=6.5, suction_mm=166.8, porosity=0.486, wetness=0.3)
    ended = flood(ground, start=start, until_s=7200.0, sources=Sources(None, soil))
    expected = green_ampt_mm(2.0, k=6.5, storage=166.8 * 0.486 * 0.7)
    assert 1000 * ended.ledger.infiltration / ground.area == pytest.approx(expected, rel=0.01)
    assert abs(ended.ledger.error_share) < 1e-13


def test_rain_below_the_conductivity_never_runs_off() -> None:
    ended = soaked(GreenAmpt(40.0, 50.0, 0.4))
    assert ended.ledger.infiltration == pytest.approx(ended.ledger.rain)
    assert ended.state.depth.max() == 0


@pytest.mark.parametrize(
    "made", [lambda w: GreenAmpt(3.0, 110.0, 0.4, wetness=w), lambda w: ScsCn(70.0, wetness=w)]
)
def test_wetter_soil_takes_less(made: Any) -> None:
    taken = [soaked(made(w)).ledger.infiltration for w in (0.2, 0.5, 0.8)]
    assert taken[0] > 1.05 * taken[1] > 1.1 * taken[2]


@pytest.mark.parametrize(("wetness", "number"), [(0.2, 56.8), (0.5, 75.0), (0.8, 87.6)])
def test_a_curve_number_gives_its_runoff_at_three_wetnesses(wetness: float, number: float) -> None:
    ended = soaked(ScsCn(75.0, wetness=wetness), mm_h=50.0)
    retention = 25.4 * (1000 / number - 10)
    excess = max(100.0 - 0.2 * retention, 0.0)
    runoff = excess**2 / (excess + retention)
    ran = 1000 * (ended.ledger.rain - ended.ledger.infiltration) / FLAT.area
    assert ran == pytest.approx(runoff, rel=0.02)


def test_soil_under_deep_water_drinks_in_single_precision() -> None:
    start = State.of(FLAT, layout=Layout.FACES, depth=np.full((6, 8), 30.0))
    soil = GreenAmpt(conductivity_mm_h=0.5, suction_mm=0.0, porosity=0.4)
    ended = flood(start=start, sources=Sources(None, soil))
    assert 1000 * ended.ledger.infiltration / FLAT.area == pytest.approx(0.5, rel=1e-2)


@pytest.mark.parametrize(
    ("soil", "field"),
    [
        (GreenAmpt(-1.0, 100.0, 0.4), "conductivity_mm_h"),
        (GreenAmpt(5.0, float("nan"), 0.4), "suction_mm"),
        (GreenAmpt(5.0, 100.0, 40.0), "porosity"),
        (GreenAmpt(5.0, 100.0, 0.4, wetness=80.0), "wetness"),
        (GreenAmpt(np.ones((8, 6)), 100.0, 0.4), "conductivity_mm_h"),
        (ScsCn(0.0), "cn"),
        (ScsCn(75.0, initial=2.0), "initial"),
    ],
)
def test_soil_in_wrong_units_is_refused(soil: Infiltration, field: str) -> None:
    with pytest.raises(BadInput) as said:
        soaked(soil)
    assert said.value.field == field


# --- rain and rivers -----------------------------------------------------------------------------------------


def test_rain_of_grids_falls_where_and_when_it_is_said() -> None:
    grids = np.zeros((2, 6, 8))
    grids[0, 2, 3] = 36.0
    high = np.full((6, 8), 0.0)
    ended = flood(Domain.of(high, dx=10.0), until_s=1800.0, sources=Sources(Rain.of([5, 15], grids)))
    assert ended.ledger.rain == pytest.approx(36e-3 / 6 * 100, rel=1e-6)


def test_rain_that_changes_within_a_tick_is_cut_at_its_minute() -> None:
    rain = Rain.of([0, 0.55], np.array([60.0, 0.0]))
    ended = flood(until_s=120.0, sources=Sources(rain), tick_s=20.0)
    assert ended.ledger.rain == pytest.approx(60e-3 / 3600 * 33 * FLAT.area, rel=1e-6)


def test_a_river_brings_its_whole_volume_wherever_its_disc_lies() -> None:
    flow = Series.of([0, 10, 60], [0.0, 3.0, 0.0], name="inflow")
    edges = Edges.all(Closed(), inflows=[Inflow(3.0, 57.0, flow, radius_m=25.0), Inflow(41.0, 31.0, flow)])
    ended = flood(edges=edges)
    assert ended.ledger.inflow == pytest.approx(2 * 3 * 3600 / 2)
    assert ended.ledger.stored == pytest.approx(ended.ledger.inflow, rel=1e-6)


# --- looks ---------------------------------------------------------------------------------------------------


def channel() -> tuple[Domain, Edges]:
    bed = np.tile(0.02 * np.arange(60.0)[::-1] * 10, (9, 1))
    flow = Inflow(15.0, 45.0, Series.of([0], [9.0], name="inflow"), radius_m=45.0)
    return Domain.of(bed, dx=10.0, manning=0.05), Edges(Closed(), Open(0.02), Closed(), Closed(), (flow,))


def test_steady_discharge_is_the_same_across_every_line() -> None:
    ground, edges = channel()
    lines = (
        Line("square", 300, -5, 300, 95),
        Line("slanting", 200, -5, 500, 95),
        Line("backwards", 300, 95, 300, -5),
        Line("half", 400, -5, 400, 45),
        Line("along", 100, 45, 500, 45),
    )
    ended = flood(ground, until_s=7200.0, edges=edges, outputs=Outputs(lines=lines))
    at_end = {c.name: c.values[-1, 0] for c in ended.lines}
    assert at_end["square"] == pytest.approx(-at_end["backwards"])
    assert [abs(at_end[n]) for n in ("square", "slanting")] == pytest.approx([9.0, 9.0], rel=1e-3)
    assert abs(at_end["half"]) == pytest.approx(9.0 / 2, rel=0.15)
    assert at_end["along"] == pytest.approx(0.0, abs=0.05)
    assert at_end["square"] > 0, "who looks north has the west, where the water comes from, on the left"


def test_maps_say_how_deep_how_fast_when_and_how_long() -> None:
    ground, edges = channel()
    names = ("max_depth", "max_speed", "max_hazard", "arrival_s", "duration_s", "max_flow")
    seen = Outputs(maps=names, points=(Point("end", 595.0, 45.0),), wet_m=0.05, snapshot_minutes=(0, 30, 60))
    ended = flood(ground, edges=edges, outputs=seen)
    maps, curve = ended.maps, ended.points[0]
    assert maps["max_depth"].dtype == np.float32
    depth, _, speed = curve.values[-1]
    assert depth * speed == pytest.approx(9.0 / 90, rel=0.03)
    assert maps["max_speed"][4, 59] >= speed
    assert maps["max_hazard"][4, 59] == pytest.approx(depth * (speed + 0.5), rel=0.02)
    assert maps["max_flow"][4, 59] == pytest.approx(depth * speed, rel=0.02)
    arrived = maps["arrival_s"][4]
    assert (np.diff(arrived[5:]) >= 0).all()
    assert maps["duration_s"][4, 59] == pytest.approx(3600 - arrived[59] + 10)
    first_wet = curve.seconds[np.argmax(curve.values[:, 0] >= 0.05)]
    assert arrived[59] <= first_wet < arrived[59] + 60
    assert [s.seconds for s in ended.snapshots] == [0, 1800, 3600]
    assert ended.snapshots[2].depth[4, 59] == pytest.approx(depth)
    assert ended.snapshots[2].speed[4, 59] == pytest.approx(speed, rel=1e-5)


def test_a_filling_front_runs_no_faster_than_a_dam_break() -> None:
    ground = Domain.of(np.zeros((3, 60)), dx=10.0, manning=0.01)
    depth = np.zeros(ground.shape)
    depth[:, :20] = 3.0
    start = State.of(ground, layout=Layout.FACES, depth=depth)
    ended = flood(ground, start=start, until_s=60.0, tick_s=1.0)
    assert ended.maps["max_speed"].max() <= 2 * np.sqrt(9.80665 * 3.0)
    assert looks.speed_of(ended.state).max() <= ended.maps["max_speed"].max() * (1 + 1e-6)


def test_a_stage_is_told_above_the_zero_of_the_terrain() -> None:
    ground = Domain.of(np.full((6, 8), 712.4), dx=10.0)
    start = State.of(ground, layout=Layout.FACES, depth=np.full((6, 8), 2.0))
    ended = flood(ground, start=start, until_s=60.0, outputs=Outputs(points=(Point("a", 35.0, 35.0),)))
    assert ended.points[0].values[-1, :2] == pytest.approx([2.0, 714.4], abs=1e-5)


def test_never_arrived_is_no_number() -> None:
    ended = flood(until_s=60.0)
    assert np.isnan(ended.maps["arrival_s"]).all()


def test_a_run_goes_on_from_the_last_accepted_state() -> None:
    rain = Sources(Rain.of([0], np.array([50.0])))
    first = flood(until_s=600.0, sources=rain)
    second = flood(until_s=1200.0, sources=rain, start=first.state)
    assert second.ledger.start == pytest.approx(first.ledger.stored, rel=1e-6)
    assert second.state.depth.mean() == pytest.approx(50e-3 / 3, rel=1e-5)
    assert first.state.time_s == 600, "the earlier state is left alone"


# --- before the start ----------------------------------------------------------------------------------------


def test_the_memory_is_stated_and_held_to_before_the_start() -> None:
    asked = memory(FLAT, Inertial(), Outputs(), Sources(), "f32")
    state, looks, alone = 4 * 4, 1, -(-(20 * 4 + 41) // 3)
    assert asked == (state + looks + alone + 3 * 4) * FLAT.cells
    with pytest.raises(BadInput, match="MiB"):
        flood(most_bytes=asked - 1)
    assert flood(most_bytes=asked, until_s=60.0).bytes_used == asked


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"until_s": 0.0}, "until_s"),
        ({"until_s": float("nan")}, "until_s"),
        ({"tick_s": 0.0}, "tick_s"),
        ({"start": State.of(FLAT, layout=Layout.CENTRES)}, "start"),
        ({"start": State.of(Domain.of(np.zeros((3, 3)), dx=10.0), layout=Layout.FACES)}, "start"),
        ({"sources": Sources(Rain.of([0], np.zeros((1, 8, 6))))}, "rain"),
    ],
)
def test_a_run_that_cannot_be_is_refused_before_the_start(wrong: dict[str, Any], field: str) -> None:
    with pytest.raises(BadInput) as said:
        flood(**wrong)
    assert said.value.field == field


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        (lambda: Outputs(maps=("depth",)), "maps"),
        (lambda: Outputs(series_every_s=0.0), "series_every_s"),
        (lambda: Outputs(points=(Point("a", 1, 1), Point("a", 2, 2))), "points"),
    ],
)
def test_outputs_that_cannot_be_kept_are_refused(asked: Any, field: str) -> None:
    with pytest.raises(BadInput) as said:
        asked()
    assert said.value.field == field


def test_checkpoints_come_when_they_are_due() -> None:
    kept: list[Any] = []
    flood(until_s=1000.0, checkpoint_every_s=300.0, on_checkpoint=kept.append)
    assert [c["time_s"] for c in kept] == [300, 600, 900]
    with io.BytesIO() as file:
        np.savez(file, **kept[1])
        file.seek(0)
        read = dict(np.load(file))
    rest = flood(until_s=1000.0, resume=read)
    assert np.array_equal(rest.state.h, flood(until_s=1000.0).state.h)
