"""`anlan simulate flood` through the command itself: a result, a refusal, a stop and a way on, and what is wrong with files."""

import io
import json
import os
import re
import shlex
import signal
import struct
import sys
from pathlib import Path

import numpy as np
import pytest

from anlan.conf.cli import main
from anlan.science.flood import godunov, inertial  # noqa: F401  kernels are kept beside the source, not in a test's home
from anlan.science.terrain import Grid
from anlan.wire.raster import read_raster, write_ascii, write_geotiff

CRS = "EPSG:4547"
WEST, NORTH, DX = 430_000.0, 3_500_000.0, 10.0
ROWS, COLUMNS = 20, 24
RAIN = "minute,mm_h\n0,60\n15,120\n30,0\n"
POINTS = "name,x,y\n谷口,430125,3499815\n山坡,430015,3499905\n"


@pytest.fixture(autouse=True)
def at_home(tmp_path, monkeypatch):
    monkeypatch.setenv("ANLAN_HOME", str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)


def valley(*, down=0.002, side=0.02):
    """A valley that falls to the south, 200 m up."""
    rows, columns = np.mgrid[0:ROWS, 0:COLUMNS] * DX + DX / 2
    return 200 + side * np.abs(columns - COLUMNS * DX / 2) + down * (ROWS * DX - rows)


def grid(values, *, crs=CRS, west=WEST, north=NORTH, dx=DX, dy=None):
    return Grid(np.asarray(values, np.float64), west, north, dx, dy or dx, crs)


def tiff(values, **place):
    return write_geotiff(grid(values, **place), kind="float64")


def constant(value):
    return np.full((ROWS, COLUMNS), float(value))


def stack(*bands):
    """Bands of one GeoTIFF, plain, one after the other, as a radar's archive writes them."""
    count, cells = len(bands), [np.asarray(band, "<f4").tobytes() for band in bands]
    keys = (1, 1, 0, 3, 1024, 0, 1, 1, 1025, 0, 1, 1, 3072, 0, 1, 4547)
    place = (0.0, 0.0, 0.0, WEST, NORTH, 0.0)
    head = 8 + 2 + 15 * 12 + 4
    tags, long = [], b""

    def tag(number, kind, values):
        nonlocal long
        data = struct.pack(f"<{len(values)}{ {3: 'H', 4: 'I', 12: 'd'}[kind] }", *values)
        if len(data) > 4:
            data, long = struct.pack("<I", head + len(long)), long + data
        tags.append(struct.pack("<HHI", number, kind, len(values)) + data.ljust(4, b"\0"))

    body = head + 2 * 2 * count + 2 * 4 * count + 8 * 9 + 2 * len(keys)
    starts = [body + n * len(cells[0]) for n in range(count)]
    for number, kind, values in (
        (256, 4, [COLUMNS]), (257, 4, [ROWS]), (258, 3, [32] * count), (259, 3, [1]), (262, 3, [1]), (273, 4, starts),
        (277, 3, [count]), (278, 4, [ROWS]), (279, 4, [len(cells[0])] * count), (284, 3, [2]), (338, 3, [0]),
        (339, 3, [3] * count), (33550, 12, (DX, DX, 0.0)), (33922, 12, place), (34735, 3, keys),
    ):  # fmt: skip
        tag(number, kind, values)
    return struct.pack("<2sHIH", b"II", 42, 8, 15) + b"".join(tags) + bytes(4) + long + b"".join(cells)


@pytest.fixture
def run(tmp_path, capsys):
    """Write files, run, and give the exit code, the summary that was printed, and what was said beside it."""

    def go(*options, dem=None, as_json=True, out="out", **files):
        given = {"--dem": "dem.tif", "--rain": "rain.csv", "--out": out}
        (tmp_path / "dem.tif").write_bytes(tiff(valley()) if dem is None else dem)
        (tmp_path / "rain.csv").write_text(RAIN, encoding="utf-8")
        for name, content in files.items():
            kind = ".csv" if isinstance(content, str) or name in ("points", "inflow") else ".tif"
            given[f"--{name}"] = name + kind
            data = content.encode() if isinstance(content, str) else content
            (tmp_path / (name + kind)).write_bytes(data)
        words = [word for option, value in given.items() if option not in options for word in (option, value)]
        with pytest.raises(SystemExit) as ended:
            main(["simulate", "flood", *words, *options, *(["--json"] if as_json else [])])
        said, complained = capsys.readouterr()
        return ended.value.code, json.loads(said) if as_json and said else said, complained

    return go


