"""Polygons and lines as edge arrays, with the mistakes that drawn and imported shapes bring."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from anlan.science.fields import Field, science
from anlan.science.jit import Floats

Parts = Sequence[Sequence[Floats]]
"""A multipolygon: parts of rings of (lon, lat) in degrees, the first ring of a part its outline, others holes."""


class BadShape(ValueError):
    """A shape that cannot be asked about; the message says what is wrong and what to do."""


def parts_of(geometry: Mapping[str, Any]) -> list[list[Floats]]:
    """The parts of a GeoJSON Polygon or MultiPolygon. Raises `BadShape`.

    >>> len(parts_of({"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1]]]}))
    1
    """
    kind = geometry.get("type")
    if kind not in {"Polygon", "MultiPolygon"}:
        raise BadShape(f"{kind} has no area: draw a Polygon or MultiPolygon.")
    polygons = geometry["coordinates"] if kind == "MultiPolygon" else [geometry["coordinates"]]
    try:
        return [[np.asarray(ring, np.float64)[:, :2] for ring in rings] for rings in polygons]
    except (ValueError, IndexError, TypeError) as wrong:
        raise BadShape("A ring is not a list of [lon, lat] pairs: export the shape again.") from wrong


def edges_of_part(rings: Sequence[Floats]) -> Floats:
    """The edges of a part, (edge, 4); rings are closed when they are not. Raises `BadShape`."""
    if not rings:
        raise BadShape("A polygon has no ring: draw its outline.")
    return np.concatenate([_edges_of_ring(np.asarray(ring, np.float64)) for ring in rings])


def edges_of_line(line: Floats) -> Floats:
    """The edges of a polyline; a single point is one edge without length. Raises `BadShape`."""
    points = _checked(np.asarray(line, np.float64), fewest=1, what="A line")
    if len(points) == 1:
        return np.concatenate([points, points], axis=1)
    return np.concatenate([points[:-1], points[1:]], axis=1)


@science(
    Field("latitude", "float64", ("n",), "degree"),
    Field("return", "float64", ("n", 2), "m per degree", "out"),
    source="series of the meridian and parallel arcs, GRS 80 (CGCS2000) to 1e-6",
)
def metres_per_degree(latitude: Floats) -> Floats:
    """Metres in one degree east and one degree north at each latitude, (n, 2), on the CGCS2000 ellipsoid.

    >>> metres_per_degree(np.array([31.6])).round(0).tolist()
    [[94901.0, 110880.0]]
    """
    phi = np.radians(latitude)
    east = 111_412.84 * np.cos(phi) - 93.5 * np.cos(3 * phi) + 0.118 * np.cos(5 * phi)
    north = 111_132.92 - 559.82 * np.cos(2 * phi) + 1.175 * np.cos(4 * phi)
    return np.stack([np.maximum(east, 1.0), north], axis=1)


def _edges_of_ring(ring: Floats) -> Floats:
    points = _checked(ring, fewest=3, what="A ring")
    return np.concatenate([points, np.roll(points, -1, axis=0)], axis=1)


def _checked(points: Floats, *, fewest: int, what: str) -> Floats:
    if points.ndim != 2 or points.shape[1] != 2 or len(points) < fewest:
        raise BadShape(f"{what} needs at least {fewest} points of (lon, lat).")
    if not np.isfinite(points).all() or (np.abs(points) > (180.0, 90.0)).any():
        raise BadShape(
            f"{what} leaves the range of longitude and latitude: is it lon before lat, in degrees?"
        )
    if (np.abs(np.diff(points[:, 0])) > 180.0).any():
        raise BadShape(f"{what} crosses the antimeridian: split it at 180° into two parts.")
    return points
