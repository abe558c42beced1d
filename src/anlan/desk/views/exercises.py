"""Exercises: what has been played, what can be made, and the keys of the one that runs."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from anlan.desk import ill
from anlan.foundation import exercises, scenarios, worlds
from anlan.foundation.context import Ctx
from anlan.foundation.words import t, w
from anlan.foundation.worlds import World
from anlan.people.queries import unit_names
from anlan.ui.acts import act, address, offered
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
    found = [world for world in worlds.everything() if world.key != "live"]
    units = unit_names((world.settings.get("owner") or {}).get("unit", "") for world in found)
    told = {
        "exercises": [_shown(request, world, units) for world in found],
        "scenarios": [
            (each, offered(request, New, which={"scenario": each.name}, scenario=each, lang=request.lang))
            for each in scenarios.all_scenarios()
        ],
        "may_run": request.ctx.may("exercise.run"),
    }
    return render(request, "desk/exercises.html", told)


LOOKS = {"number": {"inputmode": "numeric", "size": 6}, "moment": {"type": "datetime-local"}}


class New(forms.Form):
    """What a scenario lets one choose."""

    scenario = forms.CharField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, scenario: scenarios.Scenario, lang: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for each in scenario.options:
            about = {"label": t(lang, each.title), "help_text": t(lang, each.hint) if each.hint else ""}
            choices = [(code, t(lang, title)) for code, title in each.choices]
            widget = forms.TextInput({"autocomplete": "off", **LOOKS.get(each.kind, {})})
            self.fields[each.name] = (
                forms.ChoiceField(choices=choices, **about)
                if choices
                else forms.CharField(
                    required=False, max_length=80, initial=each.default, widget=widget, **about
                )
            )


class Speed(forms.Form):
    """How fast an exercise runs."""

    key = forms.CharField(widget=forms.HiddenInput, required=False)
    speed = forms.TypedChoiceField(label=w("速度"), coerce=int, choices=[(n, n) for n in exercises.SPEEDS])


def _speed(request: Request, world: World) -> Speed:
    form = offered(request, Speed, which={"key": world.key}, initial={"speed": int(world.speed)})
    words = [(n, t(request.lang, w("{n} 倍"), n=n) if n else w("最快")) for n in exercises.SPEEDS]
    form.fields["speed"].widget.choices = words  # type: ignore[attr-defined]
    return form


def _shown(request: Request, world: World, units: Mapping[str, str]) -> dict[str, Any]:
    ctx, say = request.ctx, partial(t, request.lang)
    return {
        "form": _speed(request, world),
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
        "seed": world.seed,
        "owner": units.get((world.settings.get("owner") or {}).get("unit", ""), ""),
        "has_no_ground": world.settings.get("grounds") == [],
    }


def _create(request: Request, given: dict[str, str]) -> str:
    """Make one from a scenario; it stands at its beginning until somebody starts it."""
    scenario = given.pop("scenario")
    key = exercises.create(live(request.ctx), scenario=scenario, settings=given)
    return t(request.lang, "演练 {key} 已建立，还没有开始。", key=key)


create = act(
    "exercise.run",
    _create,
    back=lambda r: address(r, "exercises"),
    form=lambda r, data: New(data, scenario=scenarios.get(data.get("scenario", "")), lang=r.lang),
)


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


speed = act(
    "exercise.run",
    lambda r, given, key: exercises.set_speed(live(r.ctx), key=key, speed=given["speed"]),
    w("速度已改。"),
    back=lambda r, key: address(r, "exercises"),
    form=Speed,
)


def _back(request: Request) -> HttpResponse:
    return HttpResponseRedirect(f"/w/{request.ctx.world.key}/exercises")
