"""Reading stations and what they measured."""

from dataclasses import dataclass
from datetime import datetime

from anlan.foundation import crypto
from anlan.foundation.context import Ctx
from anlan.observe.models import Station, StationSilence


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
