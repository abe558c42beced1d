"""What comes first: harm before deadline, as one table that the docs print."""

import itertools
import re
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.foundation.rules.grade import Grade
from anlan.foundation.rules.urgency import Harm, rank
from anlan.judge.rules.urgency import ROWS, STATES, Thing, harm_of
from tests.support.house import ROOT

NOW = datetime(2021, 8, 11, 19, 57, tzinfo=UTC)
MIN = timedelta(minutes=1)
HALF_HOUR = 30 * MIN


def thing(kind: str, **told: object) -> Thing:
    return Thing(kind=kind, now=NOW, moving_takes=HALF_HOUR, **told)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("it", "harm"),
    [
        (thing("help"), Harm.HELP),
        (thing("lost"), Harm.SILENT),
        (thing("silent", grade=Grade.RED), Harm.SILENT),
        (thing("silent", grade=Grade.ORANGE, water_at=NOW + 90 * MIN), Harm.SILENT),
        (thing("silent", grade=Grade.ORANGE, is_told_to_move=True), Harm.SILENT),
        (thing("silent", grade=Grade.ORANGE), Harm.CALL),
        (thing("silent", grade=Grade.RED, is_village=False), Harm.CALL),
        (thing("count", water_at=NOW + 2 * MIN), Harm.WATER),
        (thing("count", water_at=NOW + 31 * MIN), Harm.COUNT),
        (thing("calling", grade=Grade.RED, water_at=NOW - MIN), Harm.WATER),
        (thing("forecast", water_at=NOW + 20 * MIN), Harm.WATER),
        (thing("forecast", water_at=NOW + 50 * MIN), Harm.CALL),
        (thing("refused_call_out"), Harm.UNCALLED),
        (thing("alert", grade=Grade.RED, step="issue"), Harm.UNCALLED),
        (thing("held", grade=Grade.RED), Harm.UNCALLED),
        (thing("ill", step="blind"), Harm.UNCALLED),
        (thing("ill"), Harm.PAPER),
        (thing("held", grade=Grade.ORANGE), Harm.CALL),
        (thing("alert", grade=Grade.ORANGE, step="approve"), Harm.CALL),
        (thing("alert", grade=Grade.RED, step="countersign"), Harm.PAPER),
        (thing("refusal"), Harm.COUNT),
        (thing("sheet"), Harm.PAPER),
        (thing("station"), Harm.PAPER),
        (thing("a kind of a later room"), Harm.PAPER),
    ],
)
def test_each_thing_has_its_class(it: Thing, harm: Harm) -> None:
    assert harm_of(it) is harm


def test_a_cry_for_help_stands_above_four_counts_that_are_overdue() -> None:
    due = [("count", NOW - 9 * MIN, f"c{n}") for n in range(4)] + [("help", NOW + MIN, "h")]
    first = min(due, key=lambda d: rank(harm_of(thing(d[0])), d[1], d[2]))
    assert first[0] == "help"


@given(st.lists(st.tuples(st.sampled_from(list(Harm)), st.none() | st.integers(-90, 90)), min_size=2))
def test_nothing_of_a_lesser_class_stands_above_a_worse_one_and_inside_the_deadline_orders(
    found: list[tuple[Harm, int | None]],
) -> None:
    due = [(harm, None if n is None else NOW + n * MIN) for harm, n in found]
    ordered = sorted(due, key=lambda d: rank(*d))
    assert [d[0] for d in ordered] == sorted(d[0] for d in due)
    for (harm, at), (next_harm, then) in itertools.pairwise(ordered):
        if harm == next_harm:
            assert then is None or (at is not None and at <= then)


def test_every_state_of_a_village_has_its_class() -> None:
    classes = [harm_of(thing(state)) for state in STATES if state != "silent"]
    assert Harm.PAPER not in classes
    assert classes[0] is Harm.HELP
    assert classes[-1] is Harm.DONE


def test_the_docs_print_the_table_that_decides() -> None:
    page = (ROOT / "docs/explanation/urgency.md").read_text("utf-8")
    printed = re.findall(r"^\| (\d) \S.* \| (.+) \| (.*) \|$", page, re.MULTILINE)
    assert printed[:-1] == [(str(h.value), ", ".join(kinds), when) for h, kinds, when, _ in ROWS]
    assert int(printed[-1][0]) == Harm.PAPER
