"""Where a TIFF lies: its corner, its cell, its system, as GeoTIFF tags and back (OGC 19-008r4)."""

from dataclasses import dataclass

import numpy as np

from anlan.wire.raster.errors import BrokenRaster, UnsupportedRaster
from anlan.wire.raster.tiff.layout import GEO_KEYS, PIXEL_SCALE, TIEPOINT, TRANSFORMATION, Directory

MODEL, RASTER, GEOGRAPHIC, PROJECTED = 1024, 1025, 2048, 3072
_POINT, _OWN = 2, 32767


@dataclass(frozen=True, slots=True)
class Place:
    """Outer corner of the first cell and the sides of a cell; ``dy`` is negative when rows run north."""

    west: float
    north: float
    dx: float
    dy: float
    crs: str


def place_of(directory: Directory) -> Place:
    """The place that the tags state. Raises `BrokenRaster` when there is none, `UnsupportedRaster` when turned."""
    west, north, dx, dy = _affine(directory)
    keys = _keys(directory)
    if keys.get(RASTER) == _POINT:
        west, north = west - dx / 2, north + dy / 2
    if not (np.isfinite([west, north, dx, dy]).all() and dx > 0 and dy != 0):
        raise BrokenRaster(
            f"place: corner {west}, {north}, cell {dx} by {dy}; get the file again from its source."
        )
    return Place(west, north, dx, dy, _crs(keys))


def _affine(directory: Directory) -> tuple[float, float, float, float]:
    whole = directory.numbers(TRANSFORMATION).astype(np.float64)
    if len(whole) == 16:
        if whole[1] != 0 or whole[4] != 0:
            raise UnsupportedRaster(
                "place: the grid is turned against its axes; resample it to north up first."
            )
        return float(whole[3]), float(whole[7]), float(whole[0]), -float(whole[5])
    scale = directory.numbers(PIXEL_SCALE).astype(np.float64)
    tie = directory.numbers(TIEPOINT).astype(np.float64)
    if len(scale) < 2 or len(tie) < 6:
        raise BrokenRaster(
            "place: the TIFF does not say where it lies; save it as a GeoTIFF with its corner and cell."
        )
    dx, dy = float(scale[0]), float(scale[1])
    return float(tie[3]) - float(tie[0]) * dx, float(tie[4]) + float(tie[1]) * dy, dx, dy


def _keys(directory: Directory) -> dict[int, int]:
    numbers = directory.numbers(GEO_KEYS).astype(np.int64)
    rows = numbers[4 : 4 + len(numbers[4:]) // 4 * 4].reshape(-1, 4)
    return {int(key): int(value) for key, where, _, value in rows if where == 0}


def _crs(keys: dict[int, int]) -> str:
    """EPSG number of the keys, or nothing where the file describes a system of its own."""
    number = keys.get(PROJECTED) if keys.get(MODEL, 1) == 1 else keys.get(GEOGRAPHIC)
    return f"EPSG:{number}" if number and number != _OWN else ""


def keys_for(crs: str, *, geographic: bool) -> list[int]:
    """The GeoKey directory of an EPSG system, cells as areas. Raises `UnsupportedRaster` for another authority."""
    head, _, number = crs.upper().partition(":")
    if head != "EPSG" or not number.isdigit() or not 0 < int(number) < _OWN:
        raise UnsupportedRaster(
            f"crs: {crs!r} has no EPSG number that a GeoTIFF can carry; reproject to one that has."
        )
    kind = GEOGRAPHIC if geographic else PROJECTED
    return [1, 1, 0, 3, MODEL, 0, 1, 2 if geographic else 1, RASTER, 0, 1, 1, kind, 0, 1, int(number)]
