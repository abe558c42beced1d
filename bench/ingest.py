"""From the bytes of SL 651 frames to the disk: decode, rain windows with levels, durable store, 1,000 frames a batch.

Each batch is on the disk (synchronous=FULL) before the next begins, as before an acknowledgement.
"""

import struct
import tempfile
import time
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np

STATIONS = 15_000
BATCH = 1_000
TICKS = 25
START = datetime(2021, 8, 11, 12, tzinfo=timezone(timedelta(hours=8)))
RAIN = 0x22


def rows() -> list[dict[str, Any]]:
    """Frames a second through the whole path, the share of the store, and a day of one series read back."""
    with tempfile.TemporaryDirectory(dir=Path.cwd()) as folder:
        spent = _run(Path(folder) / "readings-bench.sqlite3")
        day_ms, size = _one_day(Path(folder) / "readings-day.sqlite3")
    return [
        _row("ingest_decode_windows_store", _best(spent.sum(axis=1)), "frames/s/core"),
        _row("ingest_decode", _best(spent[:, 0]), "frames/s/core"),
        _row("ingest_windows", _best(spent[:, 1]), "frames/s/core"),
        _row("ingest_store", _best(spent[:, 2]), "frames/s/core"),
        _row("store_one_series_24_h_of_15000_stations", day_ms, "ms"),
        _row("store_bytes_a_reading", size, "B"),
    ]


def _best(seconds: np.ndarray) -> float:
    """Frames a second over the best run of batches that holds two merges: the disk is shared with others."""
    batches = 64
    return BATCH * batches / float(np.convolve(seconds, np.ones(batches), "valid").min())


def _row(name: str, value: float, unit: str) -> dict[str, Any]:
    return {"name": name, "value": value, "unit": unit, "peer": None, "peer_value": None, "ratio": None}


def _run(path: Path) -> np.ndarray:
    """Seconds of each batch by part; the first tick (compiling, new series) left out."""
    from anlan.observe.store.writer import Writer
    from anlan.science.windows.ring import RainWindows
    from anlan.wire.sl651.batch import decode_batch, pack

    stations = np.arange(STATIONS, dtype=np.int64) + _key("4213000000")
    base = np.array([160, 300, 400, 500, 500, 600])[:, None] * np.array([1, 2, 3, 5])
    windows = RainWindows(stations, thresholds=base[None].astype(np.int32))
    spent = []
    with Writer(path) as writer:
        for tick in range(TICKS):
            now = START + timedelta(minutes=5 * tick)
            packed = [pack(batch) for batch in _frames(now, tick)]
            for buffer, offsets in packed:
                marks = [time.perf_counter()]
                decoded = decode_batch(buffer, offsets)
                marks.append(time.perf_counter())
                rain = np.flatnonzero(decoded.code == RAIN)
                windows.advance(int(now.timestamp() * 1000))
                where = windows.rows_of(decoded.station[rain])
                windows.push(where, decoded.at[rain] * 1000, decoded.value[rain].astype(np.int32))
                windows.evaluate()
                marks.append(time.perf_counter())
                writer.write(_batch(decoded, int(now.timestamp() * 1000)))
                marks.append(time.perf_counter())
                spent.append(np.diff(marks))
    return np.array(spent[STATIONS // BATCH :])


def _batch(decoded: Any, known_at: int) -> Any:
    from anlan.observe.store.batch import Batch, Frames

    return Batch(
        known_at=known_at,
        station=decoded.station,
        element=decoded.code.astype(np.int32),
        at=decoded.at * 1000,
        value=decoded.value,
        decimals=decoded.decimals.astype(np.int8),
        quality=decoded.missing.astype(np.int16),
        frame=decoded.frame,
        frames=Frames(decoded.sender, decoded.sent_at * 1000, decoded.digest),
    )


def _key(address: str) -> int:
    from anlan.wire.sl651.batch import station_key

    return int(station_key(address))


def _frames(now: datetime, tick: int) -> list[list[bytes]]:
    """A frame of each station with three elements, in batches."""
    from anlan.wire.sl651.crc import crc16

    when = bytes.fromhex(now.strftime("%y%m%d%H%M"))
    out = []
    for number in range(STATIONS):
        station = bytes.fromhex(f"{4213000000 + number:010d}")
        values = f"2219{(number + 7 * tick) % 80:06d}2619{(number + 9 * tick) % 9000:06d}38121250"
        body = (
            struct.pack(">H", tick + 1)
            + when
            + b"\0\xf1\xf1"
            + station
            + b"\x50\xf0\xf0"
            + when
            + bytes.fromhex(values)
        )
        frame = (
            b"\x7e\x7e\x01"
            + station
            + b"\xa0\0\x32"
            + struct.pack(">H", len(body))
            + b"\x02"
            + body
            + b"\x03"
        )
        out.append(frame + struct.pack(">H", crc16(frame)))
    return [out[a : a + BATCH] for a in range(0, STATIONS, BATCH)]


def _one_day(path: Path) -> tuple[float, float]:
    """Milliseconds to a day of one series of a store of 45,000, and bytes a reading."""
    from anlan.observe.store.batch import typed
    from anlan.observe.store.reader import Reader
    from anlan.observe.store.writer import Writer

    stations = np.repeat(np.arange(STATIONS, dtype=np.int64), 3)
    elements = np.tile(np.array([0x22, 0x26, 0x38], np.int32), STATIONS)
    decimals = np.ones(stations.size, np.int8)
    random = np.random.default_rng(0)
    start = int(START.timestamp() * 1000)
    with Writer(path) as writer:
        for slot in range(288):
            at = np.full(stations.size, start + slot * 300_000)
            value = random.integers(0, 60, stations.size)
            writer.write(typed(int(at[0]), stations, elements, at, value, decimals))
    with Reader(path) as reader:
        spent = []
        for station in range(5):
            began = time.perf_counter()
            values = reader.series_values(1_000 * station, 0x22, start, start + 24 * 3_600_000)
            spent.append(time.perf_counter() - began)
        assert values.at.size == 288
    return 1e3 * float(np.median(spent)), path.stat().st_size / (288 * stations.size)


if __name__ == "__main__":
    for row in rows():
        print(row)
