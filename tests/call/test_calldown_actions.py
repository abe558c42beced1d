"""Call-down as it is stored: opened once, answered once, held, released, and the same for whoever looks."""

from dataclasses import replace
from datetime import timedelta

import pytest

from anlan.call.actions import calldown, callout, hearing
from anlan.call.models import Answer, Call, CallDown, CallLine, ContactLost
from anlan.foundation import events, tasks
from anlan.foundation.context import Actor, Ctx
from anlan.foundation.errors import Conflict, Forbidden, Invalid, NotFound
from anlan.foundation.models import JournalEntry
from anlan.foundation.rules.errors import MovedNeedsCount, UnknownCall
from anlan.foundation.rules.grade import Grade
from anlan.foundation.scope import Scope
from anlan.places.atlas import atlas
from tests.support.city import NIGHT, TOWN, VILLAGE, VILLAGE_2, Mini


def opened(ctx: Ctx, *codes: str, grade: Grade = Grade.RED, stage: str = "move") -> str:
    return calldown.open_calldown(
        ctx,
        township=atlas().code(TOWN),
        villages=[atlas().code(code) for code in codes or (VILLAGE, VILLAGE_2)],
        grade=grade,
        stage=stage,
        cause="X-1",
        order_no="测试〔2021〕1号",
    )


def names(mini: Mini) -> list[str]:
    rows = JournalEntry.objects.filter(world=mini.world).order_by("seq")
    return list(rows.values_list("name", flat=True))


def village_line(ref: str, code: str = VILLAGE) -> CallLine:
    return CallLine.objects.get(call_down__ref=ref, key=f"village:{atlas().code(code).path}")


def by_holder(mini: Mini, holder_path: str, ref: str = "holder:H-v1-secretary") -> Ctx:
    ctx = mini.ctx()
    actor = Actor(ref=ref, permissions=frozenset({"warn.answer"}))
    return Ctx(ctx.world, ctx.now, actor, Scope.of(holder_path))


def test_opening_calls_offices_and_villages_at_once(mini: Mini) -> None:
    ref = opened(mini.ctx())
    kinds = set(CallLine.objects.filter(call_down__ref=ref).values_list("kind", flat=True))
    assert kinds == {"county", "township", "department", "village"}
    assert set(Call.objects.values_list("placed_at", flat=True)) == {NIGHT}
    assert Call.objects.filter(holder__ref="H-v1-secretary").count() == 1


def test_opening_again_at_the_same_grade_joins_the_one_that_runs(mini: Mini) -> None:
    first = opened(mini.ctx(), VILLAGE)
    assert opened(mini.ctx(), VILLAGE, VILLAGE_2) == first
    assert CallDown.objects.count() == 1
    assert CallLine.objects.filter(kind="village").count() == 2
    assert "warn.calldown.joined" in names(mini)


def test_a_higher_grade_takes_the_place_of_the_lower_and_keeps_its_villages(mini: Mini) -> None:
    low = opened(mini.ctx(), VILLAGE, VILLAGE_2, grade=Grade.ORANGE, stage="prepare")
    high = opened(mini.ctx(at=NIGHT + timedelta(minutes=20)), VILLAGE)
    assert CallDown.objects.get(ref=low).closed_at is not None
    assert CallLine.objects.filter(call_down__ref=high, kind="village").count() == 2
    assert set(CallLine.objects.filter(call_down__ref=low).values_list("closed_why", flat=True)) == {
        "superseded"
    }


def test_an_answer_counts_once_however_often_its_key_arrives(mini: Mini) -> None:
    ref = opened(mini.ctx())
    for _ in range(3):
        hearing.heard_answer(
            mini.ctx(), call_down=ref, holder="H-v1-secretary", kind=2, key="k-1", channel="web"
        )
    assert Answer.objects.count() == 1
    assert names(mini).count("warn.call.answered") == 1


def test_a_red_village_is_answered_when_two_of_its_own_people_have_said_so(mini: Mini) -> None:
    ref = opened(mini.ctx())
    hearing.heard_answer(mini.ctx(), call_down=ref, holder="H-v1-secretary", kind=1, key="a", channel="desk")
    assert village_line(ref).state == "calling"
    hearing.heard_answer(mini.ctx(), call_down=ref, holder="H-v1-group", kind=2, key="b", channel="desk")
    assert village_line(ref).state == "answered"


def test_moved_without_numbers_is_refused_and_leaves_nothing_behind(mini: Mini) -> None:
    ref = opened(mini.ctx())
    with pytest.raises(MovedNeedsCount):
        hearing.heard_answer(
            mini.ctx(), call_down=ref, holder="H-v1-secretary", kind=4, key="a", channel="web"
        )
    assert not Answer.objects.exists()


