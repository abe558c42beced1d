"""`anlan simulate flood` with soil, streams narrower than a cell, base flow before the rain, and gates."""

import json
import os
import re
import signal
from pathlib import Path

import pytest

from tests.support.flood_files import COLUMNS, CRS, DX, NORTH, ROWS, WEST, constant, stack, tiff, valley

SHUT = ("--boundary", "closed")
BASE = "x,y,radius_m,m3_s\n430125,3499985,0,0.4\n"
DITCH = "line,x,y,width_m,bankfull_m\n溪,430115,3499995,3,1\n溪,430115,3499805,4,1.5\n"
POND = {
    "name": "pond",
    "from": {"x": 430115, "y": 3499985, "radius_m": 20},
    "to": {"x": 430115, "y": 3499835, "radius_m": 10},
    "ways": [{"weir": {"crest_m": 200.6, "width_m": 2}}],
}


def links(*rows):
    return json.dumps({"links": rows})


@pytest.fixture
def with_links(run, tmp_path):
    def go(text, *options, **files):
        (tmp_path / "links.json").write_text(text, encoding="utf-8")
        return run("--links", "links.json", *options, **files)

    return go


# --- soil ----------------------------------------------------------------------------------------------------


def test_a_curve_number_takes_what_its_table_says(run):
    storm = "minute,mm_h\n0,100\n60,0\n"
    taken = {}
    for wet in ("dry", "normal", "wet"):
        _, found, _ = run(
            "--minutes", "60", *SHUT, "--soil", "scs", "--cn", "75", "--wetness", wet, rain=storm
        )
        taken[wet] = 1000 * found["water_m3"]["infiltration"] / (ROWS * COLUMNS * DX**2)
        assert found["soil"] == {"model": "scs", "wetness": {"dry": 0.2, "normal": 0.5, "wet": 0.8}[wet]}
    retention = 25.4 * (1000 / 75 - 10)
    ran = (100 - 0.2 * retention) ** 2 / (100 + 0.8 * retention)
    assert taken["normal"] == pytest.approx(100 - ran, rel=1e-3)
    assert taken["dry"] > taken["normal"] > taken["wet"]
    same = run("--minutes", "60", *SHUT, "--soil", "scs", "--cn", "75", rain=storm)[1]
    assert same["water_m3"]["infiltration"] == pytest.approx(taken["normal"] / 1000 * ROWS * COLUMNS * DX**2)


def test_curve_numbers_of_a_raster_are_those_of_the_number(run, tmp_path):
    (tmp_path / "cn.tif").write_bytes(tiff(constant(75)))
    options = ("--minutes", "30", *SHUT, "--soil", "scs", "--cn")
    _, found, _ = run(*options, "cn.tif")
    assert found["water_m3"] == pytest.approx(run(*options, "75")[1]["water_m3"])


def test_green_and_ampt_takes_all_below_its_conductivity(run):
    options = ("--conductivity", "200", "--suction", "100", "--porosity", "0.4")
    code, found, _ = run("--minutes", "30", "--soil", "green-ampt", *options)
    assert code == 0
    assert found["water_m3"]["infiltration"] == pytest.approx(found["water_m3"]["rain"])


def test_without_soil_nothing_is_taken(run):
    _, found, _ = run("--minutes", "5")
    assert (found["soil"], found["water_m3"]["infiltration"]) == (None, 0)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (("--cn", "75"), "--cn belongs to --soil scs"),
        (("--soil", "scs"), "--cn is missing"),
        (("--soil", "green-ampt", "--conductivity", "5"), "--suction is missing"),
        (("--soil", "scs", "--cn", "175"), "cn: a value is missing or not within 1 to 100"),
        (("--soil", "scs", "--cn", "cn.tiff"), "give a number, or a raster that is there"),
        (("--soil", "scs", "--cn", "75", "--wetness", "soaked"), "--wetness is 'soaked'"),
        (("--wetness", "wet"), "give --soil too"),
    ],
)
def test_soil_that_cannot_be_is_named_with_its_mend(run, options, words):
    code, _, said = run("--minutes", "1", *options)
    assert code == 2
    assert words in said


