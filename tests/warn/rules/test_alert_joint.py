"""Joint issue: what two units must issue together goes out only when both agreed, by two persons."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.foundation.rules.life import Refusal
from anlan.warn.rules.alert.shapes import Actor, AlertSettings, AlertState, CoSigner, Event, Evidence, State
from anlan.warn.rules.alert.shapes import Transition as Yes
from tests.warn.rules.test_alert import (
    ALL,
    HUANG,
    LAWFUL,
    LI,
    RED,
    T0,
    TELEPHONE,
    XU,
    after,
    draft,
    refused,
    step,
)

SKY = Actor(ref="chen", permissions=ALL, unit="O-weather")
SKY_2 = Actor(ref="zhou", permissions=ALL, unit="O-weather")
BY_TELEPHONE = AlertSettings(cosign_by_telephone=True)
HEARD = replace(RED, verbal=replace(TELEPHONE, leader="chen"), cosigner="O-weather")


def joint(state: State = State.REVIEW) -> AlertState:
    alert = draft(cosigners=(CoSigner(unit="O-weather", name="随县气象台"),))
    alert = after(alert, Event.SUBMIT, LI, now=T0)
    return after(alert, Event.APPROVE, XU, RED) if state is State.APPROVED else alert


def test_what_the_other_unit_has_not_agreed_to_is_not_issued_and_says_who_lacks():
    found = step(joint(State.APPROVED), Event.ISSUE, LI)
    assert isinstance(found, Refusal)
    assert (found.name, "随县气象台" in found.says.zh) == ("not_cosigned", True)


@pytest.mark.parametrize("first", [Event.APPROVE, Event.COSIGN])
def test_the_two_units_agree_in_any_order(first: Event):
    alert = joint()
    for event in (Event.APPROVE, Event.COSIGN) if first is Event.APPROVE else (Event.COSIGN, Event.APPROVE):
        alert = after(alert, event, XU if event is Event.APPROVE else SKY, RED)
    assert alert.cosigners[0].by == "chen"
    assert after(alert, Event.ISSUE, LI).state is State.ISSUED


def test_nobody_signs_for_two_units_and_no_author_for_any():
    assert refused(joint(State.APPROVED), Event.COSIGN, replace(XU, unit="O-weather"), RED) == "one_hand"
    signed = after(joint(), Event.COSIGN, SKY, RED)
    assert refused(signed, Event.APPROVE, SKY, RED) == "one_hand"
    assert refused(signed, Event.APPROVE_VERBALLY, LI, HEARD) == "one_hand"
    assert refused(joint(), Event.COSIGN, replace(LI, unit="O-weather"), RED) == "own_draft"


def test_a_unit_that_does_not_issue_it_has_nothing_to_sign():
    assert refused(joint(), Event.COSIGN, HUANG, RED) == "not_a_cosigner"


def test_the_second_of_two_officers_of_one_unit_is_told_that_it_is_signed():
    signed = after(joint(), Event.COSIGN, SKY, RED)
    assert refused(signed, Event.COSIGN, SKY_2, RED) == "cosigned_already"


def test_a_red_is_typed_again_by_the_second_unit_too():
    assert refused(joint(), Event.COSIGN, SKY, LAWFUL) == "place_not_retyped"


@pytest.mark.parametrize("state", [State.REVIEW, State.APPROVED])
def test_a_text_sent_back_loses_what_the_other_unit_agreed_to(state: State):
    signed = after(joint(state), Event.COSIGN, SKY, RED)
    back = after(signed, Event.REJECT, SKY_2, Evidence(reason="地名不对"))
    assert (back.cosigners[0].by, back.cosigners[0].name) == ("", "随县气象台")
    changed = after(back, Event.EDIT, LI)
    again = after(after(changed, Event.SUBMIT, LI, now=T0), Event.APPROVE, XU, RED)
    assert refused(again, Event.ISSUE, LI) == "not_cosigned"


def test_by_telephone_it_stands_once_confirmed_and_is_signed_afterwards():
    alert = after(joint(State.APPROVED), Event.COSIGN_VERBALLY, LI, HEARD, settings=BY_TELEPHONE)
    (each,) = alert.cosigners
    assert (each.by, each.owes_signature) == ("chen", True)
    assert each.countersign_due_at == TELEPHONE.at + timedelta(hours=24)
    assert refused(alert, Event.ISSUE, LI) == "verbal_unconfirmed"
    out = after(after(alert, Event.CONFIRM_VERBALLY, HUANG), Event.ISSUE, LI)
    assert refused(out, Event.COUNTERSIGN, XU) == "not_the_leader"
    signed = after(out, Event.COUNTERSIGN, SKY)
    assert not signed.cosigners[0].owes_signature
    assert refused(signed, Event.COUNTERSIGN, SKY) == "nothing_to_sign"


def test_both_units_by_telephone_owe_two_signatures():
    heard = after(joint(), Event.APPROVE_VERBALLY, LI, replace(RED, verbal=TELEPHONE))
    both = after(heard, Event.COSIGN_VERBALLY, LI, HEARD, settings=BY_TELEPHONE)
    first = after(both, Event.COUNTERSIGN, SKY)
    assert (first.countersigned_at, first.cosigners[0].owes_signature) == (None, False)
    assert after(first, Event.COUNTERSIGN, XU).countersigned_at is not None


def test_where_the_pack_does_not_allow_it_nobody_agrees_by_telephone():
    assert refused(joint(), Event.COSIGN_VERBALLY, LI, HEARD) == "cosign_not_by_telephone"


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"leader_permissions": frozenset()}, "leader_may_not_approve"),
        ({"leader": "li"}, "own_draft"),
        ({"words": " "}, "verbal_incomplete"),
    ],
)
def test_an_agreement_by_telephone_needs_all_that_an_approval_needs(changes: dict[str, object], name: str):
    evidence = replace(HEARD, verbal=replace(HEARD.verbal, **changes))
    assert refused(joint(), Event.COSIGN_VERBALLY, LI, evidence, settings=BY_TELEPHONE) == name


@given(
    st.lists(st.sampled_from([*Event]), max_size=12),
    st.lists(st.sampled_from([LI, XU, SKY, SKY_2]), min_size=12),
)
def test_whatever_is_pressed_a_joint_alert_goes_out_by_two_hands_of_two_units(
    events: list[Event], hands: list[Actor]
):
    alert = draft(cosigners=(CoSigner(unit="O-weather", name="随县气象台"),))
    evidence = replace(RED, reason="理由", verbal=TELEPHONE, cosigner="O-weather")
    for event, hand in zip(events, hands, strict=False):
        found = step(alert, event, hand, evidence, settings=BY_TELEPHONE)
        alert = found.alert if isinstance(found, Yes) else alert
        if alert.state is State.ISSUED:
            (each,) = alert.cosigners
            assert each.revision == alert.approved_revision == alert.revision
            assert len({each.by, alert.approved_by} | alert.authors) == 2 + len(alert.authors)
