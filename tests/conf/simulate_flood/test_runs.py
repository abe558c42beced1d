"""A flood through the command itself: its result, its refusal, a stop and the way on, the example of the docs."""

import io
import json
import os
import re
import shlex
import signal
import sys
from pathlib import Path

import pytest

from anlan.cli import main
from anlan.wire.raster import read_raster
from anlan.wire.raster.ascii import write_ascii
from tests.support.flood_files import (
    COLUMNS,
    CRS,
    DX,
    NORTH,
    POINTS,
    RAIN,
    ROWS,
    WEST,
    constant,
    grid,
    stack,
    tiff,
    valley,
)


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
    found = run("--minutes", "40", points=POINTS)[1]
    mouth, slope = found["points"]
    assert mouth["name"] == "谷口"
    assert mouth["bed_m"] == pytest.approx(200.13)
    assert mouth["max_stage_m"] == pytest.approx(mouth["bed_m"] + mouth["max_depth_m"])
    assert mouth["fast_share"] == found["swift_share"]["points"][mouth["name"]]
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


def test_porous_buildings_leave_a_share_of_each_cell_to_the_water(run):
    half = tiff(constant(0.5))
    options = ("--minutes", "30", "--boundary", "closed", "--buildings-as", "porous")
    code, found, _ = run(*options, buildings=half, points=POINTS)
    assert (code, found["solver"], found["notes"]) == (0, "li", [])
    assert abs(found["mass_error"]) < 1e-5
    assert found["water_m3"]["rain"] == pytest.approx(45 / 1000 * ROWS * COLUMNS * DX**2)
    bare = run(*options[:4], points=POINTS)[1]
    assert found["points"][0]["max_depth_m"] > 1.2 * bare["points"][0]["max_depth_m"]
    for more, word in (
        (("--solver", "godunov"), "--solver godunov knows no porous"),
        (("--soil", "green-ampt"), "--soil green-ampt knows no porous"),
    ):
        assert word in run(*options, *more, buildings=half)[2]


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
    monkeypatch.setattr("anlan.cli.simulate.stopping.SAY_EVERY_S", 0.0)
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


@pytest.mark.parametrize(
    "content",
    [RAIN.encode("utf-8-sig"), RAIN.replace("\n", "\r\n").encode(), RAIN.replace("\n", "\r").encode()],
)
def test_rain_of_a_spreadsheet_is_read(run, tmp_path, content):
    (tmp_path / "sheet.csv").write_bytes(content)
    assert run("--minutes", "1", "--rain", "sheet.csv")[0] == 0


def test_names_in_gbk_are_read(run):
    _, found, _ = run("--minutes", "1", points=POINTS.encode("gbk"))
    assert [row["name"] for row in found["points"]] == ["谷口", "山坡"]


def test_the_worked_example_of_the_docs_comes_out_as_printed(tmp_path, capsys):
    page = (Path(__file__).parents[3] / "docs/reference/simulate.md").read_text(encoding="utf-8")
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
