"""The city's streams in metres, with a height for every vertex: a profile that steepens towards the sources."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from anlan.science.terrain.crs import move_points

from ...city.model import Stream
from .settings import Box, LandSettings

GEOGRAPHIC = "EPSG:4490"
CONCAVITY = 0.4  # slope falls with area to this power (Hack 1957 found 0.3 to 0.6)
_KM2_PER_VERTEX = 4.5  # a village's 9.5 km2 stand for two vertices, its node and a bend
_OUTER_KM2 = 8.0  # drained by the middle of an outer valley

Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Courses:
    """Straight pieces of stream: ``ends`` [piece, 2, 2] in metres, bank ``height_m`` [piece, 2], ``area_km2`` [piece]."""

    ends: Points
    height_m: Points
    area_km2: Points


def to_metres(settings: LandSettings, lonlat: Sequence[tuple[float, float]]) -> Points:
    """Longitude, latitude to x, y, rounded to the centimetre so that every machine starts from the same."""
    points = np.asarray(lonlat, dtype=np.float64)
    x, y = move_points(points[:, 0].copy(), points[:, 1].copy(), source=GEOGRAPHIC, target=settings.crs)
    return np.round(np.column_stack([x, y]), 2)


def courses(settings: LandSettings, streams: Sequence[Stream], town: tuple[float, float]) -> Courses:
    """All streams of the city and the outer valleys; the bank nearest to the town's point lies at ``town_m``."""
    vertices, below = _tree(streams)
    places = to_metres(settings, vertices)
    order = _mouths_first(below)
    area = np.full(len(vertices), _KM2_PER_VERTEX)
    for k in reversed(order):
        if below[k] >= 0:
            area[below[k]] += area[k]
    height = np.zeros(len(vertices))
    for k in order:
        if below[k] >= 0:
            step = float(np.hypot(*(places[k] - places[below[k]])))
            height[k] = height[below[k]] + step * settings.steepness * float(area[k]) ** -CONCAVITY
    middle = np.hypot(*(places - to_metres(settings, [town])[0]).T).argmin()
    height += settings.town_m - height[middle]
    upper = np.flatnonzero((below >= 0) & _near(places, settings.frame))
    lower = below[upper]
    outer = _outer(settings)
    return Courses(
        ends=np.concatenate([np.stack([places[upper], places[lower]], axis=1), outer.ends]),
        height_m=np.round(
            np.concatenate([np.stack([height[upper], height[lower]], axis=1), outer.height_m]), 3
        ),
        area_km2=np.concatenate([area[upper], outer.area_km2]),
    )


def _tree(streams: Sequence[Stream]) -> tuple[list[tuple[float, float]], NDArray[np.int64]]:
    """Vertices of all streams once each, and the vertex below (-1 at a mouth)."""
    number: dict[tuple[float, float], int] = {}
    below: dict[int, int] = {}
    for stream in streams:
        line = [number.setdefault((x, y), len(number)) for x, y in stream.line.coords]
        below.update(pairwise(line))
    return list(number), np.array([below.get(k, -1) for k in range(len(number))], dtype=np.int64)


def _mouths_first(below: NDArray[np.int64]) -> list[int]:
    above: list[list[int]] = [[] for _ in below]
    for k, to in enumerate(below.tolist()):
        if to >= 0:
            above[to].append(k)
    order = np.flatnonzero(below < 0).tolist()
    for k in order:
        order.extend(above[k])
    return order


def _near(places: Points, frame: Box) -> NDArray[np.bool_]:
    """Whether a vertex is near enough to matter: half the frame's width beyond its edges."""
    west, south, east, north = frame
    slack = (east - west) / 2
    inside = (places >= (west - slack, south - slack)) & (places <= (east + slack, north + slack))
    return np.asarray(inside.all(axis=1))


def _outer(settings: LandSettings) -> Courses:
    """The invented valleys beyond the divide, from their sources to the edge of the frame."""
    ends, heights = [], []
    for valley, mouth_m in zip(settings.outer_valleys, settings.outer_valleys_m, strict=True):
        height = mouth_m
        for upper, lower in zip(valley[-2::-1], valley[:0:-1], strict=True):
            step = float(np.hypot(upper[0] - lower[0], upper[1] - lower[1]))
            top = height + step * settings.steepness * _OUTER_KM2**-CONCAVITY
            ends.append([upper, lower])
            heights.append([top, height])
            height = top
    return Courses(np.array(ends), np.array(heights), np.full(len(ends), _OUTER_KM2))
