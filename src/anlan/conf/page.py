"""What the base page shows around every page: rooms the reader may enter, the exercise's banner, who they are."""

from functools import cache
from typing import Any

from django.http import HttpRequest
from django.urls import Resolver404, resolve

from anlan.foundation import journal, scenarios
from anlan.foundation.context import Ctx
from anlan.foundation.words import w, written
from anlan.foundation.worlds import World
from anlan.places.queries import atlas

ROOMS = (  # word, address below the world, permission
    (w("值班台"), "desk", "desk.view"),
    (w("地图"), "map", "places.view"),
    (w("叫应与转移"), "calls", "warn.view"),
    (w("预警"), "alerts", "warn.view"),
    (w("测站"), "stations", "observe.view"),
    (w("洪水模拟"), "runs", "simulate.view"),
    (w("证明"), "proof", "warn.proof"),
    (w("日志"), "journal", "journal.view"),
    (w("规则包"), "packs", "packs.view"),
    (w("隔离区"), "quarantine", "observe.requeue"),
    (w("演练"), "exercises", "exercise.view"),
    (w("账号"), "accounts", "admin.manage"),
)
INSIDE = {
    "calls": ("moving", "contact"),
    "stations": ("imports",),
    "packs": ("back-tests",),
    "runs": ("ensembles", "compare", "grounds"),
}
"""Pages that belong to a room without standing below its address."""
RINGS = (
    "warn.call.answered warn.line.silent warn.contact. warn.callout. warn.calldown. warn.alert."
    " warn.evacuation.ordered simulate.forecast"
)
"""After what the red line is asked for anew; what is new in it rings."""


def page(request: HttpRequest) -> dict[str, Any]:
    """Context processor; an anonymous page and an error page get the little that they need."""
    ctx: Ctx | None = getattr(request, "ctx", None)
    if ctx is None:
        return {"ctx": None, "nav": [], "exercise": None, "me": None, "head": None, "home_url": "/"}
    inside = f"/w/{ctx.world.key}"
    return {
        "ctx": ctx,
        "nav": rooms(ctx, request.path),
        "exercise": exercise(request.world) if not ctx.world.is_live else None,  # type: ignore[attr-defined]
        "me": {"name": ctx.actor.name, "org": _post(ctx, getattr(request, "lang", "zh"))},
        "head": journal.head(ctx.world),
        "synthetic": any(place.synthetic for place in atlas().places),
        "stream_url": f"{inside}/live",
        "home_url": f"{inside}/desk",
        "search_url": f"{inside}/search",
        "logout_url": "/sign-out",
        "account_url": "/account",
        "alarm_url": f"{inside}/desk" if ctx.may("desk.view") and ctx.may("warn.view") else "",
        "alarm_on": RINGS,
    }


def _post(ctx: Ctx, lang: str) -> str:
    return f"{ctx.actor.organisation} {written(lang, ctx.actor.title)}".strip()


def rooms(ctx: Ctx, path: str) -> list[dict[str, Any]]:
    """The rooms that stand and that the actor may enter."""
    found = []
    for word, name, permission in ROOMS:
        url = "/accounts" if name == "accounts" else f"/w/{ctx.world.key}/{name}"
        inside = [url, *(f"/w/{ctx.world.key}/{also}" for also in INSIDE.get(name, ()))]
        if ctx.may(permission) and _stands(name):
            is_current = any(path == each or path.startswith(f"{each}/") for each in inside)
            found.append({"url": url, "word": word, "current": is_current})
    return found


@cache
def _stands(name: str) -> bool:
    try:
        resolve("/accounts" if name == "accounts" else f"/w/live/{name}")
    except Resolver404:
        return False
    return True


def exercise(world: World) -> dict[str, Any]:
    """The banner: what is played, its clock, and how fast it runs now (0 while it stands)."""
    speed = world.speed if world.state == World.State.RUNNING else 0
    return {
        "title": scenarios.title_of(world),
        "clock": world.now,
        "speed": int(speed) if speed == int(speed) else speed,
        "state": world.state,
        "key": world.key,
    }
