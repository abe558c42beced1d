"""What goes into a write and what it answers."""

from dataclasses import dataclass

import numpy as np

from anlan.observe.store.columns import TIME_LIMIT
from anlan.observe.store.errors import BadBatch
from anlan.science.jit import Bools, Int8s, Int16s, Int32s, Int64s, Keys


@dataclass(frozen=True, slots=True)
class Frames:
    """Frames as they came: station that sent, its own time of sending (ms UTC), 64-bit digest of the bytes."""

    station: Int64s
    sent_at: Int64s
    digest: Keys

    def __len__(self) -> int:
        return self.station.size


@dataclass(frozen=True, slots=True)
class Batch:
    """Readings that become known together, with the frames that brought them.

    ``frame``: for each reading the row of its frame, -1 when it came otherwise (CSV, typed). ``element``: the guide
    code (22H is 0x22). ``value / 10**decimals`` is the value in the element's unit. Times are ms UTC.
    """

    known_at: int
    station: Int64s
    element: Int32s
    at: Int64s
    value: Int64s
    decimals: Int8s
    quality: Int16s
    frame: Int32s
    frames: Frames

    def __len__(self) -> int:
        return self.station.size

    def check(self) -> None:
        """Raise `BadBatch` when the arrays do not fit together."""
        parts = (self.element, self.at, self.value, self.decimals, self.quality, self.frame)
        if any(part.size != self.station.size for part in parts):
            raise BadBatch("The columns of the batch differ in length.")
        if not self.frames.station.size == self.frames.sent_at.size == self.frames.digest.size:
            raise BadBatch("The columns of the frames differ in length.")
        times = np.concatenate([self.at, self.frames.sent_at, [self.known_at]])
        if times.min() < 0 or times.max() >= TIME_LIMIT:
            raise BadBatch("A time lies before 1970 or after 2108: times are milliseconds UTC.")
        if self.frame.size and not -1 <= self.frame.min() <= self.frame.max() < len(self.frames):
            raise BadBatch("A reading names a frame that is not in the batch.")


@dataclass(frozen=True, slots=True)
class Written:
    """What a batch brought: which frames were new, and for each reading what became of it.

    ``stored``: new or a correction. ``series`` and ``value`` (in the resolution of the series) are for all readings.
    """

    frame_new: Bools
    stored: Bools
    corrected: Bools
    series: Int32s
    value: Int64s


NO_FRAMES = Frames(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.uint64))


def typed(
    known_at: int,
    station: Int64s,
    element: Int32s,
    at: Int64s,
    value: Int64s,
    decimals: Int8s,
    quality: Int16s | None = None,
) -> Batch:
    """A batch without frames: imported or typed readings."""
    return Batch(
        known_at=known_at,
        station=station,
        element=element,
        at=at,
        value=value,
        decimals=decimals,
        quality=np.zeros(station.size, np.int16) if quality is None else quality,
        frame=np.full(station.size, -1, np.int32),
        frames=NO_FRAMES,
    )


def rescale(value: Int64s, have: Int8s, want: Int8s) -> tuple[Int64s, Bools]:
    """Values in another number of decimals, and which of them had to be rounded (half away from zero)."""
    more = want.astype(np.int64) - have
    if not more.any():
        return value, np.zeros(value.size, np.bool_)
    up = value * 10 ** np.maximum(more, 0)
    unit = 10 ** np.maximum(-more, 0)
    down = (np.abs(up) + unit // 2) // unit * np.sign(up)
    return down, down * unit != up
