"""Errors of the rooms as answers: a page, a redirect to the sign-in, or JSON, each with the next step."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render

from anlan.foundation.errors import AnlanError, Busy, NotSignedIn
from anlan.foundation.writing import is_busy, wrote

RETRY_SECONDS = 2
SECRET_FIELDS = {"password", "code", "old", "new", "again"}
"""What never stands in a page, not even in the one that sends it again."""


def ours(error: BaseException | None) -> AnlanError | None:
    """The error as it was written for a person to read; records that others hold are told as such. None: it is a fault."""
    if isinstance(error, AnlanError):
        return error
    if not is_busy(error):
        return None
    if wrote():
        return Busy("正忙：前一步已经记下，后一步没有。请刷新看到哪一步了，再接着办。")
    return Busy("正忙，已记下，稍后自动再试。")


def body(error: AnlanError, lang: str) -> dict[str, str]:
    return {"code": error.code, "error": error.said(lang)}


def wants_json(request: HttpRequest) -> bool:
    return request.path.startswith("/api/") or (
        request.accepts("application/json") and not request.accepts("text/html")
    )


def answer(request: HttpRequest, error: Exception) -> HttpResponse:
    """The response for an error that is ours; one that is not is raised again."""
    known = ours(error)
    if known is None:
        raise error
    response = _answer(request, known)
    if isinstance(known, Busy):
        response.headers["Retry-After"] = str(RETRY_SECONDS)
    return response


def _answer(request: HttpRequest, error: AnlanError) -> HttpResponse:
    lang = getattr(request, "lang", "zh")
    if wants_json(request):
        return JsonResponse(body(error, lang), status=error.status)
    if isinstance(error, Busy):
        return _busy_page(request, error.said(lang))
    if isinstance(error, NotSignedIn):
        back = {"next": request.get_full_path()} if request.method == "GET" and request.path != "/" else {}
        return HttpResponseRedirect(f"/sign-in?{urlencode(back)}" if back else "/sign-in")
    base = "ui/base.html" if getattr(request, "ctx", None) else "ui/plain.html"
    told = {"status": error.status, "sentence": error.said(lang), "base": base}
    return render(request, "conf/refusal.html", told, status=error.status)


def _busy_page(request: HttpRequest, said: str) -> HttpResponse:
    """What was sent stands in this page as it was, its key too, and goes out again: by script, or by its button.

    A file and a password cannot stand there; of what was done by half nothing is sent again.
    """
    fields = [
        (name, value)
        for name, values in request.POST.lists()
        for value in values
        if name != "csrfmiddlewaretoken"
    ]
    is_whole = not request.FILES and not SECRET_FIELDS & set(request.POST) and not wrote()
    told = {
        "sentence": said,
        "method": request.method if request.method in ("GET", "POST") and is_whole else "",
        "fields": fields if is_whole else [],
        "here": request.get_full_path(),
        "seconds": RETRY_SECONDS,
    }
    return render(request, "conf/busy.html", told, status=Busy.status)
