"""Signing in with a provider: out, back, and the own one-time code where the provider has none. Own sign-in never waits for any of it."""

import logging
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from anlan.foundation.errors import AnlanError, Busy, Forbidden
from anlan.foundation.words import w
from anlan.people import accounts, forms
from anlan.people.elsewhere import flow, setup
from anlan.people.elsewhere.asking import NoAnswer
from anlan.people.elsewhere.setup import Provider
from anlan.people.models import Account
from anlan.people.views import devices
from anlan.people.views.sign_in import enter, sign_in_page, system
from anlan.ui.acts import posted
from anlan.ui.pages import public

log = logging.getLogger(__name__)
PATH = "/sign-in/with/"
AWAY, KNOWN = "anlan_away", "anlan_known"
"""Signed cookies of one browser: what it left with, and whom the provider named."""
LASTS = {AWAY: 600, KNOWN: 300}
WHY = "who signs in elsewhere has no account here yet"


def _keep(response: HttpResponse, name: str, told: dict[str, str]) -> HttpResponse:
    response.set_cookie(
        name, signing.dumps(told, salt=name), max_age=LASTS[name], path=PATH,
        httponly=True, secure=settings.SESSION_COOKIE_SECURE, samesite="Lax",
    )  # fmt: skip
    return response


def _kept(request: HttpRequest, name: str, provider: Provider) -> dict[str, str]:
    """Raises: Forbidden when this browser left for nowhere, for elsewhere, or too long ago."""
    try:
        told: dict[str, str] = signing.loads(request.COOKIES.get(name, ""), salt=name, max_age=LASTS[name])
    except signing.BadSignature:
        told = {}
    if told.get("by") != provider.id:
        raise Forbidden(w("这次登录已经过期，或不是从这台电脑开始的。请重新登录。"))
    return told


def _refused(request: Any, error: AnlanError) -> HttpResponse:
    """Our own sign-in, with what went wrong."""
    form = forms.SignIn({})
    form.full_clean()
    form.errors.clear()
    form.add_error(None, error.said(request.lang))
    response = sign_in_page(request, form, error.status)
    response.delete_cookie(AWAY, path=PATH)
    return response


@public(WHY)
@require_http_methods(["GET"])
def leave(request: HttpRequest, provider: str) -> HttpResponse:
    """Out to the provider."""
    there, own = setup.provider(provider), flow.begin()
    try:
        there_at = flow.address(there, own)
    except NoAnswer as error:
        return _refused(request, _said(there, error))
    return _keep(
        HttpResponseRedirect(there_at),
        AWAY,
        {**own, "by": there.id, "next": request.GET.get("next", "")[:300]},
    )


@public(WHY)
@require_http_methods(["GET"])
def back(request: HttpRequest, provider: str) -> HttpResponse:
    """Back from the provider: who it is, and on to the one-time code or in."""
    there = setup.provider(provider)
    try:
        own = _kept(request, AWAY, there)
        try:
            told = flow.who(there, own, request.GET.dict(), datetime.now(UTC))
        except NoAnswer as error:
            raise _said(there, error) from error
        account = _account(there, told)
        if there.second_factor:
            return _in(request, there, account, None, own["next"])
    except AnlanError as error:
        return _refused(request, error)
    response = HttpResponseRedirect(f"{PATH}{there.id}/code")
    response.delete_cookie(AWAY, path=PATH)
    return _keep(response, KNOWN, {"by": there.id, "account": account.ref, "next": own["next"]})


@public(WHY)
@sensitive_post_parameters("code")
@require_http_methods(["GET", "POST"])
def code(request: Any, provider: str) -> HttpResponse:
    """Our own second factor, where the provider has none."""
    there = setup.provider(provider)
    try:
        known = _kept(request, KNOWN, there)
    except Forbidden as error:
        return _refused(request, error)
    form, status = forms.Code(posted(request)), 200
    if form.is_valid():
        account = Account.objects.get(ref=known["account"])
        try:
            return _in(request, there, account, form.cleaned_data["code"], known["next"])
        except Forbidden as error:
            form.add_error(None, error.said(request.lang))
            status = error.status
    told = {"form": form, "word": there.word}
    return render(
        request, "people/sign_in_code.html", told, status=422 if form.errors and status == 200 else status
    )


def _in(request: Any, there: Provider, account: Account, code: str | None, back_to: str) -> HttpResponse:
    came = accounts.come_in(
        system(),
        account=account,
        by=there.id,
        code=code,
        source=request.META.get("REMOTE_ADDR", ""),
        device=devices.known(request, account.username),
    )
    response = enter(request, came, back_to)
    for name in LASTS:
        response.delete_cookie(name, path=PATH)
    return response


def _account(there: Provider, told: dict[str, str]) -> Account:
    """Whom the rules name. Raises: Forbidden where they name nobody who may come in this way."""
    username = setup.username_of(setup.setup().rules, there.id, told)
    found = Account.objects.filter(username=username, is_active=True).first() if username else None
    if found is None:
        raise Forbidden(w("{word}认出了您，但这里没有对应的账号。请找本单位管理员。"), word=there.word)
    if not (found.totp_sealed or there.second_factor):
        raise Forbidden(
            w("这个账号还没有绑定动态码。请先用用户名和密码登录一次，绑定以后再用{word}登录。"),
            word=there.word,
        )
    return found


def _said(there: Provider, error: NoAnswer) -> AnlanError:
    """Without what the provider said: that stands in the log."""
    log.warning("sign-in with %s: %s", there.id, error)
    if error.is_no:
        return Forbidden(w("{word}没有认出您。请重新登录，或用用户名和密码登录。"), word=there.word)
    return Busy(w("{word}没有回答。请用用户名和密码登录，或过一会儿再试。"), word=there.word)
