"""Compiled loops of the local inertial solver."""

from anlan.science.flood.inertial.kernels.march import (
    CLOSED,
    EAST,
    NORTH,
    OPEN,
    SOUTH,
    STAGE,
    WEST,
    add_cells,
    edge_flow,
    fastest,
    march,
    ranges,
    rim,
    stitch,
)
from anlan.science.flood.inertial.kernels.rows import extent

__all__ = [
    "CLOSED",
    "EAST",
    "NORTH",
    "OPEN",
    "SOUTH",
    "STAGE",
    "WEST",
    "add_cells",
    "edge_flow",
    "extent",
    "fastest",
    "march",
    "ranges",
    "rim",
    "stitch",
]
