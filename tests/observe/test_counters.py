"""A gauge that tells only how much has fallen so far rains like any other: in the windows, on the map, after a restart."""

from datetime import datetime, timedelta
from decimal import Decimal

import numpy as np

from anlan.foundation.models import World
from anlan.observe.ingest.ingest import Ingest, path_of
from anlan.observe.ingest.typed import Typed
from anlan.observe.queries import moments, series
from anlan.observe.queries.rainfall import rain_series
from anlan.observe.rules.quality import Flag
from anlan.observe.store.reader import Reader
from anlan.wire.sl651.batch import station_key
from tests.support.city import GAUGE, NIGHT, Mini
from tests.support.stations import report

HOUR = timedelta(hours=1)
SLOT = timedelta(minutes=5)


def windows(ingest: Ingest) -> list[int]:
    row = np.array([list(ingest.addresses).index(GAUGE)], np.int32)
    return [int(n) for n in ingest.windows.read(row)[0][:, 0]]


def test_an_hourly_counter_fills_the_hour_and_the_map_also_after_a_restart(
    mini: Mini, ingest: Ingest
) -> None:
    for n, total in enumerate(["100.0", "160.0", "162.4"]):
        at = NIGHT + HOUR * n
        ingest.take([report(GAUGE, at, x26=total)], known_at=at)
    live = windows(ingest)
    assert live[:3] == [12, 24, 624]
    assert moments.gauges(mini.ctx(at=NIGHT + 2 * HOUR))[0].rain_1h == 24
    series = rain_series(mini.ctx(), GAUGE, NIGHT, NIGHT + 2 * HOUR)
    assert (len(series), sum(tenths for _, tenths in series)) == (24, 624)
    ingest.close()
    World.objects.filter(pk=mini.world.pk).update(now=NIGHT + 2 * HOUR)
    again = Ingest(mini.ctx().world)
    assert windows(again) == live
    again.take([report(GAUGE, NIGHT + 2 * HOUR + SLOT, x26="163.0")], known_at=NIGHT + 2 * HOUR + SLOT)
    assert sum(t for _, t in rain_series(mini.ctx(), GAUGE, NIGHT, NIGHT + 3 * HOUR)) == 630
    again.close()


def test_what_was_worked_out_is_marked_in_the_store_and_what_was_sent_is_not(
    mini: Mini, ingest: Ingest
) -> None:
    for n, total in enumerate(["100.0", "106.0"]):
        ingest.take([report(GAUGE, NIGHT + SLOT * n, x26=total)], known_at=NIGHT + SLOT * n)
    with Reader(path_of(mini.world.key)) as reader:
        ms = int(NIGHT.timestamp() * 1000)
        made = reader.series_values(station_key(GAUGE), 0x22, ms, ms + 600_000)
        sent = reader.series_values(station_key(GAUGE), 0x26, ms, ms + 600_000)
    assert (made.value.tolist(), made.quality.tolist()) == ([60], [Flag.DERIVED])
    assert sent.quality.tolist() == [0, 0]


def test_the_same_frame_again_adds_nothing(mini: Mini, ingest: Ingest) -> None:
    frames = [report(GAUGE, NIGHT + SLOT * n, x26=total) for n, total in enumerate(["100.0", "106.0"])]
    ingest.take(frames, known_at=NIGHT + SLOT)
    ingest.take(frames, known_at=NIGHT + 2 * SLOT)
    assert windows(ingest)[1] == 60
    assert rain_series(mini.ctx(), GAUGE, NIGHT, NIGHT + HOUR) == [(NIGHT + SLOT, 60)]


def slots(at: datetime, *tenths: int) -> bytes:
    """An hour's slots (F4), the first for `at`; element 04 says that each is five minutes."""
    return report(GAUGE, at, sent_at=at + HOUR, xF4=[Decimal(n) / 10 for n in tenths])


def test_a_station_that_sends_only_the_slots_of_each_hour_shows_its_rain_everywhere(
    mini: Mini, ingest: Ingest
) -> None:
    sent = slots(NIGHT - 11 * SLOT, *range(12))
    ingest.take([sent, sent], known_at=NIGHT)
    ctx = mini.ctx(at=NIGHT)
    assert windows(ingest)[1] == 66
    assert moments.gauges(ctx)[0].rain_1h == 66
    assert moments.rain_since(ctx, GAUGE, NIGHT - HOUR) == 66
    assert [tenths for _, tenths in rain_series(ctx, GAUGE, NIGHT - HOUR, NIGHT)] == list(range(12))
    page = series.sheet(ctx, GAUGE, hours=6)
    assert [slot.tenths for slot in page.slots][-12:] == list(range(12))
    assert page.marked == []


def test_slots_beside_five_minute_rain_are_counted_once_and_stored_once(mini: Mini, ingest: Ingest) -> None:
    for n in range(12):
        at = NIGHT - (11 - n) * SLOT
        ingest.take([report(GAUGE, at, x22=Decimal(n) / 10)], known_at=at)
    ingest.take([slots(NIGHT - 11 * SLOT, *range(12))], known_at=NIGHT)
    assert windows(ingest)[1] == 66
    with Reader(path_of(mini.world.key)) as reader:
        assert "corrections" not in reader.counts()


def test_slots_that_a_person_brings_are_shown_as_rain(mini: Mini, ingest: Ingest) -> None:
    rows = [Typed(GAUGE, "F4", NIGHT, Decimal("1.5"))]
    assert ingest.type_in(rows, known_at=NIGHT).all()
    assert not ingest.type_in(rows, known_at=NIGHT + SLOT).any()
    assert windows(ingest)[1] == 15
    assert moments.rain_since(mini.ctx(at=NIGHT), GAUGE, NIGHT - HOUR) == 15
