"""Nothing next door is named by any parameter: path, query and body of every page and every operation are tried with it.

The officer may do everything, in Liulin's town alone; all but the one parameter names what is theirs.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.apps import apps
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from anlan.desk.due import acts
from anlan.foundation.models import JournalEntry
from anlan.people import actions as people
from anlan.people.accounts import administration, scope
from anlan.places.atlas import atlas
from tests.support import parameters
from tests.support.city import FOREIGN_TOWN, PASSWORD, SECRET, TOWN
from tests.support.routes import Route, Stage, everything, make_stage, operations, pages

Try = tuple[str, Route, str, str, dict[str, Any]]
"""A label, the route, the method, the address and what is given."""
pytestmark = pytest.mark.django_db
BY_ROW = {"api/v1/w/{world}/imports"}
"""Operations that answer 200 and say of each row why it is refused."""
HIDDEN = ("13900002001", "13900001001", "瓦支书", "曾主任")


def ways_in() -> list[Route]:
    """All but the way out: whoever has left finds nothing anyway."""
    return [route for route in everything() if route.pattern != "sign-out"]


@pytest.fixture
def stage(monkeypatch: pytest.MonkeyPatch) -> Stage:
    stage = make_stage()
    mini = stage.mini
    granted = scope._granted()
    all_of_it = frozenset().union(*granted.values())
    monkeypatch.setattr(scope, "_granted", lambda: {**granted, "everything": all_of_it})
    people.make_post(
        mini.ctx(),
        ref="POST-all",
        organisation="O-town",
        title="岗",
        role="everything",
        places=[mini.ids[TOWN]],
    )
    administration.create_account(
        mini.ctx(), username="all-1", name="全能", password=PASSWORD, post_ref="POST-all", totp_secret=SECRET
    )
    mini.accounts["all"] = "all-1"
    return stage


@pytest.fixture
def foreign(stage: Stage) -> parameters.Foreign:
    return parameters.make_foreign(stage.mini)


def ask(client: Client, route: Route, method: str, where: str, given: dict[str, Any]) -> HttpResponse:
    if method == "GET" or not parameters.is_api(route):
        return (
            client.generic("GET", where)
            if method == "GET" and not given
            else getattr(client, method.lower())(where, given)
        )
    return client.generic(
        method, where, json.dumps(given, ensure_ascii=False), content_type="application/json"
    )


def bases(route: Route, stage: Stage, method: str) -> list[dict[str, Any]]:
    """The samples of a route; a page that has several acts has one for each."""
    base = parameters.sample(route, stage, method)
    if method == "POST" and route.view and route.view.__name__ == "act":
        return [{**base, "act": act} for act in acts()]
    return [base]


def names_of(client: Client, route: Route, method: str, where: str, base: dict[str, Any]) -> set[str]:
    """The parameters in query and body: from OpenAPI, or as the page's view asks for them with all of them given."""
    if parameters.is_api(route):
        return parameters.told_by_openapi()[method, route.pattern]
    with parameters.asked_for() as names, undone():
        ask(client, route, method, where, base)
    return {name.partition(":")[0] for name in names}


