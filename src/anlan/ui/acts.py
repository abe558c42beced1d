"""What views share: the moment asked for, an address in this world, a question before an act, a word after it."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, TypeVar

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import resolve
from django.views.decorators.http import require_http_methods

from anlan.foundation.errors import AnlanError, Conflict, Invalid
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


def number(label: str, *, most: int = 999_999, required: bool = False) -> forms.IntegerField:
    """The field of a figure that somebody types, on a phone with its digits."""
    look = {
        "inputmode": "numeric",
        "maxlength": len(str(most)),
        "autocomplete": "off",
        "size": len(str(most)),
    }
    return forms.IntegerField(
        label=label, min_value=0, max_value=most, required=required, widget=forms.TextInput(look)
    )


# ---------- an act, its form, and what was typed into it ----------
Filled = TypeVar("Filled", bound=forms.Form)
MENDABLE = (Conflict.status, Invalid.status)
"""Who may not, or asks for what is not there, is shown no form again."""
MadeForm = Callable[[Request, QueryDict], forms.Form]


def offered(
    request: Request,
    form: type[Filled],
    *,
    which: dict[str, str] | None = None,
    ids: str = "id_%s",
    **how: Any,
) -> Filled:
    """The form as its page shows it: empty, or as it was just refused with what was typed and what is wrong.

    `which` names its hidden fields where the page holds several of the kind.
    """
    refused, which = getattr(request, "refused", None), which or {}
    initial = {**how.pop("initial", {}), **which}
    is_it = type(refused) is form and all(refused.data.get(name) == it for name, it in which.items())
    found: Filled = refused if is_it else form(initial=initial, **how)  # type: ignore[assignment]
    found.auto_id = "-".join((ids, *which.values()))
    return found


def wrong(form: forms.Form, error: AnlanError, lang: str) -> None:
    """Put a refusal beside the field that it is about; what cannot be right stands beside the only field there is."""
    shown = [each.name for each in form.visible_fields()]
    only = shown[0] if len(shown) == 1 and isinstance(error, Invalid) else None
    form.add_error(error.field if error.field in shown else only, error.said(lang))


def refused(request: Request, form: forms.Form, url: str, error: AnlanError | None = None) -> HttpResponse:
    """The page where it was asked, shown again: what was typed stays, each error stands at its field. 422, or as the error says.

    What is wrong with no field, and that something is wrong at all, is said above; a form may have gone meanwhile.
    """
    for said in (*form.non_field_errors(), *(e for each in form.hidden_fields() for e in each.errors)):
        messages.error(request, said)
    if n := sum(bool(each.errors) for each in form.visible_fields()):
        messages.error(request, t(request.lang, "还没存，有 {n} 处要改", n=n))
    url = url.partition("#")[0]
    path, _, query = url.partition("?")
    found = resolve(path)
    request.refused, request.shown_at = form, url  # type: ignore[attr-defined]
    request.method, request.GET = "GET", QueryDict(query)  # type: ignore[misc]
    request.path = request.path_info = path
    request.META["QUERY_STRING"], request.resolver_match = query, found
    response = found.func(request, *found.args, **found.kwargs)
    response.status_code = 422 if n or error is None else error.status
    return response  # type: ignore[no-any-return]


def act(
    permission: str,
    do: Callable[..., str | HttpResponse | None],
    sentence: str = "",
    *,
    back: Callable[..., str],
    form: MadeForm | type[forms.Form] | None = None,
) -> Callable[..., HttpResponse]:
    """The view of a button or of a form within a page: do it, say so (`do` may say something better), and go `back`.

    With a form `do` is told what was given; whatever is refused shows `back` again with it (see `refused`), a button is told why.
    """

    @page(permission)
    @require_http_methods(["GET", "POST"])
    def view(request: Request, **named: Any) -> HttpResponse:
        url = back(request, **named)
        if request.method != "POST":  # a link of the page that was shown again here
            query = request.META["QUERY_STRING"]
            return HttpResponseRedirect(f"{url.partition('?')[0]}?{query}" if query else url)
        filled = _filled(request, form) if form else None
        if filled is not None and not filled.is_valid():
            return refused(request, filled, url)
        try:
            said = do(request, *([filled.cleaned_data] if filled is not None else []), **named)
        except AnlanError as error:
            if filled is None:
                return not_done(request, error, url)
            if error.status not in MENDABLE:
                raise
            wrong(filled, error, request.lang)
            return refused(request, filled, url, error)
        if isinstance(said, HttpResponse):
            return said
        return done(request, said or sentence, url)

    return view


def _filled(request: Request, form: MadeForm | type[forms.Form]) -> forms.Form:
    if isinstance(form, type):
        return form(request.POST, request.FILES or None)
    return form(request, request.POST)


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
    """The same after a question, on a page of its own, with a form where something must be given: `do(request, given, …)`."""

    @page(permission)
    @require_http_methods(["GET", "POST"])
    def view(request: Request, **named: Any) -> HttpResponse:
        url, filled = back(request, **named), form(posted(request)) if form else None
        if request.method == "POST" and (filled is None or filled.is_valid()):
            try:
                do(request, filled.cleaned_data if filled else {}, **named)
            except AnlanError as error:
                if filled is None or error.status not in MENDABLE:
                    return not_done(request, error, url)
                wrong(filled, error, request.lang)
            else:
                return done(request, sentence, url)
        return ask(
            request, question=question(request, **named), form=filled, back=url, effect=effect, do=do_word
        )

    return view


def ask(request: Request, **context: Any) -> HttpResponse:
    """A question before an act: question, effect, do, back; a form where something must be given."""
    status = 422 if context.get("form") is not None and context["form"].errors else 200
    return render(request, "ui/confirm.html", {"action": request.path, **context}, status=status)
