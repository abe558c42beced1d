"""Thresholds of rain for slopes, each with its reach: where it holds, for which durations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from anlan.science.bounds import OutsideValidity, TableWrong, floats, within
from anlan.science.fields import Field, science
from anlan.science.jit import Bools, Floats


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a relation may speak: divisions as prefixes ("*" anywhere), and a range of duration (both ends count)."""

    name: str
    divisions: tuple[str, ...]
    shortest: float
    longest: float
    units: str

    def check(self, division: str, durations: Sequence[float] | Floats, *, by_hand: bool) -> bool:
        """Whether it had to be enabled by hand. Raises `OutsideValidity` with the mend when it was not."""
        faults = []
        if "*" not in self.divisions and not any(division.startswith(code) for code in self.divisions):
            faults.append(f"division {division or '(none)'} is not in {', '.join(self.divisions)}")
        for value in np.atleast_1d(np.asarray(durations, np.float64)):
            if not self.shortest <= value <= self.longest:
                faults.append(
                    f"duration {value:g} {self.units} is not in {self.shortest:g} to {self.longest:g} {self.units}"
                )
                break
        if faults and not by_hand:
            raise OutsideValidity(
                f"{self.name}: {'; '.join(faults)}: take a relation of this place, or enable it by hand and answer for it"
            )
        return bool(faults)


@dataclass(frozen=True, slots=True)
class Amounts:
    """Amounts over fixed windows: any one reached is enough."""

    reach: Reach
    hours: Floats
    amount_mm: Floats
    best_hours: float

    @science(
        Field("rain_mm", "float64", ("slope", "window"), "mm, a window for each of `hours`"),
        Field("return.0", "bool", ("slope", "window"), "reached", "out"),
        Field("return.1", "float64", ("slope", "window"), "share of the line", "out"),
        source="Guizhou, 630 landslides 2010-2017",
    )
    def reached(self, rain_mm: Floats, *, division: str, by_hand: bool = False) -> tuple[Bools, Floats]:
        """Which lines are reached, and how near each is. A NaN is no window and reaches nothing.

        Raises `OutsideValidity`, `ValueOutOfRange`.

        >>> one = Amounts(Reach("g", ("52",), 1, 72, "h"), np.array([1.0, 3.0]), np.array([26.9, 48.9]), 3.0)
        >>> one.reached(np.array([[26.9, 40.0]]), division="522600")[0]
        array([[ True, False]])
        """
        self.reach.check(division, self.hours, by_hand=by_hand)
        within("rain_mm", rain_mm, 0, 5000, "mm", gaps=True)
        share = rain_mm / self.amount_mm
        return share >= 1.0, share

    def line(self, hours: float) -> float:
        """The amount of one window. Raises `OutsideValidity`: between windows nothing was fitted."""
        for window, amount in zip(self.hours, self.amount_mm, strict=True):
            if window == hours:
                return float(amount)
        known = ", ".join(f"{h:g}" for h in self.hours)
        raise OutsideValidity(
            f"{self.reach.name}: duration {hours:g} h has no line; the windows are {known} h"
        )


@dataclass(frozen=True, slots=True)
class IntensityDuration:
    """I = alpha · D^-beta, mm/h and h: the least mean intensity that has moved slopes."""

    reach: Reach
    alpha: float
    beta: float

    @science(
        Field("duration_h", "float64", ("n",), "h"),
        Field("return", "float64", ("n",), "mm/h", "out"),
        source="Caine 1980; Guzzetti et al. 2008",
    )
    def intensity(self, duration_h: Floats, *, division: str = "", by_hand: bool = False) -> Floats:
        """The threshold intensity of each duration. Raises `OutsideValidity`.

        >>> IntensityDuration(Reach("Caine", ("*",), 0.167, 500, "h"), 14.82, 0.39).intensity(np.array([1.0, 24.0])).round(2)
        array([14.82,  4.29])
        """
        self.reach.check(division, duration_h, by_hand=by_hand)
        within("duration_h", duration_h, 1e-3, 1e5, "hours")
        return np.asarray(self.alpha * duration_h**-self.beta, np.float64)


@dataclass(frozen=True, slots=True)
class Logistic:
    """P = 1 / (1 + exp(constant + per_day·D - per_mm·E)), D in days, E the effective rain in mm."""

    reach: Reach
    constant: float
    per_day: float
    per_mm: float

    @science(
        Field("effective_mm", "float64", ("n",), "mm"),
        Field("duration_days", "float64", ("n",), "d"),
        Field("return", "float64", ("n",), "probability", "out"),
        source="Zigui, 472 landslides, 58 gauges, 2025",
    )
    def probability(
        self, effective_mm: Floats, duration_days: Floats, *, division: str, by_hand: bool = False
    ) -> Floats:
        """The probability of landslides. Raises `OutsideValidity`, `ValueOutOfRange`.

        >>> one = Logistic(Reach("Zigui", ("420527",), 1, 15, "d"), 2.0792, 0.24156, 0.04072)
        >>> one.probability(np.array([100.0]), np.array([3.0]), division="420527101").round(4)
        array([0.7804])
        """
        self.reach.check(division, duration_days, by_hand=by_hand)
        within("effective_mm", effective_mm, 0, 5000, "mm")
        within("duration_days", duration_days, 0, 400, "days")
        power = self.constant + self.per_day * duration_days - self.per_mm * effective_mm
        return np.asarray(1.0 / (1.0 + np.exp(power)), np.float64)


def slope_rule(
    name: str, divisions: Sequence[str], data: Mapping[str, Any]
) -> Amounts | IntensityDuration | Logistic:
    """The relation of a pack of kind ``slope_rain``; ``divisions`` are those that the pack applies to.

    Raises `TableWrong`.
    """
    try:
        table = data["slope"]
        form = table["form"]
        where = tuple(divisions)
        if form == "amounts":
            hours, amount = floats(table, "hours"), floats(table, "amount_mm")
            if hours.size != amount.size:
                raise TableWrong(f"{name}: hours and amount_mm need the same length")
            reach = Reach(name, where, float(hours.min()), float(hours.max()), "h")
            return Amounts(reach, hours, amount, float(table["best_hours"]))
        if form == "intensity":
            low, high = floats(table, "hours")
            reach = Reach(name, where, float(low), float(high), "h")
            return IntensityDuration(reach, float(table["alpha"]), float(table["beta"]))
        if form == "logistic":
            low, high = floats(table["duration_days"], "range")
            reach = Reach(name, where, float(low), float(high), "d")
            return Logistic(reach, float(table["constant"]), float(table["per_day"]), float(table["per_mm"]))
    except KeyError as error:
        raise TableWrong(f"{name}: {error.args[0]} is missing: write it into the slope_rain pack") from error
    raise TableWrong(f"{name}: form is {form!r}; write amounts, intensity or logistic")
