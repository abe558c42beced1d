"""`/metrics` in Prometheus' text form: counts of the live world, the engine's beat, times under the lock. Nobody is named."""

import shutil
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from typing import Any

from django.db.models import Count

from anlan.conf.doctor.records import rows
from anlan.foundation import health, held, rooms, worlds
from anlan.foundation.home import home

Sample = tuple[dict[str, str], float]


def text() -> str:
    """The whole page."""
    return "".join(_family(*family) for family in _families())


def _family(name: str, kind: str, about: str, samples: Iterable[Sample]) -> str:
    said = [f"# HELP anlan_{name} {about}\n# TYPE anlan_{name} {kind}\n"]
    for labels, value in samples:
        marks = ",".join(f'{label}="{word}"' for label, word in labels.items())
        said.append(f"anlan_{name}{'{' + marks + '}' if marks else ''} {value:.10g}\n")
    return "".join(said)


def _families() -> Iterator[tuple[str, str, str, Iterable[Sample]]]:
    ctx = worlds.context(worlds.get("live"))
    for counters in rooms.brought("counters"):
        yield from counters()
    yield "calls", "gauge", "Calls by state.", _by("call", "Call", world_id=ctx.world.id)
    yield "tasks", "gauge", "Due work by state.", _by("foundation", "Task", state__in=["due", "dead"])
    overdue = rows("foundation", "Task").filter(
        world_id=ctx.world.id, state="due", due_at__lt=datetime.now(UTC)
    )
    yield "tasks_overdue", "gauge", "Due work of the live world past its time.", [({}, overdue.count())]
    told = health.told()
    yield (
        "engine_beat_age_seconds",
        "gauge",
        "Since the engine last told of itself.",
        [({}, told.age)] if told else [],
    )
    ill = [({"part": each.part.partition(":")[0]}, 1) for each in health.ills()]
    yield "engine_part_ill", "gauge", "1 for each part of the engine that does not work.", ill
    yield "disk_free_bytes", "gauge", "Room where the state lies.", [({}, shutil.disk_usage(home()).free)]
    actions = held.of_all(home())
    yield "lock_held_total", "counter", "Transactions by action.", _of(actions, lambda each: each.count)
    p99 = _of(actions, lambda each: each.p99() / 1000)
    yield "lock_held_p99_seconds", "gauge", "Time under the write lock by action, 99th of a hundred.", p99


def _by(room: str, table: str, **which: Any) -> list[Sample]:
    found = rows(room, table).filter(**which).values_list("state").annotate(Count("pk")).order_by("state")
    return [({"state": state}, count) for state, count in found]


def _of(actions: dict[str, held.Held], value: Any) -> list[Sample]:
    return [({"action": name}, value(each)) for name, each in sorted(actions.items())]
