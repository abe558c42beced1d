"""Acts over the API: the same actions as on the pages, with the same permissions, scope and refusals."""

import uuid
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, Field

from anlan.foundation.api import Asked, DoneOut, Given, Once, Ref, Said, WorldKey, done, may
from anlan.foundation.errors import Invalid
from anlan.warn import alert_rows
from anlan.warn.actions import alerts, calldown, callout, doorchecks, hearing, moving
from anlan.warn.api.records import router
from anlan.warn.queries import records
from anlan.warn.rules.evacuation import HouseholdEvent

Number = Annotated[int, Field(ge=0, le=100_000)]
Holder = Annotated[Said, Field(min_length=1, max_length=60)]
CallKey = Annotated[Said, Field(max_length=160)]
Why = Annotated[
    Said, Field(min_length=4, max_length=60, description="stays in the journal; no names, no numbers")
]
PlaceCode = Annotated[str, Field(pattern=r"^[0-9]{2,12}$")]


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
    outcome: Literal["no_answer", "busy", "wrong_number", "refused", "unreachable"]


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
    return done(request, alerts.take_in_file(request.ctx, given.text.encode()))


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
    ref = alerts.take_in(
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
