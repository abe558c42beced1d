"""`anlan simulate`: files in, an object out, without web and database; what is wrong is named with its mend."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from anlan.cli import main
from anlan.cli.simulate.flood.tables import inflows

QUAKE = {"magnitude": 6.0, "lon": 113.3, "lat": 31.7, "azimuth_deg": 60, "zone": "moderate"}
SOURCE = {
    "people_within_500m": 60,
    "items": [{"substance": "氨", "quantity_t": 20}, {"substance": "氯", "quantity_t": 10}],
}
FWI = "date,temp_c,rh_percent,wind_km_h,rain_mm\n1985-04-13,17,42,25,0\n1985-04-14,20,21,25,2.4\n"
LYT = "date,temp_max_c,rh_percent,wind_m_s,rain_mm\n2026-03-01,22,40,4,1.0\n2026-03-02,22,40,4,0\n"
RAIN = {"division": "522601", "hourly_mm": [5, 30, 20, 10]}


@pytest.fixture(autouse=True)
def at_home(tmp_path, monkeypatch):
    monkeypatch.setenv("ANLAN_HOME", str(tmp_path / "home"))


@pytest.fixture
def run(tmp_path, capsys):
    """Run a model on a content; gives the exit code, the object or the lines, and what was complained."""

    def go(model, content, *more, as_json=True):
        path = tmp_path / "input"
        path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
        with pytest.raises(SystemExit) as ended:
            main(["simulate", model, str(path), *more, *(["--json"] if as_json else [])])
        out, err = capsys.readouterr()
        return ended.value.code, json.loads(out) if as_json and out else out, err

    return go


def test_a_quake_has_its_ellipses_by_both_conventions(run):
    code, found, _ = run("quake", QUAKE)
    assert code == 0
    assert found["epicentral_intensity"] == pytest.approx(7.97, abs=0.005)
    six = next(ring for ring in found["isoseismals"] if ring["degree"] == 6)
    assert (round(six["at_degree"]["long_km"], 1), round(six["at_degree"]["short_km"], 1)) == (36.7, 27.4)
    assert six["outer_boundary"]["intensity"] == 5.5
    assert set(found["conventions"]) == {"at_degree", "outer_boundary"}


def test_places_of_a_csv_shake_by_their_distance(run, tmp_path):
    places = tmp_path / "places.csv"
    places.write_text("name,lon,lat\n震中,113.3,31.7\n远处,116.5,31.7\n", encoding="utf-8")
    _, found, _ = run("quake", QUAKE, "--places", str(places))
    near, far = found["places"]
    assert near["pga_gal"] == pytest.approx(752.6, abs=0.1)
    assert near["degree"] == 8
    assert far["intensity"] < near["intensity"]
    assert (near["within_validity"], far["within_validity"]) == (True, False)


def test_a_zone_may_be_written_in_chinese(run):
    assert run("quake", QUAKE | {"zone": "中强"})[1]["zone"] == "moderate"


def test_an_older_relation_is_used_by_name_alone_and_its_doubt_shown(run):
    _, found, _ = run("quake", QUAKE | {"relation": "wangyu2008-central-south"})
    assert found["relation"]["to_verify"]
    assert not found["relation"]["is_default"]
    assert "待核实" in run("quake", QUAKE | {"relation": "wangyu2008-central-south"}, as_json=False)[1]


def test_a_quake_is_graded_for_both_densities_until_one_is_named(run):
    _, found, _ = run("quake", QUAKE)
    rows = found["grading"]["by_magnitude"]
    assert [(row["density"], row["grade"]) for row in rows] == [("fairly_dense", 2), ("dense", 1)]
    assert found["grading"]["by_harm"] is None
    assert found["epicentral_by_rule"] == pytest.approx(7.76, abs=0.005)
    _, found, _ = run("quake", QUAKE | {"density": "人口密集", "deaths": 12})
    assert [row["response"] for row in found["grading"]["by_magnitude"]] == ["Ⅰ级响应"]
    assert found["grading"]["by_harm"]["title"] == "较大地震灾害"
    assert "重大地震灾害" in run("quake", QUAKE, as_json=False)[1]


def test_every_village_of_a_city_answers_a_quake_at_once(run, tmp_path):
    places = tmp_path / "villages.csv"
    rows = [f"村{n},{112.7 + n % 37 * 0.03},{31.3 + n % 29 * 0.03}" for n in range(1009)]
    places.write_text("\n".join(["name,lon,lat", *rows]), encoding="utf-8")
    found = run("quake", QUAKE, "--places", str(places))[1]["places"]
    assert len(found) == 1009
    assert all(4 < row["intensity"] < 8.1 and row["pgv_cm_s"] > 0 for row in found)


def test_a_breach_has_its_spread_and_a_hydrograph_that_a_flood_takes(run, tmp_path):
    out = tmp_path / "inflow.csv"
    given = {"volume_m3": 1e6, "height_m": 15, "cause": "overtopping", "members": 20}
    code, found, _ = run("breach", given, "--csv", str(out), "--at", "505110,3493150,20")
    assert code == 0
    assert (found["width_m"], found["time_min"]) == (32.53, 22.42)
    some = found["scenarios"]["peak_m3_s"]
    assert some["low"] < found["peak_m3_s"] < some["high"]
    assert found["pack"]["to_verify"]
    (one,) = inflows(str(out))
    last = 60 * one.discharge.minutes[-1]
    assert one.discharge.mean(0, last) * last == pytest.approx(1e6, rel=0.03)
    assert "待核实" in run("breach", given, as_json=False)[1]


def test_the_worked_example_of_a_hazard_source(run):
    _, found, _ = run("hazard-source", SOURCE)
    assert (found["s"], found["r"], found["grade"], found["grade_title"]) == (4.0, 18.0, 3, "三级")


def test_a_hazard_source_from_csv_shows_its_doubt(run):
    rows = "substance,classes,quantity_t\n某物,J2 W11,300\n"
    _, found, _ = run("hazard-source", rows, "--people", "60")
    assert found["to_verify"] == ["J2 β 1 / 2"]
    assert found["grades_possible"] == [3, 4]
    assert "待核实: J2" in run("hazard-source", rows, "--people", "60", as_json=False)[1]


def test_fire_weather_of_the_published_sample_shows_its_day_length(run):
    _, found, _ = run("fire-weather", FWI, "--latitude", "46")
    assert [round(one["fwi"], 2) for one in found["days"]] == [10.10, 9.28]
    assert found["day_length"] == {"dmc": "46N", "dc": "north"}
    assert run("fire-weather", FWI, "--latitude", "26.6")[1]["day_length"]["dmc"] == "20N"


def test_fire_weather_takes_json_with_its_own_start(run):
    days = [{"date": "1985-04-13", "temp_c": 17, "rh_percent": 42, "wind_km_h": 25, "rain_mm": 0}]
    given = {"latitude": 46, "start": {"ffmc": 60}, "days": days}
    _, found, _ = run("fire-weather", given)
    assert found["start"] == {"ffmc": 60.0, "dmc": 6.0, "dc": 15.0}


FIELD = Path(__file__).parents[2].parent / "shared" / "vectors" / "inputs"
FWI_FILES = {  # 0 with so many days, or what is refused and its mend
    "fwi01.csv": 7,
    "fwi02_gap.csv": "2026-04-15 does not follow 2026-04-13",
    "fwi03_slash.csv": 2,
    "fwi04_rh100_4.csv": "rh_percent",
    "fwi05_empty_rain.csv": "row 1: rain_mm is missing",
    "fwi06_kelvin.csv": "temp_c",
    "fwi07_rh_fraction.csv": "--humidity fraction",
}


@pytest.mark.skipif(not FIELD.is_dir(), reason="the files of the field are not here")
@pytest.mark.parametrize("name", FWI_FILES)
def test_a_weather_file_of_the_field_is_read_or_refused_with_its_mend(run, name):
    code, found, err = run("fire-weather", (FIELD / name).read_text(), "--latitude", "31")
    right = FWI_FILES[name]
    assert (len(found["days"]) == right) if isinstance(right, int) else (code == 2 and right in err)


def test_humidity_as_a_fraction_is_asked_about_and_read_when_it_is_said(run):
    fractions = FWI.replace("17,42", "17,0.42").replace("20,21", "20,0.21")
    code, _, err = run("fire-weather", fractions, "--latitude", "46")
    assert (code, "multiply by 100" in err) == (2, True)
    said = run("fire-weather", fractions, "--latitude", "46", "--humidity", "fraction")[1]
    assert [round(one["fwi"], 2) for one in said["days"]] == [10.10, 9.28]
    assert run("fire-weather", fractions, "--latitude", "46", "--humidity", "percent")[0] == 0
    lyt = LYT.replace(",40,", ",0.4,")
    assert run("fire-weather", lyt, "--system", "lyt1172")[0] == 2


def test_a_table_of_a_spreadsheet_is_read_and_a_fill_value_is_missing(run):
    titled = "某站气象表;;;;\n" + FWI.replace(",", ";").replace("2.4", "2,4").replace("-", "/")
    _, found, _ = run("fire-weather", "\ufeff" + titled, "--latitude", "46")
    assert [round(one["fwi"], 2) for one in found["days"]] == [10.10, 9.28]
    code, _, err = run("fire-weather", FWI.replace("2.4", "-9999"), "--latitude", "46")
    assert (code, "row 2: rain_mm is missing (-9999 says so)" in err) == (2, True)


def test_lyt1172_names_its_variant(run):
    _, found, _ = run("fire-weather", LYT, "--system", "lyt1172")
    assert (found["variant"]["code"], found["variant"]["to_verify"]) == ("standard", True)
    assert [one["htz"] for one in found["days"]] == [13 + 13 + 10 + 15, 13 + 13 + 15 + 15]
    other = run("fire-weather", LYT, "--system", "lyt1172", "--variant", "local-2020")[1]
    assert other["variant"]["code"] == "local-2020"


def test_slope_rules_answer_at_home_and_are_refused_elsewhere(run):
    rules = {row["pack"]["id"]: row for row in run("slope", RAIN)[1]["rules"]}
    assert rules["slope-rain-guizhou"]["reached"]
    assert [w["rain_mm"] for w in rules["slope-rain-guizhou"]["windows"]] == [10, 60, None, None, None]
    assert "420527" in rules["slope-rain-zigui"]["refused"]
    assert rules["slope-rain-caine"]["nearest"]["hours"] == 3


def test_a_slope_rule_enabled_by_hand_says_so(run):
    rules = {r["pack"]["id"]: r for r in run("slope", RAIN, "--enable", "slope-rain-zigui")[1]["rules"]}
    assert rules["slope-rain-zigui"]["enabled_by_hand"]
    assert 0 < rules["slope-rain-zigui"]["probability"] < 1
    assert not rules["slope-rain-guizhou"]["enabled_by_hand"]


def test_hours_of_a_csv_are_the_same_rain(run):
    rows = "hour,rain_mm\n1,5\n2,30\n3,20\n4,10\n"
    assert run("slope", rows, "--division", "522601")[1]["rules"] == run("slope", RAIN)[1]["rules"]


def test_geohazard_risk_has_its_level_and_doubt(run):
    risk = {"probability": 0.9, "susceptibility": 0.8, "vulnerability": 0.9}
    found = run("slope", RAIN | {"risk": risk})[1]["risk"]
    assert (found["level"], found["to_verify"]) == (3, True)


@pytest.mark.parametrize(
    ("model", "content", "more", "words"),
    [
        ("quake", {k: v for k, v in QUAKE.items() if k != "lat"}, (), ("lat is missing",)),
        (
            "quake",
            QUAKE | {"lon": 31.7, "lat": 113.3, "places": [{"name": "a", "lon": 1, "lat": 2}]},
            (),
            ("lat",),
        ),
        ("quake", QUAKE | {"zone": "mars"}, (), ("zone", "moderate")),
        ("quake", QUAKE | {"magnitude": "strong"}, (), ("magnitude", "number")),
        ("quake", QUAKE | {"relation": "x"}, (), ("relation", "wang2000-east")),
        ("quake", "{", (), ("line 1", "not JSON")),
        ("quake", QUAKE | {"density": "many"}, (), ("density", "人口密集")),
        ("quake", QUAKE | {"deaths": -1}, (), ("deaths",)),
        ("breach", {"volume_m3": 1e6, "height_m": 15}, (), ("cause", "overtopping")),
        ("breach", {"volume_m3": 1e6, "height_m": 1500, "cause": "piping"}, (), ("height_m", "metres")),
        ("breach", {"height_m": 15, "cause": "piping"}, (), ("volume_m3 is missing",)),
        (
            "breach",
            {"volume_m3": 1e6, "height_m": 15, "cause": "piping", "members": 0},
            (),
            ("members", "whole"),
        ),
        (
            "breach",
            {"volume_m3": 1e6, "height_m": 15, "cause": "piping"},
            ("--csv", "x.csv"),
            ("--at", "X,Y,RADIUS"),
        ),
        ("hazard-source", {"items": SOURCE["items"]}, (), ("people_within_500m is missing",)),
        (
            "hazard-source",
            SOURCE | {"items": [{"substance": "水", "quantity_t": 1}]},
            (),
            ("item 1", "class"),
        ),
        (
            "hazard-source",
            SOURCE | {"items": [{"substance": "氨", "quantity_t": -1}]},
            (),
            ("quantity_t", "tonnes"),
        ),
        ("fire-weather", FWI, (), ("latitude is missing",)),
        (
            "fire-weather",
            FWI.replace("rh_percent", "humidity"),
            ("--latitude", "31"),
            ("rh_percent is missing",),
        ),
        ("fire-weather", FWI.replace("17,42", "290,42"), ("--latitude", "31"), ("temp_c", "°C")),
        (
            "fire-weather",
            FWI.replace("04-14", "04-16"),
            ("--latitude", "31"),
            ("1985-04-16 does not follow",),
        ),
        ("fire-weather", LYT, ("--system", "lyt1172", "--variant", "mine"), ("variant", "local-2020")),
        ("slope", RAIN | {"hourly_mm": [5, -3]}, (), ("hourly_mm", "mm")),
        ("slope", RAIN | {"hourly_mm": []}, (), ("hourly_mm is empty",)),
        ("slope", RAIN | {"hourly_mm": [float("nan")]}, (), ("hourly_mm", "number")),
        ("slope", RAIN, ("--enable", "guess"), ("enable", "slope-rain-zigui")),
        ("slope", RAIN, ("--date", "yesterday"), ("--date",)),
    ],
)
def test_what_is_wrong_is_named_with_its_mend_and_ends_with_2(run, model, content, more, words):
    code, out, err = run(model, content, *more)
    assert code == 2
    assert not out
    assert all(word in err for word in words), err


def test_a_file_that_is_not_there_ends_with_2(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["simulate", "quake", "/nowhere/quake.json"])
    assert ended.value.code == 2
    assert "give a file that can be read" in capsys.readouterr().err


def test_no_model_needs_django_or_a_database(tmp_path):
    given = tmp_path / "source.json"
    given.write_text(json.dumps(SOURCE), encoding="utf-8")
    code = (
        "import sys\nfrom anlan.cli import main\n"
        f"try:\n    main(['simulate', 'hazard-source', {str(given)!r}])\n"
        "finally:\n    assert not any(name == 'django' or name.startswith('django.db') for name in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=Path.cwd())
    assert done.returncode == 0, done.stderr
    assert "R = 18" in done.stdout
