"""Whether we are well, for a watchdog: a write that stands, the engine's beat, room on the disk. Asked, it answers within a second."""

import logging
import shutil
import threading
import time
from collections.abc import Callable
from typing import Any

from django.db import connection

from anlan.foundation import cursors, health
from anlan.foundation.home import home

log = logging.getLogger(__name__)
PATIENCE_SECONDS = 0.7
"""What has not answered by then is ill."""
KEPT_SECONDS = 2.0
"""An answer is good for so long: whoever asks often costs no more writes."""
LITTLE_BYTES = 8 << 20
READER = "healthz"
Told = dict[str, Any]


def records() -> Told:
    """A row that is written and stands; whoever holds the records longer than we wait makes them ill."""
    began = time.monotonic()
    try:
        with connection.cursor() as cursor:
            for word in _IMPATIENT[connection.vendor]:
                cursor.execute(word)
        cursors.touch(READER)
    finally:
        connection.close()
    return {"ok": True, "write_ms": round(1000 * (time.monotonic() - began))}


_IMPATIENT = {
    "sqlite": ("PRAGMA busy_timeout = 600",),
    "postgresql": ("SET lock_timeout = 600", "SET statement_timeout = 600"),
}


def engine() -> Told:
    """The age of its beat, and which of its parts are ill; exercises are none of them."""
    told = health.told()
    if told is None:
        return {"ok": False, "why": health.STOPPED}
    ill = [each.part for each in told.ill if not each.part.startswith("exercise")]
    return {"ok": told.age <= health.FRESH_SECONDS and not ill, "beat_age_s": round(told.age, 1), "ill": ill}


def disk() -> Told:
    """A file takes what is written into it."""
    free = shutil.disk_usage(home()).free
    (home() / "run").mkdir(exist_ok=True)
    (home() / "run" / "healthz").write_bytes(b"x" * 4096)
    return {"ok": free >= LITTLE_BYTES, "free_mb": free >> 20}


class Probe:
    """Asks each part in a thread of its own, at most one at a time."""

    def __init__(self, **checks: Callable[[], Told]) -> None:
        self._checks = checks
        self._asked: dict[str, threading.Thread] = {}
        self._told: dict[str, tuple[float, Told]] = {}
        self._lock = threading.Lock()

    def look(self) -> dict[str, Told]:
        """What each part says; who says nothing in time is ill."""
        until = time.monotonic() + PATIENCE_SECONDS
        with self._lock:
            asked = {name: self._ask(name) for name in self._checks if not self._is_known(name)}
        for thread in asked.values():
            thread.join(max(0.0, until - time.monotonic()))
        silent = {"ok": False, "why": health.STUCK}
        return {name: self._told[name][1] if self._is_known(name) else silent for name in self._checks}

    def _is_known(self, name: str) -> bool:
        return name in self._told and time.monotonic() - self._told[name][0] < KEPT_SECONDS

    def _ask(self, name: str) -> threading.Thread:
        thread = self._asked.get(name)
        if thread is None or not thread.is_alive():
            thread = self._asked[name] = threading.Thread(target=self._hear, args=(name,), daemon=True)
            thread.start()
        return thread

    def _hear(self, name: str) -> None:
        try:
            told = self._checks[name]()
        except Exception as error:
            log.exception("%s cannot be asked", name)
            told = {"ok": False, "why": health.cause(error)}
        self._told[name] = time.monotonic(), told


probe = Probe(records=records, engine=engine, disk=disk)
