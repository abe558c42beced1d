"""Rasters as bytes: GeoTIFF and COG, ESRI ASCII, SRTM HGT; anything else by the extra. PNG for pictures.

The format is seen from the bytes, for HGT from the name. Nothing is reserved before the header was believed:
call `about_raster` first to state the memory a job will need.
"""

from codecs import BOM_UTF8

from anlan.science.terrain.grid import Grid
from anlan.wire.raster.about import MAX_CELLS, About, Bytes
from anlan.wire.raster.ascii import about_ascii, read_ascii
from anlan.wire.raster.errors import NotARaster, UnsupportedRaster
from anlan.wire.raster.hgt import about_hgt, read_hgt
from anlan.wire.raster.other import has_extra, read_other
from anlan.wire.raster.tiff.reader import about_tiff, read_tiff_stack


def about_raster(data: Bytes, *, name: str) -> About:
    """What a file says of itself, without reading its cells; ``name`` is the file's own, without folder.

    Raises `NotARaster` (also for formats that only the extra reads), `BrokenRaster`, `UnsupportedRaster`.
    """
    data = _unmarked(data)
    match _format(data, name):
        case "tiff":
            return about_tiff(data)
        case "hgt":
            return about_hgt(data, name=name)
        case "ascii":
            return about_ascii(data)
    raise NotARaster(f"file: {name!r} is no GeoTIFF, ESRI ASCII grid or SRTM tile; save it as GeoTIFF.")


def read_raster(data: Bytes, *, name: str, crs: str | None = None, max_cells: int = MAX_CELLS) -> Grid:
    """The one band of a file as a grid, missing as NaN.

    ``crs`` (``EPSG:n``) is needed where the file says none, as in ESRI ASCII. Raises `RasterError` in one of its
    kinds; each names the field and the mend.
    """
    grids = read_stack(data, name=name, crs=crs, max_cells=max_cells)
    if len(grids) > 1:
        raise UnsupportedRaster(
            f"bands: {name!r} has {len(grids)}, one is needed; save the one with the heights alone."
        )
    return grids[0]


def read_stack(
    data: Bytes, *, name: str, crs: str | None = None, max_cells: int = MAX_CELLS
) -> tuple[Grid, ...]:
    """All bands of a file on one ground, in their order: rain by time, for example. Raises as `read_raster`."""
    data = _unmarked(data)
    match _format(data, name):
        case "tiff":
            try:
                return read_tiff_stack(data, crs=crs, max_cells=max_cells)
            except UnsupportedRaster:
                if not has_extra():
                    raise
        case "hgt":
            return (read_hgt(data, name=name, crs=crs),)
        case "ascii":
            return (read_ascii(data, crs=crs, max_cells=max_cells),)
    return read_other(data, name=name, crs=crs, max_cells=max_cells)


def _unmarked(data: Bytes) -> Bytes:
    """Without the byte order mark that some editors put before a text."""
    return bytes(data)[len(BOM_UTF8) :] if bytes(data[: len(BOM_UTF8)]) == BOM_UTF8 else data


def _format(data: Bytes, name: str) -> str:
    start = bytes(memoryview(data)[:64])
    if start[:2] in (b"II", b"MM") and start[2:4] in (b"*\0", b"\0*", b"+\0", b"\0+"):
        return "tiff"
    if name.lower().endswith(".hgt"):
        return "hgt"
    return "ascii" if start.lstrip().lower().startswith((b"ncols", b"nrows")) else "other"
