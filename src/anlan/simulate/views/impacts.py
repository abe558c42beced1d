"""影响: whom a run's water strikes, how sure that is, and what the displaced need."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from anlan.foundation.words import w
from anlan.science.impact.sweep import Why
from anlan.simulate import queries
from anlan.simulate.queries import impacts
from anlan.simulate.views.runs import named
from anlan.ui.acts import address
from anlan.ui.pages import Request, page

WHY_WORDS = {
    Why.NO_HAZARD: w("没有一处积水到 0.1 米。"),
    Why.NO_EXPOSURE: w("水到的地方没有登记的住户。"),
    Why.BELOW_THRESHOLD: w("水到了有人住的地方，但都没有到受影响的水深。"),
}
COLUMN_WORDS = {
    "people_affected": (w("受影响"), w("人")),
    "people_to_move": (w("要转移"), w("人")),
    "houses_slight": (w("房屋一般损坏"), w("户")),
    "houses_severe": (w("房屋严重损坏"), w("户")),
    "houses_collapsed": (w("房屋倒塌"), w("户")),
    "road_m": (w("道路受淹"), "m"),
}


@page("simulate.view")
@require_GET
def one(request: Request, ref: str) -> HttpResponse:
    """The impact of one run within the reader's scope."""
    run = queries.run(request.ctx, ref)
    found = impacts.of_run(request.ctx, run)
    over = named(run.ground, request.lang)
    context = {
        "run": run,
        "title": run.title or over,
        "is_named": bool(run.title),
        "found": found,
        "why_word": WHY_WORDS.get(found.why, ""),
        "rows": [
            (word, unit, found.counts[name], name.startswith("people"))
            for name, (word, unit) in COLUMN_WORDS.items()
        ],
        "back": address(request, "runs", ref),
        "now": request.ctx.now,
    }
    return render(request, "simulate/impact.html", context)
