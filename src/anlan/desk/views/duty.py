"""The duty desk: what needs me now, by when, what do I press. One page, whose parts are fetched anew when something happens."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from anlan.call.actions import hearing
from anlan.call.queries.villages import people_called, tally, village_states
from anlan.desk import forecast, village
from anlan.desk.case import Case, case_of
from anlan.desk.due import acts, dues
from anlan.desk.mapdata import bounds_of, legend
from anlan.desk.timeline import timebar
from anlan.desk.views.exercises import live
from anlan.foundation import exercises
from anlan.foundation.context import Ctx
from anlan.foundation.errors import AnlanError, Invalid
from anlan.foundation.words import t, w
from anlan.people.queries import shifts
from anlan.places import layers
from anlan.places.atlas import Place, atlas
from anlan.ui.acts import act, address, moment, parse_int
from anlan.ui.due import Due
from anlan.ui.pages import Request, page
from anlan.ui.shared import shared
from anlan.ui.today import today

SOON_S, RED_SHOWN = 600, 4
ALARM_FRESH = timedelta(seconds=5)  # every open page asks each ten seconds, besides when the journal grows
PARTS = {
    "due": "desk/duty/due.html",
    "alarm": "desk/duty/alarm.html",
    "own": "desk/duty/village.html",
    "case": "desk/duty/case.html",
    "town": "desk/duty/town.html",
    "density": "desk/duty/density.html",
    "forecast": "desk/duty/forecast.html",
}


@page("desk.view")
@require_GET
@shared("alarm", fresh=ALARM_FRESH)
@shared("forecast", "town")
def desk(request: Request) -> HttpResponse:
    """The whole page, or the one part that a browser asks for by its id."""
    part = PARTS.get(request.headers.get("X-Anlan-Part", ""))
    if part == PARTS["density"]:
        return render(request, part, {"timebar": timebar(request.ctx, request.world, None, request.lang)})  # type: ignore[attr-defined]
    context = page_context(request, part)
    return render(request, part or "desk/duty.html", context)


def page_context(request: Request, part: str | None) -> dict[str, Any]:
    """What the part needs, or the whole page."""
    ctx, at = request.ctx, moment(request)
    found = dues(ctx, lang=request.lang, at=at)
    chosen = choose(found, request.GET.get("item", ""))
    township = _township(ctx, chosen)
    context: dict[str, Any] = {
        "dues": found,
        **_red_line(found),
        "chosen": chosen,
        "at": at,
        "now": at or ctx.now,
        "is_past": at is not None,
        "over": [d for d in found if d.is_over(at or ctx.now)],
        "soon": sum(_is_soon(d, at or ctx.now) for d in found),
        "township": township,
        "asked": _query(at),
        "today": [] if found or at else [(line, said) for line, said in today(ctx)],
        "may_journal": ctx.may("journal.view"),
        "here": _query(at, chosen.key if chosen else ""),
    }
    if at is None and part in (None, PARTS["due"]):
        context["on_duty"] = shifts.on_duty(ctx, units=[ctx.actor.unit])
    if part in (None, PARTS["case"]):
        context["case"] = _case(ctx, chosen, request.lang, at)
    if part in (None, PARTS["forecast"]):
        context["frames"] = forecast.frames(ctx, at=at, lang=request.lang)
    if part in (None, PARTS["town"]):
        context |= _town(ctx, township, at)
    if at is None and part in (None, PARTS["own"]):
        context["villages_own"] = village.own(request)
    if part is None:
        context |= _frame(request, township, chosen, at, context.get("present", set()))
    return context


def choose(found: list[Due], key: str) -> Due | None:
    """The row asked for; one that is done gives way to the first."""
    return next((d for d in found if d.key == key), found[0] if found else None)


def _case(ctx: Ctx, chosen: Due | None, lang: str, at: datetime | None) -> Case | None:
    return case_of(ctx, chosen, lang=lang, at=at) if chosen else None


def _township(ctx: Ctx, chosen: Due | None) -> Place:
    """The place that the map shows: the chosen thing's township, else what the reader answers for."""
    if chosen is not None:
        return atlas().township(chosen.place)
    paths = ctx.scope.paths
    return atlas().by_path.get(paths[0], atlas().city) if paths else atlas().city


