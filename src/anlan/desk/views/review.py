"""复盘: what the forecast of a night was worth in time, with everything that makes it doubtful on the same screen."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from anlan.desk.ill import LOOK_BACK, reason
from anlan.foundation.words import t, w
from anlan.judge.queries import lead, lead_words
from anlan.places.atlas import atlas
from anlan.simulate.running import live
from anlan.ui.format import clock
from anlan.ui.pages import Request, page


@dataclass(frozen=True)
class Row:
    """A line of rain that was crossed, and how long before it the forecast was known."""

    what: str
    pack: str
    title: dict[str, str]
    after: datetime
    until: datetime
    lead: str


@dataclass(frozen=True)
class Shown:
    """One place: its first forecast, its lines, and what is made up in it."""

    found: lead.Review
    rows: list[Row]
    nowcast: str
    score: str
    cost_min: int
    deepest_m: float
    doubts: list[str]


@page("simulate.view")
@require_GET
def review(request: Request) -> HttpResponse:
    ctx, say = request.ctx, partial(t, request.lang)
    began = request.world.starts_at or ctx.now - LOOK_BACK  # type: ignore[attr-defined]
    missed = [
        (atlas().by_id[each.place_id].name, [clock(at, ctx.now) for at in each.at], reason(say, each.why))
        for each in live.missed(ctx, began)
    ]
    shown = [_shown(found, request.lang) for found in lead.reviews(ctx)]
    return render(request, "desk/review.html", {"shown": shown, "missed": missed})


def _shown(found: lead.Review, lang: str) -> Shown:
    first = found.first
    score = first.score if first else None
    return Shown(
        found=found,
        rows=[_row(line, lang) for line in found.lines],
        nowcast=t(lang, lead_words.BASELINES[first.nowcast]) if first else "",
        score=lead_words.score_words(score, lang) if score else t(lang, w("没有检验过")),
        cost_min=round(first.cost.total_seconds() / 60) if first else 0,
        deepest_m=max(v.depth_cm for v in first.villages) / 100 if first else 0.0,
        doubts=[t(lang, word) for word in _doubts(found)],
    )


def _row(line: lead.Line, lang: str) -> Row:
    return Row(
        what=lead_words.line_words(line, lang),
        pack=line.pack,
        title=line.title,
        after=line.span.after,
        until=line.span.until,
        lead=lead_words.lead_words(line.lead, lang)
        if line.lead
        else t(lang, w("没有提前：预报没有报出来水")),
    )


def _doubts(found: lead.Review) -> list[str]:
    """What of the forecast is made up or unverified."""
    made_up = [w("合成地形")] if found.first is None or found.first.is_synthetic else []
    if found.has_made_up_gauges:
        made_up.append(w("合成邻站"))
    return [*made_up, w("糙率待核实")]
