"""What an action is: permission → rule → save → journal, in one transaction, called alike by page, API, job and command line."""

from collections.abc import Iterator
from contextlib import contextmanager

from anlan.foundation.context import Ctx
from anlan.foundation.models import Counter
from anlan.foundation.worlds import beijing
from anlan.foundation.writing import writing


@contextmanager
def action(ctx: Ctx, permission: str) -> Iterator[None]:
    """Open the transaction of an action, once the actor is found to have the permission."""
    ctx.require(permission)
    with writing():
        yield


def next_ref(ctx: Ctx, kind: str) -> str:
    """The next name a person can say, such as A-20210812-003: one row of numbers per world, kind and day."""
    return next_refs(ctx, kind, 1)[0]


def next_refs(ctx: Ctx, kind: str, count: int) -> list[str]:
    """The next so many names at once."""
    day = beijing(ctx.now).strftime("%Y%m%d")
    row, _ = Counter.objects.select_for_update().get_or_create(world_id=ctx.world.id, kind=f"{kind}-{day}")
    first = row.last + 1
    row.last += count
    row.save(update_fields=["last"])
    return [f"{kind}-{day}-{number:03d}" for number in range(first, first + count)]
