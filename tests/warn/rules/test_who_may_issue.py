"""Roles against the law's two persons: whoever presses 签发, somebody else who may approve has approved that very text."""

import tomllib
from dataclasses import replace
from datetime import timedelta
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.warn.rules.alert.shapes import Actor, AlertSettings, Event, State, Transition
from tests.warn.rules.test_alert import RED, T0, TELEPHONE, draft, step

ROOT = Path(__file__).parents[3]
ROLES = {
    role["code"]: frozenset(role["may"])
    for role in tomllib.loads((ROOT / "src/anlan/packs/place/roles.toml").read_text("utf-8"))["role"]
}
PEOPLE = [Actor(ref=f"{role}-{n}", permissions=may) for (role, may), n in product(ROLES.items(), (1, 2))]
MAY = {who.ref: who.permissions for who in PEOPLE}


def test_who_may_issue_is_who_is_awake_and_none_of_them_may_approve_for_themselves() -> None:
    assert {role for role, may in ROLES.items() if "warn.issue" in may} == {"duty_officer", "approver"}
    assert {role for role, may in ROLES.items() if "warn.approve" in may} == {"approver", "leader"}
    assert not [role for role, may in ROLES.items() if {"warn.draft", "warn.approve"} <= may]


@pytest.mark.parametrize(
    "role", ["village_cadre", "grid_worker", "auditor", "administrator", "station_engineer"]
)
def test_nobody_else_drafts_approves_or_issues(role: str) -> None:
    assert not ROLES[role] & {"warn.draft", "warn.review", "warn.approve", "warn.issue"}


STEPS = st.tuples(st.sampled_from(Event), st.sampled_from(PEOPLE), st.sampled_from(PEOPLE))


@given(st.lists(STEPS, max_size=14))
def test_whoever_presses_what_nothing_is_issued_that_nobody_else_approved(
    steps: list[tuple[Event, Actor, Actor]],
) -> None:
    alert = draft(authors=frozenset({"duty_officer-1"}))
    for n, (event, actor, leader) in enumerate(steps):
        now = T0 + timedelta(minutes=n + 1)
        verbal = replace(
            TELEPHONE, leader=leader.ref, leader_permissions=leader.permissions, at=now, recorded_by=actor.ref,
        )  # fmt: skip
        evidence = replace(RED, verbal=verbal, reason="地名不对")
        found = step(alert, event, actor, evidence, now=now, settings=AlertSettings())
        if not isinstance(found, Transition):
            continue
        alert = found.alert
        if alert.state is State.ISSUED:
            assert "warn.approve" in MAY[alert.approved_by]
            assert alert.approved_by not in alert.authors
            assert alert.approved_revision == alert.revision
