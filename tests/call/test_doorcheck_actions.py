"""Door checks and moving as they are stored: who goes, who is counted in, and what a scope allows."""

from datetime import timedelta

import pytest

from anlan.call.actions import doorchecks, hearing
from anlan.call.models import CallLine, DoorCheck
from anlan.foundation.context import Ctx
from anlan.foundation.errors import Conflict, Invalid, NotFound
from anlan.foundation.models import Task
from anlan.foundation.rules.errors import IllegalStage, NotDispatched, NotOrdered
from anlan.foundation.scope import Scope
from anlan.foundation.tasks import run
from anlan.move.actions import moving
from anlan.move.models import Evacuation, HouseholdMove
from anlan.places.atlas import atlas
from tests.call.test_calldown_actions import names, opened, village_line
from tests.support.city import NIGHT, VILLAGE, VILLAGE_2, Mini


def answered(ctx: Ctx, ref: str, holder: str, kind: int = 2) -> None:
    hearing.heard_answer(
        ctx, call_down=ref, holder=holder, kind=kind, key=f"{holder}-{kind}", channel="desk",
        households=2 if kind == 4 else None, people_moved=6 if kind == 4 else None,
    )  # fmt: skip


def test_the_door_check_sends_somebody_who_has_answered(mini: Mini) -> None:
    ref = opened(mini.ctx())
    answered(mini.ctx(), ref, "H-v1-group")
    doorchecks.order(mini.ctx(), call_down=ref, line=village_line(ref).key)
    check = DoorCheck.objects.get()
    assert (check.means, check.holder and check.holder.ref) == ("person", "H-v1-group")
    assert {n["why"] for n in check.why["not_sent"]} == {"silent"}


def test_nobody_free_means_a_gong(mini: Mini) -> None:
    ref = opened(mini.ctx())
    doorchecks.order(mini.ctx(), call_down=ref, line=village_line(ref).key)
    assert DoorCheck.objects.get().means == "gong"


def test_ordering_twice_sends_one(mini: Mini) -> None:
    ref = opened(mini.ctx())
    line = village_line(ref).key
    assert doorchecks.order(mini.ctx(), call_down=ref, line=line) == doorchecks.order(
        mini.ctx(), call_down=ref, line=line
    )


def test_a_report_from_the_door_settles_the_line(mini: Mini) -> None:
    ref = opened(mini.ctx())
    check = doorchecks.order(mini.ctx(), call_down=ref, line=village_line(ref).key)
    doorchecks.report(mini.ctx(), ref=check, outcome="reached", households=3)
    assert village_line(ref).state == "door_checked"
    with pytest.raises(Conflict):
        doorchecks.report(mini.ctx(), ref=check, outcome="reached")


def test_a_grid_worker_reports_for_the_own_village(mini: Mini) -> None:
    """The call-down belongs to the township, which lies above the grid worker's scope."""
    ref = opened(mini.ctx())
    check = doorchecks.order(mini.ctx(), call_down=ref, line=village_line(ref).key)
    doorchecks.report(mini.ctx("grid_worker"), ref=check, outcome="reached")
    assert village_line(ref).state == "door_checked"


def test_a_gong_heard_from_afar_is_no_door_check(mini: Mini) -> None:
    ref = opened(mini.ctx())
    check = doorchecks.order(mini.ctx(), call_down=ref, line=village_line(ref).key)
    doorchecks.report(mini.ctx(), ref=check, outcome="warned_from_afar")
    assert village_line(ref).state == "calling"


def test_who_had_to_turn_back_is_followed_by_the_next(mini: Mini) -> None:
    ref = opened(mini.ctx())
    answered(mini.ctx(), ref, "H-v1-group")
    check = doorchecks.order(mini.ctx(), call_down=ref, line=village_line(ref).key)
    doorchecks.report(mini.ctx(), ref=check, outcome="turned_back")
    following = DoorCheck.objects.exclude(ref=check).get()
    assert (following.state, following.holder) == ("ordered", None)


def test_who_never_reported_is_not_sent_to_the_same_door_again(mini: Mini) -> None:
    ref = opened(mini.ctx())
    answered(mini.ctx(), ref, "H-v1-group")
    doorchecks.order(mini.ctx(), call_down=ref, line=village_line(ref).key)
    run(Task.objects.get(kind="warn.doorcheck.overdue"), mini.world)
    states = list(DoorCheck.objects.order_by("pk").values_list("state", "holder__ref"))
    assert states == [("overdue", "H-v1-group"), ("ordered", None)]


def test_the_officer_sends_another_and_is_told_why_one_cannot_go(mini: Mini) -> None:
    ref = opened(mini.ctx())
    for holder in ("H-v1-group", "H-v1-deputy"):
        answered(mini.ctx(), ref, holder)
    line = village_line(ref).key
    first = doorchecks.order(mini.ctx(), call_down=ref, line=line)
    sent = DoorCheck.objects.get(ref=first).holder
    other = {"H-v1-group": "H-v1-deputy", "H-v1-deputy": "H-v1-group"}[sent.ref if sent else ""]
    with pytest.raises(NotDispatched):
        doorchecks.order(mini.ctx("duty_officer"), call_down=ref, line=line, who="H-town-cover")
    doorchecks.order(mini.ctx("duty_officer"), call_down=ref, line=line, who=other)
    assert DoorCheck.objects.get(ref=first).state == "cancelled"
    assert DoorCheck.objects.get(state="ordered").holder.ref == other  # type: ignore[union-attr]


