"""Who may see what: every page, API operation and stream, tried by nobody, by a foreign account, and by each role.

The routes are found, not listed: a new one that says no permission, or has no sample arguments, fails here.
"""

import json
from collections.abc import Iterator

import pytest
from django.http import HttpResponse
from django.test import Client

from anlan.foundation import journal_reading
from anlan.people.accounts.scope import permissions_of
from tests.support.city import LIULIN_PATH, ROLES, SECRETS_OF_LIULIN
from tests.support.routes import (
    ABSENT,
    BODIES,
    PUBLIC_MAP,
    QUERIES,
    Route,
    Stage,
    address,
    everything,
    lacking,
    make_stage,
    names_liulin,
    operations,
    pages,
    sampled,
)

pytestmark = pytest.mark.django_db
UNWELL = "healthz"
"""Answers 503 to everybody while no engine runs, as here."""


@pytest.fixture
def stage() -> Stage:
    return make_stage()


def ask(client: Client, route: Route, method: str, stage: Stage) -> tuple[HttpResponse, list[str]]:
    where, used = address(route, stage)
    body = BODIES[route.pattern](stage) if route.pattern in BODIES else {}
    if method == "GET":
        query = QUERIES[route.pattern](stage) if route.pattern in QUERIES else {}
        return client.get(where, query), [*used, *query.values()]
    if route.is_api:
        told = json.dumps(body, ensure_ascii=False)
        return client.generic(method, where, told, content_type="application/json"), [*used, told]
    return client.post(where, body), used


def leaks(response: HttpResponse, used: list[str], stage: Stage, route: Route) -> list[str]:
    """What of Liulin stands in an answer, but for what the question itself said."""
    said = (b"".join(response) if response.streaming else response.content).decode(errors="replace")
    said += response.headers.get("Location", "")
    names = () if route.pattern in PUBLIC_MAP else SECRETS_OF_LIULIN
    hidden = [*names, "杨柳青", "13800004417", *stage.refs.values()]
    asked = " ".join(used)
    return [secret for secret in hidden if secret in said and secret not in asked]


def tried(stage: Stage, role: str) -> Iterator[tuple[str, Route, HttpResponse, list[str]]]:
    client = stage.mini.client(role)
    for route in sampled(stage):
        for method in route.methods:
            response, used = ask(client, route, method, stage)
            if route.pattern == "sign-out" and role:
                client = stage.mini.client(role)
            yield f"{method} /{route.pattern}", route, response, used


def test_every_route_says_who_may_open_it() -> None:
    silent = [route.pattern for route in everything() if route.permission is None]
    assert not silent, f"give each @page(permission), @public(why) or @may(permission): {silent}"
    assert len(everything()) == len(pages()) + len(operations())


def test_every_route_has_the_samples_to_be_tried_with(stage: Stage) -> None:
    missing = [why for route in everything() if (why := lacking(route, stage))]
    assert not missing, "\n".join(missing)


def test_every_permission_is_granted_to_some_role() -> None:
    granted = set().union(*(permissions_of(role) for role in ROLES))
    unknown = {route.permission for route in everything() if route.permission} - granted
    assert not unknown, f"not in packs/place/roles.toml: {unknown}"


def test_whoever_may_look_finds_what_the_samples_name(stage: Stage) -> None:
    """Otherwise the tests below would look for what is not there."""
    lost, shown = [], 0
    clients = {role: stage.mini.client(role) for role in ROLES}
    for route in sampled(stage):
        if "GET" not in route.methods or route.is_public or route.pattern in ABSENT:
            continue
        role = next((r for r in ROLES if not route.permission or route.permission in permissions_of(r)), None)
        assert role, route
        response, _ = ask(clients[role], route, "GET", stage)
        shown += bool(leaks(response, [], stage, route))
        if response.status_code not in (200, 302, 405):
            lost.append(f"{response.status_code} {role} /{route.pattern}")
    assert not lost
    assert shown > 10, "what the others must not find has to be there to be found"


def test_nobody_sees_nothing(stage: Stage) -> None:
    faults = []
    for name, route, response, used in tried(stage, ""):
        if leaks(response, used, stage, route) or (response.status_code >= 500 and route.pattern != UNWELL):
            faults.append(f"{name}: {response.status_code} {leaks(response, used, stage, route)}")
        elif not route.is_public:
            is_led_away = response.status_code == 302 and response.headers["Location"].startswith("/sign-in")
            if not (response.status_code == 401 if route.is_api else is_led_away):
                faults.append(f"{name}: {response.status_code} without a session")
    assert not faults


def test_a_foreign_account_finds_nothing_and_changes_nothing(stage: Stage) -> None:
    faults = []
    for name, route, asked, used in tried(stage, "foreign"):
        leads_to = asked.headers.get("Location", "") if name.startswith("GET") and names_liulin(route) else ""
        # an act's address leads to its page, or to its list
        response = asked.client.get(leads_to) if leads_to else asked
        is_list = leads_to and not set(used) & set(leads_to.split("/")[3:])
        found = leaks(response, used, stage, route)
        if found or (response.status_code >= 500 and route.pattern != UNWELL):
            faults.append(f"{name}: {response.status_code} {found}")
        elif (
            name.startswith("GET")
            and names_liulin(route)
            and not route.is_public
            and not is_list
            and response.status_code not in (403, 404, 405)
        ):
            faults.append(f"{name}: {response.status_code} for what lies elsewhere")
    assert not faults
    foreign = stage.mini.account("foreign").ref
    entries = journal_reading.entries(stage.mini.ctx()).items
    theirs = [e for e in entries if e.actor == foreign]
    of_liulin = set(stage.refs.values())
    assert not [e for e in theirs if e.place_path.startswith(LIULIN_PATH) or of_liulin & set(e.refs.values())]


@pytest.mark.parametrize("role", ROLES)
def test_a_role_without_the_permission_is_refused(stage: Stage, role: str) -> None:
    granted = permissions_of(role)
    client = stage.mini.client(role)
    faults = []
    for route in sampled(stage):
        if not route.permission or route.permission in granted:
            continue
        for method in route.methods:
            response, _ = ask(client, route, method, stage)
            if response.status_code != 403:
                faults.append(f"{method} /{route.pattern}: {response.status_code} without {route.permission}")
    assert not faults


def test_a_planted_open_page_is_seen(stage: Stage) -> None:
    response = HttpResponse(f"<p>{stage.refs['call_down']} 柳林镇 13800004417</p>")
    found = leaks(response, [], stage, Route("w/<slug:world>/planted", ""))
    assert {"柳林", "13800004417", stage.refs["call_down"]} <= set(found)
