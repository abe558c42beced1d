"""The life cycle of a public alert: who may do what, and what is refused by which name."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.foundation.rules.grade import Grade
from anlan.foundation.rules.life import Refusal
from anlan.warn.rules.alert import LIFE, TABLE, approval_label, countersign_is_overdue, decide
from anlan.warn.rules.alert.shapes import (
    Actor,
    AlertSettings,
    AlertState,
    Event,
    Evidence,
    IssuerVerdict,
    Link,
    Message,
    State,
    Transition,
    VerbalApproval,
)

ROOT = Path(__file__).parents[3]
T0 = datetime(2021, 8, 11, 20, 0, tzinfo=UTC)
ALL = frozenset(row.permission for row in TABLE)
LI = Actor(ref="li", permissions=ALL)
XU = Actor(ref="xu", permissions=ALL)
HUANG = Actor(ref="huang", permissions=ALL)
SETTINGS = AlertSettings()
LAWFUL = Evidence(issuer=IssuerVerdict(lawful=True))
RED = Evidence(issuer=IssuerVerdict(lawful=True), retyped_place="柳林镇", retyped_level="红色")
TELEPHONE = VerbalApproval(
    leader="xu",
    leader_permissions=ALL,
    number="138",
    at=T0 + timedelta(minutes=2),
    words="同意发，马上发。",
    recorded_by="li",
)


def draft(**changes: object) -> AlertState:
    base = AlertState(
        ref="A-20210812-002",
        state=State.DRAFT,
        message=Message.ALERT,
        grade=Grade.RED,
        place="柳林镇",
        authors=frozenset({"li"}),
        revision=1,
        expires_at=T0 + timedelta(hours=6),
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def step(alert: AlertState, event: Event, actor: Actor, evidence: Evidence = LAWFUL, **more: object):
    now = more.get("now", T0 + timedelta(minutes=5))
    settings = more.get("settings", SETTINGS)
    return decide(alert=alert, event=event, actor=actor, now=now, evidence=evidence, settings=settings)


def after(alert: AlertState, event: Event, actor: Actor, evidence: Evidence = LAWFUL, **more: object):
    found = step(alert, event, actor, evidence, **more)
    assert isinstance(found, Transition), found
    return found.alert


def refused(alert: AlertState, event: Event, actor: Actor, evidence: Evidence = LAWFUL, **more: object):
    found = step(alert, event, actor, evidence, **more)
    assert isinstance(found, Refusal), found
    assert found.says.zh
    assert found.says.en
    return found.name


def in_review(**changes: object) -> AlertState:
    return after(draft(**changes), Event.SUBMIT, LI, now=T0)


def approved(**changes: object) -> AlertState:
    return after(in_review(**changes), Event.APPROVE, XU, RED)


def issued(**changes: object) -> AlertState:
    return after(approved(**changes), Event.ISSUE, XU)


def test_two_persons_bring_a_red_from_draft_to_the_public():
    alert = issued()
    assert (alert.state, alert.approved_by, alert.issued_at) == (
        State.ISSUED,
        "xu",
        T0 + timedelta(minutes=5),
    )


def test_nobody_approves_or_reviews_their_own_draft():
    assert refused(in_review(), Event.APPROVE, LI, RED) == "own_draft"
    assert refused(in_review(), Event.REVIEW, LI) == "own_draft"


def test_whoever_changed_the_text_may_not_approve_it_either():
    changed = after(draft(), Event.EDIT, XU)
    sent = after(changed, Event.SUBMIT, LI)
    assert refused(sent, Event.APPROVE, XU, RED) == "own_draft"
    assert after(sent, Event.APPROVE, HUANG, RED).approved_by == "huang"


@pytest.mark.parametrize(
    ("place", "level", "name"),
    [
        ("", "红色", "place_not_retyped"),
        ("洪山镇", "红色", "place_not_retyped"),
        ("柳林镇", "", "level_not_retyped"),
        ("柳林镇", "橙色", "level_not_retyped"),
    ],
)
def test_a_red_needs_place_and_level_typed_again(place: str, level: str, name: str):
    typed = replace(RED, retyped_place=place, retyped_level=level)
    assert refused(in_review(), Event.APPROVE, XU, typed) == name


def test_an_orange_is_approved_without_typing_again():
    assert after(in_review(grade=Grade.ORANGE), Event.APPROVE, XU).state is State.APPROVED


def test_a_unit_that_is_no_lawful_issuer_gets_nowhere():
    bureau = Evidence(issuer=IssuerVerdict(lawful=False))
    assert refused(draft(), Event.SUBMIT, LI, bureau) == "issuer_not_lawful"
    assert refused(approved(), Event.ISSUE, XU, bureau) == "issuer_not_lawful"
    assert refused(draft(), Event.SUBMIT, LI, Evidence()) == "issuer_not_checked"


def test_an_approval_by_telephone_is_issued_at_once_and_waits_for_its_signature():
    alert = after(in_review(), Event.APPROVE_VERBALLY, LI, replace(RED, verbal=TELEPHONE))
    assert (alert.state, alert.approved_by) == (State.APPROVED, "xu")
    assert alert.countersign_due_at == TELEPHONE.at + timedelta(hours=24)
    out = after(after(alert, Event.CONFIRM_VERBALLY, HUANG), Event.ISSUE, XU)
    assert approval_label(alert=out, now=T0)[0] == "口头批准，待补签"
    late = TELEPHONE.at + timedelta(hours=25)
    assert countersign_is_overdue(alert=out, now=late)
    assert approval_label(alert=out, now=late)[0] == "口头批准，补签超时"
    assert refused(out, Event.COUNTERSIGN, HUANG) == "not_the_leader"
    signed = after(out, Event.COUNTERSIGN, XU)
    assert signed.state is State.ISSUED
    assert not countersign_is_overdue(alert=signed, now=late)
    assert refused(signed, Event.COUNTERSIGN, XU) == "nothing_to_sign"


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"words": " "}, "verbal_incomplete"),
        ({"number": ""}, "verbal_incomplete"),
        ({"leader": ""}, "verbal_incomplete"),
        ({"at": T0 - timedelta(minutes=1)}, "verbal_time"),
        ({"at": T0 + timedelta(minutes=6)}, "verbal_time"),
        ({"leader": "li"}, "own_draft"),
        ({"leader_permissions": frozenset()}, "leader_may_not_approve"),
    ],
)
def test_an_approval_by_telephone_needs_all_its_parts(changes: dict[str, object], name: str):
    verbal = replace(TELEPHONE, **changes)  # type: ignore[arg-type]
    assert refused(in_review(), Event.APPROVE_VERBALLY, LI, replace(RED, verbal=verbal)) == name


def test_who_wrote_it_down_and_the_leader_do_not_confirm_what_was_said():
    alert = after(in_review(), Event.APPROVE_VERBALLY, LI, replace(RED, verbal=TELEPHONE))
    for who in (LI, XU):
        assert refused(alert, Event.CONFIRM_VERBALLY, who) == "verbal_unconfirmed"
    assert refused(alert, Event.ISSUE, HUANG) == "verbal_unconfirmed"
    assert approval_label(alert=alert, now=T0)[0] == "口头批准，待第二人确认"
    confirmed = after(alert, Event.CONFIRM_VERBALLY, HUANG)
    assert (confirmed.state, confirmed.unconfirmed) == (State.APPROVED, ())
    assert after(confirmed, Event.ISSUE, LI).state is State.ISSUED


def test_a_red_by_telephone_is_typed_again_as_well():
    assert (
        refused(in_review(), Event.APPROVE_VERBALLY, LI, replace(LAWFUL, verbal=TELEPHONE))
        == "place_not_retyped"
    )


def test_a_rejected_text_goes_back_and_loses_review_and_approval():
    assert refused(in_review(), Event.REJECT, XU) == "no_reason"
    back = after(approved(), Event.REJECT, XU, Evidence(reason="地名不对"))
    assert (back.state, back.approved_by, back.submitted_at) == (State.DRAFT, "", None)


def test_only_its_author_withdraws_a_text():
    assert refused(in_review(), Event.WITHDRAW, XU) == "not_author"
    assert after(approved(), Event.WITHDRAW, LI).approved_revision is None


def test_a_text_changed_after_its_approval_is_not_issued():
    assert refused(replace(approved(), revision=2), Event.ISSUE, XU) == "text_changed"


def test_with_a_review_asked_for_three_persons_are_needed():
    three = AlertSettings(reviews_needed=1)
    assert refused(in_review(), Event.APPROVE, XU, RED, settings=three) == "not_reviewed"
    seen = after(in_review(), Event.REVIEW, HUANG)
    assert refused(seen, Event.APPROVE, HUANG, RED, settings=three) == "reviewer_approves"
    assert after(seen, Event.APPROVE, XU, RED, settings=three).state is State.APPROVED


@pytest.mark.parametrize("message", [Message.UPDATE, Message.CANCEL, Message.ALL_CLEAR])
def test_a_link_names_the_last_valid_link_before_it(message: Message):
    link = draft(message=message, predecessor="A-1")
    before = Link(ref="A-1", state=State.ISSUED, message=Message.ALERT)
    assert refused(link, Event.SUBMIT, LI) == "no_predecessor"
    stale = replace(LAWFUL, predecessor=replace(before, state=State.CANCELLED))
    assert refused(link, Event.SUBMIT, LI, stale) == "predecessor_not_current"
    assert after(link, Event.SUBMIT, LI, replace(LAWFUL, predecessor=before)).state is State.REVIEW


def test_an_update_may_follow_an_alert_that_has_just_run_out():
    gone = replace(LAWFUL, predecessor=Link(ref="A-1", state=State.EXPIRED, message=Message.ALERT))
    update = draft(message=Message.UPDATE, predecessor="A-1")
    assert after(update, Event.SUBMIT, LI, gone).state is State.REVIEW
    clear = draft(message=Message.ALL_CLEAR, predecessor="A-1")
    assert refused(clear, Event.SUBMIT, LI, gone) == "predecessor_not_current"


@pytest.mark.parametrize(
    ("event", "message", "state"),
    [
        (Event.UPDATE, Message.UPDATE, State.UPDATED),
        (Event.ALL_CLEAR, Message.ALL_CLEAR, State.ALL_CLEAR),
        (Event.CANCEL, Message.CANCEL, State.CANCELLED),
    ],
)
def test_an_alert_ends_only_when_the_next_link_is_issued(event: Event, message: Message, state: State):
    alert = issued()
    unsent = Link(ref="A-3", state=State.APPROVED, message=message, predecessor=alert.ref)
    assert refused(alert, event, XU, Evidence(successor=unsent)) == "no_successor"
    stranger = replace(unsent, state=State.ISSUED, predecessor="A-9")
    assert refused(alert, event, XU, Evidence(successor=stranger)) == "no_successor"
    sent = replace(unsent, state=State.ISSUED)
    assert after(alert, event, XU, Evidence(successor=sent)).state is state


def test_an_alert_expires_at_its_time_and_not_before():
    alert = issued()
    assert refused(alert, Event.EXPIRE, XU) == "not_yet_expired"
    assert after(alert, Event.EXPIRE, XU, now=alert.expires_at).state is State.EXPIRED


@pytest.mark.parametrize(
    ("expires_at", "name"),
    [
        (None, "no_expiry"),
        (T0, "already_expired"),
        (T0 + timedelta(hours=30), "valid_too_long"),
    ],
)
def test_an_alert_needs_an_expiry_ahead_and_not_too_far(expires_at: datetime | None, name: str):
    assert refused(draft(expires_at=expires_at), Event.SUBMIT, LI) == name


def test_an_unfinished_draft_says_what_it_lacks():
    found = step(draft(), Event.SUBMIT, LI, replace(LAWFUL, missing=("给居民的话",)))
    assert isinstance(found, Refusal)
    assert "给居民的话" in found.says.zh


def test_the_second_of_two_officers_who_approve_at_once_is_told_so():
    assert refused(approved(), Event.APPROVE, HUANG, RED) == "not_now"


def test_what_has_ended_takes_no_more_than_a_signature():
    for state in (State.UPDATED, State.ALL_CLEAR, State.CANCELLED, State.EXPIRED):
        assert {step.event for step in LIFE.after(state)} == {Event.COUNTERSIGN}


@given(
    state=st.sampled_from(State),
    event=st.sampled_from(Event),
    author=st.booleans(),
    verbal=st.sampled_from([None, TELEPHONE]),
)
def test_without_the_permission_nothing_happens_and_nobody_ever_approves_alone(
    state: State, event: Event, author: bool, verbal: VerbalApproval | None
):
    actor = LI if author else XU
    alert = draft(state=state, approved_revision=1)
    powerless = replace(actor, permissions=frozenset())
    assert isinstance(step(alert, event, powerless, replace(RED, verbal=verbal)), Refusal)
    found = step(alert, event, actor, replace(RED, verbal=verbal))
    if (
        isinstance(found, Transition)
        and found.to_state is State.APPROVED
        and found.from_state is State.REVIEW
    ):
        assert found.alert.approved_by not in found.alert.authors


def test_the_pack_of_approval_is_read():
    data = tomllib.loads((ROOT / "src/anlan/packs/law/approval.toml").read_text("utf-8"))
    settings = AlertSettings.from_pack(data)
    assert settings.retype_from is Grade.RED
    assert settings.countersign_within == timedelta(hours=24)
    assert settings.reviews_needed == 0
    assert settings.approve_within[Grade.RED] == timedelta(minutes=5)


def test_the_page_of_the_life_cycle_holds_the_diagram_made_from_the_table():
    page = (ROOT / "docs/explanation/alert-life-cycle.md").read_text("utf-8")
    assert f"```mermaid\n{LIFE.diagram()}```\n" in page


def test_the_table_reaches_every_state_and_traps_nothing():
    assert list(LIFE.faults()) == []
    assert set(LIFE.states) == set(State)


def test_an_approval_by_telephone_says_by_when_it_is_to_be_signed():
    found = step(in_review(), Event.APPROVE_VERBALLY, LI, replace(RED, verbal=TELEPHONE))
    assert isinstance(found, Transition)
    assert found.due_at == found.alert.countersign_due_at == TELEPHONE.at + timedelta(hours=24)


def test_the_officer_awake_may_send_out_what_the_leader_approved_by_telephone():
    roles = tomllib.loads((ROOT / "src/anlan/packs/place/roles.toml").read_text("utf-8"))["role"]
    may = {role["code"]: frozenset(role["may"]) for role in roles}
    officer = Actor(ref="li", permissions=may["duty_officer"])
    verbal = replace(TELEPHONE, leader_permissions=may["leader"])
    alert = after(in_review(), Event.APPROVE_VERBALLY, officer, replace(RED, verbal=verbal))
    alert = after(alert, Event.CONFIRM_VERBALLY, replace(officer, ref="huang"))
    assert after(alert, Event.ISSUE, officer).state is State.ISSUED
    assert refused(in_review(), Event.APPROVE, officer, RED) == "not_permitted"
