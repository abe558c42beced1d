"""From a reading to the first internal call: the standing rule waits for nobody, while 5,000 frames a second arrive.

The real engine in a process of its own, over the demo city with 2,500 more gauges that report twice a second in the dry; their
simulator is a process too. One town after the other has a cloudburst over one of its gauges, when the calls of the one before
are all placed; the time runs from the frame's bytes in the socket to the moment at which another process reads the committed call.
"""

import contextlib
import os
import resource
import socket
import sqlite3
import statistics
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

GAUGES = 2_500
FRAMES_A_SECOND = 5_000
TOWNS = 30
CALM_SECONDS = 0.5
CLOUDBURST_TENTHS = 480
PASSWORD = 0x1234
PATIENCE_SECONDS = 30.0
ANSWER_BYTES = 25


def rows() -> list[dict[str, Any]]:
    """Milliseconds at the 99th of a hundred and in the middle, and the frames that came in meanwhile."""
    home = Path(os.environ["ANLAN_HOME"])
    gauges = _installation()
    port = _free_port()
    engine = subprocess.Popen([sys.executable, "-m", "anlan", "engine", "--gauge-port", str(port)])
    crowd = None
    try:
        _wait_for(port)
        crowd = subprocess.Popen(
            [sys.executable, __file__, str(port), str(GAUGES), str(FRAMES_A_SECOND)], stdout=subprocess.PIPE
        )
        assert crowd.stdout is not None
        assert crowd.stdout.readline(), "the engine does not keep up with the crowd: is the machine busy?"
        before, began = _frames(home), time.monotonic()
        spent = [_cloudburst(home, port, *gauge) for gauge in gauges]
        arrived = (_frames(home) - before) / (time.monotonic() - began)
    finally:
        for child in filter(None, (crowd, engine)):
            child.terminate()
            child.wait(30)
    spent.sort()
    last = spent[min(len(spent) - 1, -(-len(spent) * 99 // 100) - 1)]
    return [
        _row("reading_to_first_call_p99", 1e3 * last, "ms"),
        _row("reading_to_first_call_median", 1e3 * statistics.median(spent), "ms"),
        _row("frames_stored_meanwhile", arrived, "frames/s"),
    ]


def _row(name: str, value: float, unit: str) -> dict[str, Any]:
    return {"name": name, "value": value, "unit": unit, "peer": None, "peer_value": None, "ratio": None}


def _installation() -> list[tuple[str, int, str]]:
    """The demo city and the crowd's gauges; gives a gauge of each of many towns: address, password, the town's path."""
    from anlan.conf.install import ready

    ready()
    from anlan.conf.replaying import load_city_once
    from anlan.foundation import worlds
    from anlan.observe import queries as observe
    from anlan.observe.actions.stations import load_stations
    from anlan.places.atlas import atlas

    load_city_once()
    ctx = worlds.context(worlds.get("live"))
    place = atlas().places[0]
    more = [
        {
            "address": address,
            "name": "压测站",
            "kind": "rain",
            "place_id": place.id,
            "lon": 113.0,
            "lat": 31.0,
        }
        for address in addresses(GAUGES)
    ]
    load_stations(ctx, [(columns, f"{PASSWORD:04X}", []) for columns in more])
    passwords = observe.passwords()
    found: dict[str, tuple[str, int, str]] = {}
    for station in observe.stations(ctx, "rain"):
        if station.serves:
            town = atlas().by_id[station.serves[0]].path[:12]
            found.setdefault(town, (station.address, int(passwords[station.address], 16), town))
    return list(found.values())[:TOWNS]


def addresses(count: int) -> list[str]:
    """Addresses that the demo city does not use."""
    return [f"99{n:08d}" for n in range(count)]


def frame(address: str, password: int, serial: int, tenths: int) -> bytes:
    """A timed report of five-minute rain, now, made by hand."""
    from anlan.wire.sl651.crc import crc16

    stamp = bytes.fromhex(time.strftime("%y%m%d%H%M%S", time.gmtime(time.time() + 8 * 3600)))
    station = bytes.fromhex(address)
    rain = b"\x22\x19" + bytes.fromhex(f"{tenths:06d}") + b"\x38\x12\x12\x50"
    body = struct.pack(">H", serial) + stamp + b"\xf1\xf1" + station + b"P\xf0\xf0" + stamp[:5] + rain
    head = (
        b"\x7e\x7e\x01"
        + station
        + struct.pack(">H", password)
        + b"\x32"
        + struct.pack(">H", len(body))
        + b"\x02"
    )
    data = head + body + b"\x03"
    return data + struct.pack(">H", crc16(data))


def _cloudburst(home: Path, port: int, address: str, password: int, town: str) -> float:
    """Seconds from the bytes to the first committed call in the town: placed by the line, or laid on the desk."""
    _wait_for_calm(home)
    with (
        socket.create_connection(("127.0.0.1", port)) as line,
        sqlite3.connect(home / "records.sqlite3", timeout=30) as db,
    ):
        seen = db.execute("SELECT coalesce(max(id), 0) FROM foundation_journalentry").fetchone()[0]
        began = time.monotonic()
        line.sendall(frame(address, password, 1, CLOUDBURST_TENTHS))
        asked = (
            "SELECT 1 FROM foundation_journalentry WHERE id > ? AND place LIKE ?"
            " AND name IN ('warn.call.placed', 'warn.call.laid') LIMIT 1"
        )
        while not db.execute(asked, (seen, f"{town}%")).fetchone():
            assert time.monotonic() - began < PATIENCE_SECONDS, f"nobody in {town} was called"
            time.sleep(0.002)
        return time.monotonic() - began


def _wait_for_calm(home: Path) -> None:
    """Until nothing was journaled for a moment: what follows from the cloudburst before is done."""
    with sqlite3.connect(home / "records.sqlite3", timeout=30) as db:
        last, since = -1, time.monotonic()
        while time.monotonic() - since < CALM_SECONDS:
            now = db.execute("SELECT coalesce(max(id), 0) FROM foundation_journalentry").fetchone()[0]
            if now != last:
                last, since = now, time.monotonic()
            time.sleep(0.05)


def _frames(home: Path) -> int:
    """Frames that the store holds."""
    from anlan.observe.store.reader import Reader

    with Reader(home / "readings-live.sqlite3") as reader:
        return reader.counts().get("frames_stored", 0)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int) -> None:
    end = time.monotonic() + 90
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError("the engine did not start")


def crowd(port: int, gauges: int, frames_a_second: int) -> None:
    """Every gauge on a connection of its own, one frame after the other at an even pace; answers are read and dropped."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    lines = []
    for _ in range(gauges):
        line = socket.create_connection(("127.0.0.1", port), timeout=20)
        line.setblocking(False)
        lines.append(line)
    due, turns = time.monotonic(), _turns(lines)
    sent = answered = calm = 0
    while True:
        for _ in range(frames_a_second // 50):
            line, data = next(turns)
            with contextlib.suppress(BlockingIOError):  # nothing was answered yet
                answered += len(line.recv(4096)) // ANSWER_BYTES
            line.send(data)
            sent += 1
        calm = calm + 1 if sent - answered < frames_a_second and sent > 5 * frames_a_second else 0
        if calm == 100:  # two seconds without a backlog: connected, compiled, caught up
            print("ready", flush=True)
        due += 0.02
        time.sleep(max(0.0, due - time.monotonic()))


def _turns(lines: list[socket.socket]) -> Iterator[tuple[socket.socket, bytes]]:
    names = addresses(len(lines))
    serial = 0
    while True:
        serial = serial % 65_535 + 1
        for line, address in zip(lines, names, strict=True):
            yield line, frame(address, PASSWORD, serial, 0)


if __name__ == "__main__":
    if len(sys.argv) == 4:
        crowd(int(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
    else:
        for found in rows():
            print(found)