def test_a_flood_leaves_its_summary_and_three_maps(run, tmp_path):
    code, found, said = run("--minutes", "40", points=POINTS)
    assert code == 0
    assert json.loads((tmp_path / "out" / "summary.json").read_text(encoding="utf-8")) == found
    assert (found["refused"], found["reasons"], found["cells"]) == (False, [], ROWS * COLUMNS)
    assert abs(found["mass_error"]) < 1e-5
    assert found["steps"] > 0
    assert found["wall_s"] > 0
    assert found["water_m3"]["rain"] == pytest.approx(45 / 1000 * ROWS * COLUMNS * DX**2)
    assert "memory: up to" in said
    deep = read_raster((tmp_path / "out" / "max_depth.tif").read_bytes(), name="max_depth.tif")
    assert (deep.shape, deep.crs, deep.west, deep.north, deep.dx) == ((ROWS, COLUMNS), CRS, WEST, NORTH, DX)
    mouth = found["points"][0]
    assert mouth["max_depth_m"] == pytest.approx(float(deep.values[deep.cell(430125, 3499815)]), abs=1e-4)
    for name in ("arrival.tif", "max_speed.tif"):
        assert read_raster((tmp_path / "out" / name).read_bytes(), name=name).shape == (ROWS, COLUMNS)


def test_a_point_tells_depth_stage_and_arrival_in_time(run):
    mouth, slope = run("--minutes", "40", points=POINTS)[1]["points"]
    assert mouth["name"] == "谷口"
    assert mouth["bed_m"] == pytest.approx(200.13)
    assert mouth["max_stage_m"] == pytest.approx(mouth["bed_m"] + mouth["max_depth_m"])
    assert 0 < mouth["arrival_min"] < 40
    assert [mouth["depth_m"][0], mouth["depth_m"][-1][0], len(mouth["depth_m"])] == [[0.0, 0.0], 40.0, 41]
    assert slope["arrival_min"] is None
    assert slope["max_depth_m"] < mouth["max_depth_m"]


def test_a_person_reads_a_screenful_in_either_language(run):
    assert "最大水深" in run("--minutes", "2", points=POINTS, as_json=False)[1]
    assert "max depth" in run("--minutes", "2", "--lang", "en", points=POINTS, as_json=False)[1]


def test_an_esri_grid_gives_the_same_flood(run):
    text = write_ascii(grid(valley()), decimals=9)
    code, found, _ = run("--minutes", "10", "--crs", CRS, dem=text, points=POINTS)
    assert code == 0
    assert found["points"] == run("--minutes", "10", points=POINTS)[1]["points"]


@pytest.mark.parametrize("north", [0.0, ROWS * DX])
def test_a_made_up_place_at_the_zero_of_its_system_is_run_and_said(run, north):
    points = f"name,x,y\n谷口,125,{north - 185}\n"
    code, found, _ = run("--minutes", "5", dem=tiff(valley(), west=0.0, north=north), points=points)
    assert code == 0
    assert "made-up place" in found["notes"][0]
    assert run("--minutes", "5", dem=tiff(valley(), west=0.0, north=north, crs="EPSG:4490", dx=0.001))[0] == 2


def test_rain_as_a_raster_of_bands_is_the_same_rain(run, tmp_path):
    rates = "ncols 24\nnrows 20\nxllcorner 430000\nyllcorner 3499800\ncellsize 10\n" + "60 " * (
        ROWS * COLUMNS
    )
    (tmp_path / "bands.asc").write_text(rates)
    options = ("--minutes", "10", "--boundary", "closed")
    _, even, _ = run(*options)
    _, found, _ = run(*options, "--rain", "bands.asc")
    assert found["water_m3"]["rain"] == even["water_m3"]["rain"] == pytest.approx(480.0)


