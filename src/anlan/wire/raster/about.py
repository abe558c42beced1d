"""What a raster says of itself before a single cell is read."""

from dataclasses import dataclass

import numpy as np

from anlan.science.jit import Reals
from anlan.wire.raster.errors import NeedsCrs, TooManyCells, WrongCrs

Bytes = bytes | bytearray | memoryview
MAX_CELLS = 200_000_000
"""Cells that are read when the caller says nothing else: 1.6 GB as float64."""

_GROWTH, _FREE = 4000, 1 << 20
"""No honest file unpacks to more than this many times its bytes (LZW reaches about 2,600), a megabyte apart."""

_FILLS = (-9999.0, -99999.0, -999999.0, -32767.0, -32768.0)
_NO_NUMBER = 1e36


@dataclass(frozen=True, slots=True)
class About:
    """Format, size, place and system (``""`` when not said) of a raster; ``kind`` is the numbers' NumPy name."""

    format: str
    rows: int
    columns: int
    bands: int
    kind: str
    west: float
    north: float
    dx: float
    dy: float
    crs: str

    @property
    def cells(self) -> int:
        return self.rows * self.columns


def allow(*, rows: int, columns: int, bands: int, item: int, file_bytes: int, max_cells: int) -> None:
    """That so many cells may be reserved for so many bytes of file. Raises `TooManyCells`."""
    cells = rows * columns * bands
    if cells > max_cells:
        raise TooManyCells(
            f"rows, columns: {rows} by {columns} in {bands} band(s) need {cells * 8 / 1e9:.2f} GB as float64, more "
            f"than the {max_cells:,} cells allowed; cut the file, or allow more."
        )
    if cells * item > file_bytes * _GROWTH + _FREE:
        raise TooManyCells(
            f"rows, columns: {rows} by {columns} cells cannot come from {file_bytes:,} bytes; the file is not what "
            "it says, get it again from its source."
        )


def agreed_crs(said: str, given: str | None) -> str:
    """The system of a file, by its own word or the caller's. Raises `NeedsCrs`, `WrongCrs`."""
    if said and given and said.upper() != given.upper():
        raise WrongCrs(f"crs: the file says {said}, the caller {given}; leave it out, or mend the file.")
    if not (said or given):
        raise NeedsCrs("crs: the file does not say in which system it lies; give it, e.g. --crs EPSG:4547.")
    return said or (given or "").upper()


def blank_fills(values: Reals) -> None:
    """Make missing, in place, what others write for it and the file does not name as its no-data value."""
    beyond = ~((values > _FILLS[0]) & (values < -_FILLS[0]))
    beyond[beyond] = np.isin(values[beyond], _FILLS) | (np.abs(values[beyond]) > _NO_NUMBER)
    values[beyond] = np.nan
