"""No station waits for a compiler: what reads, judges and stores a batch is run once before a gateway opens."""

from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from anlan.observe.ingest.ingest import Ingest
from anlan.observe.ingest.roster import Gauge, Roster
from anlan.wire.sl651.build import encode_uplink

ADDRESSES = {"0000000001": "rain", "0000000002": "stage"}
VALUES = {"rain": [("22", Decimal(1)), ("26", Decimal(1))], "stage": [("39", Decimal(1))]}
AT = datetime(2024, 7, 1, 8, 0, tzinfo=UTC)


@cache
def warm() -> None:
    """Take a frame of each kind of station into a store of its own, twice: the second is a repeat."""
    frames = [
        encode_uplink(
            function=0x32, center=1, station=address, password=0, serial=1, sent_at=AT,
            groups=[(address, "P" if kind == "rain" else "H", AT, VALUES[kind])],
        )
        for address, kind in ADDRESSES.items()
    ]  # fmt: skip
    with TemporaryDirectory() as folder:
        roster = Roster([Gauge(address, kind, 0) for address, kind in ADDRESSES.items()])
        ingest = Ingest.over(Path(folder), roster, now=AT)
        for _ in range(2):
            ingest.take(frames, known_at=AT)
        ingest.close()
