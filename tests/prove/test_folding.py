"""Long lists fold on screen: the many tries of a silent village, and those who are not sent to its door."""

from datetime import timedelta

import pytest

from anlan.call.actions import hearing
from anlan.call.models import Call
from anlan.call.queries.doors import Doors, Kept
from anlan.foundation.words import say
from anlan.prove.documents.papers import Cell, Row, Section
from tests.call.test_calldown_actions import opened
from tests.support.city import NIGHT, VILLAGE, Mini


def section(*kinds: str) -> Section:
    """Rows named by their moment: t for a try, x for anything else."""
    rows = tuple(Row(cells=(Cell(text=f"{n}"),), is_try=kind == "t") for n, kind in enumerate("".join(kinds)))
    return Section(title="", heads=("时刻",), rows=rows, widths=(1,))


@pytest.mark.parametrize(
    ("kinds", "blocks"),
    [
        ("x", [(1, False)]),
        ("xttx", [(1, False), (2, False), (1, False)]),
        ("xtttttx", [(1, False), (5, False), (1, False)]),
        ("xttttttx", [(1, False), (2, False), (4, True), (1, False)]),
        ("xttxtttt", [(1, False), (2, False), (1, False), (4, True)]),
        ("", []),
    ],
)
def test_a_long_run_of_tries_folds_but_for_the_first_call_and_what_came_of_it(
    kinds: str, blocks: list[tuple[int, bool]]
) -> None:
    found = section(kinds).blocks
    assert [(len(block.rows), block.is_folded) for block in found] == blocks
    assert [row for block in found for row in block.rows] == list(section(kinds).rows), "nothing is left out"


def test_a_fold_says_from_when_to_when() -> None:
    fold = next(block for block in section("xtttttttt").blocks if block.is_folded)
    assert (fold.since, fold.until) == ("3", "8")


def test_those_who_are_not_sent_are_counted_by_reason_the_commonest_first() -> None:
    kept = tuple(
        Kept(name="杨**", title="组长", reason=reason, why=why)
        for reason, why in (
            ("moving", say("正在转移群众。")),
            ("too_far", say("太远，{m} 米。", m=5200)),
            ("too_far", say("太远，{m} 米。", m=7100)),
        )
    )
    doors = Doors(
        row=None, line="", place=None, is_settled=False, state=("", ""), sent=(), candidates=(), kept=kept, instead=(),
    )  # type: ignore[arg-type]  # fmt: skip
    assert [(why["zh"], why["en"], len(people)) for why, people in doors.kept_by_reason] == [
        ("太远", "Too far", 2),
        ("正在转移群众", "Is moving people", 1),
    ]


@pytest.fixture
def silent(city: Mini) -> Mini:
    """A village that is called round after round, in vain."""
    mini = city.exercise(settings={"hours": "ending", "network": "simulated"})
    ref = opened(mini.ctx())
    for minute in range(1, 13):
        now = mini.ctx(at=NIGHT + timedelta(minutes=minute))
        for key in Call.objects.filter(state="sending").values_list("key", flat=True):
            hearing.heard_outcome(now, call_down=ref, call=key, outcome="no_answer")
    return mini


def test_the_proof_of_a_silent_village_tells_the_outcome_first_and_folds_the_tries(silent: Mini) -> None:
    body = silent.client("auditor").get(f"/w/{silent.world.key}/proof/{VILLAGE}").content.decode()
    outcome, course = body.index("没有证据说明这个村联系上了。"), body.index("经过")
    assert outcome < course
    assert "无人应答" in body[outcome:course]
    assert "接着叫" in body
    assert body.count("<details") >= 1
    assert body.count("通没有应答") > 4, "all of them can be opened"
