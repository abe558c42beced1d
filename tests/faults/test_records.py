"""The records when the disk is full, the database is held by another, and the clock jumps: all or nothing, in order."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from anlan.foundation import journal, tasks, worlds
from anlan.foundation.actions import action, next_ref
from anlan.foundation.models import Counter, World
from tests.support.installation import Installation
from tests.support.patience import PATIENCE_S

FULL = """
ready()
import resource, signal
from django.db import OperationalError, connection
from anlan.foundation import journal, worlds
from anlan.foundation.actions import action, next_ref
from anlan.foundation.home import home
from anlan.foundation.models import Counter, JournalEntry
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
ctx = worlds.context(worlds.get("live"))
def act(n):
    with action(ctx, "anything"):
        ref = next_ref(ctx, "A")
        journal.append(ctx, "warn.test.noted", refs={"alert": ref}, body={"text": "x" * 20_000})
    return ref
done = [act(n) for n in range(3)]
wal = home() / "records.sqlite3-wal"
size = max(wal.stat().st_size, (home() / "records.sqlite3").stat().st_size)
resource.setrlimit(resource.RLIMIT_FSIZE, (size + 100_000, resource.RLIM_INFINITY))
refused = 0
for n in range(200):
    try:
        done.append(act(n))
    except OperationalError:
        refused += 1
        if refused == 5:
            break
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
connection.close()
done.append(act(0))
entries = list(JournalEntry.objects.order_by("seq").values_list("subject", flat=True))
told = {"done": done, "refused": refused, "entries": entries, "verify": run("journal", "verify")}
"""


def test_on_a_full_disk_an_action_fails_whole_and_the_next_one_goes_on(tmp_path: Path) -> None:
    told = Installation(tmp_path).python(FULL)
    assert told["refused"] == 5
    assert told["entries"] == told["done"], (
        "an action that failed left something, or one that was done is lost"
    )
    assert told["done"][-1].endswith(f"{len(told['done']):03d}")
    assert f"{len(told['done'])} entries hold" in told["verify"]


WAITING = """
ready()
import time
from anlan.foundation import journal, worlds
from anlan.foundation.actions import action
from anlan.foundation.home import home
ctx = worlds.context(worlds.get("live"))
(home() / "ready").touch()
while not (home() / "held").exists():
    time.sleep(0.01)
began = time.monotonic()
with action(ctx, "anything"):
    journal.append(ctx, "warn.test.noted", refs={}, body={})
told = [time.monotonic() - began, run("journal", "verify")]
"""


def test_a_database_that_another_holds_for_two_seconds_is_waited_for(tmp_path: Path) -> None:
    there = Installation(tmp_path)
    told: list[list[object]] = []
    hand = threading.Thread(target=lambda: told.append(there.python(WAITING)))
    hand.start()
    while not (tmp_path / "ready").exists():
        assert hand.is_alive()
        time.sleep(0.02)
    other = sqlite3.connect(tmp_path / "records.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    (tmp_path / "held").touch()
    time.sleep(2)
    other.execute("COMMIT")
    other.close()
    hand.join(PATIENCE_S)
    waited, verdict = told[0]
    assert 1.5 < float(str(waited)) < 15
    assert "1 entries hold" in str(verdict)


class Clock(datetime):
    """The machine's clock, which somebody sets."""

    ahead = timedelta()

    @classmethod
    def now(cls, tz=None):  # type: ignore[no-untyped-def,override]
        return datetime.now(tz) + cls.ahead


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Clock]]:
    monkeypatch.setattr(worlds, "datetime", Clock)
    yield Clock
    Clock.ahead = timedelta()


@pytest.fixture
def live(db: None) -> World:
    return worlds.ensure_live("test-installation")


def act(live: World) -> str:
    ctx = worlds.context(live)
    with action(ctx, "anything"):
        ref = next_ref(ctx, "A")
        journal.append(ctx, "warn.test.noted", refs={"alert": ref}, body={})
    return ref


def test_a_clock_that_jumps_leaves_the_order_of_the_journal_and_every_ref_its_own(
    live: World, clock: type[Clock]
) -> None:
    refs = []
    for hours in (0, 5, -48, 0, 48):
        clock.ahead = timedelta(hours=hours)
        refs += [act(live), act(live)]
    assert len(set(refs)) == len(refs)
    found = journal.verify(worlds.info(live), live.scenario)
    assert (found.entries, found.bad_seq) == (len(refs), None)
    assert [entry.subject for entry in journal.tail(live.pk, 0)] == refs


def test_work_that_a_jump_makes_due_is_done_once_and_a_jump_back_repeats_nothing(
    live: World, clock: type[Clock], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        tasks, "_runners",
        {"note": lambda ctx, payload: Counter.objects.create(world_id=ctx.world.id, kind=payload["what"])},
    )  # fmt: skip
    now = datetime.now(UTC)
    for n, hours in enumerate((3, 1, 2)):
        tasks.schedule(
            worlds.context(live),
            "note",
            key=f"k{n}",
            due_at=now + timedelta(hours=hours),
            payload={"what": f"{hours} h"},
        )

    def drain() -> None:
        while work := tasks.next_due(live.pk, worlds.clock(live)):
            tasks.run(work, live)

    for hours in (0, 24, -24, 24):
        clock.ahead = timedelta(hours=hours)
        drain()
    assert list(Counter.objects.order_by("pk").values_list("kind", flat=True)) == ["1 h", "2 h", "3 h"]
