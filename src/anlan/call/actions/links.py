"""The link of an answer page 手机应答页, handed to the person it is for: from then on they are told."""

from anlan.call import calldown_rows
from anlan.call.actions.hearing import place_of
from anlan.call.calldown_rows import the_call_down
from anlan.call.events import LINK_HANDED
from anlan.foundation import journal
from anlan.foundation.actions import action
from anlan.foundation.context import Ctx

HANDED = LINK_HANDED


def hand_over(ctx: Ctx, *, call_down: str, holder: str) -> None:
    """An officer shows or sends the link; the first time counts. The link itself never reaches the journal."""
    with action(ctx, "warn.call" if ctx.world.is_live else "warn.view"):
        row = the_call_down(ctx, call_down, lock=True)
        if is_handed(ctx, call_down=call_down, holder=holder):
            return
        place = place_of(calldown_rows.value_of(ctx, row), holder)
        refs = {"call_down": call_down, "holder": holder, "place": place.code}
        journal.append(ctx, HANDED, refs=refs, body={}, place=place.path)


def is_handed(ctx: Ctx, *, call_down: str, holder: str) -> bool:
    """Whether this person's link of this call-down was handed over before."""
    rows = journal.JournalEntry.objects.filter(world_id=ctx.world.id, name=HANDED, subject=call_down)
    return any(journal.read(row)["refs"]["holder"] == holder for row in rows)
