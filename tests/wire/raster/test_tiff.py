"""GeoTIFF: files that GDAL wrote are read to the bit, ours come back as they went, damaged ones are refused by name."""

import struct
import sys
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from anlan.science.terrain.grid import Grid
from anlan.wire.raster import about_raster, read_raster, read_stack
from anlan.wire.raster.errors import (
    BadPixels,
    BrokenRaster,
    NeedsCrs,
    NotARaster,
    RasterError,
    TooManyCells,
    UnsupportedRaster,
    WrongCrs,
)
from anlan.wire.raster.tiff import layout
from anlan.wire.raster.tiff.place import place_of
from anlan.wire.raster.tiff.writer import write_geotiff

GDAL = Path(__file__).with_name("gdal")  # written with GDAL 3 through rasterio 1.4, values by the rule below
READABLE = sorted(path.name for path in GDAL.glob("*.tif") if "zstd" not in path.name)
METRES = "EPSG:4547"


def as_gdal_wrote(name: str, band: int) -> np.ndarray:
    row, column = np.mgrid[0:37, 0:41]
    values = row * 5.0 + column + band + (0.25 if "float" in name else 0.0)
    values[2:4, 3:6] = np.nan
    values[values == 255] = np.nan
    return values


def land(values, **where):
    place = {"west": 430_000.0, "north": 3_500_000.0, "dx": 10.0, "dy": 10.0, "crs": METRES} | where
    return Grid(np.asarray(values), **place)


@pytest.mark.parametrize("name", READABLE)
def test_a_file_of_gdal_is_read_to_the_bit(name: str) -> None:
    data = (GDAL / name).read_bytes()
    grids, about = read_stack(data, name=name), about_raster(data, name=name)
    assert len(grids) == about.bands == (3 if "three" in name else 1)
    for band, grid in enumerate(grids):
        np.testing.assert_array_equal(grid.values, as_gdal_wrote(name, band))
        place = (
            (113.2, 31.6, 0.001, "EPSG:4326") if "degrees" in name else (430_000.0, 3_500_000.0, 10.0, METRES)
        )
        assert (grid.west, grid.north, grid.dx, grid.crs) == place
    assert (about.rows, about.columns, about.crs) == (37, 41, grids[0].crs)


@given(
    arrays(np.float32, st.tuples(st.integers(1, 9), st.integers(1, 9)), elements=st.floats(width=32, allow_infinity=False)),
    st.sampled_from(["deflate", "none"]),
    st.sampled_from(["float32", "float64"]),
)  # fmt: skip
@settings(deadline=None)
def test_what_was_written_is_read_again(values, packing, kind) -> None:
    back = read_raster(write_geotiff(land(values), kind=kind, packing=packing), name="land.tif")
    np.testing.assert_array_equal(back.values, values)
    assert back.bounds == land(values).bounds


def test_a_large_grid_has_tiles_and_overviews_that_cover_it_small_pictures_first() -> None:
    values = np.random.default_rng(1).random((600, 901))
    data = write_geotiff(land(values), note="合成数据 synthetic")
    pictures = layout.directories(data)
    assert [(p.number(layout.ROWS), p.number(layout.COLUMNS)) for p in pictures] == [
        (600, 901),
        (300, 451),
        (150, 226),
    ]
    assert [p.number(layout.SUBFILE) for p in pictures] == [0, 1, 1]
    first_tiles = [int(p.numbers(layout.TILE_OFFSETS)[0]) for p in pictures]
    assert first_tiles == sorted(first_tiles, reverse=True)
    assert bytes(pictures[0].numbers(270)).decode().rstrip("\0") == "合成数据 synthetic"
    np.testing.assert_array_equal(read_raster(data, name="x.tif").values, values.astype(np.float32))
    assert data == write_geotiff(land(values.copy()), note="合成数据 synthetic")


