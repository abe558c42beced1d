"""The front door: live push is served here, everything else by Django as WSGI behind it."""

import asyncio
import os
import re
from collections.abc import Awaitable, Callable
from functools import cache
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from a2wsgi import WSGIMiddleware

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anlan.conf.settings")
from anlan.conf.wsgi import application as django_application
from anlan.foundation.processes import end_with_parent

if TYPE_CHECKING:
    from anlan.conf.sessions import Guard

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
LIVE = re.compile(r"^/w/([a-z0-9]{1,12})/live$")
SESSION_CHECK_SECONDS = 20.0
MOST_DIGITS = 18
"""Of a number in the journal; a longer one names none."""
_pages = WSGIMiddleware(django_application, workers=int(os.environ.get("ANLAN_WEB_THREADS", "8")))


async def app(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """ASGI entry."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["type"] == "http" and (match := LIVE.match(scope["path"])):
        await _live(match[1], scope, receive, send)
    elif scope["type"] == "http":
        await _pages(scope, _coroutines(receive), send)  # type: ignore[arg-type]


def _coroutines(receive: Receive) -> Receive:
    """The server may hand out any awaitable; the bridge to WSGI reads a request's body from coroutines alone."""

    async def received() -> dict[str, Any]:
        return await receive()

    return received


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            end_with_parent()  # a worker of the web process
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


async def _live(world_key: str, scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """One viewer's stream; it ends when the viewer leaves or the session does."""
    from anlan.conf.sessions import viewer_of
    from anlan.foundation.live import hub

    headers = {k.decode().lower(): v.decode("latin-1") for k, v in scope["headers"]}
    session = _cookie(headers.get("cookie", ""), "sessionid")
    viewer = await asyncio.to_thread(viewer_of, session, world_key)
    if viewer is None:
        await _plain(send, 401)
        return
    hub.start()
    stream = hub.watch(viewer.world_id, viewer.scope, _last_seen(headers, scope["query_string"]))
    await send({"type": "http.response.start", "status": 200, "headers": _STREAM})
    pump = asyncio.create_task(_pump(stream, send))
    guard = asyncio.create_task(_sessions().until_signed_out(session, SESSION_CHECK_SECONDS))
    leave = asyncio.create_task(_until_left(receive))
    _, rest = await asyncio.wait({pump, guard, leave}, return_when=asyncio.FIRST_COMPLETED)
    for task in rest:
        task.cancel()
    await asyncio.gather(*rest, return_exceptions=True)
    if not leave.done():
        await send({"type": "http.response.body", "body": b"", "more_body": False})


def _last_seen(headers: dict[str, str], query: bytes) -> int | None:
    """The number that the viewer knows already: of what it heard last, else of the page as it was made (`?after=`)."""
    asked = parse_qs(query.decode("latin-1")).get("after", [""])[0]
    for text in (headers.get("last-event-id", ""), asked):
        if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS:
            return int(text)
    return None


_STREAM = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
]


async def _pump(stream: Any, send: Send) -> None:
    async for chunk in stream:
        await send({"type": "http.response.body", "body": chunk, "more_body": True})


async def _until_left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


@cache
def _sessions() -> "Guard":
    """The one guard of this process; made when Django is ready."""
    from anlan.conf.sessions import Guard

    return Guard()


async def _plain(send: Send, status: int) -> None:
    await send({"type": "http.response.start", "status": status, "headers": [(b"content-length", b"0")]})
    await send({"type": "http.response.body", "body": b""})


def _cookie(header: str, name: str) -> str:
    try:
        found = SimpleCookie(header).get(name)
    except CookieError:
        return ""
    return found.value if found else ""
