"""Day length by latitude band and month, as the drying of duff (DMC) and of deep layers (DC) needs it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from anlan.science.bounds import TableWrong, floats, within
from anlan.science.fields import Field, science
from anlan.science.jit import Floats, Int8s


@dataclass(frozen=True, slots=True)
class Band:
    """One table: latitudes ``south < latitude <= north`` (degrees), twelve monthly values."""

    name: str
    south: float
    north: float
    months: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class DayLengths:
    """The tables of effective day length Le (h, for DMC) and of the seasonal term Lf (for DC)."""

    dmc: tuple[Band, ...]
    dc: tuple[Band, ...]

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "DayLengths":
        """From a pack of kind ``fire_weather``. Raises `TableWrong` when the bands leave a latitude out."""
        rows = data.get("day_length", ())
        return cls(_bands(rows, "dmc"), _bands(rows, "dc"))

    @science(
        Field("latitude", "float64", ("cell",), "degree, north positive"),
        Field("return.0", "int8", ("cell",), "row of `dmc`", "out"),
        Field("return.1", "int8", ("cell",), "row of `dc`", "out"),
        source="Van Wagner 1987, FTR 35; Lawson & Armitage 2008",
    )
    def choose(self, latitude: Floats) -> tuple[Int8s, Int8s]:
        """Which band each cell lies in, for DMC and for DC.

        >>> one = tuple(Band(n, s, t, (9.0,) * 12) for n, s, t in (("south", -90, 30), ("north", 30, 90)))
        >>> DayLengths(one, one).choose(np.array([26.6, 31.7]))
        (array([0, 1], dtype=int8), array([0, 1], dtype=int8))
        """
        within("latitude", latitude, -90, 90, "degrees")
        return _rows(self.dmc, latitude), _rows(self.dc, latitude)

    @science(
        Field("return.0", "float64", ("dmc_band",), "h", "out"),
        Field("return.1", "float64", ("dc_band",), "1", "out"),
        source="Van Wagner 1987, FTR 35, tables of Le and Lf",
    )
    def of_month(self, month: int) -> tuple[Floats, Floats]:
        """Le and Lf of every band in a month (1 to 12).

        >>> one = (Band("all", -90, 90, tuple(map(float, range(12)))),)
        >>> DayLengths(one, one).of_month(4)
        (array([3.]), array([3.]))
        """
        within("month", month, 1, 12, "months of the year")
        dmc, dc = ([band.months[month - 1] for band in bands] for bands in (self.dmc, self.dc))
        return np.array(dmc), np.array(dc)


def _rows(bands: tuple[Band, ...], latitude: Floats) -> Int8s:
    inner = np.array([band.north for band in bands[:-1]])
    return np.searchsorted(inner, latitude, side="left").astype(np.int8)


def _bands(rows: Sequence[Mapping[str, Any]], code: str) -> tuple[Band, ...]:
    found = [
        Band(str(r["name"]), float(r["south"]), float(r["north"]), tuple(floats(r, "months").tolist()))
        for r in rows
        if r.get("code") == code
    ]
    found.sort(key=lambda band: band.south)
    edges = [-90.0, *(band.north for band in found)]
    fits = [band.south for band in found] == edges[:-1] and edges[-1] == 90.0
    if not fits or any(len(band.months) != 12 for band in found):
        raise TableWrong(
            f"day_length of code {code!r}: the bands must cover -90 to 90 without gap, each with twelve months"
        )
    return tuple(found)
