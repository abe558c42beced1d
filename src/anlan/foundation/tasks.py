"""Due work 到时要办的事: one table, claimed by conditional update, done in the transaction of its effect.

A runner gets `(ctx, payload)` with `ctx.now` = the moment it was due in an exercise, or the real moment when live. A runner that raises is
tried again (1 s, 4 s, 16 s); then it is dead and stands on the dead-letter page until somebody feeds it again. Records that
others hold or a full disk are no failure of the work: it stays due. A runner that must compute, parse or wait is registered as
`slow`: it runs outside any transaction and does what counts in `with effect():`, which claims the work.
"""

import logging
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Q

from anlan.foundation import health, kept, worlds
from anlan.foundation.context import Ctx
from anlan.foundation.errors import Conflict
from anlan.foundation.models import Task, World
from anlan.foundation.writing import is_busy, writing

log = logging.getLogger(__name__)
Runner = Callable[[Ctx, dict[str, Any]], None]
TRIES = 4
_runners: dict[str, Runner] = {}
_slow: set[str] = set()
_mine = threading.local()


class Taken(Exception):
    """Somebody else did the work meanwhile."""


def task(kind: str, *, slow: bool = False) -> Callable[[Runner], Runner]:
    """Register the runner of one kind of due work; a `slow` one opens its `effect` itself."""

    def register(runner: Runner) -> Runner:
        if kind in _runners:
            raise ValueError(f"two runners for {kind}")
        _runners[kind] = runner
        if slow:
            _slow.add(kind)
        return runner

    return register


def schedule(
    ctx: Ctx, kind: str, *, key: str, due_at: datetime, payload: dict[str, Any] | None = None
) -> None:
    """Put work on the list. The same key again moves nothing and repeats nothing."""
    schedule_many(ctx, [(kind, key, due_at, payload or {})])


def schedule_many(ctx: Ctx, rows: list[tuple[str, str, datetime, dict[str, Any]]]) -> None:
    """The same for many `(kind, key, due_at, payload)` in one insert."""
    Task.objects.bulk_create(
        [Task(world_id=ctx.world.id, kind=k, key=key, due_at=due, payload=p) for k, key, due, p in rows],
        ignore_conflicts=True,
    )


def cancel(ctx: Ctx, prefix: str) -> int:
    """Strike what has not been done and whose key begins so."""
    waiting = Task.objects.filter(world_id=ctx.world.id, key__startswith=prefix, state=Task.State.DUE)
    return waiting.update(state=Task.State.CANCELLED)


def is_waiting(ctx: Ctx, prefix: str) -> bool:
    """Whether work whose key begins so is still to be done."""
    return Task.objects.filter(world_id=ctx.world.id, key__startswith=prefix, state=Task.State.DUE).exists()


def next_due(world_id: int, until: datetime, *, slow: bool | None = None) -> Task | None:
    """The first work due by `until`, in (due_at, key) order; of the slow kinds alone, or of the others, where it is said."""
    waiting = Task.objects.filter(world_id=world_id, state=Task.State.DUE, due_at__lte=until)
    if slow is not None:
        waiting = waiting.filter(kind__in=_slow) if slow else waiting.exclude(kind__in=_slow)
    ready = waiting.filter(Q(retry_at=None) | Q(retry_at__lte=datetime.now(UTC)))
    return ready.order_by("due_at", "key").first()


def run(work: Task, world: World) -> bool:
    """Do one piece of work; False when somebody else had it."""
    now = worlds.clock(world) if world.key == "live" else work.due_at
    ctx = worlds.context(world).at(now)
    _mine.work = work
    try:
        if work.kind in _slow:
            with kept.once():
                _runners[work.kind](ctx, work.payload)
            if _mine.work is not None:  # it had no effect: nothing to do is done too
                with effect():
                    pass
        else:
            with effect():
                _runners[work.kind](ctx, work.payload)
    except Taken:
        return False
    except Exception as error:
        if is_busy(error):
            log.warning("task %s %s waits: others hold the records", work.kind, work.key)
            return True
        log.exception("task %s %s failed", work.kind, work.key)
        _failed(work, traceback.format_exc(), counts=not health.passes(error))
    return True


@contextmanager
def effect() -> Iterator[None]:
    """The transaction of the effect of the work that this thread does; the claim is part of it. Raises: Taken."""
    work, _mine.work = getattr(_mine, "work", None), None
    if work is None:  # a runner that is called by itself, as tests do
        with writing():
            yield
        return
    with writing(f"task {work.kind}"):
        if not Task.objects.filter(pk=work.pk, state=Task.State.DUE).update(state=Task.State.DONE):
            raise Taken
        yield


def _failed(work: Task, trace: str, *, counts: bool) -> None:
    tries = work.tries + counts
    dead = tries >= TRIES
    Task.objects.filter(pk=work.pk, state=Task.State.DUE).update(
        tries=tries,
        error=trace[-4000:],
        retry_at=datetime.now(UTC) + timedelta(seconds=4 ** max(tries - 1, 0)),
        state=Task.State.DEAD if dead else Task.State.DUE,
    )


def past(ctx: Ctx, prefix: str, since: datetime) -> list[tuple[datetime, dict[str, Any], str]]:
    """Of the work whose key begins so and that is over: when it was due, what it was about, and the trace of what died."""
    over = Task.objects.filter(world_id=ctx.world.id, key__startswith=prefix, due_at__gte=since)
    rows = over.filter(state__in=[Task.State.DONE, Task.State.DEAD]).order_by("due_at", "key")
    return [(row.due_at, row.payload, row.error if row.state == Task.State.DEAD else "") for row in rows]


def dead_letters(ctx: Ctx) -> list[Task]:
    return list(ctx.rows(Task).filter(state=Task.State.DEAD).order_by("due_at"))


def feed_again(ctx: Ctx, key: str) -> None:
    """Give dead work another four tries."""
    ctx.require("admin.manage")
    waiting = ctx.rows(Task).filter(key=key, state=Task.State.DEAD)
    if not waiting.update(state=Task.State.DUE, tries=0, retry_at=None):
        raise Conflict("这件事已经有人重新派出，请刷新后再看。")
