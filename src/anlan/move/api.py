"""Moving people over the API: what is so, and the same acts as on the pages."""

from typing import Annotated, Any

from ninja import Query, Router
from pydantic import Field

from anlan.foundation.api import (
    Asked,
    CutIn,
    DoneOut,
    Given,
    Listing,
    Number,
    Once,
    Ref,
    Said,
    WorldKey,
    done,
    listed,
    may,
    shape_of,
)
from anlan.move.actions import moving
from anlan.move.queries import records
from anlan.move.rules.evacuation import HouseholdEvent
from anlan.places.api import PLACES

router = Router(tags=["move"])
EvacuationOut = shape_of(records.EvacuationRecord, "EvacuationOut", within=PLACES)


@router.get("/w/{world}/evacuations", response=Listing[EvacuationOut], summary="Moves by village")
@may("warn.view")
def evacuations(request: Asked, world: WorldKey, asked: Query[CutIn]) -> dict[str, Any]:
    return listed(records.evacuations(request.ctx, cut=asked.cut()))


@router.get("/w/{world}/evacuations/{ref}", response=EvacuationOut, summary="One village's move")
@may("warn.view")
def evacuation(request: Asked, world: WorldKey, ref: Ref) -> records.EvacuationRecord:
    return records.evacuation(request.ctx, ref)


class HouseholdIn(Given):
    """One household of the list, by its ref, and what happened to it."""

    household: Annotated[Said, Field(min_length=1, max_length=60)]
    event: HouseholdEvent
    note: Annotated[Said, Field(max_length=100)] = ""


@router.post("/w/{world}/evacuations/{ref}/households", response=DoneOut, summary="Mark one household")
@may("warn.move")
def household(
    request: Asked, world: WorldKey, ref: Ref, given: HouseholdIn, once: Once = ""
) -> dict[str, Any]:
    moving.mark_household(
        request.ctx,
        evacuation=ref,
        household=given.household,
        event=given.event.value,
        note=given.note.strip(),
    )
    return done(request, ref)


class CountIn(Given):
    """So many households of the list, in its order, and so many people arrived at the site."""

    households: int = Field(ge=1, le=100_000)
    people: Number
    site: Annotated[Said, Field(max_length=80)] = ""


@router.post("/w/{world}/evacuations/{ref}/counts", response=DoneOut, summary="Count households in at a site")
@may("warn.move")
def count(request: Asked, world: WorldKey, ref: Ref, given: CountIn, once: Once = "") -> dict[str, Any]:
    moving.count_in(
        request.ctx,
        village=records.evacuation(request.ctx, ref).place,
        households=given.households,
        people_in=given.people,
        site=given.site.strip() or "安置点",
        by=request.ctx.actor.ref,
    )
    return done(request, ref)
