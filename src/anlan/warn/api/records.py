"""What is so: found, warned, called and moved. Within scope; names and numbers are not in it."""

from dataclasses import asdict
from datetime import datetime
from typing import Any

from ninja import Query, Router, Schema

from anlan.foundation.api import Asked, CutIn, Listing, PlaceOut, Ref, WorldKey, may
from anlan.foundation.paging import Part
from anlan.warn.queries import records

router = Router(tags=["warn"])


class OpenIn(CutIn):
    """`open`: only what has not ended."""

    open: bool = False


class FindingOut(Schema):
    """系统研判: never a warning signal. `value` and `threshold` in 0.1 mm (rain) or cm (stage)."""

    ref: str
    pack: str
    version: str
    place: PlaceOut
    station: str
    level: int
    stage: str
    onset: datetime
    known_at: datetime
    ended_at: datetime | None
    quantity: str
    value: int
    threshold: int
    window_min: int | None
    at_least: bool


class JointOut(Schema):
    """A unit that issues it as well; without its agreement the alert is not issued."""

    unit: str
    agreed_at: datetime | None
    by_telephone: bool
    signed_at: datetime | None


class AlertOut(Schema):
    ref: str
    kind: str
    source: str
    issuer: str
    event_type: str
    level: int
    message: str
    state: str
    place: PlaceOut
    names: list[PlaceOut]
    headline: str
    description: str
    instruction: str
    drafted_at: datetime
    approved_at: datetime | None
    approval: str
    issued_at: datetime | None
    expires_at: datetime | None
    ended_at: datetime | None
    doubtful: str
    joint: list[JointOut]


class CallDownOut(Schema):
    ref: str
    place: PlaceOut
    grade: int
    stage: str
    cause: str
    opened_at: datetime
    closed_at: datetime | None
    held_at: datetime | None
    lines: int
    settled: int


class LineOut(Schema):
    key: str
    kind: str
    place: PlaceOut
    state: str
    opened_at: datetime
    door_check_at: datetime | None
    settled_at: datetime | None


class AnswerOut(Schema):
    """`kind`: 1 received, 2 at post, 3 moving people, 4 moved, 5 need help. `holder` is a ref, never a name."""

    holder: str
    kind: int
    at: datetime
    channel: str
    households: int | None
    people: int | None


class CallDownWhole(Schema):
    call_down: CallDownOut
    lines: list[LineOut]
    answers: list[AnswerOut]


class EvacuationOut(Schema):
    ref: str
    place: PlaceOut
    stage: str
    stage_at: datetime
    began_at: datetime
    ordered_by: str
    households_to_move: int
    people_to_move: int
    households_moving: int
    households_moved: int
    people_moved: int
    households_refused: int
    counted_at: datetime | None


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
