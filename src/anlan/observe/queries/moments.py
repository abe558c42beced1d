"""What every gauge showed at a moment, as it was known then: for maps, the desk and the wall."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from django.db.models import Q

from anlan.foundation import journal, journal_reading
from anlan.foundation.context import Ctx
from anlan.foundation.kept import asked_once
from anlan.observe.actions.guarding import TRIED
from anlan.observe.ingest.shapes import millis
from anlan.observe.models import Station, StationSilence
from anlan.observe.queries import readings
from anlan.observe.rules.rain import RAIN_5MIN
from anlan.observe.store.columns import Quality
from anlan.observe.store.errors import StoreMissing, UnknownSeries
from anlan.observe.store.rows import StoredRows
from anlan.places.atlas import Place, atlas
from anlan.wire.sl651.batch import station_key

STAGE = 0x39
STAGE_HOLDS = timedelta(hours=2)
"""An older stage is not shown as the present one."""
TREND_OVER = timedelta(minutes=30)
TRIED_STANDS = timedelta(hours=2)
"""How long the desk is told that a station's password was tried."""


@dataclass(frozen=True, kw_only=True)
class GaugeNow:
    """测站此刻: rain of the last hour in 0.1 mm, stage in mm; None is unknown, never zero."""

    address: str
    name: str
    kind: str
    place_id: int
    lon: float
    lat: float
    rain_1h: int | None = None
    stage_mm: int | None = None
    rise_mm: int | None = None
    """Against half an hour before; None when it is not known."""
    warning_cm: int | None = None
    silent_since: datetime | None = None

    @property
    def below_warning_cm(self) -> int | None:
        """How far the stage stands below 警戒水位; negative above it."""
        if self.stage_mm is None or self.warning_cm is None:
            return None
        return self.warning_cm - round(self.stage_mm / 10)


def gauges(ctx: Ctx, *, at: datetime | None = None, path: str = "") -> list[GaugeNow]:
    """Every gauge within scope below a path, in address order, at a moment (None: now)."""
    rows = ctx.rows(Station).filter(place__path__startswith=path).order_by("address")
    found = rows.values_list("address", "name", "kind", "place_id", "lon", "lat", "warning_cm")
    rain, stage, earlier = _readings(ctx, at)
    silent = silences(ctx, at=at, path=path)
    return [
        GaugeNow(
            address=address,
            name=name,
            kind=kind,
            place_id=place_id,
            lon=lon,
            lat=lat,
            rain_1h=rain.get(address) if kind == "rain" else None,
            stage_mm=stage.get(address) if kind == "stage" else None,
            rise_mm=_rise(stage.get(address), earlier.get(address)) if kind == "stage" else None,
            warning_cm=warning,
            silent_since=silent.get(address),
        )
        for address, name, kind, place_id, lon, lat, warning in found
    ]


@asked_once
def silences(ctx: Ctx, *, at: datetime | None = None, path: str = "") -> dict[str, datetime]:
    """Stations silent at a moment, as it had been noticed by then: address and since when."""
    rows = ctx.rows(StationSilence).filter(station__place__path__startswith=path)
    if at is None:
        rows = rows.filter(ended_at=None)
    else:
        rows = rows.filter(noticed_at__lte=at).filter(Q(ended_at=None) | Q(ended_at__gt=at))
    return dict(rows.order_by("since").values_list("station__address", "since"))


def gauges_of(ctx: Ctx, division_ids: Iterable[int]) -> list[str]:
    """Addresses of the gauges that decide for these places; the town's own gauge first."""
    rows = ctx.rows(Station).filter(serves__in=list(division_ids)).distinct()
    return list(rows.order_by("-is_town_gauge", "address").values_list("address", flat=True))


def rain_since(ctx: Ctx, address: str, since: datetime, at: datetime | None = None) -> int | None:
    """Rain at one gauge after `since`, 0.1 mm, of what was known by the moment; None where nothing came in."""
    until, by = _bounds(ctx, at)
    try:
        with readings(ctx) as reader:
            seen = reader.series_values(
                station_key(address), RAIN_5MIN, millis(since) + 1, until + 1, known_by=by
            )
    except (StoreMissing, UnknownSeries):
        return None
    good = (seen.quality & Quality.UNSOUND) == 0
    return int(seen.value[good].sum()) if good.any() else None


def _bounds(ctx: Ctx, at: datetime | None) -> tuple[int, int | None]:
    return millis(at or ctx.now), None if at is None else millis(at)


def _readings(ctx: Ctx, at: datetime | None) -> tuple[dict[str, int], dict[str, int], dict[str, int]]:
    """Rain of the hour, the latest stage, and the stage half an hour before, by station address."""
    until, by = _bounds(ctx, at)
    try:
        with readings(ctx) as reader:
            hour = until - 3_600_000
            rain = reader.between(hour + 1, until + 1, elements=np.array([RAIN_5MIN], np.int32), known_by=by)
            since = until - int(STAGE_HOLDS.total_seconds() * 1000)
            stage = reader.between(since, until + 1, elements=np.array([STAGE], np.int32), known_by=by)
    except StoreMissing:
        return {}, {}, {}
    before = stage.take(stage.at <= until - int(TREND_OVER.total_seconds() * 1000))
    return _sums(rain), _latest(stage), _latest(before)


def _sums(rows: StoredRows) -> dict[str, int]:
    rows = rows.take((rows.quality & Quality.UNSOUND) == 0)
    keys, place = np.unique(rows.station, return_inverse=True)
    total = np.zeros(keys.size, np.int64)
    np.add.at(total, place, rows.value)
    return {f"{key:010X}": int(sum_) for key, sum_ in zip(keys.tolist(), total.tolist(), strict=True)}


def _latest(rows: StoredRows) -> dict[str, int]:
    """Of each station the value observed last, in mm (stages come in metres)."""
    rows = rows.take((rows.quality & Quality.UNSOUND) == 0)
    order = np.lexsort((rows.at, rows.station))
    rows = rows.take(order)
    mm = rows.value * 10 ** (3 - rows.decimals.astype(np.int64))
    return {f"{key:010X}": int(v) for key, v in zip(rows.station.tolist(), mm.tolist(), strict=True)}


def _rise(now: int | None, before: int | None) -> int | None:
    return None if now is None or before is None else now - before


def tried_passwords(
    ctx: Ctx, *, at: datetime | None = None, path: str = ""
) -> dict[str, tuple[Place, datetime, str]]:
    """Stations whose password somebody tried lately, by address: where they stand, since when, from which peer."""
    now = at or ctx.now
    rows = journal_reading.rows(ctx).filter(name=TRIED, at__gt=now - TRIED_STANDS, at__lte=now)
    found = {}
    for row in rows.filter(place__startswith=path).order_by("-seq"):
        told = journal.read(row)
        found[told["refs"]["station"]] = atlas().by_path[row.place], row.at, told["body"]["peer"]
    return found
