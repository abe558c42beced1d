"""Attenuation relations as data: value = a + b·M + c·log(R + near) along the long and the short axis.

The logarithm is part of a relation. Coefficients fitted to lg and used with ln (seen in a public program for the one of
2008) give radii that are wrong by tens of kilometres, even negative; so `Relation` alone takes logarithms.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import exp, log
from typing import Any

import numpy as np

from anlan.science.bounds import NameUnknown, TableWrong, within
from anlan.science.fields import Field, science
from anlan.science.jit import Floats

_SOURCE = "GB 18306-2015, training book: Xiao Liang, Yu Yanxiang 2011"
_LOGS = {"lg": log(10.0), "ln": 1.0}


class Quantity(StrEnum):
    """What a relation gives: intensity (degree), or PGA (gal) and PGV (cm/s) as lg."""

    INTENSITY = "intensity"
    PGA = "pga"
    PGV = "pgv"


class Axis(StrEnum):
    """Along the fault or across it."""

    LONG = "long"
    SHORT = "short"


class Convention(StrEnum):
    """Where the line of degree i is drawn: at I = i exactly, or as the outer boundary of degree i, at I = i - 0.5."""

    AT_DEGREE = "at_degree"
    OUTER_BOUNDARY = "outer_boundary"

    @property
    def offset(self) -> float:
        """Degrees below i."""
        return 0.5 if self is Convention.OUTER_BOUNDARY else 0.0


@dataclass(frozen=True, slots=True)
class Coefficients:
    """One axis at one magnitude: value = base + slope · ln(R + near), slope < 0, R and near in km."""

    base: float
    slope: float
    near: float

    @science(
        Field("distance_km", "float64", ("n",), "km along the axis"),
        Field("return", "float64", ("n",), "degree, or lg of gal or cm/s", "out"),
        source=_SOURCE,
    )
    def value(self, distance_km: Floats) -> Floats:
        """The value at distances along this axis.

        >>> Coefficients(10.0, -1.0, 1.0).value(np.array([0.0]))
        array([10.])
        """
        within("distance_km", distance_km, 0, 21_000, "km")
        return np.asarray(self.base + self.slope * np.log(distance_km + self.near), np.float64)

    def radius_km(self, value: float) -> float:
        """How far along this axis the value reaches: 0 when not even the epicentre has it."""
        reach = exp((value - self.base) / self.slope) - self.near
        return max(float(reach), 0.0)


@dataclass(frozen=True, slots=True)
class Relation:
    """One relation: coefficients by axis (a, b, c, near; or a, b, a2, b2, c, d, e with near = d·exp(e·M))."""

    code: str
    title: Mapping[str, str]
    quantity: Quantity
    zone: str
    log: str
    long: Mapping[str, float]
    short: Mapping[str, float]
    sigma: float | None
    split_m: float | None
    is_default: bool
    confidence: str

    def axis(self, axis: Axis, magnitude: float) -> Coefficients:
        """The relation at one magnitude along one axis. Raises `ValueOutOfRange`."""
        within("magnitude", magnitude, 0, 10, "Ms")
        c = self.long if axis is Axis.LONG else self.short
        great = self.split_m is not None and magnitude > self.split_m
        a, b = (c["a2"], c["b2"]) if great else (c["a"], c["b"])
        near = c["near"] if "near" in c else c["d"] * exp(c["e"] * magnitude)
        return Coefficients(a + b * magnitude, c["c"] / _LOGS[self.log], near)

    def axes(self, magnitude: float) -> tuple[Coefficients, Coefficients]:
        """Long and short axis at one magnitude."""
        return self.axis(Axis.LONG, magnitude), self.axis(Axis.SHORT, magnitude)

    def epicentral(self, magnitude: float) -> float:
        """The value at the epicentre, by the long axis; the short one differs by the rounding of the fit."""
        return self.peaks(magnitude)[0]

    def peaks(self, magnitude: float) -> tuple[float, float]:
        """The value at distance nothing by the long axis and by the short one."""
        long, short = (c.base + c.slope * log(c.near) for c in self.axes(magnitude))
        return long, short


@dataclass(frozen=True, slots=True)
class Relations:
    """All relations by code, and the range in which the tables may be believed."""

    by_code: Mapping[str, Relation]
    magnitude: tuple[float, float]
    distance_km: float

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Relations":
        """From a pack of kind ``attenuation``. Raises `TableWrong`."""
        try:
            rows: Sequence[Mapping[str, Any]] = data["relation"]
            valid = data["validity"]
            low, high = (float(m) for m in valid["magnitude"])
            found = {str(row["code"]): _relation(row) for row in rows}
            return cls(found, (low, high), float(valid["distance_km"]))
        except KeyError as error:
            raise TableWrong(f"{error.args[0]} is missing: write it into the attenuation pack") from error

    def get(self, code: str) -> Relation:
        """One relation by name. Raises `NameUnknown`."""
        if code not in self.by_code:
            raise NameUnknown(
                f"relation {code!r} is not in the pack: choose one of {', '.join(self.by_code)}"
            )
        return self.by_code[code]

    def of_zone(self, quantity: Quantity, zone: str) -> Relation:
        """The relation in force for a zone; an older one is never picked. Raises `NameUnknown`."""
        fit = [r for r in self.by_code.values() if r.is_default and r.quantity is quantity]
        for relation in fit:
            if relation.zone == zone:
                return relation
        raise NameUnknown(f"zone {zone!r} is unknown: choose one of {', '.join(r.zone for r in fit)}")


def _relation(row: Mapping[str, Any]) -> Relation:
    code, base = str(row["code"]), str(row["log"])
    if base not in _LOGS:
        raise TableWrong(f"relation {code}: log is {base!r}; write lg (base ten) or ln (natural)")
    long, short = ({str(k): float(v) for k, v in row[axis].items()} for axis in Axis)
    for axis, c in (("long", long), ("short", short)):
        if c["c"] >= 0 or not ("near" in c or {"d", "e", "a2", "b2"} <= set(c)):
            raise TableWrong(
                f"relation {code}, {axis}: c must be below 0, and near or d, e, a2, b2 must stand there"
            )
    return Relation(
        code,
        row["title"],
        Quantity(row["quantity"]),
        str(row["zone"]),
        base,
        long,
        short,
        float(row["sigma"]) if "sigma" in row else None,
        float(row["split_m"]) if "split_m" in row else None,
        bool(row.get("default", False)),
        str(row.get("confidence", "")),
    )
