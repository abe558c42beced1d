"""The ellipses of an earthquake and what each place has: a place lies on exactly one ellipse of the relation.

The value v at a point (x along, y across the fault) solves (x / Rl(v))² + (y / Rs(v))² = 1 with the radii of the two
axes; the left side grows with v, so halving finds it. Distances are great-circle from the epicentre.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp

import numpy as np

from anlan.science.bounds import within
from anlan.science.fields import Field, science
from anlan.science.jit import Bools, Floats, njit
from anlan.science.quake.relations import Convention, Relation

_SOURCE = "GB 18306-2015, training book: elliptical isoseismals, long axis along the fault"
_EARTH_KM = 6371.0088
_LOWEST = -20.0


@dataclass(frozen=True, slots=True)
class Source:
    """Magnitude (Ms), epicentre (degree), azimuth of the long axis (degree from north, clockwise).

    Raises `ValueOutOfRange`.
    """

    magnitude: float
    lon: float
    lat: float
    azimuth: float

    def __post_init__(self) -> None:
        within("magnitude", self.magnitude, 0, 10, "Ms")
        within("epicentre lon", self.lon, -180, 180, "degrees; longitude and latitude may be swapped")
        within("epicentre lat", self.lat, -90, 90, "degrees; longitude and latitude may be swapped")
        within("azimuth", self.azimuth, -360, 360, "degrees from north, clockwise")


@dataclass(frozen=True, slots=True)
class Ellipse:
    """One isoseismal: its degree, the value it is drawn at, and the semi-axes in km."""

    degree: int
    value: float
    long_km: float
    short_km: float
    convention: Convention


def ellipses(
    relation: Relation, magnitude: float, *, degrees: Sequence[int], convention: Convention
) -> list[Ellipse]:
    """The isoseismals of the degrees that this earthquake reaches, innermost first.

    The caller says where the line of a degree is drawn; there is no default, as the two differ by half a degree.
    Source: GB 18306-2015. Raises `ValueOutOfRange`.
    """
    long, short = relation.axes(magnitude)
    found = []
    for degree in sorted(degrees, reverse=True):
        within("degree", degree, 1, 12, "degrees of intensity")
        value = degree - convention.offset
        one = Ellipse(degree, value, long.radius_km(value), short.radius_km(value), convention)
        if one.long_km > 0 and one.short_km > 0:
            found.append(one)
    return found


@science(
    Field("lon", "float64", ("place",), "degree"),
    Field("lat", "float64", ("place",), "degree"),
    Field("return.0", "float64", ("place",), "km along the long axis", "out"),
    Field("return.1", "float64", ("place",), "km across it", "out"),
    source="great circle on a sphere of 6371 km",
)
def place(source: Source, lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Where places lie in the frame of an earthquake: along the long axis and across it.

    >>> x, y = place(Source(6.0, 113.0, 31.0, 0.0), np.array([113.0]), np.array([32.0]))
    >>> round(float(x[0]), 1), round(float(y[0]), 1)
    (111.2, 0.0)
    """
    for name, values, most in (("lon", lon, 180), ("lat", lat, 90)):
        within(name, values, -most, most, "degrees; longitude and latitude may be swapped")
    a, b = np.radians(source.lat), np.radians(lat)
    turn = np.radians(lon - source.lon)
    half = np.sin((b - a) / 2) ** 2 + np.cos(a) * np.cos(b) * np.sin(turn / 2) ** 2
    far = 2 * _EARTH_KM * np.arcsin(np.sqrt(np.minimum(half, 1.0)))
    bearing = np.arctan2(
        np.sin(turn) * np.cos(b), np.cos(a) * np.sin(b) - np.sin(a) * np.cos(b) * np.cos(turn)
    )
    off = bearing - np.radians(source.azimuth)
    return far * np.cos(off), far * np.sin(off)


@science(
    Field("along_km", "float64", ("place",), "km"),
    Field("across_km", "float64", ("place",), "km"),
    Field("return", "float64", ("place",), "degree of intensity, or lg of gal or cm/s", "out"),
    source=_SOURCE,
)
def intensity_at(relation: Relation, magnitude: float, along_km: Floats, across_km: Floats) -> Floats:
    """The value of a relation at each place, unrounded: on an axis exactly that axis' relation.

    Raises `ValueOutOfRange`, `NotFinite`.

    >>> flat = {"a": 4.0, "b": 1.0, "c": -2.0, "near": 10.0}
    >>> from anlan.science.quake.relations import Quantity
    >>> one = Relation("r", {}, Quantity.INTENSITY, "z", "lg", flat, flat, None, None, True, "A")
    >>> intensity_at(one, 6.0, np.array([0.0, 54.0]), np.array([0.0, 72.0])).round(6)
    array([8., 6.])
    """
    within("along_km", np.abs(along_km), 0, 21_000, "km")
    within("across_km", np.abs(across_km), 0, 21_000, "km")
    long, short = relation.axes(magnitude)
    out = np.empty(along_km.size)
    _solve(
        along_km, across_km,
        long.base, long.slope, long.near,
        short.base, short.slope, short.near,
        max(relation.peaks(magnitude)), out,
    )  # fmt: skip
    out[(along_km == 0) & (across_km == 0)] = relation.epicentral(magnitude)
    return out


@science(
    Field("along_km", "float64", ("place",), "km"),
    Field("across_km", "float64", ("place",), "km"),
    Field("return.0", "float64", ("place",), "gal or cm/s", "out"),
    Field("return.1", "bool", ("place",), "within the distance of the table", "out"),
    source=_SOURCE,
)
def ground_motion(
    relation: Relation, magnitude: float, along_km: Floats, across_km: Floats, *, to_km: float = 200.0
) -> tuple[Floats, Bools]:
    """Median PGA (gal) or PGV (cm/s) at each place, and whether it lies within ``to_km`` of the epicentre.

    >>> from anlan.science.quake.relations import Quantity
    >>> flat = {"a": 2.0, "b": 0.5, "a2": 2.0, "b2": 0.5, "c": -2.0, "d": 10.0, "e": 0.0}
    >>> one = Relation("r", {}, Quantity.PGA, "z", "lg", flat, flat, 0.2, 6.5, True, "B")
    >>> ground_motion(one, 6.0, np.array([90.0]), np.array([0.0]))
    (array([10.]), array([ True]))
    """
    lg = intensity_at(relation, magnitude, along_km, across_km)
    near = np.asarray(np.hypot(along_km, across_km) <= to_km)
    return np.asarray(np.round(10.0**lg, 12), np.float64), near


@njit
def _outside(
    x: float, y: float, value: float, ab: float, ac: float, ar: float, bb: float, bc: float, br: float
) -> bool:
    """Whether a point lies outside the ellipse of a value; a radius of nothing holds only the line itself."""
    reach = 0.0
    for at, base, slope, near in ((x, ab, ac, ar), (y, bb, bc, br)):
        if at != 0.0:
            radius = exp((value - base) / slope) - near
            if radius <= 0.0:
                return True
            reach += (at / radius) ** 2
    return reach > 1.0


@njit
def _solve(
    along: Floats,
    across: Floats,
    ab: float,
    ac: float,
    ar: float,
    bb: float,
    bc: float,
    br: float,
    top: float,
    out: Floats,
) -> None:
    for i in range(along.size):
        low, high = _LOWEST, top
        if _outside(along[i], across[i], high, ab, ac, ar, bb, bc, br):
            for _ in range(52):
                middle = 0.5 * (low + high)
                if _outside(along[i], across[i], middle, ab, ac, ar, bb, bc, br):
                    high = middle
                else:
                    low = middle
        out[i] = high
