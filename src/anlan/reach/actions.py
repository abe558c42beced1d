"""What people do with a line: try it on their own telephone, switch it on once it worked, and off at any time."""

from datetime import timedelta

from anlan.foundation import crypto, journal
from anlan.foundation.actions import action, next_ref, reason_in
from anlan.foundation.context import Ctx
from anlan.foundation.errors import Conflict, Invalid
from anlan.foundation.words import t, w
from anlan.foundation.worlds import beijing
from anlan.places.atlas import atlas
from anlan.reach.events import LINE_SWITCHED
from anlan.reach.kinds import kinds
from anlan.reach.models import Line, Message
from anlan.reach.outbox import ON
from anlan.reach.rules.states import MessageState
from anlan.registers.columns import Bad
from anlan.registers.sealed import read_phone


def text_of_test(ctx: Ctx, message: Message) -> str:
    """It says of itself that it is none of the real ones."""
    clock = beijing(message.made_at).strftime("%m-%d %H:%M")
    return t("zh", w("【线路测试】{clock} 试发，收到请告诉值班室。不是预警。"), clock=clock)


MANAGE = "reach.manage"
TEST = "test"
TEXTS = {TEST: text_of_test}
TEST_LASTS = timedelta(minutes=10)
GOOD_FOR = timedelta(days=35)
"""A test that is older says nothing of tonight."""


def try_line(ctx: Ctx, *, ref: str, number: str = "") -> str:
    """Send a test, to a number typed here or to the line's group; returns the message's key. Raises: NotFound, Invalid."""
    line = ctx.one(Line, ref)
    to = ""
    if not kinds()[line.kind].to_group:
        try:
            to = read_phone(number.strip())
        except Bad as bad:
            raise Invalid(bad.why.text, **bad.why.values).at("number") from None
    index = crypto.blind(crypto.normal_phone(to)) if to else ""
    with action(ctx, MANAGE):
        key = f"test:{next_ref(ctx, 'T')}"
        Message.objects.create(
            world_id=ctx.world.id, key=key, place_id=line.place_id, purpose=TEST, subject=line.ref, line=line, first=9,
            to_sealed=crypto.seal(to, key) if to else "", number_index=index,
            made_at=ctx.now, try_at=ctx.now, expires_at=ctx.now + TEST_LASTS,
        )  # fmt: skip
    return key


def was_tried(ctx: Ctx, line: Line) -> bool:
    """Whether a test went through lately: taken by the provider, or on a telephone."""
    good = (MessageState.TAKEN, MessageState.DELIVERED)
    since = ctx.now - GOOD_FOR
    return Message.objects.filter(line=line, purpose=TEST, state__in=good, made_at__gt=since).exists()


def switch(ctx: Ctx, *, ref: str, on: bool, reason: str = "") -> None:
    """Switch a line on, which wants a test that went through, or off, which wants a reason. Raises: NotFound, Conflict, Invalid."""
    line = ctx.one(Line, ref)
    if on and line.simulator:
        raise Conflict("这是模拟器线路，实战不能启用。")
    if on and not was_tried(ctx, line):
        raise Conflict("还没有试发成功。先给自己试发一条，收到了再启用。")
    why = "" if on else reason_in(reason)
    with action(ctx, MANAGE):
        before = "off" if on else ON
        row = Line.objects.filter(pk=line.pk, state=before)
        if not row.update(state=ON if on else "off", trouble="", trouble_since=None):
            raise Conflict("线路已经是这样了，请刷新后再看。")
        body = {"on": on, "why": why} if why else {"on": on}
        path = atlas().by_id[line.place_id].path
        journal.append(ctx, LINE_SWITCHED, refs={"line": ref}, body=body, place=path)
