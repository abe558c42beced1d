"""Critical rain: catchments cut out, storms, crossings, and what a village is told."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.science.flood.critical.checking import faults, shallower
from anlan.science.flood.critical.cutting import Land, Village, cut
from anlan.science.flood.critical.running import Storm, memory_bytes, once
from anlan.science.flood.critical.search import Crossing, cross, next_depth
from anlan.science.flood.critical.storms import Hyetograph, gross_mm, net_mm, retention_mm
from anlan.science.flood.critical.told import Row, Spread, tell
from anlan.science.flood.domain import Domain
from anlan.science.flood.errors import BadInput, Cancelled
from anlan.science.flood.feeding import retention_m

UNIFORM = Hyetograph("uniform", (1.0,))
LATE = Hyetograph("late", (0.1, 0.2, 0.7))
SPREAD = Spread(cn=75.0, cn_spread=5.0, clearing_min=30.0)
DEPTHS = (10.0, 15.0, 22.0, 32.0, 45.0, 65.0, 95.0, 140.0)


def valley(*, width: float = 0.0) -> Land:
    """Two valleys that run down to the south and meet; 40 by 30 cells of 50 m."""
    ny, nx = 40, 30
    rows, columns = np.mgrid[0:ny, 0:nx].astype(float)
    arm = np.where(rows < 20, np.minimum(abs(columns - 7), abs(columns - 22)), abs(columns - 15))
    bed = 100.0 + (ny - rows) * 1.0 + arm * 2.0
    wide = np.where((arm == 0) & (rows > 5), width, 0.0)
    return Land(bed, np.full(bed.shape, 0.05), wide, np.where(wide > 0, 1.0, 0.0), 50.0)


def at(name: str, *cells: tuple[int, int]) -> Village:
    rows, columns = zip(*cells, strict=True)
    return Village(name, np.array(rows), np.array(columns))


# ---------- storms ----------
@given(st.floats(1, 500), st.floats(30, 98), st.sampled_from([0.2, 0.5, 0.8]))
def test_the_storm_of_a_net_rain_gives_it_back(rain, cn, wetness):
    s = retention_mm(cn, wetness=wetness)
    net = net_mm(rain, retention_mm=s)
    assert 0 <= net <= rain
    if net > 1e-6:
        assert gross_mm(net, retention_mm=s) == pytest.approx(rain, rel=1e-6)


@pytest.mark.parametrize("wetness", [0.2, 0.5, 0.8])
def test_retention_is_that_of_the_runs(wetness):
    ground = Domain.of(np.zeros((1, 1)), dx=10.0)
    assert retention_mm(75.0, wetness=wetness) == pytest.approx(
        1000 * float(retention_m(75.0, wetness, domain=ground)[0, 0])
    )


def test_a_storm_ends_after_its_duration_and_holds_its_depth():
    rain = LATE.rain(total_mm=60.0, minutes=90)
    assert rain.minutes == (0.0, 30.0, 60.0, 90.0)
    assert rain.rates.tolist() == pytest.approx([12.0, 24.0, 84.0, 0.0])


@given(st.floats(0, 1))
def test_when_is_the_inverse_of_fallen(share):
    assert LATE.fallen(LATE.when(share)) == pytest.approx(share, abs=1e-9)


def test_shares_that_do_not_make_a_whole_are_refused():
    with pytest.raises(BadInput, match=r"add up to 0\.9"):
        Hyetograph("wrong", (0.4, 0.5))


# ---------- catchments ----------
def test_a_village_up_the_stream_shares_the_ground_of_one_below():
    (place,) = cut(valley(), [at("upper", (12, 7), (12, 8)), at("lower", (32, 15))])
    assert place.names == ("upper", "lower")
    assert place.side == "s"
    assert place.area_km2[0] < place.area_km2[1]
    assert place.concentration_min[0] < place.concentration_min[1] == place.longest_min
    assert place.left_out == (0, 0)


def test_villages_of_two_valleys_have_a_ground_each_no_larger_than_needed():
    land = valley()
    west, east = cut(land, [at("west", (8, 7)), at("east", (8, 22))], tail_m=100.0)
    assert (west.names, east.names) == (("west",), ("east",))
    assert west.inside.size < land.bed.size / 2
    assert not (west.window[3] > east.window[2] + 4)  # side by side


def test_water_leaves_a_cut_out_ground_by_a_strip_of_its_valley():
    (place,) = cut(valley(), [at("west", (8, 7))], tail_m=100.0)
    rows = place.inside.shape[0]
    assert place.side == "s"
    assert place.inside[rows - 1].sum() >= 3


def test_a_ground_that_no_water_leaves_says_so():
    land = valley()
    bed = land.bed.copy()
    bed[36:] = np.nan
    bed[:, 26:] = np.nan
    (place,) = cut(replace(land, bed=bed), [at("lower", (33, 15))], tail_m=50.0)
    assert place.side in ("s", "")  # the window ends where known land ends
    assert place.window[1] <= 37


def test_a_village_off_the_terrain_is_named():
    with pytest.raises(BadInput, match="village far: not one of its homes"):
        cut(valley(), [at("far", (100, 100))])


# ---------- one run ----------
def storm(mm: float, **more: object) -> Storm:
    return replace(Storm(mm, 60, UNIFORM, 75.0, "wet"), **more)


@pytest.fixture(scope="module")
def lower():
    land = valley()
    (place,) = cut(land, [at("lower", (32, 15), (32, 16))])
    return place, land


def test_more_rain_makes_deeper_water_sooner(lower):
    less, more = (once(*lower, storm(mm), threshold_m=0.3) for mm in (60.0, 140.0))
    assert 0.0 < less.depth_m[0] < more.depth_m[0]
    assert more.reached_min[0] is not None
    assert less.reached_min[0] is None or more.reached_min[0] < less.reached_min[0]
    assert more.is_whole


def test_a_run_that_ends_early_has_seen_the_peak(lower, monkeypatch):
    early = once(*lower, storm(95.0), threshold_m=0.3)
    monkeypatch.setattr("anlan.science.flood.critical.running.TAIL", (3.0, 3.0))
    late = once(*lower, storm(95.0), threshold_m=0.3)
    assert early.until_min < late.until_min
    assert early.depth_m[0] == pytest.approx(late.depth_m[0], abs=0.005)


def test_rain_that_the_soil_takes_whole_needs_no_run(lower):
    found = once(*lower, storm(10.0, wetness="dry"), threshold_m=0.3)
    assert (found.steps, found.depth_m, found.reached_min) == (0, (0.0,), (None,))


def test_a_share_of_homes_stands_less_deep_than_the_first(lower):
    first = once(*lower, storm(140.0), threshold_m=0.3)
    both = once(*lower, storm(140.0), threshold_m=0.3, homes_share=1.0)
    assert both.depth_m[0] < first.depth_m[0]


def test_channels_carry_water_below_the_banks():
    land = valley(width=20.0)
    (place,) = cut(land, [at("lower", (32, 15))])
    bare = once(place, replace(land, width=0 * land.width), storm(65.0), threshold_m=0.3)
    with_channel = once(place, land, storm(65.0), threshold_m=0.3)
    assert with_channel.depth_m[0] < bare.depth_m[0]


def test_a_run_can_be_stopped(lower):
    with pytest.raises(Cancelled):
        once(*lower, storm(140.0), threshold_m=0.3, stop=lambda: True)


def test_godunov_runs_the_same_storm_on_the_bare_ground(lower):
    li, godunov = (once(*lower, storm(140.0), threshold_m=0.3, solver=name) for name in ("li", "godunov"))
    assert godunov.depth_m[0] == pytest.approx(li.depth_m[0], rel=0.25)


def test_memory_is_known_before(lower):
    place, land = lower
    assert place.inside.size * 60 < memory_bytes(place, land) < place.inside.size * 300


# ---------- which depths are run ----------
def run_all(truth, threshold=0.3):
    """Run as `next_depth` asks; ``truth`` by village the rain that it takes."""
    known = {}
    while (mm := next_depth(DEPTHS, known, threshold_m=threshold)) is not None:
        known[mm] = [0.3 * (mm / rain) ** 2 for rain in truth]
    return known


@given(st.lists(st.floats(5, 300), min_size=1, max_size=5))
def test_a_crossing_lies_between_the_neighbours_that_hold_it(truth):
    known = run_all(truth)
    for n, rain in enumerate(truth):
        found = cross(DEPTHS, known, n, threshold_m=0.3, dry_mm=0.0)
        if found.kind == "not_reached":
            assert rain > DEPTHS[-1]
        else:
            assert found.below_mm <= rain <= found.above_mm
            assert found.rain_mm == pytest.approx(rain, rel=0.6)


def test_few_of_the_eight_depths_are_run_for_one_village():
    assert len(run_all([50.0])) <= 4


def test_not_reached_is_an_answer_after_the_largest_depth():
    known = run_all([1e6])
    assert cross(DEPTHS, known, 0, threshold_m=0.3, dry_mm=0.0) == Crossing("not_reached", None, 140.0, None)
    assert 140.0 in known


def test_a_village_without_its_runs_is_no_answer():
    with pytest.raises(BadInput, match="no run between"):
        cross(DEPTHS, {32.0: [0.1]}, 0, threshold_m=0.3, dry_mm=0.0)


def test_between_no_run_off_and_a_run_the_line_starts_at_the_initial_loss():
    found = cross(DEPTHS, {22.0: [0.0], 32.0: [0.6]}, 0, threshold_m=0.3, dry_mm=24.0)
    assert found.rain_mm == pytest.approx(28.0)


# ---------- what is told ----------
def crossings(**rain):
    return {w: Crossing("between", mm, mm * 0.9, mm * 1.1) for w, mm in rain.items()}


def told(minutes=60, reached=None, **rain):
    by = crossings(**rain)
    return tell(
        "v", minutes, by_wetness=by, rougher=by.get("normal"), smoother=by.get("normal"),
        reached_min=reached or dict.fromkeys(rain, 60.0), shape=UNIFORM, spread=SPREAD, run_to_mm=140.0,
    )  # fmt: skip


def test_low_and_high_hold_the_figure_between_them():
    for row in told(dry=90.0, normal=60.0, wet=40.0):
        assert row.low < row.immediate < row.high


def test_low_and_high_of_loss_are_those_of_the_curve_numbers():
    """At one critical net rain the extremes are just the inverse of the SCS formula."""
    nets = {
        w: gross_mm(20.0, retention_mm=retention_mm(75.0, wetness=s))
        for w, s in (("dry", 0.2), ("normal", 0.5), ("wet", 0.8))
    }
    row = next(r for r in told(**nets) if r.wetness == "normal")
    assert row.low == pytest.approx(gross_mm(20.0, retention_mm=retention_mm(80.0, wetness=0.5)))
    assert row.high == pytest.approx(gross_mm(20.0, retention_mm=retention_mm(70.0, wetness=0.5)))


def test_the_spread_of_loss_read_from_net_rain_is_near_that_of_runs(lower):
    """What is spared: the extremes of the curve number are read from the net rain of the three classes, not run."""

    def crossing(cn, wetness):
        known = {}
        while (mm := next_depth(DEPTHS, known, threshold_m=0.15)) is not None:
            known[mm] = once(*lower, storm(mm, cn=cn, wetness=wetness), threshold_m=0.15).depth_m
        dry = 0.2 * retention_mm(cn, wetness={"dry": 0.2, "normal": 0.5, "wet": 0.8}[wetness])
        return cross(DEPTHS, known, 0, threshold_m=0.15, dry_mm=dry)

    by = {w: crossing(75.0, w) for w in ("dry", "normal", "wet")}
    assert by["dry"].rain_mm > by["normal"].rain_mm > by["wet"].rain_mm
    rows = tell("v", 60, by_wetness=by, rougher=None, smoother=None, reached_min={}, shape=UNIFORM, spread=SPREAD,
                run_to_mm=140.0)  # fmt: skip
    row = next(r for r in rows if r.wetness == "normal")
    assert row.low == pytest.approx(crossing(80.0, "normal").rain_mm, rel=0.06)
    assert row.high == pytest.approx(crossing(70.0, "normal").rain_mm, rel=0.06)


def test_prepare_is_the_rain_that_had_fallen_a_clearing_time_before():
    (row,) = told(wet=60.0, reached={"wet": 75.0})
    assert row.prepare == pytest.approx(0.75 * 66.0)  # 45 of 60 minutes, in the storm just above
    assert row.lead_min == pytest.approx(30.0)


def test_prepare_stays_within_its_shares_of_immediate():
    (soon,) = told(wet=60.0, reached={"wet": 20.0})
    (late,) = told(wet=60.0, reached={"wet": 300.0})
    assert (soon.prepare, late.prepare) == (pytest.approx(30.0), pytest.approx(54.0))
    assert soon.lead_min < 30.0 < late.lead_min


def test_prepare_is_never_above_that_of_a_drier_class():
    rows = told(dry=90.0, normal=60.0, wet=50.0, reached={"dry": 40.0, "normal": 40.0, "wet": 300.0})
    prepares = [row.prepare for row in rows]
    assert prepares == sorted(prepares, reverse=True)


def test_a_village_that_is_not_reached_has_no_figure_and_no_high():
    by = {"dry": Crossing("not_reached", None, 140.0, None), **crossings(normal=60.0, wet=40.0)}
    rows = tell("v", 60, by_wetness=by, rougher=None, smoother=None, reached_min={}, shape=UNIFORM, spread=SPREAD,
                run_to_mm=140.0)  # fmt: skip
    dry = rows[0]
    assert (dry.immediate, dry.prepare, dry.high) == (None, None, None)
    assert dry.low is not None  # with thirstier ground than thought it is


# ---------- what is out of order ----------
def row(minutes, wetness, mm):
    return Row("v", minutes, wetness, mm, None, None, None, None, None, None, None, 140.0)


def test_rows_in_order_have_no_fault():
    rows = [
        row(m, w, mm + m / 60) for m in (30, 60) for w, mm in (("dry", 60.0), ("normal", 40.0), ("wet", 30.0))
    ]
    assert faults(rows) == []


@pytest.mark.parametrize(
    ("rows", "what"),
    [
        ([row(30, "wet", 40.0), row(60, "wet", 35.0)], "duration"),
        ([row(60, "wet", 50.0), row(60, "normal", 45.0)], "wetness"),
        ([row(30, "wet", None), row(60, "wet", 100.0)], "duration"),
    ],
)
def test_what_is_out_of_order_is_told_and_left_as_it_is(rows, what):
    (fault,) = faults(rows)
    assert (fault.village, fault.what) == ("v", what)
    assert fault.first > fault.second


def test_less_water_of_more_rain_is_told():
    (fault,) = shallower(["a", "b"], {32.0: [0.2, 0.1], 45.0: [0.3, 0.05]}, where="60 min")
    assert (fault.village, fault.where) == ("b", "60 min, 32 and 45 mm")
