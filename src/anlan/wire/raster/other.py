"""Any other format through the extra ``anlan[rasters]`` (rasterio with its own GDAL)."""

import numpy as np

from anlan.science.terrain.grid import Grid
from anlan.wire.raster.about import Bytes, agreed_crs, allow
from anlan.wire.raster.errors import EXTRA, BrokenRaster, NotARaster, UnsupportedRaster


def has_extra() -> bool:
    """Whether ``anlan[rasters]`` is installed."""
    try:
        import rasterio  # noqa: F401
    except ImportError:
        return False
    return True


def read_other(data: Bytes, *, name: str, crs: str | None, max_cells: int) -> tuple[Grid, ...]:
    """All bands of a raster that only GDAL reads.

    Raises `NotARaster` without the extra or for bytes that it does not know, `UnsupportedRaster` for a turned
    grid, `TooManyCells`, `NeedsCrs`, `WrongCrs`.
    """
    try:
        import rasterio
        from rasterio.errors import RasterioError
    except ImportError as error:
        raise NotARaster(
            f"file: {name!r} is no GeoTIFF, ESRI ASCII grid or SRTM tile; save it as GeoTIFF, or {EXTRA}."
        ) from error
    try:
        with rasterio.MemoryFile(bytes(data)) as memory, memory.open() as source:
            a, b, west, d, e, north = tuple(source.transform)[:6]
            if b or d or a <= 0 or e >= 0:
                raise UnsupportedRaster(
                    "place: rows do not run from north to south; resample to north up first."
                )
            epsg = source.crs.to_epsg() if source.crs else None
            system = agreed_crs(f"EPSG:{epsg}" if epsg else "", crs)
            allow(rows=source.height, columns=source.width, bands=source.count, item=1, file_bytes=1 << 62,
                  max_cells=max_cells)  # fmt: skip
            bands = source.read(masked=True).astype(np.float64).filled(np.nan)
    except RasterioError as error:
        raise BrokenRaster(
            f"file: {name!r} cannot be read: {error}; get it again from its source."
        ) from error
    return tuple(Grid(np.ascontiguousarray(band), west, north, a, -e, system) for band in bands)
