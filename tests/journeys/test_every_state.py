"""Every page in every state of every life cycle: it opens, in both languages, and says nothing that is not meant for people.

Pages come from the urlconf, states from the tables (tests/support/lives.py). The browser's walk is in test_every_page.py.
"""

import re
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.test import Client

from anlan.people.accounts.scope import permissions_of
from tests.support import alertfolk, lives
from tests.support.city import ROLES
from tests.support.routes import ABSENT, BODIES, ENTERED_ELSEWHERE, QUERIES, Route, Stage, address, pages

pytestmark = pytest.mark.django_db
TEXT = re.compile(r"<(script|style|code|pre)\b.*?</\1>|<[^>]*>", re.DOTALL)
NOT_FOR_PEOPLE = {
    "a title of two languages": re.compile(r"\{(?:'|&#x27;|&quot;)zh"),
    "the name of an event": re.compile(r"\b(?:foundation|places|people|observe|simulate|warn|desk)\.[a-z_]+\.[a-z_]+\b"),
    "English of a form": re.compile(r"This field is required|Ensure this value|Enter a (?:valid|whole|number)|Select a valid choice"),
    "Python": re.compile(r"(?<![\w ])None\b(?! of)|&lt;[A-Z]\w+: |datetime\.datetime|\bLineState\.|object at 0x"),
}  # fmt: skip
OPENS = {200, 302, 405, 409, 422}
"""405: a page that is only posted to; 409, 422: a page that says why it is not to be had in this state."""
REFUSES = {403, 404, 503}
"""Also right: an empty form names nobody, an account is asked for a second administrator, no engine runs here."""
GONE = {
    *ABSENT,
    *(f"a/<str:world>/<str:ref>/<str:holder>/<str:token>{card}" for card in ("", "/card")),
}
"""Told to whoever asks that it is not there: what the stage lacks, and the link of a false token."""


def roles(route: Route) -> list[str]:
    """Who opens it: the first role that may; an alert's pages also whoever drafts and whoever approves at its issuer."""
    if route.is_public:
        return [""]
    posts = {**{role: role for role in ROLES}, **dict(alertfolk.STAFF)}
    may = [
        name
        for name, role in posts.items()
        if not route.permission or route.permission in permissions_of(role)
    ]
    return [may[0], *(name for name in may if name in ("forecaster", "chief") and "alerts/" in route.pattern)]


def faults(response: HttpResponse, lang: str, *, may_refuse: bool = False) -> Iterator[str]:
    if response.status_code not in (OPENS | REFUSES if may_refuse else OPENS):
        exc = getattr(response, "exc_info", None)
        yield f"{response.status_code} {exc[1]!r}" if exc else str(response.status_code)
    elif response.headers.get("Content-Type", "").startswith("text/html"):
        said = TEXT.sub(" ", response.content.decode())
        for what, pattern in NOT_FOR_PEOPLE.items():
            if (found := pattern.search(said)) and not (
                what == "English of a form" and (lang == "en" or not settings.USE_I18N)
            ):
                yield f"{what}: {said[max(0, found.start() - 30) : found.end() + 30].strip()}"


def opened(client: Client, route: Route, stage: Stage, method: str) -> HttpResponse:
    path, _ = address(route, stage)
    query = QUERIES[route.pattern](stage) if route.pattern in QUERIES else {}
    if method == "GET":
        return client.get(path, query)
    with transaction.atomic():
        response = client.post(path, BODIES.get(route.pattern, lambda _: {})(stage))
        transaction.set_rollback(True)
    return response


def walk(stage: Stage, method: str, lang: str) -> list[str]:
    clients: dict[str, Client] = {}
    found = []
    for route in pages():
        if route.pattern in ENTERED_ELSEWHERE:
            continue
        for role in roles(route):
            if role not in clients:
                clients[role] = stage.mini.client(role)
                clients[role].raise_request_exception = False
                clients[role].cookies["anlan_lang"] = lang
            response = opened(clients[role], route, stage, method)
            said = faults(response, lang, may_refuse=method == "POST" or route.pattern in GONE)
            found += [f"{method} {lang} {role} /{route.pattern}: {fault}" for fault in said]
    return found


def test_every_life_cycle_says_its_states() -> None:
    unknown = [name for name, (model, column) in lives.columns().items() if not lives.states(name)]
    assert not unknown
    assert (
        lives.LIVES.keys()
        | {
            "World.state",
            "Task.state",
            "Run.state",
            "ImportRun.state",
            "DoorCheck.state",
            "MapLayer.state",
            "Upload.state",
            "Line.state",
        }
        == lives.columns().keys()
    )


WALKS = [
    pytest.param(method, lang, n, marks=[pytest.mark.slow] if n % 8 else [])
    for method, lang in (("GET", "en"), ("POST", "zh"))
    for n in range(lives.ROUNDS)
]
"""Every page in English, where a word that is missing is an error, and every act in Chinese, whose refusals are Django's where we
forget them. The pages in Chinese are opened for their forms (test_every_form.py). Every eighth round is a fast one."""


@pytest.mark.parametrize(("method", "lang", "number"), WALKS)
def test_every_page_opens_in_every_state(number: int, method: str, lang: str) -> None:
    stage = lives.make_scene()
    lives.turn(number)
    found = walk(stage, method, lang)
    assert not found, "\n".join(found)


def test_what_is_not_for_people_is_seen() -> None:
    for planted in ("{&#x27;zh&#x27;: 1}", "warn.alert.submitted", "&lt;Alert: 1"):
        assert list(faults(HttpResponse(f"<p>{planted}</p>"), "zh")), planted
    assert not list(faults(HttpResponse("<p title='warn.alert.submitted'>已送审</p>"), "zh"))
    assert list(faults(HttpResponse(status=500), "zh"))
