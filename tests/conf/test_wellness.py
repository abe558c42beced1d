"""What a watchdog and a collector are told: whether records take a write, the engine beats and the disk has room."""

import json
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from anlan.conf import views, wellness
from anlan.conf.wellness import Probe
from anlan.foundation import health, tasks
from anlan.foundation.home import home
from anlan.foundation.models import Cursor
from tests.support.city import Mini, make_city
from tests.support.patience import PATIENCE_S


@pytest.fixture(autouse=True)
def beat(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Where the engine's beat stands; nothing is known from an earlier question."""
    path = home() / "run" / "engine.json"
    path.parent.mkdir(exist_ok=True)
    path.unlink(missing_ok=True)
    asked = Probe(records=wellness.records, engine=wellness.engine, disk=wellness.disk)
    monkeypatch.setattr(views, "probe", asked)
    yield path
    path.unlink(missing_ok=True)


def healthz() -> tuple[int, dict[str, Any]]:
    reply = Client().get("/healthz")
    return reply.status_code, reply.json()


@pytest.mark.django_db(transaction=True)
def test_well_is_a_write_that_stands_a_beat_and_room() -> None:
    make_city(with_accounts=False)
    health.Health().beat()
    status, told = healthz()
    assert status == 200, told
    assert told["ok"]
    assert set(told["parts"]) == {"records", "engine", "disk"}
    assert Cursor.objects.filter(reader="healthz").exists()


@pytest.mark.django_db(transaction=True)
def test_each_part_that_is_ill_makes_503_and_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    make_city(with_accounts=False)
    assert healthz()[1]["parts"]["engine"] == {"ok": False, "why": "stopped"}
    engine = health.Health()
    engine.part("watch").fell("busy")
    engine.beat()
    assert wellness.engine()["ill"] == ["watch"]
    old = (datetime.now(UTC) - timedelta(minutes=5)).isoformat()
    (home() / "run" / "engine.json").write_text(json.dumps({"pid": 1, "beat": old}))
    assert not wellness.engine()["ok"]
    monkeypatch.setattr(wellness, "LITTLE_BYTES", 1 << 60)
    assert not wellness.disk()["ok"]


@pytest.mark.django_db(transaction=True)
def test_records_that_somebody_holds_are_ill_and_the_answer_does_not_wait_for_them() -> None:
    make_city(with_accounts=False)
    with transaction.atomic():
        Cursor.objects.filter(reader="x").update(seq=1)
        status, told = healthz()
    assert status == 503
    assert not told["parts"]["records"]["ok"]


def test_a_part_that_never_answers_is_ill_within_a_second_and_blocks_no_other() -> None:
    end = threading.Event()
    asked = Probe(records=lambda: {"ok": end.wait(PATIENCE_S)}, disk=lambda: {"ok": True})
    for _ in range(2):
        began = time.monotonic()
        told = asked.look()
        assert time.monotonic() - began < PATIENCE_S / 5, "not the minutes that the part takes"
        assert told == {"records": {"ok": False, "why": "stuck"}, "disk": {"ok": True}}
    end.set()


@pytest.mark.django_db
def test_metrics_are_off_until_a_token_is_set_and_tell_no_name(settings: Any) -> None:
    mini: Mini = make_city()
    assert Client().get("/metrics").status_code == 404
    settings.METRICS_TOKEN = "collector-of-the-county"
    assert Client().get("/metrics").status_code == 401
    assert mini.client("administrator").get("/metrics").status_code == 401
    tasks.schedule(mini.ctx(), "note", key="a", due_at=mini.ctx().now - timedelta(minutes=1))
    health.Health().beat()
    reply = Client().get("/metrics", headers={"Authorization": "Bearer collector-of-the-county"})
    assert reply.status_code == 200
    text = reply.content.decode()
    for sample in (
        'frames_total{what="stored"} 0',
        'tasks{state="due"} 1',
        "tasks_overdue 1",
        "quarantine_unread 0",
    ):
        assert f"anlan_{sample}" in text
    assert "anlan_engine_beat_age_seconds 0" in text
    assert text.isascii()
    assert all(line.startswith(("#", "anlan_")) for line in text.splitlines())
