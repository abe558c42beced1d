"""Of the standing order: findings that it did not cover, so that somebody must call out by hand."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from anlan.call.events import CALLOUT_REFUSED
from anlan.foundation import journal, journal_reading
from anlan.foundation.context import Ctx
from anlan.foundation.words import w
from anlan.places.atlas import atlas
from anlan.ui.due import Wait

REFUSAL_STANDS = timedelta(hours=2)
WHY_NOT_CALLED = {
    "order_not_signed": w("长效指令没有签发。"),
    "order_expired": w("长效指令已过期。"),
    "order_is_a_demo": w("长效指令是演示文件，不叫真人。"),
    "no_order": w("没有在用的长效指令。"),
    "names_no_place": w("预警没有点名地方。"),
}
"""Why nobody was called by itself."""


def refused_call_outs(ctx: Ctx, at: datetime | None, path: str) -> Iterator[Wait]:
    """No signed standing order covered a finding: somebody must call out by hand, now."""
    now = at or ctx.now
    rows = journal_reading.rows(ctx).filter(
        name=CALLOUT_REFUSED, at__gte=now - REFUSAL_STANDS, at__lte=now, place__startswith=path
    )
    newest = {entry.place: entry for entry in rows.order_by("seq")}
    for entry in newest.values():
        place = atlas().by_path[entry.place]
        facts = {"why": journal.read(entry)["body"]["why"]}
        yield Wait(
            kind="refused_call_out",
            key=f"refused:{entry.place}",
            place=place,
            since=entry.at,
            due_at=entry.at,
            facts=facts,
        )
