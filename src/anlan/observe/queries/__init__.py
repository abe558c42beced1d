"""Reading stations and what they measured."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import QuerySet

from anlan.foundation import crypto
from anlan.foundation.context import Ctx
from anlan.foundation.errors import NotFound
from anlan.observe.ingest.ingest import path_of
from anlan.observe.ingest.shapes import millis, moment
from anlan.observe.models import Station, StationSilence
from anlan.observe.rules.rain import RAIN_5MIN
from anlan.observe.store.errors import StoreMissing, UnknownSeries
from anlan.observe.store.reader import Reader
from anlan.wire.sl651.batch import station_key

HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class StationInfo:
    """A station as other rooms see it; `serves` are ids of the divisions that it decides for."""

    id: int
    address: str
    name: str
    kind: str
    place_id: int
    lon: float
    lat: float
    object_ref: str
    warning_cm: int | None
    guarantee_cm: int | None
    highest_cm: int | None
    serves: tuple[int, ...]
    is_town_gauge: bool = False


def stage_gauges(ctx: Ctx) -> QuerySet[Station]:
    """Rows within scope, for a column of another room that points to one."""
    return ctx.rows(Station).filter(kind="stage")


def stations(ctx: Ctx, kind: str = "") -> list[StationInfo]:
    """Stations within scope in address order."""
    rows = ctx.rows(Station).filter(**({"kind": kind} if kind else {})).order_by("address")
    served: dict[int, list[int]] = {}
    for station, division in Station.serves.through._default_manager.values_list("station_id", "division_id"):
        served.setdefault(station, []).append(division)
    return [
        StationInfo(
            id=s.pk,
            address=s.address,
            name=s.name,
            kind=s.kind,
            place_id=s.place_id,
            lon=s.lon,
            lat=s.lat,
            object_ref=s.object_ref,
            warning_cm=s.warning_cm,
            guarantee_cm=s.guarantee_cm,
            highest_cm=s.highest_cm,
            serves=tuple(sorted(served.get(s.pk, ()))),
            is_town_gauge=s.is_town_gauge,
        )
        for s in rows
    ]


def station_ids(addresses: list[str]) -> dict[str, int]:
    """Station ids by address."""
    return dict(Station.objects.filter(address__in=set(addresses)).values_list("address", "pk"))


def passwords() -> dict[str, str]:
    """Every station's password, for the gateway that checks frames. Never for a page."""
    return {s.address: crypto.unseal(s.password_sealed, s.address) for s in Station.objects.all()}


def silent_since(ctx: Ctx, path: str) -> list[tuple[str, datetime]]:
    """Stations below a path that are silent now: address and since when."""
    rows = StationSilence.objects.filter(
        world_id=ctx.world.id, ended_at=None, station__place__path__startswith=path
    )
    return list(rows.order_by("station__address").values_list("station__address", "since"))


@contextmanager
def readings(ctx: Ctx) -> Iterator[Reader]:
    """The reading store of this world. Raises store.StoreMissing where nothing ever came in."""
    with Reader(path_of(ctx.world.key)) as reader:
        yield reader


def station(ctx: Ctx, address: str) -> Station:
    """A station within scope. Raises NotFound."""
    found = ctx.rows(Station).filter(address=address).select_related("place").first()
    if found is None:
        raise NotFound("没有编号为 {address} 的测站，或不在您的辖区。请从测站列表里选择。", address=address)
    return found


def hourly_tenths(
    ctx: Ctx, address: str, since: datetime, until: datetime, *, known_by: datetime | None = None
) -> dict[datetime, int]:
    """Rain of each clock hour that ends in (since, until], 0.1 mm, by the end of the hour; of what is stored."""
    station(ctx, address)
    first, last = _hour(since), _hour(until + HOUR - timedelta(microseconds=1))
    by = None if known_by is None else millis(known_by)
    try:
        with readings(ctx) as reader:
            sums = reader.clock_hours(
                station_key(address), RAIN_5MIN, millis(first), millis(last), known_by=by
            )
    except (StoreMissing, UnknownSeries):
        return {}
    hours = zip(sums.end.tolist(), sums.total.tolist(), sums.count.tolist(), strict=True)
    return {moment(end): total for end, total, count in hours if count}


def _hour(at: datetime) -> datetime:
    return at.replace(minute=0, second=0, microsecond=0)


def quarantine_unread(ctx: Ctx) -> int:
    """Kinds of broken input of this world that nobody has looked at."""
    try:
        with readings(ctx) as reader:
            return reader.broken_unread()
    except StoreMissing:
        return 0


def counts(ctx: Ctx) -> dict[str, int]:
    """Frames of this world so far: accepted (acknowledged), stored (distinct), repeats; and broken input in quarantine.

    `only_counted`: broken input of which nothing was kept, because its sender brought too much in a day.
    """
    try:
        with readings(ctx) as reader:
            found = reader.counts()
            broken, over = reader.broken_total(), reader.broken_over()
    except StoreMissing:
        found, broken, over = {}, 0, 0
    return {
        "accepted": found.get("frames_accepted", 0),
        "stored": found.get("frames_stored", 0),
        "repeats": found.get("frames_repeated", 0),
        "quarantined": broken,
        "only_counted": over,
    }
