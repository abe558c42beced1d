"""Batches for the tests of the reading store, written as short tuples."""

from collections.abc import Sequence

import numpy as np

from anlan.observe.store.batch import Batch, Frames, typed

MINUTE = 60_000
HOUR = 60 * MINUTE
T0 = 1_628_700_000_000 // HOUR * HOUR
RAIN, STAGE = 0x22, 0x39

Reading = tuple[int, int, int, int]  # station, element, minutes after T0, value in tenths


def columns(readings: Sequence[Reading]) -> tuple[np.ndarray, ...]:
    table = np.array(readings, np.int64).reshape(-1, 4)
    at = T0 + table[:, 2] * MINUTE
    return table[:, 0], table[:, 1].astype(np.int32), at, table[:, 3], np.ones(len(table), np.int8)


def of(readings: Sequence[Reading], known: int = 0) -> Batch:
    """Readings without frames that become known ``known`` minutes after T0."""
    return typed(T0 + known * MINUTE, *columns(readings))


def framed(readings: Sequence[Reading], digests: Sequence[int], known: int = 0) -> Batch:
    """One frame a reading, sent when it was observed."""
    station, element, at, value, decimals = columns(readings)
    frames = Frames(station, at, np.array(digests, np.uint64))
    rows = np.arange(station.size, dtype=np.int32)
    quality = np.zeros(station.size, np.int16)
    return Batch(T0 + known * MINUTE, station, element, at, value, decimals, quality, rows, frames)
