"""Errors of the rooms as answers: a page, a redirect to the sign-in, or JSON, each with the next step."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render

from anlan.foundation.errors import AnlanError, NotSignedIn


def body(error: AnlanError, lang: str) -> dict[str, str]:
    return {"code": error.code, "error": error.said(lang)}


def wants_json(request: HttpRequest) -> bool:
    return request.path.startswith("/api/") or (
        request.accepts("application/json") and not request.accepts("text/html")
    )


def answer(request: HttpRequest, error: AnlanError) -> HttpResponse:
    """The response for an error that is ours."""
    lang = getattr(request, "lang", "zh")
    if wants_json(request):
        return JsonResponse(body(error, lang), status=error.status)
    if isinstance(error, NotSignedIn):
        back = {"next": request.get_full_path()} if request.method == "GET" and request.path != "/" else {}
        return HttpResponseRedirect(f"/sign-in?{urlencode(back)}" if back else "/sign-in")
    base = "ui/base.html" if getattr(request, "ctx", None) else "ui/plain.html"
    told = {"status": error.status, "sentence": error.said(lang), "base": base}
    return render(request, "conf/refusal.html", told, status=error.status)
