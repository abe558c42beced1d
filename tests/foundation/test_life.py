"""A life cycle as a table: where it is a trap, and what `decide` and `open_to` make of every event in every state."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.foundation.rules.life import Code, Life, Refusal, Step
from anlan.foundation.words import say

NOW = datetime(2021, 8, 11, 20, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Case:
    now: datetime = NOW
    same_hand: bool = False


def by_another_hand(case: Case) -> Refusal | None:
    return Refusal(name="same_hand", says=say("请先选一行。")) if case.same_hand else None


FOUND, ASSIGNED, CLOSED = Code("found", "待交办"), Code("assigned", "待整改"), Code("closed", "已销号")
ASSIGN, CLOSE = Code("assign", "交办"), Code("close", "销号")
OPEN = Step(
    event=ASSIGN, source=FOUND, target=ASSIGNED, permission="prevent.assign",
    due=lambda case: case.now + timedelta(minutes=90),
)  # fmt: skip
SHUT = tuple(
    Step(event=CLOSE, source=source, target=CLOSED, guards=(by_another_hand,)) for source in (FOUND, ASSIGNED)
)
HAZARD = Life(start=FOUND, steps=(OPEN, *SHUT), ends=frozenset({CLOSED}))


def test_a_life_cycle_knows_its_states_its_due_times_and_how_it_is_drawn() -> None:
    assert not list(HAZARD.faults())
    assert HAZARD.states == ("found", "assigned", "closed")
    step = HAZARD.decide(HAZARD.start, ASSIGN, Case(), frozenset({"prevent.assign"}))
    assert isinstance(step, Step)
    assert step.target == "assigned"
    assert step.due is not None
    assert step.due(Case()) == NOW + timedelta(minutes=90)
    assert "    found --> closed: 销号 close (by_another_hand)" in HAZARD.diagram().splitlines()


def test_a_refusal_says_what_may_be_done_instead() -> None:
    found = HAZARD.decide(ASSIGNED, ASSIGN, Case())
    assert isinstance(found, Refusal)
    assert found.says.zh == "“待整改”时不能“交办”。可以：销号。"


@pytest.mark.parametrize(
    ("trap", "fault"),
    [
        (replace(HAZARD, steps=(OPEN, SHUT[0])), "assigned has no way out"),
        (replace(HAZARD, steps=SHUT), "assigned is never reached from found"),
        (
            replace(HAZARD, steps=(OPEN, *SHUT, replace(SHUT[0], event=ASSIGN))),
            "assign leads two ways from found",
        ),
    ],
)
def test_a_table_that_is_a_trap_says_so(trap: Life, fault: str) -> None:
    assert fault in trap.faults()


STATES = tuple(Code(name, name) for name in "abcd")
EVENTS = tuple(Code(name, name) for name in ("go", "turn"))
steps = st.builds(
    Step,
    event=st.sampled_from(EVENTS),
    source=st.sampled_from(STATES),
    target=st.sampled_from(STATES),
    permission=st.sampled_from(["", "may"]),
    guards=st.sampled_from([(), (by_another_hand,)]),
)
lives = st.builds(
    Life,
    start=st.just(STATES[0]),
    steps=st.lists(steps, min_size=1, unique_by=lambda step: (step.event, step.source)).map(tuple),
    ends=st.frozensets(st.sampled_from(STATES)),
    hiding=st.sampled_from([frozenset(), frozenset({by_another_hand})]),
)


@given(life=lives, same_hand=st.booleans(), held=st.booleans())
def test_what_may_be_decided_is_offered_and_what_is_offered_is_refused_by_a_guard_alone(
    life: Life, same_hand: bool, held: bool
) -> None:
    case, permissions = Case(same_hand=same_hand), frozenset({"may"} if held else ())
    for state, event in product(STATES, EVENTS):
        found = life.decide(state, event, case, permissions)
        offered = [step for step in life.open_to(state, case, permissions) if step.event == event]
        if isinstance(found, Step):
            assert offered == [found]
        elif offered:
            assert found.name == "same_hand"
            assert not life.hiding


def walked(life: Life, state: Code) -> set[Code]:
    """Where one comes from a state, by trying: as many rounds as there are states."""
    found = {state}
    for _ in STATES:
        found |= {step.target for step in life.steps if step.source in found}
    return found


@given(life=lives)
def test_a_table_without_fault_reaches_all_its_states_and_every_end(life: Life) -> None:
    told = set(life.states) | life.ends
    reaches_all = walked(life, life.start) >= told
    has_ways_out = all(
        walked(life, state) & life.ends if life.ends else walked(life, state) - {state}
        for state in told - life.ends
    )
    assert (not list(life.faults())) == (reaches_all and has_ways_out)
