"""The stored rain of one gauge as a plain series: what back-tests and long pictures read."""

from datetime import datetime

from anlan.foundation.context import Ctx
from anlan.observe import store
from anlan.observe.ingest import millis, moment
from anlan.observe.queries import readings, station
from anlan.observe.rules.rain import RAIN_5MIN
from anlan.observe.store import Quality
from anlan.wire.sl651 import station_key


def rain_series(ctx: Ctx, address: str, since: datetime, until: datetime) -> list[tuple[datetime, int]]:
    """(end of the step, 0.1 mm) of each five-minute reading in (since, until], missing ones left out. Raises: NotFound."""
    station(ctx, address)
    try:
        with readings(ctx) as reader:
            found = reader.series_values(
                station_key(address), RAIN_5MIN, millis(since) + 1, millis(until) + 1
            )
    except (store.StoreMissing, store.UnknownSeries):
        return []
    rows = zip(found.at.tolist(), found.value.tolist(), found.quality.tolist(), strict=True)
    return [(moment(at), value) for at, value, quality in rows if not quality & Quality.MISSING]
