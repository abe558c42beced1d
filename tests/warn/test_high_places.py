"""Where orange or red holds a station that stops is missed sooner."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from anlan.foundation import journal
from anlan.judge.models import Exceedance
from anlan.observe.ingest.ingest import Ingest
from anlan.observe.rules.silence import under
from anlan.warn.models import Alert
from anlan.warn.queries import high
from tests.support.city import FOREIGN_GAUGE, GAUGE, LIULIN_PATH, NIGHT, TOWN, VILLAGE, Mini, make_city
from tests.support.stations import rain

MINUTE = timedelta(minutes=1)


@pytest.fixture
def mini(db: None) -> Mini:
    return make_city().exercise()


@pytest.fixture
def ingest(mini: Mini) -> Iterator[Ingest]:
    made = Ingest(mini.ctx().world)
    for address in (GAUGE, FOREIGN_GAUGE):
        made.take([rain(address, NIGHT, 0)], known_at=NIGHT)
    yield made
    made.close()


def silent_at(mini: Mini, ingest: Ingest, at: datetime) -> list[str]:
    ingest.advance(at)
    told = [journal.read(e) for e in journal.tail(mini.world.pk, 0)]
    return [t["refs"]["station"] for t in told if t["name"] == "observe.station.silent"]


def exceedance(mini: Mini, **columns: object) -> None:
    known = {
        "world": mini.world, "ref": "X-1", "pack": "village-rain", "rule_version": "v1", "place_id": mini.ids[VILLAGE],
        "level": 3, "onset": NIGHT, "known_at": NIGHT, "quantity": "rain", "value": 500, "threshold": 500,
    }  # fmt: skip
    Exceedance.objects.create(**known | columns)


def alert(mini: Mini, **columns: object) -> None:
    known = {
        "world": mini.world, "ref": "A-1", "source": "imported", "issuer_name": "随县气象台", "event_type": "11B03",
        "level": 4, "state": "issued", "place_id": mini.ids[TOWN], "drafted_at": NIGHT, "drafted_by": "import",
        "issued_at": NIGHT, "expires_at": NIGHT + timedelta(hours=3),
    }  # fmt: skip
    Alert.objects.create(**known | columns).names.set([mini.ids[TOWN]])


def test_without_a_warning_an_hourly_station_has_its_time(mini: Mini, ingest: Ingest) -> None:
    assert silent_at(mini, ingest, NIGHT + 21 * MINUTE) == []


@pytest.mark.parametrize("warn", [exceedance, alert])
def test_under_orange_or_red_twenty_minutes_are_enough_and_elsewhere_they_are_not(
    mini: Mini, ingest: Ingest, warn: object
) -> None:
    warn(mini)  # type: ignore[operator]
    assert silent_at(mini, ingest, NIGHT + 20 * MINUTE) == []
    assert silent_at(mini, ingest, NIGHT + 21 * MINUTE) == [GAUGE]


@pytest.mark.parametrize(
    "columns", [{"level": 2}, {"ended_at": NIGHT + MINUTE}, {"quantity": "neighbour"}], ids=str
)
def test_what_is_yellow_over_or_only_next_door_shortens_nothing(
    mini: Mini, ingest: Ingest, columns: dict[str, object]
) -> None:
    exceedance(mini, **columns)
    assert silent_at(mini, ingest, NIGHT + 21 * MINUTE) == []


@pytest.mark.parametrize(
    "columns",
    [{"level": 2}, {"issued_at": None}, {"ended_at": NIGHT}, {"expires_at": NIGHT + MINUTE}],
    ids=str,
)
def test_a_warning_that_is_lower_not_out_or_over_shortens_nothing(
    mini: Mini, ingest: Ingest, columns: dict[str, object]
) -> None:
    alert(mini, **columns)
    assert silent_at(mini, ingest, NIGHT + 21 * MINUTE) == []


def test_places_are_named_by_their_paths(mini: Mini) -> None:
    alert(mini)
    assert high.places(mini.ctx()) == {LIULIN_PATH}


def test_a_warning_for_a_county_counts_for_its_townships_and_a_villages_for_its_own() -> None:
    towns = ["000100010001", "000100010002", "000100020001"]
    assert under(frozenset({"00010001"}), towns).tolist() == [True, True, False]
    assert under(frozenset({"0001000100020003"}), towns).tolist() == [False, True, False]
    assert under(frozenset(), towns).tolist() == [False] * 3
