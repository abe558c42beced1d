"""手机应答页: opens from a link, without an account; works without script, and once for each answer with it."""

import logging
import uuid
from typing import Any

import segno
from django.core.cache import cache
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import redirect, render
from django.utils.decorators import decorator_from_middleware
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods

from anlan.call.actions import hearing, links
from anlan.call.calldown_rows import the_call_down
from anlan.call.queries import answering
from anlan.call.queries.desk import people_of
from anlan.call.views.calls import may_link
from anlan.foundation import scenarios
from anlan.foundation.context import Ctx
from anlan.foundation.errors import AnlanError, Forbidden, Invalid, NotFound
from anlan.foundation.words import t, w
from anlan.foundation.worlds import World, beijing
from anlan.foundation.writing import is_busy
from anlan.ui import assets
from anlan.ui import format as show
from anlan.ui.acts import address, parse_int
from anlan.ui.pages import Request, page, public

log = logging.getLogger(__name__)
PER_MINUTE = 30
WRONG_LINKS_PER_MINUTE = 30


class Slim(GZipMiddleware):
    """Small on the wire; without Django's random bytes: who could put guesses into requests has the link already."""

    max_random_bytes = 0

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        response.headers["Content-Security-Policy"] = assets.PHONE_POLICY
        return super().process_response(request, response)


slim = decorator_from_middleware(Slim)


@public(
    "a village secretary in the rain has no account; the link itself is the right, and ends with the call-down"
)
@slim
@csrf_exempt  # no cookie carries any right here: only who holds the link can post to it
@require_http_methods(["GET", "POST"])
def answer(request: Request, world: str, ref: str, holder: str, token: str) -> HttpResponse:
    """The page of one person in one call-down, and the answer that it posts."""
    try:
        ctx, row = _opened(request, world, ref, holder, token)
    except (NotFound, TooMany) as error:
        return _refused(request, error)
    if request.method == "GET":
        return _shown(request, ctx, row, holder)
    try:
        _limit(f"{world}:{ref}:{holder}", PER_MINUTE)
        key = _taken_in(request, ctx, row.ref, holder)
    except TooMany as error:
        return _refused(request, error)
    except AnlanError as error:
        return _wrong(request, ctx, row, holder, error)
    except (DatabaseError, OSError) as error:
        if is_busy(error):
            raise
        log.exception("an answer could not be written down")
        return _not_recorded(request, ctx, row, holder)
    if _wants_json(request):
        return JsonResponse({"received_at": beijing(answering.received_at(ctx, key)).isoformat()})
    return HttpResponseRedirect(request.path)


class TooMany(AnlanError):
    """More than a person presses."""

    status = 429


def _opened(request: HttpRequest, world: str, ref: str, holder: str, token: str) -> tuple[Ctx, Any]:
    """Open the link; who tries many wrong ones is slowed down."""
    try:
        return answering.open_link(world_key=world, call_down=ref, holder=holder, token=token)
    except NotFound:
        _limit(f"wrong:{request.META.get('REMOTE_ADDR', '')}", WRONG_LINKS_PER_MINUTE)
        raise


def _limit(key: str, most: int) -> None:
    key = f"answer:{key}"
    cache.add(key, 0, timeout=60)
    if cache.incr(key) > most:
        raise TooMany("按得太快了，过一分钟再按。前面的答复都收到了。")


def _taken_in(request: HttpRequest, ctx: Ctx, ref: str, holder: str) -> str:
    """Record the answer once for its key; without script each press has a key of its own."""
    given = request.POST
    kind = parse_int(given.get("answer", ""), what=t("zh", "答复"))
    if kind is None or not 1 <= kind <= 5:
        raise Invalid("没认出这个答复。请按 1 到 5 中的一个。")
    key = f"web:{holder}:{_key(given.get('key', ''))}"
    hearing.heard_answer(
        ctx,
        call_down=ref,
        holder=holder,
        kind=kind,
        key=key,
        channel="web",
        households=parse_int(given.get("households", ""), what=t("zh", "户数")) if kind >= 3 else None,
        people_moved=parse_int(given.get("people", ""), what=t("zh", "人数")) if kind >= 3 else None,
    )
    return key


def _key(text: str) -> str:
    if not text:
        return str(uuid.uuid4())
    try:
        return str(uuid.UUID(text))
    except ValueError:
        raise Invalid("这次答复不完整。请刷新后再按。") from None


def _wants_json(request: HttpRequest) -> bool:
    return request.accepts("application/json") and not request.accepts("text/html")


def _refused(request: Request, error: AnlanError) -> HttpResponse:
    sentence = error.said(request.lang)
    if _wants_json(request):
        return JsonResponse({"error": sentence}, status=error.status)
    return render(request, "call/answer_gone.html", {"sentence": sentence}, status=error.status)