def test_each_band_of_a_rain_raster_holds_for_its_step(run):
    half = constant(60)
    half[: ROWS // 2] = 0
    options = ("--minutes", "25", "--rain-step", "10", "--boundary", "closed")
    code, found, _ = run(*options, rain=stack(constant(30), half, constant(0)))
    assert code == 0
    assert found["water_m3"]["rain"] == pytest.approx((5 + 5) / 1000 * ROWS * COLUMNS * DX**2)
    late = run(*options, rain=stack(constant(0), constant(0), constant(60)))[1]
    assert late["water_m3"]["rain"] == pytest.approx(5 / 1000 * ROWS * COLUMNS * DX**2)


def test_a_river_comes_in_without_rain(run):
    inflow = "x,y,radius_m,minute,m3_s\n430125,3499965,15,0,0\n430125,3499965,15,10,2\n"
    _, found, _ = run("--minutes", "10", "--rain", "", "--boundary", "closed", inflow=inflow)
    assert found["water_m3"]["inflow"] == pytest.approx(600.0)
    assert found["water_m3"]["stored"] == pytest.approx(600.0, rel=1e-4)


def test_without_minutes_the_run_ends_an_hour_after_the_last_row(run):
    assert run("--rain", "rain.csv", "--boundary", "closed")[1]["minutes"] == 90


def test_rough_ground_holds_the_water_longer(run):
    _, smooth, _ = run("--minutes", "20", "--manning", "0.02")
    _, rough, _ = run("--minutes", "20", friction=tiff(constant(0.15)))
    assert rough["water_m3"]["outflow"] < smooth["water_m3"]["outflow"]


def test_buildings_stand_out_of_the_water_or_are_rough_ground(run, tmp_path):
    houses = constant(0)
    houses[8:12, 10:14] = 1
    options = ("--minutes", "30", "--boundary", "closed")
    _, found, _ = run(*options, buildings=tiff(houses))
    assert "--buildings-as rough suits them" in found["notes"][0]
    assert found["water_m3"]["rain"] == pytest.approx(45 / 1000 * ROWS * COLUMNS * DX**2)
    blocked, rough = (
        read_raster((tmp_path / "out" / "max_depth.tif").read_bytes(), name="max_depth.tif").values[
            8:12, 10:14
        ]
        for how in ("blocked", "rough")
        for _ in [run(*options, "--buildings-as", how, buildings=tiff(houses))]
    )
    assert blocked.max() < 0.02
    assert rough.max() > 0.1
    code, _, err = run(*options, buildings=tiff(houses), points="name,x,y\n屋,430125,3499905\n")
    assert code == 2
    assert "point 屋" in err
    assert "in a building" in err


def test_a_run_that_leaves_its_validity_is_refused_and_leaves_no_map(run, tmp_path):
    assert run("--minutes", "2")[0] == 0
    sea = "x,y,radius_m,minute,m3_s\n430125,3499905,0,0,1e9\n"
    code, found, _ = run("--minutes", "2", "--solver", "li", inflow=sea, points=POINTS)
    assert code == 1
    assert found["refused"]
    assert "Refused at" in found["reasons"][0]
    assert found["points"][0]["max_depth_m"] is None
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["summary.json"]
    assert "拒绝" in run("--minutes", "2", "--solver", "li", inflow=sea, as_json=False)[1]


def test_too_swift_for_local_inertial_is_said_or_run_again_with_godunov(run):
    steep, river = tiff(valley(down=0.15)), "x,y,radius_m,minute,m3_s\n430125,3499965,15,0,8\n"
    options = ("--minutes", "4", "--rain", "")
    code, found, _ = run(*options, "--solver", "li", dem=steep, inflow=river)
    assert (code, found["solver"]) == (0, "li")
    assert "Fr > 0.8" in found["outside_range"]
    assert "超出方法适用范围" in run(*options, "--solver", "li", dem=steep, inflow=river, as_json=False)[1]
    _, again, said = run(*options, dem=steep, inflow=river)
    assert (again["solver"], again["tried_before"], again["outside_range"]) == ("godunov", ["li"], None)
    assert "li: outside its range" in said


class Terminal(io.StringIO):
    """A standard error that is a terminal and at whose first progress somebody presses Ctrl-C."""

    def isatty(self):
        return True

    def write(self, text):
        if "deepest" in text and "deepest" not in self.getvalue():
            os.kill(os.getpid(), signal.SIGINT)
        return super().write(text)


def test_ctrl_c_leaves_a_checkpoint_and_resume_gives_the_same_result(run, monkeypatch, tmp_path):
    whole = run("--minutes", "30", points=POINTS)[1]
    monkeypatch.setattr("anlan.conf.commands.simulate.flood.job._SAY_EVERY_S", 0.0)
    with monkeypatch.context() as at_a_terminal:
        terminal = Terminal()
        at_a_terminal.setattr(sys, "stderr", terminal)
        code, said, _ = run("--minutes", "30", points=POINTS, out="stopped")
    assert (code, said) == (130, "")
    assert "--resume goes on" in terminal.getvalue()
    assert [path.name for path in (tmp_path / "stopped").iterdir()] == ["checkpoint.npz"]
    assert run("--minutes", "29", "--resume", points=POINTS, out="stopped")[0] == 2
    code, found, _ = run("--minutes", "30", "--resume", points=POINTS, out="stopped")
    assert code == 0
    assert {k: v for k, v in found.items() if k != "wall_s"} == {
        k: v for k, v in whole.items() if k != "wall_s"
    }
    assert not (tmp_path / "stopped" / "checkpoint.npz").exists()
    a, b = ((tmp_path / folder / "max_depth.tif").read_bytes() for folder in ("out", "stopped"))
    assert a == b


@pytest.mark.parametrize("content", [RAIN.encode("utf-8-sig"), RAIN.replace("\n", "\r\n").encode()])
def test_rain_of_a_spreadsheet_is_read(run, tmp_path, content):
    (tmp_path / "sheet.csv").write_bytes(content)
    assert run("--minutes", "1", "--rain", "sheet.csv")[0] == 0


def test_names_in_gbk_are_read(run):
    _, found, _ = run("--minutes", "1", points=POINTS.encode("gbk"))
    assert [row["name"] for row in found["points"]] == ["谷口", "山坡"]


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
        (b"hello", ("--dem dem.tif", "save it as GeoTIFF")),
        (b"", ("the file is empty",)),
    ],
    ids=["hole", "degrees", "degrees-as-metres", "swapped", "oblong", "no-crs", "units", "walled", "torn", "text", "empty"],
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
        ({"points": b"\xff\xfe\x00\x01"}, ("neither UTF-8 nor GB 18030",)),
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


def test_the_worked_example_of_the_docs_comes_out_as_printed(tmp_path, capsys):
    page = (Path(__file__).parents[2] / "docs/reference/simulate.md").read_text(encoding="utf-8")
    section = page.partition("## flood")[2].partition("\n## ")[0]
    for name, content in re.findall(r'```text title="([^"]+)"\n(.*?)```', section, re.DOTALL):
        (tmp_path / name).write_text(content, encoding="utf-8")
    (command,) = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)
    with pytest.raises(SystemExit) as ended:
        main([*shlex.split(command.replace("\\\n", ""))[1:], "--json"])
    assert ended.value.code == 0
    printed = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in section.partition("| name |")[2].splitlines()
        if line.startswith("| ") and "---" not in line
    ]
    points = json.loads(capsys.readouterr().out)["points"]
    assert [row[0] for row in printed] == [point["name"] for point in points]
    for row, point in zip(printed, points, strict=True):
        told = [point[key] for key in ("bed_m", "max_depth_m", "max_stage_m")]
        assert [float(cell) for cell in row[1:4]] == pytest.approx(told, abs=0.015)
        arrival = point["arrival_min"]
        assert row[4] == "–" if arrival is None else abs(float(row[4]) - arrival) <= 1
