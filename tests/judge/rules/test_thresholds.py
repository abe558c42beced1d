"""Threshold rules: what rises, what falls, what cannot be known."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest

from anlan.foundation.packs import load_all
from anlan.foundation.rules.errors import BadPack
from anlan.judge.rules.thresholds.compile import compile_pack
from anlan.judge.rules.thresholds.evaluate import evaluate
from anlan.judge.rules.thresholds.shapes import Basis, Element, Knowledge, Move, Rain, Snapshot, State

NOW = datetime(2021, 8, 11, 20, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
FULL_DAY = (60, 180, 360, 720, 1440)


def shipped(id: str):
    return compile_pack(load_all().get(id))


def pack(**data):
    """A made-up threshold pack: rain on a gauge unless the head says otherwise."""
    head = {
        "scale": "signal",
        "hazard": "test",
        "event_types": (),
        "subjects": ("gauge",),
        "bases": ("observed",),
        "hysteresis_percent": 80,
        "hysteresis_mm": 100,
    } | data.pop("head", {})
    always = {"applies_to": ("*",), "acts_at": lambda division, gauge="": True, "only": frozenset()}
    return SimpleNamespace(id="t", version="1", **always, data={"threshold": head, **data})


def rain(*, at=NOW, full=True, place="g", **tenths):
    """Snapshot with every window known: h1=835 is 83.5 mm in one hour; windows not named hold the largest shorter."""
    known, last = {}, 0
    for window in FULL_DAY:
        last = tenths.get(f"h{window // 60}", last)
        known[window] = Rain(last, full)
    return Snapshot(place=place, kind="gauge", at=at, rain=known)


def river(*, at=NOW, stage=None, rise=None, h1=None, **marks):
    return Snapshot(
        place="r",
        kind="river",
        at=at,
        stage_mm=stage,
        rise_mm={} if rise is None else {60: rise},
        rain={} if h1 is None else {60: Rain(h1)},
        marks_mm=marks,
    )


def test_a_value_equal_to_the_line_has_reached_it_and_a_tenth_less_has_not():
    rules = shipped("rainstorm-signal-national")
    assert evaluate(rules, rain(h3=1000), None).state.level == 4
    assert evaluate(rules, rain(h3=999), None).state.level == 3
    assert evaluate(rules, rain(h3=499), None).state.level == 0
    assert evaluate(rules, rain(h3=499, h6=500), None).state.level == 2
    assert evaluate(rules, rain(h3=0, h6=0, h12=500), None).state.level == 1


def test_any_one_duration_is_enough_for_a_flash_flood_grade():
    rules = shipped("flash-flood-jianghua")
    found = evaluate(rules, rain(h1=800), None)
    assert (found.state.level, found.change.move, found.change.level_name) == (4, Move.RAISED, "red")
    assert (found.change.evidence.value, found.change.evidence.threshold) == (800, 800)
    assert evaluate(rules, rain(h1=100, h24=1300), None).state.level == 2


def test_the_same_snapshot_again_changes_nothing():
    rules = shipped("flash-flood-jianghua")
    first = evaluate(rules, rain(h1=835), None)
    again = evaluate(rules, rain(h1=835), first.state)
    assert again.change is None
    assert again.state == first.state


def test_a_level_falls_only_below_four_fifths_of_its_lines():
    rules = shipped("flash-flood-jianghua")
    state = evaluate(rules, rain(h1=800, h3=800), None).state
    wavering = evaluate(rules, rain(h1=640, h3=800, at=NOW + 5 * MINUTE), state)
    assert wavering.change is None
    assert wavering.state.level == 4
    lower = evaluate(rules, rain(h1=639, h3=800, at=NOW + 10 * MINUTE), wavering.state)
    assert (lower.change.move, lower.change.level, lower.change.was) == (Move.LOWERED, 3, 4)
    assert lower.change.evidence.threshold == 800
    assert lower.state.since == NOW + 10 * MINUTE
    gone = evaluate(rules, rain(h1=0, at=NOW + 60 * MINUTE), lower.state)
    assert (gone.change.move, gone.change.level_name) == (Move.CLEARED, "none")
    assert gone.change.onset == state.onset == NOW
    assert gone.state == State()


def test_an_episode_keeps_its_onset_while_the_level_climbs():
    rules = shipped("flash-flood-jianghua")
    blue = evaluate(rules, rain(h1=350), None)
    red = evaluate(rules, rain(h1=800, at=NOW + 30 * MINUTE), blue.state)
    assert blue.change.level_name == "blue"
    assert red.change.onset == NOW
    assert red.state.since == NOW + 30 * MINUTE


def test_no_data_is_unknown_and_never_fine():
    rules = shipped("flash-flood-jianghua")
    found = evaluate(rules, Snapshot(place="g", kind="gauge", at=NOW), None)
    assert found.state.knowledge is Knowledge.NONE
    assert found.change.move is Move.DATA_LOST
    back = evaluate(rules, rain(h1=0, at=NOW + MINUTE), found.state)
    assert (back.change.move, back.state.knowledge) == (Move.DATA_BACK, Knowledge.FULL)


def test_a_level_stands_while_the_data_are_gone():
    rules = shipped("flash-flood-jianghua")
    red = evaluate(rules, rain(h1=835), None).state
    lost = evaluate(rules, Snapshot(place="g", kind="gauge", at=NOW + MINUTE), red)
    assert (lost.state.level, lost.change.move, lost.change.level) == (4, Move.DATA_LOST, 4)


def test_rain_known_in_part_raises_but_never_lowers_and_says_not_less_than():
    rules = shipped("flash-flood-jianghua")
    red = evaluate(rules, rain(h1=835, full=False), None)
    assert red.state.level == 4
    assert red.change.evidence.partial
    assert (red.change.evidence.window_minutes, red.change.evidence.value) == (60, 835)
    assert red.change.evidence.threshold == 800
    assert evaluate(rules, rain(h1=0, full=False), red.state).state.level == 4


def test_a_level_above_that_cannot_be_excluded_is_partial_knowledge():
    rules = shipped("flash-flood-jianghua")
    known = rain(h1=360)
    day_unknown = replace(known, rain={**known.rain, 1440: Rain(360, full=False)})
    found = evaluate(rules, day_unknown, None)
    assert (found.state.level, found.state.knowledge) == (1, Knowledge.PARTIAL)


@pytest.mark.parametrize(("soil", "stage"), [("dry", 0), ("normal", 1), ("wet", 2), (None, 2)])
def test_the_wetter_the_soil_the_sooner_a_village_moves_and_unknown_soil_is_wet(soil, stage):
    rules = shipped("village-rain-shuanghe")
    village = replace(rain(h1=300), wetness=soil, kind="village")
    assert evaluate(rules, village, None).state.level == stage


def test_prepare_begins_at_the_stated_fraction_of_move_now():
    rules = shipped("village-rain-shuanghe")
    village = replace(rain(h1=240), wetness="wet")
    found = evaluate(rules, village, None)
    assert found.change.level_name == "prepare"
    assert evaluate(rules, replace(rain(h1=239), wetness="wet"), None).state.level == 0


def test_a_river_rises_through_its_own_marks():
    rules = shipped("river-flood-sl758")
    marks = {"warning": 62_500, "guarantee": 64_000, "record": 65_200}
    levels = [
        evaluate(rules, river(stage=s, **marks), None).state.level
        for s in (61_999, 62_000, 62_499, 62_500, 64_000, 65_200)
    ]
    assert levels == [0, 1, 1, 2, 3, 4]
    high = evaluate(rules, river(stage=62_500, **marks), None)
    assert (high.change.evidence.value, high.change.evidence.threshold) == (62_500, 62_500)
    still = evaluate(rules, river(stage=62_301, **marks), high.state)
    assert still.state.level == 2
    assert evaluate(rules, river(stage=62_299, **marks), still.state).state.level == 1


def test_a_river_without_a_record_is_judged_by_the_marks_it_has_and_says_so():
    found = evaluate(shipped("river-flood-sl758"), river(stage=62_500, warning=62_500), None)
    assert (found.state.level, found.state.knowledge) == (2, Knowledge.PARTIAL)


def test_a_fast_rise_needs_height_or_rain_as_well_and_must_last():
    rules = shipped("river-rapid-rise")
    fast = {"rise": 500, "warning": 62_500}
    assert evaluate(rules, river(stage=50_000, h1=0, **fast), None).state.level == 0
    first = evaluate(rules, river(stage=50_000, h1=300, **fast), None)
    assert first.change is None
    assert first.state.pending
    early = evaluate(rules, river(stage=50_000, h1=300, at=NOW + 9 * MINUTE, **fast), first.state)
    assert early.state.level == 0
    late = evaluate(rules, river(stage=50_000, h1=300, at=NOW + 10 * MINUTE, **fast), early.state)
    assert (late.change.move, late.change.level) == (Move.RAISED, 2)
    assert late.change.evidence.element is Element.RISE
    assert (late.change.evidence.value, late.change.evidence.window_minutes) == (500, 60)


def test_a_duration_starts_anew_after_a_break_but_not_after_a_gap_in_the_data():
    rules = shipped("river-rapid-rise")
    met = {"stage": 62_000, "rise": 500, "warning": 62_500, "h1": 0}
    start = evaluate(rules, river(**met), None).state
    broken = evaluate(rules, river(**met | {"rise": 0}, at=NOW + 5 * MINUTE), start).state
    assert broken.pending == ()
    gap = evaluate(rules, river(warning=62_500, at=NOW + 5 * MINUTE), start).state
    assert gap.pending == start.pending
    assert evaluate(rules, river(**met, at=NOW + 10 * MINUTE), gap).state.level == 2


def test_a_reservoir_above_its_limit_is_blue_at_once_and_yellow_after_an_hour():
    rules = shipped("reservoir-level")
    marks = {"flood_limit": 100_000, "design": 103_000, "check": 105_000}
    over = river(stage=100_300, **marks)
    first = evaluate(rules, over, None)
    assert first.state.level == 1
    assert evaluate(rules, replace(over, at=NOW + 60 * MINUTE), first.state).state.level == 2
    assert evaluate(rules, river(stage=105_000, **marks), None).state.level == 4


def test_an_upper_bound_is_not_reached_by_an_equal_value():
    rules = compile_pack(
        pack(rule=({"level": 1, "when": {"all": ({"rain_mm": 10, "window_minutes": 60}, {"rain_below_mm": 20, "window_minutes": 60})}},))
    )  # fmt: skip
    assert [evaluate(rules, rain(h1=v), None).state.level for v in (99, 100, 199, 200)] == [0, 1, 1, 0]
    assert evaluate(rules, rain(h1=150, full=False), None).state.knowledge is Knowledge.NONE
    assert evaluate(rules, rain(h1=200, full=False), None).state.knowledge is Knowledge.FULL


def test_a_pack_concerns_only_its_places_kinds_and_bases():
    rules = compile_pack(SimpleNamespace(**vars(pack(line=({"level": 1, "rain_mm": {"60": 5}},))) | {"applies_to": ("4213",)}))  # fmt: skip
    assert rules.concerns(kind="gauge", division="421321117")
    assert not rules.concerns(kind="gauge", division="431129")
    assert not rules.concerns(kind="river", division="421321117")
    assert not rules.concerns(kind="gauge", division="4213", basis=Basis.FORECAST)


def test_a_state_survives_being_stored_as_json():
    state = State(level=2, onset=NOW, since=NOW + MINUTE, knowledge=Knowledge.PARTIAL, pending=((3, NOW),))
    for each in (state, State()):
        assert State.from_record(json.loads(json.dumps(each.to_record()))) == each


def test_every_shipped_threshold_pack_compiles_and_reads_something():
    for each in load_all().of_kind("threshold"):
        rules = compile_pack(each)
        assert rules.lines()
        assert rules.version == each.version


GOOD_LINE = {"level": 1, "rain_mm": {"60": 5}}


@pytest.mark.parametrize(
    ("data", "key"),
    [
        ({}, "line"),
        ({"line": ({"level": 5, "rain_mm": {"60": 5}},)}, "line.level"),
        ({"line": ({"level": 1, "rain_mm": {"hour": 5}},)}, "line.rain_mm"),
        ({"line": ({"level": 1, "rain_mm": {}},)}, "line.rain_mm"),
        ({"line": ({"level": 1, "rain_mm": {"60": 0}},)}, "line.rain_mm.60"),
        ({"line": ({"level": 1, "rain": 5},)}, "line.rain"),
        ({"line": ({**GOOD_LINE, "wetness": "soggy"},)}, "line.wetness"),
        ({"rule": ({"level": 1, "when": {"all": ()}},)}, "when.all"),
        ({"rule": ({"level": 1, "when": {"wind": 5}},)}, "when"),
        ({"rule": ({"level": 1, "when": {"stage": "brim"}},)}, "when.stage"),
        ({"rule": ({"level": 1, "when": {"rise_mm": "5", "window_minutes": 60}},)}, "when.rise_mm"),
        ({"rule": ({"level": 1, "when": {"rain_mm": 5}},)}, "window_minutes"),
        ({"line": (GOOD_LINE,), "head": {"scale": "stars"}}, "threshold.scale"),
        ({"line": (GOOD_LINE,), "head": {"hysteresis_percent": 120}}, "threshold.hysteresis_percent"),
        ({"line": (GOOD_LINE,), "head": {"colour": "red"}}, "threshold.colour"),
        ({"line": ({"stage": "immediate", "rain_mm": {"60": 5}},), "head": {"scale": "stage"}}, "threshold.prepare_percent"),
        ({"line": ({"stage": "run", "rain_mm": {"60": 5}},), "head": {"scale": "stage"}}, "line.stage"),
    ],
)  # fmt: skip
def test_a_bad_pack_names_the_key(data, key):
    with pytest.raises(BadPack) as caught:
        compile_pack(pack(**data))
    assert f"“{key}”" in caught.value.said("en")


def test_a_share_of_a_line_is_never_rounded_down():
    data = pack(
        line=({"stage": "immediate", "rain_mm": {"60": Decimal("0.3")}},),
        head={"scale": "stage", "prepare_percent": 80},
    )
    lines = [line.line for line in compile_pack(data).lines()]
    assert lines == [3, 3]  # 2.4 tenths are reached by 3, not by 2
