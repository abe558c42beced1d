"""The same key is the same request: done once, answered alike; a refused one may be mended and sent again."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.http import HttpResponse, JsonResponse
from django.test import RequestFactory

from anlan.conf.idempotency import Idempotency
from anlan.conf.models import ApiRequest
from anlan.foundation import journal
from anlan.foundation.actions import action
from anlan.foundation.errors import Conflict
from tests.support.city import Mini, make_city

pytestmark = pytest.mark.django_db


class Desk:
    """A view that does something worth doing once: it appends to the journal."""

    def __init__(self, mini: Mini, status: int = 201) -> None:
        self.mini, self.status, self.done = mini, status, 0

    def __call__(self, request: Any) -> HttpResponse:
        self.done += 1
        self.held_while_reading = connection.in_atomic_block
        with action(self.mini.ctx(), "warn.call"):
            journal.append(self.mini.ctx(), "warn.test.done", refs={"t": "T-1"}, body={})
            if self.status >= 400:
                raise Conflict("no")
        return JsonResponse({"done": self.done}, status=self.status)


def post(desk: Desk, *, key: str, body: str = "{}", role: str = "duty_officer") -> HttpResponse | None:
    request = RequestFactory().post(
        "/api/v1/w/live/calls", body, content_type="application/json", headers={"Idempotency-Key": key}
    )
    request.ctx, request.lang, request.by_token = desk.mini.ctx(role), "en", True  # type: ignore[attr-defined]
    return Idempotency(lambda r: HttpResponse()).process_view(request, desk, (), {})


def test_a_request_sent_again_is_answered_alike_and_done_once() -> None:
    desk = Desk(make_city())
    first, second = post(desk, key="k-1"), post(desk, key="k-1")
    assert first is not None
    assert second is not None
    assert (first.status_code, first.content) == (second.status_code, second.content)
    assert desk.done == 1
    head = journal.head(desk.mini.ctx().world).seq
    post(desk, key="k-1")
    assert journal.head(desk.mini.ctx().world).seq == head


def test_another_request_under_the_same_key_is_refused() -> None:
    desk = Desk(make_city())
    post(desk, key="k-1")
    refused = post(desk, key="k-1", body='{"other": 1}')
    assert refused is not None
    assert refused.status_code == 409


def test_keys_of_two_people_do_not_meet() -> None:
    desk = Desk(make_city())
    post(desk, key="k-1")
    post(desk, key="k-1", role="approver")
    assert desk.done == 2


def test_a_refused_request_leaves_nothing_and_may_come_again() -> None:
    desk = Desk(make_city(), status=409)
    head = journal.head(desk.mini.ctx().world).seq
    post(desk, key="k-1")
    assert not ApiRequest.objects.exists()
    assert journal.head(desk.mini.ctx().world).seq == head
    desk.status = 201
    answered = post(desk, key="k-1")
    assert answered is not None
    assert answered.status_code == 201


def test_a_key_too_long_to_keep_is_refused_and_no_key_asks_for_nothing() -> None:
    desk = Desk(make_city())
    refused = post(desk, key="k" * 81)
    assert refused is not None
    assert refused.status_code == 422
    assert post(desk, key="") is None
    assert SimpleNamespace(done=desk.done).done == 0


@pytest.mark.django_db(transaction=True)
def test_nobody_waits_for_the_lock_while_a_keyed_request_reads_or_renders() -> None:
    desk = Desk(make_city())
    post(desk, key="k-1")
    assert (desk.done, desk.held_while_reading) == (1, False)


def test_of_two_that_send_one_key_at_the_same_moment_one_is_done_and_both_hear_of_it() -> None:
    mini = make_city()
    quick, slow = Desk(mini), Desk(mini)
    first: list[HttpResponse | None] = []

    def overtaken(request: Any) -> HttpResponse:
        first.append(post(quick, key="k-1"))
        return slow(request)

    head = journal.head(mini.ctx().world).seq
    request = RequestFactory().post(
        "/api/v1/w/live/calls", "{}", content_type="application/json", headers={"Idempotency-Key": "k-1"}
    )
    request.ctx, request.lang = mini.ctx("duty_officer"), "en"  # type: ignore[attr-defined]
    second = Idempotency(lambda r: HttpResponse()).process_view(request, overtaken, (), {})
    assert first[0] is not None
    assert second is not None
    assert second.content == first[0].content
    assert journal.head(mini.ctx().world).seq == head + 1


def test_a_key_whose_answer_was_lost_is_not_done_again() -> None:
    desk = Desk(make_city())
    post(desk, key="k-1")
    ApiRequest.objects.update(status=0, body="")
    asked_at_once = post(desk, key="k-1")
    assert asked_at_once is not None
    assert (asked_at_once.status_code, asked_at_once.headers["Retry-After"]) == (503, "2")
    ApiRequest.objects.update(answered_at="2021-08-12T00:00:00Z")
    later = post(desk, key="k-1")
    assert later is not None
    assert later.status_code == 409
    assert desk.done == 1
