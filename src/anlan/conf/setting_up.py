"""The first visit, from the machine itself: the county, the first administrator, where the keys are kept; then 上线二十步.

Open only while there is no account, to a browser on this machine that reached it by no proxy, with the token that `anlan run` printed.
"""

import hmac
import secrets
from pathlib import Path
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from anlan.conf import founding
from anlan.foundation import checkpoints, worlds
from anlan.foundation.errors import AnlanError
from anlan.foundation.home import home, secret
from anlan.foundation.words import t, w
from anlan.people import rules
from anlan.people.accounts.administration import is_anybody_known
from anlan.people.founding import first_administrator
from anlan.places.atlas import atlas
from anlan.ui.acts import MENDABLE, posted, wrong
from anlan.ui.pages import public

FILE = "run/setup-token"
HERE = frozenset({"127.0.0.1", "::1"})
NAMES = frozenset({"127.0.0.1", "localhost", "[::1]"})
DRAWN = ("seal-k1", "index-k1", "links-k1")
FORWARDED = ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP", "Forwarded", "Via")
"""What a proxy adds: who comes through one may be anybody."""


def _file() -> Path:
    return home() / FILE


def offer(*, host: str, port: int) -> str:
    """A fresh token's address while there is no account and the pages are served to this machine; else ""."""
    if is_anybody_known() or host not in {*HERE, "localhost", "0.0.0.0", "::"}:
        _file().unlink(missing_ok=True)
        return ""
    token = secrets.token_urlsafe(18)
    _file().parent.mkdir(exist_ok=True)
    _file().write_text(rules.digest(token))
    return f"http://127.0.0.1:{port}/setup?token={token}"


def is_open(request: HttpRequest) -> bool:
    """Whether this browser may set up: it sits on the machine, and nobody has an account yet."""
    name = request.get_host()
    host = name if name.endswith("]") else name.rpartition(":")[0] or name
    is_here = request.META.get("REMOTE_ADDR") in HERE and host in NAMES
    return is_here and not any(each in request.headers for each in FORWARDED) and not is_anybody_known()


class SetUp(forms.Form):
    """The county while there is none, and its first administrator."""

    token = forms.CharField(label=w("口令"), max_length=60)
    name = forms.CharField(label=w("县（市、区）名称"), max_length=40)
    code = forms.RegexField(
        r"^\d{6}$", label=w("区划代码"), widget=forms.TextInput({"inputmode": "numeric", "size": 8})
    )
    centre = forms.CharField(label=w("县城经纬度"), max_length=40)
    admin = forms.CharField(
        label=w("第一位管理员的用户名"), max_length=40, widget=forms.TextInput({"autocomplete": "username"})
    )
    person = forms.CharField(
        label=w("管理员姓名"), max_length=40, widget=forms.TextInput({"autocomplete": "name"})
    )

    def __init__(self, *args: Any, has_county: bool, lang: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._lang = lang
        for name in ("name", "code", "centre") if has_county else ():
            del self.fields[name]

    def clean_token(self) -> str:
        """Told before anything is made."""
        given, kept = rules.digest(self.cleaned_data["token"].strip()), _file()
        if not kept.exists() or not hmac.compare_digest(given, kept.read_text()):
            raise forms.ValidationError(
                t(self._lang, w("口令不对。它印在启动 anlan run 的终端里，每次启动都换。"))
            )
        return given

    def clean_centre(self) -> tuple[float, float]:
        try:
            return founding.lon_lat(self.cleaned_data["centre"])
        except ValueError:
            raise forms.ValidationError(t(self._lang, w("请填经度和纬度，如 113.30,31.85。"))) from None

    def clean_admin(self) -> str:
        username = str(self.cleaned_data["admin"])
        if not rules.is_username(username):
            raise forms.ValidationError(
                t(self._lang, w("用户名用 3 到 40 个小写字母、数字或 . - _，例如 sui-duty-1。"))
            )
        return username


@public(
    "open to the machine itself alone, with the token that was printed there, until the first account stands"
)
@sensitive_post_parameters("token")
@require_http_methods(["GET", "POST"])
def page(request: Any) -> HttpResponse:
    """What is asked once; then the link that signs the first administrator in."""
    if not is_open(request):
        raise Http404
    founding.refuse_a_demo()
    has_county = bool(atlas().places)
    form = SetUp(
        posted(request),
        has_county=has_county,
        lang=request.lang,
        initial={"token": request.GET.get("token", "")},
    )
    if form.is_valid():
        try:
            link = _found(form.cleaned_data, language=request.lang)
        except AnlanError as error:
            if error.status not in MENDABLE:
                raise
            wrong(form, error, request.lang)
        else:
            return render(request, "conf/setup_done.html", {"link": link, **keys()})
    told = {"form": form, "has_county": has_county}
    return render(request, "conf/setup.html", told, status=422 if form.errors else 200)


def _found(given: dict[str, Any], *, language: str) -> str:
    """The county and its administrator. The token ends with it. Raises: Conflict, Invalid."""
    ctx = worlds.context(worlds.get("live"))
    if "code" in given:
        founding.county(ctx, name=given["name"], code=given["code"], centre=given["centre"])
    key = first_administrator(ctx, username=given["admin"], name=given["person"], language=language)
    _file().unlink(missing_ok=True)
    return f"/sign-in/link/{key}"


def keys() -> dict[str, Any]:
    """Where the keys lie, and which there are; those that records will need are drawn now, so that one copy holds them."""
    folder = home() / "keys"
    for name in DRAWN:
        secret(name)
    checkpoints.sign(b"")
    return {"folder": folder, "names": sorted(path.name for path in folder.iterdir())}
