"""可疑: readings that no rule goes by until a second one, a neighbour or an officer bears them out."""

from datetime import datetime, timedelta

import numpy as np

from anlan.foundation.context import Ctx
from anlan.observe.ingest.shapes import millis
from anlan.observe.models import Station
from anlan.observe.queries import readings
from anlan.observe.queries.series import RESERVOIR, STAGE, Reading, reading_of
from anlan.observe.rules import quality
from anlan.observe.rules.rain import LESSER, RAIN_5MIN
from anlan.observe.store.errors import StoreMissing
from anlan.wire.sl651.batch import station_key

RULING = (RAIN_5MIN, *LESSER, STAGE, RESERVOIR)


def doubtful(ctx: Ctx, *, at: datetime | None = None, path: str = "") -> list[tuple[Station, Reading]]:
    """Gauges within scope below a path whose newest reading of a day no rule goes by, with that reading."""
    now = at or ctx.now
    try:
        with readings(ctx) as reader:
            rows = reader.latest(known_by=None if at is None else millis(at))
    except StoreMissing:
        return []
    rows = rows.take((rows.quality & quality.DOUBTFUL != 0) & (rows.quality & quality.Flag.MANUAL == 0))
    rows = rows.take(np.isin(rows.element, RULING) & (rows.at > millis(now - timedelta(days=1))))
    if not len(rows):
        return []
    mine = {station_key(s.address): s for s in ctx.rows(Station).filter(place__path__startswith=path)}
    columns = (rows.station, rows.element, rows.decimals, rows.at, rows.known, rows.value, rows.quality)
    return [
        (mine[key], reading_of(*row))
        for key, *row in zip(*(c.tolist() for c in columns), strict=True)
        if key in mine
    ]
