"""What views share: the moment asked for, an address in this world, a question before an act, a word after it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from anlan.foundation.errors import AnlanError, Invalid
from anlan.foundation.words import t
from anlan.ui.pages import Request, page


def moment(request: Request) -> datetime | None:
    """The past moment that `?at=` names (epoch seconds or ISO); None for now. The future is now.

    Raises: Invalid for something that is no moment.
    """
    text = request.GET.get("at", "").strip()
    if not text:
        return None
    try:
        at = datetime.fromtimestamp(int(text), UTC) if text.isdigit() else datetime.fromisoformat(text)
    except (ValueError, OverflowError, OSError):
        at = None
    if at is None or at.tzinfo is None:
        raise Invalid("时刻 {moment} 看不懂。请用时间条选。", moment=text[:40])
    return at if at < request.ctx.now else None


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form was sent, though it be empty; None when the page was only looked at."""
    return request.POST if request.method == "POST" else None


def address(request: Request, *parts: str) -> str:
    """An address in the world that the page is about."""
    return "/".join(("/w", request.ctx.world.key, *parts))


def done(request: Request, sentence: str, url: str, **values: object) -> HttpResponse:
    """Say that it is done, and go where one works on."""
    messages.success(request, t(request.lang, sentence, **values))
    return HttpResponseRedirect(url)


def not_done(request: Request, error: AnlanError, url: str) -> HttpResponse:
    """Say why it was not done and what to do, and go back to where it was asked."""
    messages.error(request, error.said(request.lang))
    return HttpResponseRedirect(url)


def parse_int(text: str, *, what: str) -> int | None:
    """A number that somebody typed; empty is None. Raises: Invalid."""
    text = text.strip()
    if not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 6:
        raise Invalid("{what}要填整数。", what=what)
    return int(text)


def act(
    permission: str, do: Callable[..., str | None], sentence: str = "", *, back: Callable[..., str]
) -> Callable[..., HttpResponse]:
    """The view of a button: do it, say so (`do` may say something better), and go `back`; a refusal is said there too."""

    @page(permission)
    @require_POST
    def view(request: Request, **named: Any) -> HttpResponse:
        url = back(request, **named)
        try:
            said = do(request, **named)
        except AnlanError as error:
            return not_done(request, error, url)
        return done(request, said or sentence, url)

    return view


def asked(
    permission: str,
    do: Callable[..., None],
    sentence: str,
    *,
    back: Callable[..., str],
    question: Callable[..., str],
    effect: str,
    do_word: str,
    form: type[forms.Form] | None = None,
) -> Callable[..., HttpResponse]:
    """The same after a question, with a form where something must be given: `do(request, given, …)`."""

    @page(permission)
    @require_http_methods(["GET", "POST"])
    def view(request: Request, **named: Any) -> HttpResponse:
        url, filled = back(request, **named), form(posted(request)) if form else None
        if request.method == "POST" and (filled is None or filled.is_valid()):
            try:
                do(request, filled.cleaned_data if filled else {}, **named)
            except AnlanError as error:
                return not_done(request, error, url)
            return done(request, sentence, url)
        return ask(
            request, question=question(request, **named), form=filled, back=url, effect=effect, do=do_word
        )

    return view


def ask(request: Request, **context: Any) -> HttpResponse:
    """A question before an act: question, effect, do, back; a form where something must be given."""
    status = 422 if context.get("form") is not None and context["form"].errors else 200
    return render(request, "ui/confirm.html", {"action": request.path, **context}, status=status)
