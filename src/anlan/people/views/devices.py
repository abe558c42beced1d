"""认得的电脑: a browser that signed in before carries a signed cookie; it lets nobody in, it only counts tries apart."""

import secrets
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpResponse

COOKIE = "anlan_device"
LASTS = 180 * 24 * 3600
MOST = 20


def _held(request: Any) -> tuple[str, list[str]]:
    """The device's own name, and the user names that signed in on it."""
    try:
        told = signing.loads(request.COOKIES.get(COOKIE, ""), salt=COOKIE, max_age=LASTS)
        return str(told["id"]), list(told["names"])
    except (signing.BadSignature, KeyError, TypeError):
        return secrets.token_urlsafe(12), []


def known(request: Any, username: str) -> str:
    """The device's name where this user signed in on it before, else nothing."""
    name, users = _held(request)
    return name if username.strip() in users else ""


def remember(request: Any, response: HttpResponse, username: str) -> None:
    """Know this browser again for this user."""
    name, users = _held(request)
    users = [username, *(u for u in users if u != username)][:MOST]
    response.set_cookie(
        COOKIE, signing.dumps({"id": name, "names": users}, salt=COOKIE), max_age=LASTS, path="/sign-in",
        httponly=True, secure=settings.SESSION_COOKIE_SECURE, samesite="Strict",
    )  # fmt: skip
