"""`anlan simulate critical-rain`: files in, a table and packs out; killed, it goes on; what is wrong is named."""

import json
import signal
import subprocess
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from anlan.cli import main
from anlan.cli.simulate.critical_rain import inputs, packing, settings
from anlan.foundation.packs import load_all, read_folder
from anlan.judge.rules.thresholds.compile import compile_pack
from anlan.judge.rules.thresholds.evaluate import evaluate
from anlan.judge.rules.thresholds.shapes import Rain, Snapshot
from anlan.science.terrain.grid import Grid
from anlan.wire.raster.tiff.writer import write_geotiff
from tests.support.patience import PATIENCE_S, eventually

CRS, WEST, NORTH, DX = "EPSG:4547", 430_000.0, 3_500_000.0, 50.0
AT = datetime(2026, 7, 1, tzinfo=UTC)
POINTS = (
    "name,x,y,code\n"
    "上村,430375,3499375,420000000101\n上村,430425,3499375,420000000101\n"
    "下村,430775,3498375,420000000102\n"
    "山村,430175,3499875,\n"
    "外村,431175,3402375,420000000104\n"
)


def valley() -> np.ndarray:
    rows, columns = np.mgrid[0:40, 0:30].astype(float)
    arm = np.where(rows < 20, np.minimum(abs(columns - 7), abs(columns - 22)), abs(columns - 15))
    return 100.0 + (40 - rows) * 0.2 + arm * 1.0


