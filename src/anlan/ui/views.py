"""Error pages: what happened, what was kept, what to do, and the way back. They stand without a database too."""

import logging
import secrets
import sys
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from anlan.foundation.words import w

from .context import page

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """What an error page says."""

    status: int
    what: str
    kept: str
    do: str


BAD_REQUEST = Trouble(
    status=400,
    what=w("这个请求没看懂"),
    kept=w("没有改动任何记录。"),
    do=w("回到上一页，刷新后再试一次。填过的内容可能要重填。"),
)
FORBIDDEN = Trouble(
    status=403,
    what=w("你没有权限看这一页，或做这件事"),
    kept=w("没有改动任何记录。"),
    do=w("要办这件事，请找本单位管理员，或换有权限的人登录。"),
)
CSRF = Trouble(
    status=403,
    what=w("这一页放得太久，提交没有通过核对"),
    kept=w("没有改动任何记录。"),
    do=w("刷新这一页，再提交一次。还不行就重新登录。"),
)
NOT_FOUND = Trouble(
    status=404,
    what=w("没有这一页"),
    kept=w("可能地址抄错了，也可能不在你管的范围里。"),
    do=w("从值班台重新进，或按 / 搜村、站、人。"),
)
NOT_A_PAGE = Trouble(
    status=405,
    what=w("这个地址不能直接打开"),
    kept=w("它是表单和按钮送去的地方，打开它没有办任何事。"),
    do=w("从值班台重新进，在那一页上按按钮。"),
)
SERVER_ERROR = Trouble(
    status=500,
    what=w("系统这里出错了"),
    kept=w("刚才的提交没有存成，之前的记录都在。叫应和收数不受这一页影响。"),
    do=w("再试一次。还不行，用电话和叫应单继续办，并告诉管理员出错的编号。"),
)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400."""
    return trouble(request, BAD_REQUEST)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403."""
    return trouble(request, FORBIDDEN)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """403 for a form without a valid token (settings.CSRF_FAILURE_VIEW)."""
    return trouble(request, CSRF)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404; the same for what is not there and what is out of scope."""
    return trouble(request, NOT_FOUND)


def not_a_page(request: HttpRequest, allowed: str) -> HttpResponse:
    """405: an act's address was opened, or an address was sent something that it does not take."""
    response = trouble(request, NOT_A_PAGE)
    response.headers["Allow"] = allowed
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """500."""
    return trouble(request, SERVER_ERROR)


def trouble(request: HttpRequest, found: Trouble) -> HttpResponse:
    """The page of a trouble, inside the rooms of who asks; plain, and without any record, where those fall too.

    Its number is told to the reader and stands in the log beside what happened.
    """
    number = secrets.token_hex(3).upper()
    error = sys.exc_info()[1] if found.status >= 500 else None
    log.warning("trouble %s: %s %s %s", number, found.status, request.method, request.path, exc_info=error)
    given = {"trouble": found, "number": number}
    try:
        enter = getattr(request, "come_in", None)
        if enter and getattr(request, "ctx", None) is None:
            enter(_world(request))
        if getattr(request, "ctx", None) is not None:
            text = render_to_string("ui/error.html", {**given, "frame": "ui/base.html"}, request)
            return HttpResponse(text, status=found.status)
    except Exception:
        log.exception("trouble %s: the page around it fell too", number)
    context: dict[str, Any] = {**page(request), **given, "frame": "ui/plain.html"}
    return HttpResponse(render_to_string("ui/error.html", context), status=found.status)


def _world(request: HttpRequest) -> str:
    """The world that an unknown address names."""
    parts = request.path.split("/")
    return parts[2] if parts[1:2] == ["w"] and len(parts) > 2 else "live"
