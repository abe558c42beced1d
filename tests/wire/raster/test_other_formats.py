"""ESRI ASCII, SRTM tiles, PNG, and what needs the extra."""

import struct
import sys
import types
import zlib
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from anlan.science.terrain.grid import Grid
from anlan.wire.raster import about_raster, read_raster
from anlan.wire.raster.ascii import write_ascii
from anlan.wire.raster.errors import BadPixels, BrokenRaster, NeedsCrs, NotARaster, RasterError, TooManyCells
from anlan.wire.raster.png import write_png

METRES = "EPSG:4547"
TEXT = b"ncols 3\nnrows 2\nxllcorner 430000\nyllcorner 3500000\ncellsize 10\nNODATA_value -9999\n1 2 3\n4 -9999 6.5\n"


def test_an_ascii_grid_is_read_where_it_lies_in_the_system_given() -> None:
    grid = read_raster(TEXT, name="dem.asc", crs="epsg:4547")
    np.testing.assert_array_equal(grid.values, [[1, 2, 3], [4, np.nan, 6.5]])
    assert (grid.bounds, grid.crs) == ((430_000.0, 3_500_000.0, 430_030.0, 3_500_020.0), METRES)
    assert about_raster(TEXT, name="dem.asc").cells == 6


def test_centres_capitals_and_oblong_cells_are_understood() -> None:
    text = TEXT.replace(b"xllcorner 430000", b"XLLCENTER 430005").replace(
        b"yllcorner 3500000", b"YLLCENTER 3500010"
    )
    grid = read_raster(text.replace(b"cellsize 10", b"dx 10\ndy 20"), name="dem.asc", crs=METRES)
    assert (grid.bounds, grid.dy) == ((430_000.0, 3_500_000.0, 430_030.0, 3_500_040.0), 20.0)


def test_an_ascii_grid_needs_its_system_from_outside() -> None:
    with pytest.raises(NeedsCrs, match="--crs EPSG:4547"):
        read_raster(TEXT, name="dem.asc")


@pytest.mark.parametrize(
    ("change", "error", "word"),
    [
        ((b"6.5", b""), BrokenRaster, "5 numbers, but nrows x ncols is 6"),
        ((b"6.5", b"6,5"), BrokenRaster, "'6,5' is no number"),
        ((b"cellsize 10", b"cellsize -10"), BrokenRaster, "cellsize"),
        ((b"cellsize 10", b"cellsize ten"), BrokenRaster, "cellsize: ten is no number"),
        ((b"ncols 3", b"ncols 3.5"), BrokenRaster, "nrows, ncols"),
        ((b"ncols 3", b"ncols"), BrokenRaster, "one number belongs"),
        ((b"nrows 2", b"nrows 2000000"), TooManyCells, "GB|cannot come"),
        ((b"xllcorner 430000\n", b""), BrokenRaster, "xllcorner: missing"),
        ((b"xllcorner 430000", b"xllcorner nan"), BrokenRaster, "no place"),
        ((b"nrows 2\n", b""), NotARaster, "ncols, nrows"),
    ],
)
def test_a_damaged_ascii_grid_names_the_word_and_the_mend(change, error, word) -> None:
    with pytest.raises(error, match=word):
        read_raster(TEXT.replace(*change), name="dem.asc", crs=METRES, max_cells=5_000_000)


@given(arrays(np.float64, st.tuples(st.integers(1, 6), st.integers(1, 6)),
              elements=st.one_of(st.integers(-5000, 90_000).map(lambda n: n / 10), st.just(np.nan))))  # fmt: skip
@settings(deadline=None)
def test_an_ascii_grid_comes_back_as_it_went(values) -> None:
    grid = Grid(values, 430_000.5, 3_500_000.25, 7.5, 7.5, METRES)
    back = read_raster(write_ascii(grid, decimals=1), name="x.asc", crs=METRES)
    np.testing.assert_allclose(back.values, values, atol=1e-9)
    assert back.bounds == grid.bounds


@given(st.binary(max_size=60), st.integers(0, len(TEXT)))
@settings(deadline=None)
def test_noise_in_an_ascii_grid_is_read_or_refused_by_name(noise, at) -> None:
    with suppress(RasterError):
        read_raster(TEXT[:at] + noise + TEXT[at:], name="x.asc", crs=METRES, max_cells=10_000)


