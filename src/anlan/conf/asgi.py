"""The front door: live push is served here, everything else by Django as WSGI behind it.

A request takes a thread only when its whole body is there: whoever sends slowly keeps nobody else waiting. Answers from
phones and the watchdog's question have threads of their own, and so have sign-ins, whose passwords take long to hash.
"""

import asyncio
import gc
import os
import re
import sys
import threading
import time
from collections.abc import Awaitable, Callable
from functools import cache
from http.cookies import CookieError, SimpleCookie
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

from a2wsgi import WSGIMiddleware
from django.conf import settings
from django.db import connection

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "anlan.conf.settings")
from anlan.conf.wsgi import application as django_application
from anlan.foundation import kept, packs
from anlan.foundation.home import home
from anlan.foundation.processes import end_with_parent
from anlan.foundation.words import catalogue
from anlan.foundation.writing import serve_people

if TYPE_CHECKING:
    from anlan.conf.sessions import Guard

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
LIVE = re.compile(r"^/w/([a-z0-9]{1,12})/live$")
SESSION_CHECK_SECONDS = 20.0
MOST_DIGITS = 18
"""Of a number in the journal; a longer one names none."""
BODY_SECONDS = 10.0
BODY_BYTES_A_SECOND = 128 * 1024
"""A large file may take longer than that, if it comes at least so fast."""
ALL_BODIES_BYTES = 256 * 1024 * 1024
"""What may be read at once of all requests that wait for their rest."""
MOST_SIGN_INS = 24
PATIENCE_SECONDS = 4.0
"""So long a page waits for its turn to write; then it says that all are busy."""
SWITCH_SECONDS = 0.001
"""A thread that computes lets others of this process on so often."""
_pages = WSGIMiddleware(django_application, workers=int(os.environ.get("ANLAN_WEB_THREADS", "8")))
_phones = WSGIMiddleware(django_application, workers=4)
_sign_ins = WSGIMiddleware(django_application, workers=3)
_elsewhere = WSGIMiddleware(django_application, workers=2)
_signing_in = 0
_reading = 0


async def app(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """ASGI entry."""
    if scope["type"] == "lifespan":
        await _lifespan(receive, send)
    elif scope["type"] == "http" and (match := LIVE.match(scope["path"])):
        await _live(match[1], scope, receive, send)
    elif scope["type"] == "http":
        await _page(scope, receive, send)


async def _page(scope: dict[str, Any], receive: Receive, send: Send) -> None:
    """By Django, in a thread of the pool that this kind of request has."""
    global _signing_in
    body = await _whole_body(scope, receive)
    if isinstance(body, int):
        if body:
            await _plain(send, body)
        return
    path, rest = scope["path"], _rest(body, receive)
    if path == "/sign-in" and scope["method"] == "POST":
        if _signing_in >= MOST_SIGN_INS:
            await _plain(send, 503)
            return
        _signing_in += 1
        try:
            await _sign_ins(scope, rest, send)  # type: ignore[arg-type]
        finally:
            _signing_in -= 1
    elif path.startswith("/sign-in/with/"):  # may wait for a provider that is dead
        await _elsewhere(scope, rest, send)  # type: ignore[arg-type]
    elif path == "/healthz" or path.startswith("/a/"):
        await _phones(scope, rest, send)  # type: ignore[arg-type]
    else:
        await _pages(scope, rest, send)  # type: ignore[arg-type]


async def _whole_body(scope: dict[str, Any], receive: Receive) -> bytes | int:
    """The body of a request; else the status to refuse it with, 0 when whoever asked has gone."""
    global _reading
    most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    told = dict(scope["headers"]).get(b"content-length", b"")
    if told.isdigit() and (len(told) > MOST_DIGITS or int(told) > most):
        return 413
    chunks, size, since = [], 0, time.monotonic()
    try:
        while True:
            left = since + BODY_SECONDS + size / BODY_BYTES_A_SECOND - time.monotonic()
            message = await asyncio.wait_for(_received(receive), left)
            if message["type"] == "http.disconnect":
                return 0
            chunk = message.get("body", b"")
            chunks.append(chunk)
            size, _reading = size + len(chunk), _reading + len(chunk)
            if size > most:
                return 413
            if not message.get("more_body", False):
                return b"".join(chunks)
            if _reading > ALL_BODIES_BYTES:
                return 503
    except TimeoutError:
        return 408
    finally:
        _reading -= size


async def _received(receive: Receive) -> dict[str, Any]:
    """The server may hand out any awaitable; a time limit takes coroutines alone."""
    return await receive()


def _rest(body: bytes, receive: Receive) -> Receive:
    """What the bridge to WSGI asks for: the body that is there, then whether who asked is still there."""
    parts = iter(({"type": "http.request", "body": body, "more_body": False},))

    async def received() -> dict[str, Any]:
        return next(parts, None) or await receive()

    return received


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            end_with_parent()  # a worker of the web process
            sys.setswitchinterval(SWITCH_SECONDS)
            serve_people(patience_s=PATIENCE_SECONDS)
            threading.Thread(target=_warm, daemon=True).start()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


def _warm() -> None:
    """What is kept in memory is read before the first request needs it, and not under its lock."""
    packs.load_all(home=home())
    kept.refresh(cold=True)
    catalogue()
    gc.freeze()  # what stays for good is not walked through again and again
    connection.close()


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
    headers = [(b"content-length", b"0"), *([(b"retry-after", b"5")] if status == 503 else [])]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})


def _cookie(header: str, name: str) -> str:
    try:
        found = SimpleCookie(header).get(name)
    except CookieError:
        return ""
    return found.value if found else ""
