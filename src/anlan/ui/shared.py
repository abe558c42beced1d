"""Parts that many watch: made once for all who see the same, while the journal says nothing new and as long as they stay fresh.

Only for parts that hold no form (its token is one browser's) and say nothing of who reads them.
"""

from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.http import HttpResponse

from anlan.foundation import journal
from anlan.ui.pages import Request

FRESH = timedelta(seconds=1)
AT_MOST = 200
View = Callable[..., HttpResponse]
_made: OrderedDict[tuple[Any, ...], tuple[datetime, bytes]] = OrderedDict()


def shared(*parts: str, fresh: timedelta = FRESH) -> Callable[[View], View]:
    """The view's parts of these ids are shared; the page itself and other parts are made for each who asks."""

    def share(view: View) -> View:
        @wraps(view)
        def asked(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
            part, ctx = request.headers.get("X-Anlan-Part", ""), request.ctx
            if part not in parts:
                return view(request, *args, **kwargs)
            sees = (ctx.scope, ctx.actor.permissions, ctx.actor.organisation, request.lang, request.theme)
            key = (ctx.world.id, request.get_full_path(), part, sees, journal.head(ctx.world).hash)
            at, body = _made.get(key, (ctx.now, b""))
            if body and timedelta(0) <= ctx.now - at < fresh:
                return HttpResponse(body)
            reply = view(request, *args, **kwargs)
            if reply.status_code == 200:
                _made[key] = ctx.now, reply.content
                while len(_made) > AT_MOST:
                    _made.popitem(last=False)
            return reply

        return asked

    return share
