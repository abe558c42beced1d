"""要情: what a leader reads in five lines: the gravest, people, who has not answered, where water comes, what waits for a signature."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from anlan.call.queries.villages import people_called, tally, village_states
from anlan.desk import forecast
from anlan.desk.due import dues
from anlan.ui.acts import address
from anlan.ui.pages import Request, page
from anlan.ui.shared import shared
from anlan.warn.queries import alerts

MOST = 3


@page("warn.view")
@require_GET
@shared("brief")
def brief(request: Request) -> HttpResponse:
    ctx, states = request.ctx, village_states(request.ctx)
    red = [due for due in dues(ctx, lang=request.lang) if due.harm.is_red_line]
    water = forecast.water(ctx, path="")
    context: dict[str, Any] = {
        "here": address(request),
        "red": red[:MOST],
        "more": max(0, len(red) - MOST),
        "tally": tally(states.values()),
        "people": people_called(ctx),
        "unheard": [s.place.name for s in states.values() if s.settled_at is None],
        "waters": water.villages[:MOST] if water else (),
        "signing": [
            row
            for row in alerts.listing(ctx, which="own", open_only=True)
            if row.state in ("review", "approved")
        ],
    }
    return render(
        request,
        "desk/brief_now.html" if request.headers.get("X-Anlan-Part") == "brief" else "desk/brief.html",
        context,
    )
