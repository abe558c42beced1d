"""What people bring to a quiet day: who is on duty now, and how far the roster reaches."""

from anlan.foundation.context import Ctx
from anlan.foundation.crypto import mask_name, unseal
from anlan.foundation.words import Sentence, say, w
from anlan.foundation.worlds import beijing
from anlan.people.models import DutyShift
from anlan.ui.today import Line

SHOWN = 6


def _shift(ctx: Ctx) -> Sentence:
    rows = (
        ctx.rows(DutyShift)
        .filter(starts_at__lte=ctx.now, ends_at__gt=ctx.now)
        .select_related("holder__person", "organisation")
    )
    on = [
        f"{row.organisation.name} {mask_name(unseal(row.holder.person.name_sealed, row.holder.person.ref))}"
        for row in rows.order_by("organisation__ref", "role")[:SHOWN]
    ]
    if not on:
        return say(w("值班表上现在没有人。"))
    until = min(row.ends_at for row in rows[:SHOWN])
    return say(w("{who}，到 {until}"), who="、".join(on), until=f"{beijing(until):%m-%d %H:%M}")


TODAY = (Line(word=w("今天值班"), page="registers", permission="people.view", tell=_shift),)
