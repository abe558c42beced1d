"""What can be wrong with terrain. Every error names the field and says the mend.

TerrainError
├── BadGrid            shape, cell size or numbers are not those of a grid
├── BadCrs             the coordinate system is unknown, missing, or not in metres
│   ├── Unprojected    cells measured in degrees
│   └── SwappedAxes    latitude where longitude belongs, or x where y belongs
├── MissingCells       cells without a value where one is needed
├── WrongUnits         heights that look like feet, centimetres or millimetres
├── TooLarge           more memory than allowed; the message states the amount before anything is reserved
├── NoOverlap          two grids, or a grid and its points, do not meet
└── BadDirections      flow directions that run in a circle or into nothing
"""


class TerrainError(ValueError):
    """Root of all errors about terrain."""


class BadGrid(TerrainError):
    """The grid is no grid: wrong shape, cell size or numbers."""


class BadCrs(TerrainError):
    """The coordinate system is unknown, missing or unfit."""


class Unprojected(BadCrs):
    """Cells in degrees: distances, slopes and volumes would be meaningless."""


class SwappedAxes(BadCrs):
    """Coordinates outside their range, as when latitude and longitude change places."""


class MissingCells(TerrainError):
    """Cells without a value where one is needed."""


class WrongUnits(TerrainError):
    """Heights or slopes that no land on earth has: another unit, most likely."""


class TooLarge(TerrainError):
    """The job needs more memory than it was allowed."""


class NoOverlap(TerrainError):
    """What was asked for lies outside the grid."""


class BadDirections(TerrainError):
    """Flow directions that run in a circle."""
