"""One supervisor over web and engine: it restarts what dies, and stops both cleanly."""

import logging
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field

from anlan.foundation.processes import STOP_SECONDS

log = logging.getLogger(__name__)
CALM_SECONDS = 20.0
LONGEST_WAIT = 10.0
SUPERVISED = "--supervised"
"""What the supervisor adds to a child's words: it ends when the supervisor is gone, however that came."""
VIEWERS = (
    20_000  # requests and live streams that the web process holds at once; a stream is one request that lasts
)
LEAVE_SECONDS = 5  # a worker with open streams is given so long to end


@dataclass
class Child:
    """One process to keep alive."""

    name: str
    args: list[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    wait_until: float = field(default=0.0)

    def start(self) -> None:
        self.process = subprocess.Popen([sys.executable, "-m", "anlan", *self.args, SUPERVISED])
        self.started = time.monotonic()

    def look(self) -> None:
        """Start it when it is not there; one that dies soon after its start waits a little longer each time."""
        if self.process is not None and self.process.poll() is None:
            return
        now = time.monotonic()
        if self.process is not None:
            code = self.process.returncode
            self.failures = self.failures + 1 if now - self.started < CALM_SECONDS else 1
            wait = min(LONGEST_WAIT, 0.2 * 2 ** (self.failures - 1))
            log.warning("%s ended (%s); starting it again in %.1f s", self.name, code, wait)
            self.wait_until = now + wait
            self.process = None
        if now >= self.wait_until:
            self.start()

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def join(self) -> None:
        if self.process is None:
            return
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()


def run(*, web: list[str], engine: list[str], stop: threading.Event | None = None) -> None:
    """Keep web and engine alive until SIGTERM, SIGINT or `stop`."""
    stop = stop or threading.Event()
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, lambda *_: stop.set())
    children = [Child("web", web), Child("engine", engine)]
    while not stop.is_set():
        for child in children:
            child.look()
        stop.wait(0.1)
    for child in children:
        child.stop()
    for child in children:
        child.join()


def serve(*, host: str, port: int) -> None:
    """The web process: granian over conf.asgi. Its worker ends with it (conf.asgi asks for that itself)."""
    from granian import Granian
    from granian.constants import Interfaces

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anlan.conf.settings")
    _raise_open_files()
    Granian(
        "anlan.conf.asgi:app",
        address=host,
        port=port,
        interface=Interfaces.ASGI,
        workers=1,
        websockets=False,
        backlog=4096,
        backpressure=VIEWERS,
        workers_kill_timeout=LEAVE_SECONDS,
        log_level=os.environ.get("ANLAN_LOG", "WARNING").lower(),
    ).serve()


def _raise_open_files() -> None:
    """Every viewer is an open file; the usual soft limit of 1,024 is far too low."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = VIEWERS + 512 if hard == resource.RLIM_INFINITY else min(VIEWERS + 512, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
