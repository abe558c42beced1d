"""Kernels of the second-order Godunov solver: rows, the rim of the grid, and the march down a tile.

They stay in one folder: that is as far as the check for old machine code looks (`anlan.science.jit`).
"""

from anlan.science.flood.godunov.kernels.boxes import by_rows, deepest, leave, look, reach, widen
from anlan.science.flood.godunov.kernels.march import BUFFER_ROWS, RESULTS, rain_tiles, sweep
from anlan.science.flood.godunov.kernels.rim import CLOSED, HALO, OPEN, STAGE

__all__ = [
    "BUFFER_ROWS",
    "CLOSED",
    "HALO",
    "OPEN",
    "RESULTS",
    "STAGE",
    "by_rows",
    "deepest",
    "leave",
    "look",
    "rain_tiles",
    "reach",
    "sweep",
    "widen",
]
