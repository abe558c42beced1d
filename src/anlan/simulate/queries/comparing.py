"""两次运行相比 two runs side by side: villages, and the deepest water of each cell where their grounds meet. No database.

Grids of other cells or another corner are brought to the coarser: each cell of it takes the deepest of the finer ones whose
middle lies in it. Only where both grids have cells is anything compared.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from anlan.foundation.words import w
from anlan.places.atlas import Place
from anlan.simulate.maps import waters
from anlan.simulate.maps.kinds import DEPTH
from anlan.simulate.maps.waters import Frame
from anlan.simulate.queries import VillageForecast
from anlan.wire.raster.png import write_png

CSI_CM = (10, 50)
"""Depths from which a cell counts as wet when two runs are held against each other."""
BOUNDS_CM = (10, 30, 100)
"""Differences of less than the first are not drawn."""
WORDS = (
    w("浅 0.1–0.3 m"), w("浅 0.3–1 m"), w("浅 1 m 以上"), w("深 0.1–0.3 m"), w("深 0.3–1 m"), w("深 1 m 以上"),
)  # fmt: skip
LEGEND = (3, 2, 1, 4, 5, 6)
"""Ranks from much shallower to much deeper."""
LOOK = "less+more 6"
Ints = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Pair:
    """One village in both runs; None where a run does not speak of it."""

    place: Place
    a: VillageForecast | None
    b: VillageForecast | None

    @property
    def depth_cm(self) -> int | None:
        """How much deeper the second says it is."""
        return None if self.a is None or self.b is None else self.b.depth_cm - self.a.depth_cm

    @property
    def later_min(self) -> int | None:
        """How many minutes later water comes in the second; None unless it comes in both."""
        if self.a is None or self.b is None or self.a.arrives_at is None or self.b.arrives_at is None:
            return None
        return round((self.b.arrives_at - self.a.arrives_at) / timedelta(minutes=1))

    @property
    def households(self) -> int | None:
        return None if self.a is None or self.b is None else self.b.households - self.a.households

    @property
    def is_wet_in_one(self) -> bool:
        """Water comes to a home in one of the two and in the other not."""
        if self.a is None or self.b is None:
            return False
        return (self.a.arrives_at is None) != (self.b.arrives_at is None)


def villages(a: Sequence[VillageForecast], b: Sequence[VillageForecast]) -> list[Pair]:
    """All villages of either, the greatest difference first; those of which one says nothing come last."""
    first = {v.place.id: v for v in a if not v.is_unsaid}
    second = {v.place.id: v for v in b if not v.is_unsaid}
    places = {v.place.id: v.place for v in (*a, *b)}
    pairs = [Pair(place=place, a=first.get(id), b=second.get(id)) for id, place in places.items()]
    return sorted(pairs, key=lambda p: (p.depth_cm is None, -abs(p.depth_cm or 0), p.place.path))


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """The deepest water of both runs on the cells that they share, cm; `resampled`: their cells differed."""

    a: Ints
    b: Ints
    frame: Frame
    resampled: bool

    @property
    def difference(self) -> Ints:
        """How much deeper the second is, cm."""
        return self.b - self.a

    def csi(self, cm: int) -> float | None:
        """Critical success index: cells wet in both by cells wet in either; None where none is wet in either."""
        wet_a, wet_b = self.a >= cm, self.b >= cm
        either = int((wet_a | wet_b).sum())
        return int((wet_a & wet_b).sum()) / either if either else None

    def wet(self, cm: int) -> tuple[int, int, int]:
        """Cells wet in both, in the first alone, in the second alone."""
        wet_a, wet_b = self.a >= cm, self.b >= cm
        return int((wet_a & wet_b).sum()), int((wet_a & ~wet_b).sum()), int((wet_b & ~wet_a).sum())


def meeting(a: Path, b: Path) -> Meeting | None:
    """Two runs' folders on one grid, that of the first where cells are alike; None where their grounds do not meet."""
    (deep_a, frame_a), (deep_b, frame_b) = _deepest(a), _deepest(b)
    if frame_a.crs != frame_b.crs:
        return None
    resampled = frame_a != frame_b or deep_a.shape != deep_b.shape
    frame = frame_b if frame_b.dx > frame_a.dx else frame_a
    if resampled:
        shape = (deep_b if frame is frame_b else deep_a).shape
        deep_a, deep_b = onto(deep_a, frame_a, frame, shape), onto(deep_b, frame_b, frame, shape)
    both = (deep_a >= 0) & (deep_b >= 0)
    if not both.any():
        return None
    return Meeting(a=np.where(both, deep_a, 0), b=np.where(both, deep_b, 0), frame=frame, resampled=resampled)


def _deepest(folder: Path) -> tuple[Ints, Frame]:
    """The deepest water of each cell, cm; -1 outside the ground. Raises: NotFound."""
    deep, frame = waters.grid(folder, DEPTH.grid)
    inside, _ = waters.grid(folder, "inside")
    return np.where(inside > 0, deep.astype(np.int64), -1), frame


def onto(depth: NDArray[np.integer], own: Frame, frame: Frame, shape: tuple[int, ...]) -> Ints:
    """A grid on another frame's cells: the deepest of those whose middle lies in each; -1 where there is none."""
    ny, nx = depth.shape
    x = own.west + (np.arange(nx) + 0.5) * own.dx
    y = own.north - (np.arange(ny) + 0.5) * own.dx
    column = np.floor((x - frame.west) / frame.dx).astype(np.int64)
    row = np.floor((frame.north - y) / frame.dx).astype(np.int64)
    rows, columns = (row >= 0) & (row < shape[0]), (column >= 0) & (column < shape[1])
    made = np.full(shape, -1, np.int64)
    at = np.ix_(row[rows], column[columns])
    np.maximum.at(made, at, depth[np.ix_(rows, columns)].astype(np.int64))
    return made


def ranks(difference: Ints) -> NDArray[np.uint8]:
    """1 to 3: the second is shallower, by more and more; 4 to 6: deeper; 0: as deep within 0.1 m."""
    steps = np.searchsorted(BOUNDS_CM, np.abs(difference), side="right")
    return np.where(steps == 0, 0, steps + np.where(difference > 0, len(BOUNDS_CM), 0)).astype(np.uint8)


def picture(found: Meeting) -> bytes:
    """The difference as a picture of ranks for the map."""
    grey = np.pad(ranks(found.difference) * waters.STEP, 1)
    return write_png(grey[waters.sampled(found.frame, *found.a.shape)])
