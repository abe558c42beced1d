"""Compiled loops of the local inertial solver."""

from anlan.science.flood.inertial.kernels.march import (
    CLASS_BITS,
    CLASSES,
    CLOSED,
    EAST,
    NORTH,
    OPEN,
    SOUTH,
    STAGE,
    WEST,
    add_cells,
    census,
    edge_flow,
    march,
    ranges,
    rim,
    seams,
    stitch,
)
from anlan.science.flood.inertial.kernels.rows import extent

__all__ = [
    "CLASSES",
    "CLASS_BITS",
    "CLOSED",
    "EAST",
    "NORTH",
    "OPEN",
    "SOUTH",
    "STAGE",
    "WEST",
    "add_cells",
    "census",
    "edge_flow",
    "extent",
    "march",
    "ranges",
    "rim",
    "seams",
    "stitch",
]
