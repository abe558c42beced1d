"""What the base page shows around every page: rooms the reader may enter, the exercise's banner, who they are."""

from functools import cache
from typing import Any

from django.http import HttpRequest
from django.urls import Resolver404, resolve

from anlan.foundation import journal, scenarios
from anlan.foundation import rooms as plugged
from anlan.foundation.context import Ctx
from anlan.foundation.words import written
from anlan.foundation.worlds import World
from anlan.places.atlas import atlas


def page(request: HttpRequest) -> dict[str, Any]:
    """Context processor; an anonymous page and an error page get the little that they need."""
    ctx: Ctx | None = getattr(request, "ctx", None)
    if ctx is None:
        return {"ctx": None, "rail": [], "exercise": None, "me": None, "head": None, "home_url": "/"}
    inside, groups = f"/w/{ctx.world.key}", rail(ctx, request.path)
    return {
        "ctx": ctx,
        "rail": groups,
        "where": where(groups, request.path),
        "exercise": exercise(request.world) if not ctx.world.is_live else None,  # type: ignore[attr-defined]
        "me": {"name": ctx.actor.name, "org": _post(ctx, getattr(request, "lang", "zh"))},
        "head": journal.head(ctx.world),
        "synthetic": any(place.synthetic for place in atlas().places),
        "stream_url": f"{inside}/live",
        "home_url": f"{inside}/desk",
        "away_url": f"{inside}/away" if ctx.may("desk.view") else "",
        "search_url": f"{inside}/find",
        "logout_url": "/sign-out",
        "account_url": "/account",
        "alarm_url": f"{inside}/desk" if ctx.may("desk.view") and ctx.may("warn.view") else "",
        "alarm_on": " ".join(name for room in plugged.found() for name in room.rings),
    }


def _post(ctx: Ctx, lang: str) -> str:
    return f"{ctx.actor.organisation} {written(lang, ctx.actor.title)}".strip()


def rail(ctx: Ctx, path: str) -> list[dict[str, Any]]:
    """The groups of the menu, each with the entries that stand and that the actor may enter; without one it is not there."""
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in plugged.GROUPS}
    for entry in sorted((e for room in plugged.found() for e in room.menu), key=lambda e: e.place):
        inside = [entry.address(ctx.world.key, page) for page in (entry.page, *entry.inside)]
        if ctx.may(entry.permission) and _stands(entry.address("live")):
            is_current = any(path == each or path.startswith(f"{each}/") for each in inside)
            told = {"word": entry.word, "about": entry.about, "help": entry.help}
            found[entry.group].append({"url": inside[0], "current": is_current, **told})
    return [
        {
            "word": plugged.GROUPS[name],
            "name": name,
            "url": entries[0]["url"],
            "current": any(each["current"] for each in entries),
            "entries": entries,
            "at_foot": name in plugged.FOOT,
        }
        for name, entries in found.items()
        if entries
    ]


def where(groups: list[dict[str, Any]], path: str) -> dict[str, Any] | None:
    """The group and entry that a page belongs to, and whether it is the entry's own page; None outside the menu."""
    here = [(g, e) for g in groups for e in g["entries"] if e["current"]]
    if not here:
        return None
    group, entry = max(here, key=lambda told: len(told[1]["url"]))
    return {"group": group, "entry": entry, "is_top": path == entry["url"]}


@cache
def _stands(address: str) -> bool:
    try:
        resolve(address)
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
