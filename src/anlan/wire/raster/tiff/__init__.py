"""GeoTIFF, BigTIFF and cloud-optimised GeoTIFF without GDAL: bytes to grids and back."""
