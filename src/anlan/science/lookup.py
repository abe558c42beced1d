"""From a 64-bit code to its row number, a batch at a time: open addressing, a few nanoseconds a code."""

import numpy as np

from anlan.science.fields import Field, science
from anlan.science.jit import Int32s, Int64s, njit

_EMPTY = -1


class DuplicateCode(ValueError):
    """A code was given twice, so it has no single row. Remove one of the two."""


@science(Field("codes", "int64", ("n",), "code"), source="own")
def has_twice(codes: Int64s) -> bool:
    """Whether any code stands twice (by sorting: NumPy's unique is eighty times slower on two million codes).

    >>> has_twice(np.array([3, 1, 3]))
    True
    """
    ordered = np.sort(codes)
    return bool((ordered[1:] == ordered[:-1]).any())


class CodeTable:
    """Codes (any int64) in the order they were added; the row of a code is its place in that order."""

    def __init__(self, codes: Int64s | None = None) -> None:
        self._codes = np.empty(64, np.int64)
        self._slots = np.full(128, _EMPTY, np.int32)
        self._count = 0
        if codes is not None:
            self.add(codes)

    def __len__(self) -> int:
        return self._count

    @property
    def codes(self) -> Int64s:
        """All codes by row (a view)."""
        return self._codes[: self._count]

    @science(
        Field("codes", "int64", ("n",), "code"),
        Field("return", "int32", ("n",), "row, -1 unknown", "out"),
        source="own: open addressing, multiplicative hash (Knuth, TAOCP 3, 6.4)",
    )
    def rows(self, codes: Int64s) -> Int32s:
        """The row of each code, -1 where it is unknown.

        >>> CodeTable(np.array([70, 50])).rows(np.array([50, 60, 70]))
        array([ 1, -1,  0], dtype=int32)
        """
        out = np.empty(codes.size, np.int32)
        _find(codes, self._codes, self._slots, out)
        return out

    @science(
        Field("codes", "int64", ("n",), "code"),
        Field("return", "int32", ("n",), "row", "out"),
        source="own",
    )
    def add(self, codes: Int64s) -> Int32s:
        """Add codes and give their rows. Raises `DuplicateCode`, with nothing added.

        >>> CodeTable(np.array([70, 50])).add(np.array([99]))
        array([2], dtype=int32)
        """
        seen = self.rows(codes) >= 0
        if seen.any() or has_twice(codes):
            raise DuplicateCode("A code is already in the table or stands twice in the batch: remove one.")
        start, stop = self._count, self._count + codes.size
        self._make_room(stop)
        self._codes[start:stop] = codes
        _insert(self._codes, start, stop, self._slots)
        self._count = stop
        return np.arange(start, stop, dtype=np.int32)

    def _make_room(self, count: int) -> None:
        if count > self._codes.size:
            self._codes = np.resize(self._codes, max(count, 2 * self._codes.size))
        if 2 * count > self._slots.size:
            self._slots = np.full(1 << int(4 * count - 1).bit_length(), _EMPTY, np.int32)
            _insert(self._codes, 0, self._count, self._slots)


@njit
def _home(code: int, mask: int) -> int:
    h = np.uint64(code) * np.uint64(0x9E3779B97F4A7C15)
    return np.int64((h >> np.uint64(29)) & np.uint64(mask))  # type: ignore[return-value]


@njit
def _insert(codes: Int64s, start: int, stop: int, slots: Int32s) -> None:
    mask = slots.size - 1
    for row in range(start, stop):
        at = _home(codes[row], mask)
        while slots[at] >= 0:
            at = (at + 1) & mask
        slots[at] = row


@njit
def _find(wanted: Int64s, codes: Int64s, slots: Int32s, out: Int32s) -> None:
    mask = slots.size - 1
    for i in range(wanted.size):
        at = _home(wanted[i], mask)
        while slots[at] >= 0 and codes[slots[at]] != wanted[i]:
            at = (at + 1) & mask
        out[i] = slots[at]
