"""The buttons of an alert come from its table: for every state and actor those that were spelled out by hand before."""

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from anlan.foundation.rules.grade import Grade
from anlan.warn.rules.alert import JOINTLY, LIFE, SYSTEM, TABLE, open_to
from anlan.warn.rules.alert.shapes import (
    Actor,
    AlertSettings,
    AlertState,
    CoSigner,
    Event,
    Message,
    State,
    VerbalApproval,
)

T0 = datetime(2021, 8, 11, 20, 0, tzinfo=UTC)
ALL = frozenset(row.permission for row in TABLE)
TELEPHONE = VerbalApproval(
    leader="xu",
    leader_permissions=ALL,
    number="138",
    at=T0,
    words="同意发，马上发。",
    recorded_by="li",
)
DRAFT = {
    "ref": "A-20210812-002",
    "message": Message.ALERT,
    "grade": Grade.RED,
    "place": "柳林镇",
    "authors": frozenset({"li"}),
    "revision": 1,
    "expires_at": T0,
}


def by_hand(alert: AlertState, actor: Actor, settings: AlertSettings) -> set[Event]:
    """The buttons as the page spelled them out, guard by guard, before they came from the table."""
    own, may, phone = actor.ref in alert.authors, actor.permissions.__contains__, settings.cosign_by_telephone
    confirms = any(
        not v.confirmed_by and actor.ref not in (v.recorded_by, v.leader) for v in alert.unconfirmed
    )
    mine = next((each for each in alert.cosigners if each.unit == actor.unit), None)
    in_hand = alert.state in (State.REVIEW, State.APPROVED)
    signs = alert.verbal is not None and alert.countersigned_at is None and alert.verbal.leader == actor.ref
    found = {
        step.event: may(step.permission) for step in LIFE.after(alert.state) if step.permission != SYSTEM
    }
    if mine is not None:
        waits = mine in alert.unsigned and in_hand
        return {
            *({Event.REJECT} if in_hand and not own and may("warn.approve") else ()),
            *({Event.COSIGN} if waits and not own and may("warn.approve") else ()),
            *({Event.COSIGN_VERBALLY} if waits and phone and may("warn.draft") else ()),
            *({Event.CONFIRM_VERBALLY} if in_hand and confirms and may("warn.draft") else ()),
            *(
                {Event.COUNTERSIGN}
                if mine.owes_signature and mine.by == actor.ref and may("warn.approve")
                else ()
            ),
        } & found.keys()
    no = {Event.COSIGN}
    no |= {Event.REVIEW, Event.REJECT, Event.APPROVE} if own else {Event.WITHDRAW}
    no |= {Event.REVIEW} if alert.reviewed_by else set()
    no |= set() if signs else {Event.COUNTERSIGN}
    no |= set() if phone and alert.unsigned else {Event.COSIGN_VERBALLY}
    no |= set() if confirms else {Event.CONFIRM_VERBALLY}
    no |= {Event.ISSUE} if alert.unsigned or alert.unconfirmed else set()
    return {event for event, held in found.items() if held} - no


COSIGNERS = [
    (),
    (CoSigner(unit="O-water", name="水利局"),),
    (CoSigner(unit="O-water", name="水利局", by="zhao", at=T0, revision=1),),
    (CoSigner(unit="O-water", name="水利局", by="zhao", at=T0, revision=1, verbal=TELEPHONE),),
    (
        CoSigner(unit="O-water", name="水利局", by="zhao", at=T0, revision=1),
        CoSigner(unit="O-land", name="资规局"),
    ),
]


@given(
    state=st.sampled_from(State),
    who=st.sampled_from([("li", "O-weather"), ("xu", "O-weather"), ("zhao", "O-water"), ("qian", "O-water")]),
    permissions=st.frozensets(st.sampled_from(sorted(ALL))),
    cosigners=st.sampled_from(COSIGNERS),
    verbal=st.sampled_from([None, TELEPHONE, replace(TELEPHONE, confirmed_by="huang")]),
    reviewed_by=st.sampled_from(["", "huang"]),
    phone=st.booleans(),
)
def test_the_buttons_of_every_actor_in_every_state_are_those_that_were_spelled_out_before(
    state, who, permissions, cosigners, verbal, reviewed_by, phone
):
    settings = AlertSettings(cosign_by_telephone=phone)
    actor = Actor(ref=who[0], unit=who[1], permissions=permissions)
    alert = AlertState(**DRAFT, state=state, cosigners=cosigners, verbal=verbal, reviewed_by=reviewed_by)
    if state is State.DRAFT:  # a text that goes back loses what was agreed
        alert = replace(
            alert,
            verbal=None,
            reviewed_by="",
            cosigners=cosigners[:1] if cosigners[:1] == COSIGNERS[1] else (),
        )
    found = open_to(alert=alert, actor=actor, now=T0, settings=settings)
    assert set(found) == by_hand(alert, actor, settings)
    assert len(found) == len(set(found))
    assert set(found) <= JOINTLY or all(each.unit != actor.unit for each in alert.cosigners)
