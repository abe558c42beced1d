"""Design storms: a depth spread over a duration by a named shape, and what the curve number leaves of it."""

import math
from dataclasses import dataclass
from itertools import accumulate

import numpy as np

from anlan.science.flood.errors import BadInput
from anlan.science.flood.sources import Rain

_WETNESS, _FACTOR = (0.2, 0.5, 0.8), (2.281, 1.0, 0.427)


@dataclass(frozen=True, slots=True)
class Hyetograph:
    """雨型: the shares of a storm's depth that fall in equal parts of its duration, e.g. uniform or late peak."""

    name: str
    shares: tuple[float, ...]

    def __post_init__(self) -> None:
        whole = sum(self.shares)
        if not self.shares or min(self.shares) < 0 or not math.isclose(whole, 1.0, abs_tol=1e-6):
            raise BadInput(
                "hyetograph", f"the shares of {self.name} add up to {whole:g}", "Give shares of 0 or more that add up to 1"
            )  # fmt: skip

    def rain(self, *, total_mm: float, minutes: float) -> Rain:
        """A storm of ``total_mm`` in ``minutes``, then none. Raises `BadInput` for more than a cloud holds."""
        part = minutes / len(self.shares)
        starts = [n * part for n in range(len(self.shares))]
        rates = [share * total_mm * 60.0 / part for share in self.shares]
        return Rain.of([*starts, minutes], np.array([*rates, 0.0]))

    def fallen(self, share_of_time: float) -> float:
        """The share of the depth that has fallen by ``share_of_time`` (of the duration, 0 to 1); 0 before it, 1 after.

        >>> Hyetograph("late", (0.25, 0.75)).fallen(0.5)
        0.25
        """
        return float(np.interp(share_of_time, *self._sum()))

    def when(self, share_of_depth: float) -> float:
        """The share of the duration by which ``share_of_depth`` (0 to 1) has fallen: the inverse of `fallen`.

        >>> Hyetograph("late", (0.25, 0.75)).when(0.25)
        0.5
        """
        times, fallen = self._sum()
        return float(np.interp(share_of_depth, fallen, times))

    def _sum(self) -> tuple[list[float], list[float]]:
        """Times and what has fallen by then, both as shares."""
        count = len(self.shares)
        return [n / count for n in range(count + 1)], [0.0, *accumulate(self.shares)]


def retention_mm(cn: float, *, wetness: float) -> float:
    """Retention S in mm of a curve number at a share of Wm: as `feeding.retention_m`, for one number.

    SCS NEH-4 (1972); Hawkins, Hjelmfelt and Zevenbergen (1985). Raises `BadInput`.

    >>> round(retention_mm(75.0, wetness=0.5), 1)
    84.7
    """
    if not 1.0 <= cn <= 100.0:
        raise BadInput("cn", f"{cn:g}", "Give a curve number, 1 to 100")
    return float(25.4 * (1000.0 / cn - 10.0) * np.interp(wetness, _WETNESS, _FACTOR))


def net_mm(rain_mm: float, *, retention_mm: float, initial: float = 0.2) -> float:
    """What runs off of a storm, mm, ``initial`` the share of S lost first: SCS NEH-4 (1972), eq. 10.10.

    >>> round(net_mm(100.0, retention_mm=84.7), 1)
    41.2
    """
    over = rain_mm - initial * retention_mm
    return over * over / (over + retention_mm) if over > 0 else 0.0


def gross_mm(run_off_mm: float, *, retention_mm: float, initial: float = 0.2) -> float:
    """The storm of which so much runs off, mm: the inverse of `net_mm` (SCS NEH-4, 1972); the initial loss where nothing does.

    >>> round(gross_mm(41.15, retention_mm=84.7))
    100
    """
    q = run_off_mm
    return initial * retention_mm + 0.5 * (q + math.sqrt(q * q + 4.0 * q * retention_mm))