@pytest.fixture(autouse=True, scope="module")
def at_home(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ANLAN_HOME", str(tmp_path_factory.mktemp("home")))
        patch.setenv("NUMBA_CACHE_DIR", "")  # kernels beside their sources: a fresh home compiles for minutes
        yield


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("critical")
    dem = write_geotiff(Grid(valley(), WEST, NORTH, DX, DX, CRS), kind="float64")
    (folder / "dem.tif").write_bytes(dem)
    (folder / "points.csv").write_text(POINTS, encoding="utf-8")
    return folder


def words(files: Path, out: Path, *more: str) -> list[str]:
    told = {
        "--dem": str(files / "dem.tif"),
        "--points": str(files / "points.csv"),
        "--out": str(out),
        "--date": "2026-01-02",
    }
    told |= {"--threshold": "0.15", "--processes": "1", "--manning": "0.06"}
    pairs = list(zip(more[::2], more[1::2], strict=True))
    told |= {key: value for key, value in pairs if key != "--flag"}
    flags = [value for key, value in pairs if key == "--flag"]
    return ["simulate", "critical-rain", *(part for pair in told.items() if pair[1] for part in pair), *flags]


def run(capsys, line: list[str]) -> tuple[int, dict, str]:
    with pytest.raises(SystemExit) as ended:
        main([*line, "--json"])
    out, err = capsys.readouterr()
    return int(ended.value.code or 0), json.loads(out) if out else {}, err


@pytest.fixture(scope="module")
def done(at_home, files, tmp_path_factory):
    """One whole work, by two processes."""
    out = tmp_path_factory.mktemp("done")
    made = subprocess.run(
        [sys.executable, "-m", "anlan", *words(files, out, "--processes", "2", "--flag", "--synthetic"), "--json"],
        capture_output=True, text=True, check=True, timeout=PATIENCE_S,
    )  # fmt: skip
    return out, json.loads(made.stdout), made.stderr


def rows(found: dict, name: str) -> list[dict]:
    return next(v["rows"] for v in found["villages"] if v["name"] == name)


# ---------- what comes out ----------
def test_time_and_memory_are_said_before_the_start(done):
    assert "memory: up to" in done[2]
    assert "time: about" in done[2]


def test_a_village_has_a_figure_for_each_duration_up_to_its_concentration_time(done):
    _, found, _ = done
    lower = next(v for v in found["villages"] if v["name"] == "下村")
    minutes = sorted({row["minutes"] for row in lower["rows"]})
    assert minutes[-1] >= lower["concentration_min"]
    assert all(m < lower["concentration_min"] for m in minutes[:-1])


def test_wetter_ground_needs_less_rain_and_low_and_high_hold_it(done):
    _, found, _ = done
    for minutes in {row["minutes"] for row in rows(found, "下村")}:
        dry, normal, wet = (
            next(r for r in rows(found, "下村") if (r["minutes"], r["wetness"]) == (minutes, w))
            for w in ("dry", "normal", "wet")
        )
        assert wet["immediate_mm"] < normal["immediate_mm"]
        assert not dry["reached"] or normal["immediate_mm"] < dry["immediate_mm"]
        assert wet["low_mm"] < wet["immediate_mm"] < wet["high_mm"]
        assert wet["prepare_mm"] < wet["immediate_mm"]
    assert found["violations"] == []


def test_a_village_on_the_hill_is_not_reached_and_that_is_said(done):
    _, found, _ = done
    hill = rows(found, "山村")
    assert hill
    assert not any(row["reached"] for row in hill)
    assert {row["run_to_mm"] for row in hill} == {140.0}


def test_a_village_off_the_terrain_is_left_out_with_its_reason(done):
    _, found, _ = done
    assert (
        next(v for v in found["villages"] if v["name"] == "外村")["refused"]
        == "off the terrain: 1 of 1 homes"
    )


def test_a_csv_stands_beside_the_summary(done):
    out, found, _ = done
    table = (out / "critical_rain.csv").read_text(encoding="utf-8-sig").splitlines()
    assert table[0].startswith("village,code,minutes,wetness,immediate_mm")
    assert len(table) == 1 + sum(len(v["rows"]) for v in found["villages"] if not v["refused"])


# ---------- packs ----------
def test_a_pack_holds_the_lines_and_all_that_stands_behind_them(done):
    out, found, _ = done
    assert [Path(p).name for p in found["packs"]] == [
        "critical-rain-420000000101.toml", "critical-rain-420000000102.toml",
    ]  # fmt: skip
    told = tomllib.loads((out / found["packs"][1]).read_text(encoding="utf-8"))
    assert told["pack"]["synthetic"] is True
    assert told["pack"]["applies_to"] == ["420000000102"]
    behind = told["critical_rain"]
    assert (behind["terrain"], behind["terrain_sha256"]) == ("dem.tif", found["terrain_sha256"])
    assert (behind["hyetograph"], behind["solver"], behind["model"]) == ("late", "li", inputs.MODEL)
    wet = next(line for line in told["line"] if (line["stage"], line["wetness"]) == ("immediate", "wet"))
    row = next(r for r in rows(found, "下村") if r["wetness"] == "wet")
    assert wet["rain_mm"][str(row["minutes"])] == int(row["immediate_mm"])


def test_a_pack_is_read_by_the_watch_with_prepare_lines_of_its_own(done):
    out, found, _ = done
    pack = next(p for p in read_folder(out / "packs") if p.id.endswith("102"))
    rules = compile_pack(pack)
    assert rules.concerns(kind="village", division="420000000102")
    assert not rules.concerns(kind="village", division="420000000101")
    row = next(r for r in rows(found, "下村") if r["wetness"] == "wet")

    def level(mm: float) -> int:
        rain = {row["minutes"]: Rain(int(mm * 10))}
        at = Snapshot(place="420000000102", kind="village", at=AT, rain=rain, wetness="wet")
        return evaluate(rules, at, None).state.level

    assert level(int(row["prepare_mm"]) - 1) == 0
    assert level(int(row["prepare_mm"])) == 1
    assert level(int(row["immediate_mm"])) == 2


def test_a_synthetic_pack_holds_in_exercises_only(done):
    out, _, _ = done
    home = out.parent / "a-home"
    (home / "packs").mkdir(parents=True, exist_ok=True)
    (home / "packs" / "one.toml").write_bytes(
        (out / "packs" / "critical-rain-420000000102.toml").read_bytes()
    )
    shelf, on = load_all(home=home), AT.date()
    name = "critical-rain-420000000102"
    assert name not in {pack.id for pack in shelf.in_force("threshold", on=on)}
    assert name in {pack.id for pack in shelf.in_force("threshold", on=on, exercise=True)}


def test_whole_millimetres_are_rounded_down():
    line = packing._line(
        [{"wetness": "wet", "reached": True, "minutes": 60, "immediate_mm": 41.9}], "immediate", "wet"
    )
    assert line[-1] == "rain_mm = { 60 = 41 }"


# ---------- kept, killed, gone on ----------
def test_the_same_command_again_runs_nothing_and_says_the_same(files, done, capsys):
    out, found, _ = done
    before = (out / "runs.jsonl").read_bytes()
    code, again, _ = run(capsys, words(files, out, "--flag", "--synthetic"))
    assert (code, again["runs_made_now"]) == (0, 0)
    assert again["villages"] == found["villages"]
    assert (out / "runs.jsonl").read_bytes() == before


def test_killed_in_the_middle_it_goes_on_and_ends_the_same(files, done, tmp_path):
    _, whole, _ = done
    kept, line = tmp_path / "runs.jsonl", words(files, tmp_path, "--flag", "--synthetic")
    child = subprocess.Popen(
        [sys.executable, "-m", "anlan", *line], stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL
    )
    assert eventually(
        lambda: child.poll() is not None or (kept.exists() and kept.read_bytes().count(b"\n") >= 4)
    )
    child.send_signal(signal.SIGKILL)
    child.wait()
    with kept.open("a") as file:
        file.write('{"key": [0, 30, "we')  # as a power cut leaves it
    before = kept.read_bytes().rpartition(b"\n")[0]
    made = subprocess.run(
        [sys.executable, "-m", "anlan", *line, "--json"],
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE_S,
    )
    found = json.loads(made.stdout)
    assert kept.read_bytes().startswith(before)
    assert found["runs"] == whole["runs"]
    assert found["runs_made_now"] == whole["runs"] - (before.count(b"\n"))
    assert found["villages"] == whole["villages"]


def test_asked_to_stop_it_keeps_what_is_finished(files, tmp_path):
    kept, line = tmp_path / "runs.jsonl", words(files, tmp_path)
    child = subprocess.Popen(
        [sys.executable, "-m", "anlan", *line], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True
    )
    assert eventually(
        lambda: child.poll() is not None or (kept.exists() and kept.read_bytes().count(b"\n") >= 3)
    )
    child.send_signal(signal.SIGTERM)
    _, err = child.communicate(timeout=PATIENCE_S)
    assert child.returncode == 130
    assert "the same command goes on from here" in err
    assert not (tmp_path / "summary.json").exists()


def test_a_folder_of_another_job_is_not_mixed_in(files, done, capsys):
    out, _, _ = done
    code, _, err = run(capsys, words(files, out, "--flag", "--synthetic", "--cn", "60"))
    assert code == 2
    assert "is of other files, options or packs" in err


# ---------- bad input ----------
@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--points", ""), "--points is missing"),
        (("--dem", "/nowhere.tif"), "--dem /nowhere.tif: No such file"),
        (("--cn", "0"), "--cn is 0: give a number from 1 to 100"),
        (("--threshold", "-1"), "--threshold is -1"),
        (("--hyetograph", "early"), "--hyetograph is 'early': the pack critical-rain knows uniform, late"),
        (("--durations", "45"), "--durations: '45': the pack critical-rain has depths for 30, 60"),
        (("--processes", "0"), "--processes is 0"),
        (("--channel-width", "w.tif"), "--channel-width and --channel-depth: one is missing"),
        (("--most-memory", "0.1"), "--most-memory"),
        (("--date", "tomorrow"), "--date is 'tomorrow'"),
    ],
)
def test_what_is_wrong_is_named_with_its_mend(files, tmp_path, capsys, more, said):
    code, _, err = run(capsys, words(files, tmp_path, *more))
    assert code == 2
    assert said in err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name,x\n甲,1\n", "column y is missing"),
        ("name,x,y\n,430375,3499375\n", "row 1: name is empty"),
        ("name,x,y\n甲,430375,\n", "row 1: y is missing"),
        ("name,x,y,code\n甲,430375,3499375,4213\n", "row 1: code is '4213': give the village's 12 digits"),
        ("name,x,y\n甲,113.3,31.6\n", "they look like degrees"),
        ("name,x,y\n甲,3499375,430375\n", "x and y are changed"),
    ],
)
def test_wrong_points_are_named_by_their_row(files, tmp_path, capsys, text, said):
    path = tmp_path / "points.csv"
    path.write_text(text, encoding="utf-8")
    code, _, err = run(capsys, words(files, tmp_path / "out", "--points", str(path)))
    assert code == 2
    assert said in err


def test_a_ground_of_the_demo_that_is_none_is_named(capsys, tmp_path):
    code, _, err = run(capsys, ["simulate", "critical-rain", "--ground", "liulin-5", "--out", str(tmp_path)])
    assert code == 2
    assert "the demo has liulin-80, liulin-40, liulin-20" in err


def test_durations_go_up_to_the_first_that_is_not_shorter_than_the_concentration_time():
    pack = load_all().get("critical-rain")
    told = settings.Settings(
        threshold_m=0.3, homes_share=0.0, shape=None, shape_title={}, spread=None, roughness=(0.8, 1.2), tail_m=500,
        most_km2=200, fast_share=0.2, depths_mm=settings._depths(pack, ""), pack=pack,
    )  # fmt: skip
    assert told.durations(10.0) == (30,)
    assert told.durations(100.0) == (30, 60, 180)
    assert told.durations(9999.0) == (30, 60, 180, 360, 720, 1440)
