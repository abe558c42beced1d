"""One run 一次运行: its state, what it says of each village, its maps in time, and how it was computed."""

import re
from typing import Any

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from anlan.foundation.words import t, w
from anlan.simulate import queries
from anlan.simulate.computing.shapes import WET_M
from anlan.simulate.maps.kinds import DEPTH, KINDS, Kind, kind_of
from anlan.simulate.models import Run
from anlan.simulate.queries import VillageForecast, moments
from anlan.simulate.running import jobs
from anlan.simulate.views.facts import facts_of
from anlan.simulate.views.runs import shown
from anlan.ui.acts import address
from anlan.ui.format import clock
from anlan.ui.pages import Request, page
from anlan.ui.svg.multiples import Multiples


@page("simulate.view")
@require_GET
def one(request: Request, ref: str) -> HttpResponse:
    """One run: state, verdict, villages in order of depth with their curves, the map in time, figures and inputs."""
    ctx = request.ctx
    run = queries.run(ctx, ref)
    if run.kind == "ensemble":
        return redirect(address(request, "ensembles", ref))
    villages = queries.water(ctx, run)
    wet = [v for v in villages if v.arrives_at is not None]
    context = {
        **headed(request, run),
        "villages": villages,
        "wet": wet,
        "households": sum(v.households for v in wet),
        "first": min((v.arrives_at for v in wet if v.arrives_at), default=None),
        "facts": facts_of(run, request.lang),
        **_curves(request, run, villages),
        **_maps(request, run),
        "here": address(request, "runs", ref),
    }
    return render(request, "simulate/run.html", context)


def headed(request: Request, run: Run) -> dict[str, Any]:
    """What the page of a run and that of an ensemble say alike: state, reasons, of which villages nothing, and the ways on."""
    ctx = request.ctx
    return {
        **shown(request, run),
        "is_accepted": run.state == Run.State.ACCEPTED,
        "reasons": [t(request.lang, each["text"], **each["values"]) for each in run.reasons],
        "unmodelled": queries.unmodelled(ctx, run),
        "may_run": ctx.may("simulate.run"),
        "runs_at": address(request, "runs"),
        "compare_at": address(request, "compare"),
        "now": ctx.now,
    }


def minute_of(request: Request, run: Run) -> int | None:
    """Which minute of the run is asked for; None for the whole run."""
    asked = request.GET.get("minute", "")
    minute = int(asked) if re.fullmatch(r"[0-9]{1,6}", asked) else None
    return minute if minute is not None and minute <= run.params["minutes"] else None


# ---------- maps ----------
def _maps(request: Request, run: Run) -> dict[str, Any]:
    """The map, what it can show, and its moments; nothing where the run left no grids."""
    if run.state not in (Run.State.ACCEPTED, Run.State.REFUSED) or not run.figures.get("bounds"):
        return {"map": None}
    kind = kind_of(request.GET.get("map", ""))
    here = address(request, "runs", run.ref)
    return {
        "map": _map(request, run, kind),
        "kind": kind,
        "kinds": [
            {"word": each.word, "url": here if each is DEPTH else f"{here}?map={each.code}", "is_chosen": each is kind}
            for each in KINDS.values()
        ],
        "frames": {"links": _links(request, run), "live": None} if kind.in_time else None,
    }  # fmt: skip


def _map(request: Request, run: Run, kind: Kind) -> dict[str, Any]:
    minute = minute_of(request, run) if kind.in_time else None
    inside, box = f"/w/{request.ctx.world.key}", ",".join(f"{edge:.6f}" for edge in run.figures["bounds"])
    asked = f"?map={kind.code}" if minute is None else f"?minute={minute}"
    return {
        "title": w("淹没图"),
        "base": f"{inside}/map/base",
        "bounds": box,
        "state": address(request, "runs", run.ref, "villages") if run.state == Run.State.ACCEPTED else "",
        "shade": address(request, "grounds", run.ground.ref, "shade") + "/{z}/{x}/{y}.png",
        "water": {
            "url": address(request, "runs", run.ref, "water") + asked,
            "bounds": box,
            "look": kind.ink,
            "says": _says(request, run, kind, minute),
            "ranks": list(enumerate(kind.words, start=1)),
            "doubtful": kind.doubtful,
        },
        "timeless": True,
    }


