"""What every reader gives: shapes as the file has them, with their attributes as text, and the coordinate system that it names."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely

from anlan.foundation.errors import Invalid
from anlan.foundation.words import Sentence

MOST_BYTES = 128 * 1024 * 1024
MOST_UNPACKED = 256 * 1024 * 1024
MOST_FEATURES, MOST_VERTICES = 200_000, 3_000_000
MOST_COLUMNS, MOST_CHARACTERS = 80, 120


class MapFileWrong(Invalid):
    """A file of a map that cannot be read, or says what cannot be; the sentence tells the mend."""


@dataclass(frozen=True)
class Feature:
    """One shape; `number` counts from 1 in the file's order."""

    number: int
    shape: Any
    told: dict[str, str]


@dataclass(frozen=True)
class Layer:
    """A file as read: `crs` is what it says of its coordinates, an EPSG name or WKT, empty where it says nothing."""

    format: str
    features: list[Feature]
    crs: str = ""
    encoding: str = ""
    notes: list[Sentence] = field(default_factory=list)

    @property
    def columns(self) -> list[str]:
        """All attributes, as they first occur."""
        return list(dict.fromkeys(name for each in self.features for name in each.told))

    @property
    def vertices(self) -> int:
        return sum(shapely.get_num_coordinates([each.shape for each in self.features]).tolist())


class Collected:
    """Features on their way in: counted as they come, so that too many stop early."""

    def __init__(self) -> None:
        self.features: list[Feature] = []
        self.skipped = 0
        self._vertices = self._number = 0

    def add(self, kind: str, coordinates: Any, told: dict[str, str]) -> None:
        """Take a shape as GeoJSON tells it; one without coordinates is only counted. Raises: MapFileWrong."""
        self._number += 1
        try:
            shape = shape_of(kind, coordinates)
        except (ValueError, TypeError, IndexError, shapely.errors.ShapelyError):
            raise MapFileWrong(
                "第 {n} 个图形读不出来：坐标不全或不是数。请在制图软件里检查几何后重新导出。", n=self._number
            ) from None
        if shape is None or shape.is_empty:
            self.skipped += 1
            return
        self._vertices += int(shapely.get_num_coordinates(shape))
        if self._number > MOST_FEATURES or self._vertices > MOST_VERTICES:
            raise MapFileWrong(
                "文件太大：图形超过 {features} 个，或顶点超过 {vertices} 个。请先按乡镇分开，或在制图软件里简化。",
                features=MOST_FEATURES, vertices=MOST_VERTICES,
            )  # fmt: skip
        self.features.append(Feature(self._number, shape, told))


def shape_of(kind: str, coordinates: Any) -> Any:
    """A shape in the plane from GeoJSON's coordinates; heights are let go, open rings closed. None for what has none."""
    if not coordinates:
        return None
    if kind == "Point":
        return shapely.points(_pairs([coordinates])[0])
    if kind == "MultiPoint":
        return shapely.multipoints(_pairs(coordinates))
    if kind == "LineString":
        return shapely.linestrings(_pairs(coordinates))
    if kind == "MultiLineString":
        return shapely.multilinestrings([shapely.linestrings(_pairs(line)) for line in coordinates])
    if kind == "Polygon":
        return _polygon(coordinates)
    if kind == "MultiPolygon":
        return shapely.multipolygons([_polygon(rings) for rings in coordinates])
    raise ValueError(kind)


def _polygon(rings: Sequence[Any]) -> Any:
    outer, *holes = (shapely.linearrings(_pairs(ring)) for ring in rings)
    return shapely.polygons(outer, holes=holes or None)


def _pairs(points: Iterable[Any]) -> np.ndarray:
    found = np.asarray(points, dtype=np.float64)[:, :2]
    if found.shape[1] != 2 or not np.isfinite(found).all():
        raise ValueError("no pairs of numbers")
    return found


def text_of(value: Any) -> str:
    """An attribute as text: whole numbers without `.0`, nothing for none."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return ""
    if isinstance(value, float) and value == int(value):
        value = int(value)
    return str(value).strip("\x00 \t\r\n")[:MOST_CHARACTERS]


def told_of(pairs: Iterable[tuple[Any, Any]]) -> dict[str, str]:
    """Attributes as text, the first so many columns."""
    return {str(key)[:60]: text_of(value) for key, value in list(pairs)[:MOST_COLUMNS]}
