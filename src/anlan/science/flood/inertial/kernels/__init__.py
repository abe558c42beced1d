"""Compiled loops of the local inertial solver."""

from anlan.science.flood.inertial.kernels.census import CLASS_BITS, CLASSES, TABLES, census, seen_as
from anlan.science.flood.inertial.kernels.edges import (
    CLOSED,
    EAST,
    NORTH,
    OPEN,
    SOUTH,
    STAGE,
    WEST,
    edge_flow,
    rim,
)
from anlan.science.flood.inertial.kernels.finer import ALONGSIDE, OWN, fronts, mark, reach
from anlan.science.flood.inertial.kernels.march import add_cells, march, ranges, seams, stitch
from anlan.science.flood.inertial.kernels.rows import extent

__all__ = [
    "ALONGSIDE",
    "CLASSES",
    "CLASS_BITS",
    "CLOSED",
    "EAST",
    "NORTH",
    "OPEN",
    "OWN",
    "SOUTH",
    "STAGE",
    "TABLES",
    "WEST",
    "add_cells",
    "census",
    "edge_flow",
    "extent",
    "fronts",
    "march",
    "mark",
    "ranges",
    "reach",
    "rim",
    "seams",
    "seen_as",
    "stitch",
]
