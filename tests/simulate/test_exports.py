"""What of a run is carried away says by itself whose word it is, and means the same as the page."""

import csv
import io
import json
import zipfile

import numpy as np
import pytest
from django.test import Client

from anlan.simulate.computing import folders
from anlan.simulate.maps import waters
from anlan.simulate.maps.kinds import ARRIVAL, DEPTH, NEVER
from anlan.wire.raster import about_raster, read_raster
from tests.support.city import VILLAGE, Mini, make_city
from tests.support.grounds import valley
from tests.support.records import make_records

pytestmark = pytest.mark.django_db


@pytest.fixture
def mini() -> Mini:
    return make_city().exercise()


@pytest.fixture
def at(mini: Mini) -> str:
    return f"/w/{mini.world.key}/runs/{make_records(mini)['run']}"


@pytest.fixture
def officer(mini: Mini) -> Client:
    return mini.client("duty_officer")


@pytest.mark.parametrize("what", ["csv", "geojson", "tif", "pdf"])
def test_the_name_of_a_file_says_drill_and_synthetic(officer: Client, at: str, what: str) -> None:
    told = officer.get(f"{at}/{what}")["Content-Disposition"]
    assert "%E6%BC%94%E7%BB%83" in told, "演练"
    assert "%E5%90%88%E6%88%90%E5%9C%B0%E5%BD%A2" in told, "合成地形"
    assert at.rpartition("/")[2] in told


def test_polygons_carry_what_they_are(officer: Client, at: str) -> None:
    found = json.loads(officer.get(f"{at}/geojson").content)
    told = [feature["properties"] for feature in found["features"]]
    assert told[0] == {
        "kind": "depth",
        "rank": 2,
        "class": DEPTH.words[1],
        "from": 0.3,
        "to": 0.5,
        "unit": "m",
    }
    assert all(each == told[0] for each in told)
    about = found["about"]
    assert (about["exercise"], about["synthetic"], about["state"]) == (True, True, "accepted")
    assert about["made_at"].endswith("+08:00")
    assert any("不是预警" in each for each in about["limits"])
    assert len(about["journal"]["hash"]) == 64


def test_polygons_follow_the_map_that_was_chosen(officer: Client, at: str) -> None:
    found = json.loads(officer.get(f"{at}/geojson?map=arrival").content)
    assert found["features"][0]["properties"]["rank"] == len(ARRIVAL.words)
    assert found["about"]["map"] == "arrival"
    then = officer.get(f"{at}/geojson?minute=30")
    assert json.loads(then.content)["about"]["minute"] == 30
    assert "30min" in then["Content-Disposition"]


def test_rasters_lie_where_the_ground_lies_in_units_that_their_names_say(officer: Client, at: str) -> None:
    with zipfile.ZipFile(io.BytesIO(officer.get(f"{at}/tif").content)) as pack:
        grids = {
            name: read_raster(pack.read(name), name=name) for name in pack.namelist() if name.endswith(".tif")
        }
        about = json.loads(pack.read("about.json"))
        note = about_raster(pack.read("max_depth_m.tif"), name="max_depth_m.tif")
    where = valley(2_000.0)
    for grid in grids.values():
        assert (grid.west, grid.north, grid.dx, grid.crs) == (where.west, where.north, 2_000.0, where.crs)
    values = {name: grid.values.tolist() for name, grid in grids.items()}
    assert values["max_depth_m.tif"] == [[pytest.approx(0.4)] * 2] * 2
    assert values["arrival_min.tif"] == [[15.0] * 2] * 2
    assert values["max_speed_m_s.tif"] == [[pytest.approx(1.2)] * 2] * 2
    assert values["hazard_rating.tif"] == [[pytest.approx(1.68)] * 2] * 2
    assert values["arr_class.tif"] == [[2.0] * 2] * 2
    assert set(about["files"]) == set(values)
    assert note.crs == where.crs


def test_a_cell_outside_the_ground_and_one_that_water_never_reached_are_missing(
    mini: Mini, officer: Client, at: str
) -> None:
    folder = folders.folder(mini.world.key, at.rpartition("/")[2])
    with np.load(folder / waters.NAME) as stored:
        grids = {name: stored[name].copy() for name in stored.files if name not in ("frame", "crs")}
        frame = waters.Frame(*map(float, stored["frame"]), crs=str(stored["crs"]))
    grids["inside"][0, 0], grids["arrival"][1, 1] = 0, NEVER
    waters.keep(folder, grids=grids, frame=frame)
    with zipfile.ZipFile(io.BytesIO(officer.get(f"{at}/tif").content)) as pack:
        depth, arrival = (
            read_raster(pack.read(name), name=name).values for name in ("max_depth_m.tif", "arrival_min.tif")
        )
    assert np.isnan(depth).tolist() == [[True, False], [False, False]]
    assert np.isnan(arrival).tolist() == [[True, False], [False, True]]


def test_the_table_has_a_column_for_each_kept_minute(officer: Client, at: str) -> None:
    text = officer.get(f"{at}/csv").content.decode("utf-8-sig")
    (row,) = csv.DictReader(io.StringIO(text))
    assert (row["code"], row["exercise"], row["synthetic"]) == (VILLAGE, "yes", "yes")
    assert (row["max_depth_m"], row["depth_m_minute_10"], row["depth_m_minute_30"]) == (
        "1.20",
        "0.20",
        "1.20",
    )
    assert row["arrives_at"].endswith("+08:00")


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_sheet_is_one_page(officer: Client, at: str, lang: str) -> None:
    officer.cookies["anlan_lang"] = lang
    made = officer.get(f"{at}/pdf").content
    assert made.startswith(b"%PDF")
    assert b"/Count 1" in made


@pytest.mark.parametrize("what", ["csv", "geojson", "tif", "pdf"])
def test_who_may_not_see_runs_gets_no_file(mini: Mini, at: str, what: str) -> None:
    assert mini.client("village_cadre").get(f"{at}/{what}").status_code == 403
