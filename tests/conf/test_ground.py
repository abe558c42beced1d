"""`anlan ground`: a county's own terrain becomes a ground of its runs, or is refused with the field and the mend."""

import re
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from anlan.cli import main
from anlan.conf.backups import writing
from anlan.foundation import journal, worlds
from anlan.places.atlas import atlas
from anlan.science.terrain.crs import move_points
from anlan.science.terrain.grid import Grid
from anlan.simulate.computing import baseflow, states
from anlan.simulate.computing.shapes import Terrain
from anlan.simulate.models import Ground
from anlan.simulate.running import ground
from anlan.wire.raster.ascii import write_ascii
from anlan.wire.raster.tiff.writer import write_geotiff
from tests.support.city import TOWN, VILLAGE, make_city
from tests.support.grounds import CRS, valley

pytestmark = pytest.mark.django_db


@pytest.fixture
def land() -> Grid:
    make_city()
    made = valley(100.0)
    return Grid(made.bed, west=made.west, north=made.north, dx=100.0, dy=100.0, crs=CRS)


def put(tmp_path: Path, grid: Grid, name: str = "dem.tif") -> str:
    path = tmp_path / name
    path.write_bytes(write_geotiff(grid) if name.endswith("tif") else write_ascii(grid))
    return str(path)


def add(*options: str) -> int:
    with pytest.raises(SystemExit) as end:
        main(["ground", "add", "--place", TOWN, "--despite-rim", *options])
    return int(end.value.code or 0)


def the_ground() -> tuple[Ground, Terrain]:
    (row,) = Ground.objects.all()
    return row, Terrain.load(ground.path_of(row))


def test_a_geotiff_in_metres_is_put_in_as_it_is_and_is_not_called_synthetic(
    tmp_path: Path, land: Grid, capsys: pytest.CaptureFixture[str]
) -> None:
    assert add("--dem", put(tmp_path, land), "--manning", "0.06") == 0
    row, terrain = the_ground()
    assert (row.ref, row.dx_m, row.synthetic, row.place_id) == (
        f"{TOWN}-100",
        100,
        False,
        atlas().code(TOWN).id,
    )
    assert np.allclose(terrain.bed, land.values)
    assert (terrain.manning == 0.06).all()
    said = capsys.readouterr()
    assert "memory" in said.err
    assert atlas().code(VILLAGE).name not in said.out.partition("未模拟")[2]
    live = worlds.get("live")
    (entry,) = [e for e in journal.tail(live.pk, 0) if e.name == "simulate.ground.added"]
    assert journal.read(entry)["body"]["dx_m"] == 100


def test_an_ascii_grid_needs_its_system(
    tmp_path: Path, land: Grid, capsys: pytest.CaptureFixture[str]
) -> None:
    path = put(tmp_path, land, "dem.asc")
    assert add("--dem", path) == 2
    assert "crs" in capsys.readouterr().err
    assert add("--dem", path, "--crs", CRS) == 0


def test_degrees_are_refused_and_reprojected_when_a_side_is_named(
    tmp_path: Path, land: Grid, capsys: pytest.CaptureFixture[str]
) -> None:
    west, south, east, north = land.bounds
    lon, lat = move_points(
        np.array([west + 600, east - 600]),
        np.array([south + 600, north - 600]),
        source=CRS,
        target="EPSG:4490",
    )
    side = 0.0005
    rows, columns = round((lat[1] - lat[0]) / side), round((lon[1] - lon[0]) / side)
    bed = 200.0 + np.arange(rows)[::-1, None] * 0.3 + 0.0 * np.arange(columns)
    degrees = Grid(bed, west=float(lon[0]), north=float(lat[1]), dx=side, dy=side, crs="EPSG:4490")
    path = put(tmp_path, degrees)
    assert add("--dem", path) == 2
    assert "--dx" in capsys.readouterr().err
    assert add("--dem", path, "--dx", "100") == 0
    assert "reprojected from EPSG:4490" in capsys.readouterr().out
    row, terrain = the_ground()
    assert (row.dx_m, terrain.crs.startswith("EPSG:45")) == (100, True)
    assert np.isfinite(terrain.bed).mean() > 0.9


