"""The call-down: ladders, answers, quiet times, crashes, told as scenes of one night."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from anlan.call.rules.calldown.board import line_view, summary
from anlan.call.rules.calldown.ladder import current_answers
from anlan.call.rules.calldown.reduce import close, on_answer, on_contact_lost, on_outcome, on_timeout
from anlan.call.rules.calldown.settings import CallSettings
from anlan.call.rules.calldown.shapes import (
    Answer,
    AnswerKind,
    CallState,
    Escalate,
    LineKind,
    LineState,
    OrderDoorCheck,
    PlaceCall,
    Wait,
)
from anlan.foundation.rules.errors import BadPack, ChatIsNoAnswer, MovedNeedsCount, UnknownCall, UnknownLine
from anlan.foundation.rules.grade import Grade
from tests.call.rules.callnight import (
    PACK,
    SETTINGS,
    T0,
    TOWN,
    Night,
    holder,
    jinqiao,
    opened,
    township,
    village,
)
from tests.support.ladders import ladder_diagram

ROOT = Path(__file__).parents[3]
LINE = f"village:{TOWN}0001"


def test_all_lines_are_called_at_once():
    two = village("0002", holder("zhou", "secretary"))
    night = Night(opened(jinqiao(), two, township()))
    night.tick()
    assert [(at, step.holder) for at, step in night.placed()] == [
        (T0, "leader"),
        (T0, "wang"),
        (T0, "zhou"),
    ]


def test_silence_climbs_the_ladder_and_ends_at_the_door():
    night = Night(opened(jinqiao()))
    night.until(lambda: night.call_down.lines[0].state is LineState.DOOR_CHECK)
    climbed = [(at - T0, step.to_rung) for at, step in night.steps if isinstance(step, Escalate)]
    assert climbed == [(timedelta(seconds=45), 1), (timedelta(seconds=90), 2)]
    order = next(step for _, step in night.steps if isinstance(step, OrderDoorCheck))
    assert (order.why, order.silent) == ("ladder_end", ("wang", "liu", "yang", "leader"))
    assert night.now - T0 == timedelta(seconds=135)


DESK = CallSettings.from_pack({"call_down": {**PACK["call_down"], "answer_within_s": {"desk": 60}}})  # type: ignore[dict-item]


def on_the_desk() -> Night:
    """A village whose people can only be dialled by hand."""
    people = [(who, role) for who, role in (("wang", "secretary"), ("liu", "deputy"), ("leader", "leader"))]
    by_hand = tuple(holder(who, role, channels=("desk", "desk")) for who, role in people)
    night = Night(opened(replace(village("0001"), holders=by_hand)), settings=DESK)
    night.tick()
    return night


def test_a_call_on_the_desk_waits_for_a_hand_while_the_ladder_climbs():
    night = on_the_desk()
    night.until(lambda: night.call_down.lines[0].state is LineState.DOOR_CHECK)
    climbed = [(at - T0, step.why) for at, step in night.steps if isinstance(step, Escalate)]
    assert climbed == [(timedelta(seconds=90), "timeout"), (timedelta(seconds=180), "timeout")]
    assert [(c.holder, c.state) for c in night.call_down.calls] == [
        (who, CallState.SENDING) for who in ("wang", "liu", "leader")
    ]
    night.crash()
    assert {c.state for c in night.call_down.calls} == {CallState.SENDING}


def test_after_a_hand_dialled_in_vain_the_next_number_waits_and_quiet_time_counts_from_then():
    night = on_the_desk()
    night.tick(300)
    night.end("wang", CallState.NO_ANSWER)
    night.tick()
    assert [c.contact for c in night.call_down.calls if c.holder == "wang"] == ["wang#0", "wang#1"]
    night.end("wang", CallState.NO_ANSWER)
    night.tick(100)
    assert "wang" not in {c.holder for c in night.live()}
    night.tick(20)
    assert [c.contact for c in night.live() if c.holder == "wang"] == ["wang#0"]


def test_a_red_wants_two_people_of_the_village():
    night = Night(opened(jinqiao()))
    night.tick()
    night.say("wang")
    night.tick(5)
    assert night.call_down.lines[0].state is LineState.CALLING
    night.say("liu", AnswerKind.AT_POST)
    night.tick(5)
    line = night.call_down.lines[0]
    assert (line.state, line.settled_at) == (LineState.ANSWERED, night.now)


def test_a_leader_who_answers_does_not_stand_for_a_silent_village():
    night = Night(opened(jinqiao(), township(), grade=Grade.ORANGE))
    night.tick()
    night.say("leader", AnswerKind.AT_POST)
    night.until(lambda: night.call_down.lines[1].state is LineState.DOOR_CHECK)
    assert night.call_down.lines[0].state is LineState.ANSWERED


def test_a_leader_in_two_lines_is_rung_once_and_the_call_names_both():
    two = village("0002", holder("zhou", "secretary"))
    night = Night(opened(jinqiao(), two))
    night.tick()
    night.until(lambda: any(step.holder == "leader" for _, step in night.placed()))
    calls = [step for _, step in night.placed() if step.holder == "leader"]
    assert len(calls) == 1
    night.tick()
    assert len([step for _, step in night.placed() if step.holder == "leader"]) == 1


def test_a_late_answer_still_counts_after_the_door_check_was_ordered():
    night = Night(opened(jinqiao()))
    night.until(lambda: night.call_down.lines[0].state is LineState.DOOR_CHECK)
    night.say("wang")
    night.say("liu")
    night.tick(1)
    line = night.call_down.lines[0]
    assert line.state is LineState.ANSWERED
    assert line.door_check_at is not None


def test_a_village_without_anybody_on_file_gets_its_door_check_at_once():
    empty = replace(jinqiao(), holders=())
    night = Night(opened(empty))
    steps = night.tick()
    assert [step.why for step in steps if isinstance(step, OrderDoorCheck)] == ["nobody"]


def test_the_silence_limit_orders_the_door_check_while_the_ladder_still_climbs():
    slow = replace(SETTINGS, silence_limit=timedelta(seconds=30))
    night = Night(opened(jinqiao()), settings=slow)
    night.tick()
    steps = night.tick(30)
    assert [step.why for step in steps if isinstance(step, OrderDoorCheck)] == ["silence_limit"]
    assert night.call_down.lines[0].rung == 0


def test_a_later_answer_replaces_the_earlier_one_and_both_are_kept():
    night = Night(opened(jinqiao()))
    night.tick()
    night.say("wang", AnswerKind.MOVING)
    night.tick(60)
    night.say("wang", AnswerKind.MOVED)
    assert [answer.kind for answer in night.call_down.answers] == [AnswerKind.MOVING, AnswerKind.MOVED]
    assert current_answers(night.call_down)["wang"].kind is AnswerKind.MOVED


def test_an_answer_kept_on_a_phone_without_network_does_not_replace_a_newer_one():
    night = Night(opened(jinqiao()))
    night.tick()
    late = Answer(holder="wang", kind=AnswerKind.RECEIVED, at=T0 + timedelta(seconds=5), channel="web")
    night.tick(60)
    night.say("wang", AnswerKind.MOVING)
    night.call_down = on_answer(call_down=night.call_down, answer=late)
    assert current_answers(night.call_down)["wang"].kind is AnswerKind.MOVING


def test_moved_on_the_telephone_is_a_claim_and_answers_the_line_no_more_than_that():
    night = Night(opened(jinqiao(), grade=Grade.ORANGE))
    night.tick()
    night.say("wang", AnswerKind.MOVED)
    night.tick(1)
    view = line_view(call_down=night.call_down, line=night.call_down.lines[0])
    assert (view.state, view.claimed_households, view.answered_by) == (LineState.ANSWERED, 38, "wang")


def test_a_word_in_a_group_chat_is_no_answer():
    chat = Answer(holder="wang", kind=AnswerKind.RECEIVED, at=T0, channel="chat")
    with pytest.raises(ChatIsNoAnswer):
        on_answer(call_down=opened(jinqiao()), answer=chat)


def test_moved_without_numbers_is_asked_again():
    bare = Answer(holder="wang", kind=AnswerKind.MOVED, at=T0, channel="voice")
    with pytest.raises(MovedNeedsCount):
        on_answer(call_down=opened(jinqiao()), answer=bare)


def test_a_wrong_number_is_never_dialled_again_and_the_next_one_at_once():
    two = village("0001", holder("wang", "secretary", channels=("voice", "voice")))
    night = Night(opened(two))
    night.tick()
    night.end("wang", CallState.WRONG_NUMBER)
    night.tick(1)
    night.until(lambda: len(night.placed()) > 5)
    numbers = [step.contact for _, step in night.placed() if step.holder == "wang"]
    assert numbers[:2] == ["wang#0", "wang#1"]
    assert "wang#0" not in numbers[1:]


def test_who_refuses_is_not_rung_again_and_the_ladder_goes_up_at_once():
    night = Night(opened(jinqiao()))
    night.tick()
    night.end("wang", CallState.REFUSED)
    steps = night.tick(1)
    assert Escalate(line=LINE, to_rung=1, why="exhausted") in steps
    night.until(lambda: night.now > T0 + timedelta(minutes=20) or not night.live())
    assert [step.holder for _, step in night.placed()].count("wang") == 1


def test_after_a_crash_while_sending_the_call_is_unknown_and_the_next_channel_is_tried():
    two = village("0001", holder("wang", "secretary", channels=("voice", "web")))
    night = Night(opened(two))
    night.tick()
    night.crash()
    assert night.call_down.calls[0].state is CallState.UNKNOWN
    steps = night.tick(2)
    assert [(step.holder, step.channel) for step in steps if isinstance(step, PlaceCall)] == [("wang", "web")]


def test_what_the_network_says_later_replaces_unknown_but_not_an_answer():
    night = Night(opened(jinqiao()))
    night.tick()
    night.crash()
    key = night.call_down.calls[0].key
    busy = on_outcome(call_down=night.call_down, call=key, outcome=CallState.BUSY, at=night.now)
    assert busy.calls[0].state is CallState.BUSY
    night.say("wang")
    again = on_outcome(call_down=night.call_down, call=key, outcome=CallState.BUSY, at=night.now)
    assert again.calls[0].state is CallState.ANSWERED


def test_the_same_fact_twice_changes_nothing():
    night = Night(opened(jinqiao()))
    night.tick()
    night.say("wang")
    once = night.call_down
    night.say("wang")
    assert night.call_down == once
    assert night.tick()[-1] == Wait(line=LINE, until=night.tick()[-1].until)
    assert on_timeout(call_down=night.call_down, now=night.now) == night.call_down


def test_who_answered_is_left_alone_at_the_same_grade_and_called_again_at_a_higher_one():
    orange = Night(opened(jinqiao(), grade=Grade.ORANGE))
    orange.tick()
    orange.say("wang")
    orange.tick(1)
    for grade, expected in ((Grade.ORANGE, []), (Grade.RED, ["wang"])):
        again = Night(
            opened(jinqiao(), grade=grade, ref="C-2", at=orange.now),
            now=orange.now,
            elsewhere=orange.call_down.calls,
        )
        again.tick(60)
        assert [step.holder for _, step in again.placed()] == expected


def test_a_county_leader_who_just_answered_one_township_is_not_rung_for_the_next():
    chief = replace(township(), kind=LineKind.COUNTY, holders=(holder("chief", "chief"),))
    first = Night(opened(chief))
    first.tick()
    first.say("chief")
    first.tick(1)
    second = Night(opened(chief, ref="C-2"), now=first.now, elsewhere=first.call_down.calls)
    closed = second.tick(60)
    assert second.call_down.lines[0].state is LineState.ANSWERED
    assert closed[0].carried == ("chief",)
    assert second.placed() == []


def test_a_village_is_never_answered_by_what_was_said_for_another_call():
    first = Night(opened(jinqiao()))
    first.tick()
    first.say("wang")
    second = Night(opened(jinqiao(), ref="C-2"), now=first.now, elsewhere=first.call_down.calls)
    second.until(lambda: second.call_down.lines[0].state is LineState.DOOR_CHECK)


def test_contact_lost_covers_the_villages_not_heard_and_a_knock_settles_them():
    night = Night(opened(jinqiao(), township()))
    night.tick()
    night.say("leader")
    night.tick(1)
    night.call_down = on_contact_lost(call_down=night.call_down)
    assert [line.state for line in night.call_down.lines] == [LineState.ANSWERED, LineState.CONTACT_LOST]
    night.knock(LINE)
    assert night.call_down.lines[1].state is LineState.DOOR_CHECKED
    assert night.tick(600)[-1] == Wait(line=LINE, until=None)


def test_a_higher_grade_closes_what_is_still_open_and_leaves_the_rest():
    night = Night(opened(jinqiao(), township()))
    night.tick()
    night.say("leader")
    night.tick(1)
    done = close(call_down=night.call_down, why="superseded", at=night.now)
    assert [line.state for line in done.lines] == [LineState.ANSWERED, LineState.CLOSED]
    assert done.lines[1].closed_why == "superseded"


def test_a_grade_that_the_pack_leaves_out_opens_no_line():
    assert opened(jinqiao(), grade=Grade.BLUE).lines == ()


def test_names_never_placed_are_refused_by_name():
    with pytest.raises(UnknownCall):
        on_outcome(call_down=opened(jinqiao()), call="x", outcome=CallState.BUSY, at=T0)
    with pytest.raises(UnknownLine):
        Night(opened(jinqiao())).knock("x")
    with pytest.raises(ValueError, match="no outcome"):
        on_outcome(call_down=opened(jinqiao()), call="x", outcome=CallState.ANSWERED, at=T0)


def test_the_board_counts_each_person_once():
    two = village("0002", holder("zhou", "secretary"))
    night = Night(opened(jinqiao(), two, township()))
    night.tick()
    night.say("leader", AnswerKind.AT_POST)
    night.say("wang", AnswerKind.NEED_HELP)
    board = summary(call_down=night.call_down)
    assert (board.to_call, board.answered, board.at_post, board.silent, board.need_help) == (5, 2, 2, 3, 1)


def test_a_channel_without_a_time_out_is_a_named_fault_of_the_pack():
    with pytest.raises(BadPack):
        SETTINGS.within("pigeon")
    broken = {"call_down": {**PACK["call_down"], "quiet_after_answer_s": 1}}  # type: ignore[dict-item]
    with pytest.raises(BadPack):
        CallSettings.from_pack(broken)


def shipped() -> CallSettings:
    path = ROOT / "src/anlan/packs/call/call-down.toml"
    return CallSettings.from_pack(tomllib.loads(path.read_text("utf-8")))


def test_the_shipped_pack_calls_all_four_kinds_on_a_red():
    ladders = shipped().ladders
    assert set(ladders) == set(LineKind)
    assert all(Grade.RED in ladder.wanted for ladder in ladders.values())
    assert all(ladder.rungs[0].stands_for_place for ladder in ladders.values())


def test_the_page_of_the_call_down_holds_the_ladders_of_the_shipped_pack():
    page = (ROOT / "docs/explanation/call-down.md").read_text("utf-8")
    assert f"```mermaid\n{ladder_diagram(settings=shipped())}```\n" in page


def test_the_keys_of_the_call_desk_are_the_answers_and_outcomes_known_here():
    path = ROOT / "src/anlan/packs/call/answers.toml"
    keys = {row["key"]: row for row in tomllib.loads(path.read_text("utf-8"))["answer"]}
    assert [keys[kind]["code"] for kind in AnswerKind] == [kind.name.lower() for kind in AnswerKind]
    assert {keys[key]["code"] for key in (6, 7, 8)} <= set(CallState)
    assert not any(keys[key]["counts"] for key in (6, 7, 8))
