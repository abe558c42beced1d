"""A line 线路 that dies, and comes back: what it was handed moves to the officer's desk by itself, with an entry of why.

Only the live world's lines die. An exercise's network is started again and handed the same calls by the same keys, so
that one seed gives one journal.
"""

from anlan.call import calldown_rows
from anlan.call.actions.calldown import go_on_with
from anlan.call.events import CALL_ENDED
from anlan.call.models import Call, CallDown
from anlan.call.rules.calldown import reduce
from anlan.foundation import journal
from anlan.foundation.actions import action
from anlan.foundation.context import Ctx
from anlan.foundation.journal import Note
from anlan.foundation.worlds import World
from anlan.places.atlas import atlas


def failed(ctx: Ctx, *, channel: str, why: str) -> int:
    """The line takes nothing: its calls become `unknown`, and ladders go on by hand. Returns how many calls moved.

    `why` is the name of the fault, never its words: they may hold a number.
    """
    with action(ctx, "warn.call"):
        if not _mark(ctx, channel, ctx.now.isoformat()):
            return 0
        stuck = Call.objects.filter(world_id=ctx.world.id, channel=channel, state="sending", sent=False)
        downs = CallDown.objects.filter(pk__in=stuck.values("call_down")).select_for_update().order_by("pk")
        count = stuck.count()
        told = {"why": why, "calls": count}
        refs = {"channel": channel}
        journal.append(ctx, "warn.channel.failed", refs=refs, body=told, place=atlas().city.path)
        for row in downs:
            _to_the_desk(ctx, row, channel)
        return count


def _to_the_desk(ctx: Ctx, row: CallDown, channel: str) -> None:
    keys = Call.objects.filter(call_down=row, channel=channel, state="sending").order_by("pk")
    calls = [{"call": key, "outcome": "unknown"} for key in keys.values_list("key", flat=True)]
    told = {"calls": calls, "why": "channel_failed"}
    note = Note(CALL_ENDED, {"call_down": row.ref}, told, atlas().by_id[row.place_id].path)
    go_on_with(
        ctx, row, lambda v: reduce.on_channel_down(call_down=v, channel=channel, at=ctx.now), notes=[note]
    )


def returned(ctx: Ctx, *, channel: str) -> None:
    """The line works again: what is called from now on goes by it. What lies on the desk stays there."""
    with action(ctx, "warn.call"):
        if _mark(ctx, channel, None):
            refs = {"channel": channel}
            journal.append(ctx, "warn.channel.returned", refs=refs, body={}, place=atlas().city.path)


def _mark(ctx: Ctx, channel: str, since: str | None) -> bool:
    """Write down since when a line is dead, or that it works; False when that was known."""
    row = World.objects.select_for_update().get(pk=ctx.world.id)
    down = dict(row.settings.get(calldown_rows.LINES_DOWN, {}))
    if (since is None) == (channel not in down):
        return False
    if since is None:
        del down[channel]
    else:
        down[channel] = since
    row.settings = {**row.settings, calldown_rows.LINES_DOWN: down}
    row.save(update_fields=["settings"])
    return True
