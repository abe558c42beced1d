"""Compiled loops of the local inertial solver."""

from anlan.science.flood.inertial.kernels.asked import CLASS_BITS, census, edge_flow, fastest
from anlan.science.flood.inertial.kernels.march import (
    CLOSED,
    EAST,
    NORTH,
    OPEN,
    SOUTH,
    STAGE,
    WEST,
    add_cells,
    march,
    ranges,
    rim,
    stitch,
)
from anlan.science.flood.inertial.kernels.rows import extent

__all__ = [
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
    "fastest",
    "march",
    "ranges",
    "rim",
    "stitch",
]
