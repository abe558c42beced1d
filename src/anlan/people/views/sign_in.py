"""Signing in and out. A failure says the same thing whatever was wrong."""

import logging
from typing import Any

from django.contrib.auth import login, logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from anlan.foundation import worlds
from anlan.foundation.context import Ctx
from anlan.foundation.errors import AnlanError, Busy, Forbidden
from anlan.foundation.words import t
from anlan.people import accounts, forms
from anlan.people.elsewhere import setup as elsewhere
from anlan.people.models import Account
from anlan.people.views import devices
from anlan.ui.acts import posted
from anlan.ui.pages import public

log = logging.getLogger(__name__)
BACKEND = "django.contrib.auth.backends.ModelBackend"


def system() -> Ctx:
    """The live world, in which people sign in whatever is on the screen."""
    return worlds.context(worlds.get("live"))


@public("this is where one signs in")
@sensitive_post_parameters("password", "code")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """User name, password and one-time code on one page."""
    form = forms.SignIn(posted(request))
    status = 403
    if form.is_valid():
        try:
            account = accounts.sign_in(
                system(),
                **form.cleaned_data,
                source=request.META.get("REMOTE_ADDR", ""),
                device=devices.known(request, form.cleaned_data["username"]),
            )
        except (Forbidden, Busy) as refused:
            status = refused.status
            form.add_error(None, t(request.lang, refused.text))  # type: ignore[attr-defined]
        else:
            response = enter(request, account, request.POST.get("next", ""))
            devices.remember(request, response, account.username)
            return response
    return sign_in_page(request, form, status if form.errors else 200)


def sign_in_page(request: HttpRequest, form: forms.SignIn, status: int) -> HttpResponse:
    """The page with what was wrong, and the sign-ins elsewhere that are set up; a broken file of them hides ours never."""
    try:
        providers = elsewhere.setup().providers
    except AnlanError as error:
        log.error("%s", error)
        providers = ()
    told = {
        "form": form,
        "providers": providers,
        "next": request.GET.get("next") or request.POST.get("next", ""),
    }
    return render(request, "people/sign_in.html", told, status=status)


@public("the link itself is the key; it works once and for ten minutes")
@require_http_methods(["GET"])
def sign_in_by_link(request: HttpRequest, token: str) -> HttpResponse:
    """A one-time link made at the machine itself."""
    return enter(request, accounts.take_link(system(), token=token), "")


def enter(request: Any, account: Account, back: str) -> HttpResponse:
    login(request, account, backend=BACKEND)
    safe = url_has_allowed_host_and_scheme(
        back, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    response = HttpResponseRedirect(back if safe else "/")
    if "anlan_lang" not in request.COOKIES:
        remember_language(response, account.language)
    return response


def remember_language(response: HttpResponse, language: str) -> None:
    response.set_cookie("anlan_lang", language, max_age=365 * 24 * 3600, samesite="Lax")


@public("leaving needs no permission")
@require_POST
def sign_out(request: Any) -> HttpResponse:
    """End the session and everything that it opened."""
    if request.user.is_authenticated:
        accounts.signed_out(system(), account=request.user)
    logout(request)
    return HttpResponseRedirect("/sign-in")
