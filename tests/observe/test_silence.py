"""A station that should have reported and did not is noticed once, sooner where it rains hard; never before it ever spoke."""

from datetime import datetime, timedelta

from anlan.foundation import crypto, journal
from anlan.observe import queries
from anlan.observe.ingest.ingest import Ingest
from anlan.observe.models import Station
from tests.support.city import FOREIGN_GAUGE, GAUGE, LIULIN_PATH, NIGHT, VILLAGE, Mini
from tests.support.stations import rain

MINUTE = timedelta(minutes=1)


def told(mini: Mini) -> list[tuple[str, str, str]]:
    """What the journal says of stations: name, station, place."""
    texts = [journal.read(e) for e in journal.tail(mini.world.pk, 0)]
    return [(t["name"], t["refs"]["station"], t["refs"]["place"]) for t in texts if ".station." in t["name"]]


def report(ingest: Ingest, at: datetime, tenths: int = 0, address: str = GAUGE) -> None:
    ingest.take([rain(address, at, tenths)], known_at=at)


SILENT = ("observe.station.silent", GAUGE, VILLAGE)
RETURNED = ("observe.station.returned", GAUGE, VILLAGE)


def test_a_station_that_never_reported_is_not_silent(mini: Mini, ingest: Ingest) -> None:
    ingest.advance(NIGHT + timedelta(hours=5))
    assert told(mini) == []


def test_a_station_falls_silent_after_its_time_and_is_heard_again(mini: Mini, ingest: Ingest) -> None:
    report(ingest, NIGHT)
    ingest.advance(NIGHT + 75 * MINUTE)
    assert told(mini) == []
    ingest.advance(NIGHT + 76 * MINUTE)
    assert told(mini) == [SILENT]
    assert queries.silent_since(mini.ctx(), LIULIN_PATH) == [(GAUGE, NIGHT)]
    ingest.advance(NIGHT + 90 * MINUTE)
    assert told(mini) == [SILENT]
    report(ingest, NIGHT + 95 * MINUTE)
    ingest.advance(NIGHT + 95 * MINUTE)
    assert told(mini) == [SILENT, RETURNED]
    assert queries.silent_since(mini.ctx(), LIULIN_PATH) == []


def test_where_it_rains_hard_twenty_minutes_are_enough(mini: Mini, ingest: Ingest) -> None:
    report(ingest, NIGHT, 200)
    report(ingest, NIGHT, 0, FOREIGN_GAUGE)
    ingest.advance(NIGHT + 21 * MINUTE)
    assert told(mini) == [SILENT]


def test_what_the_engine_noticed_is_not_noticed_again_after_a_restart(mini: Mini, ingest: Ingest) -> None:
    report(ingest, NIGHT)
    ingest.advance(NIGHT + 80 * MINUTE)
    again = Ingest(mini.ctx().world)
    again.advance(NIGHT + 80 * MINUTE)
    again.advance(NIGHT + 90 * MINUTE)
    again.close()
    assert told(mini) == [SILENT]


def test_an_old_reading_that_comes_late_is_no_sign_of_life_of_now(mini: Mini, ingest: Ingest) -> None:
    report(ingest, NIGHT)
    ingest.advance(NIGHT + 80 * MINUTE)
    ingest.take([rain(GAUGE, NIGHT - 30 * MINUTE, 1, serial=9)], known_at=NIGHT + 81 * MINUTE)
    ingest.advance(NIGHT + 82 * MINUTE)
    assert told(mini) == [SILENT]


def test_a_station_that_somebody_registered_is_known_within_the_minute(mini: Mini, ingest: Ingest) -> None:
    new = "4213210007"
    ingest.take([rain(new, NIGHT, 1)], known_at=NIGHT)
    known = Station.objects.get(address=GAUGE)
    sealed = crypto.seal("1234", new)
    Station.objects.create(
        address=new, name="新站", kind="rain", place=known.place, lon=113.2, lat=31.5, password_sealed=sealed
    )
    before = ingest.addresses
    ingest.advance(NIGHT + MINUTE)
    assert new in ingest.addresses
    assert ingest.addresses is not before
    ingest.take([rain(new, NIGHT + MINUTE, 1, serial=2)], known_at=NIGHT + MINUTE)
    assert queries.counts(mini.ctx())["stored"] == 1
