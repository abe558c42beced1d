"""撤销: what somebody has just recorded can be taken back by themself for eight seconds; the server asks how long ago it was."""

from typing import Any
from urllib.parse import urlencode

from django.core import signing

from anlan.foundation.errors import Invalid
from anlan.ui.pages import Request

SALT = "anlan.undo"
UNDO_S, SLACK_S = 8, 12
"""How long it is offered; the slack is for the way of the press."""


def leads(request: Request, url: str, about: str, **told: Any) -> str:
    """The page to go on with, where what was recorded `about` a thing can be undone; `said` tells whom and what."""
    told |= {"about": about, "by": request.ctx.actor.ref, "world": request.ctx.world.key}
    return f"{url}?{urlencode({'undo': signing.dumps(told, salt=SALT, compress=True)})}"


def offered(request: Request, about: str) -> dict[str, Any]:
    """For a page: what this reader recorded about the thing no longer ago than that; empty for anything else."""
    token = request.GET.get("undo", "")
    told = _read(request, about, token, seconds=UNDO_S)
    return {"undo": told, "undo_token": token, "undo_s": UNDO_S} if told else {}


def pressed(request: Request, about: str) -> dict[str, Any]:
    """What is to be taken back now. Raises: Invalid when it is too late, or another's."""
    told = _read(request, about, request.POST.get("undo", ""), seconds=UNDO_S + SLACK_S)
    if told is None:
        raise Invalid("撤销只在记下后 8 秒内能用。请重新登记正确的结果，后一条为准。")
    return told


def _read(request: Request, about: str, token: str, *, seconds: int) -> dict[str, Any] | None:
    try:
        told: dict[str, Any] = signing.loads(token, salt=SALT, max_age=seconds)
    except signing.BadSignature:
        return None
    mine = (about, request.ctx.actor.ref, request.ctx.world.key)
    return told if (told["about"], told["by"], told["world"]) == mine else None
