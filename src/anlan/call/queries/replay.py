"""When an exercise first called a place: for the replay's report."""

from datetime import datetime

from anlan.call.models import Call
from anlan.call.rules.calldown.shapes import BY_HAND, CallState
from anlan.foundation.context import Ctx


def first_call_at(ctx: Ctx, path: str) -> datetime | None:
    """When the first call to anybody of this place was placed; what lies on the desk undialled is none."""
    rows = ctx.rows(Call).filter(place__path__startswith=path)
    rows = rows.exclude(channel__in=BY_HAND, state=CallState.SENDING.value)
    return rows.order_by("placed_at").values_list("placed_at", flat=True).first()
