"""What the raw results should not show: told, never sorted away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from anlan.science.flood.critical.told import WETNESS, Row

_ROUNDING_M, _ROUNDING_MM = 0.01, 0.5
_WETTER = tuple(WETNESS)


@dataclass(frozen=True, slots=True)
class Fault:
    """A village whose critical rain does not grow with duration, does not fall with wetness, or more rain made less water.

    ``first`` and ``second`` are the two figures in the order in which they should grow; mm, or m for ``depth``.
    """

    village: str
    what: Literal["duration", "wetness", "depth"]
    where: str
    first: float
    second: float


def faults(rows: Sequence[Row]) -> list[Fault]:
    """Rows out of order by more than half a millimetre, each pair of neighbours once."""
    by = {(row.village, row.minutes, row.wetness): row for row in rows}
    found = []
    for (village, minutes, wetness), row in by.items():
        longer = min((m for v, m, w in by if (v, w) == (village, wetness) and m > minutes), default=None)
        if longer is not None:
            where = f"{wetness}, {minutes} and {longer} min"
            found += _pair(village, "duration", where, row, by[village, longer, wetness])
        at = _WETTER.index(wetness)
        if at and (drier := by.get((village, minutes, _WETTER[at - 1]))):
            found += _pair(village, "wetness", f"{minutes} min, {wetness} and {_WETTER[at - 1]}", row, drier)
    return found


def _pair(
    village: str, what: Literal["duration", "wetness"], where: str, smaller: Row, greater: Row
) -> list[Fault]:
    """One fault where the smaller is above the greater; "not reached" is above any figure that was reached."""
    if smaller.immediate is None or greater.immediate is None:
        is_wrong = smaller.immediate is None and greater.immediate is not None
        is_wrong = is_wrong and greater.immediate < smaller.run_to_mm  # type: ignore[operator]
        first, second = smaller.immediate or smaller.run_to_mm, greater.immediate or greater.run_to_mm
    else:
        first, second = smaller.immediate, greater.immediate
        is_wrong = first > second + _ROUNDING_MM
    return [Fault(village, what, where, first, second)] if is_wrong else []


def shallower(names: Sequence[str], known: Mapping[float, Sequence[float]], *, where: str) -> list[Fault]:
    """Villages where more rain made shallower water, beyond a centimetre."""
    depths = sorted(known)
    return [
        Fault(name, "depth", f"{where}, {less:g} and {more:g} mm", known[less][n], known[more][n])
        for less, more in pairwise(depths)
        for n, name in enumerate(names)
        if known[less][n] > known[more][n] + _ROUNDING_M
    ]