@contextmanager
def undone() -> Iterator[None]:
    """Whatever a request does is taken back, so that none stands in the next one's way."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def in_the_town_next_door() -> dict[str, list[Any]]:
    """Every row that lies there."""
    found = {}
    path = atlas().code(FOREIGN_TOWN).path
    for model in apps.get_models():
        by = getattr(model, "scope_by", None)
        if isinstance(by, str) and by.endswith("path") and model.__module__.startswith("anlan."):
            rows = model._default_manager.filter(**{f"{by}__startswith": path}).order_by("pk")
            found[model.__name__] = list(rows.values())
    return found


def tries(stage: Stage, foreign: parameters.Foreign, client: Client) -> Iterator[Try]:
    """One request for each parameter that can name something: label, route, method, address, what is given."""
    for route in ways_in():
        for method in route.methods:
            where = parameters.address_with(route, stage)
            for base in bases(route, stage, method):
                for name in sorted(names_of(client, route, method, where, base)):
                    for value in parameters.FOREIGN.get(name, lambda _: [])(foreign):
                        given = [value] if isinstance(base.get(name), list) else value
                        yield (
                            f"{method} /{route.pattern} {name}={value[:40]}",
                            route,
                            method,
                            where,
                            {**base, name: given},
                        )
                if parameters.names_next_door(route):
                    there = parameters.address_with(route, stage, foreign)
                    yield f"{method} /{route.pattern}", route, method, there, base


def faults_of(foreign: parameters.Foreign, client: Client, one: Try, before: dict[str, list[Any]]) -> str:
    """What is wrong with the answer, or with what the request left behind."""
    _, route, method, where, given = one
    began = JournalEntry.objects.order_by("-pk")[0].pk
    with undone():
        response = ask(client, route, method, where, given)
        said = (b"".join(response) if response.streaming else response.content).decode(errors="replace")
        wrote = [
            e.text
            for e in JournalEntry.objects.filter(pk__gt=began)
            if any(v in e.text for v in foreign.values())
        ]
        changed = [name for name, rows in in_the_town_next_door().items() if rows != before[name]]
    asked = where + json.dumps(given, ensure_ascii=False)
    names = [each for each in (*HIDDEN, *foreign.values()) if each in said and each not in asked]
    taken = (
        route.pattern not in BY_ROW
        and parameters.is_api(route)
        and method != "GET"
        and response.status_code < 400
    )
    if response.status_code >= 500 or names or wrote or changed or taken or response.status_code == 401:
        return f"{response.status_code} said {names} wrote {wrote} changed {changed} taken {taken}"
    return ""


def test_nothing_next_door_is_found_or_changed_through_any_parameter(
    stage: Stage, foreign: parameters.Foreign
) -> None:
    client = stage.mini.client("all")
    before, faults, tried = in_the_town_next_door(), [], set()
    for one in tries(stage, foreign, client):
        tried.add(one[0])
        if fault := faults_of(foreign, client, one, before):
            faults.append(f"{one[0]}: {fault}")
    assert not faults, "\n".join(faults)
    told = parameters.told_by_openapi()
    wanted = {
        f"{m} /{p} {name}" for (m, p), names in told.items() for name in names & parameters.FOREIGN.keys()
    }
    assert {label.partition("=")[0] for label in tried if "=" in label and "/api/" in label} == wanted
    named = {f"{m} /{r.pattern}" for r in ways_in() for m in r.methods if parameters.names_next_door(r)}
    assert {label for label in tried if "=" not in label} == named
    assert {"holder", "line", "who", "ref", "contact", "named", "places", "village", "check", "q"} <= {
        label.rpartition("=")[0].rpartition(" ")[2]
        for label in tried
        if "=" in label and "/api/" not in label
    }, "what pages ask for was not found"


def test_every_parameter_of_every_way_in_is_known(stage: Stage) -> None:
    client = stage.mini.client("all")
    unknown = set()
    for route in ways_in():
        for method in route.methods:
            where = parameters.address_with(route, stage)
            for base in bases(route, stage, method):
                names = names_of(client, route, method, where, base)
                unknown |= {
                    f"{name} ({method} /{route.pattern})"
                    for name in names - parameters.PLAIN - parameters.FOREIGN.keys()
                }
    assert not unknown, f"can it name a thing? add it to tests/support/parameters.py: {sorted(unknown)}"


def test_the_ways_in_are_exactly_those_of_urlconf_and_openapi() -> None:
    told = parameters.told_by_openapi()
    assert {(route.method, route.pattern) for route in operations()} == set(told)
    assert len(operations()) == len(told)
    assert len({route.pattern for route in pages()}) == len(pages())
