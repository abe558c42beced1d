"""The journal as pages: the list with filters, one entry, and the check of the whole chain."""

import json
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import cached_property
from django.views.decorators.http import require_http_methods

from anlan.desk.names import spoken
from anlan.foundation import checkpoints, edited, journal, journal_reading, worlds
from anlan.foundation.context import Ctx
from anlan.foundation.journal_reading import Entry
from anlan.foundation.paging import Cut
from anlan.foundation.worlds import BEIJING
from anlan.people.accounts import queries as account_queries
from anlan.places.atlas import atlas
from anlan.ui.pages import Request, page
from anlan.warn.queries.alert_signing import SIMULATED

PER_PAGE = 50


class _Entries:
    """The journal as the paginator wants it: counted once, read a part at a time."""

    def __init__(self, ctx: Ctx, asked: dict[str, Any]) -> None:
        self._ctx, self._asked = ctx, asked

    def count(self) -> int:
        return self._total

    @cached_property
    def _total(self) -> int:
        return journal_reading.entries(self._ctx, **self._asked, cut=Cut(0, 0)).total

    def __len__(self) -> int:
        return self._total

    def __getitem__(self, wanted: slice) -> list[Entry]:
        cut = Cut(wanted.start or 0, (wanted.stop or 0) - (wanted.start or 0))
        return journal_reading.entries(self._ctx, **self._asked, cut=cut).items


@page("journal.view")
@require_http_methods(["GET"])
def listing(request: Request) -> HttpResponse:
    """Newest first; by kind, by thing, by time."""
    asked = {
        "name": request.GET.get("name", "")[:60],
        "subject": request.GET.get("subject", "").strip()[:40],
        "since": _moment(request.GET.get("since", "")),
        "until": _moment(request.GET.get("until", "")),
    }
    rows = Paginator(_Entries(request.ctx, asked), PER_PAGE).get_page(request.GET.get("page"))  # type: ignore[arg-type]
    told = {
        "rows": rows,
        "entries": [row(each) for each in rows.object_list],
        "kinds": [(name, spoken(name)) for name in journal_reading.kinds(request.ctx)],
        "asked": {key: request.GET.get(key, "") for key in ("name", "subject", "since", "until")},
    }
    return render(request, "desk/journal.html", told)


def row(entry: Entry) -> dict[str, Any]:
    """One line of the list: what happened, in words, and where."""
    place = atlas().by_path.get(entry.place_path)
    return {
        "entry": entry,
        "word": spoken(entry.name),
        "place": place.name if place else "",
        "hand": SIMULATED.get(entry.actor, ""),
    }


def _moment(text: str) -> datetime | None:
    """What a datetime-local field sends, in Beijing time; what is no time asks for nothing."""
    try:
        return datetime.fromisoformat(text).replace(tzinfo=BEIJING) if text else None
    except ValueError:
        return None


@page("journal.view")
@require_http_methods(["GET"])
def one(request: Request, seq: int) -> HttpResponse:
    """One entry with the text that is hashed."""
    entry = journal_reading.entry(request.ctx, seq)
    told = {
        **row(entry),
        "who": account_queries.posts_of([entry.actor]).get(entry.actor, ""),
        "text": json.dumps(json.loads(entry.text), ensure_ascii=False, indent=2, sort_keys=True),
    }
    return render(request, "desk/entry.html", told)


@page("journal.view")
@require_http_methods(["GET", "POST"])
def verify(request: Request) -> HttpResponse:
    """Walk the whole chain again: does every entry still fit, and do the signed checkpoints?"""
    told: dict[str, Any] = {"verdict": None}
    if request.method == "POST":
        world = worlds.get(request.ctx.world.key)
        told["verdict"] = journal.verify(request.ctx.world, world.scenario)
        told["edited"] = edited.edited(request.ctx.world)
        told["is_named"] = request.ctx.scope.holds("")  # a ref tells what happened elsewhere
        fault = checkpoints.fault(request.ctx.world)
        told["fault"] = {"seq": fault[0], "why": fault[1]} if fault else None
    return render(request, "desk/verify.html", told)