def test_a_made_up_outcome_is_refused(mini: Mini) -> None:
    ref = opened(mini.ctx())
    check = doorchecks.order(mini.ctx(), call_down=ref, line=village_line(ref).key)
    with pytest.raises(Invalid):
        doorchecks.report(mini.ctx(), ref=check, outcome="fine")


def move(ctx: Ctx, stage: str = "move", *, tier: str = "county", code: str = VILLAGE, basis: str = "") -> str:
    return moving.order_stage(ctx, village=atlas().code(code), stage=stage, by="U-1", tier=tier, basis=basis)


def count(ctx: Ctx, households: int, people_in: int) -> None:
    moving.count_in(
        ctx,
        village=atlas().code(VILLAGE),
        households=households,
        people_in=people_in,
        site="柳林中学",
        by="U-1",
    )


def test_an_order_lists_the_households_to_move(mini: Mini) -> None:
    move(mini.ctx())
    row = Evacuation.objects.get()
    assert (row.households_to_move, row.people_to_move, row.households_moved) == (2, 6, 0)


def test_an_answer_moved_is_a_claim_until_the_count_at_the_site(mini: Mini) -> None:
    ref = opened(mini.ctx())
    move(mini.ctx())
    answered(mini.ctx(), ref, "H-v1-secretary", kind=4)
    assert Evacuation.objects.get(place_id=mini.ids[VILLAGE]).households_moved == 0
    count(mini.ctx(), 2, 6)
    row = Evacuation.objects.get(place_id=mini.ids[VILLAGE])
    assert (row.households_moved, row.stage) == (2, "count")


@pytest.mark.parametrize(("households", "people_in"), [(3, 9), (-1, 0), (1, -1)])
def test_more_than_the_list_holds_cannot_be_counted_in(mini: Mini, households: int, people_in: int) -> None:
    move(mini.ctx())
    with pytest.raises(Invalid):
        count(mini.ctx(), households, people_in)


def test_nothing_is_counted_in_where_nobody_was_told_to_move(mini: Mini) -> None:
    with pytest.raises(NotFound):
        count(mini.ctx(), 1, 3)


def test_counting_goes_on_where_it_stopped(mini: Mini) -> None:
    move(mini.ctx())
    count(mini.ctx(), 1, 3)
    count(mini.ctx(), 1, 3)
    assert Evacuation.objects.get().households_moved == 2
    assert set(HouseholdMove.objects.values_list("state", flat=True)) == {"to_move"}, "a count names nobody"
    with pytest.raises(Invalid):
        count(mini.ctx(), 1, 3)


def test_a_later_night_counts_everybody_anew(mini: Mini) -> None:
    """Households that moved last time and went home have not moved this time."""
    move(mini.ctx())
    count(mini.ctx(), 2, 6)
    move(mini.ctx(), "stay_out")
    move(mini.ctx(), "return", basis="水利站现场核实，水已退")
    second = move(mini.ctx(at=NIGHT + timedelta(hours=20)))
    assert Evacuation.objects.count() == 2
    assert Evacuation.objects.get(ref=second).households_moved == 0


def test_stages_follow_each_other_and_a_return_needs_its_basis(mini: Mini) -> None:
    with pytest.raises(IllegalStage):
        move(mini.ctx(), "stay_out")
    move(mini.ctx(), "prepare")
    with pytest.raises(NotOrdered):
        move(mini.ctx(), "return")
    with pytest.raises(NotOrdered):
        move(mini.ctx(), "return", tier="village", basis="水已退")


def test_a_cadre_orders_for_the_own_village_alone(mini: Mini) -> None:
    move(mini.ctx("village_cadre"), tier="village")
    with pytest.raises(NotFound):
        move(mini.ctx("village_cadre"), tier="village", code=VILLAGE_2)
    assert Evacuation.objects.count() == 1


def test_each_household_is_marked_and_the_journal_carries_the_count(mini: Mini) -> None:
    ref = move(mini.ctx())
    households = [m.household.ref for m in HouseholdMove.objects.order_by("household__ref")]
    moving.mark_household(mini.ctx(), evacuation=ref, household=households[0], event="counted_in")
    moving.mark_household(mini.ctx(), evacuation=ref, household=households[1], event="refused", note="怕丢猪")
    row = Evacuation.objects.get()
    assert (row.households_moved, row.households_refused) == (1, 1)
    assert names(mini)[-1] == "warn.household.marked"


def test_a_household_out_of_scope_is_not_found(mini: Mini) -> None:
    ref = move(mini.ctx())
    ctx = mini.may("warn.move", path=atlas().code(VILLAGE_2).path)
    assert ctx.scope == Scope.of(atlas().code(VILLAGE_2).path)
    with pytest.raises(NotFound):
        moving.mark_household(ctx, evacuation=ref, household=f"HH-{VILLAGE}-1", event="set_out")


def test_every_village_line_of_a_call_down_is_told_its_stage_once(mini: Mini) -> None:
    from anlan.foundation import events

    opened(mini.ctx())
    while events.step(mini.world):
        pass
    assert Evacuation.objects.count() == CallLine.objects.filter(kind="village").count() == 2
