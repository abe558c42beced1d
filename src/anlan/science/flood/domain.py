"""Where the water runs: a raster of square cells, its bed relative to a run datum, its walls, its roughness.

Row 0 is the north, column 0 the west. ``x`` grows to the east and ``y`` to the north, in metres of a projected system.
"""

import math
from dataclasses import dataclass

import numpy as np

from anlan.science.fields import Field, science
from anlan.science.flood.errors import BadInput
from anlan.science.jit import Bools, Floats, Int64s

G = 9.80665
"""Standard gravity, m/s² (ISO 80000-3)."""

SWIFTEST = 5.0
"""The greatest Froude number that is believed of what a cell has just given: by what is left in it, that is no speed."""

RING = 2
"""Cells added around every field of a run, so that a stencil of two never asks where it is."""

MANNING = 0.035
"""Roughness where none is given, s/m^(1/3): short grass and earth (Chow 1959, table 5-6)."""

_LEAST_DX, _MOST_DX = 0.01, 10_000.0
_MOST_RELIEF = 9_000.0
_MANNING_RANGE = (0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Domain:
    """The ground of a run. Make it by `Domain.of`, which checks what it is given.

    ``bed`` (ny, nx) f64, metres above ``datum``: small numbers, so that float32 keeps millimetres in the mountains.
    ``inside`` (ny, nx): cells outside are walls. ``manning`` s/m^(1/3): (ny, nx), or (1, 1) where one value holds
    for all. ``porosity`` (ny, nx): the share of each cell that buildings leave open, None where all is open
    (`structures.with_buildings`). ``west``, ``north``: the outer corner of cell (0, 0), metres.
    """

    dx: float
    bed: Floats
    inside: Bools
    manning: Floats
    datum: float
    west: float = 0.0
    north: float = 0.0
    porosity: Floats | None = None

    @classmethod
    @science(
        Field("bed", "float64", ("row", "column"), "m above any zero"),
        Field("inside", "bool", ("row", "column"), "the cell belongs to the run"),
        Field("return.bed", "float64", ("row", "column"), "m above the run datum", "out"),
        source="own",
    )
    def of(
        cls,
        bed: Floats,
        *,
        dx: float,
        manning: float | Floats = MANNING,
        inside: Bools | None = None,
        datum: float | None = None,
        west: float = 0.0,
        north: float | None = None,
    ) -> "Domain":
        """Check a terrain and hold it relative to a datum (the lowest whole metre inside, unless given).

        ``bed`` absolute elevation in metres; NaN only outside ``inside``. ``dx`` metres, square cells of a projected
        grid. ``north`` defaults to the grid's height, so that the lower left corner is (west, 0).
        Raises `BadInput`, which names the field and the mend.

        >>> Domain.of(np.array([[101.5, 102.0], [103.0, 104.0]]), dx=10.0).bed
        array([[0.5, 1. ],
               [2. , 3. ]])
        """
        bed = np.asarray(bed, np.float64)
        _check_grid(bed, dx)
        mask = np.ones(bed.shape, np.bool_) if inside is None else np.asarray(inside, np.bool_)
        _check_mask(mask, bed)
        low = float(bed[mask].min())
        zero = float(math.floor(low)) if datum is None else datum
        if not (math.isfinite(zero) and abs(low - zero) < _MOST_RELIEF):
            raise BadInput("datum", f"{zero} m is no datum for a lowest cell at {low} m", "Leave it out")
        return cls(
            dx=float(dx),
            bed=np.where(mask, bed - zero, 0.0),
            inside=mask,
            manning=_roughness(manning, mask),
            datum=zero,
            west=west,
            north=bed.shape[0] * dx if north is None else north,
        )

    @property
    def shape(self) -> tuple[int, int]:
        """(rows, columns)."""
        return self.bed.shape[0], self.bed.shape[1]

    @property
    def cells(self) -> int:
        """Cells of the raster, walls included."""
        return self.bed.size

    @property
    def area(self) -> float:
        """Area inside, m²."""
        return float(np.count_nonzero(self.inside)) * self.dx**2

    @property
    def has_friction_map(self) -> bool:
        """Roughness differs from cell to cell (4 or 8 bytes a cell more)."""
        return self.manning.size > 1

    def cell(self, x: float, y: float) -> tuple[int, int]:
        """The (row, column) that holds a place. Raises `BadInput` for a place off the grid or in a wall."""
        row, column = math.floor((self.north - y) / self.dx), math.floor((x - self.west) / self.dx)
        ny, nx = self.shape
        if not (0 <= row < ny and 0 <= column < nx):
            raise BadInput("point", f"({x}, {y}) is off the grid", "Give x and y in the grid's own system")
        if not self.inside[row, column]:
            raise BadInput("point", f"({x}, {y}) lies outside the mask", "Move the point into the domain")
        return row, column

    @science(Field("return", "int64", ("cell",), "row * nx + column", "out"), source="own")
    def disc(self, x: float, y: float, radius: float) -> Int64s:
        """Flat numbers of the inside cells whose centre is within ``radius`` (m) of a place, or its own cell.

        >>> Domain.of(np.zeros((3, 3)), dx=10.0).disc(15.0, 15.0, 10.0)
        array([1, 3, 4, 5, 7])
        """
        row, column = self.cell(x, y)
        ny, nx = self.shape
        reach = math.ceil(radius / self.dx) + 1
        rows = np.arange(max(row - reach, 0), min(row + reach + 1, ny))
        columns = np.arange(max(column - reach, 0), min(column + reach + 1, nx))
        dy = self.north - (rows + 0.5) * self.dx - y
        dx = self.west + (columns + 0.5) * self.dx - x
        near = (dy[:, None] ** 2 + dx[None, :] ** 2 <= radius**2) & self.inside[np.ix_(rows, columns)]
        flat: Int64s = (rows[:, None] * nx + columns[None, :])[near].astype(np.int64)
        return flat if flat.size else np.array([row * nx + column], np.int64)


def _check_grid(bed: Floats, dx: float) -> None:
    if bed.ndim != 2 or bed.size == 0:
        raise BadInput("bed", f"it has the shape {bed.shape}", "Give elevations as (rows, columns)")
    if not math.isfinite(dx) or dx <= 0:
        raise BadInput("dx", f"{dx} is no cell size", "Give the side of a cell in metres")
    if not _LEAST_DX <= dx <= _MOST_DX:
        raise BadInput("dx", f"{dx} m looks like degrees or kilometres", "Reproject to a metric grid")


def _check_mask(mask: Bools, bed: Floats) -> None:
    if mask.shape != bed.shape:
        raise BadInput("inside", f"{mask.shape} against {bed.shape} of the bed", "Swap the axes or resample")
    if not mask.any():
        raise BadInput("inside", "no cell is inside", "Give a mask that is true where water may run")
    missing = int(np.count_nonzero(~np.isfinite(bed[mask])))
    if missing:
        raise BadInput("bed", f"{missing} cells are missing", "Fill them, or set them outside by inside=")
    relief = float(np.ptp(bed[mask]))
    if relief > _MOST_RELIEF:
        raise BadInput("bed", f"{relief:.0f} m from lowest to highest", "Give metres; mark no-data as NaN")


def _roughness(manning: float | Floats, mask: Bools) -> Floats:
    given = np.asarray(manning, np.float64)
    if given.ndim == 0 or given.size == 1:
        given = given.reshape(1, 1)
    elif given.shape != mask.shape:
        raise BadInput("manning", f"{given.shape} against {mask.shape} of the bed", "Resample it to the bed")
    used = given if given.size == 1 else given[mask]
    low, high = _MANNING_RANGE
    if not (np.isfinite(used).all() and (used >= low).all() and (used <= high).all()):
        raise BadInput("manning", "a value is missing or not within 0 to 1", "Give Manning n in s/m^(1/3)")
    return given if given.size == 1 else np.where(mask, given, MANNING)
