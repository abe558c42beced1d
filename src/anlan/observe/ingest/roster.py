"""The stations that may send, as columns: row by address, password, and the row of a rain gauge in the windows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from anlan.science.jit import Int32s, Int64s
from anlan.science.lookup import CodeTable
from anlan.wire.sl651.batch import station_key


@dataclass(frozen=True)
class Gauge:
    """What ingest must know of a station; `password` is the 16-bit number of its frames."""

    address: str
    kind: str
    password: int
    is_reservoir: bool = False
    township: str = ""


class Roster:
    """All stations in address order."""

    def __init__(self, gauges: Sequence[Gauge]) -> None:
        self.gauges = sorted(gauges, key=lambda g: g.address)
        self.keys = np.array([station_key(g.address) for g in self.gauges], np.int64)
        self.passwords = np.array([g.password for g in self.gauges], np.int64)
        self._table = CodeTable(self.keys)
        self._by_address: Mapping[str, int] = {g.address: row for row, g in enumerate(self.gauges)}
        names = sorted({g.township for g in self.gauges})
        self.township = np.array(
            [names.index(g.township) if g.township else -1 for g in self.gauges], np.int32
        )
        rain = np.array([g.kind == "rain" for g in self.gauges], np.bool_)
        self.rain_row = np.where(rain, np.cumsum(rain) - 1, -1).astype(np.int32)
        self.rain_addresses = [g.address for g in self.gauges if g.kind == "rain"]

    def __len__(self) -> int:
        return len(self.gauges)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Roster) and self.gauges == other.gauges

    __hash__ = None  # type: ignore[assignment]

    def rows(self, keys: Int64s) -> Int32s:
        """The row of each station key, -1 where it is none of ours."""
        return self._table.rows(np.ascontiguousarray(keys, np.int64))

    def admits(self, address: str, password: int) -> bool:
        row = self._by_address.get(address)
        return row is not None and self.gauges[row].password == password

    def row_of(self, address: str) -> int | None:
        """The row of a station, None where it is none of ours."""
        return self._by_address.get(address)

    def knows(self, address: str) -> bool:
        return address in self._by_address
