"""Stored rows with their codes, as backups carry them."""

from dataclasses import dataclass
from typing import Any

from anlan.science.jit import Int8s, Int16s, Int32s, Int64s


@dataclass(frozen=True, slots=True)
class StoredRows:
    """Rows as stored: codes instead of series numbers, and when each was observed and became known (ms UTC).

    Rows of element `series.FRAME` are frames: ``at`` is when it was sent, ``value`` its digest.
    """

    station: Int64s
    element: Int32s
    decimals: Int8s
    at: Int64s
    known: Int64s
    value: Int64s
    quality: Int16s

    def __len__(self) -> int:
        return self.station.size

    def take(self, rows: Any) -> "StoredRows":
        """The rows of an index array, a mask or a slice."""
        return StoredRows(
            self.station[rows],
            self.element[rows],
            self.decimals[rows],
            self.at[rows],
            self.known[rows],
            self.value[rows],
            self.quality[rows],
        )
