"""The ground before the rain: what stored days say, what somebody set, and that nobody guesses dry."""

from datetime import timedelta

import numpy as np
import pytest

from anlan.foundation import journal
from anlan.foundation.errors import Forbidden, Invalid, NotFound
from anlan.observe.actions import soil as acts
from anlan.observe.ingest.ingest import Ingest, path_of
from anlan.observe.queries import soil
from anlan.observe.queries.soil import DAY_MS, Soils
from anlan.observe.rules.soil import day_began
from anlan.observe.store.batch import typed
from anlan.observe.store.writer import Writer
from anlan.places.atlas import atlas
from anlan.wire.sl651.batch import station_key
from tests.support.city import CITY, FOREIGN_TOWN, GAUGE, NIGHT, TOWN, VILLAGE, Mini
from tests.support.stations import rain

SLOT_MS = 300_000


def fill(mini: Mini, tenths: int, *, days: int = 10) -> None:
    """Every five minutes of so many whole rain days before tonight had so much rain."""
    until = int(day_began(NIGHT).timestamp() * 1000)
    at = np.arange(until - days * DAY_MS + SLOT_MS, until + 1, SLOT_MS)
    with Writer(path_of(mini.world.key)) as store:
        n = at.size
        key = np.full(n, station_key(GAUGE))
        store.write(
            typed(until, key, np.full(n, 0x22, np.int32), at, np.full(n, tenths), np.ones(n, np.int8))
        )


def ground(mini: Mini) -> soil.Soil:
    return soil.of_place(mini.ctx(), atlas().code(VILLAGE).path, [GAUGE])


def kept(mini: Mini) -> Soils:
    village = atlas().code(VILLAGE)
    return Soils({village.id: (village.path, (GAUGE,))})


def test_without_the_days_before_nobody_knows(mini: Mini) -> None:
    assert ground(mini) == soil.UNKNOWN
    fill(mini, 1, days=9)
    assert ground(mini).source == "unknown"


@pytest.mark.parametrize(("tenths", "wetness"), [(0, "dry"), (1, "wet")])
def test_ten_known_days_say_how_wet_it_is(mini: Mini, tenths: int, wetness: str) -> None:
    fill(mini, tenths)  # 28.8 mm a day for ten days: 125 mm effective
    found = ground(mini)
    assert (found.wetness, found.source) == (wetness, "rain")
    assert kept(mini).look(mini.ctx()) == {atlas().code(VILLAGE).id: found}


def test_a_setting_overrules_the_rain_at_the_next_look_and_ends_by_itself(mini: Mini) -> None:
    fill(mini, 1)
    watched, village = kept(mini), atlas().code(VILLAGE).id
    assert watched.look(mini.ctx())[village].wetness == "wet"
    acts.set_wetness(mini.may("observe.soil"), place=TOWN, wetness="normal", hours=3, reason="实测墒情")
    assert watched.look(mini.ctx())[village].source == "set"
    told = journal.read(journal.tail(mini.world.pk, 0)[-1])
    assert (told["name"], told["refs"]) == ("observe.soil.set", {"place": TOWN})
    assert (told["body"]["wetness"], told["body"]["assumed"]) == ("normal", False)
    later = mini.ctx(at=NIGHT + timedelta(hours=3))
    assert watched.look(later)[village].source == "rain"


def test_a_scenarios_assumption_says_that_it_is_one(mini: Mini) -> None:
    until = NIGHT + timedelta(hours=6)
    acts.assume(mini.ctx(), place=atlas().code(CITY), wetness="wet", until=until, reason="未公布")
    assert (ground(mini).wetness, ground(mini).source) == ("wet", "assumed")


@pytest.mark.parametrize(
    ("place", "wetness", "hours", "reason", "error"),
    [
        (FOREIGN_TOWN, "dry", 6, "实测墒情", NotFound),
        (VILLAGE, "dry", 6, "实测墒情", NotFound),
        (TOWN, "soggy", 6, "实测墒情", Invalid),
        (TOWN, "dry", 73, "实测墒情", Invalid),
        (TOWN, "dry", 0, "实测墒情", Invalid),
        (TOWN, "dry", 6, " ", Invalid),
    ],
)
def test_what_cannot_be_set_is_refused(
    mini: Mini, place: str, wetness: str, hours: int, reason: str, error: type[Exception]
) -> None:
    with pytest.raises(error):
        acts.set_wetness(mini.may("observe.soil"), place=place, wetness=wetness, hours=hours, reason=reason)


def test_who_may_only_look_may_not_set(mini: Mini) -> None:
    with pytest.raises(Forbidden):
        acts.set_wetness(mini.may("observe.view"), place=TOWN, wetness="dry", hours=6, reason="实测墒情")


def test_the_station_says_by_which_soil_it_is_judged(mini: Mini, ingest: Ingest) -> None:
    ingest.take([rain(GAUGE, NIGHT, 20)], known_at=NIGHT)
    page = f"/w/{mini.world.key}/stations/{GAUGE}"
    duty = mini.client("duty_officer")
    assert "土壤含水未知，按较湿" in duty.get(page).content.decode()
    form = f"/w/{mini.world.key}/soil/{TOWN}"
    assert "拿不准就选较湿" in duty.get(form).content.decode()
    done = duty.post(form, {"wetness": "dry", "hours": "6", "reason": "实测墒情"})
    assert done.status_code == 302
    assert "土壤含水较干，人工设定" in duty.get(page).content.decode()
    engineer = mini.client("station_engineer")
    assert form not in engineer.get(page).content.decode()
