"""The bulk twin and a brute-force reading of the tables agree with the engine, whatever falls from the sky."""

from datetime import UTC, datetime, timedelta

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.foundation.packs import load_all
from anlan.judge.rules.thresholds.compile import compile_pack
from anlan.judge.rules.thresholds.evaluate import evaluate
from anlan.judge.rules.thresholds.matrix import Matrix, Prior, compile_matrix
from anlan.judge.rules.thresholds.shapes import Knowledge, Rain, Snapshot

START = datetime(2021, 8, 11, tzinfo=UTC)
RULES = [compile_pack(pack) for pack in load_all().of_kind("threshold")]
WINDOWS = sorted({window for rules in RULES for window in rules.windows})
MARKS = {"warning": 62_500, "guarantee": 64_000, "record": 65_200, "flood_limit": 61_000, "design": 64_000, "check": 66_000}  # fmt: skip
NEAR_LINES = sorted(
    {line.line + d for rules in RULES for line in rules.lines() for d in (-1, 0, 1) if line.line > 0}
)
JIANGHUA = {60: (350, 450, 600, 800), 180: (550, 750, 1000, 1200), 360: (700, 950, 1200, 1500), 1440: (1000, 1300, 1600, 2000)}  # fmt: skip

amounts = st.one_of(st.sampled_from(NEAR_LINES), st.integers(0, 3000))
rains = st.dictionaries(st.sampled_from(WINDOWS), st.builds(Rain, amounts, st.booleans()))


@st.composite
def snapshots(draw, at=START):
    known = draw(st.sets(st.sampled_from(sorted(MARKS))))
    return Snapshot(
        place="p",
        kind="any",
        at=at,
        rain=draw(rains),
        stage_mm=draw(st.none() | st.integers(60_000, 67_000) | st.sampled_from(sorted(MARKS.values()))),
        rise_mm=draw(st.dictionaries(st.just(60), st.sampled_from([-100, 0, 300, 500, 600, 1000]))),
        marks_mm={mark: MARKS[mark] for mark in known},
        wetness=draw(st.sampled_from([None, "dry", "normal", "wet"])),
    )


@st.composite
def histories(draw):
    """Up to four moments of one place, so that the states before are ones that can come about."""
    steps = draw(st.lists(st.sampled_from([0, 5, 10, 60]), min_size=1, max_size=4))
    at, out = START, []
    for step in steps:
        at += timedelta(minutes=step)
        out.append(draw(snapshots(at=at)))
    return out


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(RULES), st.lists(histories(), min_size=1, max_size=4))
def test_the_bulk_screen_finds_exactly_the_places_whose_state_changes(rules, places):
    before = []
    for history in places:
        state = None
        for snapshot in history[:-1]:
            state = evaluate(rules, snapshot, state).state
        before.append(state)
    now = [history[-1] for history in places]
    mask = compile_matrix(rules).may_change(Matrix.of(now, rules), Prior.of(before))
    has_durations = any(rule.held for rule in rules.rules)
    for found, snapshot, state in zip(mask, now, before, strict=True):
        outcome = evaluate(rules, snapshot, state)
        changed = outcome.change is not None or outcome.state != state
        assert found or not changed
        if not has_durations:
            assert bool(found) == changed


@given(histories())
def test_every_outcome_repeats_itself_and_ignores_the_order_of_evaluation(history):
    for rules in RULES:
        state = None
        for snapshot in history:
            outcome = evaluate(rules, snapshot, state)
            assert evaluate(rules, snapshot, state) == outcome
            again = evaluate(rules, snapshot, outcome.state)
            assert (again.change, again.state) == (None, outcome.state)
            state = outcome.state


@given(rains)
def test_the_example_table_read_by_hand_gives_the_same_grade(known):
    rules = next(rules for rules in RULES if rules.pack == "flash-flood-jianghua")
    by_hand = max(
        (sum(known[w].tenths >= line for line in lines) for w, lines in JIANGHUA.items() if w in known),
        default=0,
    )
    state = evaluate(rules, Snapshot(place="p", kind="gauge", at=START, rain=known), None).state
    assert state.level == by_hand
    if state.knowledge is Knowledge.FULL and by_hand < 4:
        assert all(w in known and known[w].full for w in JIANGHUA)


@given(snapshots(), snapshots())
def test_missing_data_never_lower_a_level(first, second):
    for rules in RULES:
        state = evaluate(rules, first, None).state
        nothing = Snapshot(place="p", kind="any", at=second.at, wetness=first.wetness)
        assert evaluate(rules, nothing, state).state.level >= state.level


def test_a_matrix_without_a_column_knows_nothing_of_it():
    rules = next(rules for rules in RULES if rules.pack == "flash-flood-jianghua")
    state = evaluate(rules, Snapshot(place="p", kind="gauge", at=START), None).state
    prior = Prior.of([state, state])
    screen = compile_matrix(rules)
    assert not screen.may_change(Matrix(count=2), prior).any()
    rain = {60: np.array([0, 800])}
    full = {60: np.array([False, False])}
    assert screen.may_change(Matrix(count=2, rain=rain, rain_full=full), prior).tolist() == [False, True]