# --- streams -------------------------------------------------------------------------------------------------


def test_a_stream_narrower_than_a_cell_carries_water_away(run):
    bare = run("--minutes", "40")[1]
    _, found, _ = run("--minutes", "40", channels=DITCH)
    assert (found["solver"], found["refused"]) == ("li", False)
    assert found["water_m3"]["outflow"] > 1.05 * bare["water_m3"]["outflow"]
    assert abs(found["mass_error"]) < 1e-5


def test_a_stream_of_a_raster_is_that_of_a_line(run):
    width, depth = constant(0), constant(0)
    width[:, 11], depth[:, 11] = 3, 1
    even = "line,x,y,width_m,bankfull_m\n溪,430115,3499995,3,1\n溪,430115,3499805,3,1\n"
    raster = run("--minutes", "20", channels=stack(width, depth))[1]["water_m3"]
    assert raster == pytest.approx(run("--minutes", "20", channels=even)[1]["water_m3"])


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (DITCH.replace("430115,3499805", "430115,3400000"), "line 溪: line: vertex 2"),
        (DITCH.replace(",4,", ",40,"), "Cut the river into the terrain"),
        ("line,x,y\n溪,1,2\n", "column width_m is missing"),
        (tiff(constant(3)), "give two, width and bankfull"),
    ],
)
def test_streams_that_cannot_be_are_named_with_their_mend(run, content, words):
    code, _, said = run("--minutes", "1", channels=content)
    assert code == 2
    assert "--channels" in said
    assert words in said


def test_godunov_is_given_no_stream_narrower_than_a_cell(run):
    assert "godunov knows no stream" in run("--solver", "godunov", channels=DITCH)[2]


# --- base flow -----------------------------------------------------------------------------------------------


@pytest.fixture
def with_base(run, tmp_path):
    def go(*options, base=BASE, **files):
        (tmp_path / "base.csv").write_text(base, encoding="utf-8")
        return run("--base-flow", "base.csv", *options, **files)

    return go


def test_rivers_are_full_before_the_rain_and_flow_on(with_base):
    points = "name,x,y\n谷底,430115,3499815\n"
    _, found, _ = with_base("--minutes", "10", "--warm-up", "120", points=points)
    (valley_floor,) = found["points"]
    assert valley_floor["depth_m"][0][1] > 0.03
    assert found["water_m3"]["inflow"] == pytest.approx(0.4 * 600)
    assert found["warm_up"]["minutes"] == 120
    assert found["warm_up"]["steady"]
    assert 0 < found["warm_up"]["concentration_min"] < 60
    assert found["warnings"] == []


def test_a_warm_up_below_the_concentration_time_is_a_warning(with_base):
    _, found, _ = with_base("--minutes", "1", "--warm-up", "2")
    assert any("shorter than the concentration time" in said for said in found["warnings"])
    assert any("still fill by" in said for said in found["warnings"])


def test_without_minutes_it_warms_up_until_it_leaves_as_it_comes(with_base):
    points = "name,x,y\n谷底,430115,3499815\n"
    _, found, _ = with_base("--minutes", "1", points=points)
    assert found["warm_up"]["minutes"] is None
    assert found["points"][0]["depth_m"][0][1] > 0.03


def test_a_warm_up_of_nothing_or_where_nothing_leaves_is_refused(run, with_base):
    assert "give --base-flow too" in run("--warm-up", "60")[2]
    code, found, _ = with_base("--minutes", "1", *SHUT)
    assert code == 1
    assert "rivers still fill" in found["reasons"][0]
    assert "outside the terrain" in with_base("--minutes", "1", base=BASE.replace("430125", "1"))[2]


