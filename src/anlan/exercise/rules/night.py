"""Rain and water of a night at every gauge, tick by tick: what the simulated gauges of an exercise report.

Rain is whole tenths of a millimetre, a course whole twelfths of them, and totals are rounded, not steps: ticks add up to what
was ordered exactly, and after the factor of each gauge all arithmetic is in integers, the same on every machine.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan.exercise.chance import Chance

TICK = timedelta(minutes=5)
"""雨量站每五分钟一报: gauges report every five minutes."""
TWELFTHS = 12
ONE = 10_000  # a gauge's factor is counted in ten-thousandths


@dataclass(frozen=True)
class Night:
    """tips: int32 [tick, rain gauge] in 0.1 mm; stages: int32 [tick, stage gauge] in cm above datum.

    Gauges are in the order of the addresses given; tick n ends at `ends[n]`.
    """

    ends: tuple[datetime, ...]
    rain_addresses: tuple[str, ...]
    stage_addresses: tuple[str, ...]
    tips: NDArray[np.int32]
    stages: NDArray[np.int32]

    def accumulated(self) -> NDArray[np.int32]:
        """Rain since the start, int32 [tick, rain gauge], 0.1 mm: what a gauge's counter shows."""
        return np.cumsum(self.tips, axis=0, dtype=np.int32)

    def told(self) -> dict[str, Any]:
        """As the field's settings hold it; `of` reads it back."""
        return {
            "first": self.ends[0].isoformat(),
            "rain": {a: self.tips[:, n].tolist() for n, a in enumerate(self.rain_addresses)},
            "stage": {a: self.stages[:, n].tolist() for n, a in enumerate(self.stage_addresses)},
            "ticks": len(self.ends),
        }

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "Night":
        ticks = int(told["ticks"])
        first = datetime.fromisoformat(told["first"])
        return cls(
            ends=tuple(first + TICK * n for n in range(ticks)),
            rain_addresses=tuple(told["rain"]),
            stage_addresses=tuple(told["stage"]),
            tips=_columns(told["rain"], ticks),
            stages=_columns(told["stage"], ticks),
        )


def _columns(told: Mapping[str, Sequence[int]], ticks: int) -> NDArray[np.int32]:
    return np.array(list(told.values()), dtype=np.int32).reshape(len(told), ticks).T


def ends_of_ticks(starts_at: datetime, ends_at: datetime) -> tuple[datetime, ...]:
    """When the rain of each tick is reported: the end of its five minutes."""
    return tuple(starts_at + TICK * (n + 1) for n in range((ends_at - starts_at) // TICK))


def course(shares: Sequence[float], *, tenths: int, begins: int, lasts: int, ticks: int) -> NDArray[np.int64]:
    """Rain at the centre up to the end of each tick, in twelfths of 0.1 mm: `tenths` in all, in parts of equal length."""
    at = np.clip((np.arange(1, ticks + 1) - begins) / max(lasts, 1), 0.0, 1.0)
    fallen = np.cumsum([0.0, *shares]) / sum(shares)
    return np.rint(np.interp(at, np.linspace(0.0, 1.0, len(fallen)), fallen) * tenths * TWELFTHS).astype(
        np.int64
    )


@dataclass(frozen=True)
class Fading:
    """How rain fades away from its centre, and the bias that each gauge has of its own."""

    fade_km: float
    spread: float
    chance: Chance

    def factor(self, address: str, km: float) -> int:
        """Share of the centre's rain that falls at a gauge, in ten-thousandths."""
        own = 1 + self.spread * (2 * self.chance.unit(address, "rain factor") - 1)
        return min(ONE, round(ONE * own * float(np.exp(-km / self.fade_km)))) if km else ONE


def tips(course: NDArray[np.int64], factors: Sequence[int]) -> NDArray[np.int32]:
    """Rain of each tick at each gauge; `course`: rain at the centre up to the end of each tick, in twelfths of 0.1 mm."""
    scale = TWELFTHS * ONE
    totals = (course[:, None] * np.array(factors, dtype=np.int64)[None, :] + scale // 2) // scale
    return np.diff(totals, axis=0, prepend=0).astype(np.int32)


@dataclass(frozen=True)
class Store:
    """A stage gauge's water 水位 as a linear store: filled by its rain, emptied with a time constant; wholly synthetic."""

    usual_cm: int
    lag_min: float
    rise_per_mm: float  # metres


def stages(stores: Sequence[Store], fallen: NDArray[np.int32]) -> NDArray[np.int32]:
    """Stages in cm of stores into which `fallen` [tick, gauge] falls."""
    usual_cm = np.array([s.usual_cm for s in stores])
    lag = np.array([s.lag_min for s in stores]) / (TICK / timedelta(minutes=1))
    cm_per_tenth = np.array([s.rise_per_mm for s in stores]) * 10
    store = np.zeros(len(stores))
    found = np.empty(fallen.shape, dtype=np.int32)
    for tick, tenths in enumerate(fallen):
        store = store - store / lag + tenths
        found[tick] = usual_cm + np.floor(store * cm_per_tenth + 0.5).astype(np.int32)
    return found
