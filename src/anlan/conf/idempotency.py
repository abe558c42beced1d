"""Idempotency-Key: a request that changes something may be sent again after a broken line, and is done once.

The first transaction of the request begins with the key's row, so that both stand or neither: after a crash the request may
come again. Reading and rendering happen outside it. A request that was refused leaves no row, so that it may be mended and
sent with the same key.
"""

import hashlib
import logging
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import OperationalError
from django.http import HttpRequest, HttpResponse

from anlan.conf import refusals
from anlan.conf.middleware import Next
from anlan.conf.models import ApiRequest
from anlan.foundation.errors import AnlanError, Busy, Conflict, Invalid
from anlan.foundation.writing import begun_by, is_busy

log = logging.getLogger(__name__)
HEADER = "Idempotency-Key"
LONGEST = 80
ANSWERED_WITHIN = timedelta(seconds=60)


class _Twice(Exception):
    """Somebody else sends the same key at the same moment, and was first."""


class Idempotency:
    """Middleware after Context: answers a repeated request from its row."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: Any, view: Any, args: Any, kwargs: dict[str, Any]) -> HttpResponse | None:
        key = request.headers.get(HEADER, "")
        if not key or request.method != "POST" or not request.path.startswith("/api/") or request.ctx is None:
            return None
        try:
            return _once(request, key, lambda: view(request, *args, **kwargs))
        except (AnlanError, OperationalError) as error:
            return refusals.answer(request, error)  # raises what is not ours


def _once(request: Any, key: str, do: Any) -> HttpResponse:
    if len(key) > LONGEST or not key.isascii():
        raise Invalid("Idempotency-Key 最多 {n} 个 ASCII 字符，建议用 UUID。", n=LONGEST)
    mine = {"world_id": request.ctx.world.id, "actor": request.ctx.actor.ref, "key": key}
    rows, digest = ApiRequest.objects.filter(**mine), _digest(request)

    def claim() -> None:
        if not ApiRequest.objects.get_or_create(**mine, defaults={"digest": digest})[1]:
            raise _Twice

    row = rows.first()
    if row is not None:
        return _again(request, row)
    try:
        with begun_by(claim):
            response: HttpResponse = do()
    except _Twice:
        return _again(request, rows.get())
    except Exception:
        rows.filter(status=0).delete()
        raise
    if response.status_code >= 400:
        rows.filter(status=0).delete()
        return response
    told = {"digest": digest, "status": response.status_code, "body": response.content.decode()}
    try:
        ApiRequest.objects.update_or_create(**mine, defaults=told)
    except Exception as error:  # what was asked is done: that counts
        if not is_busy(error):
            raise
        log.warning("the answer to a key is not kept: others hold the records")
    return response


def _again(request: Any, row: ApiRequest) -> HttpResponse:
    if row.digest != _digest(request):
        raise Conflict("这个 Idempotency-Key 已用于另一个请求。请为新的请求换一个。")
    if not row.status:
        if datetime.now(UTC) - row.answered_at < ANSWERED_WITHIN:
            raise Busy("同一个请求正在办，请过几秒再来取结果。")
        raise Conflict("这个请求已经办成，但回答没有存下。请刷新看结果，不要再发。")
    return HttpResponse(row.body, status=row.status, content_type="application/json; charset=utf-8")


def _digest(request: Any) -> str:
    told = f"{request.method} {request.get_full_path()}\n".encode() + request.body
    return hashlib.sha256(told).hexdigest()
