"""GCJ-02 and BD-09: the shifts of Chinese web maps, and the way back by iteration. Degrees, longitude before latitude.

The formula is the published approximation of the official shift; what is computed back lies within 0.5 m of it, and within about
2 m of what the official device would give. Outside China nothing is shifted.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

AXIS, FLATTENED = 6378245.0, 0.00669342162296594323  # Krasovsky 1940: half axis in m, eccentricity squared
BAIDU = np.pi * 3000.0 / 180.0
WITHIN_M = 2
Lonlat = tuple[Any, Any]


def to_gcj02(lon: Any, lat: Any) -> Lonlat:
    """What a Chinese web map writes for a true place."""
    lon, lat = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
    x, y = lon - 105.0, lat - 35.0
    root = np.sqrt(np.abs(x))
    ripple = (20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root + ripple
    north += (20.0 * np.sin(y * np.pi) + 40.0 * np.sin(y / 3.0 * np.pi)) * 2.0 / 3.0
    north += (160.0 * np.sin(y / 12.0 * np.pi) + 320.0 * np.sin(y * np.pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root + ripple
    east += (20.0 * np.sin(x * np.pi) + 40.0 * np.sin(x / 3.0 * np.pi)) * 2.0 / 3.0
    east += (150.0 * np.sin(x / 12.0 * np.pi) + 300.0 * np.sin(x / 30.0 * np.pi)) * 2.0 / 3.0
    phi = np.radians(lat)
    magic = 1.0 - FLATTENED * np.sin(phi) ** 2
    d_lat = np.degrees(north * magic**1.5 / (AXIS * (1.0 - FLATTENED)))
    d_lon = np.degrees(east * np.sqrt(magic) / (AXIS * np.cos(phi)))
    inside = (lon > 72.004) & (lon < 137.8347) & (lat > 0.8293) & (lat < 55.8271)
    return lon + np.where(inside, d_lon, 0.0), lat + np.where(inside, d_lat, 0.0)


def to_bd09(lon: Any, lat: Any) -> Lonlat:
    """What Baidu's map writes for a true place."""
    x, y = to_gcj02(lon, lat)
    far = np.hypot(x, y) + 0.00002 * np.sin(y * BAIDU)
    turned = np.arctan2(y, x) + 0.000003 * np.cos(x * BAIDU)
    return far * np.cos(turned) + 0.0065, far * np.sin(turned) + 0.006


def _back(forth: Callable[[Any, Any], Lonlat], lon: Any, lat: Any) -> Lonlat:
    """The place that `forth` brings to lon, lat: the shift changes slowly, so a few steps come within a millimetre."""
    x, y = np.asarray(lon, np.float64), np.asarray(lat, np.float64)
    for _ in range(12):
        at_x, at_y = forth(x, y)
        x, y = x + (lon - at_x), y + (lat - at_y)
    return x, y


def from_gcj02(lon: Any, lat: Any) -> Lonlat:
    return _back(to_gcj02, lon, lat)


def from_bd09(lon: Any, lat: Any) -> Lonlat:
    return _back(to_bd09, lon, lat)
