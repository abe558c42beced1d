"""签发、停用长效指令: the one who may signs what starts by itself in the live world, until a day."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db import IntegrityError

from anlan.call.events import ORDER_ENDED, ORDER_SIGNED
from anlan.call.models import SignedOrder
from anlan.call.queries.orders import STARTS, rows_of
from anlan.foundation import journal
from anlan.foundation.actions import action, next_ref, reason_in
from anlan.foundation.context import Ctx
from anlan.foundation.errors import Conflict, Forbidden, Invalid
from anlan.foundation.worlds import beijing
from anlan.places.atlas import atlas

SIGN = "warn.approve"
LONGEST = timedelta(days=3 * 366)


def sign(
    ctx: Ctx, *, place: str, document_no: str, text: str, starts: Sequence[str], may_hold: bool, signed_by: str, expires: date
) -> str:  # fmt: skip
    """Sign an order for a place and what lies below it; returns its ref. Raises: Conflict, Forbidden, Invalid."""
    check(ctx, place=place, starts=starts, expires=expires)
    where, rows = atlas().code(place), rows_of(starts)
    try:
        with action(ctx, SIGN):
            row = SignedOrder.objects.create(
                ref=next_ref(ctx, "SO"), place_id=where.id, document_no=document_no, text=text, starts=rows, may_hold=may_hold,
                signed_by=signed_by, signed_at=ctx.now, entered_by=ctx.actor.ref, expires=expires,
            )  # fmt: skip
            told = {
                "document_no": document_no, "signed_by": signed_by, "text": text, "starts": list(starts), "may_hold": may_hold,
                "expires": expires.isoformat(),
            }  # fmt: skip
            journal.append(
                ctx, ORDER_SIGNED, refs={"order": row.ref, "place": where.code}, body=told, place=where.path
            )
    except IntegrityError:
        raise Conflict("这里已有文号是 {no} 的长效指令。续签请用新的文号。", no=document_no) from None
    return row.ref


def check(ctx: Ctx, *, place: str, starts: Sequence[str], expires: date) -> None:
    """What is to be signed can be signed by this person now. Raises: Conflict, Forbidden, Invalid."""
    ctx.require(SIGN)
    if not ctx.world.is_live:
        raise Conflict("长效指令叫的是真人：请回到实战里签。")
    if not ctx.scope.holds(atlas().code(place).path):
        raise Forbidden("这个地方不在您的辖区，不能替它签。")
    if not starts or set(starts) - STARTS.keys():
        raise Invalid("请至少勾一种情况。")
    today = beijing(ctx.now).date()
    if not today < expires <= today + LONGEST:
        raise Invalid("有效期应在明天以后、三年以内。")


def end(ctx: Ctx, *, ref: str, reason: str) -> None:
    """From now on nothing starts by it. Raises: NotFound, Conflict."""
    reason = reason_in(reason)
    with action(ctx, SIGN):
        row = ctx.one(SignedOrder, ref)
        now = {"ended_at": ctx.now, "ended_by": ctx.actor.ref, "ended_why": reason}
        if not SignedOrder.objects.filter(pk=row.pk, ended_at=None).update(**now):
            raise Conflict("这份长效指令已经停用了。请刷新后再看。")
        place = atlas().by_id[row.place_id]
        refs = {"order": ref, "place": place.code}
        journal.append(ctx, ORDER_ENDED, refs=refs, body={"reason": reason}, place=place.path)
