"""Stored rain as plain series: of one gauge for back-tests and long pictures, of many as a matrix for models."""

from collections.abc import Sequence
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from anlan.foundation.context import Ctx
from anlan.observe.ingest.shapes import millis, moment
from anlan.observe.queries import readings, station
from anlan.observe.rules.rain import RAIN_5MIN
from anlan.observe.store.columns import Quality
from anlan.observe.store.errors import StoreMissing, UnknownSeries
from anlan.wire.sl651.batch import station_key

Tenths = NDArray[np.float64]
FIVE_MINUTES = timedelta(minutes=5)
STEP_MS = 300_000


def rain_series(ctx: Ctx, address: str, since: datetime, until: datetime) -> list[tuple[datetime, int]]:
    """(end of the step, 0.1 mm) of each five-minute reading in (since, until], missing and doubtful ones left out. Raises: NotFound."""
    station(ctx, address)
    try:
        with readings(ctx) as reader:
            found = reader.series_values(
                station_key(address), RAIN_5MIN, millis(since) + 1, millis(until) + 1
            )
    except (StoreMissing, UnknownSeries):
        return []
    rows = zip(found.at.tolist(), found.value.tolist(), found.quality.tolist(), strict=True)
    return [(moment(at), value) for at, value, quality in rows if not quality & Quality.UNSOUND]


def rain_matrix(
    ctx: Ctx, addresses: Sequence[str], since: datetime, until: datetime, *, known_by: datetime | None = None
) -> Tenths:
    """Five-minute rain of many gauges in (since, until], 0.1 mm: (gauges, steps), NaN where nothing (good) came in.

    Args:
        known_by: of what was known by then; None for all that is stored.
    """
    steps = round((until - since) / FIVE_MINUTES)
    found = np.full((len(addresses), steps), np.nan)
    rows_of = {station_key(address): n for n, address in enumerate(addresses)}
    try:
        with readings(ctx) as reader:
            kinds = np.array([RAIN_5MIN], np.int32)
            by = None if known_by is None else millis(known_by)
            seen = reader.between(millis(since) + 1, millis(until) + 1, elements=kinds, known_by=by)
    except StoreMissing:
        return found
    good = seen.take((seen.quality & Quality.UNSOUND) == 0)
    step = -((millis(since) - good.at) // STEP_MS) - 1
    for gauge, at, value in zip(good.station.tolist(), step.tolist(), good.value.tolist(), strict=True):
        if gauge in rows_of:
            found[rows_of[gauge], at] = value
    return found