def test_an_srtm_tile_has_its_place_from_its_name_and_its_voids() -> None:
    heights = np.full((1201, 1201), 200, dtype=">i2")
    heights[0, 0], heights[0, 1] = 512, -32768
    grid = read_raster(heights.tobytes(), name="N31E113.hgt")
    assert grid.values[0, 0] == 512
    assert np.isnan(grid.values[0, 1])
    assert grid.x[0] == pytest.approx(113.0)
    assert grid.y[0] == pytest.approx(32.0)
    assert grid.y[-1] == pytest.approx(31.0)
    assert about_raster(heights.tobytes(), name="S02W070.hgt").west == pytest.approx(-70, abs=1e-3)
    with pytest.raises(BrokenRaster, match="1201"):
        read_raster(b"1234", name="N31E113.hgt")
    with pytest.raises(NotARaster, match="N31E113"):
        read_raster(heights.tobytes(), name="tile.hgt")


@pytest.mark.parametrize("samples", [1, 2, 3, 4])
def test_a_png_holds_the_pixels(samples) -> None:
    pixels = np.random.default_rng(samples).integers(0, 256, (5, 7, samples)).astype(np.uint8)
    data = write_png(pixels[..., 0] if samples == 1 else pixels)
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    assert struct.unpack_from(">II", data, 16) == (7, 5)
    (length,) = struct.unpack_from(">I", data, 33)
    lines = np.frombuffer(zlib.decompress(data[41 : 41 + length]), np.uint8).reshape(5, -1)
    back = np.cumsum(lines[:, 1:], axis=0, dtype=np.uint8).reshape(5, 7, samples)
    np.testing.assert_array_equal(back, pixels)


def test_pixels_that_are_none_are_refused() -> None:
    for pixels in (np.zeros((2, 2)), np.zeros((2, 2, 5), np.uint8), np.zeros((0, 2), np.uint8)):
        with pytest.raises(BadPixels, match="uint8"):
            write_png(pixels)


def test_another_format_names_the_extra(monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "rasterio", None)
    with pytest.raises(NotARaster, match=r"anlan\[rasters\]"):
        read_raster(b"\x89HDF\r\n\x1a\n", name="land.h5")
    with pytest.raises(NotARaster, match="GeoTIFF"):
        about_raster(b"\x89HDF\r\n\x1a\n", name="land.h5")


def stand_in(monkeypatch, *, transform=(10.0, 0.0, 430_000.0, 0.0, -10.0, 3_500_000.0, 0, 0, 1), opens=True):
    """rasterio as far as we use it; the real one is not among what tests install."""

    class RasterioError(Exception):
        pass

    class Memory:
        transform_, height, width, count = transform, 2, 2, 1
        crs = types.SimpleNamespace(to_epsg=lambda: 4547)

        def __init__(self, data: bytes = b"") -> None:
            self.transform = transform

        def __enter__(self):
            return self

        def __exit__(self, *_):
            return None

        def open(self):
            if not opens:
                raise RasterioError("not recognized")
            return self

        def read(self, masked: bool):
            return np.ma.masked_equal(np.array([[[1, 2], [3, -1]]]), -1)

    errors = types.ModuleType("rasterio.errors")
    errors.RasterioError = RasterioError  # type: ignore[attr-defined]
    whole = types.ModuleType("rasterio")
    whole.MemoryFile = Memory  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "rasterio", whole)
    monkeypatch.setitem(sys.modules, "rasterio.errors", errors)


def test_with_the_extra_another_format_is_a_grid_like_any(monkeypatch) -> None:
    stand_in(monkeypatch)
    grid = read_raster(b"\x89HDF\r\n\x1a\n", name="land.h5")
    np.testing.assert_array_equal(grid.values, [[1, 2], [3, np.nan]])
    assert (grid.north, grid.dx, grid.crs) == (3_500_000.0, 10.0, METRES)
    packed = (Path(__file__).with_name("gdal") / "zstd-float32.tif").read_bytes()
    assert read_raster(packed, name="zstd.tif").shape == (2, 2), "a TIFF beyond us goes to the extra too"


def test_with_the_extra_what_is_no_raster_is_refused_too(monkeypatch) -> None:
    stand_in(monkeypatch, opens=False)
    with pytest.raises(BrokenRaster, match="cannot be read"):
        read_raster(b"hello", name="land.h5")
    stand_in(monkeypatch, transform=(10.0, 1.0, 0, 0, -10.0, 0, 0, 0, 1))
    with pytest.raises(RasterError, match="north to south"):
        read_raster(b"hello", name="land.h5")
