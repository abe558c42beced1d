"""The list of call-downs: those that run, and those that have ended."""

from dataclasses import dataclass

from anlan.call.calldown_rows import seen
from anlan.call.models import CallDown, CallLine
from anlan.call.queries.contact import lost_in
from anlan.call.rules.calldown.shapes import LineState
from anlan.foundation.context import Ctx
from anlan.foundation.rules.grade import Grade
from anlan.places.atlas import Place, atlas


@dataclass(frozen=True, kw_only=True)
class Listed:
    """One call-down of the list."""

    row: CallDown
    place: Place
    lines: int
    heard: int
    lost: bool

    @property
    def grade(self) -> Grade:
        return Grade(self.row.grade)


def call_downs(ctx: Ctx, *, is_open: bool, limit: int = 60) -> list[Listed]:
    """Call-downs of which the reader sees a part, newest first: with how many of those villages were heard or door-checked."""
    rows = list(seen(ctx).filter(closed_at__isnull=is_open).order_by("-opened_at", "-pk")[:limit])
    lines = ctx.rows(CallLine).filter(call_down__in=rows, kind="village").values_list("call_down_id", "state")
    count: dict[int, list[str]] = {row.pk: [] for row in rows}
    for pk, state in lines:
        count[pk].append(state)
    heard = (LineState.ANSWERED.value, LineState.DOOR_CHECKED.value)
    lost = {entry.place.id for entry in lost_in(ctx, "", None)}
    return [
        Listed(
            row=row,
            place=atlas().by_id[row.place_id],
            lines=len(count[row.pk]),
            heard=sum(state in heard for state in count[row.pk]),
            lost=row.place_id in lost,
        )
        for row in rows
    ]
