"""SRTM tiles (.hgt): nothing but big-endian heights; the place is in the name, the size in the length."""

import re

import numpy as np

from anlan.science.terrain.grid import Grid
from anlan.wire.raster.about import About, Bytes, agreed_crs
from anlan.wire.raster.errors import BrokenRaster, NotARaster

_NAME = re.compile(r"(?i)^([ns])(\d{2})([ew])(\d{3})")
_SIDES = {2 * n * n: n for n in (1201, 3601)}
_MISSING = -32768
_CRS = "EPSG:4326"


def about_hgt(data: Bytes, *, name: str) -> About:
    """Size and place. Raises `NotARaster` for another name, `BrokenRaster` for another length."""
    found = _NAME.match(name)
    if not found:
        raise NotARaster(f"name: {name!r} does not say the corner of an SRTM tile; name it like N31E113.hgt.")
    side = _SIDES.get(len(data))
    if side is None:
        raise BrokenRaster(
            f"file: {len(data)} bytes are no SRTM tile (1201² or 3601² heights of two bytes); get it again."
        )
    south = int(found[2]) * (1 if found[1] in "nN" else -1)
    west = int(found[4]) * (1 if found[3] in "eE" else -1)
    step = 1.0 / (side - 1)  # outer cells are centred on the tile's edges
    return About("SRTM HGT", side, side, 1, "int16", west - step / 2, south + 1 + step / 2, step, step, _CRS)


def read_hgt(data: Bytes, *, name: str, crs: str | None = None) -> Grid:
    """The tile as float32 in degrees, voids as NaN. Raises as `about_hgt`, and `WrongCrs`."""
    about = about_hgt(data, name=name)
    system = agreed_crs(about.crs, crs)
    heights = np.frombuffer(data, dtype=">i2").reshape(about.rows, about.columns)
    values = np.where(heights == _MISSING, np.nan, heights).astype(np.float32)
    return Grid(values, about.west, about.north, about.dx, about.dy, system)
