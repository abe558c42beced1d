"""The wall: what the room must know from six metres. Four most urgent things, one township, its expected water, eight numbers."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from anlan.call.queries.villages import people_called, tally, village_states
from anlan.desk import forecast
from anlan.desk.due import dues
from anlan.desk.sketch import sketch
from anlan.foundation.context import Ctx
from anlan.foundation.words import w
from anlan.places.atlas import Place, atlas
from anlan.ui import palette
from anlan.ui.format import clock
from anlan.ui.pages import Request, page
from anlan.ui.shared import shared
from anlan.warn.queries.situation import floods_at

MOST, MOST_WATERS = 4, 8
LEGEND = tuple(
    palette.state(code) for code in ("calling", "answered", "moving", "moved", "silent", "lost", "help")
)
"""At most seven; the paper map has the same."""


@page("warn.view")
@require_GET
@shared("wall")
def wall(request: Request) -> HttpResponse:
    """No buttons: it hangs where nobody can press."""
    ctx = request.ctx
    found = dues(ctx, lang=request.lang)
    states = village_states(ctx)
    township = atlas().township(found[0].place) if found else _own(ctx)
    inside = {key: state for key, state in states.items() if state.place.path.startswith(township.path)}
    told = forecast.water(ctx, path=township.path)
    drawing = sketch(
        township,
        inside,
        floods_at(ctx, path=township.path),
        chosen=found[0].place.path if found else "",
        wet={village.place.id for village in told.villages} if told else (),
    )
    context = {
        "dues": found[:MOST],
        "more": max(0, len(found) - MOST),
        "township": township,
        "own": _own(ctx),
        "drawing": drawing,
        "forecast": told,
        "forecast_clock": clock(told.known_at, ctx.now) if told else "",
        "waters": told.villages[:MOST_WATERS] if told else (),
        "more_waters": max(0, len(told.villages) - MOST_WATERS) if told else 0,
        "legend": LEGEND,
        "numbers": _numbers(ctx, states),
        "now": ctx.now,
    }
    is_part = "X-Anlan-Part" in request.headers
    return render(request, "desk/wall_now.html" if is_part else "desk/wall.html", context)


def _own(ctx: Ctx) -> Place:
    """The place that the reader answers for."""
    known = atlas().by_path
    return atlas().common([known[p] for p in ctx.scope.paths if p in known] or [atlas().city])


def _numbers(ctx: Ctx, states: Any) -> list[dict[str, Any]]:
    """People and households apart: 已应 is never 已转移."""
    people, moved = people_called(ctx), tally(states.values())
    return [
        {"word": w("应叫"), "value": people.to_call},
        {"word": w("已应"), "value": people.answered, "safe": True},
        {"word": w("在岗"), "value": people.at_post},
        {"word": w("未应"), "value": people.unheard},
        {"word": w("应转"), "value": moved.to_move},
        {"word": w("转移中"), "value": moved.moving},
        {"word": w("已转移"), "value": moved.moved, "safe": True},
        {"word": w("未动"), "value": moved.still},
    ]
