"""What surrounds each request: security headers, and the context of who asks in which world."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from anlan.conf import refusals
from anlan.foundation import kept, worlds
from anlan.foundation.errors import AnlanError, NotSignedIn
from anlan.foundation.writing import begin_request
from anlan.people.accounts import sessions, tokens
from anlan.people.accounts.scope import context_of
from anlan.ui.views import bad_request, not_a_page

Next = Callable[[HttpRequest], HttpResponse]
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; "
    "img-src 'self' data: blob:; font-src 'self'; connect-src 'self'; "
    "worker-src 'self' blob:; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SET_UP_PAGES = ("/account/totp", "/account/password", "/sign-out", "/sign-in")


class SecurityHeaders:
    """Strict content policy on every page; nothing inline, nothing from elsewhere. What an account sees is kept nowhere."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", CSP)
        response.headers.setdefault("Permissions-Policy", "geolocation=(), camera=(), microphone=()")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class Context:
    """Sets `request.ctx` (None when nobody has signed in) and `request.world`; turns our errors into answers."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: Any) -> HttpResponse:
        request.ctx = request.world = None
        begin_request()
        if (
            settings.SECURE_PROXY_SSL_HEADER
        ):  # a proxy of ours stands before: the last address is what it saw itself
            through = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
            request.META["REMOTE_ADDR"] = through or request.META.get("REMOTE_ADDR", "")
        if "%00" in request.META.get("QUERY_STRING", "") or "\x00" in request.path:
            return bad_request(request)  # no database takes it
        request.by_token = False
        request.come_in = lambda world: self.process_view(request, None, (), {"world": world})
        with kept.once():
            response = self.get_response(request)
            if response.status_code == 405 and not refusals.wants_json(request):
                return not_a_page(request, response.headers["Allow"])
            return response

    def process_view(self, request: Any, view: Any, args: Any, kwargs: dict[str, Any]) -> HttpResponse | None:
        try:
            account = self._account(request)
            if account is None:
                return None
            if not tokens.is_set_up(account):
                return self._set_up_first(request, account)
            request.world = worlds.get(kwargs.get("world") or "live")
            request.ctx = context_of(account, request.world)
        except AnlanError as error:
            return refusals.answer(request, error)
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        return refusals.answer(request, error) if refusals.ours(error) else None

    def _account(self, request: Any) -> Any:
        """Who asks: by bearer token on the API alone, else by session."""
        now = datetime.now(UTC)
        scheme, _, text = request.headers.get("Authorization", "").partition(" ")
        if request.path.startswith("/api/") and scheme.lower() == "bearer":
            request.by_token = True
            return tokens.account_of(text.strip(), now)
        if not request.user.is_authenticated:
            return None
        if sessions.is_over(request.session, now):
            logout(request)
            return None
        return request.user

    def _set_up_first(self, request: Any, account: Any) -> HttpResponse | None:
        """A new account replaces its password and binds an authenticator before anything else."""
        if request.path in SET_UP_PAGES:
            return None
        if refusals.wants_json(request):
            return refusals.answer(request, NotSignedIn("请先在网页上改密码并绑定动态码。"))
        here = "/account/password" if account.must_change_password else "/account/totp"
        return HttpResponseRedirect(here)