def test_a_village_secretary_answers_the_townships_call_down_from_the_own_village(mini: Mini) -> None:
    ref = opened(mini.ctx())
    ctx = by_holder(mini, atlas().code(VILLAGE).path)
    hearing.heard_answer(ctx, call_down=ref, holder="H-v1-secretary", kind=1, key="a", channel="web")
    assert Answer.objects.get().holder.ref == "H-v1-secretary"


def test_an_answer_through_a_narrow_scope_does_not_empty_the_other_ladders(mini: Mini) -> None:
    """Read through one village's scope, the other lines would look as if nobody stood on them."""
    ref = opened(mini.ctx())
    before = {line.key: line.state for line in CallLine.objects.filter(call_down__ref=ref)}
    ctx = by_holder(mini, atlas().code(VILLAGE).path)
    hearing.heard_answer(ctx, call_down=ref, holder="H-v1-secretary", kind=1, key="a", channel="web")
    assert {line.key: line.state for line in CallLine.objects.filter(call_down__ref=ref)} == before
    assert "warn.line.silent" not in names(mini)


def test_nobody_answers_for_a_village_outside_their_scope(mini: Mini) -> None:
    ref = opened(mini.ctx(), VILLAGE)
    ctx = by_holder(mini, atlas().code(VILLAGE_2).path, "holder:H-v2-secretary")
    with pytest.raises(NotFound):
        hearing.heard_answer(ctx, call_down=ref, holder="H-v1-secretary", kind=1, key="a", channel="web")


def test_a_foreign_officer_can_do_nothing_with_the_call_down(mini: Mini) -> None:
    ref = opened(mini.ctx())
    foreign = mini.ctx("foreign")
    for act in (
        lambda: calldown.hold(foreign, ref=ref, reason="不归我管的事"),
        lambda: calldown.stand_down(foreign, ref=ref, why="不归我管的事"),
        lambda: calldown.go_on(foreign, ref),
        lambda: hearing.heard_answer(
            foreign, call_down=ref, holder="H-v1-secretary", kind=1, key="a", channel="desk"
        ),
        lambda: callout.call_by_hand(foreign, places=[VILLAGE], grade="red", stage="move", reason="演练"),
    ):
        with pytest.raises(NotFound):
            act()


@pytest.mark.parametrize("role", ["village_cadre", "grid_worker", "foreign"])
def test_whoever_answers_from_a_village_cannot_end_the_calls_of_others(mini: Mini, role: str) -> None:
    """Nine outcomes for another village's calls would exhaust its ladder, and nobody there would be rung any more."""
    ref = opened(mini.ctx())
    ctx = replace(mini.ctx(role), actor=replace(mini.ctx(role).actor, permissions=frozenset({"warn.answer"})))
    before = {call.key: call.state for call in Call.objects.all()}
    others = [
        c for c in Call.objects.select_related("holder__place") if not ctx.scope.holds(c.holder.place.path)
    ]
    assert {"H-v2-secretary", "H-county-leader"} <= {call.holder.ref for call in others}
    for call in others:
        with pytest.raises((NotFound, UnknownCall)):
            hearing.heard_outcome(ctx, call_down=ref, call=call.key, outcome="refused")
    assert {call.key: call.state for call in Call.objects.all()} == before


@pytest.mark.parametrize("own", [True, False])
def test_an_answer_names_a_call_of_the_one_who_answers(mini: Mini, own: bool) -> None:
    """Else a grid worker's own answer would close the county leader's line as carried."""
    ref = opened(mini.ctx())
    key = Call.objects.get(holder__ref="H-v1-secretary" if own else "H-county-leader").key
    told = {
        "call_down": ref,
        "holder": "H-v1-secretary",
        "kind": 1,
        "key": "a",
        "channel": "desk",
        "call": key,
    }
    if own:
        hearing.heard_answer(mini.ctx("grid_worker"), **told)
        assert Call.objects.get(key=key).state == "answered"
        return
    for role in ("grid_worker", "duty_officer"):
        with pytest.raises((NotFound, UnknownCall)):
            hearing.heard_answer(mini.ctx(role), **told)
    assert Call.objects.get(key=key).state == "sending"


def test_a_held_call_down_calls_nobody_until_it_is_released(mini: Mini) -> None:
    ref = opened(mini.ctx())
    officer = mini.ctx("duty_officer")
    calldown.hold(officer, ref=ref, reason="测站误报，正在核实")
    placed = Call.objects.count()
    later = NIGHT + timedelta(minutes=3)
    calldown.go_on(mini.ctx(at=later), ref)
    assert Call.objects.count() == placed
    calldown.release(officer.at(later), ref=ref)
    assert Call.objects.count() > placed
    assert names(mini).index("warn.calldown.held") < names(mini).index("warn.calldown.released")


@pytest.mark.parametrize("reason", ["", "误", "   "])
def test_holding_wants_a_reason(mini: Mini, reason: str) -> None:
    ref = opened(mini.ctx())
    with pytest.raises(Invalid):
        calldown.hold(mini.ctx("duty_officer"), ref=ref, reason=reason)