def _not_recorded(request: Request, ctx: Ctx, row: Any, holder: str) -> HttpResponse:
    """The disk is full: whoever stands in the rain must know that nobody knows, and whom to ring."""
    try:
        number = answering.order_of(ctx, row, holder).duty_room
    except (DatabaseError, OSError):
        number = ""
    sentence = t(request.lang, w("没有记下，请打值班室电话 {number}"), number=number).strip()
    if _wants_json(request):
        return JsonResponse({"error": sentence, "recorded": False}, status=503)
    told = {"what": w("没有记下"), "sentence": sentence, "duty_phone": number}
    return render(request, "call/answer_gone.html", told, status=503)


def _wrong(request: Request, ctx: Ctx, row: Any, holder: str, error: AnlanError) -> HttpResponse:
    if _wants_json(request):
        return JsonResponse({"error": error.said(request.lang)}, status=422)
    return _shown(request, ctx, row, holder, wrong=error.said(request.lang))


def _shown(request: Request, ctx: Ctx, row: Any, holder: str, wrong: str = "") -> HttpResponse:
    order = answering.order_of(ctx, row, holder)
    context = {
        **_about(request, ctx),
        "order": {
            "caller": getattr(order.caller, request.lang),
            "holder": getattr(order.holder, request.lang),
            "what": getattr(order.what, request.lang),
            "where": getattr(order.where, request.lang) if order.where else "",
        },
        "until": order.awaited_until,
        "until_left": int((order.awaited_until - ctx.now).total_seconds()) if order.awaited_until else 0,
        "until_text": show.countdown(order.awaited_until, ctx.now) if order.awaited_until else "",
        "until_speed": _speed(ctx),
        "is_overdue": order.is_overdue,
        "duty_phone": order.duty_room,
        "duty_dial": "".join(c for c in order.duty_room if c.isdigit() or c == "+"),
        "form_url": request.path,
        "card_url": f"{request.path}/card",
        "sent": order.sent,
        "wrong": wrong,
        "typed": request.POST if wrong else None,
    }
    return render(request, "call/answer.html", context, status=422 if wrong else 200)


def _speed(ctx: Ctx) -> float:
    """How fast the world's clock runs for the countdown; 0 where it does not run by itself."""
    return 1.0 if ctx.world.is_live else float(World.objects.get(pk=ctx.world.id).speed or 0)


def _about(request: Request, ctx: Ctx) -> dict[str, Any]:
    """The exercise's banner and clock, for a reader without an account."""
    world = World.objects.get(pk=ctx.world.id)
    exercise = None
    if not ctx.world.is_live:
        exercise = {"title": scenarios.title_of(world), "clock": ctx.now, "speed": 0}
    return {"ctx": ctx, "exercise": exercise}


@public("the card behind the same link: what the village tells its residents")
@slim
@require_GET
def card(request: Request, world: str, ref: str, holder: str, token: str) -> HttpResponse:
    """明白卡 of the village: what will happen, where to go, by when."""
    try:
        ctx, row = _opened(request, world, ref, holder, token)
        order = answering.order_of(ctx, row, holder)
    except (NotFound, TooMany) as error:
        return _refused(request, error)
    words = answering.card(order)
    said = [
        (w("会发生什么"), getattr(words.what, request.lang)),
        (w("去哪里"), getattr(words.where, request.lang)),
        (w("什么时候"), getattr(words.when, request.lang)),
    ]
    context = {
        **_about(request, ctx),
        "place": order.place,
        "said": said,
        "back": request.path.removesuffix("/card"),
    }
    return render(request, "call/answer_card.html", context)


@page("warn.view")
@require_http_methods(["GET", "POST"])
def handed(request: Request, ref: str, holder: str) -> HttpResponse:
    """The link and its square code, for the officer to send or show."""
    if not may_link(request):
        raise Forbidden("只有叫应的人能看这个链接。请让值班员来发。")
    row = the_call_down(request.ctx, ref)
    person = next((p for p in people_of(request.ctx, row) if p.holder == holder), None)
    if person is None:
        raise NotFound("叫应阶梯上没有这个人。请从叫应板里选。")
    if request.method == "POST":
        links.hand_over(request.ctx, call_down=ref, holder=holder)
        return redirect(request.path)
    if not links.is_handed(request.ctx, call_down=ref, holder=holder):
        context = {"person": person, "back": address(request, "calls", ref)}
        return render(request, "call/handed.html", context)
    url = answering.link(request.ctx.world.key, ref, holder)
    whole_url = request.build_absolute_uri(url)
    code = segno.make(whole_url, error="m").svg_inline(scale=6, border=2, svgclass="qr", lineclass=None)
    context = {
        "person": person,
        "url": url,
        "whole_url": whole_url,
        "code": code,
        "back": address(request, "calls", ref),
    }
    return render(request, "call/handed.html", context)
