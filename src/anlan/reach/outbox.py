"""The outbox 发件箱: what is to be told to whom by the lines of the county, beside the bell. Of the live world alone."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from anlan.foundation import journal
from anlan.foundation.context import Ctx
from anlan.people import queries as people
from anlan.places.atlas import Place
from anlan.reach.events import MESSAGES_WRITTEN
from anlan.reach.kinds import kinds
from anlan.reach.models import Line, Message

ON = "on"


@dataclass(frozen=True, kw_only=True)
class Draft:
    """One message: to a contact point of a duty holder, or to every group line where there is none.

    `key` says it once; `first` goes before what has a greater one. Its text is made when it leaves, by the purpose's own
    composer: no text and no link lies anywhere.
    """

    key: str
    who: str = ""
    contact: str = ""
    first: int = 5


def lines_on(path: str, *, to_group: bool) -> list[Line]:
    """The lines that are switched on, serve the place of that path, and reach groups, or persons; the cheapest first."""
    known = kinds()
    rows = Line.objects.filter(state=ON).select_related("place").order_by("price_fen", "pk")
    return [
        row for row in rows
        if row.kind in known and known[row.kind].to_group == to_group and path.startswith(row.place.path)
    ]  # fmt: skip


def write(
    ctx: Ctx, drafts: Iterable[Draft], *, purpose: str, subject: str, place: Place, expires_at: datetime
) -> int:
    """Put messages into the outbox, in the transaction of what they tell; returns how many are new.

    Without a line that reaches its kind of receiver none is written: a line that is switched on tomorrow tells no old news.
    An exercise tells nobody.
    """
    if not ctx.world.is_live:
        return 0
    groups, has_lines = lines_on(place.path, to_group=True), bool(lines_on(place.path, to_group=False))
    told = list(drafts)
    persons = [draft for draft in told if draft.contact] if has_lines else []
    indexes = people.number_indexes([draft.contact for draft in persons])
    common = {
        "world_id": ctx.world.id, "place_id": place.id, "purpose": purpose, "subject": subject,
        "made_at": ctx.now, "try_at": ctx.now, "expires_at": expires_at,
    }  # fmt: skip
    rows = [
        Message(
            key=d.key, first=d.first, who=d.who, contact=d.contact, number_index=indexes[d.contact], **common
        )
        for d in persons
        if d.contact in indexes
    ]
    rows += [
        Message(key=f"{d.key}>{line.ref}", first=d.first, line=line, **common)
        for d in told
        if not d.contact
        for line in groups
    ]
    stand = set(
        Message.objects.filter(world_id=ctx.world.id, key__in=[row.key for row in rows]).values_list(
            "key", flat=True
        )
    )
    fresh = [row for row in rows if row.key not in stand]
    if fresh:
        Message.objects.bulk_create(fresh)
        body = {"purpose": purpose, "persons": sum(1 for row in fresh if row.contact), "all": len(fresh)}
        journal.append(ctx, MESSAGES_WRITTEN, refs={"subject": subject}, body=body, place=place.path)
    return len(fresh)
