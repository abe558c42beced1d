"""Records that others hold for too long: said as busy, kept with its key, sent again; never a fault, never a failed try."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from anlan.conf.models import ApiRequest
from anlan.foundation import tasks, writing
from anlan.foundation.models import Task
from tests.support.city import make_city

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif("postgresql" in str(connection.vendor), reason="holds SQLite's one write lock"),
]


@contextmanager
def somebody_writes() -> Iterator[None]:
    """Another process holds the write lock, and we are not patient."""
    with connection.cursor() as cursor, closing(sqlite3.connect(connection.settings_dict["NAME"])) as other:
        cursor.execute("PRAGMA busy_timeout = 20")
        other.execute("BEGIN IMMEDIATE")
        yield
        other.rollback()


def hidden(page: str) -> dict[str, str]:
    return dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page))


def test_a_form_that_met_a_busy_database_goes_out_again_from_the_page_that_says_so() -> None:
    mini = make_city()
    client = mini.client("leader")
    with somebody_writes():
        answer = client.post("/account/language", {"language": "en", "key": "k-1"})
    page = answer.content.decode()
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert "正忙，已记下，稍后自动再试" in page
    assert "<script" in page
    kept = hidden(page)
    assert (kept["language"], kept["key"]) == ("en", "k-1")
    assert client.post("/account/language", kept).status_code == 302
    assert mini.account("leader").language == "en"


def test_a_program_is_told_when_to_come_again_and_its_key_is_still_free() -> None:
    client = make_city().client("duty_officer")
    ask: dict[str, Any] = {
        "data": {"places": ["421321117"], "grade": "orange", "reason": "水库泄洪"},
        "content_type": "application/json",
        "headers": {"Idempotency-Key": "k-1"},
    }
    with somebody_writes():
        answer = client.post("/api/v1/w/live/call-downs", **ask)
    assert (answer.status_code, answer.json()["code"], answer.headers["Retry-After"]) == (503, "busy", "2")
    assert not ApiRequest.objects.exists()
    assert client.post("/api/v1/w/live/call-downs", **ask).status_code == 200


def test_a_session_that_cannot_be_saved_is_no_fault_either() -> None:
    client = Client(raise_request_exception=False)
    make_city()
    with somebody_writes():
        answer = client.post("/sign-in", {"username": "leader-1", "password": "x", "code": "1"})
    assert answer.status_code == 503
    assert 'name="password" value' not in answer.content.decode()


def test_due_work_that_meets_a_busy_database_loses_no_try() -> None:
    mini = make_city()
    ctx = mini.ctx()
    tasks.schedule(ctx, "observe.drop", key="k", due_at=datetime.now(UTC), payload={"ids": []})
    work = Task.objects.get(key="k")
    with somebody_writes():
        assert tasks.run(work, mini.world)
    work.refresh_from_db()
    assert (work.state, work.tries, work.retry_at) == (Task.State.DUE, 0, None)


def test_whoever_sits_at_a_screen_is_seen_by_machines_while_waiting(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bool] = []
    monkeypatch.setattr(writing, "_people", _Set())
    assert not writing._somebody_waits()
    with writing._in_front():
        seen.append(writing._somebody_waits())
    assert [*seen, writing._somebody_waits()] == [True, False]


class _Set:
    def is_set(self) -> bool:
        return True
