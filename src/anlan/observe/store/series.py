"""Series: a station and an element, numbered in the order in which they first spoke."""

import sqlite3

import numpy as np

from anlan.observe.store.columns import KEY_LIMIT
from anlan.observe.store.errors import BadBatch
from anlan.science.jit import Int8s, Int32s, Int64s
from anlan.science.lookup import CodeTable

FRAME = 0xF_FFFF
"""The element code under which a station's frames are kept: their value is the digest."""

_ELEMENT_BITS = 20
_STATION_LIMIT = 1 << 43


class Registry:
    """All series of a store, in memory. Numbers start at 0."""

    def __init__(self, db: sqlite3.Connection) -> None:
        rows = db.execute("select station, element, decimals from series order by id").fetchall()
        table = np.array(rows, np.int64).reshape(-1, 3)
        self._codes = CodeTable((table[:, 0] << _ELEMENT_BITS) | table[:, 1])
        self.decimals: Int8s = table[:, 2].astype(np.int8)

    def __len__(self) -> int:
        return len(self._codes)

    @property
    def stations(self) -> Int64s:
        """The station code of each series."""
        return self._codes.codes >> _ELEMENT_BITS

    @property
    def elements(self) -> Int32s:
        """The element code of each series."""
        return (self._codes.codes & ((1 << _ELEMENT_BITS) - 1)).astype(np.int32)

    def find(self, station: Int64s, element: Int32s) -> Int32s:
        """The number of each series, -1 where it never spoke. Raises `BadBatch`."""
        return self._codes.rows(_code(station, element))

    def find_or_add(
        self, db: sqlite3.Connection, station: Int64s, element: Int32s, decimals: Int8s
    ) -> Int32s:
        """The number of each series; a new one keeps the decimals that it first comes with. Raises `BadBatch`."""
        codes = _code(station, element)
        keys = self._codes.rows(codes)
        unknown = np.flatnonzero(keys < 0)
        if unknown.size:
            fresh, first = np.unique(codes[unknown], return_index=True)
            fresh = fresh[np.argsort(first)]
            self._add(db, fresh, decimals[unknown[np.sort(first)]])
            keys = self._codes.rows(codes)
        return keys

    def _add(self, db: sqlite3.Connection, codes: Int64s, decimals: Int8s) -> None:
        start = len(self)
        if start + codes.size > KEY_LIMIT:
            raise BadBatch(f"A store holds {KEY_LIMIT} series: divide the stations between two engines.")
        self._codes.add(codes)
        self.decimals = np.concatenate([self.decimals, decimals.astype(np.int8)])
        low = (1 << _ELEMENT_BITS) - 1
        rows = zip(
            range(start, len(self)),
            (codes >> _ELEMENT_BITS).tolist(),
            (codes & low).tolist(),
            decimals.tolist(),
            strict=True,
        )
        db.executemany("insert into series (id, station, element, decimals) values (?, ?, ?, ?)", rows)


def _code(station: Int64s, element: Int32s) -> Int64s:
    if station.size and not (
        station.min() >= 0
        and station.max() < _STATION_LIMIT
        and element.min() >= 0
        and element.max() <= FRAME
    ):
        raise BadBatch("A station or element code is out of range: codes are whole numbers from 0.")
    return (station << _ELEMENT_BITS) | element
