"""The maps of a run as GeoTIFF in the ground's own system, one band a file, in one ZIP with a note."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan.science.terrain.grid import Grid
from anlan.simulate.exports.provenance import About
from anlan.simulate.maps import waters
from anlan.simulate.maps.kinds import NEVER
from anlan.wire.raster.tiff.writer import write_geotiff

Values = NDArray[np.float32]


def _hundredths(stored: NDArray[Any]) -> Values:
    return np.asarray(stored / 100, np.float32)


def _whole(stored: NDArray[Any]) -> Values:
    return stored.astype(np.float32)


def _minutes(stored: NDArray[Any]) -> Values:
    return np.where(stored == NEVER, np.nan, stored).astype(np.float32)


MAPS: dict[str, tuple[str, Callable[[NDArray[Any]], Values], str]] = {
    "max_depth_m.tif": ("deepest", _hundredths, "greatest depth, m"),
    "arrival_min.tif": ("arrival", _minutes, "minute of the first 0.3 m; missing: never"),
    "max_speed_m_s.tif": ("fastest", _hundredths, "greatest speed, m/s"),
    "hazard_rating.tif": ("rating", _hundredths, "rating d(v + 0.5) + DF, FD2321/TR1 2006; 0 below 0.1 m"),
    "arr_class.tif": ("arr", _whole, "class H1 to H6 as 1 to 6, ARR 2019; 0 below 0.1 m"),
}
_MOMENT = (1980, 1, 1, 0, 0, 0)
"""Of every file in a ZIP: the same run gives the same bytes, and no clock is asked."""


def geotiffs(told: About, folder: Path) -> bytes:
    """All maps and `about.json`. Cells outside the ground are missing. Raises: NotFound."""
    inside, _ = waters.grid(folder, "inside")
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as pack:
        for name, (grid, unit, what) in MAPS.items():
            stored, frame = waters.grid(folder, grid)
            values = unit(stored)
            values[inside == 0] = np.nan
            on = Grid(values, west=frame.west, north=frame.north, dx=frame.dx, dy=frame.dx, crs=frame.crs)
            _put(pack, name, write_geotiff(on, note=f"{what}; {told.line}"))
        text = json.dumps(
            {**told.facts, "files": {n: what for n, (_, _, what) in MAPS.items()}},
            ensure_ascii=False,
            indent=1,
        )
        _put(pack, "about.json", text.encode())
    return out.getvalue()


def _put(pack: zipfile.ZipFile, name: str, data: bytes) -> None:
    pack.writestr(zipfile.ZipInfo(name, _MOMENT), data)
