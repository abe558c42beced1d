"""The door itself: where somebody lands, and whether we are well."""

import hmac
import sys

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse

from anlan.conf import metrics as counting
from anlan.conf import refusals, setting_up
from anlan.conf.wellness import probe
from anlan.foundation import rooms, worlds
from anlan.people import founding
from anlan.places.atlas import atlas
from anlan.ui import views as ui
from anlan.ui.pages import Request, page, public


@page()
def _home(request: Request) -> HttpResponse:
    """Where one's role lands, in the world that matters now (in a demo the exercise that runs); before that at the first steps."""
    if request.ctx.may("admin.manage") and not founding.is_begun():
        return HttpResponseRedirect("/w/live/onset")
    is_demo = any(place.synthetic for place in atlas().places)
    running = worlds.running_exercise() if is_demo else None
    home = rooms.merged("homes").get(request.ctx.actor.role, "desk")
    return HttpResponseRedirect(f"/w/{running.key if running else 'live'}/{home}")


def start(request: Request) -> HttpResponse:
    """The first visit from the machine itself leads to the set-up, every other one in."""
    return HttpResponseRedirect("/setup") if setting_up.is_open(request) else _home(request)


start.door = _home.door  # type: ignore[attr-defined]


@public("a watchdog has no account")
def healthz(request: HttpRequest) -> HttpResponse:
    """Whether records take a write, the engine beats and the disk has room: 503 with the part that is ill."""
    parts = probe.look()
    ok = all(part["ok"] for part in parts.values())
    return JsonResponse({"ok": ok, "parts": parts}, status=200 if ok else 503)


@public("a collector has a token of its own; without one set here there is no such page")
def metrics(request: HttpRequest) -> HttpResponse:
    """Counts for a collector of metrics."""
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    if not settings.METRICS_TOKEN:
        raise Http404
    if scheme.lower() != "bearer" or not hmac.compare_digest(
        given.strip().encode(), settings.METRICS_TOKEN.encode()
    ):
        return HttpResponse(status=401, headers={"WWW-Authenticate": "Bearer"})
    return HttpResponse(counting.text(), content_type="text/plain; version=0.0.4; charset=utf-8")


def server_error(request: HttpRequest) -> HttpResponse:
    """500; and 503 where others only held the records, wherever on the way that came out."""
    error = sys.exc_info()[1]
    if isinstance(error, Exception) and refusals.ours(error):
        return refusals.answer(request, error)
    return ui.server_error(request)
