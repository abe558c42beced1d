"""What a map of a run can show 图种: how deep, how dangerous to people and to houses, when water comes; each in classes.

Classes of depth and time are steps to read a map by, no thresholds: nothing is warned or moved by them. Those of danger are a
published method's own, named on the map.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlan.foundation.errors import NotFound
from anlan.foundation.words import w

NEVER = 65_535
"""In the grid of arrivals: water of 0.3 m never came."""
RATED_CM = 10
"""Shallower water is not rated: a film on a slope is swift and harms nobody."""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of map. Rank 0 is dry, a higher rank is worse; `bounds` are lower bounds in the units of the grid.

    `earlier`: the grid holds minutes, and the rank is the higher the earlier; bounds are then upper bounds, rising.
    `parts`: the grid's unit in the unit that people read (cm in m: 100). `source`: whose grading it is, where it is not ours.
    """

    code: str
    word: str
    grid: str
    look: str
    bounds: tuple[int, ...]
    words: tuple[str, ...]
    unit: str
    parts: int = 1
    earlier: bool = False
    in_time: bool = False
    doubtful: bool = False
    source: str = ""

    @property
    def ink(self) -> str:
        """How the map colours it: the ink's name and the number of ranks."""
        return f"{self.look} {len(self.words)}"

    def ranks(self, values: NDArray[np.integer]) -> NDArray[np.uint8]:
        """The rank of each cell, 0 … number of words."""
        if self.earlier:
            found = len(self.words) - np.searchsorted(self.bounds, values, side="left")
            return np.where(values == NEVER, 0, found).astype(np.uint8)
        return np.searchsorted(self.bounds, values, side="right").astype(np.uint8)

    def span(self, rank: int) -> tuple[float | None, float | None]:
        """From and to of a rank in the unit that people read; None: no bound."""
        bounds = [bound / self.parts for bound in self.bounds]
        if self.earlier:
            bounds = [0.0, *bounds]
            rank = len(self.words) - rank + 1
        return bounds[rank - 1], bounds[rank] if rank < len(bounds) else None


DEPTH = Kind(
    code="depth", word=w("水深"), grid="deepest", look="depth", bounds=(10, 30, 50, 100, 200), parts=100, unit="m",
    words=("≥ 0.1 m", "≥ 0.3 m", "≥ 0.5 m", "≥ 1 m", "≥ 2 m"), in_time=True,
)  # fmt: skip
ARRIVAL = Kind(
    code="arrival", word=w("到达时间"), grid="arrival", look="arrival", bounds=(30, 60, 120), unit="min", earlier=True,
    words=(w("2 小时以后"), w("1 到 2 小时"), w("30 到 60 分钟"), w("30 分钟以内")),
)  # fmt: skip
DANGER = Kind(
    code="danger", word=w("对人的危险"), grid="danger", look="hazard", bounds=(1, 2, 3, 4), unit="", doubtful=True,
    source="Defra / Environment Agency, FD2321/TR1 (2006), table 13.1",
    words=(w("低"), w("对部分人危险"), w("对多数人危险"), w("对所有人危险")),
)  # fmt: skip
ARR = Kind(
    code="arr", word=w("H1—H6 级"), grid="arr", look="hazard", bounds=(1, 2, 3, 4, 5, 6), unit="", doubtful=True,
    source="Australian Rainfall and Runoff (2019), book 6, table 6.7.4",
    words=(
        w("H1 一般安全"), w("H2 小车危险"), w("H3 车、老幼危险"), w("H4 人车都危险"), w("H5 普通房屋会坏"), w("H6 房屋都会坏"),
    ),
)  # fmt: skip
KINDS = {kind.code: kind for kind in (DEPTH, ARRIVAL, DANGER, ARR)}


def kind_of(code: str) -> Kind:
    """The kind of map that an address names; depth for none. Raises: NotFound."""
    found = KINDS.get(code or "depth")
    if found is None:
        raise NotFound("没有这种图。请从图上方选。")
    return found
