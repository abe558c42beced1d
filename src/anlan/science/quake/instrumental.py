"""Instrumental intensity from recorded or modelled motion, and the basic intensity of a zone (GB/T 17742, GB 18306)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from anlan.science.bounds import TableWrong, floats, within
from anlan.science.fields import Field, science
from anlan.science.jit import Floats


@dataclass(frozen=True, slots=True)
class Instrumental:
    """I = slope · lg(x) + constant for PGA (m/s²) and PGV (m/s), joined and kept within the scale."""

    pga_slope: float
    pga_constant: float
    pgv_slope: float
    pgv_constant: float
    velocity_alone_from: float
    lowest: float
    highest: float

    @classmethod
    def from_data(cls, table: Mapping[str, Any]) -> "Instrumental":
        """From the table ``instrumental`` of an ``attenuation`` pack. Raises `TableWrong`."""
        try:
            return cls(**{name: float(table[name]) for name in cls.__slots__})
        except KeyError as error:
            raise TableWrong(f"instrumental.{error.args[0]} is missing: write it into the pack") from error

    @science(
        Field("pga_m_s2", "float64", ("n",), "m/s², 0.1-10 Hz, vector of three components"),
        Field("pgv_m_s", "float64", ("n",), "m/s, likewise"),
        Field("return", "float64", ("n",), "degree", "out"),
        source="GB/T 17742-2020",
    )
    def intensity(self, pga_m_s2: Floats, pgv_m_s: Floats) -> Floats:
        """Where both give the degree from which velocity counts alone (6), that of velocity, else their mean.

        Raises `ValueOutOfRange`, `NotFinite`.

        >>> Instrumental(3.17, 6.59, 3.0, 9.77, 6.0, 1.0, 12.0).intensity(np.array([1.347]), np.array([0.119])).round(2)
        array([7.])
        """
        within("pga_m_s2", pga_m_s2, 0, 50, "m/s2")
        within("pgv_m_s", pgv_m_s, 0, 10, "m/s")
        with np.errstate(divide="ignore"):
            by_pga = self.pga_slope * np.log10(pga_m_s2) + self.pga_constant
            by_pgv = self.pgv_slope * np.log10(pgv_m_s) + self.pgv_constant
        strong = (by_pga >= self.velocity_alone_from) & (by_pgv >= self.velocity_alone_from)
        joined = np.where(strong, by_pgv, (by_pga + by_pgv) / 2)
        return np.asarray(np.clip(joined, self.lowest, self.highest), np.float64)


@science(
    Field("pga_g", "float64", ("n",), "g"),
    Field("return", "float64", ("n",), "degree, NaN below the lowest", "out"),
    source="GB 18306-2015 annex G",
)
def basic_intensity(pga_g: Floats, table: Mapping[str, Any]) -> Floats:
    """The basic intensity of a zone by its peak acceleration. Raises `ValueOutOfRange`, `TableWrong`.

    >>> basic_intensity(np.array([0.03, 0.05, 0.19]), {"from_g": [0.04, 0.09, 0.19], "intensity": [6, 7, 8]})
    array([nan,  6.,  8.])
    """
    within("pga_g", pga_g, 0, 5, "g")
    degrees = np.concatenate([[np.nan], floats(table, "intensity")])
    picked: Floats = degrees[np.searchsorted(floats(table, "from_g"), pga_g, side="right")]
    return picked
