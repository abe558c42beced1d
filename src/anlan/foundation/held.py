"""How long each kind of transaction held the write lock: counted in this process, told to `doctor` by a small file.

Buckets grow by a fifth, so that the 99th of a hundred is known within that, and counts of processes add up.
"""

import atexit
import json
import logging
import math
import os
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from anlan.foundation.home import home

log = logging.getLogger(__name__)
GROWS = 1.2
FLUSH_SECONDS = 5.0
KEPT_SECONDS = 24 * 3600.0
MOST_MS = 50
"""An action takes no longer than this under the lock."""


@dataclass
class Held:
    """What one name's transactions took, in milliseconds: the worst, and how many in each bucket."""

    worst: float = 0.0
    buckets: Counter[int] = field(default_factory=Counter)

    @property
    def count(self) -> int:
        return self.buckets.total()

    def p99(self) -> float:
        """Upper edge of the bucket that the 99th of a hundred lies in, never more than the worst."""
        left = math.ceil(self.count * 0.99)
        for bucket in sorted(self.buckets):
            left -= self.buckets[bucket]
            if left <= 0:
                return float(min(self.worst, GROWS ** (bucket + 1)))
        return self.worst

    def add(self, ms: float) -> None:
        self.worst = max(self.worst, ms)
        self.buckets[math.floor(math.log(max(ms, 0.01), GROWS))] += 1


_held: dict[str, Held] = {}
_lock = threading.Lock()
_flushed = time.monotonic()


class Clock:
    """From the moment the lock was there."""

    began: float | None = None

    def start(self) -> None:
        self.began = time.perf_counter()


@contextmanager
def measured(name: str) -> Iterator[Clock]:
    """Count what passes from `start` to the end; nothing when the lock was never had."""
    clock = Clock()
    try:
        yield clock
    finally:
        if clock.began is not None:
            _note(name, 1000 * (time.perf_counter() - clock.began))


def _note(name: str, ms: float) -> None:
    global _flushed
    with _lock:
        _held.setdefault(name, Held()).add(ms)
        due = time.monotonic() - _flushed > FLUSH_SECONDS
        if due:
            _flushed = time.monotonic()
    if due:
        flush()


def _folder() -> Path:
    return home() / "run" / "held"


@atexit.register
def flush() -> None:
    """Write this process's counts where `doctor` reads them; those of yesterday's processes go."""
    with _lock:
        told = {name: [each.worst, dict(each.buckets)] for name, each in _held.items()}
    if not told or not home().exists():
        return
    try:
        _folder().mkdir(parents=True, exist_ok=True)
        for old in _folder().glob("*.json"):
            if time.time() - old.stat().st_mtime > KEPT_SECONDS:
                old.unlink()
        scratch = _folder() / f"{os.getpid()}.new"
        scratch.write_text(json.dumps(told))
        scratch.replace(scratch.with_suffix(".json"))
    except OSError as error:
        log.warning("times under the write lock are not kept: %s", error)


def of_all(state: Path) -> dict[str, Held]:
    """What all processes of the installation in that folder counted, the slowest first."""
    found: dict[str, Held] = {}
    for file in (state / "run" / "held").glob("*.json"):
        for name, (worst, buckets) in json.loads(file.read_text()).items():
            each = found.setdefault(name, Held())
            each.worst = max(each.worst, worst)
            each.buckets.update({int(bucket): count for bucket, count in buckets.items()})
    return dict(sorted(found.items(), key=lambda pair: -pair[1].p99()))
