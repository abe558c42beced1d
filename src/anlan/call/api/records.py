"""What is so: found, warned, called and moved. Within scope; names and numbers are not in it."""

from dataclasses import asdict
from typing import Any

from ninja import Query, Router, Schema

from anlan.foundation.api import Asked, CutIn, Listing, PlaceOut, Ref, WorldKey, may, shape_of
from anlan.foundation.paging import Part
from anlan.places.queries import Place
from anlan.warn.queries import records

router = Router(tags=["warn"])


class OpenIn(CutIn):
    """`open`: only what has not ended."""

    open: bool = False


PLACES = {Place: PlaceOut}
FindingOut = shape_of(records.Finding, "FindingOut", within=PLACES)
JointOut = shape_of(records.JointRecord, "JointOut", within=PLACES)
AlertOut = shape_of(records.AlertRecord, "AlertOut", within=PLACES | {records.JointRecord: JointOut})
CallDownOut = shape_of(records.CallDownRecord, "CallDownOut", within=PLACES)
LineOut = shape_of(records.LineRecord, "LineOut", within=PLACES)
AnswerOut = shape_of(records.AnswerRecord, "AnswerOut", within=PLACES)
EvacuationOut = shape_of(records.EvacuationRecord, "EvacuationOut", within=PLACES)


class CallDownWhole(Schema):
    call_down: CallDownOut
    lines: list[LineOut]
    answers: list[AnswerOut]


def listed(found: Part[Any]) -> dict[str, Any]:
    return {"items": [asdict(item) for item in found.items], "total": found.total}


@router.get("/w/{world}/exceedances", response=Listing[FindingOut], summary="What our rules found")
@may("warn.view")
def exceedances(request: Asked, world: WorldKey, asked: Query[OpenIn]) -> dict[str, Any]:
    return listed(records.findings(request.ctx, is_open=asked.open, cut=asked.cut()))


@router.get("/w/{world}/exceedances/{ref}", response=FindingOut, summary="One finding")
@may("warn.view")
def exceedance(request: Asked, world: WorldKey, ref: Ref) -> records.Finding:
    return records.finding(request.ctx, ref)


@router.get("/w/{world}/alerts", response=Listing[AlertOut], summary="Alerts, imported and own")
@may("warn.view")
def alerts(request: Asked, world: WorldKey, asked: Query[CutIn], state: str = "") -> dict[str, Any]:
    return listed(records.alerts(request.ctx, states=(state,) if state else (), cut=asked.cut()))


@router.get("/w/{world}/alerts/{ref}", response=AlertOut, summary="One alert")
@may("warn.view")
def alert(request: Asked, world: WorldKey, ref: Ref) -> records.AlertRecord:
    return records.alert(request.ctx, ref)


@router.get("/w/{world}/call-downs", response=Listing[CallDownOut], summary="Call-downs by township")
@may("warn.view")
def call_downs(request: Asked, world: WorldKey, asked: Query[OpenIn]) -> dict[str, Any]:
    return listed(records.call_downs(request.ctx, is_open=asked.open, cut=asked.cut()))


@router.get(
    "/w/{world}/call-downs/{ref}", response=CallDownWhole, summary="One call-down, its lines and answers"
)
@may("warn.view")
def call_down(request: Asked, world: WorldKey, ref: Ref) -> dict[str, Any]:
    return {
        "call_down": asdict(records.call_down(request.ctx, ref)),
        "lines": [asdict(line) for line in records.lines(request.ctx, ref)],
        "answers": [asdict(answer) for answer in records.answers(request.ctx, ref)],
    }


@router.get("/w/{world}/evacuations", response=Listing[EvacuationOut], summary="Moves by village")
@may("warn.view")
def evacuations(request: Asked, world: WorldKey, asked: Query[CutIn]) -> dict[str, Any]:
    return listed(records.evacuations(request.ctx, cut=asked.cut()))


@router.get("/w/{world}/evacuations/{ref}", response=EvacuationOut, summary="One village's move")
@may("warn.view")
def evacuation(request: Asked, world: WorldKey, ref: Ref) -> records.EvacuationRecord:
    return records.evacuation(request.ctx, ref)
