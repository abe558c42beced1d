"""Every page in Chinese in every state, and every form that somebody fills in there: it opens and says nothing that is not meant
for people; what is empty or wrong is answered at its field, and what was typed stays.

Forms are found on the pages, pages in the urlconf (tests/support/routes.py), states in the tables (tests/support/lives.py).
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import resolve

from tests.journeys.test_every_state import GONE, roles
from tests.journeys.test_every_state import faults as page_faults
from tests.support import lives
from tests.support.htmlforms import Control, Form, forms_of
from tests.support.routes import ABSENT, ENTERED_ELSEWHERE, QUERIES, Stage, address, pages

pytestmark = pytest.mark.django_db
NOT_KEPT = {"password", "file", "select", "checkbox", "radio"}
"""A password never stands in a page, a browser gives no file again, what is chosen is chosen among what there is."""
ELSEWHERE = {"sign-in": "refuses all alike, with 403, and tells nobody what was wrong"}


def wrongly(control: Control) -> Any:
    """What cannot be right there, as far as the page itself tells."""
    if control.kind == "file":
        return SimpleUploadedFile("x.csv", b"")
    if control.kind in ("checkbox", "radio", "select"):
        return "no-such-choice"
    if control.is_figure:
        return "九户"
    return "错" * (int(control.attrs.get("maxlength") or 40) + 1)


def posted(client: Client, form: Form, given: dict[str, Any]) -> HttpResponse:
    buttons = {name: value for name, value in form.buttons.items() if name not in given}
    with transaction.atomic():
        reply = client.post(form.action, {**form.hidden, **buttons, **given})
        transaction.set_rollback(True)
    return reply


def faults(client: Client, form: Form, given: dict[str, Any], must: set[str]) -> Iterator[str]:
    """What is not right about the answer to a form; `must` names the controls that must be told to be wrong."""
    reply = posted(client, form, given)
    if reply.status_code != 422:  # 409: a rule refuses the act itself, whatever is filled in
        if must and reply.status_code != 409:
            yield f"{reply.status_code}"
        return
    found, ids = forms_of(reply.text, form.action)
    alike = [each for each in found if each.action == form.action and each.names & form.names]
    if not alike:
        yield "the form is gone"
        return
    again = max(alike, key=lambda each: (len(each.names & form.names), each.which == form.which))
    wrong = [each for each in again.controls if each.is_wrong or "autofocus" in each.attrs]
    if must and not wrong:
        yield "nothing is marked as wrong"
    if wrong and "autofocus" not in wrong[0].attrs:
        yield f"{wrong[0].name}: the first wrong one has not the focus"
    for each in wrong:
        told = [ids.get(id_, "").strip() for id_ in each.attrs.get("aria-describedby", "").split()]
        if not any(told):
            yield f"{each.name}: says not what is wrong"
    for control in form.controls:
        kept = again.named(control.name)
        if control.kind not in NOT_KEPT and (not kept or kept.value.strip() != given.get(control.name, "")):
            yield f"{control.name}: what was typed is lost, it holds {kept.value[:20] if kept else None!r}"


def forms_in(reply: HttpResponse, query: dict[str, str]) -> list[Form]:
    if reply.status_code != 200 or not reply.headers.get("Content-Type", "").startswith("text/html"):
        return []
    here = reply.request["PATH_INFO"] + (f"?{reply.request['QUERY_STRING']}" if query else "")
    return [form for form in forms_of(reply.text, here)[0] if form.controls]


def every_page(stage: Stage) -> Iterator[tuple[str, Client, list[Form], list[str]]]:
    """Each page in Chinese by its name: who opened it, its forms, and what is wrong with it as it stands."""
    clients: dict[str, Client] = {}
    for route in pages():
        if route.pattern in ENTERED_ELSEWHERE:
            continue
        for role in roles(route):
            if role not in clients:
                clients[role] = stage.mini.client(role)
                clients[role].raise_request_exception = False
            path, _ = address(route, stage)
            query = QUERIES[route.pattern](stage) if route.pattern in QUERIES else {}
            reply = clients[role].get(path, query)
            found = page_faults(reply, "zh", may_refuse=route.pattern in GONE)
            forms = [] if route.pattern in ABSENT else forms_in(reply, query)
            yield f"{role} /{route.pattern}", clients[role], forms, list(found)


@pytest.mark.parametrize("number", range(lives.ROUNDS))
def test_every_page_opens_and_what_is_wrong_in_its_forms_stands_at_its_field(number: int) -> None:
    """And what was typed stays."""
    stage = lives.make_scene()
    lives.turn(number)
    found: list[str] = []
    done: set[tuple[str, ...]] = set()
    for name, client, forms, wrong_with in every_page(stage):
        found += [f"{name}: {fault}" for fault in wrong_with]
        for form in forms:
            route = resolve(form.action.partition("?")[0]).route
            which = (route, *sorted(form.names))
            if which in done or route in ELSEWHERE:
                continue
            done.add(which)
            empty = {c.name: "" for c in form.controls if c.kind not in ("file", "checkbox", "radio")}
            wrong = {c.name: wrongly(c) for c in form.controls}
            asked = {c.name for c in form.controls if "required" in c.attrs}
            found += [f"{route} empty: {fault}" for fault in faults(client, form, empty, asked)]
            found += [f"{route} wrong: {fault}" for fault in faults(client, form, wrong, set(wrong))]
    assert done
    assert not found, "\n".join(found)
