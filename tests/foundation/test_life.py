"""A life cycle as a table: what the loader refuses, and what `decide` and `open_to` make of every event in every state."""

import tomllib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.foundation.rules.errors import BadPack
from anlan.foundation.rules.life import Code, Life, Refusal, Step, from_pack, guard
from anlan.foundation.words import say

NOW = datetime(2021, 8, 11, 20, 0, tzinfo=UTC)
HAZARD = """
[life]
start = "found"
[[state]]
code = "found"
title = { zh = "待交办", en = "To be assigned" }
[[state]]
code = "assigned"
title = { zh = "待整改", en = "To be put right" }
[[state]]
code = "closed"
title = { zh = "已销号", en = "Closed" }
ends = true
[[step]]
event = "assign"
title = { zh = "交办", en = "Assign" }
from = ["found"]
to = "assigned"
permission = "prevent.assign"
due_minutes = 90
[[step]]
event = "close"
title = { zh = "销号", en = "Close" }
from = ["found", "assigned"]
to = "closed"
permission = "prevent.verify"
guards = ["by_another_hand"]
"""


@dataclass(frozen=True)
class Case:
    now: datetime = NOW
    same_hand: bool = False


@guard
def by_another_hand(case: Case) -> Refusal | None:
    return Refusal(name="same_hand", says=say("请先选一行。")) if case.same_hand else None


def read(text: str = HAZARD) -> Life:
    return from_pack(tomllib.loads(text))


def test_a_life_cycle_is_read_from_a_pack_with_its_words_guards_and_due_times() -> None:
    life = read()
    assert life.states == ("found", "assigned", "closed")
    assert life.ends == {"closed"}
    step = life.decide(life.start, Code("assign", "交办"), Case(), frozenset({"prevent.assign"}))
    assert isinstance(step, Step)
    assert step.target == "assigned"
    assert step.due is not None
    assert step.due(Case()) == NOW + timedelta(minutes=90)
    assert "    found --> closed: 销号 close (by_another_hand)" in life.diagram().splitlines()


def test_a_refusal_says_in_the_words_of_the_pack_what_may_be_done_instead() -> None:
    life = read()
    found = life.decide(life.steps[0].target, life.steps[0].event, Case())
    assert isinstance(found, Refusal)
    assert found.says.zh == "“待整改”时不能“交办”。可以：销号。"
    assert found.says.en == "Not possible now: “Assign” while “To be put right”; possible: Close."


@pytest.mark.parametrize(
    ("was", "becomes", "problem"),
    [
        ('guards = ["by_another_hand"]', 'guards = ["by_nobody"]', "'by_nobody' is none of"),
        ('start = "found"', 'start = "lost"', "'lost' is none of"),
        ('to = "closed"', 'to = "shut"', "'shut' is none of"),
        ('from = ["found", "assigned"]', 'from = ["found"]', "assigned has no way out"),
        ('to = "assigned"', 'to = "found"', "assigned is never reached"),
        ('event = "close"', 'event = "assign"', "assign leads two ways from found"),
        ("[[step]]", '[[state]]\ncode = "far"\ntitle = { zh = "远", en = "Far" }\n[[step]]', "far"),
    ],
)
def test_a_table_that_is_a_trap_is_refused_when_it_is_read(was: str, becomes: str, problem: str) -> None:
    with pytest.raises(BadPack, match=problem):
        read(HAZARD.replace(was, becomes, 1))


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
