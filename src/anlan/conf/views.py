"""The door itself: where somebody lands, and whether we are well."""

import sys

from django.db import connection
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse

from anlan.conf import refusals
from anlan.foundation import worlds
from anlan.places.queries import atlas
from anlan.ui import views as ui
from anlan.ui.pages import Request, page, public


@page()
def start(request: Request) -> HttpResponse:
    """The desk of the world that matters now: in a demo the exercise that runs, else the live watch."""
    is_demo = any(place.synthetic for place in atlas().places)
    running = worlds.running_exercise() if is_demo else None
    return HttpResponseRedirect(f"/w/{running.key if running else 'live'}/desk")


@public("a watchdog has no account")
def healthz(request: HttpRequest) -> HttpResponse:
    """Whether pages and records answer."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        cursor.fetchone()
    return JsonResponse({"ok": True})


def server_error(request: HttpRequest) -> HttpResponse:
    """500; and 503 where others only held the records, wherever on the way that came out."""
    error = sys.exc_info()[1]
    if isinstance(error, Exception) and refusals.ours(error):
        return refusals.answer(request, error)
    return ui.server_error(request)
