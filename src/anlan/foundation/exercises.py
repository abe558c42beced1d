"""Exercises 演练: make, start, pause, set the pace, end. The engine's driver watches the row and obeys.

These acts belong to the real evening, not to the story that is played: they are journaled in the live world, so that an
exercise without human input keeps one head for one seed.
"""

from collections.abc import Mapping
from typing import Any

from anlan.foundation import journal, scenarios, worlds
from anlan.foundation.actions import action
from anlan.foundation.context import SYSTEM, Ctx
from anlan.foundation.errors import Conflict, Forbidden, Invalid
from anlan.foundation.models import World
from anlan.foundation.scope import Scope

SPEEDS = (1, 10, 60, 240, 0)
"""Simulated seconds a real one; 0 is as fast as it can."""
_MAY_FOLLOW = {
    "start": ({World.State.READY, World.State.PAUSED}, World.State.RUNNING),
    "pause": ({World.State.RUNNING}, World.State.PAUSED),
    "end": ({World.State.READY, World.State.RUNNING, World.State.PAUSED}, World.State.ENDED),
}


def create(ctx: Ctx, *, scenario: str, settings: Mapping[str, Any]) -> str:
    """A new exercise that stands at its beginning; returns its key. `ctx` is of the live world."""
    ctx.require("exercise.run")
    plan = scenarios.get(scenario).plan(ctx, settings)
    paths = {"paths": ctx.scope.paths, "all": ctx.scope.all}
    owner = None if ctx.actor is SYSTEM else {"by": ctx.actor.ref, "unit": ctx.actor.unit, **paths}
    with action(ctx, "exercise.run"):
        key = plan.make(owner=owner).key
        _note(ctx, "created", key, {"scenario": scenario})
    plan.lay(key)
    return key


def may_run(ctx: Ctx, world: World) -> bool:
    """Whoever made it, their unit, and who sees all that they see; one that the machine itself made is everybody's."""
    owner = world.settings.get("owner")
    if not ctx.may("exercise.run") or owner is None:
        return ctx.may("exercise.run")
    is_own = ctx.actor.ref == owner["by"] or ctx.actor.unit == owner["unit"] != ""
    return is_own or ctx.scope.covers(Scope(tuple(owner["paths"]), all=owner["all"]))


def change(ctx: Ctx, *, key: str, what: str, own_engine: bool = False) -> None:
    """Start, pause or end; `own_engine`: one of its own will drive it. Raises: Conflict when somebody else was quicker."""
    with action(ctx, "exercise.run"):
        if what not in _MAY_FOLLOW:
            raise Invalid("演练只能开始、暂停或结束。")
        _require_own(ctx, key)
        before, after = _MAY_FOLLOW[what]
        settings = {**worlds.get(key).settings, "own_engine": own_engine}
        changes = {"state": after} | ({"settings": settings} if what == "start" else {})
        if not World.objects.filter(key=key, state__in=before).update(**changes):
            raise Conflict("演练 {key} 的状态已经变了，请刷新后再看。", key=key)
        _note(ctx, {"start": "started", "pause": "paused", "end": "ended"}[what], key, {})


def set_speed(ctx: Ctx, *, key: str, speed: int | None) -> None:
    """Set the pace; it holds from the driver's next step."""
    with action(ctx, "exercise.run"):
        _require_own(ctx, key)
        if speed not in SPEEDS:
            raise Invalid("没有这一档速度。请从列表里选。")
        if not World.objects.filter(key=key).exclude(state=World.State.ENDED).update(speed=speed):
            raise Conflict("演练 {key} 已经结束。", key=key)
        _note(ctx, "paced", key, {"speed": speed})


def _require_own(ctx: Ctx, key: str) -> None:
    if key == "live":
        raise Invalid("值班不是演练，不能暂停或结束。")
    if not may_run(ctx, worlds.get(key)):
        raise Forbidden("演练 {key} 是别的单位建的。请让他们来暂停、调速或结束。", key=key)


def _note(ctx: Ctx, verb: str, key: str, body: Mapping[str, Any]) -> None:
    journal.append(ctx, f"foundation.exercise.{verb}", refs={"world": key}, body=body)
