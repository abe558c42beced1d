"""Search 搜索: places, gauges and duty holders within scope; people masked."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from anlan.foundation.context import Ctx
from anlan.observe import queries as observe
from anlan.people import queries as people
from anlan.places import queries as places
from anlan.places.atlas import Place, atlas
from anlan.ui.pages import Request, page
from anlan.wire import tables

AT_MOST = 20


@page("desk.view")
@require_http_methods(["GET"])
def search(request: Request) -> HttpResponse:
    """By part of a name or code; a person by the exact name or telephone number, for these are sealed."""
    text, ctx = tables.plain(request.GET.get("q", ""))[:40], request.ctx
    told = {
        "q": text,
        "places": [_place(p) for p in _places(ctx, text)] if ctx.may("places.view") else [],
        "stations": _stations(ctx, text) if ctx.may("observe.view") else [],
        "holders": people.find_holders(ctx, text, limit=AT_MOST) if ctx.may("people.view") else [],
    }
    told["found"] = bool(told["places"] or told["stations"] or told["holders"])
    return render(request, "desk/search.html", told)


def _places(ctx: Ctx, text: str) -> list[Place]:
    return [p for p in places.search(text, limit=2000) if ctx.scope.holds(p.path)][:AT_MOST]


def _place(place: Place) -> dict[str, object]:
    above = [each.name for each in _above(place)]
    return {
        "name": place.name,
        "path": place.path,
        "code": place.code,
        "above": " · ".join(above),
        "synthetic": place.synthetic,
    }


def _above(place: Place) -> list[Place]:
    parent = atlas().parent(place)
    return [*_above(parent), parent] if parent else []


def _stations(ctx: Ctx, text: str) -> list[observe.StationInfo]:
    if not text:
        return []
    return [s for s in observe.stations(ctx) if text in s.name or s.address.startswith(text)][:AT_MOST]
