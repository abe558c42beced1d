"""A gateway over a store of its own: real sockets, no records."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from anlan.gateways.sl651.limits import Limits
from anlan.gateways.sl651.server import GatewayThread
from anlan.observe.ingest.ingest import Ingest
from anlan.observe.ingest.roster import Gauge, Roster
from anlan.observe.ingest.shapes import Taken
from anlan.observe.store.errors import UnknownSeries
from anlan.observe.store.reader import Reader
from anlan.wire.sl651.batch import station_key
from tests.support.stations import NOW, PASSWORD, RAIN, RIVER, Line


def roster() -> Roster:
    return Roster([Gauge(RAIN, "rain", PASSWORD), Gauge(RIVER, "stage", PASSWORD)])


@dataclass
class Centre:
    """The centre's side of a test."""

    folder: Path
    ingest: Ingest
    thread: GatewayThread
    port: int
    clock: list[datetime]
    batches: list[Taken] = field(default_factory=list)

    lines: list[Line] = field(default_factory=list)

    def line(self, source: str = "127.0.0.1") -> Line:
        """A station's line; of the loop's other addresses each is another peer."""
        self.lines.append(Line(self.port, source=source))
        return self.lines[-1]

    def rain(self, address: str = RAIN) -> list[int]:
        """Five-minute rain of a station as the file holds it."""
        return values(self.folder, address)

    def quarantine(self) -> list[tuple[str, bytes, int]]:
        """Reason code, bytes, how often."""
        with Reader(self.folder / "readings.sqlite3") as reader:
            return [(b.reason.partition(":")[0], b.bytes, b.count) for b in reader.broken()]


def values(folder: Path, address: str, element: int = 0x22) -> list[int]:
    with Reader(folder / "readings.sqlite3") as reader:
        try:
            return reader.series_values(station_key(address), element, 0, 1 << 41).value.tolist()
        except UnknownSeries:
            return []


@pytest.fixture
def make_centre(tmp_path: Path) -> Iterator[Callable[..., Centre]]:
    """Start a centre; give limits to have other ones."""
    made: list[Centre] = []

    def make(**limits: Any) -> Centre:
        ingest = Ingest.over(tmp_path, roster(), now=NOW)
        clock, batches = [NOW], []  # type: ignore[var-annotated]
        thread = GatewayThread(
            ingest,
            host="127.0.0.1",
            port=0,
            clock=lambda: clock[0],
            on_batch=batches.append,
            limits=Limits(**{"retry_s": (0.05,), **limits}),
        )
        made.append(Centre(tmp_path, ingest, thread, thread.start(), clock, batches))
        return made[-1]

    yield make
    for centre in made:
        for line in centre.lines:
            line.close()
        centre.thread.stop()
        centre.ingest.close()


@pytest.fixture
def centre(make_centre: Callable[..., Centre]) -> Centre:
    return make_centre()
