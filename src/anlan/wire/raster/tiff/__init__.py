"""GeoTIFF, BigTIFF and cloud-optimised GeoTIFF without GDAL: bytes to grids and back."""

from anlan.wire.raster.tiff.reader import about_tiff, read_tiff_stack
from anlan.wire.raster.tiff.writer import write_geotiff

__all__ = ["about_tiff", "read_tiff_stack", "write_geotiff"]
