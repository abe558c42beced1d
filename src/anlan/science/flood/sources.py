"""What falls and what the soil takes: rain as steps or grids, infiltration by Green–Ampt or SCS-CN with wetness."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from anlan.science.fields import Field, science
from anlan.science.flood.domain import Domain
from anlan.science.flood.errors import BadInput
from anlan.science.jit import Floats

_MOST_MM_H = (
    1_000.0  # the record minute is near 1,900, the record hour 305 (WMO): a grid of kilometres holds less
)


@dataclass(frozen=True, slots=True)
class Rain:
    """Rain rate in mm/h, each from its minute on until the next; none before the first, the last holds to the end.

    ``rates``: (k,) the same everywhere, or (k, ny, nx). Make it by `Rain.of`.
    """

    minutes: tuple[float, ...]
    rates: Floats

    @classmethod
    @science(
        Field("rates", "float64", ..., "mm/h"),
        Field("return.rates", "float64", ..., "mm/h", "out"),
        source="own",
    )
    def of(cls, minutes: Sequence[float], rates: Floats) -> "Rain":
        """Check rain. ``rates`` (k,) or (k, ny, nx) in mm/h. Raises `BadInput`.

        >>> Rain.of([0, 60], np.array([30.0, 0.0])).breaks_s
        (0.0, 3600.0)
        """
        made = cls(tuple(map(float, minutes)), np.asarray(rates, np.float64))
        if made.rates.ndim not in (1, 3) or len(made.minutes) != made.rates.shape[0] or not made.minutes:
            raise BadInput(
                "rain", f"{len(made.minutes)} minutes for {made.rates.shape}", "Give one rate a minute"
            )
        if not all(map(math.isfinite, made.minutes)) or any(
            b <= a for a, b in zip(made.minutes, made.minutes[1:], strict=False)
        ):
            raise BadInput("rain", "minutes are missing or do not grow", "Sort the rows by minute")
        if not np.isfinite(made.rates).all():
            raise BadInput("rain", "a rate is missing", "Fill it, or give 0 where no rain fell")
        if (made.rates < 0).any():
            raise BadInput("rain", "a rate is negative", "Give mm/h, 0 or more; mark no-data before")
        if (made.rates > _MOST_MM_H).any():
            raise BadInput("rain", f"{made.rates.max():.0f} mm/h", "Give mm/h, not tenths of a millimetre")
        return made

    @property
    def breaks_s(self) -> tuple[float, ...]:
        """The moments at which the rate changes, s."""
        return tuple(60.0 * m for m in self.minutes)

    def now(self, time_s: float) -> int:
        """The number of the rate that holds at a moment; -1 before the first."""
        return int(np.searchsorted(self.breaks_s, time_s + 1e-9, side="right")) - 1

    def check(self, domain: Domain) -> None:
        """Raise `BadInput` unless a grid of rain lies on the domain."""
        if self.rates.ndim == 3 and self.rates.shape[1:] != domain.shape:
            raise BadInput(
                "rain", f"{self.rates.shape[1:]} against {domain.shape}", "Swap the axes or resample"
            )


@dataclass(frozen=True, slots=True)
class GreenAmpt:
    """Infiltration of standing and falling water by Green and Ampt (1911).

    ``conductivity_mm_h`` K, ``suction_mm`` ψ, ``porosity`` θs: numbers, or (ny, nx). ``wetness`` is the share of
    the pores already full (antecedent rain as 0.2, 0.5 or 0.8 of Wm), so the deficit is θs·(1 − wetness). Valid for a
    uniform soil with a sharp wetting front and no crust.
    """

    conductivity_mm_h: float | Floats
    suction_mm: float | Floats
    porosity: float | Floats
    wetness: float | Floats = 0.5


@dataclass(frozen=True, slots=True)
class ScsCn:
    """Loss of rain by the curve number of the US Soil Conservation Service (NEH-4, 1972; TR-55, 1986).

    ``cn`` for average wetness, 1 to 100: a number or (ny, nx). ``wetness`` 0.2, 0.5, 0.8 of Wm stand for conditions
    I, II, III (Hawkins, Hjelmfelt and Zevenbergen 1985), straight in retention between them. ``initial`` is Ia/S.
    Takes from rain only, never from standing water; made for storms of a day on catchments, used here in time.
    """

    cn: float | Floats
    wetness: float | Floats = 0.5
    initial: float = 0.2


Infiltration = GreenAmpt | ScsCn


@dataclass(frozen=True, slots=True)
class Sources:
    """Rain and what the soil takes of it."""

    rain: Rain | None = None
    infiltration: Infiltration | None = None
