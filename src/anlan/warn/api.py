"""Alerts over the API: what is so, and the same acts as on the pages. Names and numbers are not in it."""

from typing import Annotated, Any

from ninja import Query, Router
from pydantic import AwareDatetime, Field

from anlan.foundation.api import (
    Asked,
    CutIn,
    DoneOut,
    Given,
    Listing,
    Once,
    PlaceCode,
    Ref,
    Said,
    WorldKey,
    done,
    listed,
    may,
    shape_of,
)
from anlan.foundation.errors import Invalid
from anlan.places.api import PLACES
from anlan.warn import alert_rows
from anlan.warn.actions.alerts import files, importing
from anlan.warn.queries import records
from anlan.wire.cap import safexml

router = Router(tags=["warn"])
JointOut = shape_of(records.JointRecord, "JointOut", within=PLACES)
AlertOut = shape_of(records.AlertRecord, "AlertOut", within=PLACES | {records.JointRecord: JointOut})


@router.get("/w/{world}/alerts", response=Listing[AlertOut], summary="Alerts, imported and own")
@may("warn.view")
def alerts(request: Asked, world: WorldKey, asked: Query[CutIn], state: str = "") -> dict[str, Any]:
    return listed(records.alerts(request.ctx, states=(state,) if state else (), cut=asked.cut()))


@router.get("/w/{world}/alerts/{ref}", response=AlertOut, summary="One alert")
@may("warn.view")
def alert(request: Asked, world: WorldKey, ref: Ref) -> records.AlertRecord:
    return records.alert(request.ctx, ref)


class CapIn(Given):
    """The text of a CAP 1.2 or 12379 file, unchanged: its signature covers every character."""

    text: Annotated[Said, Field(min_length=1, max_length=2_000_000)]


@router.post(
    "/w/{world}/alert-imports/cap",
    response=DoneOut,
    summary="Take in a lawful issuer's warning as a CAP file",
)
@may("warn.import")
def import_cap(request: Asked, world: WorldKey, given: CapIn, once: Once = "") -> dict[str, Any]:
    return done(request, files.take_in_file(request.ctx, safexml.undeclared(given.text).encode()))


class TypedIn(Given):
    """A lawful issuer's warning as it was heard or read. `level`: 1 blue, 2 yellow, 3 orange, 4 red."""

    issuer: Annotated[Said, Field(min_length=1, max_length=80)]
    event_type: str = Field(pattern=r"^[0-9A-Z]{3,8}$")
    level: int = Field(ge=1, le=4)
    named: list[PlaceCode] = Field([], max_length=2000)
    headline: Annotated[Said, Field(min_length=1, max_length=200)]
    description: Annotated[Said, Field(max_length=2000)] = ""
    issued_at: AwareDatetime
    doubtful: Annotated[Said, Field(max_length=200)] = ""


@router.post(
    "/w/{world}/alert-imports/typed", response=DoneOut, summary="Take in a warning typed from its words"
)
@may("warn.import")
def import_typed(request: Asked, world: WorldKey, given: TypedIn, once: Once = "") -> dict[str, Any]:
    if given.event_type not in alert_rows.event_titles(request.ctx):
        raise Invalid("没有代码为 {code} 的预警种类。请用规则包里的代码。", code=given.event_type)
    ref = importing.take_in(
        request.ctx,
        issuer_name=given.issuer,
        event_type=given.event_type,
        level=given.level,
        named=given.named,
        headline=given.headline,
        description=given.description,
        issued_at=given.issued_at,
        doubtful=given.doubtful,
    )
    return done(request, ref)