def _town(ctx: Ctx, township: Place, at: datetime | None) -> dict[str, Any]:
    if not ctx.may("warn.view"):
        return {}
    states = village_states(ctx, path=township.path, at=at)
    villages = len(atlas().under(township.path, 4))
    return {
        "bounds": bounds_of(township),
        "present": {s.state for s in states.values()},
        "tally": tally(states.values()),
        "people": people_called(ctx, path=township.path, at=at),
        "villages": villages,
    }


def _frame(
    request: Request, township: Place, chosen: Due | None, at: datetime | None, present: set[str]
) -> dict[str, Any]:
    """The map and the slider around the parts."""
    ctx, inside = request.ctx, f"/w/{request.ctx.world.key}"
    return {
        "map": {
            "title": w("叫应与转移地图"),
            "base": f"{inside}/map/base",
            "state": f"{inside}/map/state?path={township.path}",
            "paper": f"{inside}/map/paper?path={township.path}",
            "bounds": bounds_of(township),
            "selected": chosen.place.path if chosen else "",
            "at": at,
            "live_on": "warn.",
            "panel": "case",
            "legend": legend(present, 6),
            "flood": True,
            "schematic": layers.is_schematic(),
        },
        "timebar": timebar(ctx, request.world, at, request.lang),  # type: ignore[attr-defined]
        "speeds": exercises.SPEEDS,
        "speed": int(request.world.speed),  # type: ignore[attr-defined]
        "may_run": ctx.may("exercise.run") and not ctx.world.is_live,
    }


def _red_line(found: list[Due]) -> dict[str, Any]:
    """The strip of the worst four classes, and their keys: a key that is new rings."""
    red = [due for due in found if due.harm.is_red_line]
    keys = " ".join(due.key for due in red)
    return {"red": red[:RED_SHOWN], "more_red": max(0, len(red) - RED_SHOWN), "alarms": keys}


def _is_soon(due: Due, now: datetime) -> bool:
    return due.deadline is not None and 0 <= (due.deadline - now).total_seconds() <= SOON_S


def _query(at: datetime | None, item: str = "") -> str:
    asked = {"at": str(int(at.timestamp()))} if at else {}
    return urlencode(asked | ({"item": item} if item else {}))


# ---------- acts ----------
@page("desk.view")
@require_POST
def press(request: Request) -> HttpResponse:
    """One of the desk's buttons; the rooms' own actions check permission, scope and whether it still stands."""
    item = urlencode({"item": request.POST.get("item", "")[:120]})
    try:
        do = acts().get(request.POST.get("act", ""))
        if do is None:
            raise Invalid("没有这个操作。请刷新后再看。")
        about = request.POST.get("about", "")[:80]
        messages.success(request, f"{about} {t(request.lang, do(request))}".strip())
    except AnlanError as error:
        messages.error(request, error.said(request.lang))
    return HttpResponseRedirect(f"/w/{request.ctx.world.key}/desk?{item}")


def _answer(request: Request, given: dict[str, Any]) -> str:
    """What somebody of the village answers on its own desk."""
    hearing.heard_answer(
        request.ctx,
        call_down=given["call_down"],
        holder=given["holder"],
        kind=given["result"],
        key=f"village:{given['key']}",
        channel="web",
        households=given["households"] if given["result"] == 4 else None,
        people_moved=given["people"] if given["result"] == 4 else None,
    )
    return f"{given['village']}：{t(request.lang, w('答复已收到。'))}"


answer = act("desk.view", _answer, back=lambda r: address(r, "desk"), form=village.Answer)


@page("exercise.run")
@require_POST
def pace(request: Request) -> HttpResponse:
    """Pause, go on, or set the speed of the exercise whose desk this is."""
    key, speed = request.ctx.world.key, request.POST.get("speed", "")
    try:
        if speed:
            exercises.set_speed(
                live(request.ctx), key=key, speed=parse_int(speed, what=t(request.lang, "速度"))
            )
        else:
            exercises.change(live(request.ctx), key=key, what=request.POST.get("what", ""))
    except AnlanError as error:
        messages.error(request, error.said(request.lang))
    return HttpResponseRedirect(f"/w/{key}/desk?{urlencode({'item': request.POST.get('item', '')[:120]})}")
