"""What is proved of a village comes from the journal: called, answered by enough, door-checked, counted in."""

from datetime import timedelta

import pytest

from anlan.call.actions import doorchecks, hearing
from anlan.foundation import events
from anlan.foundation.context import Ctx
from anlan.move.actions import moving
from anlan.places.atlas import atlas
from anlan.prove.queries.proof import VillageRow, village_proofs
from anlan.prove.queries.proof.facts import facts_of
from anlan.prove.rules.proof.shapes import FactKind
from tests.call.test_calldown_actions import opened, village_line
from tests.support.city import LIULIN_PATH, NIGHT, VILLAGE, VILLAGE_2, Mini
from tests.support.records import make_records


def said(ctx: Ctx, ref: str, holder: str, kind: int = 2, channel: str = "voice") -> None:
    hearing.heard_answer(
        ctx, call_down=ref, holder=holder, kind=kind, key=f"{holder}-{kind}", channel=channel,
        households=2 if kind == 4 else None, people_moved=6 if kind == 4 else None,
    )  # fmt: skip


def proof_of(ctx: Ctx, code: str = VILLAGE) -> VillageRow:
    return next(row for row in village_proofs(ctx, LIULIN_PATH) if row.code == code)


@pytest.fixture
def mini(city: Mini) -> Mini:
    """An exercise with a telephone network: calls are placed by it, not laid on the desk."""
    return city.exercise(settings={"hours": "ending", "network": "simulated"})


@pytest.fixture
def ref(mini: Mini) -> str:
    ref = opened(mini.ctx())
    while events.step(mini.world):
        pass
    return ref


def test_a_village_that_was_called_and_is_silent_has_no_proof(mini: Mini, ref: str) -> None:
    row = proof_of(mini.ctx())
    assert (row.called_at, row.answered_at, row.proof_at, row.channel) == (NIGHT, None, None, "")
    assert row.households_to_move == 2


def test_one_answer_of_two_wanted_proves_nothing_yet(mini: Mini, ref: str) -> None:
    said(mini.ctx(), ref, "H-v1-secretary")
    assert proof_of(mini.ctx()).answered_at is None
    assert proof_of(mini.ctx()).proof.first_answer is not None


def test_the_answer_that_completes_the_village_is_named_by_its_post(mini: Mini, ref: str) -> None:
    said(mini.ctx(), ref, "H-v1-secretary")
    later = mini.ctx(at=NIGHT + timedelta(seconds=70))
    said(later, ref, "H-v1-group", channel="web")
    row = proof_of(later)
    assert (row.answered_by, row.channel, row.answered_at) == ("三组组长", "web", later.now)
    assert row.proof_at == later.now


def test_a_call_to_the_township_head_does_not_reach_the_village(mini: Mini, ref: str) -> None:
    said(mini.ctx(), ref, "H-town-leader")
    assert proof_of(mini.ctx()).proof.first_answer is None


def test_a_person_at_the_door_proves_the_village_and_a_gong_does_not(mini: Mini, ref: str) -> None:
    for code, outcome in ((VILLAGE, "reached"), (VILLAGE_2, "warned_from_afar")):
        check = doorchecks.order(mini.ctx(), call_down=ref, line=village_line(ref, code).key)
        doorchecks.report(mini.ctx(), ref=check, outcome=outcome)
    assert proof_of(mini.ctx()).door_checked_at == NIGHT
    assert proof_of(mini.ctx(), VILLAGE_2).door_checked_at is None


def test_a_claim_on_the_telephone_moves_nobody_and_a_count_does(mini: Mini, ref: str) -> None:
    said(mini.ctx(), ref, "H-v1-secretary", kind=4)
    assert proof_of(mini.ctx()).households_moved == 0
    moving.count_in(
        mini.ctx(), village=atlas().code(VILLAGE), households=2, people_in=6, site="柳林中学", by="U-1"
    )
    row = proof_of(mini.ctx())
    assert (row.households_moved, row.proof.people_moved, row.proof.moved_at) == (2, 6, NIGHT)


def test_a_household_marked_one_by_one_is_counted_too(mini: Mini, ref: str) -> None:
    move = moving.order_stage(
        mini.ctx(), village=atlas().code(VILLAGE), stage="move", by="U-1", tier="county"
    )
    moving.mark_household(mini.ctx(), evacuation=move, household=f"HH-{VILLAGE}-1", event="counted_in")
    assert proof_of(mini.ctx()).households_moved == 1


def test_what_was_not_known_by_then_is_not_told(mini: Mini, ref: str) -> None:
    later = mini.ctx(at=NIGHT + timedelta(minutes=3))
    said(later, ref, "H-v1-secretary")
    said(later, ref, "H-v1-group")
    before = village_proofs(later, LIULIN_PATH, until=NIGHT + timedelta(minutes=1))
    assert all(row.answered_at is None for row in before)


def test_every_moment_carries_its_place_in_the_journal(mini: Mini) -> None:
    make_records(mini)
    facts = facts_of(mini.ctx(), LIULIN_PATH)
    kinds = {fact.kind for fact in facts}
    assert {FactKind.CALLED, FactKind.ANSWERED, FactKind.STAGE_ORDERED, FactKind.LISTED} <= kinds
    assert all(fact.seq > 0 for fact in facts if fact.kind is not FactKind.IMPORTED)


def test_a_warning_that_names_the_township_stands_in_its_villages_proof(mini: Mini) -> None:
    make_records(mini)
    row = proof_of(mini.ctx())
    assert row.proof.first_red is not None


def test_a_foreign_reader_is_told_nothing(mini: Mini, ref: str) -> None:
    assert village_proofs(mini.ctx("foreign"), LIULIN_PATH) == []
    assert facts_of(mini.ctx("foreign"), LIULIN_PATH) == []