@page("simulate.view")
@require_GET
def places(request: Request, ref: str) -> HttpResponse:
    """The villages of a run for its map: where water comes, and where it does not."""
    ctx = request.ctx
    features = [
        {
            "type": "Feature",
            "geometry": {"type": "Point", "coordinates": [round(v.place.lon, 5), round(v.place.lat, 5)]},
            "properties": {
                "layer": "home", "wet": v.arrives_at is not None, "order": v.depth_cm, "name": v.place.name,
                "label": f"{v.depth_m:.2f} m  {clock(v.arrives_at, ctx.now)}" if v.arrives_at else "",
            },
        }
        for v in queries.water(ctx, queries.run(ctx, ref)) if not v.is_unsaid
    ]  # fmt: skip
    return JsonResponse(
        {"type": "FeatureCollection", "features": features}, content_type="application/geo+json"
    )


def _says(request: Request, run: Run, kind: Kind, minute: int | None) -> str:
    """What the map shows, written out over it."""
    if minute is not None:
        return moments.says(run, minute, now=request.ctx.now, lang=request.lang)
    what = t(request.lang, kind.word) if not kind.in_time else t(request.lang, w("各格最深"))
    return " · ".join([what, *moments.marks(run, request.lang)])


def _links(request: Request, run: Run) -> list[dict[str, Any]]:
    """The deepest of all, and each moment that was kept: links without script, a slider with it."""
    chosen, here = minute_of(request, run), address(request, "runs", run.ref)
    whole = {
        "url": here,
        "water": f"{here}/water?map={DEPTH.code}",
        "minute": "",
        "word": t(request.lang, w("各格最深")),
    }
    stops = moments.stops(run, here, now=request.ctx.now, lang=request.lang)
    whole["says"] = _says(request, run, DEPTH, None)
    for each in (whole, *stops):
        each["is_chosen"] = each["minute"] == ("" if chosen is None else chosen)
    return [whole, *stops]


# ---------- curves ----------
def _curves(request: Request, run: Run, villages: list[VillageForecast]) -> dict[str, Any]:
    """A small curve for each village that water comes to, over one time and one scale; and the same as a table."""
    wet = [v for v in villages if v.arrives_at is not None]
    rows = {v.place.id: {"v": v} for v in villages}
    start, minutes = jobs.starts_at(run), int(run.params["minutes"])
    if not wet:
        return {"rows": list(rows.values())}
    top = max(v.depth_m for v in wet)
    drawn = Multiples(start=start, minutes=minutes, top=top, line=WET_M)
    for v in wet:
        arrival = moments.minute_of(start, v.arrives_at)
        label = t(
            request.lang, w("{name}：最深 {m} 米，{at} 起到 0.3 米"), name=v.place.name, m=f"{v.depth_m:.2f}",
            at=clock(v.arrives_at, request.ctx.now) if v.arrives_at else "",
        )  # fmt: skip
        points = [(minute, cm / 100) for minute, cm in v.curve]
        rows[v.place.id] |= {
            "curve": drawn.curve(points, arrival=arrival, label=label),
            "data": drawn.data(v.curve),
        }
    kept = sorted({minute for v in wet for minute, _ in v.curve})
    depths = [(v, dict(v.curve)) for v in wet]
    return {
        "rows": list(rows.values()),
        "axis": drawn.axis(),
        "value_words": t(request.lang, w("第 {n} 分钟 {m} 米"), n="{n}", m="{m}"),
        "top_word": t(
            request.lang,
            w("横轴 {a} 到 {b}，纵轴到 {m} 米，各村一样"),
            m=f"{top:.1f}",
            a=clock(start, request.ctx.now),
            b=clock(moments.at(start, minutes), request.ctx.now),
        ),
        "kept": [(minute, moments.at(start, minute)) for minute in kept],
        "depths": [(v, [f"{found[m] / 100:.2f}" if m in found else "" for m in kept]) for v, found in depths],
    }
