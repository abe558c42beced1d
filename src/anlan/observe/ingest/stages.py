"""Stages of the last day in five-minute slots, so that a rise over an hour is known without asking the store."""

import numpy as np

from anlan.observe.rules.quality import Flags, believed
from anlan.observe.rules.rain import Known

SLOT_MS = 300_000
SLOTS = 24 * 12 + 1
UNKNOWN = -(2**62)


class StageRing:
    """Per station the last stage of each slot, millimetres. A later reading of a slot replaces an earlier one."""

    def __init__(self, stations: int) -> None:
        self._value = np.full((stations, SLOTS), UNKNOWN, np.int64)
        self._slot = np.full((stations, SLOTS), -1, np.int64)

    def see(self, news: Known, flags: Flags, code: int) -> None:
        """Take readings of one element that may rule."""
        mine = np.flatnonzero((news.code == code) & believed(flags))
        slot = news.at_ms[mine] // SLOT_MS
        column = slot % SLOTS
        row = news.row[mine]
        newer = slot >= self._slot[row, column]
        row, column = row[newer], column[newer]
        self._slot[row, column] = slot[newer]
        self._value[row, column] = news.value[mine][newer]

    def before(self, row: int, now_ms: int, minutes: int) -> int | None:
        """The stage that stood so many minutes ago, from the slot of that time or the two before it."""
        then = (now_ms - minutes * 60_000) // SLOT_MS
        for slot in (then, then - 1, then - 2):
            if slot >= 0 and self._slot[row, slot % SLOTS] == slot:
                return int(self._value[row, slot % SLOTS])
        return None
