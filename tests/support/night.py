"""A running installation over the small city, spoken to as gauges and an officer's program speak to it."""

import json
import os
import signal
import sqlite3
import subprocess
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from anlan.wire.sl651.codes import Control
from tests.support.city import GAUGE
from tests.support.installation import Installation
from tests.support.patience import PATIENCE_S, eventually
from tests.support.ports import free_port
from tests.support.stations import Line, ends, rain


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
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as response:
            return json.loads(response.read())

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        where = f"file:{self.house.home / 'records.sqlite3'}?mode=ro"
        with closing(sqlite3.connect(where, uri=True, timeout=PATIENCE_S)) as db:
            return db.execute(query).fetchall()

    def journaled(self, name: str) -> int:
        return int(self.rows(f"SELECT count(*) FROM foundation_journalentry WHERE name='{name}'")[0][0])

    def adopt_orders(self) -> None:
        """What a county adopts before its first night: the standing order and the villages' rain."""
        for pack in ("standing-orders", "village-rain-shuanghe"):
            self.house.anlan("pack", "on", pack, "--why", "本县防指批准")

    def engine(self) -> int:
        """The engine's process id; 0 while none has told."""
        try:
            return int(json.loads((self.house.home / "run" / "engine.json").read_text())["pid"])
        except (OSError, ValueError):
            return 0

    def kill_engine(self) -> None:
        before = self.engine()
        os.kill(before, signal.SIGKILL)
        assert eventually(lambda: self.engine() not in (0, before)), "the supervisor starts another"

    def is_listening(self) -> bool:
        """Gauges and pages both: either may be there first."""
        try:
            Line(self.gauge_port, 1.0).close()
            Line(self.web_port, 1.0).close()
        except OSError:
            return False
        return True


@contextmanager
def running(home: Path) -> Iterator[Night]:
    """The small city in a state folder, and everything running over it."""
    house = Installation(home)
    token = house.python(
        "ready()\n"
        "from anlan.people.accounts import tokens\n"
        "from tests.support.city import make_city\n"
        "mini = make_city()\n"
        "told = tokens.make(mini.ctx(), account=mini.account('duty_officer'), label='night')"
    )
    made = Night(house, token)
    process = made.start()
    try:
        assert eventually(made.is_listening)
        yield made
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()
    assert process.returncode == 0, (house.home / "said").read_text()[-4000:]


def pour(night: Night, *, slots: int = 3, tenths: int = 150) -> None:
    """Rain of the last five-minute slots at the one gauge of both villages, 45 mm unless told; each frame is acknowledged."""
    last = datetime.now(UTC).replace(second=0, microsecond=0)
    last -= timedelta(minutes=last.minute % 5)
    with closing(Line(night.gauge_port)) as line:
        for n in range(slots):
            at = last - timedelta(minutes=5 * (slots - 1 - n))
            line.send(rain(GAUGE, at, tenths, serial=n + 1))
            assert ends([line.answer()]) == [Control.ESC]
