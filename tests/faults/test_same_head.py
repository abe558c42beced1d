"""Without human input one seed gives one head: again, on another database, at another speed, killed ten times."""

import json
import os
import random
import signal
import sqlite3
import time
import urllib.error
import urllib.request
from collections import defaultdict
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import psutil
import pytest

from anlan.call.rules.calldown.settings import CallSettings
from anlan.foundation.packs import load_all
from tests.faults.conftest import SINCE, UNTIL, Reference, replay, rings
from tests.support.installation import Installation
from tests.support.patience import PATIENCE_S, eventually
from tests.support.ports import free_port

pytestmark = pytest.mark.slow

KILLS = 10


def test_every_frame_that_was_acknowledged_is_stored(reference: Reference) -> None:
    frames = reference.found["frames"]
    assert frames["sent"] == frames["accepted"] == frames["stored"] > 0
    assert reference.head["entries"] > 100


def test_nobody_is_called_twice_within_the_quiet_time(reference: Reference) -> None:
    (pack,) = load_all().of_kind("call_down")
    quiet = CallSettings.from_pack(pack.data).quiet
    assert reference.rings
    assert not called_too_soon(reference.rings, quiet)


def called_too_soon(found: list[list[object]], quiet: timedelta) -> list[tuple[object, object]]:
    by_number = defaultdict(list)
    for number, at, grade in found:
        by_number[number].append((datetime.fromisoformat(str(at).replace("Z", "+00:00")), grade))
    return [
        (a, b)
        for calls in by_number.values()
        for a, b in pairwise(calls)
        if b[0] - a[0] < quiet and b[1] <= a[1]
    ]


def test_a_call_too_soon_would_be_seen() -> None:
    soon = [["1", "2021-08-11T20:00:00Z", 3], ["1", "2021-08-11T20:01:00Z", 3]]
    higher = [["1", "2021-08-11T20:00:00Z", 3], ["1", "2021-08-11T20:01:00Z", 4]]
    assert called_too_soon(soon, timedelta(minutes=2))
    assert not called_too_soon(higher, timedelta(minutes=2))


@pytest.mark.postgres
def test_on_postgres_and_at_a_finite_speed_the_head_is_the_same(
    reference: Reference, tmp_path: Path, postgres_url: str
) -> None:
    there = Installation(tmp_path, postgres_url)
    found = replay(there, "--speed", "4000")
    assert found["journal"] == reference.head
    assert {**found, "journal": None} == {**reference.found, "journal": None}
    assert rings(there, "x1") == reference.rings


START = f"""
from anlan.conf.replaying import of_that_night
from anlan.demo.exercises import new_liulin
from anlan.foundation.worlds import World
world = new_liulin(speed=0, since=of_that_night("{SINCE}"), until=of_that_night("{UNTIL}"), forecast=False)
World.objects.filter(pk=world.pk).update(state="running")
told = world.key
"""


class Night:
    """What the killer sees: the exercise's clock, and the processes under the supervisor."""

    def __init__(self, installation: Installation, world: str, supervisor: int) -> None:
        self._installation = installation
        self._world = world
        self._supervisor = psutil.Process(supervisor)

    def state(self) -> tuple[str, int]:
        """State of the exercise and how many entries its journal has."""
        asked = "SELECT w.state, h.seq FROM foundation_world w JOIN foundation_journalhead h ON h.world_id = w.id WHERE w.key = ?"
        with sqlite3.connect(self._installation.home / "records.sqlite3", timeout=PATIENCE_S) as db:
            state, entries = db.execute(asked, (self._world,)).fetchone()
        db.close()
        return str(state), int(entries)

    def engine(self) -> int | None:
        """The engine that beats now."""
        told = json.loads((self._installation.home / "run" / "engine.json").read_text())
        return int(told["pid"]) if psutil.pid_exists(told["pid"]) else None

    def web(self) -> int | None:
        alive = [p for p in self._supervisor.children() if p.status() != psutil.STATUS_ZOMBIE]
        found = [p for p in alive if "web" in p.cmdline()]
        return found[0].pid if found else None


def kill_at_random(night: Night, entries: int, seed: int) -> int:
    """Kill -9 the engine at moments all over the story, and now and then the web process; how often the engine died."""
    draw = random.Random(seed)
    moments = sorted(draw.uniform(0.01, 0.9) * entries for _ in range(KILLS))
    killed: list[int] = []
    while True:
        state, now = night.state()
        if state == "ended":
            return len(killed)
        engine = night.engine()
        if moments and now >= moments[0] and engine is not None and engine not in killed:
            time.sleep(draw.random() / 2)
            os.kill(engine, signal.SIGKILL)
            killed.append(engine)
            moments.pop(0)
            if len(killed) % 3 == 0 and (web := night.web()):
                os.kill(web, signal.SIGKILL)
        time.sleep(0.02)


def test_killed_ten_times_in_the_same_home_the_head_is_the_same(reference: Reference) -> None:
    installation = reference.installation
    world = installation.python(f"ready()\n{START}")
    port = free_port()
    run = installation.start("run", "--port", str(port), "--gauge-port", str(free_port()))
    try:
        while not (installation.home / "run" / "engine.json").exists():
            time.sleep(0.1)
        night = Night(installation, world, run.pid)
        killed = kill_at_random(night, reference.head["entries"], seed=7)
        pages = answers(port)
    finally:
        run.terminate()
        run.wait(PATIENCE_S)
    assert killed == KILLS
    assert pages == 200
    look = "run('journal', 'verify')\nfrom anlan.demo.report import report\nfrom anlan.foundation import worlds\n"
    found = installation.python(f"{look}told = report(worlds.get({world!r}))")
    installation.python(
        f"from anlan.exercise.field.client import FieldClient\ntold = FieldClient({world!r}).stop()"
    )
    assert found["journal"] == reference.head
    assert {**found, "exercise": "x1"} == reference.found
    assert rings(installation, world) == reference.rings


def answers(port: int) -> int:
    """The status of the first page, once the web process is there again."""
    found: list[int] = []

    def asked() -> list[int]:
        with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5) as page:
            found.append(int(page.status))
        return found

    eventually(asked)
    return (found or [0])[0]
