"""Stations over the API."""

from typing import Any

from ninja import Query, Router, Schema

from anlan.foundation.api import Asked, CutIn, Listing, Ref, WorldKey, may
from anlan.foundation.errors import NotFound
from anlan.foundation.paging import part
from anlan.observe import queries
from anlan.observe.queries import StationInfo
from anlan.places.queries import atlas

router = Router(tags=["stations"])


class StationOut(Schema):
    address: str
    name: str
    kind: str
    place: str
    lon: float
    lat: float
    warning_cm: int | None
    guarantee_cm: int | None
    highest_cm: int | None
    serves: list[str]


def station_out(station: StationInfo) -> dict[str, Any]:
    names = [name for name in StationOut.model_fields if name not in ("place", "serves")]
    known = atlas().by_id
    return {
        **{name: getattr(station, name) for name in names},
        "place": known[station.place_id].code,
        "serves": [known[i].code for i in station.serves if i in known],
    }


@router.get("/w/{world}/stations", response=Listing[StationOut], summary="Gauges within scope")
@may("observe.view")
def stations(request: Asked, world: WorldKey, asked: Query[CutIn], kind: str = "") -> dict[str, Any]:
    found = part(queries.stations(request.ctx, kind), asked.cut())
    return {"items": [station_out(s) for s in found.items], "total": found.total}


@router.get("/w/{world}/stations/{address}", response=StationOut, summary="One gauge")
@may("observe.view")
def station(request: Asked, world: WorldKey, address: Ref) -> dict[str, Any]:
    found = next((s for s in queries.stations(request.ctx) if s.address == address), None)
    if found is None:
        raise NotFound("没有地址为 {address} 的测站，或不在您的范围内。", address=address)
    return station_out(found)
