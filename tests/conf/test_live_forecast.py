"""Live forecasts in the live world: a county puts its own ground in, gauges report hard rain, and the desk has a row."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.city import TOWN, VILLAGE, VILLAGE_2
from tests.support.night import Night, pour, running
from tests.support.patience import eventually

pytestmark = pytest.mark.slow
REF = f"{TOWN}-100"
DEM = """
from django.conf import settings
from anlan.science.terrain.grid import Grid
from anlan.wire.raster.tiff.writer import write_geotiff
from tests.support.grounds import valley
land = valley(100.0)
grid = Grid(land.bed, west=land.west, north=land.north, dx=land.dx, dy=land.dx, crs=land.crs)
open({path!r}, "wb").write(write_geotiff(grid))
told = True
"""
DESK = """
from anlan.desk.due import dues
from anlan.foundation import worlds
from anlan.people.models import Account
from anlan.people.accounts.scope import context_of
ctx = context_of(Account.objects.get(username__startswith="duty-officer"), worlds.get("live"))
told = [due.title + due.detail for due in dues(ctx, lang="zh") if due.kind == "forecast"]
"""


@pytest.fixture
def night(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Night]:
    monkeypatch.setenv(
        "NUMBA_CACHE_DIR", ""
    )  # kernels beside their sources: a fresh home compiles for minutes
    with running(tmp_path / "home") as made:
        yield made


def cycles_due(night: Night) -> int:
    due = "SELECT count(*) FROM foundation_task WHERE kind='simulate.cycle' AND state='due'"
    return int(night.rows(due)[0][0])


def test_a_countys_own_ground_is_run_when_its_gauges_report_hard_rain(night: Night, tmp_path: Path) -> None:
    assert night.api("grounds") == [], "without a ground nothing is run and nothing breaks"
    dem = str(tmp_path / "valley.tif")
    night.house.python(DEM.format(path=dem))
    rough = ("--manning", "0.15", "--despite-rim")
    said = night.house.anlan("ground", "add", "--dem", dem, "--place", TOWN, *rough).stdout
    assert "能算" in said
    pour(
        night, slots=26, tenths=13
    )  # wakes the model, and stays below every line at which somebody is called

    switched: dict[str, Any] = night.api(f"grounds/{REF}/live", {"on": True})
    assert switched["live"] is True
    assert eventually(lambda: night.journaled("simulate.forecast.made") == 1)
    (run,) = night.api("runs")["items"]
    assert (run["purpose"], run["state"], run["synthetic"]) == ("live", "accepted", False)
    assert {village["place"] for village in run["villages"]} | set(run["unmodelled"]) == {VILLAGE, VILLAGE_2}
    (row,) = night.house.python(DESK)
    assert "可能进水" in row
    assert "合成" not in row

    night.kill_engine()
    assert cycles_due(night) == 1, "the next cycle is due once, whoever starts the engine"
    assert night.api(f"grounds/{REF}/live", {"on": False})["live"] is False
    assert cycles_due(night) == 0
