"""What the engine tells of itself: its beat, and of each part that is ill since when and why.

It stands in a file beside the records: pages, doctor and watchdogs can tell it even when no record can be written.
"""

import json
import logging
import os
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from anlan.foundation.home import home

log = logging.getLogger(__name__)
FRESH_SECONDS = 15.0
"""A beat older than this is none."""
STUCK_SECONDS = 90.0
"""A part that has not come back for so long hangs: longer than a write may wait for the records."""
LONGEST_REST = 30.0
ENGINE = "engine"
BUSY, FULL, STUCK, STOPPED = "busy", "full", "stuck", "stopped"
_SIGNS = {
    BUSY: ("locked", "deadlock", "statement timeout"),
    FULL: ("disk is full", "No space left", "DiskFull", "could not extend"),
}
T = TypeVar("T")


@dataclass(frozen=True)
class Ill:
    """A part that does not work. `why` is a code, or the name of an error: its words may hold a number."""

    part: str
    since: datetime
    why: str


def cause(error: BaseException | str) -> str:
    """`busy` and `full` pass by themselves; anything else by the name of the error. A trace will do."""
    told = error if isinstance(error, str) else f"{type(error).__name__}: {error}"
    last = (told.strip().splitlines() or [""])[-1]
    known = (code for code, signs in _SIGNS.items() if any(sign in last for sign in signs))
    return next(known, last.partition(":")[0].rpartition(".")[2][:60])


def passes(error: BaseException) -> bool:
    """Whether the fault is the records', not the work's: it is done as it stands once they answer again."""
    return cause(error) in _SIGNS


class Part:
    """A part of the engine that outlives its own failures: it rests, longer each time, and is tried again."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.ill: Ill | None = None
        self._falls = 0
        self._rests_until = 0.0
        self._began = 0.0
        self.may_last = False

    @property
    def rests(self) -> float:
        """Seconds until it is tried again."""
        return max(0.0, self._rests_until - time.monotonic())

    @property
    def lasts(self) -> float:
        """Seconds since it began what it does now; 0 while it does nothing."""
        began = self._began
        return time.monotonic() - began if began else 0.0

    def do(self, work: Callable[[], T]) -> T | None:
        """Do it unless the part rests; None when it fell."""
        if self.rests:
            return None
        self._began = time.monotonic()
        try:
            done = work()
        except Exception as error:
            log.exception("%s fell", self.name)
            self.fell(cause(error))
            return None
        finally:
            self._began = 0.0
        self.well()
        return done

    def fell(self, why: str) -> None:
        """Say so, and rest."""
        self.ill = Ill(self.name, self.ill.since if self.ill else datetime.now(UTC), why)
        self._rests_until = time.monotonic() + min(2.0**self._falls, LONGEST_REST)
        self._falls += 1

    def well(self) -> None:
        if self.ill is not None:
            log.warning("%s goes on", self.name)
        self.ill, self._falls, self._rests_until = None, 0, 0.0

    def told(self) -> Ill | None:
        """What is wrong with it; also that it does not come back from what it does."""
        lasts = self.lasts
        if self.ill is None and lasts and not self.may_last and lasts > STUCK_SECONDS:
            return Ill(self.name, datetime.fromtimestamp(time.time() - lasts, UTC), STUCK)
        return self.ill


class Health:
    """The parts of one engine, and the file that tells of them."""

    def __init__(self, only: str = "") -> None:
        self._path = _path(only)
        self._parts: dict[str, Part] = {}
        self._can_tell = True

    def part(self, name: str) -> Part:
        return self._parts.setdefault(name, Part(name))

    def beat(self) -> None:
        """Tell that we are alive. A disk that takes nothing stops nobody: the beat grows old, which tells it too."""
        ills = filter(None, [part.told() for part in list(self._parts.values())])
        rows = [{**asdict(each), "since": each.since.isoformat()} for each in ills]
        told = {"pid": os.getpid(), "beat": datetime.now(UTC).isoformat(), "ill": rows}
        scratch = self._path.with_suffix(".new")
        try:
            self._path.parent.mkdir(exist_ok=True)
            scratch.write_text(json.dumps(told))
            scratch.rename(self._path)
        except OSError as error:
            if self._can_tell:
                log.error("the beat cannot be written: %s", error)
            self._can_tell = False
        else:
            self._can_tell = True

    def well_but(self, prefix: str, names: set[str]) -> None:
        """Parts whose names begin so and that nobody wants any more ail no more."""
        for part in list(self._parts.values()):
            if part.name.startswith(prefix) and part.name not in names:
                part.well()


@dataclass(frozen=True)
class Told:
    """What an engine told last."""

    pid: int
    beat: datetime
    ill: list[Ill]

    @property
    def age(self) -> float:
        """Seconds since then."""
        return max(0.0, (datetime.now(UTC) - self.beat).total_seconds())


def _path(only: str, folder: Path | None = None) -> Path:
    return (folder or home()) / "run" / f"engine{only}.json"


def told(only: str = "", folder: Path | None = None) -> Told | None:
    """What the engine of this state folder told last; None when none ever ran. `only`: of an exercise that has its own."""
    try:
        found = json.loads(_path(only, folder).read_text())
        ill = [Ill(i["part"], datetime.fromisoformat(i["since"]), i["why"]) for i in found.get("ill", ())]
        return Told(int(found["pid"]), datetime.fromisoformat(found["beat"]), ill)
    except (OSError, ValueError, KeyError):
        return None


def ills(only: str = "") -> list[Ill]:
    """Everything of the engine that is ill now; the engine itself where it no longer beats."""
    found = told(only)
    if found is None:
        return []
    return [Ill(ENGINE, found.beat, STOPPED)] if found.age > FRESH_SECONDS else found.ill
