"""Doors 门: each view says who may open it. A test walks all addresses and fails at one that says nothing.

    @page("warn.view")            whoever has the permission; `request.ctx` is theirs, in the world that the address names
    @page()                       whoever has signed in
    @public("why nobody must sign in")

A view under /w/<world>/ does not take `world` itself: it reads `request.ctx.world`. Errors of the rooms
(`AnlanError`, rules' own) are raised, not caught: conf turns them into a page or JSON with the next step.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from anlan.foundation.context import Ctx
from anlan.foundation.errors import NotSignedIn

View = Callable[..., HttpResponse]
Reply = TypeVar("Reply", bound=HttpResponseBase)


class Request(HttpRequest):
    """What a view gets: conf.middleware puts these on."""

    ctx: Ctx
    lang: str
    theme: str


def attached(reply: Reply, name: str) -> Reply:
    """A reply to be kept as a file of that name, whatever signs it has (RFC 6266)."""
    reply.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    return reply


@dataclass(frozen=True)
class Door:
    """How a view is opened: a permission, "" for any account; `why` when it stands open to everybody."""

    permission: str = ""
    why: str = ""

    @property
    def is_public(self) -> bool:
        return bool(self.why)


def page(permission: str = "") -> Callable[[View], View]:
    """The view opens to accounts whose role has the permission."""

    def close(view: View) -> View:
        @wraps(view)
        def opened(request: Request, *args: Any, world: str = "", **kwargs: Any) -> HttpResponse:
            come_in(request, permission)
            return view(request, *args, **kwargs)

        opened.door = Door(permission)  # type: ignore[attr-defined]
        return opened

    return close


def public(why: str) -> Callable[[View], View]:
    """The view stands open; say why. Under /w/<world>/ it gets `world` and must find its own right to rows."""

    def leave_open(view: View) -> View:
        view.door = Door(why=why)  # type: ignore[attr-defined]
        return view

    return leave_open


def come_in(request: HttpRequest, permission: str) -> Ctx:
    """The context of who asks. Raises: NotSignedIn, Forbidden."""
    ctx: Ctx | None = getattr(request, "ctx", None)
    if ctx is None:
        raise NotSignedIn("请先登录。登录后会回到这一页。")
    if permission:
        ctx.require(permission)
    return ctx
