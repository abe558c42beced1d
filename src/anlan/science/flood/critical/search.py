"""Which depths of rain must be run, and where between them the threshold is crossed.

More rain never makes shallower water, so of eight depths only those are run that some village's crossing lies between;
runs that were made are held against that (`faults`). Depths of rain stand in mm, of water in m.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from anlan.science.flood.errors import BadInput

Kind = Literal["between", "not_reached"]


@dataclass(frozen=True, slots=True)
class Crossing:
    """Where a village's water reaches its threshold.

    ``kind`` ``between``: ``rain_mm`` by a straight line between the runs ``below_mm`` and ``above_mm``, which lie side by
    side; ``not_reached``: not within the largest depth that was run, ``below_mm``. As long as water stays off the homes
    the line starts from nought, so it errs towards less rain. A start at the initial loss is no run: nothing runs off.
    """

    kind: Kind
    rain_mm: float | None
    below_mm: float
    above_mm: float | None


def next_depth(
    depths_mm: Sequence[float], known: Mapping[float, Sequence[float]], *, threshold_m: float
) -> float | None:
    """The next depth to run, or None when every village's crossing lies between two neighbours.

    ``known``: by rain depth the greatest water at each village. The choice depends on the results alone, so a run that
    was broken off goes on as it would have.
    """
    count = len(next(iter(known.values()))) if known else 0
    if not known:
        return depths_mm[len(depths_mm) // 2]
    gaps: dict[tuple[int, int], int] = {}
    for village in range(count):
        low, high = _bracket(depths_mm, known, village, threshold_m)
        if high - low > 1:
            gaps[low, high] = gaps.get((low, high), 0) + 1
    if not gaps:
        return None
    low, high = min(gaps, key=lambda gap: (-gaps[gap], gap))
    return depths_mm[(low + high) // 2]


def cross(
    depths_mm: Sequence[float],
    known: Mapping[float, Sequence[float]],
    village: int,
    *,
    threshold_m: float,
    dry_mm: float,
) -> Crossing:
    """Where a village's threshold is crossed; ``dry_mm``: rain of which nothing runs off. Raises `BadInput` when runs lack."""
    low, high = _bracket(depths_mm, known, village, threshold_m)
    if high - low > 1:
        raise BadInput(
            "known", f"no run between {low} and {high} of {len(depths_mm)} depths", "Run the depth between"
        )
    if high == len(depths_mm):
        return Crossing("not_reached", None, depths_mm[-1], None)
    above = depths_mm[high]
    if low < 0:
        below, shallow = min(dry_mm, above), 0.0
    else:
        below = depths_mm[low]
        shallow = float(known[below][village])
        if below < dry_mm < above:  # nothing runs off up to here either
            below, shallow = dry_mm, 0.0
    deep = float(known[above][village])
    at = below + (above - below) * (threshold_m - shallow) / (deep - shallow)
    return Crossing("between", at, below, above)


def _bracket(
    depths_mm: Sequence[float], known: Mapping[float, Sequence[float]], village: int, threshold_m: float
) -> tuple[int, int]:
    """Numbers of the depths just below and just at or above the threshold: -1 below all, their count beyond all.

    The least depth that reaches it counts, so that a result out of order errs towards less rain.
    """
    reached = [n for n, mm in enumerate(depths_mm) if mm in known and known[mm][village] >= threshold_m]
    high = min(reached, default=len(depths_mm))
    short = [n for n, mm in enumerate(depths_mm) if mm in known and n < high]
    return max(short, default=-1), high
