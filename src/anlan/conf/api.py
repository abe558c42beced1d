"""The API under /api/v1: who calls, how errors look, and the rooms' routers in one document."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI, Router, Schema
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security.base import AuthBase
from ninja.utils import check_csrf

from anlan.conf import refusals
from anlan.foundation import rooms, scenarios, worlds
from anlan.foundation.api import Asked, Listing, may
from anlan.foundation.errors import AnlanError, NotSignedIn
from anlan.places.atlas import atlas
from anlan.ui.pages import page
from anlan.wire.cap.errors import CapError


class Caller(AuthBase):
    """A bearer token of an account, or the session of a page (which then must carry its CSRF token to change something)."""

    openapi_type = "http"
    openapi_scheme = "bearer"

    def __call__(self, request: HttpRequest) -> Any:
        if getattr(request, "ctx", None) is None:
            return None
        if not request.by_token and request.method not in ("GET", "HEAD", "OPTIONS"):  # type: ignore[attr-defined]
            refused = check_csrf(request)
            if refused:
                raise HttpError(403, "CSRF")
        return request.ctx.actor  # type: ignore[attr-defined]


class Api(NinjaAPI):
    """Operations are called by room and name, in whatever file of the room they stand: their ids never change."""

    def get_openapi_operation_id(self, operation: Any) -> str:
        room = operation.view_func.__module__.split(".")[1]
        return f"anlan_{room}_api_{operation.view_func.__name__}"


api = Api(
    title="anlan 安澜",
    version="1",
    description="From the rain gauge to the doorbell, with proof. Every answer is cut by the caller's scope.",
    auth=Caller(),
    docs_url=None,
    docs_decorator=page(),
    urls_namespace="api",
)


@api.exception_handler(AnlanError)
def _ours(request: HttpRequest, error: Any) -> HttpResponse:
    told = refusals.body(error, getattr(request, "lang", "zh"))
    return api.create_response(request, told, status=error.status)


@api.exception_handler(CapError)
def _no_cap(request: HttpRequest, error: Any) -> HttpResponse:
    """A file that is no warning: which line, and why."""
    told = {"code": "not_cap", "error": error.text(getattr(request, "lang", "zh"))}
    return api.create_response(request, told, status=422)


@api.exception_handler(AuthenticationError)
def _nobody(request: HttpRequest, error: Exception) -> HttpResponse:
    return _ours(request, NotSignedIn("请先登录，或带上有效的接口令牌。"))


@api.exception_handler(HttpError)
def _http(request: HttpRequest, error: Any) -> HttpResponse:
    return api.create_response(request, {"code": "refused", "error": str(error)}, status=error.status_code)


@api.exception_handler(ValidationError)
def _unread(request: HttpRequest, error: Any) -> HttpResponse:
    """Which field cannot be right; never what was sent, which may be personal."""
    wrong = [
        {"where": ".".join(str(step) for step in each["loc"]), "what": each["msg"]} for each in error.errors
    ]
    return api.create_response(request, {"code": "invalid", "error": "422", "fields": wrong}, status=422)


router = Router(tags=["frame"])


class WorldOut(Schema):
    key: str
    title: str
    state: str
    now: str
    speed: float | None


class MeOut(Schema):
    ref: str
    post: str
    role: str
    organisation: str
    permissions: list[str]
    places: list[str]


@router.get("/me", response=MeOut, summary="Who calls, and how far they see")
@may("")
def me(request: Asked) -> dict[str, Any]:
    actor, known = request.ctx.actor, atlas().by_path
    seen = [known[p].code for p in request.ctx.scope.paths if p in known]
    whole = [p.code for p in atlas().places if p.tier == 1] if request.ctx.scope.all else []
    return {
        "ref": actor.ref,
        "post": actor.post,
        "role": actor.role,
        "organisation": actor.organisation,
        "permissions": sorted(actor.permissions),
        "places": seen or whole,
    }


@router.get("/worlds", response=Listing[WorldOut], summary="The live world and every exercise")
@may("exercise.view")
def all_worlds(request: Asked) -> dict[str, Any]:
    found = [
        {
            "key": world.key,
            "title": scenarios.title_of(world).get(request.lang) or world.title,
            "state": world.state,
            "now": worlds.clock(world).isoformat(),
            "speed": None if world.key == "live" else world.speed,
        }
        for world in worlds.everything()
    ]
    return {"items": found, "total": len(found)}


api.add_router("", router)
for room in rooms.found():
    if room.name != "anlan.conf" and (brought := room.part("api")) and hasattr(brought, "router"):
        api.add_router("", brought.router)
