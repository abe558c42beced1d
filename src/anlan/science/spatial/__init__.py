"""Points of a city in Morton order: who is inside a shape, and how many of each village."""

from anlan.science.spatial.index import BadPoints, Hits, PointIndex, UnknownPoint
from anlan.science.spatial.shapes import BadShape, Parts, parts_of

__all__ = ["BadPoints", "BadShape", "Hits", "Parts", "PointIndex", "UnknownPoint", "parts_of"]
