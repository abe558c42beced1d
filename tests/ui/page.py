"""A page of the kit with everything that rooms and conf would hand it."""

from dataclasses import dataclass
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

from django.template import engines
from django.test import RequestFactory

from anlan.ui.context import page

NOW = datetime(2021, 8, 11, 20, 7, 12, tzinfo=UTC)  # 04:07:12 in Beijing


@dataclass(frozen=True)
class Exercise:
    title: dict[str, str]
    clock: datetime
    speed: int | None


EXERCISE = Exercise({"zh": "柳林 2021-08-12 夜间复演", "en": "The Liulin night, 2021-08-12"}, NOW, 60)


def context(*, lang: str = "zh", theme: str = "", exercise: bool = True, **more: Any) -> dict[str, Any]:
    request = RequestFactory().get("/w/x1/desk/?page=2")
    request.lang, request.theme = lang, theme  # type: ignore[attr-defined]
    entries = [
        {"url": "/w/x1/desk/", "word": "值班台", "current": True},
        {"url": "/w/x1/wall", "word": "大屏"},
    ]
    group = {"url": "/w/x1/desk/", "word": "值守", "name": "watch", "current": True, "entries": entries}
    return {
        **page(request),
        "request": request,
        "ctx": SimpleNamespace(now=NOW, world=SimpleNamespace(key="x1")),
        "rail": [group],
        "exercise": EXERCISE if exercise else None,
        "synthetic": True,
        "me": SimpleNamespace(name="李**", org="随县应急管理局"),
        "head": SimpleNamespace(seq=1377, hash="58d07a9f3c17ab00"),
        "stream_url": "/w/x1/live",
        "search_url": "/w/x1/find",
        "away_url": "/w/x1/away",
        "logout_url": "/sign-out",
        **more,
    }


def render(source: str, **given: Any) -> str:
    """A template text in the frame of the base page's context."""
    template = engines["django"].from_string("{% load anlan %}" + source)
    made = context(**given)
    return template.render({key: value for key, value in made.items() if key != "request"}, made["request"])
