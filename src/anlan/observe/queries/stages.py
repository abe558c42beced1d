"""Stored stages as plain series, for models that are held against gauges."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from anlan.foundation.context import Ctx
from anlan.observe.ingest.shapes import millis, moment
from anlan.observe.queries import readings
from anlan.observe.queries.moments import STAGE
from anlan.observe.store.columns import Quality
from anlan.observe.store.errors import StoreMissing
from anlan.wire.sl651.batch import station_key


def stage_series(
    ctx: Ctx, addresses: Sequence[str], since: datetime, until: datetime, *, known_by: datetime
) -> dict[str, list[tuple[datetime, float]]]:
    """Moments and metres of each gauge in [since, until] as known by then; none for a silent gauge.

    Missing and doubtful ones are left out: a gauge that says 9999 m has said nothing.
    """
    found: dict[str, list[tuple[datetime, float]]] = {address: [] for address in addresses}
    names = {station_key(address): address for address in addresses}
    try:
        with readings(ctx) as reader:
            kinds = np.array([STAGE], np.int32)
            seen = reader.between(millis(since), millis(until) + 1, elements=kinds, known_by=millis(known_by))
    except StoreMissing:
        return found
    good = seen.take((seen.quality & Quality.UNSOUND) == 0)
    for gauge, at, value in zip(good.station.tolist(), good.at.tolist(), good.value.tolist(), strict=True):
        if gauge in names:
            found[names[gauge]].append((moment(at), value / 1000))
    return {address: sorted(dict(rows).items()) for address, rows in found.items()}
