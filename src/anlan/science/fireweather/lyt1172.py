"""China's forest fire weather index LY/T 1172-95: HTZ = A + B + C + D - E, by tables that come in as data.

A scores the day's temperature, B its humidity, C the drought since the last rain, D the wind, E takes off what green or
snow covers. Two variants of A, B and C are in use; a result names the one that it was made with.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from anlan.science.bounds import NameUnknown, TableWrong, floats, within
from anlan.science.fields import Field, science
from anlan.science.jit import Floats, Int8s, Int64s

_SOURCE = "LY/T 1172-95"


@dataclass(frozen=True, slots=True)
class Drought:
    """C: rows by the last rain (mm, above each bound the next row), growing by ``step`` each day after ``lag`` days."""

    rain_from: float
    rain_above: Floats
    start: Floats
    lag: Floats
    step: float
    most: float


@dataclass(frozen=True, slots=True)
class Variant:
    """One set of tables for A, B and C; ``humidity`` says which of the day's humidities it wants."""

    code: str
    title: Mapping[str, str]
    temp_above: Floats
    temp_score: Floats
    rh_from: Floats
    rh_score: Floats
    humidity: str
    drought: Drought
    confidence: str


@dataclass(frozen=True, slots=True)
class Grades:
    """The answer for each cell: HTZ (NaN where an input is missing), grade 1 to 5 (0 unknown), the parts, the variant."""

    htz: Floats
    grade: Int8s
    parts: Floats
    variant: Variant


@science(
    Field("rain_mm", "float64", ("day",), "mm, in time order"),
    Field("return.0", "float64", ("day",), "mm of the last rain, NaN before any", "out"),
    Field("return.1", "int64", ("day",), "days since, 0 on the day itself", "out"),
    source="LY/T 1172-95, table C",
)
def dry_spell(rain_mm: Floats, *, rain_from: float = 0.3) -> tuple[Floats, Int64s]:
    """The last rain of at least ``rain_from`` mm and the days since, for each day of a series.

    Before the first such rain the amount is NaN and days count from the start of the series: at least so many.

    >>> dry_spell(np.array([0.0, 4.0, 0.1, 0.0]))
    (array([nan,  4.,  4.,  4.]), array([1, 0, 1, 2]))
    """
    within("rain_mm", rain_mm, 0, 2000, "mm")
    days = np.arange(rain_mm.size)
    last = np.maximum.accumulate(np.where(rain_mm >= rain_from, days, -1))
    amount = np.where(last >= 0, rain_mm[np.maximum(last, 0)], np.nan)
    return amount, days - last


