"""A village's line depends on the ground: which row was read, and who says so, stands with the exceedance."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from anlan.foundation import journal
from anlan.judge.watching import Watching
from anlan.observe.actions import soil
from anlan.observe.ingest.ingest import Ingest
from anlan.places.atlas import atlas
from tests.support.city import GAUGE, NIGHT, TOWN, VILLAGE, Mini, make_city
from tests.support.stations import rain

SLOT = timedelta(minutes=5)


@pytest.fixture
def mini(db: None) -> Mini:
    return make_city().exercise()


def village_found(mini: Mini, tenths_an_hour: int) -> list[dict[str, Any]]:
    """What the journal tells of the village once an hour of rain has fallen."""
    ingest = Ingest(mini.ctx().world)
    try:
        for n in range(12):
            at: datetime = NIGHT + SLOT * n
            ingest.take([rain(GAUGE, at, tenths_an_hour // 12)], known_at=at)
        Watching(mini.ctx(), ingest.addresses).look(mini.ctx(at=NIGHT + SLOT * 11), ingest)
    finally:
        ingest.close()
    told = [journal.read(e) for e in journal.tail(mini.world.pk, 0)]
    return [
        t["body"]
        for t in told
        if t["name"] == "warn.exceedance.opened"
        and (t["refs"]["place"], t["body"]["pack"]) == (VILLAGE, "village-rain-shuanghe")
    ]


def test_unknown_ground_is_taken_as_wet_and_the_exceedance_says_so(mini: Mini) -> None:
    (found,) = village_found(mini, 312)
    assert (found["stage"], found["soil"], found["soil_from"]) == ("immediate", "wet", "unknown")


def test_dry_ground_that_an_officer_vouches_for_takes_more_rain(mini: Mini) -> None:
    ctx = mini.may("observe.soil")
    soil.set_wetness(ctx, place=TOWN, wetness="dry", hours=6, reason="实测墒情")
    assert village_found(mini, 312) == []  # 31.2 mm: under 80 % of 40


def test_the_assumption_of_a_scenario_stands_with_what_it_led_to(mini: Mini) -> None:
    until = NIGHT + timedelta(hours=6)
    soil.assume(mini.ctx(), place=atlas().code(TOWN), wetness="wet", until=until, reason="未公布")
    (found,) = village_found(mini, 312)
    assert (found["stage"], found["soil"], found["soil_from"]) == ("immediate", "wet", "assumed")
