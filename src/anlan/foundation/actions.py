"""What an action is: permission → rule → save → journal, in one transaction, called alike by page, API, job and command line."""

from collections.abc import Iterator
from contextlib import contextmanager

from anlan.foundation import worlds
from anlan.foundation.context import Ctx
from anlan.foundation.errors import Conflict, Invalid
from anlan.foundation.models import Counter
from anlan.foundation.rules.reason import is_reason
from anlan.foundation.worlds import beijing
from anlan.foundation.writing import writing

AFTER_THE_END = frozenset({"exercise.run", "warn.proof", "people.unmask", "people.view", "packs.view"})
"""Of an ended exercise one may still look, seal and print: what leaves a trace and asks nobody for work."""


def _is_over(ctx: Ctx, permission: str) -> bool:
    """Whether a person acts in an exercise that has ended: nobody does the work that pages would promise there."""
    is_person = "*" not in ctx.actor.permissions and not ctx.world.is_live
    return is_person and permission not in AFTER_THE_END and worlds.has_ended(ctx.world)


@contextmanager
def action(ctx: Ctx, permission: str) -> Iterator[None]:
    """Open the transaction of an action, once the actor is found to have the permission."""
    ctx.require(permission)
    with writing():
        if _is_over(ctx, permission):
            raise Conflict("演练已经结束，只能看，不能再办。要接着练，请另开一场。")
        yield


def reason_in(text: str, *, most: int = 200) -> str:
    """The reason as it is kept. Raises: Invalid when there is none."""
    if not is_reason(text):
        raise Invalid("请写明理由（至少两个字），它会进入日志。").at("reason")
    return text.strip()[:most]


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