def test_ctrl_c_in_the_warm_up_leaves_nothing_to_resume(with_base, monkeypatch, tmp_path):
    from anlan.cli.simulate.flood import warming
    from anlan.science.flood.warm import warm

    real = warm

    def stopped(*args, **options):
        os.kill(os.getpid(), signal.SIGINT)
        return real(*args, **options)

    monkeypatch.setattr(warming, "warm", stopped)
    code, _, said = with_base("--minutes", "1", "--warm-up", "60")
    assert code == 130
    assert "stopped in the warm-up" in said
    assert list((tmp_path / "out").iterdir()) == []


# --- gates ---------------------------------------------------------------------------------------------------


def test_a_link_moves_water_and_tells_what_it_moved(with_links):
    river = "x,y,radius_m,minute,m3_s\n430115,3499985,10,0,4\n"
    _, found, _ = with_links(links(POND), "--minutes", "20", *SHUT, inflow=river)
    (told,) = found["links"]
    assert told["name"] == "pond"
    assert told["moved_m3"] > 0
    assert told["max_m3_s"] > 0
    assert len(told["m3_s"]) == len(told["stage_m"]) == 21
    assert abs(found["mass_error"]) < 1e-5
    out = links(POND | {"to": None})
    away = with_links(out, "--minutes", "20", *SHUT, inflow=river)[1]
    assert away["water_m3"]["outflow"] == pytest.approx(away["links"][0]["moved_m3"])


def test_a_reservoir_of_a_table_swallows_its_river_and_gives_by_its_ways(with_links):
    river = "x,y,radius_m,minute,m3_s\n430115,3499985,10,0,4\n"
    table = {"table": [[195, 0], [200, 4000], [205, 40000]], "start_m": 200.5}
    _, found, _ = with_links(links(POND | {"storage": table}), "--minutes", "20", *SHUT, inflow=river)
    (told,) = found["links"]
    assert told["stage_m"][-1][1] > 200.6, "it fills to its crest"
    assert told["moved_m3"] > 0
    assert abs(found["mass_error"]) < 1e-5


def test_the_links_of_the_docs_are_read(with_links, tmp_path):
    page = (Path(__file__).parents[3] / "docs/reference/simulate.md").read_text(encoding="utf-8")
    example = re.search(r"### links\n\n```json\n(.*?)```", page, re.DOTALL)[1]
    dem = re.search(r'title="dem.asc"\n(.*?)```', page, re.DOTALL)[1]
    (tmp_path / "docs.asc").write_text(dem)
    code, found, said = with_links(example, "--minutes", "1", "--dem", "docs.asc", "--crs", CRS)
    assert code == 0, said
    assert [link["name"] for link in found["links"]] == ["白果河水库"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{", "not JSON"),
        ("{}", "links is missing"),
        (links({k: v for k, v in POND.items() if k != "to"}), "link pond: to is missing"),
        (links(POND | {"ways": [{"pipe": {}}]}), "ways: pipe: give one of rating, weir, gate"),
        (links(POND | {"ways": [{"weir": {"crest_m": 1}}]}), "width_m is missing"),
        (links(POND | {"ways": [{"rating": [[1, 2], [3]]}]}), "give a list of pairs"),
        (links(POND | {"way": 1}), "way is not known"),
        (links(POND | {"storage": {"table": [[1, 0], [2, 9]]}}), "start_m is missing"),
        (links(POND | {"storage": {"table": [[1, 0], [2, 9]], "start_m": 5}}), "outside its levels"),
        (links(POND | {"from": {"x": 1, "y": 2}}), "link pond, from"),
        (links(POND, POND), "two have the same name"),
    ],
)
def test_links_that_cannot_be_are_named_with_their_mend(with_links, text, words):
    code, _, said = with_links(text, "--minutes", "1")
    assert code == 2
    assert words in said
    assert "links" in said


def test_the_valley_lies_where_these_tests_think():
    assert valley()[0, 11] == valley().min(axis=1)[0]
    assert (WEST, NORTH) == (430_000.0, 3_500_000.0)
