"""What is wrong with files and options of a flood is named with its mend, and ends with 2 before anything is run."""

import numpy as np
import pytest

from anlan.wire.raster.ascii import write_ascii
from tests.support.flood_files import COLUMNS, CRS, NORTH, ROWS, WEST, constant, grid, tiff, valley


def holed():
    land = valley()
    land[5, 5] = np.nan
    return land


def walled_in():
    land = valley()
    land[:, [0, -1]] = land[[0, -1]] = np.nan
    return land


ASCII_HEAD = "ncols {c}\nnrows {r}\nxllcorner 430000\nyllcorner 3499800\ncellsize 10\nNODATA_value -9999\n"


@pytest.mark.parametrize(
    ("dem", "words"),
    [
        (tiff(holed()), ("--dem", "1 cells", "have no height", "fill the gaps")),
        (tiff(valley(), crs="EPSG:4490", west=113.0, north=31.6, dx=0.0003), ("degrees", "EPSG:4547 suits")),
        (tiff(valley(), west=113.0, north=31.6, dx=0.0003), ("look like degrees", "name the file's own system")),
        (tiff(valley(), west=NORTH, north=WEST), ("x and y changed", "easting first")),
        (tiff(valley(), dx=10.0, dy=12.0), ("not square", "resample")),
        (write_ascii(grid(valley())), ("--dem", "crs", "--crs EPSG:4547")),
        (tiff(valley() * 100), ("heights", "centimetres")),
        (tiff(walled_in()), ("--boundary", "--boundary closed")),
        (b"II*\0" + b"\0" * 40, ("--dem dem.tif", "get it again")),
        (tiff(valley() + 6000 * (valley() == valley().min())), ("no cliff is so high", "decimal point")),
        (b"hello", ("--dem dem.tif", "save it as GeoTIFF")),
        (b"", ("the file is empty",)),
    ],
    ids=["hole", "degrees", "degrees-as-metres", "swapped", "oblong", "no-crs", "units", "walled", "spike", "torn", "text", "empty"],
)  # fmt: skip
def test_a_terrain_that_is_none_is_named_with_its_mend(run, tmp_path, dem, words):
    code, out, err = run("--minutes", "1", dem=dem)
    assert (code, out) == (2, "")
    assert all(word in err for word in words), err
    assert not (tmp_path / "out").exists()


def test_a_huge_terrain_states_its_memory_and_is_refused_before_it_is_read(run):
    head = ASCII_HEAD.format(c=100_000, r=100_000).encode()
    code, _, err = run("--crs", CRS, dem=head)
    assert code == 2
    assert "100000 by 100000 cells" in err
    assert "resample to" in err
    code, _, err = run("--most-memory", "0.1")
    assert code == 2
    assert "--most-memory: 100 MB are allowed" in err


