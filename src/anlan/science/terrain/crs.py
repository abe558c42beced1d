"""Coordinate systems: what one counts in, where it is valid, which suits a place; points from one to another."""

from functools import lru_cache

import numpy as np
import pyproj
from pyproj.exceptions import CRSError

from anlan.science.fields import Field, science
from anlan.science.jit import Floats
from anlan.science.terrain.errors import BadCrs, SwappedAxes, Unprojected

_STRETCH = 0.05
"""A metre of the system may differ so much from one on the ground; web Mercator is 17 % off at 31 degrees."""
_SLACK = 3.0
"""Degrees by which a place may lie outside the published area of use: neighbours' zones are used at seams."""


def metre_crs(*, lon: float, lat: float) -> str:
    """The usual system in metres for a place: CGCS2000 3-degree zone in China's longitudes, else UTM on WGS 84.

    Raises `SwappedAxes` for a latitude beyond 90 or a longitude beyond 180. Source: EPSG registry (4534…4554,
    CGCS2000 / 3-degree Gauss-Kruger CM 75E…135E; 32601…32760, WGS 84 / UTM).

    >>> metre_crs(lon=113.23, lat=31.54), metre_crs(lon=11.5, lat=48.1)
    ('EPSG:4547', 'EPSG:32632')
    """
    if not (abs(lat) <= 90 and abs(lon) <= 180):
        raise SwappedAxes(
            f"lon, lat: {lon}, {lat} is no place on earth; give longitude first, then latitude."
        )
    if 73.5 <= lon < 136.5 and 16.0 <= lat <= 54.0:
        return f"EPSG:{4534 + round((lon - 75.0) / 3.0)}"
    zone = min(int((lon + 180.0) // 6.0) + 1, 60)
    return f"EPSG:{(32600 if lat >= 0 else 32700) + zone}"


@lru_cache(maxsize=64)
def known(crs: str) -> pyproj.CRS:
    """The system of a name such as ``EPSG:4547``. Raises `BadCrs`."""
    if not crs:
        raise BadCrs("crs: the file does not say in which system it lies; give it, e.g. --crs EPSG:4547.")
    try:
        return pyproj.CRS.from_user_input(crs)
    except CRSError as error:
        raise BadCrs(f"crs: {crs!r} is not known; give an EPSG number, e.g. EPSG:4547.") from error


@lru_cache(maxsize=64)
def between(source: str, target: str) -> pyproj.Transformer:
    """x, y of one system to x, y of another; longitude before latitude."""
    return pyproj.Transformer.from_crs(known(source), known(target), always_xy=True)


@science(
    Field("x", "float64", ("point",), "unit of source"),
    Field("y", "float64", ("point",), "unit of source"),
    Field("return.0", "float64", ("point",), "unit of target", "out"),
    Field("return.1", "float64", ("point",), "unit of target", "out"),
    source="PROJ through pyproj",
)
def move_points(x: Floats, y: Floats, *, source: str, target: str) -> tuple[Floats, Floats]:
    """Points from one system to another, x (east, longitude) first in both.

    Raises `BadCrs` for an unknown system, `SwappedAxes` for points that cannot be moved.

    >>> lon, lat = np.array([114.0]), np.array([0.0])
    >>> [float(v.round(3)[0]) for v in move_points(lon, lat, source="EPSG:4490", target="EPSG:4547")]
    [500000.0, 0.0]
    """
    out_x, out_y = between(source, target).transform(np.asarray(x), np.asarray(y))
    if not (np.isfinite(out_x).all() and np.isfinite(out_y).all()):
        raise SwappedAxes(
            f"x, y: some points have no place in {target}; check that x is east and y north, and that "
            f"{source} is their system."
        )
    return np.asarray(out_x, dtype=np.float64), np.asarray(out_y, dtype=np.float64)


def check_metres(crs: str, *, x: float, y: float) -> None:
    """That a system counts in metres, x east and y north, and that a place of it lies where it is valid.

    Raises `Unprojected` for degrees and for a map projection whose metres are none on the ground (web Mercator),
    `SwappedAxes` when the place fits with x and y changed, else `BadCrs`.
    """
    system = known(crs)
    if system.is_geographic:
        raise _in_degrees(crs, x, y)
    unit = {axis.unit_name for axis in system.axis_info}
    if unit != {"metre"}:
        raise BadCrs(f"crs: {crs} counts in {', '.join(sorted(unit))}; reproject to a system in metres.")
    if abs(x) <= 180 and abs(y) <= 180:
        raise Unprojected(
            f"x, y: ({x:.4f}, {y:.4f}) look like degrees, but {crs} counts in metres; name the file's own system."
        )
    if not _is_valid_at(system, crs, x, y):
        if _is_valid_at(system, crs, y, x):
            raise SwappedAxes(
                f"x, y: ({x:.0f}, {y:.0f}) fits {crs} only with x and y changed; give easting first."
            )
        raise BadCrs(
            f"crs: ({x:.0f}, {y:.0f}) lies far outside the area for which {crs} is made; check its number."
        )
    lon, lat = between(crs, "EPSG:4326").transform(x, y)
    scale = pyproj.Proj(system).get_factors(lon, lat)
    worst = max(abs(scale.meridional_scale - 1), abs(scale.parallel_scale - 1))
    if worst > _STRETCH:
        raise Unprojected(
            f"crs: a metre of {crs} is {100 * worst:.0f} % off the ground's there; it is made for pictures. "
            f"Reproject first, here {metre_crs(lon=lon, lat=lat)} suits."
        )


def _in_degrees(crs: str, lon: float, lat: float) -> BadCrs:
    if abs(lat) > 90:
        return SwappedAxes(
            f"y: latitude {lat:.4f} is beyond 90; the file has latitude and longitude changed."
        )
    return Unprojected(
        f"crs: {crs} counts in degrees; reproject to square cells in metres first, here {metre_crs(lon=lon, lat=lat)} suits."
    )


def _is_valid_at(system: pyproj.CRS, crs: str, x: float, y: float) -> bool:
    area = system.area_of_use
    if area is None:
        return True
    lon, lat = between(crs, "EPSG:4326").transform(x, y)
    inside_lon = area.west - _SLACK <= lon <= area.east + _SLACK or area.west > area.east
    return bool(inside_lon and area.south - _SLACK <= lat <= area.north + _SLACK)