def test_whole_numbers_are_rounded_and_those_that_do_not_fit_are_refused() -> None:
    back = read_raster(write_geotiff(land([[1.4, np.nan, -7.6]]), kind="int16"), name="x.tif")
    np.testing.assert_array_equal(back.values, [[1, np.nan, -8]])
    with pytest.raises(BadPixels, match="float32"):
        write_geotiff(land([[40_000.0]]), kind="int16")
    with pytest.raises(BadPixels, match="float64"):
        write_geotiff(land([[1e300]]))
    with pytest.raises(BadPixels, match="packing"):
        write_geotiff(land([[1.0]]), packing="lzw")  # type: ignore[arg-type]
    with pytest.raises(UnsupportedRaster, match="EPSG"):
        write_geotiff(land([[1.0]], crs="ESRI:102025"))


def patched(data: bytes, tag: int, value: int, *, count: int | None = None) -> bytes:
    """The file with another value in one tag of its first directory (little-endian, classic)."""
    at = struct.unpack_from("<I", data, 4)[0]
    for k in range(struct.unpack_from("<H", data, at)[0]):
        entry = at + 2 + 12 * k
        if struct.unpack_from("<H", data, entry)[0] == tag:
            kind = struct.unpack_from("<H", data, entry + 2)[0]
            changed = bytearray(data)
            struct.pack_into("<H" if kind == 3 else "<I", changed, entry + 8, value)
            if count is not None:
                struct.pack_into("<I", changed, entry + 4, count)
            return bytes(changed)
    raise AssertionError(f"no tag {tag}")


SMALL = write_geotiff(land(np.arange(12.0).reshape(3, 4)))


@pytest.mark.parametrize(
    ("data", "error", "word"),
    [
        (b"", NotARaster, "GeoTIFF"),
        (b"II*\0", BrokenRaster, "ends at 4"),
        (b"II*\0\0\0\0\0", BrokenRaster, "none"),
        (b"II\0*\0\0\0\x08", NotARaster, "byte order"),
        (SMALL[:-20], BrokenRaster, "block"),
        (SMALL[:100], BrokenRaster, "ends at 100"),
        (SMALL[:-200] + bytes(200), BrokenRaster, "block"),
        (patched(SMALL, layout.ROWS, 0), BrokenRaster, "rows, columns"),
        (patched(SMALL, layout.ROWS, 4000), BrokenRaster, "blocks"),
        (patched(SMALL, layout.COMPRESSION, 7), UnsupportedRaster, r"anlan\[rasters\]"),
        (patched(SMALL, layout.PREDICTOR, 9), UnsupportedRaster, "predictor"),
        (patched(SMALL, layout.BITS, 12), UnsupportedRaster, "numbers"),
        (patched(SMALL, layout.SUBFILE, 4), UnsupportedRaster, "mask"),
        (patched(SMALL, layout.SUBFILE, 1), BrokenRaster, "only overviews"),
        (patched(SMALL, layout.PIXEL_SCALE, 10, count=1), BrokenRaster, "place"),
        ((GDAL / "zstd-float32.tif").read_bytes(), UnsupportedRaster, "ZSTD"),
        ((GDAL / "three-bands-pixel-int16.tif").read_bytes(), UnsupportedRaster, "bands"),
    ],
)  # fmt: skip
def test_a_file_that_cannot_be_read_says_why_and_what_to_do(data, error, word, monkeypatch) -> None:
    monkeypatch.setitem(sys.modules, "rasterio", None)
    with pytest.raises(error, match=word):
        read_raster(data, name="x.tif")


def test_directories_in_a_circle_end() -> None:
    at = struct.unpack_from("<I", SMALL, 4)[0]
    end = at + 2 + 12 * struct.unpack_from("<H", SMALL, at)[0]
    ring = bytearray(SMALL)
    struct.pack_into("<I", ring, end, at)
    with pytest.raises(BrokenRaster, match="circle"):
        read_raster(bytes(ring), name="x.tif")


