"""Writing 写: the one way to open a transaction. How long each held the write lock is measured; people go before machines.

SQLite lets one writer in at a time and PostgreSQL one a world (the journal's head), so nothing slow stands inside: hash,
parse, compute and ask first. A machine's thread that called `goes_behind` lets whoever waits at a screen go first.
"""

import fcntl
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from django.db import OperationalError, connection, connections, transaction

from anlan.foundation import held, kept
from anlan.foundation.home import home

LONGEST_GIVING_WAY = 0.5
SHORT_SECONDS = 0.02
"""What comes in pieces lets go of the lock after so long, and goes on in the next transaction."""
LOOK_SECONDS = 0.005
TRY_AGAIN_STATES = {"40001", "40P01", "55P03"}
"""PostgreSQL: serialisation, deadlock, lock not available."""


class _Mine(threading.local):
    """What this thread does: whether it writes, for whom, and what it wrote since `begin_request`."""

    depth = 0
    behind = False
    wrote = False
    first: Callable[[], None] | None = None
    since = 0.0


_mine = _Mine()
_people = threading.Event()


@contextmanager
def writing(name: str = "") -> Iterator[None]:
    """One transaction, named for the measure after its caller unless told; inside another it is a part of that one."""
    name = name or _caller()
    with ExitStack() as stack:
        if _mine.depth:
            stack.enter_context(transaction.atomic())
        else:
            kept.refresh()
            if _mine.behind:
                give_way()
            clock = stack.enter_context(held.measured(name))
            with _in_front():
                stack.enter_context(transaction.atomic())
            clock.start()
            _mine.since = time.monotonic()
            stack.enter_context(kept.once(afresh=True))
        _mine.depth += 1
        stack.callback(_left)
        first, _mine.first = _mine.first, None
        if first is not None:
            first()
        yield
    if not _mine.depth:
        _mine.wrote = True


def is_long() -> bool:
    """Whether this thread has held the lock long enough: whoever does many pieces leaves the rest for another transaction."""
    return time.monotonic() - _mine.since > SHORT_SECONDS


def _left() -> None:
    _mine.depth -= 1


def _caller() -> str:
    """Module and function that opened the transaction, such as `warn.actions.calldown.hold`."""
    frame = sys._getframe(1)
    while frame.f_back and frame.f_globals.get("__name__") in (
        __name__,
        "contextlib",
        "anlan.foundation.actions",
    ):
        frame = frame.f_back
    return f"{frame.f_globals['__name__'].removeprefix('anlan.')}.{frame.f_code.co_name}"


def is_busy(error: BaseException | None) -> bool:
    """Whether others only held the records for too long: the same again will do."""
    while error is not None:
        if isinstance(error, OperationalError) and "is locked" in str(error):
            return True
        if getattr(error, "sqlstate", None) in TRY_AGAIN_STATES:
            return True
        error = error.__cause__
    return False


# ---------- a request of a person ----------
def serve_people(*, patience_s: float) -> None:
    """In the web process: writes go before those of machines, and are given up in time to say that all are busy."""
    _people.set()
    options = connections.settings["default"].setdefault("OPTIONS", {})
    if connection.vendor == "sqlite":
        options["timeout"] = patience_s
    else:
        options["options"] = f"-c lock_timeout={round(1000 * patience_s)}"


def begin_request() -> None:
    """From here on `wrote` tells of this request alone."""
    _mine.wrote, _mine.first = False, None


def wrote() -> bool:
    """Whether a transaction of this request stands: then it must not simply be sent again."""
    return _mine.wrote


@contextmanager
def begun_by(first: Callable[[], None]) -> Iterator[None]:
    """Let the next transaction of this thread begin with this, so that both stand or neither."""
    before, _mine.first = _mine.first, first
    try:
        yield
    finally:
        _mine.first = before


# ---------- who goes first ----------
def goes_behind() -> None:
    """Whatever this thread writes waits for those who sit at a screen."""
    _mine.behind = True


def _door() -> Path:
    return home() / "run" / "waiting"


@contextmanager
def _in_front() -> Iterator[None]:
    """A person who waits for the lock is seen by machines of every process; the kernel forgets who dies."""
    if not _people.is_set():
        yield
        return
    _door().parent.mkdir(exist_ok=True)
    with _door().open("a") as door:
        fcntl.flock(door, fcntl.LOCK_SH)
        yield


def give_way() -> None:
    """Let people who wait for the write lock have it, for half a second at most."""
    until = time.monotonic() + LONGEST_GIVING_WAY
    while _somebody_waits() and time.monotonic() < until:
        time.sleep(LOOK_SECONDS)


def _somebody_waits() -> bool:
    try:
        with _door().open() as door:
            fcntl.flock(door, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:
        return True
    return False
