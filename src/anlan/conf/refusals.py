"""Errors of the rooms as answers: a page, a redirect to the sign-in, or JSON, each with the next step."""

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render

from anlan.foundation.errors import AnlanError, NotSignedIn
from anlan.foundation.rules.errors import RuleError
from anlan.ui.words import t

RULE_STATUS = 409


def is_ours(error: Exception) -> bool:
    """Whether the error was written for a person to read."""
    return isinstance(error, AnlanError | RuleError)


def status_of(error: Exception) -> int:
    return error.status if isinstance(error, AnlanError) else RULE_STATUS


def sentence(error: Exception, lang: str) -> str:
    """What happened and what to do next, in the reader's language."""
    if isinstance(error, RuleError):
        return error.en if lang == "en" else error.zh
    assert isinstance(error, AnlanError)
    return t(lang, error.text, **error.values)


def code_of(error: Exception) -> str:
    """A word for programs: `forbidden`, `not_found`, `moved_needs_count`."""
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in type(error).__name__).lstrip("_")


def body(error: Exception, lang: str) -> dict[str, str]:
    return {"code": code_of(error), "error": sentence(error, lang)}


def wants_json(request: HttpRequest) -> bool:
    return request.path.startswith("/api/") or (
        request.accepts("application/json") and not request.accepts("text/html")
    )


def answer(request: HttpRequest, error: Exception) -> HttpResponse:
    """The response for an error that is ours."""
    lang = getattr(request, "lang", "zh")
    status = status_of(error)
    if wants_json(request):
        return JsonResponse(body(error, lang), status=status)
    if isinstance(error, NotSignedIn):
        back = {"next": request.get_full_path()} if request.method == "GET" and request.path != "/" else {}
        return HttpResponseRedirect(f"/sign-in?{urlencode(back)}" if back else "/sign-in")
    base = "ui/base.html" if getattr(request, "ctx", None) else "ui/plain.html"
    told = {"status": status, "sentence": sentence(error, lang), "base": base}
    return render(request, "conf/refusal.html", told, status=status)