@dataclass(frozen=True, slots=True)
class ForestFireIndex:
    """The tables that all variants share, and the variants by code; ``default`` is the code used when none is asked."""

    default: str
    variants: Mapping[str, Variant]
    grade_most: Floats
    wind_from: Floats
    wind_score: Floats
    green_from: Floats
    snow_from: Floats
    cover_score: Floats

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "ForestFireIndex":
        """From a pack of kind ``forest_fire_index``. Raises `TableWrong`."""
        try:
            variants = {str(row["code"]): _variant(row) for row in data["variant"]}
            most = np.array([float(row["most"]) for row in data["grade"]])
            wind, cover, default = data["wind"], data["cover"], str(data["index"]["default"])
        except KeyError as error:
            raise TableWrong(
                f"{error.args[0]} is missing: write it into the forest_fire_index pack"
            ) from error
        return cls(
            default,
            variants,
            most[:-1],
            floats(wind, "from_m_s"),
            floats(wind, "score"),
            floats(cover, "green_from_percent"),
            floats(cover, "snow_from_percent"),
            floats(cover, "score"),
        )

    @science(
        Field("temp_max_c", "float64", ("cell",), "°C"),
        Field("rh_percent", "float64", ("cell",), "%"),
        Field("wind_m_s", "float64", ("cell",), "m/s at 10 m"),
        Field("last_rain_mm", "float64", ("cell",), "mm, NaN: none known"),
        Field("days_since", "int64", ("cell",), "d"),
        Field("green_percent", "float64", ("cell",), "%"),
        Field("snow_percent", "float64", ("cell",), "%"),
        Field("return.htz", "float64", ("cell",), "1", "out"),
        Field("return.grade", "int8", ("cell",), "1 to 5", "out"),
        Field("return.parts", "float64", (5, "cell"), "A, B, C, D, E", "out"),
        source=_SOURCE,
    )
    def grade(
        self,
        temp_max_c: Floats,
        rh_percent: Floats,
        wind_m_s: Floats,
        *,
        last_rain_mm: Floats,
        days_since: Int64s,
        green_percent: Floats,
        snow_percent: Floats,
        variant: str | None = None,
    ) -> Grades:
        """HTZ and grade of each cell. Raises `ValueOutOfRange`, `NameUnknown` for a variant that no table has.

        Where no last rain is known the row of the least rain counts: the drier reading.

        >>> v = Variant("v", {}, np.array([5.0]), np.array([0.0, 20]), np.array([25.0]), np.array([20.0, 0]), "min",
        ...             Drought(0.3, np.array([]), np.zeros(1), np.zeros(1), 5.0, 50.0), "B")
        >>> one = ForestFireIndex("v", {"v": v}, np.array([25.0, 50, 72, 90]), np.array([0.3]), np.array([0.0, 5]),
        ...                       np.array([20.0]), np.array([10.0]), np.array([0.0, 5]))
        >>> x = [np.array([n]) for n in (30.0, 20.0, 1.0, 2.0, 0.0, 0.0)]
        >>> found = one.grade(*x[:3], last_rain_mm=x[3], days_since=np.array([4]), green_percent=x[4], snow_percent=x[5])
        >>> found.htz, found.grade
        (array([65.]), array([3], dtype=int8))
        """
        used = self.variant(variant)
        for name, values, low, high, units in (
            ("temp_max_c", temp_max_c, -60, 60, "°C"),
            ("rh_percent", rh_percent, 0, 100, "%"),
            ("wind_m_s", wind_m_s, 0, 90, "m/s"),
            ("last_rain_mm", last_rain_mm, 0, 2000, "mm"),
            ("days_since", days_since, 0, 4000, "days"),
            ("green_percent", green_percent, 0, 100, "%"),
            ("snow_percent", snow_percent, 0, 100, "%"),
        ):
            within(name, values, low, high, units, gaps=True)
        parts = np.stack(
            [
                used.temp_score[np.searchsorted(used.temp_above, temp_max_c, side="left")],
                used.rh_score[np.searchsorted(used.rh_from, rh_percent, side="right")],
                _drought(used.drought, last_rain_mm, days_since),
                self.wind_score[np.searchsorted(self.wind_from, wind_m_s, side="right")],
                self._cover(green_percent, snow_percent),
            ]
        )
        htz = parts[0] + parts[1] + parts[2] + parts[3] - parts[4]
        gap = np.isnan(temp_max_c + rh_percent + wind_m_s + green_percent + snow_percent)
        grade = (1 + np.searchsorted(self.grade_most, htz, side="left")).astype(np.int8)
        return Grades(np.where(gap, np.nan, htz), np.where(gap, np.int8(0), grade), parts, used)

    def variant(self, code: str | None = None) -> Variant:
        """The variant of that code, or the default. Raises `NameUnknown`."""
        if (wanted := code or self.default) not in self.variants:
            raise NameUnknown(
                f"variant {wanted!r} is not in the pack: choose one of {', '.join(self.variants)}"
            )
        return self.variants[wanted]

    def _cover(self, green: Floats, snow: Floats) -> Floats:
        by_green = np.searchsorted(self.green_from, green, side="right")
        by_snow = np.searchsorted(self.snow_from, snow, side="right")
        picked: Floats = self.cover_score[np.maximum(by_green, by_snow)]
        return picked


def _drought(table: Drought, last_rain: Floats, days: Int64s) -> Floats:
    least = np.where(np.isnan(last_rain), 0.0, last_rain)
    row = np.searchsorted(table.rain_above, least, side="left")
    grown = table.start[row] + table.step * np.maximum(days - table.lag[row], 0)
    return np.minimum(grown, table.most)


def _variant(row: Mapping[str, Any]) -> Variant:
    dry = row["drought"]
    found = Variant(
        str(row["code"]),
        row["title"],
        floats(row, "temperature_above_c"),
        floats(row, "temperature_score"),
        floats(row, "humidity_from_percent"),
        floats(row, "humidity_score"),
        str(row["humidity"]),
        Drought(
            float(dry["rain_from_mm"]),
            floats(dry, "rain_above_mm"),
            floats(dry, "start"),
            floats(dry, "lag_days"),
            float(dry["step"]),
            float(dry["most"]),
        ),
        str(row.get("confidence", "")),
    )
    pairs = (
        (found.temp_above, found.temp_score),
        (found.rh_from, found.rh_score),
        (found.drought.rain_above, found.drought.start),
        (found.drought.rain_above, found.drought.lag),
    )
    if any(scores.size != bounds.size + 1 for bounds, scores in pairs):
        raise TableWrong(f"variant {found.code!r}: each list of scores needs one number more than its bounds")
    return found
