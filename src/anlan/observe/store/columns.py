"""Rows of readings as columns, and their form on disk.

A block is what one transaction or one merge wrote: five columns, each as offset from its least value in the
narrowest whole number that holds it. A column that is all one value (the quality of a good batch, the time at
which a batch became known) takes no room.
"""

import struct
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntFlag
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan.observe.store.errors import StoreDamaged
from anlan.science.jit import Bools, Int16s, Int32s, Int64s

KEY_LIMIT = 1 << 21
TIME_LIMIT = 1 << 42
"""Series per store, and milliseconds since 1970 (until 2109): together they fit one int64 to sort by."""


class Quality(IntFlag):
    """质量标志: what is known against a reading. 0 is a good one; the bits are stored, never renumbered."""

    MISSING = 1  # the station said that it has no value; the value is 0
    RANGE = 2  # outside what the element can be
    RATE = 4  # changed faster than water can
    CLOCK = 8  # the station's clock is off
    LATE = 16  # became known long after it was observed
    RESET = 32  # first reading after an accumulating counter started over
    ROUNDED = 64  # came with more decimals than its series keeps
    MANUAL = 128  # typed or corrected by a person
    DERIVED = 256  # no station sent it: worked out from a counter or a longer sum
    SPREAD = 512  # and from reports so far apart that it was parted evenly
    UNSOUND = MISSING | RANGE | RATE  # no sum, map, model or rule goes by it
    STAMP = 1024  # of an hour report with one group time: maybe 55 minutes later, to be verified


@dataclass(frozen=True, slots=True)
class Columns:
    """Rows: series number, observed and known time (ms UTC), value in the series' resolution, quality bits."""

    key: Int32s
    at: Int64s
    known: Int64s
    value: Int64s
    quality: Int16s

    def __len__(self) -> int:
        return self.key.size

    def take(self, rows: Any) -> "Columns":
        """The rows of an index array, a mask or a slice."""
        return Columns(self.key[rows], self.at[rows], self.known[rows], self.value[rows], self.quality[rows])

    def where(self, mask: Bools) -> "Columns":
        """The rows of a mask; themselves when it is all of them, which is the usual batch."""
        return self if mask.all() else self.take(mask)

    def sort_key(self) -> Int64s:
        """One number to sort by series, then observed time."""
        return (self.key.astype(np.int64) << 42) | self.at


_TYPES = (np.int32, np.int64, np.int64, np.int64, np.int16)
EMPTY = Columns(
    np.empty(0, np.int32),
    np.empty(0, np.int64),
    np.empty(0, np.int64),
    np.empty(0, np.int64),
    np.empty(0, np.int16),
)


def joined(parts: Sequence[Columns]) -> Columns:
    """The parts one after the other."""
    if len(parts) == 1:
        return parts[0]
    every = [EMPTY, *parts]
    return Columns(
        np.concatenate([p.key for p in every]),
        np.concatenate([p.at for p in every]),
        np.concatenate([p.known for p in every]),
        np.concatenate([p.value for p in every]),
        np.concatenate([p.quality for p in every]),
    )


def by_series(rows: Columns) -> Columns:
    """Sorted by series and observed time; rows of one reading stay in the order in which they arrived."""
    return rows.take(np.argsort(rows.sort_key(), kind="stable"))


def current(rows: Columns, known_by: int | None = None) -> Columns:
    """Of each reading the row known last (by ``known_by``), sorted by series and observed time."""
    if known_by is not None:
        rows = rows.take(rows.known <= known_by)
    rows = rows.take(np.lexsort((rows.known, rows.sort_key())))
    last = np.ones(len(rows), np.bool_)
    key = rows.sort_key()
    last[:-1] = key[1:] != key[:-1]
    return rows.take(last)


_HEAD = struct.Struct("<BBI")
_COLUMN = struct.Struct("<Biq")
_WIDTHS = ((0, 0), (0xFF, 1), (0xFFFF, 2), (0xFFFF_FFFF, 4))
_VERSION = 1


def pack(rows: Columns, *, squeeze: bool = False) -> bytes:
    """The bytes of a block; ``squeeze`` for those that stay."""
    columns = [_pack_column(column, time=i in (1, 2)) for i, column in enumerate(_arrays(rows))]
    body = b"".join(data for _, data in columns)
    if squeeze:
        body = zlib.compress(body, 1)
    return _HEAD.pack(_VERSION, squeeze, len(rows)) + b"".join(head for head, _ in columns) + body


def unpack(block: bytes) -> Columns:
    """The rows of a block. Raises `StoreDamaged`."""
    try:
        version, squeezed, n = _HEAD.unpack_from(block)
        heads = [_COLUMN.unpack_from(block, _HEAD.size + i * _COLUMN.size) for i in range(5)]
        start = _HEAD.size + 5 * _COLUMN.size
        body = zlib.decompress(block[start:]) if squeezed else block[start:]
    except (struct.error, zlib.error) as wrong:
        raise StoreDamaged("A block cannot be read: restore the store with `anlan restore`.") from wrong
    if version != _VERSION or len(body) != n * sum(width for width, _, _ in heads):
        raise StoreDamaged("A block is cut short or from a newer version: restore it with `anlan restore`.")
    arrays, at = [], 0
    for (width, step, base), kind in zip(heads, _TYPES, strict=True):
        arrays.append(_unpack_column(body, at, n, width, step, base).astype(kind, copy=False))
        at += n * width
    return Columns(*arrays)


def _arrays(rows: Columns) -> tuple[NDArray[Any], ...]:
    return rows.key, rows.at, rows.known, rows.value, rows.quality


def _pack_column(column: NDArray[Any], *, time: bool) -> tuple[bytes, bytes]:
    if not column.size:
        return _COLUMN.pack(0, 1, 0), b""
    base, most = int(column.min()), int(column.max())
    if base == most:
        return _COLUMN.pack(0, 1, base), b""
    offset = column.astype(np.int64).view(np.uint64) - np.int64(base).view(np.uint64)
    step = _step(offset) if time else 1
    if step > 1:
        offset //= np.uint64(step)
    width = next((w for limit, w in _WIDTHS if (most - base) // step <= limit), 8)
    return _COLUMN.pack(width, step, base), offset.astype(f"<u{width}").tobytes()


def _step(offset: NDArray[np.uint64]) -> int:
    """Whole minutes, seconds or milliseconds, whichever all offsets are made of."""
    return next((s for s in (60_000, 1_000) if not (offset % np.uint64(s)).any()), 1)


def _unpack_column(body: bytes, at: int, n: int, width: int, step: int, base: int) -> Int64s:
    if width == 0:
        return np.full(n, base, np.int64)
    offset = np.frombuffer(body, f"<u{width}", n, at).astype(np.uint64)
    return (offset * np.uint64(step) + np.int64(base).view(np.uint64)).view(np.int64)
