"""What our rules found, over the API. Within scope."""

from typing import Any

from ninja import Query, Router

from anlan.foundation.api import Asked, Listing, OpenIn, Ref, WorldKey, listed, may, shape_of
from anlan.judge.queries import records
from anlan.places.api import PLACES

router = Router(tags=["judge"])
FindingOut = shape_of(records.Finding, "FindingOut", within=PLACES)


@router.get("/w/{world}/exceedances", response=Listing[FindingOut], summary="What our rules found")
@may("warn.view")
def exceedances(request: Asked, world: WorldKey, asked: Query[OpenIn]) -> dict[str, Any]:
    return listed(records.findings(request.ctx, is_open=asked.open, cut=asked.cut()))


@router.get("/w/{world}/exceedances/{ref}", response=FindingOut, summary="One finding")
@may("warn.view")
def exceedance(request: Asked, world: WorldKey, ref: Ref) -> records.Finding:
    return records.finding(request.ctx, ref)