def test_a_bomb_is_refused_before_anything_is_reserved() -> None:
    big = patched(patched(SMALL, layout.ROWS, 256), layout.COLUMNS, 256)
    assert read_raster(big, name="x.tif").values.shape == (256, 256)
    huge = SMALL
    for tag in (layout.ROWS, layout.COLUMNS, layout.TILE_ROWS, layout.TILE_COLUMNS):
        huge = patched(huge, tag, 1 << 30)
    with pytest.raises(TooManyCells, match=r"need .* GB"):
        read_raster(huge, name="x.tif")
    some = SMALL
    for tag in (layout.ROWS, layout.COLUMNS, layout.TILE_ROWS, layout.TILE_COLUMNS):
        some = patched(some, tag, 12_000)
    with pytest.raises(TooManyCells, match="cannot come from"):
        read_raster(some, name="x.tif")
    with pytest.raises(TooManyCells, match="allow more"):
        read_raster(SMALL, name="x.tif", max_cells=11)


def test_a_huge_block_behind_a_small_picture_is_refused_too() -> None:
    bomb = patched(patched(SMALL, layout.TILE_ROWS, 1 << 20), layout.TILE_COLUMNS, 1 << 12)
    with pytest.raises(TooManyCells):
        read_raster(bomb, name="x.tif")


@given(st.data())
@settings(deadline=None, max_examples=300)
def test_damaged_bytes_are_read_or_refused_by_name_and_never_crash(data) -> None:
    name = data.draw(st.sampled_from(READABLE))
    raw = bytearray((GDAL / name).read_bytes())
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.one_of(st.integers(0, min(700, len(raw) - 1)), st.integers(0, len(raw) - 1)))
        raw[at] = data.draw(st.one_of(st.sampled_from([0, 1, 127, 128, 255]), st.integers(0, 255)))
    cut = data.draw(st.one_of(st.just(len(raw)), st.integers(0, len(raw))))
    with suppress(RasterError):
        read_stack(bytes(raw[:cut]), name="x.tif", max_cells=1_000_000)


@given(
    st.binary(max_size=300), st.sampled_from([b"II*\0", b"MM\0*", b"II+\0\x08\0\0\0", b"ncols 2\nnrows 2\n"])
)
@settings(deadline=None)
def test_noise_behind_a_good_beginning_is_refused_by_name(noise, start) -> None:
    with pytest.raises(RasterError):
        read_stack(start + noise, name="x.tif", crs=METRES, max_cells=10_000)


def test_a_file_without_a_system_needs_one_and_two_systems_are_one_too_many() -> None:
    keys = struct.pack("<4H", 3072, 0, 1, 4547)
    bare = SMALL.replace(keys, struct.pack("<4H", 3072, 0, 1, 32767))
    assert bare != SMALL
    with pytest.raises(NeedsCrs, match="--crs EPSG:4547"):
        read_raster(bare, name="x.tif")
    assert read_raster(bare, name="x.tif", crs=METRES).crs == METRES
    with pytest.raises(WrongCrs, match="EPSG:4547"):
        read_raster(SMALL, name="x.tif", crs="EPSG:4548")


def test_rows_from_the_south_are_turned() -> None:
    """A transformation matrix with a positive step north: the first row is the southern one."""
    directory = layout.directories(SMALL)[0]
    matrix = [10.0, 0, 0, 430_000, 0, 10.0, 0, 3_499_970, 0, 0, 0, 0, 0, 0, 0, 1]
    tags = {k: v for k, v in directory.tags.items() if k not in (layout.PIXEL_SCALE, layout.TIEPOINT)}
    place = place_of(layout.Directory(tags | {layout.TRANSFORMATION: np.array(matrix)}, "<"))
    assert (place.west, place.north, place.dy) == (430_000, 3_499_970, -10.0)
    matrix[1] = 0.5
    with pytest.raises(UnsupportedRaster, match="turned"):
        place_of(layout.Directory(tags | {layout.TRANSFORMATION: np.array(matrix)}, "<"))
