"""Places over the API: divisions and watched objects within the caller's scope."""

from typing import Any

from ninja import Query, Router, Schema

from anlan.foundation.api import Asked, Code, CutIn, Listing, PlaceOut, WorldKey, may
from anlan.foundation.context import Ctx
from anlan.foundation.errors import NotFound
from anlan.foundation.paging import part
from anlan.places import queries
from anlan.places.atlas import Place, atlas

router = Router(tags=["places"])
PLACES = {Place: PlaceOut}
"""How a place inside a record stands on the wire."""


class DivisionOut(Schema):
    code: str
    name: str
    tier: int
    kind: str
    parent: str | None
    lon: float
    lat: float
    residents: int
    at_home: int
    households: int
    synthetic: bool


class ObjectOut(Schema):
    ref: str
    kind: str
    name: str
    place: str
    lon: float
    lat: float
    flood_limit_cm: int | None
    design_cm: int | None
    check_cm: int | None
    capacity: int | None
    synthetic: bool


class PlacesIn(CutIn):
    under: str = ""
    tier: int | None = None


def within(ctx: Ctx, code: str) -> Place:
    """The place of that code. Raises: NotFound, the same for what is not there and what is out of scope."""
    place = atlas().by_code.get(code)
    if place is None or not ctx.scope.holds(place.path):
        raise NotFound("没有代码为 {code} 的区划。请核对代码系统和年份。", code=code)
    return place


def division_out(place: Place) -> dict[str, Any]:
    parent = atlas().parent(place)
    return {
        **{name: getattr(place, name) for name in DivisionOut.model_fields if name != "parent"},
        "parent": parent.code if parent else None,
    }


@router.get("/w/{world}/places", response=Listing[DivisionOut], summary="Divisions within scope")
@may("places.view")
def places(request: Asked, world: WorldKey, asked: Query[PlacesIn]) -> dict[str, Any]:
    path = within(request.ctx, asked.under).path if asked.under else ""
    found = part((p for p in atlas().under(path, asked.tier) if request.ctx.scope.holds(p.path)), asked.cut())
    return {"items": [division_out(p) for p in found.items], "total": found.total}


@router.get("/w/{world}/places/{code}", response=DivisionOut, summary="One division")
@may("places.view")
def place(request: Asked, world: WorldKey, code: Code) -> dict[str, Any]:
    return division_out(within(request.ctx, code))


@router.get(
    "/w/{world}/objects", response=Listing[ObjectOut], summary="Reservoirs, ponds and other watched objects"
)
@may("places.view")
def objects(request: Asked, world: WorldKey, asked: Query[CutIn]) -> dict[str, Any]:
    found = part(queries.objects(request.ctx), asked.cut())
    codes = atlas().by_id
    names = [name for name in ObjectOut.model_fields if name != "place"]
    items = [
        {**{n: getattr(o, n) for n in names}, "place": codes[o.place_id].code if o.place_id in codes else ""}
        for o in found.items
    ]
    return {"items": items, "total": found.total}
