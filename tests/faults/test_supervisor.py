"""`anlan run`: up soon, what dies is started again, and nothing stays behind when it ends, however it ends."""

import signal
import socket
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.support.installation import Installation
from tests.support.patience import PATIENCE_S, eventually
from tests.support.ports import free_port

pytestmark = pytest.mark.slow


class Run:
    """A supervisor with its children, on ports of its own."""

    def __init__(self, installation: Installation) -> None:
        self.port, self.gauge_port = free_port(), free_port()
        self.installation = installation
        self.process: subprocess.Popen[str] = installation.start(
            "run", "--port", str(self.port), "--gauge-port", str(self.gauge_port), stderr=subprocess.DEVNULL
        )

    def child(self, name: str) -> psutil.Process | None:
        alive = [p for p in psutil.Process(self.process.pid).children() if p.status() != psutil.STATUS_ZOMBIE]
        found = [p for p in alive if name in p.cmdline()]
        return found[0] if found else None

    def everything(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def serves_pages(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=2) as page:
                return bool(page.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def hears_gauges(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.gauge_port), timeout=2).close()
        except OSError:
            return False
        return True

    def is_up(self) -> bool:
        return self.serves_pages() and self.hears_gauges()

    def wait_until_up(self) -> None:
        assert eventually(lambda: self.is_up() or self.process.poll() is not None), "it does not come up"
        assert self.process.poll() is None, "the supervisor itself ended"

    def end(self) -> None:
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(PATIENCE_S)


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """One that has been started before, so that its tables stand."""
    made = Installation(tmp_path_factory.mktemp("run"))
    made.python("ready()\ntold = None")
    return made


@pytest.fixture
def run(installation: Installation) -> Iterator[Run]:
    running = Run(installation)
    yield running
    running.end()


def gone(processes: list[psutil.Process]) -> bool:
    """Whether all of them end."""
    return not psutil.wait_procs(processes, timeout=PATIENCE_S)[1]


def test_web_and_engine_come_up_together(run: Run) -> None:
    run.wait_until_up()  # how fast is measured in bench/start.py, with nothing else beside it
    assert run.child("web") is not None
    assert run.child("engine") is not None


@pytest.mark.parametrize("name", ["engine", "web"])
def test_what_dies_is_started_again(run: Run, name: str) -> None:
    run.wait_until_up()
    before = run.child(name)
    assert before is not None
    workers = before.children(recursive=True)
    before.kill()
    assert gone(workers), "a worker went on without its parent"
    assert eventually(lambda: (after := run.child(name)) and after.pid != before.pid)
    run.wait_until_up()


def test_it_stops_cleanly_and_leaves_nothing_behind(run: Run) -> None:
    run.wait_until_up()
    everything = run.everything()
    assert len(everything) >= 2
    run.process.send_signal(signal.SIGTERM)
    assert run.process.wait(PATIENCE_S) == 0
    assert gone(everything)
    run.installation.anlan("journal", "verify")


def test_children_end_when_the_supervisor_is_killed(run: Run) -> None:
    run.wait_until_up()
    everything = run.everything()
    run.process.kill()
    run.process.wait()
    assert gone(everything)


def test_a_port_that_is_taken_is_no_reason_to_hang(installation: Installation, tmp_path: Path) -> None:
    """The rest goes on: gauges are heard while the pages' port is another's, and doctor names it."""
    with socket.create_server(("127.0.0.1", 0)) as other:
        running = Run.__new__(Run)
        running.installation, running.port, running.gauge_port = (
            installation,
            other.getsockname()[1],
            free_port(),
        )
        running.process = installation.start(
            "run",
            "--port",
            str(running.port),
            "--gauge-port",
            str(running.gauge_port),
            stderr=subprocess.DEVNULL,
        )
        try:
            assert eventually(running.hears_gauges)
        finally:
            running.end()
