"""Due work: long files, saved in the name of who confirmed them, and entries whose deadline passes."""

from dataclasses import replace
from typing import Any

from anlan.foundation import tasks
from anlan.foundation.context import Actor, Ctx
from anlan.foundation.errors import AnlanError
from anlan.foundation.scope import Scope
from anlan.registers import lives, steps, uploads
from anlan.registers.all import registers
from anlan.registers.models import Upload


@tasks.task(uploads.IMPORT, slow=True)
def _save(ctx: Ctx, payload: dict[str, Any]) -> None:
    register = registers()[payload["register"]]
    actor = Actor(ref=payload["actor"], permissions=frozenset({register.keep}))
    theirs = replace(ctx, actor=actor, scope=Scope(tuple(payload["paths"]), payload["all"]))
    found = Upload.objects.get(world_id=ctx.world.id, ref=payload["ref"])
    if found.state != Upload.State.WAITING:
        return
    try:
        looked = uploads.look(theirs, register, uploads.bytes_of(theirs, found.ref), found.name)
        with tasks.effect():
            uploads.take(theirs, register, looked, found, was=Upload.State.WAITING)
    except AnlanError as error:  # it was right when it was confirmed: something else stands there now
        refused = {"state": Upload.State.REFUSED, "trouble": error.said("zh")[:400]}
        Upload.objects.filter(pk=found.pk, state=Upload.State.WAITING).update(**refused)


@tasks.task(lives.LATE)
def _late(ctx: Ctx, payload: dict[str, Any]) -> None:
    if register := registers().get(payload["register"]):
        steps.late(ctx, register, payload["ref"])
