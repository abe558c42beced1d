"""Beside the bell 叫应的通知: whoever is called gets a message with the answer page; groups get one digest of a call-down.

The first call of a person in a call-down and a stage sends it; further rounds and the desk's own dialling do not.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings

from anlan.call.events import CALL_LAID, CALL_PLACED, CALLDOWN_JOINED, CALLDOWN_OPENED
from anlan.call.models import Call, CallDown, CallLine
from anlan.call.queries.answering import link
from anlan.foundation.context import Ctx
from anlan.foundation.events import on
from anlan.foundation.rules.grade import Grade
from anlan.foundation.words import t, w
from anlan.foundation.worlds import beijing
from anlan.people import queries as people
from anlan.people.holders import register
from anlan.places.atlas import atlas
from anlan.reach import outbox
from anlan.reach.outbox import Draft, Message

Told = dict[str, Any]
PURPOSE = "call"
LASTS = timedelta(minutes=30)
"""A message that could not leave for so long is old news: the ladder has gone on."""


@on(CALL_PLACED)
@on(CALL_LAID)
def tell_the_called(ctx: Ctx, told: Told) -> None:
    """One message to each person's mobile, however many lines and rounds call them."""
    if not ctx.world.is_live:
        return
    row = _call_down(ctx, told["refs"]["call_down"])
    if not outbox.lines_on(atlas().by_id[row.place_id].path, to_group=False):
        return
    keys = [each["call"] for each in told["body"]["calls"]]
    calls = Call.objects.filter(world_id=ctx.world.id, key__in=keys).order_by("pk")
    drafts = []
    for holder in dict.fromkeys(calls.values_list("holder__ref", flat=True)):
        known = register().by_ref[holder].at(ctx.now).contacts
        if mobile := next((c.ref for c in known if c.kind == "mobile"), ""):
            key = f"call:{row.ref}:{holder}:{row.stage}"
            drafts.append(Draft(key=key, who=holder, contact=mobile, first=-row.grade))
    _write(ctx, row, drafts)


@on(CALLDOWN_OPENED)
@on(CALLDOWN_JOINED)
def tell_the_groups(ctx: Ctx, told: Told) -> None:
    """One digest a call-down, and one more when villages join: never a message a village."""
    if ctx.world.is_live:
        row = _call_down(ctx, told["refs"]["call_down"])
        villages = CallLine.objects.filter(call_down=row, kind="village").count()
        _write(ctx, row, [Draft(key=f"call:{row.ref}:{villages}", first=-row.grade)])


def _call_down(ctx: Ctx, ref: str) -> CallDown:
    return CallDown.objects.get(world_id=ctx.world.id, ref=ref)


def _write(ctx: Ctx, row: CallDown, drafts: list[Draft]) -> None:
    place = atlas().by_id[row.place_id]
    outbox.write(ctx, drafts, purpose=PURPOSE, subject=row.ref, place=place, expires_at=ctx.now + LASTS)


def text_of(ctx: Ctx, message: Message) -> str:
    """What it says when it leaves; nothing once the call-down has ended."""
    row = _call_down(ctx, message.subject)
    if row.closed_at is not None:
        return ""
    return _to_person(ctx, row, message.who) if message.who else _digest(ctx, row)


def _to_person(ctx: Ctx, row: CallDown, holder: str) -> str:
    """Short: place, grade, what to do, where to answer. No name, for whoever holds the telephone."""
    call = Call.objects.filter(call_down=row, holder__ref=holder).order_by("pk").first()
    place = atlas().by_id[call.place_id if call else row.place_id]
    grade, stage = Grade(row.grade).word, row.stage_word
    text = t(
        "zh",
        w("{clock} {place}{grade}预警，{stage}"),
        clock=_clock(ctx),
        place=place.name,
        grade=grade,
        stage=stage,
    )
    if settings.ADDRESS:
        return f"{text}。{t('zh', w('收到请点'))} {settings.ADDRESS}{link(ctx.world.key, row.ref, holder)}"
    number = people.duty_room_number(ctx, place.path)
    return f"{text}。{t('zh', w('收到请回电值班室 {number}'), number=number)}" if number else text


def _digest(ctx: Ctx, row: CallDown) -> str:
    lines = CallLine.objects.filter(call_down=row, kind="village").order_by("key")
    villages = [atlas().by_id[pk].name for pk in lines.values_list("place_id", flat=True)]
    text = t(
        "zh", w("{clock} {place}{grade}叫应：{stage}。{n} 个村：{villages}"), clock=_clock(ctx), n=len(villages),
        place=atlas().by_id[row.place_id].name, grade=Grade(row.grade).word, stage=row.stage_word, villages="、".join(villages),
    )  # fmt: skip
    return f"{text}\n{settings.ADDRESS}/w/{ctx.world.key}/calls/{row.ref}" if settings.ADDRESS else text


def _clock(ctx: Ctx) -> str:
    return beijing(ctx.now).strftime("%H:%M")


TEXTS = {PURPOSE: text_of}
