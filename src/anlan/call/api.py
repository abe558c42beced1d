"""Call-downs over the API: what is so, and the same acts as on the pages. Names and numbers are not in it."""

import uuid
from dataclasses import asdict
from typing import Annotated, Any, Literal

from ninja import Query, Router, Schema
from pydantic import Field

from anlan.call.actions import calldown, callout, doorchecks, hearing
from anlan.call.queries import records
from anlan.foundation.api import (
    Asked,
    DoneOut,
    Given,
    Listing,
    Number,
    Once,
    OpenIn,
    PlaceCode,
    Ref,
    Said,
    WorldKey,
    done,
    listed,
    may,
    shape_of,
)
from anlan.foundation.rules.reason import LEAST_REASON
from anlan.places.api import PLACES

router = Router(tags=["call"])
Holder = Annotated[Said, Field(min_length=1, max_length=60)]
CallKey = Annotated[Said, Field(max_length=160)]
Why = Annotated[
    Said,
    Field(min_length=LEAST_REASON, max_length=60, description="stays in the journal; no names, no numbers"),
]
CallDownOut = shape_of(records.CallDownRecord, "CallDownOut", within=PLACES)
LineOut = shape_of(records.LineRecord, "LineOut", within=PLACES)
AnswerOut = shape_of(records.AnswerRecord, "AnswerOut", within=PLACES)


class CallDownWhole(Schema):
    call_down: CallDownOut
    lines: list[LineOut]
    answers: list[AnswerOut]


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


class AnswerIn(Given):
    """`kind`: 1 received, 2 at post, 3 moving people, 4 moved (with households and people), 5 need help."""

    holder: Holder
    kind: int = Field(ge=1, le=5)
    channel: Literal["desk", "voice", "web", "satellite", "sheet"] = "desk"
    call: CallKey = Field("", description="key of the call that it answers; empty when they reported unasked")
    households: Number | None = None
    people: Number | None = None
    words: Annotated[Said, Field(max_length=200)] = ""


@router.post(
    "/w/{world}/call-downs/{ref}/answers", response=DoneOut, summary="Somebody answered the call-down"
)
@may("warn.answer")
def answer(request: Asked, world: WorldKey, ref: Ref, given: AnswerIn, once: Once = "") -> dict[str, Any]:
    hearing.heard_answer(
        request.ctx,
        call_down=ref,
        holder=given.holder,
        kind=given.kind,
        key=f"api:{request.ctx.actor.ref}:{once or uuid.uuid4()}",
        channel=given.channel,
        call=given.call,
        households=given.households,
        people_moved=given.people,
        words=given.words,
    )
    return done(request, ref)


class OutcomeIn(Given):
    """How a call ended without an answer; `call` is its key."""

    call: CallKey
    outcome: Literal["no_answer", "busy", "picked_up", "wrong_number", "refused", "unreachable"]


@router.post(
    "/w/{world}/call-downs/{ref}/outcomes", response=DoneOut, summary="A call ended without an answer"
)
@may("warn.answer")
def outcome(request: Asked, world: WorldKey, ref: Ref, given: OutcomeIn, once: Once = "") -> dict[str, Any]:
    hearing.heard_outcome(request.ctx, call_down=ref, call=given.call, outcome=given.outcome)
    return done(request, ref)


class CallOutIn(Given):
    """Places by code: townships whole, or villages. `stage`: what their people are told to do; empty: only answer."""

    places: list[PlaceCode] = Field(min_length=1, max_length=500)
    grade: Literal["red", "orange", "yellow"]
    stage: Literal["", "prepare", "move"] = ""
    reason: Why


@router.post("/w/{world}/call-downs", response=list[DoneOut], summary="Call out by hand, without a finding")
@may("warn.call")
def call_out(request: Asked, world: WorldKey, given: CallOutIn, once: Once = "") -> list[dict[str, Any]]:
    refs = callout.call_by_hand(
        request.ctx, places=given.places, grade=given.grade, stage=given.stage, reason=given.reason
    )
    return [done(request, ref) for ref in refs]


class ReasonIn(Given):
    reason: Why


@router.post(
    "/w/{world}/call-downs/{ref}/hold", response=DoneOut, summary="Hold: nobody is called until released"
)
@may("warn.hold")
def hold(request: Asked, world: WorldKey, ref: Ref, given: ReasonIn, once: Once = "") -> dict[str, Any]:
    calldown.hold(request.ctx, ref=ref, reason=given.reason)
    return done(request, ref)


@router.post("/w/{world}/call-downs/{ref}/release", response=DoneOut, summary="Let a held call-down go on")
@may("warn.hold")
def release(request: Asked, world: WorldKey, ref: Ref, once: Once = "") -> dict[str, Any]:
    calldown.release(request.ctx, ref=ref)
    return done(request, ref)


class DoorIn(Given):
    """What was found at the door."""

    outcome: Literal["reached", "nobody_home", "warned_from_afar", "turned_back"]
    households: Number | None = None


@router.post("/w/{world}/door-checks/{ref}/report", response=DoneOut, summary="What was found at the door")
@may("warn.doorcheck")
def door(request: Asked, world: WorldKey, ref: Ref, given: DoorIn, once: Once = "") -> dict[str, Any]:
    doorchecks.report(request.ctx, ref=ref, outcome=given.outcome, households=given.households)
    return done(request, ref)
