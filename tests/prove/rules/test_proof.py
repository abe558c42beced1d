"""What can be proved of a village and of a person, and what is missing."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.prove.rules.proof import alert_proof, first_red, village_proof
from anlan.prove.rules.proof.duty import duty_record
from anlan.prove.rules.proof.shapes import Fact, FactKind

K = FactKind
T0 = datetime(2021, 8, 11, 19, 0, tzinfo=UTC)
TOWN = "0420001300210001"
OTHER_TOWN = "0420001300210002"
JINQIAO = TOWN + "0007"
SHUANGLI = TOWN + "0008"


def fact(kind: FactKind, second: int, *, place: str = JINQIAO, who: str = "", **detail: str | int) -> Fact:
    return Fact(
        kind=kind,
        at=T0 + timedelta(seconds=second),
        places=(place,),
        seq=1200 + second,
        who=who,
        detail=detail,
    )


NIGHT = (
    fact(K.IMPORTED, -17000, place=OTHER_TOWN, alert="I-1", level="red"),
    fact(K.EXCEEDANCE, 0, what="1 小时 30.0 mm"),
    fact(K.CALLED, 1, who="wang", call="c1", channel="voice", what="准备转移"),
    fact(K.CALLED, 1, who="leader", place=TOWN, call="c9", channel="voice"),
    fact(K.ANSWERED, 39, who="wang", call="c1", channel="voice", answer="received"),
    fact(K.ANSWERED, 50, who="liu", call="c2", channel="web", answer="at_post"),
    fact(K.LINE_ANSWERED, 50, who="liu", channel="web"),
    fact(K.LISTED, 700, households=38, people=121),
    fact(K.STAGE_ORDERED, 3600, who="wang", stage="move"),
    fact(K.COUNTED, 3900, who="liu", households=20, people=60),
    fact(K.COUNTED, 3970, who="liu", households=38, people=121),
    fact(K.DRAFTED, 3800, place=TOWN, who="li", alert="A-2", level="red"),
    fact(K.APPROVED, 3860, place=TOWN, who="xu", alert="A-2", verbal=1),
    fact(K.ISSUED, 3900, place=TOWN, who="xu", alert="A-2", level="red"),
)


def names(*facts: Fact, place: str = JINQIAO) -> list[str]:
    return [gap.name for gap in village_proof(place=place, facts=facts).gaps]


def test_a_village_is_proved_from_the_first_exceedance_to_the_last_household():
    proof = village_proof(place=JINQIAO, facts=NIGHT)
    assert proof.called is not None
    assert proof.answered is not None
    assert (proof.called.at - T0, proof.called.seq) == (timedelta(seconds=1), 1201)
    assert (proof.answered.who, proof.channel) == ("liu", "web")
    assert proof.first_answer is not None
    assert proof.first_answer.who == "wang"
    assert proof.proof_at == T0 + timedelta(seconds=50)
    assert (proof.households_to_move, proof.households_moved, proof.people_moved) == (38, 38, 121)
    assert proof.moved_at == T0 + timedelta(seconds=3970)


def test_draft_and_approval_are_those_of_the_alert_that_went_out():
    earlier = fact(K.DRAFTED, 100, place=TOWN, who="zhao", alert="A-1", level="orange")
    proof = village_proof(place=JINQIAO, facts=(earlier, *NIGHT))
    assert proof.draft is not None
    assert proof.approval is not None
    assert (proof.draft.who, proof.approval.who) == ("li", "xu")


def test_a_call_to_the_township_head_proves_nothing_for_a_village():
    proof = village_proof(place=SHUANGLI, facts=NIGHT)
    assert proof.called is None
    assert proof.issue is not None


def test_a_red_that_names_other_towns_is_no_red_for_this_one():
    red = first_red(place=JINQIAO, facts=NIGHT)
    assert red is not None
    assert red.at == T0 + timedelta(seconds=3900)
    imported = fact(K.IMPORTED, 600, place=TOWN, alert="I-2", level="red")
    earlier = first_red(place=JINQIAO, facts=(*NIGHT, imported))
    assert earlier is not None
    assert earlier.note == "I-2"
    assert first_red(place=JINQIAO, facts=()) is None


CALL = fact(K.CALLED, 1, who="wang", call="c1")
ORDERED = fact(K.DOOR_ORDERED, 135)
MOVE = fact(K.STAGE_ORDERED, 200, stage="move")


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ((fact(K.EXCEEDANCE, 0),), ["not_called", "no_warning"]),
        ((CALL,), ["not_reached", "no_warning"]),
        ((CALL, ORDERED), ["door_not_reported", "no_warning"]),
        ((CALL, ORDERED, fact(K.DOOR_CHECKED, 900)), ["no_warning"]),
        ((MOVE,), ["no_list", "no_warning"]),
        ((MOVE, fact(K.LISTED, 1, households=3)), ["not_counted_in", "no_warning"]),
        ((MOVE, fact(K.LISTED, 1, households=3), fact(K.COUNTED, 9, households=3)), ["no_warning"]),
    ],
)
def test_what_is_missing_is_named(facts: tuple[Fact, ...], expected: list[str]):
    assert names(*facts) == expected


def test_silence_without_a_knock_is_said_in_so_many_words():
    (first, _) = village_proof(place=JINQIAO, facts=(CALL,)).gaps
    assert first.words.zh == "无人应答，未敲门。"


def test_one_answer_of_two_is_not_called_nobody():
    heard = fact(K.ANSWERED, 20, who="wang", call="c1")
    (first, _) = village_proof(place=JINQIAO, facts=(CALL, heard)).gaps
    assert first.words.zh.startswith("应答人数不够")


def test_a_telephone_approval_without_its_signature_is_a_gap_until_signed():
    assert names(*NIGHT) == ["not_signed"]
    assert names(*NIGHT, fact(K.COUNTERSIGNED, 9000, place=TOWN, who="xu", alert="A-2")) == []


def test_an_answer_never_counts_as_moved():
    proof = village_proof(place=JINQIAO, facts=[row for row in NIGHT if row.kind is not K.COUNTED])
    assert proof.proof_at is not None
    assert (proof.households_moved, proof.moved_at) == (0, None)


def test_a_list_that_grows_after_the_count_opens_the_move_again():
    more = fact(K.LISTED, 5000, households=40, people=127)
    proof = village_proof(place=JINQIAO, facts=(*NIGHT, more))
    assert proof.moved_at is None
    assert "not_counted_in" in [gap.name for gap in proof.gaps]


def test_the_whole_is_proved_only_with_its_last_village():
    half = alert_proof(places=[JINQIAO, SHUANGLI], facts=NIGHT)
    assert (half.reached, half.last_proof_at) == (1, None)
    knock = fact(K.DOOR_CHECKED, 1800, place=SHUANGLI, who="zhou")
    whole = alert_proof(places=[JINQIAO, SHUANGLI], facts=(*NIGHT, knock))
    assert (whole.reached, whole.last_proof_at) == (2, T0 + timedelta(seconds=1800))
    assert whole.first_call_at == T0 + timedelta(seconds=1)
    assert whole.households_moved == 38


@given(st.permutations(NIGHT))
def test_the_order_in_which_facts_are_handed_in_does_not_matter(facts: list[Fact]):
    assert village_proof(place=JINQIAO, facts=facts) == village_proof(place=JINQIAO, facts=NIGHT)


def test_a_duty_record_says_when_told_what_done_and_what_has_no_record():
    asked = fact(K.TASKED, 3600, who="wang", task="t1", what="断路设岗（金桥桥头）")
    second = fact(K.CALLED, 3602, who="wang", call="c3", channel="voice", what="立即转移")
    heard = fact(K.ANSWERED, 3655, who="wang", call="c3", channel="voice", answer="moving")
    record = duty_record(holder="wang", facts=(*NIGHT, asked, second, heard))
    assert [(row.what, row.answered_after_s, row.answer) for row in record.told] == [
        ("准备转移", 38, "received"),
        ("立即转移", 53, "moving"),
    ]
    assert record.slowest_answer_s == 53
    assert [row.what for row in record.did] == ["received", "move", "moving"]
    assert [row.what for row in record.asked_unrecorded] == ["断路设岗（金桥桥头）"]
    done = fact(K.DONE, 3700, who="wang", task="t1")
    assert duty_record(holder="wang", facts=(asked, done)).asked_unrecorded == ()


def test_an_empty_record_says_nothing_rather_than_something():
    record = duty_record(holder="nobody", facts=NIGHT)
    assert (record.told, record.did, record.first_told_at) == ((), (), None)
