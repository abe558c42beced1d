"""The SL 651 gateway: stations connected and frames stored a second, every one durable before it is acknowledged.

The simulated stations are a process of their own: one socket each, the next frame only after the answer to the last.
"""

import os
import resource
import subprocess
import sys
import tempfile
from datetime import UTC, datetime
from typing import Any

STATIONS = 15_000
SECONDS = 12.0
SPARE = 300


def rows() -> list[dict[str, Any]]:
    """Stations connected at once, and distinct frames stored and acknowledged a second in the best five on end."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    stations = STATIONS if hard == resource.RLIM_INFINITY else min(STATIONS, hard - SPARE)
    said = "" if stations == STATIONS else f"_limited_to_{hard}_open_files"
    with tempfile.TemporaryDirectory(prefix="anlan-bench-") as folder:
        connected, stored_a_second, counted = _measure(folder, stations)
    assert counted["stored"] == counted["acknowledged"], counted
    return [
        _row(f"gateway_stations_connected{said}", connected, "stations"),
        _row(f"gateway_frames_stored{said}", stored_a_second, "frames/s"),
    ]


def _row(name: str, value: float, unit: str) -> dict[str, Any]:
    return {"name": name, "value": value, "unit": unit, "peer": None, "peer_value": None, "ratio": None}


def addresses(count: int) -> list[str]:
    """Addresses by division code and number."""
    return [f"{421300 + n // 60_000:06d}{n % 60_000 + 1:04X}" for n in range(count)]


def _measure(folder: str, stations: int) -> tuple[int, float, dict[str, int]]:
    from anlan.gateways.sl651.limits import SIMULATED
    from anlan.gateways.sl651.server import GatewayThread
    from anlan.observe.ingest.ingest import Ingest
    from anlan.observe.ingest.roster import Gauge, Roster

    roster = Roster([Gauge(a, "rain", 0x1234) for a in addresses(stations)])
    ingest = Ingest.over(folder, roster, now=datetime.now(UTC))
    gateway = GatewayThread(
        ingest, host="127.0.0.1", port=0, clock=lambda: datetime.now(UTC), limits=SIMULATED
    )
    port = gateway.start()
    try:
        simulator = subprocess.run(
            [sys.executable, __file__, str(port), str(stations), str(SECONDS)],
            stdout=subprocess.PIPE, text=True, check=True, timeout=55, env=os.environ.copy(),
        )  # fmt: skip
        connected, acknowledged, a_second = simulator.stdout.split()
    finally:
        gateway.stop()
    stored = ingest.frames_stored()
    ingest.close()
    told = {"stored": stored, "acknowledged": int(acknowledged)}
    return int(connected), float(a_second), told


def simulate(port: int, stations: int, seconds: float) -> None:
    """Connect every station, then let each report as soon as it was answered; prints connected, answered, answers a second."""
    from bench.gauges import Field

    field = Field(port, addresses(stations))
    field.connect()
    connected = field.count()
    answered, a_second = field.report(seconds)
    print(connected, answered, a_second)


if __name__ == "__main__":
    if len(sys.argv) == 4:
        sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
        simulate(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
    else:
        for row in rows():
            print(row)
