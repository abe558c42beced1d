"""Rasters of the field, each with its right value: one ground, one hole, whatever the header says of it."""

from pathlib import Path

import numpy as np
import pytest

from anlan.science.terrain.grid import Grid
from anlan.wire.raster import read_raster, read_stack
from anlan.wire.raster.ascii import write_ascii
from anlan.wire.raster.errors import RasterError

FILES = Path(__file__).parents[3].parent / "shared" / "vectors" / "inputs"
METRES = "EPSG:4547"
field = pytest.mark.skipif(not FILES.is_dir(), reason="the files of the field are not here")

HOLED = {  # six cells of the north-west corner are missing
    "r00_plain.asc", "r01_xllcenter.asc", "r02_dxdy_equal.asc", "r04_nd_999999.asc", "r04b_nd_f4min.asc",
    "r04c_nd_missing_line.asc", "r04d_int_nd_real.asc", "r04e_nd_nan.asc", "r04f_nd_other_hidden.asc",
    "r08_int16_nd_no_tag.tif", "r08b_uint16_65535_tag.tif", "r09_nd_tag_99999.tif", "r10_nd_f4min.tif",
    "r10b_nd_no_tag_9999.tif", "r10c_nd_1.7e38.tif", "r14b_upper.asc", "r18_wrapped.asc", "r20_cellsize_drift.asc", "r22_nan_hole.tif",
}  # fmt: skip
WHOLE = {
    "r05_southup.tif", "r11_pixel_is_point.tif", "r12_tiled_deflate_p3.tif", "r12b_big_endian.tif",
    "r12c_bigtiff_lzw_p3.tif", "r12f_be_tiled_p2_i16.tif",
}  # fmt: skip
REFUSED = {
    "r06_rotated.tif": "north up",
    "r07_comma.asc": "decimal point",
    "r13_scale01.tif": "unscale",
    "r13b_scale_offset.tif": "unscale",
    "r19_short.asc": "ends too early",
}
BY_THE_EXTRA = {"r12d_zstd.tif": "ZSTD", "r12e_lerc.tif": "LERC", "r23_mask_band.tif": "mask"}


def of_field(name: str) -> Grid:
    return read_raster((FILES / name).read_bytes(), name=name, crs=METRES if name.endswith("asc") else None)


@field
@pytest.mark.parametrize("name", sorted(HOLED | WHOLE))
def test_a_raster_of_the_field_lies_where_it_lay(name: str) -> None:
    grid = of_field(name)
    assert (grid.west, grid.north) == (505_000, pytest.approx(3_493_240))
    assert (grid.shape, grid.dx, grid.dy) == ((12, 16), pytest.approx(20), pytest.approx(20))
    hole = np.isnan(grid.values[:2, :3])
    assert hole.all() == (name in HOLED)
    assert np.nanmin(grid.values) == 60
    assert grid.values[0, 3] == pytest.approx(69, abs=0.06)
    missing = {"r22_nan_hole.tif": 7} | dict.fromkeys(WHOLE, 0)
    assert np.isnan(grid.values).sum() == missing.get(name, 6)


@field
@pytest.mark.parametrize("name", REFUSED)
def test_a_raster_that_would_be_read_wrong_is_refused_with_a_mend(name: str) -> None:
    with pytest.raises(RasterError, match=REFUSED[name]):
        of_field(name)


@field
@pytest.mark.parametrize("name", BY_THE_EXTRA)
def test_what_only_the_extra_reads_is_named(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("anlan.wire.raster.has_extra", lambda: False)
    with pytest.raises(RasterError, match=rf"{BY_THE_EXTRA[name]}.*anlan\[rasters\]"):
        of_field(name)


@field
def test_sides_in_degrees_oblong_cells_and_a_zone_in_the_east_are_told_as_they_are() -> None:
    assert of_field("r16c_degrees.tif").crs == "EPSG:4490"
    assert not of_field("r02b_dxdy_oblong.asc").is_square
    assert of_field("r16b_zone_prefixed_38.tif").west == 38_505_000


PLAIN = Grid(np.array([[1.0, np.nan], [3.0, 4.0]]), 500_000.0, 3_000_000.0, 10.0, 10.0, METRES)


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_a_mark_before_the_text_and_line_ends_of_any_machine_do_no_harm(end: bytes) -> None:
    data = b"\xef\xbb\xbf" + write_ascii(PLAIN).replace(b"\n", end)
    np.testing.assert_array_equal(read_raster(data, name="x.asc", crs=METRES).values, PLAIN.values)


@pytest.mark.parametrize("fill", ["-9999", "-99999", "-32768", "-3.4028235e38", "1.70141e38"])
def test_a_fill_value_that_is_not_named_is_missing(fill: str) -> None:
    data = write_ascii(PLAIN).replace(b"-9999.000", b"-1").decode()
    head, _, rows = data.partition("NODATA_value -1\n")
    text = f"{head}NODATA_value -1\n{rows.replace('-1', fill)}"
    np.testing.assert_array_equal(read_stack(text.encode(), name="x.asc", crs=METRES)[0].values, PLAIN.values)
