"""What many watch is made once for all who see the same, while the journal says nothing new and as long as it stays fresh.

Only for parts that hold no form (its token is one browser's) and say nothing of who reads them.
"""

import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any, TypeVar

from django.http import HttpResponse

from anlan.foundation import journal
from anlan.foundation.context import Ctx
from anlan.ui.pages import Request

T = TypeVar("T")
FRESH = timedelta(seconds=1)
AT_MOST = 200
View = Callable[..., HttpResponse]
_made: OrderedDict[tuple[Any, ...], tuple[datetime, float, Any]] = OrderedDict()


def made_once(ctx: Ctx, what: tuple[Any, ...], make: Callable[[], T], fresh: timedelta = FRESH) -> T:
    """What somebody who sees the same was given for `what`, else what is made now; None is not kept."""
    sees = (ctx.world.id, ctx.scope, ctx.actor.permissions, ctx.actor.organisation)
    key = (*what, sees, journal.head(ctx.world).hash)
    at, since, made = _made.get(key, (ctx.now, time.monotonic(), None))
    if (
        made is not None
        and timedelta(0) <= ctx.now - at < fresh
        and time.monotonic() - since < fresh.total_seconds()
    ):
        return made  # type: ignore[no-any-return]
    made = make()
    _made[key] = ctx.now, time.monotonic(), made
    while len(_made) > AT_MOST:
        _made.popitem(last=False)
    return made


def forget() -> None:
    """As in a process that has just begun."""
    _made.clear()


def shared(*parts: str, fresh: timedelta = FRESH) -> Callable[[View], View]:
    """The view's parts of these ids are shared; the page itself and other parts are made for each who asks."""

    def share(view: View) -> View:
        @wraps(view)
        def asked(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
            part = request.headers.get("X-Anlan-Part", "")
            if part not in parts:
                return view(request, *args, **kwargs)
            refused: list[HttpResponse] = []

            def make() -> bytes | None:
                reply = view(request, *args, **kwargs)
                refused.extend([reply] if reply.status_code != 200 else [])
                return None if refused else reply.content

            what = (part, request.get_full_path(), request.lang, request.theme)
            body = made_once(request.ctx, what, make, fresh)
            return refused[0] if refused else HttpResponse(body or b"")

        return asked

    return share
