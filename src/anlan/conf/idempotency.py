"""Idempotency-Key: a request that changes something may be sent again after a broken line, and is done once.

The key's row and the effect of the request are one transaction: after a crash neither stands, and the request may come again.
A request that was refused leaves no row, so that it may be mended and sent with the same key.
"""

import hashlib
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from anlan.conf import refusals
from anlan.conf.middleware import Next
from anlan.conf.models import ApiRequest
from anlan.foundation.errors import AnlanError, Conflict, Invalid

HEADER = "Idempotency-Key"
LONGEST = 80


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
        except AnlanError as error:
            return refusals.answer(request, error)


def _once(request: Any, key: str, do: Any) -> HttpResponse:
    if len(key) > LONGEST or not key.isascii():
        raise Invalid("Idempotency-Key 最多 {n} 个 ASCII 字符，建议用 UUID。", n=LONGEST)
    ctx = request.ctx
    with transaction.atomic():
        row, is_new = ApiRequest.objects.select_for_update().get_or_create(
            world_id=ctx.world.id, actor=ctx.actor.ref, key=key, defaults={"digest": _digest(request)}
        )
        if not is_new:
            return _again(request, row)
        response: HttpResponse = do()
        if response.status_code >= 400:
            transaction.set_rollback(True)
            return response
        row.status, row.body = response.status_code, response.content.decode()
        row.save(update_fields=["status", "body"])
        return response


def _again(request: Any, row: ApiRequest) -> HttpResponse:
    if row.digest != _digest(request):
        raise Conflict("这个 Idempotency-Key 已用于另一个请求。请为新的请求换一个。")
    return HttpResponse(row.body, status=row.status, content_type="application/json; charset=utf-8")


def _digest(request: Any) -> str:
    told = f"{request.method} {request.get_full_path()}\n".encode() + request.body
    return hashlib.sha256(told).hexdigest()
