"""叫应一张纸: made anew each hour under orange and red, and each print with names leaves a trace."""

from datetime import timedelta
from typing import Any

from anlan.call.events import SHEET_HOURLY
from anlan.call.models import CallDown
from anlan.call.queries.sheet import digest
from anlan.foundation import journal, tasks
from anlan.foundation.actions import action
from anlan.foundation.context import Ctx
from anlan.foundation.rules.grade import Grade
from anlan.places.atlas import atlas

LEAST = Grade.ORANGE


def make(ctx: Ctx, *, ref: str) -> None:
    """Journal what the sheet says now, and wait for the next full hour. Nothing for a lower grade or an ended call-down."""
    row = CallDown.objects.get(world_id=ctx.world.id, ref=ref)
    if row.grade < LEAST or row.closed_at is not None:
        return
    seal, counts = digest(ctx, row)
    due = ctx.now.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
    key = f"{ref}:sheet:{journal.utc(due)}"
    with tasks.effect(), action(ctx, "warn.call"):
        tasks.schedule(ctx, SHEET_HOURLY, key=key, due_at=due, payload={"ref": ref})
        place = atlas().by_id[row.place_id]
        journal.append(
            ctx, "warn.sheet.made", refs={"call_down": ref}, body={"digest": seal, **counts}, place=place.path
        )


@tasks.task(SHEET_HOURLY, slow=True)
def _hourly(ctx: Ctx, payload: dict[str, Any]) -> None:
    make(ctx, ref=payload["ref"])


def printed(ctx: Ctx, *, ref: str, with_numbers: bool) -> None:
    """Somebody prints the sheet with names, or with names and numbers. Who, when and which stays in the journal."""
    with action(ctx, "people.unmask" if with_numbers else "people.view"):
        row = ctx.rows(CallDown).get(ref=ref)
        place = atlas().by_id[row.place_id]
        told = {"numbers": with_numbers}
        journal.append(ctx, "warn.sheet.printed", refs={"call_down": ref}, body=told, place=place.path)