@pytest.mark.parametrize(
    ("rain", "words"),
    [
        ("minute,mm_h\n0,-5\n", ("--rain rain.csv", "negative", "mm/h")),
        ("minute,mm_h\n0,nan\n", ("row 1", "mm_h", "number")),
        ("minute,mm_h\n0,\n", ("row 1", "mm_h is missing")),
        ("minute,mm_h\n0,1200\n", ("1200 mm/h", "tenths")),
        ("minute,mm_h\n0,5\n0,6\n", ("row 2", "minute", "sort the rows")),
        ("0,5\n60,6\n", ("minute is missing", "first line names the columns")),
        ("minute,mm_h\n", ("no rows",)),
        ("minute,mm_h\n0," + "5" * 200_000, ("the file is no CSV",)),
        (tiff(np.ones((5, 5))), ("5 by 5", "20 by 24", "resample it to the terrain")),
        (tiff(np.ones((COLUMNS, ROWS))), ("axes are changed",)),
        (tiff(constant(-1)), ("negative",)),
        (tiff(constant(np.nan)), ("a rate is missing",)),
        (tiff(constant(1), west=WEST + 50), ("place", "resample it to the terrain")),
        (tiff(constant(1), crs="EPSG:4546"), ("EPSG:4546", "EPSG:4547")),
    ],
)
def test_rain_that_cannot_be_is_named_with_its_mend(run, rain, words):
    code, out, err = run("--minutes", "1", rain=rain)
    assert (code, out) == (2, "")
    assert all(word in err for word in words), err


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ({"friction": tiff(np.full((4, 4), 0.03))}, ("--friction", "4 by 4", "resample")),
        ({"friction": tiff(constant(35))}, ("n is 35", "between 0 and 1")),
        ({"friction": tiff(constant(np.nan))}, ("480 cells of the land have none", "--manning")),
        ({"buildings": tiff(constant(12))}, ("--buildings", "share is 12")),
        ({"points": "name,x,y\n塔,430125,3600000\n"}, ("point 塔", "outside the terrain", "own system")),
        ({"points": "name,x,y\n塔,3499815,430125\n"}, ("x and y are changed",)),
        ({"points": "name,x,y\n塔,113.2,31.5\n"}, ("look like degrees",)),
        ({"points": "name,x,y\n塔,430125,3499815\n塔,430125,3499825\n"}, ("row 2", "twice")),
        ({"inflow": "x,y,radius_m,minute,m3_s\n430125,3499965,5,0,-2\n"}, ("--inflow", "m3_s is -2")),
        ({"inflow": "x,y,radius_m,minute,m3_s\n430125,3499965,5,9,2\n430125,3499965,5,9,2\n"}, ("row 2", "minute")),
        ({"inflow": "x,y,minute,m3_s\n1,2,3,4\n"}, ("radius_m is missing",)),
        ({"inflow": "x,y,radius_m,minute,m3_s\n1,2,3,4,5\n"}, ("inflow 1", "outside the terrain")),
        ({"points": b"\xff\x80\x00\x01"}, ("neither UTF-8, UTF-16 nor GB 18030",)),
    ],
)  # fmt: skip
def test_another_file_that_is_wrong_is_named_with_its_mend(run, file, words):
    code, out, err = run("--minutes", "1", **file)
    assert (code, out) == (2, "")
    assert all(word in err for word in words), err


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--boundary", "opne"), ("--boundary", "'opne'", "open or closed")),
        (("--boundary", "n=open,e=shut,s=open,w=open"), ("e is 'shut'",)),
        (("--boundary", "n=open,x=open"), ("'x=open' names no edge",)),
        (("--boundary", "n=open,e=open,s=open"), ("w is missing",)),
        (("--minutes", "0"), ("--minutes is 0",)),
        (("--minutes", "soon"), ("--minutes", "number")),
        (("--manning", "3"), ("--manning is 3", "between 0 and 1")),
        (("--threads", "0.5"), ("--threads", "whole number")),
        (("--rain", ""), ("--rain is missing", "--inflow")),
        (("--rain", "nowhere.csv"), ("nowhere.csv", "can be read")),
        (("--crs", "EPSG:4546"), ("EPSG:4547", "EPSG:4546")),
        (("--crs", "4547"), ("--crs is '4547'", "EPSG:4547")),
        (("--crs", "CGCS2000"), ("--crs is 'CGCS2000'", "EPSG:4547")),
        (("--out", "dem.tif"), ("--out dem.tif",)),
        (("--resume",), ("there is no out/checkpoint.npz",)),
    ],
)
def test_an_option_that_is_wrong_is_named_with_its_mend(run, options, words):
    code, out, err = run(*options)
    assert (code, out) == (2, "")
    assert all(word in err for word in words), err


def test_a_torn_checkpoint_is_named(run, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "checkpoint.npz").write_bytes(b"PK\x03\x04 torn")
    code, _, err = run("--minutes", "1", "--resume")
    assert code == 2
    assert "start without --resume" in err
