"""The Canadian Fire Weather Index: three moisture codes carried from day to day, three indices and DSR for a day.

Source: Van Wagner & Pickett 1985, FTR 33 (equation numbers in the kernels) and Van Wagner 1987, FTR 35. Weather is that
of local noon: temperature, humidity, wind at 10 m in km/h, rain of the last 24 hours.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from anlan.science.bounds import within
from anlan.science.fields import Field, science
from anlan.science.fireweather import kernels
from anlan.science.fireweather.daylength import DayLengths
from anlan.science.jit import Floats, Int8s
from anlan.science.shares import cores, in_shares

_SOURCE = "Van Wagner & Pickett 1985, FTR 33; Van Wagner 1987, FTR 35"
_WEATHER = (
    Field("temp_c", "float64", ("cell",), "°C at noon"),
    Field("rh_percent", "float64", ("cell",), "% at noon"),
    Field("wind_km_h", "float64", ("cell",), "km/h at 10 m, noon"),
    Field("rain_mm", "float64", ("cell",), "mm in 24 h"),
)


@dataclass(frozen=True, slots=True)
class MoistureCodes:
    """Yesterday's FFMC (0 to 101), DMC and DC (from 0): what a day hands to the next. Float64, one per cell."""

    ffmc: Floats
    dmc: Floats
    dc: Floats

    @classmethod
    def spring(cls, cells: int, *, ffmc: float = 85.0, dmc: float = 6.0, dc: float = 15.0) -> "MoistureCodes":
        """The customary start after snow has gone (FTR 35)."""
        return cls(np.full(cells, ffmc), np.full(cells, dmc), np.full(cells, dc))


@dataclass(frozen=True, slots=True)
class FireWeather:
    """A day's answer: float64, one per cell, NaN where any input was missing; and the day-length tables used."""

    ffmc: Floats
    dmc: Floats
    dc: Floats
    isi: Floats
    bui: Floats
    fwi: Floats
    dsr: Floats
    dmc_band: Int8s
    dc_band: Int8s
    day_lengths: DayLengths

    @property
    def codes(self) -> MoistureCodes:
        """What tomorrow starts from."""
        return MoistureCodes(self.ffmc, self.dmc, self.dc)

    def tables_used(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Names of the day-length tables that any cell used: for DMC, for DC."""
        dmc = tuple(self.day_lengths.dmc[row].name for row in np.unique(self.dmc_band))
        return dmc, tuple(self.day_lengths.dc[row].name for row in np.unique(self.dc_band))


@science(
    *_WEATHER,
    Field("latitude", "float64", ("cell",), "degree, north positive"),
    *(Field(f"return.{name}", "float64", ("cell",), "1", "out") for name in kernels.NAMES),
    Field("return.dmc_band", "int8", ("cell",), "row of day_lengths.dmc", "out"),
    Field("return.dc_band", "int8", ("cell",), "row of day_lengths.dc", "out"),
    source=_SOURCE,
)
def fire_weather(
    temp_c: Floats,
    rh_percent: Floats,
    wind_km_h: Floats,
    rain_mm: Floats,
    *,
    latitude: Floats,
    month: int,
    before: MoistureCodes,
    day_lengths: DayLengths,
    threads: int | None = None,
) -> FireWeather:
    """One day of the index for every cell of a grid.

    Range: -60 to 60 °C, 0 to 100 %, 0 to 300 km/h, 0 to 2000 mm; a NaN makes its own cell NaN. The same to the last
    bit on any number of ``threads`` (default: all cores). Raises `ValueOutOfRange`.

    >>> from anlan.science.fireweather.daylength import Band
    >>> april = tuple((Band("46N", -90, 90, (0.0,) * 3 + (v,) + (0.0,) * 8),) for v in (12.8, 0.9))
    >>> one = [np.array([x]) for x in (17.0, 42.0, 25.0, 0.0)]
    >>> day = fire_weather(*one, latitude=np.array([46.0]), month=4,
    ...                    before=MoistureCodes.spring(1), day_lengths=DayLengths(*april))
    >>> round(float(day.fwi[0]), 2), day.tables_used()
    (10.1, (('46N',), ('46N',)))
    """
    _check(temp_c, rh_percent, wind_km_h, rain_mm, before)
    dmc_band, dc_band = day_lengths.choose(latitude)
    le, lf = day_lengths.of_month(month)
    out = np.empty((len(kernels.NAMES), temp_c.size))

    def work(a: int, b: int) -> None:
        kernels.cells(
            a, b, temp_c, rh_percent, wind_km_h, rain_mm, before.ffmc, before.dmc, before.dc,
            dmc_band, dc_band, le, lf, out,
        )  # fmt: skip

    in_shares(work, temp_c.size, threads=threads or cores())
    ffmc, dmc, dc, isi, bui, fwi, dsr = out
    return FireWeather(ffmc, dmc, dc, isi, bui, fwi, dsr, dmc_band, dc_band, day_lengths)


def step(
    days: Sequence[tuple[int, float, float, float, float]],
    *,
    latitude: float,
    before: MoistureCodes,
    day_lengths: DayLengths,
) -> list[FireWeather]:
    """A series of days at one place: (month, °C, %, km/h, mm) each, every day from the codes of the day before.

    Raises `ValueOutOfRange`, `NotFinite`: a gap in a series is not carried on silently.
    """
    found: list[FireWeather] = []
    for number, (month, *weather) in enumerate(days, 1):
        names = ("temp_c", "rh_percent", "wind_km_h", "rain_mm")
        for name, value in zip(names, weather, strict=True):
            within(f"{name} of day {number}", value, -1e9, 1e9, "the unit in its name")
        found.append(
            fire_weather(
                *(np.array([value], np.float64) for value in weather),
                latitude=np.array([latitude], np.float64),
                month=month,
                before=found[-1].codes if found else before,
                day_lengths=day_lengths,
                threads=1,
            )
        )
    return found


def _check(temp: Floats, rh: Floats, wind: Floats, rain: Floats, before: MoistureCodes) -> None:
    limits: tuple[tuple[str, Any, float, float, str], ...] = (
        ("temp_c", temp, -60, 60, "°C"),
        ("rh_percent", rh, 0, 100, "%"),
        ("wind_km_h", wind, 0, 300, "km/h"),
        ("rain_mm", rain, 0, 2000, "mm"),
        ("ffmc", before.ffmc, 0, 101, "code units"),
        ("dmc", before.dmc, 0, 5000, "code units"),
        ("dc", before.dc, 0, 5000, "code units"),
    )
    for name, values, lowest, highest, units in limits:
        within(name, values, lowest, highest, units, gaps=True)
