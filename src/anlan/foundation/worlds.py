"""Worlds: the live one and exercises. Same code, other clock, simulated channels only."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from django.db.models import Max

from anlan.foundation import journal
from anlan.foundation.context import SYSTEM, Actor, Ctx, WorldInfo
from anlan.foundation.errors import Conflict, NotFound
from anlan.foundation.models import JournalHead, World
from anlan.foundation.scope import Scope
from anlan.foundation.writing import writing

BEIJING = timezone(timedelta(hours=8), "+08:00")


def info(world: World) -> WorldInfo:
    return WorldInfo(world.pk, world.key, world.seed, world.title)


def get(key: str) -> World:
    world = World.objects.filter(key=key).first()
    if world is None:
        raise NotFound("没有代号为 {key} 的演练。请从演练列表里选择。", key=key)
    return world


def has_ended(world: WorldInfo) -> bool:
    """Whether an exercise is over; its clock never moves again."""
    return World.objects.filter(pk=world.id, state=World.State.ENDED).exists()


def clock(world: World) -> datetime:
    """Now in that world: the real clock when live, else the column that only the driver advances."""
    if world.key == "live":
        real = datetime.now(UTC)
        return real.replace(microsecond=real.microsecond // 1000 * 1000)  # as the journal spells it
    if world.now is None:
        raise Conflict("演练 {key} 还没有时钟。请重新建立演练。", key=world.key)
    return world.now


def context(world: World, *, actor: Actor = SYSTEM, scope: Scope | None = None) -> Ctx:
    """A context in that world at its present moment. The system sees everywhere."""
    seen = scope if scope is not None else (Scope.everywhere() if actor is SYSTEM else Scope())
    return Ctx(info(world), clock(world), actor, seen)


def ensure_live(installation: str) -> World:
    """The live world; its chain begins with the installation's own id."""
    with writing():
        world, made = World.objects.get_or_create(
            key="live", defaults={"title": "值班", "scenario": installation, "state": World.State.RUNNING}
        )
        if made:
            JournalHead.objects.create(world=world, hash=journal.genesis(installation, 0))
    return world


def new_exercise(
    *,
    scenario: str,
    title: str,
    seed: int,
    starts_at: datetime,
    ends_at: datetime,
    settings: dict[str, Any],
    speed: float,
) -> World:
    """An exercise with a clock of its own, standing at its beginning."""
    with writing():
        last = World.objects.select_for_update().exclude(key="live").aggregate(last=Max("pk"))["last"] or 0
        taken = World.objects.filter(pk=last).values_list("key", flat=True).first()
        number = int(taken[1:]) + 1 if taken else 1
        world = World.objects.create(
            key=f"x{number}",
            title=title,
            scenario=scenario,
            seed=seed,
            settings=settings,
            starts_at=starts_at,
            ends_at=ends_at,
            now=starts_at,
            speed=speed,
        )
        JournalHead.objects.create(world=world, hash=journal.genesis(scenario, seed))
    return world


def running_exercise() -> World | None:
    """The exercise that somebody looks for first: the newest that runs, else the newest that waits or has ended."""
    exercises = World.objects.exclude(key="live").order_by("-pk")
    return exercises.filter(state=World.State.RUNNING).first() or exercises.first()


def everything() -> list[World]:
    """The live world and every exercise, newest first."""
    return sorted(World.objects.all(), key=lambda world: (world.key != "live", -world.pk))


def advance(world_id: int, now: datetime) -> None:
    """Move an exercise's clock forward, never back."""
    World.objects.filter(pk=world_id, now__lt=now).exclude(key="live").update(now=now)


def beijing(moment: datetime) -> datetime:
    """The same moment on a Chinese wall clock."""
    return moment.astimezone(BEIJING)
