"""The whole night, once, as `anlan replay liulin --json` tells it: the figures of record."""

import json
from datetime import datetime
from typing import Any

import pytest

from tests.support.installation import Installation

pytestmark = pytest.mark.slow

LIULIN = "421321117"


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    installation = Installation(tmp_path_factory.mktemp("night"))
    said = installation.anlan("replay", "liulin", "--json").stdout
    installation.anlan("journal", "verify")
    told: dict[str, Any] = json.loads(said)
    return told


def at(clock: str) -> datetime:
    return datetime.fromisoformat(f"2021-08-12T{clock}:00+08:00")


def test_the_rain_is_what_was_published(night: dict[str, Any]) -> None:
    assert night["rain"]["six_hour_mm"] == 462.4
    assert night["rain"]["h04_07_mm"] == 373.6
    assert sum(night["rain"]["hourly_mm"].values()) == pytest.approx(462.4)


def test_every_frame_sent_is_acknowledged_and_stored(night: dict[str, Any]) -> None:
    frames = night["frames"]
    assert frames["sent"] == frames["accepted"] == frames["stored"] > 50_000


def test_the_village_warning_stands_with_the_reading_of_three_and_red_by_four(night: dict[str, Any]) -> None:
    here = [row for row in night["exceedances"] if row["place"].startswith(LIULIN)]
    village = [row for row in here if row["pack"].startswith("village-rain")]
    red = [row for row in here if row["level"] == "red"]
    assert min(datetime.fromisoformat(row["at"]) for row in village) <= at("03:00")
    assert min(datetime.fromisoformat(row["at"]) for row in red) <= at("04:00")


def test_every_village_of_liulin_is_called_and_answers_or_is_door_checked(night: dict[str, Any]) -> None:
    villages = night["villages"]
    assert len(villages) == 12
    assert len({row["code"] for row in villages}) == 12
    for row in villages:
        assert row["called_at"], row
        assert row["answered_at"] or row["door_checked_at"], row
        assert row["proof_at"], row


def test_the_town_is_named_before_the_peak_and_before_the_real_night_named_it(night: dict[str, Any]) -> None:
    assert night["lead_minutes_before_peak"] > night["published"]["lead_minutes_before_peak"]
    assert datetime.fromisoformat(night["first_call_at"]) < at("04:51")


def test_what_was_published_that_night_came_in_at_its_time(night: dict[str, Any]) -> None:
    imported = [
        datetime.fromisoformat(row["issued_at"]) for row in night["alerts"] if row["source"] == "imported"
    ]
    assert at("04:51") in imported
    assert len(imported) >= 3
