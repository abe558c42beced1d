"""What this room does when something has happened: findings call out, silence sends to the door, answers move people."""

from datetime import datetime
from typing import Any

from anlan.call import calldown_rows
from anlan.call.actions import callout, contact, doorchecks, sheets
from anlan.call.events import (
    CALL_ANSWERED,
    CALL_ENDED,
    CALL_TAKEN_BACK,
    CALLDOWN_JOINED,
    CALLDOWN_OPENED,
    CALLOUT,
    CONTACT_LOST,
    DOORCHECK_DONE,
    LINE_ANSWERED,
    LINE_SILENT,
)
from anlan.call.models import CallDown, CallLine
from anlan.call.rules.calldown.shapes import BY_HAND
from anlan.foundation import journal, tasks
from anlan.foundation.context import Ctx
from anlan.foundation.events import Pieces, on
from anlan.judge.events import EXCEEDANCE_OPENED
from anlan.move.actions import moving
from anlan.observe.events import STATION_RETURNED, STATION_SILENT
from anlan.places.atlas import atlas
from anlan.warn import alert_rows
from anlan.warn.events import ALERT_IMPORTED, ALERT_ISSUED, ALERT_SOURCE_CONFIRMED

Told = dict[str, Any]


@on(EXCEEDANCE_OPENED)
def call_out(ctx: Ctx, told: Told) -> None:
    """Decide on the township's findings of this moment together, once."""
    township = atlas().township(atlas().code(told["refs"]["place"]))
    key = f"callout:{township.path}:{journal.utc(ctx.now)}"
    tasks.schedule(ctx, CALLOUT, key=key, due_at=ctx.now, payload={"path": township.path, "at": told["at"]})


@tasks.task(CALLOUT)
def _call_out(ctx: Ctx, payload: Told) -> None:
    found_at = datetime.fromisoformat(payload["at"])
    callout.decide_exceedances(ctx, township=atlas().by_path[payload["path"]], found_at=found_at)


@on(ALERT_IMPORTED)
@on(ALERT_SOURCE_CONFIRMED)
@on(ALERT_ISSUED)
def call_out_on_alert(ctx: Ctx, told: Told) -> Pieces | None:
    """A lawful issuer's red or orange calls out by the standing order, whoever took it in; ours at its issue.

    A file that nobody's certificate vouches for waits until an officer has confirmed where it comes from.
    """
    body = told["body"]
    if alert_rows.calls_out(**body) and body.get("confirmed", True):
        places = [atlas().code(code) for code in body.get("called", body["named"])]
        return callout.decide_alert(
            ctx, ref=told["refs"]["alert"], event_type=body["event_type"], level=body["level"], named=places
        )
    return None


@on(CALLDOWN_OPENED)
@on(CALLDOWN_JOINED)
def order_moving(ctx: Ctx, told: Told) -> None:
    """The villages of a call-down are told its stage: prepare, or move at once."""
    row = CallDown.objects.get(world_id=ctx.world.id, ref=told["refs"]["call_down"])
    if not row.stage:
        return
    lines = CallLine.objects.filter(call_down=row, kind="village").order_by("key")
    moving.order_stages(
        ctx,
        villages=[atlas().by_id[line.place_id] for line in lines],
        stage=row.stage,
        by=row.order_no,
        tier="county",
        call_down=row.ref,
    )


@on(CALLDOWN_OPENED)
def make_sheet(ctx: Ctx, told: Told) -> None:
    """Under orange and red the township's sheet is made at once, and anew each hour."""
    sheets.make(ctx, ref=told["refs"]["call_down"])


@on(LINE_SILENT)
def send_to_the_door(ctx: Ctx, told: Told) -> None:
    """A silent village gets its door check; two of them in a township mean contact lost."""
    line = CallLine.objects.get(
        call_down__ref=told["refs"]["call_down"], world_id=ctx.world.id, key=told["refs"]["line"]
    )
    if line.kind != "village":
        return
    doorchecks.order(ctx, call_down=told["refs"]["call_down"], line=line.key)
    contact.look(ctx, township=atlas().township(atlas().by_id[line.place_id]))


@on(LINE_ANSWERED)
@on(DOORCHECK_DONE)
def look_whether_contact_is_back(ctx: Ctx, told: Told) -> None:
    """A village that was heard, or a door that was reached, may end its township's loss of contact."""
    line = CallLine.objects.filter(
        call_down__ref=told["refs"]["call_down"],
        world_id=ctx.world.id,
        key=told["refs"]["line"],
        kind="village",
    ).first()
    if line is not None:
        contact.look(ctx, township=atlas().township(atlas().by_id[line.place_id]))


@on(CALL_ENDED)
def look_once_the_desk_has_dialled(ctx: Ctx, told: Told) -> None:
    """Villages whose calls lay on the desk count as silent from the first call that was made in vain."""
    if calldown_rows.voice_channel(ctx) in BY_HAND:
        row = CallDown.objects.get(world_id=ctx.world.id, ref=told["refs"]["call_down"])
        contact.look(ctx, township=atlas().by_id[row.place_id])


@on(STATION_RETURNED)
@on(STATION_SILENT)
def look_for_lost_contact(ctx: Ctx, told: Told) -> None:
    """A second silent station in a township means contact lost."""
    contact.look(ctx, township=atlas().township(atlas().code(told["refs"]["place"])))


@on(CONTACT_LOST)
def call_the_lost(ctx: Ctx, told: Told) -> None:
    """A township out of contact is treated as red."""
    callout.decide_contact_lost(
        ctx, ref=told["refs"]["contact_lost"], township=atlas().code(told["refs"]["township"])
    )


@on(CALL_TAKEN_BACK)
def people_had_not_set_out(ctx: Ctx, told: Told) -> None:
    """An answer 3 or 4 that was recorded by mistake had sent nobody on the way."""
    place = atlas().code(told["refs"]["place"])
    if told["body"]["answer"] in (3, 4) and place.tier == 4:
        since = datetime.fromisoformat(told["body"]["since"])
        moving.stay(ctx, village=place, by=told["refs"]["holder"], since=since)


@on(CALL_ANSWERED)
def people_set_out(ctx: Ctx, told: Told) -> None:
    """Answer 3 says that the village is on its way. Answer 4 is a claim; only the count at the site makes it moved."""
    if told["body"]["answer"] in (3, 4):
        place = atlas().code(told["refs"]["place"])
        if place.tier == 4:
            moving.set_out(ctx, village=place, by=told["refs"]["holder"])
