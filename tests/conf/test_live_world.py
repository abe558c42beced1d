"""The live world as it runs on a night: rain over TCP, calls on the officer's desk, answers, people told to move; and kill -9."""

import json
import os
import signal
import sqlite3
import subprocess
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from anlan.wire.sl651 import Control
from tests.support.city import GAUGE, VILLAGE, VILLAGE_2
from tests.support.installation import Installation
from tests.support.ports import free_port
from tests.support.stations import Line, ends, eventually, rain

pytestmark = pytest.mark.slow
PATIENCE = 180.0
"""Seconds; the first start compiles its kernels, on a machine that others use too."""


@dataclass
class Night:
    """A running installation over the mini city, with an officer's token."""

    house: Installation
    token: str
    gauge_port: int = field(default_factory=free_port)
    web_port: int = field(default_factory=free_port)

    def start(self) -> subprocess.Popen[str]:
        ports = ("--port", str(self.web_port), "--gauge-port", str(self.gauge_port))
        with (self.house.home / "said").open("w") as said:
            return self.house.start("run", *ports, stderr=said)

    def api(self, where: str, body: Any = None) -> Any:
        """One request of the officer's program."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.web_port}/api/v1/w/live/{where}",
            data=None if body is None else json.dumps(body).encode(),
            headers={
                "Authorization": f"Bearer {self.token}",
                "Content-Type": "application/json",
                "Idempotency-Key": str(uuid.uuid4()),
            },
        )
        with urllib.request.urlopen(request, timeout=30) as response:
            return json.loads(response.read())

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        where = f"file:{self.house.home / 'records.sqlite3'}?mode=ro"
        with closing(sqlite3.connect(where, uri=True, timeout=30)) as db:
            return db.execute(query).fetchall()

    def journaled(self, name: str) -> int:
        return int(self.rows(f"SELECT count(*) FROM foundation_journalentry WHERE name='{name}'")[0][0])

    def engine(self) -> int:
        """The engine's process id; 0 while none has told."""
        try:
            return int(json.loads((self.house.home / "run" / "engine.json").read_text())["pid"])
        except (OSError, ValueError):
            return 0

    def kill_engine(self) -> None:
        before = self.engine()
        os.kill(before, signal.SIGKILL)
        assert eventually(lambda: self.engine() not in (0, before), PATIENCE), "the supervisor starts another"

    def is_listening(self) -> bool:
        try:
            Line(self.gauge_port, 1.0).close()
        except OSError:
            return False
        return True


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Night]:
    house = Installation(tmp_path / "home")
    token = house.python(
        "ready()\n"
        "from anlan.people import tokens\n"
        "from tests.support.city import make_city\n"
        "mini = make_city()\n"
        "told = tokens.make(mini.ctx(), account=mini.account('duty_officer'), label='night')"
    )
    made = Night(house, token)
    process = made.start()
    try:
        assert eventually(made.is_listening, PATIENCE)
        yield made
    finally:
        process.terminate()
        try:
            process.wait(60)
        except subprocess.TimeoutExpired:
            process.kill()
    assert process.returncode == 0, (house.home / "said").read_text()[-4000:]


def pour(night: Night) -> None:
    """45 mm within a quarter of an hour at the one gauge of both villages; each frame is acknowledged."""
    last = datetime.now(UTC).replace(second=0, microsecond=0)
    last -= timedelta(minutes=last.minute % 5)
    line = Line(night.gauge_port, PATIENCE)
    for n in range(3):
        line.send(rain(GAUGE, last - timedelta(minutes=10 - 5 * n), 150, serial=n + 1))
        assert ends([line.answer()]) == [Control.ESC]
    line.close()


def test_rain_becomes_calls_once_whatever_falls_and_answers_become_people_on_the_way(night: Night) -> None:
    pour(night)
    night.kill_engine()  # between the reading, which is durable, and the call
    assert eventually(lambda: night.journaled("warn.exceedance.opened") > 0, PATIENCE)
    night.kill_engine()  # between the finding and the call, or the call and its hand-over
    assert eventually(lambda: night.journaled("warn.call.laid") > 0, PATIENCE)
    assert eventually(lambda: night.journaled("warn.evacuation.ordered") >= 2, PATIENCE)

    (call_down,) = night.api("call-downs")["items"]
    assert (call_down["grade"], call_down["stage"]) == (4, "move")
    calls = night.rows("SELECT holder_id, channel, state, round FROM warn_call")
    assert len({holder for holder, *_ in calls}) == len(calls) > 4, "nobody is called twice"
    assert {call[1:] for call in calls} == {("desk", "sending", 1)}, "each waits for the officer's hand"
    stages = {move["place"]["code"]: move["stage"] for move in night.api("evacuations")["items"]}
    assert stages == {VILLAGE: "move", VILLAGE_2: "move"}

    where = f"call-downs/{call_down['ref']}"
    for holder, kind in (("H-v1-secretary", 2), ("H-v1-group", 3)):
        night.api(f"{where}/answers", {"holder": holder, "kind": kind})
    lines = {
        each["place"]["code"]: each["state"]
        for each in night.api(where)["lines"]
        if each["kind"] == "village"
    }
    assert lines == {VILLAGE: "answered", VILLAGE_2: "calling"}

    def on_the_way() -> int:
        found = {m["place"]["code"]: m["households_moving"] for m in night.api("evacuations")["items"]}
        return int(found[VILLAGE])

    assert eventually(lambda: on_the_way() == 2, 30)
    night.house.anlan("journal", "verify")
