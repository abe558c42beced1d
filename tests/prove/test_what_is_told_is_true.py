"""A lifted receiver is no answer, a headcount names nobody, no figure beyond the register is taken, and edited rows are named."""

from datetime import timedelta

import pytest

from anlan.call import sending
from anlan.call.actions import hearing, links
from anlan.call.models import Answer, Call, CallLine
from anlan.foundation import channels, edited, events
from anlan.foundation.context import Ctx
from anlan.foundation.errors import Invalid
from anlan.move.actions import moving
from anlan.move.models import Evacuation, HouseholdMove
from anlan.places.atlas import atlas
from anlan.places.models import Division
from anlan.prove.queries.proof import VillageRow, village_proofs
from anlan.warn.actions.alerts import importing
from anlan.warn.models import Alert
from tests.call.test_calldown_actions import opened, village_line
from tests.support.city import LIULIN_PATH, NIGHT, TOWN, VILLAGE, Mini
from tests.support.records import make_records


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


def call_of(holder: str) -> Call:
    return Call.objects.get(holder__ref=holder)


def report(call: Call, digit: int | None, households: int | None = None) -> channels.Report:
    people = households * 3 if households else None
    return channels.Report(call.key, NIGHT, 1, "answered", digit=digit, households=households, people=people)


def proof_of(ctx: Ctx) -> VillageRow:
    return next(row for row in village_proofs(ctx, LIULIN_PATH) if row.code == VILLAGE)


def test_who_lifts_the_receiver_and_presses_nothing_has_not_answered_and_is_not_left_alone(
    mini: Mini, ref: str
) -> None:
    call = call_of("H-v1-secretary")
    sending.hear(mini.ctx(), [report(call, digit=None)])
    call.refresh_from_db()
    assert call.state == "picked_up"
    assert not Answer.objects.exists()
    assert village_line(ref).state == "calling"


def test_an_impossible_report_does_not_take_the_others_of_its_moment_with_it(mini: Mini, ref: str) -> None:
    Division.objects.filter(pk=atlas().code(VILLAGE).id).update(households=30, residents=90)
    impossible = report(call_of("H-v1-secretary"), digit=4, households=999_999)
    sending.hear(mini.ctx(), [impossible, report(call_of("H-town-leader"), digit=2)])
    assert list(Answer.objects.values_list("holder__ref", flat=True)) == ["H-town-leader"]


def test_a_figure_beyond_the_register_is_asked_about(mini: Mini, ref: str) -> None:
    Division.objects.filter(pk=atlas().code(VILLAGE).id).update(households=30, residents=90)
    with pytest.raises(Invalid, match="30"):
        hearing.heard_answer(
            mini.ctx(), call_down=ref, holder="H-v1-secretary", kind=4, key="k", channel="web",
            households=31, people_moved=90,
        )  # fmt: skip


def test_a_headcount_names_nobody_and_what_is_named_later_is_not_counted_twice(mini: Mini, ref: str) -> None:
    village = atlas().code(VILLAGE)
    moving.count_in(mini.ctx(), village=village, households=1, people_in=3, site="柳林中学", by="U-1")
    assert not HouseholdMove.objects.filter(state="moved").exists()
    row = Evacuation.objects.get(place_id=village.id)
    assert (row.households_moved, row.households_named, row.people_moved) == (1, 0, 3)
    moving.mark_household(mini.ctx(), evacuation=row.ref, household=f"HH-{VILLAGE}-1", event="counted_in")
    row.refresh_from_db()
    assert (row.households_moved, row.households_named) == (1, 1)
    assert (proof_of(mini.ctx()).households_moved, proof_of(mini.ctx()).households_named) == (1, 1)


def test_the_page_of_a_village_tells_who_was_counted_and_not_named(mini: Mini, ref: str) -> None:
    village = atlas().code(VILLAGE)
    moving.count_in(mini.ctx(), village=village, households=2, people_in=6, site="柳林中学", by="U-1")
    move = Evacuation.objects.get(place_id=village.id).ref
    body = mini.client("duty_officer").get(f"/w/{mini.world.key}/moving/{move}").content.decode()
    assert "其中点名 0 户；还有 2 户没对上名" in body


def test_an_answer_by_a_link_that_was_handed_over_before_any_call_is_proved_from_the_hand_over(
    city: Mini,
) -> None:
    by_hand = city.exercise()
    ref = opened(by_hand.ctx())
    links.hand_over(by_hand.ctx(), call_down=ref, holder="H-v1-secretary")
    answered = by_hand.ctx(at=NIGHT + timedelta(seconds=40))
    hearing.heard_answer(answered, call_down=ref, holder="H-v1-secretary", kind=2, key="k", channel="web")
    row = proof_of(answered)
    assert (row.called_at, row.known_at) == (None, NIGHT)
    assert row.proof.first_answer is not None
    assert row.proof.first_answer.at - row.known_at == timedelta(seconds=40)
    assert not any(gap.name in ("not_dialled", "not_called") for gap in row.proof.gaps)


def test_knowledge_never_begins_after_the_answer(city: Mini) -> None:
    by_hand = city.exercise()
    ref = opened(by_hand.ctx())
    hearing.heard_answer(
        by_hand.ctx(), call_down=ref, holder="H-v1-secretary", kind=2, key="k", channel="web"
    )
    later = by_hand.ctx(at=NIGHT + timedelta(seconds=93))
    call = Call.objects.get(holder__ref="H-v1-group")
    hearing.heard_outcome(later, call_down=ref, call=call.key, outcome="no_answer")
    assert proof_of(later).known_at == NIGHT


@pytest.mark.parametrize("edit", ["answer", "count", "household", "line"])
def test_a_row_that_was_edited_beside_the_journal_is_named(mini: Mini, edit: str) -> None:
    make_records(mini)
    ctx = mini.ctx()
    assert not list(edited.edited(ctx.world))
    move = Evacuation.objects.filter(world=mini.world).first()
    assert move is not None
    match edit:
        case "answer":
            Answer.objects.filter(world=mini.world).update(kind=4)
        case "count":
            Evacuation.objects.filter(pk=move.pk).update(households_moved=9)
        case "household":
            HouseholdMove.objects.filter(evacuation=move).update(state="moved")
        case "line":
            CallLine.objects.filter(world=mini.world, kind="village").update(state="answered")
    assert edited.edited(ctx.world)


def test_an_alert_whose_level_was_edited_is_named(mini: Mini) -> None:
    ref = importing.take_in(
        mini.ctx(), issuer_name="县气象台", event_type="11B03", level=4, named=[TOWN], headline="红色预警", issued_at=NIGHT
    )  # fmt: skip
    assert edited.edited(mini.ctx().world) == []
    Alert.objects.filter(ref=ref).update(level=1)
    assert edited.edited(mini.ctx().world) == [edited.Edited(ref, "level")]
