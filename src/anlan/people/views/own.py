"""One's own account: password, authenticator, tokens, language. The first two also before anything else is open."""

from typing import Any

import pyotp
import segno
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.safestring import mark_safe
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from anlan.foundation.errors import AnlanError, Invalid, NotSignedIn
from anlan.foundation.words import t
from anlan.people import accounts, forms
from anlan.people.accounts import queries as account_queries
from anlan.people.accounts import tokens
from anlan.people.models import Account
from anlan.people.views.sign_in import remember_language, system
from anlan.ui.acts import act, offered, posted, wrong
from anlan.ui.pages import Request, page, public

WAITING, OWN = "totp_waiting", "/account"


def _me(request: Any) -> Account:
    """Who has signed in, though the account may not be set up yet."""
    if not request.user.is_authenticated:
        raise NotSignedIn("请先登录。登录后会回到这一页。")
    account: Account = request.user
    return account


@page()
@require_http_methods(["GET"])
def own(request: Request) -> HttpResponse:
    account = _me(request)
    told = {
        "account": account_queries.of(account),
        "tokens": account_queries.tokens_of(account, request.ctx.now),
        "token_form": offered(request, forms.NewToken),
        "language_form": offered(request, forms.Language, initial={"language": account.language}),
    }
    return render(request, "people/own.html", told)


@public("an account that is not set up has no context yet; the view asks who has signed in")
@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
def password(request: Any) -> HttpResponse:
    """Change one's own password."""
    account = _me(request)
    form = forms.ChangePassword(posted(request), first=not account.has_usable_password())
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            if given["new"] != given["again"]:
                raise Invalid("两遍新密码不一样，请重新输入。").at("again")
            accounts.change_password(system(), account=account, old=given.get("old", ""), new=given["new"])
        except AnlanError as error:
            wrong(form, error, request.lang)
        else:
            update_session_auth_hash(request, account)
            messages.success(request, t(request.lang, "密码已改，别处的登录都已退出。"))
            return HttpResponseRedirect("/")
    told = {
        "form": form,
        "forced": account.must_change_password,
        "is_first": not account.has_usable_password(),
    }
    return render(request, "people/password.html", told, status=422 if form.errors else 200)


@public("an account that is not set up has no context yet; the view asks who has signed in")
@require_http_methods(["GET", "POST"])
def totp(request: Any) -> HttpResponse:
    """Bind an authenticator: read the picture with the phone, prove it with a code; another one with the old one too."""
    account = _me(request)
    if account.must_change_password:
        return HttpResponseRedirect("/account/password")
    secret = request.session.setdefault(WAITING, pyotp.random_base32())
    form = forms.Enrol(posted(request), again=bool(account.totp_sealed))
    if request.method == "POST" and form.is_valid():
        try:
            accounts.enrol_totp(system(), account=account, secret=secret, **form.cleaned_data)
        except AnlanError as error:
            wrong(form, error, request.lang)
        else:
            del request.session[WAITING]
            update_session_auth_hash(request, account)
            messages.success(request, t(request.lang, "动态码已绑定。以后登录都要输入。"))
            return HttpResponseRedirect("/")
    told = {
        "form": form,
        "secret": " ".join(secret[i : i + 4] for i in range(0, len(secret), 4)),
        "qr": _qr(account, secret),
        "again": bool(account.totp_sealed),
    }
    return render(request, "people/totp.html", told, status=422 if form.errors else 200)


def _qr(account: Account, secret: str) -> str:
    """The authenticator's picture as SVG without styles of its own, as the content policy wants it."""
    address = pyotp.TOTP(secret).provisioning_uri(name=account.username, issuer_name="anlan")
    code = segno.make(address, error="m")
    return mark_safe(
        code.svg_inline(scale=5, border=4, dark="#000", light="#fff", svgclass="qr", lineclass=None)
    )


def _new_token(request: Request, given: dict[str, Any]) -> HttpResponse:
    """Make a bearer token; its text is on this one page and never again."""
    text = tokens.make(system(), account=_me(request), **given)
    return render(request, "people/token.html", {"text": text, **given})


new_token = act("", _new_token, back=lambda r: OWN, form=forms.NewToken)


@page()
@require_POST
def revoke_token(request: Request, number: int) -> HttpResponse:
    tokens.revoke(system(), account=_me(request), token_id=number)
    messages.success(request, t(request.lang, "令牌已吊销。"))
    return HttpResponseRedirect("/account")


def _language(request: Request, given: dict[str, Any]) -> HttpResponse:
    accounts.set_language(account=_me(request), language=given["language"])
    response = HttpResponseRedirect(OWN)
    remember_language(response, given["language"])
    return response


language = act("", _language, back=lambda r: OWN, form=forms.Language)