def test_larger_cells_are_the_mean_of_those_within(tmp_path: Path, land: Grid) -> None:
    assert add("--dem", put(tmp_path, land), "--dx", "200") == 0
    row, terrain = the_ground()
    assert (row.dx_m, terrain.dx) == (200, 200.0)
    assert abs(np.nanmean(terrain.bed) - np.mean(land.values)) < 2


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"west": 3_500_000.0, "north": 500_000.0}, "x and y changed"),
        ({"dx": 33.3, "dy": 33.3}, "--dx"),
        ({"crs": "EPSG:4550"}, "no home of --place"),
    ],
)
def test_what_lies_wrong_is_named_with_the_mend(
    tmp_path: Path, land: Grid, change: dict[str, float], word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert add("--dem", put(tmp_path, replace(land, **change))) == 2
    assert word in capsys.readouterr().err
    assert not Ground.objects.exists()


def test_a_hole_in_the_land_is_named(tmp_path: Path, land: Grid, capsys: pytest.CaptureFixture[str]) -> None:
    land.values[20, 20] = np.nan
    assert add("--dem", put(tmp_path, land)) == 2
    assert "row 20, column 20" in capsys.readouterr().err


def test_a_huge_raster_is_refused_from_its_head_with_the_memory_it_would_take(
    tmp_path: Path, land: Grid, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from anlan.cli.ground import reading

    monkeypatch.setattr(reading, "allowed", lambda _: 100_000)
    assert add("--dem", put(tmp_path, land)) == 2
    said = capsys.readouterr().err
    assert "memory: up to" in said
    assert "resample to" in said


def test_a_valley_that_comes_in_over_the_rim_is_refused_unless_said_otherwise(
    tmp_path: Path, land: Grid, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as end:
        main(["ground", "add", "--place", TOWN, "--dem", put(tmp_path, land)])
    assert end.value.code == 2
    assert "comes in over the rim" in capsys.readouterr().err


def test_streams_and_roughness_lie_on_the_cells(tmp_path: Path, land: Grid) -> None:
    x, y = land.centre(0, 20)
    streams = tmp_path / "streams.csv"
    rows = [f"main,{x},{y},6,1.2", f"main,{x},{y - 3800},8,1.6"]
    streams.write_text("\n".join(["line,x,y,width_m,bankfull_m", *rows]))
    rough = Grid(np.full((2, 2), 0.05), west=land.west, north=land.north, dx=2000.0, dy=2000.0, crs=CRS)
    assert (
        add(
            "--dem",
            put(tmp_path, land),
            "--channels",
            str(streams),
            "--manning",
            put(tmp_path, rough, "n.tif"),
        )
        == 0
    )
    _, terrain = the_ground()
    assert (terrain.width[:, 20] > 0).sum() > 30
    assert 6 <= terrain.width.max() <= 8
    assert np.allclose(terrain.manning, 0.05)


def rivers(tmp_path: Path, *rows: str) -> str:
    path = tmp_path / "rivers.csv"
    path.write_text("\n".join(["x,y,radius_m,m3_s", *rows]))
    return str(path)


def test_stated_rivers_are_filled_at_once_and_the_cost_is_said(
    tmp_path: Path, land: Grid, capsys: pytest.CaptureFixture[str]
) -> None:
    x, y = land.centre(1, 20)
    assert add("--dem", put(tmp_path, land), "--base-flow", rivers(tmp_path, f"{x},{y},100,2.5")) == 0
    row, terrain = the_ground()
    assert (terrain.base_x.tolist(), terrain.base_m3_s.tolist()) == ([x], [2.5])
    begun = states.read(baseflow.file_of(ground.path_of(row), solver="li", precision="f32"))
    assert begun.stored(terrain.dx) > 1000
    assert re.search(r"基流 2.5 m³/s，1 条河：充满河道用了 \d+\.\d 秒", capsys.readouterr().out)
    kept = [name for name, _ in writing._files(SimpleNamespace(heads={}))]
    assert f"files/grounds/own/{TOWN}-100.base-li-f32-v{states.VERSION}.npz" in kept


@pytest.mark.parametrize(
    ("river", "said"),
    [("0,0,100,2", "row 1: x, y"), ("{x},{y},100,-2", "row 1: m3_s"), ("{x},{y},100,", "m3_s")],
)
def test_a_river_that_lies_wrong_is_named_and_nothing_is_put_in(
    tmp_path: Path, land: Grid, river: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    x, y = land.centre(1, 20)
    assert add("--dem", put(tmp_path, land), "--base-flow", rivers(tmp_path, river.format(x=x, y=y))) == 2
    assert "--base-flow" in (told := capsys.readouterr().err)
    assert said in told
    assert not Ground.objects.exists()


def test_a_lake_that_takes_the_river_is_told(
    tmp_path: Path, land: Grid, capsys: pytest.CaptureFixture[str]
) -> None:
    x, y = land.centre(1, 20)
    land.values[10:30, 5:35] -= 60.0
    assert add("--dem", put(tmp_path, land), "--base-flow", rivers(tmp_path, f"{x},{y},100,0.5")) == 0
    (filling,) = re.findall(r"其中 ([\d.]+) m³/s 还在填湖库、洼地", capsys.readouterr().out)
    assert 0.4 < float(filling) <= 0.5


def test_a_river_on_land_without_fall_is_refused(
    tmp_path: Path, land: Grid, capsys: pytest.CaptureFixture[str]
) -> None:
    x, y = land.centre(1, 20)
    land.values[:] = 200.0
    assert add("--dem", put(tmp_path, land), "--base-flow", rivers(tmp_path, f"{x},{y},100,0.5")) == 2
    assert "no fall" in capsys.readouterr().err
    assert not Ground.objects.exists()


def test_without_rivers_it_says_that_forecasts_begin_dry(
    tmp_path: Path, land: Grid, capsys: pytest.CaptureFixture[str]
) -> None:
    assert add("--dem", put(tmp_path, land)) == 0
    assert "从干河道起算" in capsys.readouterr().out


def test_a_ref_that_is_taken_is_kept(tmp_path: Path, land: Grid, capsys: pytest.CaptureFixture[str]) -> None:
    path = put(tmp_path, land)
    assert (add("--dem", path), add("--dem", path)) == (0, 2)
    assert "另起编号" in capsys.readouterr().err
    assert add("--dem", path, "--ref", "second") == 0


def test_a_backup_takes_it_along(tmp_path: Path, land: Grid) -> None:
    assert add("--dem", put(tmp_path, land)) == 0
    kept = [name for name, _ in writing._files(SimpleNamespace(heads={}))]
    assert f"files/grounds/own/{TOWN}-100.npz" in kept


def test_the_list_says_which_ground_looks_ahead(
    tmp_path: Path, land: Grid, capsys: pytest.CaptureFixture[str]
) -> None:
    assert add("--dem", put(tmp_path, land)) == 0
    for words in (["live", f"{TOWN}-100", "on"], ["list"]):
        with pytest.raises(SystemExit):
            main(["ground", *words])
    assert "滚动预报" in capsys.readouterr().out.splitlines()[-1]
    with pytest.raises(SystemExit) as end:
        main(["ground", "live", "nowhere", "on"])
    assert end.value.code == 2
