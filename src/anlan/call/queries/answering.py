"""手机应答页: whose page it is, what it asks, what was answered; and the link that opens it without an account."""

import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from anlan.call.calldown_rows import everywhere
from anlan.call.models import Answer, CallDown, CallLine
from anlan.call.queries.speech import facts_for
from anlan.call.shelf import call_settings
from anlan.foundation import crypto, worlds
from anlan.foundation.context import Actor, Ctx
from anlan.foundation.errors import NotFound
from anlan.foundation.rules.stage import Stage
from anlan.foundation.scope import Scope
from anlan.foundation.words import Sentence, Text, say, written
from anlan.foundation.worlds import World, beijing
from anlan.judge.rules import plainwords
from anlan.judge.rules.plainwords import Facts
from anlan.move.queries.moves import moves
from anlan.people import queries as people
from anlan.places.atlas import Place, atlas

LINK_LASTS = timedelta(hours=24)
"""After the call-down has closed."""


@dataclass(frozen=True, kw_only=True)
class Sent:
    """The answer that stands."""

    answer: int
    households: int | None
    people: int | None
    at: datetime


@dataclass(frozen=True, kw_only=True)
class Order:
    """What the page says: who calls whom, what to do, where to."""

    caller: Text
    holder: Sentence
    what: Sentence
    where: Sentence | None
    place: Place
    facts: Facts
    sent: Sent | None
    awaited_until: datetime | None
    """When somebody is sent to the door at the latest; None once the line is settled or the door check is ordered."""
    is_overdue: bool
    """Someone has been sent to the door already; an answer still counts."""
    duty_room: str
    """The number to call when in doubt; empty where none is on file."""


def token_of(world_key: str, call_down: str, holder: str) -> str:
    return crypto.token("answer", world_key, call_down, holder)


def link(world_key: str, call_down: str, holder: str) -> str:
    """The address of somebody's answer page."""
    return f"/a/{world_key}/{call_down}/{holder}/{token_of(world_key, call_down, holder)}"


def open_link(*, world_key: str, call_down: str, holder: str, token: str) -> tuple[Ctx, CallDown]:
    """The context of the holder who opened the link, and the call-down that they answer now.

    A link of a call-down that gave way to a higher grade answers the one that took its place.
    Raises: NotFound for a link that was never given or has run out; the two look alike.
    """
    if not hmac.compare_digest(token_of(world_key, call_down, holder).encode(), token.encode()):
        raise _gone()
    world = World.objects.filter(key=world_key).first()
    row = CallDown.objects.filter(world__key=world_key, ref=call_down).first()
    if world is None or row is None:
        raise _gone()
    ctx = worlds.context(world)
    known = people.holders_by_ref(everywhere(ctx), [holder]).get(holder)
    if known is None or (row.closed_at is not None and ctx.now > row.closed_at + LINK_LASTS):
        raise _gone()
    actor = Actor(ref=f"holder:{holder}", role="holder", permissions=frozenset({"warn.answer"}))
    own = Ctx(ctx.world, ctx.now, actor, Scope.of(known.place_path))
    return own, _running(row, holder) or row


def _gone() -> NotFound:
    return NotFound("这个应答链接打不开：可能抄错了，也可能叫应已经结束。请打给值班室。")


def _running(row: CallDown, holder: str) -> CallDown | None:
    """The call-down that runs in the same township now, when this one has ended and the person stands in the other."""
    if row.closed_at is None:
        return None
    others = CallDown.objects.filter(world_id=row.world_id, place_id=row.place_id, closed_at=None)
    return next((r for r in others.order_by("-grade", "-pk") if _line_of(r, holder) is not None), None)


def _line_of(row: CallDown, holder: str) -> CallLine | None:
    """The line that a person answers for: the village that they stand for before any other."""
    found: CallLine | None = None
    for line in CallLine.objects.filter(call_down=row).order_by("pk"):
        for rung in line.rungs:
            if holder in rung["holders"]:
                if line.kind == "village" and rung["stands_for_place"]:
                    return line
                found = found or line
    return found


def order_of(ctx: Ctx, row: CallDown, holder: str) -> Order:
    """What the page tells this person. Raises: NotFound for somebody on none of the ladders."""
    line = _line_of(row, holder)
    if line is None:
        raise _gone()
    place = atlas().by_id[line.place_id]
    seen = everywhere(ctx)
    facts = facts_for(seen, row, place, moves(seen, place.path))
    known = people.holders_by_ref(seen, [holder])[holder]
    name = people.masked_names(seen, [holder]).get(holder, "")
    latest = Answer.objects.filter(call_down=row, holder__ref=holder).order_by("at", "pk").last()
    return Order(
        caller=facts.caller,
        holder=say(
            "{place} {title} {name}",
            place=place.name,
            title={"zh": known.title, "en": written("en", known.title)},
            name=name,
        ),
        what=_over(row.closed_at) if row.closed_at else _what(facts, told=bool(row.stage)),
        where=say("去 {site}", site=facts.site) if facts.site and not row.closed_at else None,
        place=place,
        facts=facts,
        sent=Sent(answer=latest.kind, households=latest.households, people=latest.people, at=latest.at)
        if latest
        else None,
        awaited_until=_awaited_until(ctx, row, line),
        is_overdue=line.settled_at is None and line.door_check_at is not None and row.closed_at is None,
        duty_room=people.duty_room_number(seen, place.path),
    )


def _awaited_until(ctx: Ctx, row: CallDown, line: CallLine) -> datetime | None:
    if line.settled_at is not None or line.door_check_at is not None or row.closed_at is not None:
        return None
    settings = call_settings(ctx, atlas().by_id[row.place_id].code)
    return line.opened_at + settings.silence_limit


def _over(closed_at: datetime) -> Sentence:
    """The head once the call-down has ended: it commands nobody any more, and an answer is still kept."""
    return say("叫应已于 {at} 结束", at=beijing(closed_at).strftime("%H:%M"))


def _what(facts: Facts, *, told: bool) -> Sentence:
    """The deed in a headline, with how many where that is known."""
    if not told and facts.households is None:
        return say("请马上答复")
    many = (
        say(" {n} 户 {people} 人", n=facts.households, people=facts.people or 0) if facts.households else ""
    )
    return {
        Stage.PREPARE: say("准备转移{many}", many=many),
        Stage.MOVE: say("现在就转移{many}", many=many),
        Stage.COUNT: say("逐户点名，报几户几人"),
        Stage.STAY_OUT: say("看住转移的人，不许返回"),
        Stage.RETURN: say("可以带人返回"),
    }[facts.stage]


def received_at(ctx: Ctx, key: str) -> datetime:
    """When the answer with this key was taken in, the first time."""
    return Answer.objects.values_list("at", flat=True).get(world_id=ctx.world.id, key=key)


def card(order: Order) -> plainwords.ResidentWords:
    """明白卡: the words for residents."""
    return plainwords.resident_words(order.facts)