def test_two_signs_are_a_reason(mini: Mini) -> None:
    ref = opened(mini.ctx())
    calldown.hold(mini.ctx("duty_officer"), ref=ref, reason="误报")
    assert CallDown.objects.get(ref=ref).held_reason == "误报"


def test_the_second_officer_who_holds_is_told_that_it_is_held(mini: Mini) -> None:
    ref = opened(mini.ctx())
    calldown.hold(mini.ctx("duty_officer"), ref=ref, reason="测站误报，正在核实")
    with pytest.raises(Conflict):
        calldown.hold(mini.ctx("leader"), ref=ref, reason="同时按下的暂缓")


def test_an_auditor_may_look_but_not_hold(mini: Mini) -> None:
    ref = opened(mini.ctx())
    with pytest.raises(Forbidden):
        calldown.hold(mini.ctx("auditor"), ref=ref, reason="审计员不应能暂缓")


def test_after_standing_down_nobody_is_called_and_it_cannot_be_ended_twice(mini: Mini) -> None:
    ref = opened(mini.ctx())
    calldown.stand_down(mini.ctx("duty_officer"), ref=ref, why="雨已停，县防指解除")
    placed = Call.objects.count()
    calldown.go_on(mini.ctx(at=NIGHT + timedelta(minutes=5)), ref)
    assert Call.objects.count() == placed
    with pytest.raises(Conflict):
        calldown.stand_down(mini.ctx("duty_officer"), ref=ref, why="雨已停，县防指解除")


def test_who_answered_is_left_alone_by_another_call_down_at_the_same_grade(mini: Mini) -> None:
    first = opened(mini.ctx(), VILLAGE)
    hearing.heard_answer(
        mini.ctx(), call_down=first, holder="H-v1-secretary", kind=2, key="a", channel="desk",
        call=Call.objects.get(holder__ref="H-v1-secretary").key,
    )  # fmt: skip
    calldown.stand_down(mini.ctx(), ref=first, why="换一份常设令重新叫")
    opened(mini.ctx(at=NIGHT + timedelta(minutes=10)), VILLAGE)
    assert Call.objects.filter(holder__ref="H-v1-secretary").count() == 1


def test_dialling_by_hand_takes_the_call_that_waits_and_else_begins_the_next(mini: Mini) -> None:
    ref = opened(mini.ctx())
    officer = mini.ctx("duty_officer")
    contact = "H-v1-secretary/1"
    first = calldown.dial_by_hand(officer, call_down=ref, holder="H-v1-secretary", contact=contact)
    assert first == Call.objects.get(holder__ref="H-v1-secretary").key
    hearing.heard_outcome(officer, call_down=ref, call=first, outcome="no_answer")
    second = calldown.dial_by_hand(officer, call_down=ref, holder="H-v1-secretary", contact=contact)
    assert second != first
    assert Call.objects.get(key=second).channel == "desk"


def test_a_number_that_is_not_on_the_ladder_is_not_dialled(mini: Mini) -> None:
    ref = opened(mini.ctx(), VILLAGE)
    with pytest.raises(NotFound):
        calldown.dial_by_hand(
            mini.ctx("duty_officer"), call_down=ref, holder="H-v2-secretary", contact="H-v2-secretary/1"
        )


def test_calling_by_hand_keeps_the_officers_reason(mini: Mini) -> None:
    refs = callout.call_by_hand(
        mini.ctx("duty_officer"), places=[VILLAGE], grade="orange", stage="prepare", reason="河边有人报涨水"
    )
    row = CallDown.objects.get(ref=refs[0])
    assert (row.order_no, row.cause) == ("河边有人报涨水", "manual")


# ---------- the call desk of a world without a telephone network ----------
def drained(mini: Mini, minutes: int) -> None:
    """Let handlers and due work of the next so many minutes run, as the engine would."""
    world, until = mini._fresh(), NIGHT + timedelta(minutes=minutes)
    while True:
        while events.step(world):
            pass
        work = tasks.next_due(world.pk, until)
        if work is None:
            return
        tasks.run(work, world)


def test_villages_that_nobody_has_dialled_are_checked_at_the_door_but_not_lost(mini: Mini) -> None:
    """One officer cannot dial ten villages in five minutes: that alone is no loss of contact."""
    ref = opened(mini.ctx())
    drained(mini, 12)
    assert set(Call.objects.values_list("state", flat=True)) == {"sending"}
    assert {village_line(ref, code).state for code in (VILLAGE, VILLAGE_2)} == {"door_check"}
    assert not ContactLost.objects.exists()
    for who in ("H-v1-secretary", "H-v2-secretary"):
        call = Call.objects.get(holder__ref=who)
        hearing.heard_outcome(
            mini.ctx(at=NIGHT + timedelta(minutes=12)), call_down=ref, call=call.key, outcome="no_answer"
        )
    drained(mini, 13)
    assert ContactLost.objects.exists()
