"""The map of the whole city at any moment, its data, what stands beside it, and the same as a table."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from anlan.call.queries.villages import Tally, tally, village_states
from anlan.desk import forecast, mapdata
from anlan.desk.case import place_case
from anlan.desk.sketch import sketch
from anlan.desk.timeline import timebar
from anlan.desk.views.wall import LEGEND
from anlan.foundation.context import Ctx
from anlan.foundation.errors import NotFound
from anlan.foundation.rules.grade import Grade
from anlan.foundation.words import w
from anlan.observe.queries.moments import GaugeNow, gauges
from anlan.places import layers
from anlan.places.atlas import Place, atlas
from anlan.ui.acts import moment
from anlan.ui.pages import Request, page
from anlan.warn.queries.situation import findings_at, floods_at, gravest, in_force

KIT = (
    ("call", w("叫应")), ("gauge", w("测站")), ("exceedance", w("研判超警")), ("alert", w("预警")), ("flood", w("预计淹没")),
    ("road", w("道路、房屋")),
)  # fmt: skip
"""The layers of the large map that can be switched."""


@dataclass(frozen=True, kw_only=True)
class TownRow:
    """One township of the table; `rain` is the most of its gauges in the last hour, 0.1 mm."""

    place: Place
    tally: Tally
    rain: int | None
    silent_gauges: int
    found: Grade | None

    @property
    def rain_mm(self) -> str:
        return f"{(self.rain or 0) / 10:.1f}"

    @property
    def urgency(self) -> tuple[int, int, int, int]:
        return (self.tally.silent, int(self.found or 0), self.tally.villages, self.rain or 0)


@page("places.view")
@require_GET
def city(request: Request) -> HttpResponse:
    """The map, the slider, and every township in a table."""
    ctx, at = request.ctx, moment(request)
    frames = {"frames": forecast.frames(ctx, at=at, lang=request.lang)}
    if request.headers.get("X-Anlan-Part") == "forecast":
        return render(request, "desk/duty/forecast.html", frames)
    inside = f"/w/{ctx.world.key}"
    shown = atlas().common(
        [atlas().by_path[p] for p in ctx.scope.paths if p in atlas().by_path] or [atlas().city]
    )
    rows, states = towns(ctx, at)
    context = {
        "at": at,
        "now": at or ctx.now,
        "sum": total(rows),
        "is_past": at is not None,
        "map": {
            "title": w("全市地图"),
            "base": f"{inside}/map/base",
            "state": f"{inside}/map/state",
            "paper": f"{inside}/map/paper?path={shown.path}",
            "bounds": mapdata.bounds_of(shown),
            "at": at,
            "live_on": "warn. observe.",
            "panel": "beside",
            "legend": mapdata.legend(states, 5),
            "flood": True,
            "exceedances": True,
            "kit": KIT,
            "schematic": layers.is_schematic(),
        },
        "timebar": timebar(ctx, request.world, at, request.lang),  # type: ignore[attr-defined]
        "towns": rows,
        "alerts": in_force(ctx, at=at) if ctx.may("warn.view") else [],
        "place": shown,
        "provenance": layers.provenance(),
        "is_generated": layers.is_generated(),
        "may_map": ctx.may("places.map") and ctx.world.is_live,
        **frames,
    }
    reply = render(request, "desk/map.html", context)
    reply.headers["Permissions-Policy"] = (
        "geolocation=(self), camera=(), microphone=()"  # where am I, when asked
    )
    return reply


def total(rows: list[TownRow]) -> dict[str, int]:
    """The whole scope in six numbers; people and households apart."""
    names = ("villages", "answered", "silent", "to_move", "moving", "moved")
    return {name: sum(getattr(row.tally, name) for row in rows) for name in names}


def towns(ctx: Ctx, at: datetime | None) -> tuple[list[TownRow], set[str]]:
    """Townships within scope, the most urgent first; and which states their villages are in."""
    states = village_states(ctx, at=at).values() if ctx.may("warn.view") else ()
    found = findings_at(ctx, at=at) if ctx.may("warn.view") else []
    seen = gauges(ctx, at=at) if ctx.may("observe.view") else []
    known = atlas().by_id
    by_town: dict[str, list[GaugeNow]] = {}
    for gauge in seen:
        by_town.setdefault(atlas().township(known[gauge.place_id]).path, []).append(gauge)
    rows = []
    for town in atlas().walk(3):
        if ctx.scope.holds(town.path) or any(p.startswith(town.path) for p in ctx.scope.paths):
            own = by_town.get(town.path, [])
            rows.append(
                TownRow(
                    place=town,
                    tally=tally(s for s in states if s.place.path.startswith(town.path)),
                    rain=max((g.rain_1h for g in own if g.rain_1h is not None), default=None),
                    silent_gauges=sum(g.silent_since is not None for g in own),
                    found=gravest(f for f in found if f.place.path.startswith(town.path)),
                )
            )
    return sorted(rows, key=lambda row: row.urgency, reverse=True), {s.state for s in states}


@page("places.view")
@require_GET
def place(request: Request, path: str) -> HttpResponse:
    """What stands beside the map when a place is clicked; its own small page without script."""
    found = atlas().by_path.get(path)
    ctx, at = request.ctx, moment(request)
    if found is None or not _may_see(ctx, found):
        raise NotFound("地图上没有这个地方，或不在您的范围内。")
    case = place_case(ctx, found, lang=request.lang, at=at)
    context: dict[str, Any] = {
        "case": case,
        "at": at,
        "now": at or ctx.now,
        "is_past": at is not None,
        "may_journal": ctx.may("journal.view"),
    }
    is_part = "X-Anlan-Part" in request.headers
    return render(request, "desk/duty/case.html" if is_part else "desk/place.html", context)


@page("places.view")
@require_GET
def paper(request: Request) -> HttpResponse:
    """The map as a drawing: a sheet to print, or the part that stands where a browser cannot draw the living one."""
    found = atlas().by_path.get(request.GET.get("path", ""))
    ctx, at = request.ctx, moment(request)
    if found is None or not _may_see(ctx, found):
        raise NotFound("地图上没有这个地方，或不在您的范围内。")
    drawn = atlas().township(found) if found.tier > 3 else found
    states = village_states(ctx, path=drawn.path, at=at) if ctx.may("warn.view") else {}
    context = {
        "place": drawn,
        "drawing": sketch(drawn, states, floods_at(ctx, path=drawn.path, at=at), chosen=found.path),
        "legend": LEGEND,
        "now": at or ctx.now,
        "provenance": layers.provenance(),
    }
    is_part = "X-Anlan-Part" in request.headers
    return render(request, "desk/parts/paper.html" if is_part else "desk/paper.html", context)


def _may_see(ctx: Ctx, found: Place) -> bool:
    return ctx.scope.holds(found.path) or any(p.startswith(found.path) for p in ctx.scope.paths)


@page("places.view")
@require_GET
def base(request: Request) -> HttpResponse:
    """Land, boundaries, water, roads and names; the browser keeps it until it changes."""
    return _sent(request, mapdata.base())


@page("places.view")
@require_GET
def state(request: Request) -> HttpResponse:
    """What had happened by a moment, within scope."""
    path = request.GET.get("path", "")[:40]
    return _sent(
        request,
        mapdata.state(
            request.ctx, lang=request.lang, path=path if path.isdigit() else "", at=moment(request)
        ),
    )


def _sent(request: HttpRequest, packed: mapdata.Packed) -> HttpResponse:
    if request.headers.get("If-None-Match") == packed.etag:
        response = HttpResponse(status=304)
    else:
        zipped = "gzip" in request.headers.get("Accept-Encoding", "")
        response = HttpResponse(packed.zipped if zipped else packed.body, content_type="application/geo+json")
        if zipped:
            response["Content-Encoding"] = "gzip"
    response["ETag"] = packed.etag
    response["Vary"] = "Accept-Encoding, Cookie"
    response["Cache-Control"] = "private, no-cache"
    return response
