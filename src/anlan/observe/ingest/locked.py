"""The rain windows as other threads may see them: each look under the lock of the one who writes."""

import threading

from anlan.science.jit import Int16s, Int32s
from anlan.science.windows.ring import RainWindows


class LockedWindows:
    """What the watch needs of the windows (`read`, `slots`), never in the middle of a batch."""

    def __init__(self, windows: RainWindows, lock: threading.RLock) -> None:
        self._windows = windows
        self._lock = lock

    def read(self, rows: Int32s) -> tuple[Int32s, Int16s]:
        with self._lock:
            return self._windows.read(rows)

    def slots(self) -> tuple[int, ...]:
        return self._windows.slots()

    @property
    def head_ms(self) -> int:
        return self._windows.head_ms
