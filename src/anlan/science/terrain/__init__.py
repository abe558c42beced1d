"""Land as arrays: grids, hollows filled, the way of the water, slope and shade; from one system to another."""

from anlan.science.terrain.check import check_memory, check_terrain, holes, memory_needed
from anlan.science.terrain.crs import check_metres, metre_crs, move_points
from anlan.science.terrain.errors import (
    BadCrs,
    BadDirections,
    BadGrid,
    MissingCells,
    NoOverlap,
    SwappedAxes,
    TerrainError,
    TooLarge,
    Unprojected,
    WrongUnits,
)
from anlan.science.terrain.flow import (
    accumulate,
    catchments,
    flow_length,
    height_above_drainage,
    snap,
    stream_order,
    stream_reaches,
)
from anlan.science.terrain.grid import Grid
from anlan.science.terrain.hollows import DOWN, MISSING, OUT, RIGHT, fill, flow_directions
from anlan.science.terrain.lines import near_lines
from anlan.science.terrain.resample import coarsen, resample
from anlan.science.terrain.shade import hillshade, hillshade_tile, slope

__all__ = [
    "DOWN",
    "MISSING",
    "OUT",
    "RIGHT",
    "BadCrs",
    "BadDirections",
    "BadGrid",
    "Grid",
    "MissingCells",
    "NoOverlap",
    "SwappedAxes",
    "TerrainError",
    "TooLarge",
    "Unprojected",
    "WrongUnits",
    "accumulate",
    "catchments",
    "check_memory",
    "check_metres",
    "check_terrain",
    "coarsen",
    "fill",
    "flow_directions",
    "flow_length",
    "height_above_drainage",
    "hillshade",
    "hillshade_tile",
    "holes",
    "memory_needed",
    "metre_crs",
    "move_points",
    "near_lines",
    "resample",
    "slope",
    "snap",
    "stream_order",
    "stream_reaches",
]
