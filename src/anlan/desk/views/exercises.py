"""Exercises: what has been played, what can be made, and the keys of the one that runs."""

from dataclasses import replace
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from anlan.desk import ill
from anlan.foundation import exercises, scenarios, worlds
from anlan.foundation.context import Ctx
from anlan.foundation.errors import Invalid
from anlan.foundation.words import t, w
from anlan.foundation.worlds import World
from anlan.ui.acts import parse_int
from anlan.ui.pages import Request, page

STATES = {
    World.State.READY: w("待开始"),
    World.State.RUNNING: w("进行中"),
    World.State.PAUSED: w("已暂停"),
    World.State.ENDED: w("已结束"),
}
DONE = {"start": w("演练已开始。"), "pause": w("演练已暂停。"), "end": w("演练已结束。")}


def live(ctx: Ctx) -> Ctx:
    """The same person in the live world, where what is done about exercises is journaled."""
    world = worlds.get("live")
    return replace(ctx, world=worlds.info(world), now=worlds.clock(world))


@page("exercise.view")
@require_http_methods(["GET"])
def listing(request: Request) -> HttpResponse:
    told = {
        "exercises": [
            _shown(request.ctx, world, request.lang) for world in worlds.everything() if world.key != "live"
        ],
        "scenarios": scenarios.all_scenarios(),
        "speeds": exercises.SPEEDS,
        "may_run": request.ctx.may("exercise.run"),
    }
    return render(request, "desk/exercises.html", told)


def _shown(ctx: Ctx, world: World, lang: str) -> dict[str, Any]:
    say = partial(t, lang)
    return {
        "ill": [(each.since, ill.reason(say, each.why)) for each in ill.parts(world)],
        "key": world.key,
        "may_run": exercises.may_run(ctx, world),
        "title": scenarios.title_of(world),
        "state": world.state,
        "state_word": STATES[World.State(world.state)],
        "now": world.now,
        "starts_at": world.starts_at,
        "ends_at": world.ends_at,
        "speed": int(world.speed),
        "settings": world.settings,
    }


@page("exercise.run")
@require_POST
def create(request: Request) -> HttpResponse:
    """Make one from a scenario; it stands at its beginning until somebody starts it."""
    scenario = scenarios.get(request.POST.get("scenario", ""))
    settings = {option.name: _chosen(request, option) for option in scenario.options}
    key = exercises.create(live(request.ctx), scenario=scenario.name, settings=settings)
    messages.success(request, t(request.lang, "演练 {key} 已建立，还没有开始。", key=key))
    return _back(request)


def _chosen(request: Request, option: scenarios.Option) -> str:
    value = request.POST.get(option.name, option.choices[0][0])
    if value not in {code for code, _ in option.choices}:
        raise Invalid("演练设置“{name}”没有这个选项，请从列表里选。", name=option.name)
    return value


@page("exercise.run")
@require_POST
def change(request: Request, key: str, what: str) -> HttpResponse:
    """Start or pause at once."""
    exercises.change(live(request.ctx), key=key, what=what)
    messages.success(request, t(request.lang, DONE[what]))
    return _back(request)


@page("exercise.run")
@require_http_methods(["GET", "POST"])
def end(request: Request, key: str) -> HttpResponse:
    """End for good, after one question."""
    world = worlds.get(key)
    if request.method == "POST":
        return change(request, key=key, what="end")
    told = {
        "question": t(request.lang, "结束演练 {key}？", key=world.key),
        "effect": w("结束后不能再走钟，记录都留着，可以回看。"),
        "do": w("结束演练"),
        "action": request.path,
        "back": f"/w/{request.ctx.world.key}/exercises",
    }
    return render(request, "ui/confirm.html", told)


@page("exercise.run")
@require_POST
def speed(request: Request, key: str) -> HttpResponse:
    chosen = request.POST.get("speed", "")
    exercises.set_speed(live(request.ctx), key=key, speed=parse_int(chosen, what=t(request.lang, "速度")))
    messages.success(request, t(request.lang, "速度已改。"))
    return _back(request)


def _back(request: Request) -> HttpResponse:
    return HttpResponseRedirect(f"/w/{request.ctx.world.key}/exercises")
