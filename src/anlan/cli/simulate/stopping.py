"""While a model runs: how far it is, and Ctrl-C, upon which it ends in order, with what it has kept."""

import signal
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

SAY_EVERY_S = 0.2


@contextmanager
def asked_to_stop() -> Iterator[threading.Event]:
    """Set by Ctrl-C or a polite end; the second Ctrl-C ends at once."""
    stop = threading.Event()

    def note(signum: int, frame: FrameType | None) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    before = {each: signal.signal(each, note) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


class WrittenOver:
    """One line on a terminal that is written over; elsewhere a line each ``elsewhere_s``, none unless given."""

    def __init__(self, *, every_s: float | None = None, elsewhere_s: float | None = None) -> None:
        self._shown = sys.stderr.isatty()
        self._every_s = (SAY_EVERY_S if every_s is None else every_s) if self._shown else elsewhere_s
        self._said = time.monotonic()

    def is_due(self) -> bool:
        return self._every_s is not None and time.monotonic() - self._said >= self._every_s

    def say(self, line: str) -> None:
        if self.is_due():
            self._said = time.monotonic()
            before, end = ("\r\033[K", "") if self._shown else ("", "\n")
            print(before + line, end=end, file=sys.stderr, flush=True)

    def end(self) -> None:
        if self._shown:
            print("\r\033[K", end="", file=sys.stderr, flush=True)
