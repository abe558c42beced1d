"""An exercise on a county's own data, from the folder of books to the proof: no Python, no real line."""

import json
import sqlite3
from pathlib import Path

import pytest

from tests.support.house import ROOT
from tests.support.installation import Installation


@pytest.mark.slow
def test_a_storm_on_the_example_county_is_found_called_answered_and_proved(tmp_path: Path) -> None:
    house = Installation(tmp_path / "home")
    house.anlan("setup", "--from", str(ROOT / "examples" / "county"), "--admin", "county-it", "--json")
    storm = ("--place", "云溪镇", "--mm", "120", "--hours", "3", "--seed", "7", "--issuer", "simulated")
    when = ("--start", "2026-07-01T20:00+08:00", "--speed", "0")
    key = json.loads(house.anlan("exercise", "new", "storm", *storm, *when, "--json").stdout)["exercise"]
    found = json.loads(house.anlan("exercise", "run", key, "--json").stdout)
    assert (found["state"], found["title"]) == ("ended", "一场暴雨：云溪镇，3 小时 120 毫米")
    assert found["frames"]["sent"] == found["frames"]["accepted"] == found["frames"]["stored"] == 4 * 64
    assert {"prepare", "immediate"} <= {each["level"] for each in found["exceedances"]}
    village = found["villages"][0]
    assert village["name"] == "云溪村"
    assert village["called_at"] <= village["answered_at"] == village["proof_at"]
    assert village["households_moved"] == village["households_to_move"] == 2
    assert {each["source"] for each in found["alerts"]} == {"own"}
    house.anlan("journal", "verify")
    kept = b"".join(path.read_bytes() for path in (house.home / "field" / key).iterdir())
    assert b"13800000004" not in kept, "a real number never leaves for the simulated line"
    with sqlite3.connect(house.home / "field" / key / "network.sqlite3") as books:
        assert books.execute("SELECT count(*) FROM call").fetchone()[0] > 5
    books.close()
