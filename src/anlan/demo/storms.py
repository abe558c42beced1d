"""Generated nights of rain 合成雨夜: showers that come, grow, drift and fade, from a seed. None of them is a real night.

A night is one strong shower and up to two weaker ones. Each is a hill of rain (Gaussian across), swells and fades in
time, and drifts straight on. Place, peak, width, duration, drift and the wetness of the ground before are drawn; what
they are drawn from is our choice (待核实): from a harmless shower to nights as hard as the worst hours on record.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from anlan.exercise.chance import Chance
from anlan.science.jit import Floats

STEP_MIN = 5
NIGHT_MIN = 480
WETNESS = ("dry", "normal", "wet")
PEAK_MM_H = (25.0, 130.0)
RADIUS_M = (4_000.0, 14_000.0)
LASTS_MIN = (90.0, 360.0)
BEGINS_MIN = (0.0, 150.0)
DRIFT_M_MIN = (0.0, 250.0)
"""Up to 15 km/h: what drifts faster is gone before the ground can answer."""
MOST_CELLS = 3


@dataclass(frozen=True, kw_only=True)
class Shower:
    """One shower: where it stands (m) at the middle of its life, its drift (m/min), its width, strength and times."""

    x: float
    y: float
    east: float
    north: float
    radius_m: float
    peak_mm_h: float
    begins_min: float
    lasts_min: float
    swells: float  # share of its life after which it is strongest

    def rate(self, x: Floats, y: Floats, minute: float) -> Floats:
        """Rain rate at points, mm/h."""
        age = (minute - self.begins_min) / self.lasts_min
        if not 0.0 < age < 1.0:
            return np.zeros_like(x)
        part = age / self.swells if age < self.swells else (1.0 - age) / (1.0 - self.swells)
        strength = self.peak_mm_h * 0.5 * (1.0 - np.cos(np.pi * part))
        after = minute - self.begins_min - self.lasts_min / 2
        away2 = (x - self.x - self.east * after) ** 2 + (y - self.y - self.north * after) ** 2
        return np.asarray(strength * np.exp(-0.5 * away2 / self.radius_m**2))


@dataclass(frozen=True, kw_only=True)
class Storm:
    """A night's rain everywhere, and how wet the ground was before it."""

    seed: int
    number: int
    showers: Sequence[Shower]
    wetness: str
    minutes: int = NIGHT_MIN

    def tenths(self, x: Floats, y: Floats) -> Floats:
        """Five-minute sums of rain at points, (points, steps) in whole 0.1 mm, as a tipping gauge there would count them."""
        middles = np.arange(0, self.minutes, STEP_MIN) + STEP_MIN / 2
        fallen = [sum((s.rate(x, y, m) for s in self.showers), np.zeros_like(x)) for m in middles]
        tenths = np.cumsum(np.array(fallen).T * (10 * STEP_MIN / 60), axis=1)
        return np.diff(np.round(tenths), axis=1, prepend=0.0)


def storm(number: int, *, seed: int, x: float, y: float, reach_m: float) -> Storm:
    """A night by its number: it passes within `reach_m` of a point. The same seed gives the same nights."""
    chance, name = Chance(seed), f"storm {number}"
    count = chance.whole(name, "showers", 1, MOST_CELLS)
    return Storm(
        seed=seed,
        number=number,
        showers=tuple(_shower(chance, f"{name}.{n}", x, y, reach_m, weaker=n > 0) for n in range(count)),
        wetness=chance.pick(name, "wetness", WETNESS),
    )


def _shower(chance: Chance, name: str, x: float, y: float, reach_m: float, *, weaker: bool) -> Shower:
    away = reach_m * chance.unit(name, "away") ** 0.5
    bearing, course = (2 * np.pi * chance.unit(name, what) for what in ("bearing", "course"))
    drift = chance.between(name, "drift", *DRIFT_M_MIN)
    return Shower(
        x=x + away * float(np.sin(bearing)),
        y=y + away * float(np.cos(bearing)),
        east=drift * float(np.sin(course)),
        north=drift * float(np.cos(course)),
        radius_m=chance.between(name, "radius", *RADIUS_M),
        peak_mm_h=chance.between(name, "peak", *PEAK_MM_H) * (0.5 if weaker else 1.0),
        begins_min=chance.between(name, "begins", *BEGINS_MIN),
        lasts_min=chance.between(name, "lasts", *LASTS_MIN),
        swells=chance.between(name, "swells", 0.2, 0.8),
    )
