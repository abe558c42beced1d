"""测站: the list, and a station with rain hanging from the top, water below, and the lines they are held against."""

import csv
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from anlan.foundation.errors import AnlanError
from anlan.foundation.rules.reason import LEAST_REASON
from anlan.foundation.words import t, w
from anlan.foundation.worlds import beijing
from anlan.observe import queries
from anlan.observe.actions import mending
from anlan.observe.events import CORRECT, IMPORT, REQUEUE
from anlan.observe.queries import quarantine, series
from anlan.observe.queries.moments import GaugeNow, gauges
from anlan.observe.queries.series import Sheet
from anlan.observe.views import picture, soil
from anlan.places.atlas import atlas
from anlan.ui.acts import address as address_in
from anlan.ui.acts import ask, done, moment, posted, wrong
from anlan.ui.pages import Request, attached, page
from anlan.wire.sl651.elements import element

HOURS = (3, 6, 12, 24, 72)
PAGE = 60
KINDS = {"rain": w("雨量"), "stage": w("水位")}


@page("observe.view")
@require_GET
def listing(request: Request) -> HttpResponse:
    """Every station within scope: what it shows now, and who is silent."""
    ctx, at = request.ctx, moment(request)
    asked = {name: request.GET.get(name, "").strip() for name in ("q", "kind", "only")}
    rows = [row for row in gauges(ctx, at=at) if _wanted(row, asked)]
    rows.sort(key=lambda r: (r.silent_since is None, -(r.rain_1h or 0), r.address))
    shown = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "rows": [(_shown(row), atlas().by_id[row.place_id]) for row in shown.object_list],
        "page_obj": shown,
        "asked": asked,
        "kinds": KINDS,
        "counts": queries.counts(ctx),
        "quarantined": quarantine.count(ctx) if ctx.may(REQUEUE) else None,
        "silent": sum(row.silent_since is not None for row in rows),
        "all": len(rows),
        "now": at or ctx.now,
        "is_past": at is not None,
        "may_import": ctx.may(IMPORT),
        "may_requeue": ctx.may(REQUEUE),
    }
    return render(request, "observe/stations.html", context)


def _shown(row: GaugeNow) -> dict[str, Any]:
    """A row of the list, in the units that people read."""
    return {
        "address": row.address,
        "name": row.name,
        "kind": row.kind,
        "silent_since": row.silent_since,
        "rain": _mm(row.rain_1h),
        "stage": _metres(row.stage_mm),
        "rise": _metres(row.rise_mm),
        "is_quiet": row.rain_1h is None and row.stage_mm is None,
    }


def _metres(mm: int | None) -> float | None:
    return None if mm is None else mm / 1000


def _wanted(row: GaugeNow, asked: dict[str, str]) -> bool:
    text = asked["q"]
    if text and text not in row.name and not row.address.startswith(text):
        return False
    if asked["kind"] in KINDS and row.kind != asked["kind"]:
        return False
    return asked["only"] != "silent" or row.silent_since is not None


@page("observe.view")
@require_GET
def one(request: Request, address: str) -> HttpResponse:
    """A station over the last hours, or as it was known at a past moment."""
    at, hours = moment(request), _hours(request)
    sheet = series.sheet(request.ctx, address, hours=hours, at=at)
    context = {
        "sheet": sheet,
        "station": sheet.station,
        "hours": hours,
        "choices": HOURS,
        "chart": picture.chart_of(sheet, request.lang),
        "table": picture.table_of(sheet, request.lang),
        "lines": series.telling(sheet.lines),
        "figures": _figures(sheet, request.lang),
        "timebar": picture.timebar(request.ctx, sheet, at, request.lang),
        "now": sheet.at,
        "is_past": at is not None,
        "here": address_in(request, "stations", address),
        "ground": soil.words(sheet.ground, request.lang) if sheet.ground else "",
        "is_ground_sure": sheet.ground is None or sheet.ground.source == "set",
        "soil_at": address_in(request, "soil", atlas().township(sheet.place).code),
        "may_set_soil": at is None and request.ctx.may("observe.soil"),
        "may_correct": at is None and request.ctx.may(CORRECT),
    }
    return render(request, "observe/station.html", context)


def _hours(request: Request) -> int:
    text = request.GET.get("hours", "")
    return next((hours for hours in HOURS if str(hours) == text), 6)


def _figures(sheet: Sheet, lang: str) -> list[dict[str, Any]]:
    """The big numbers of the head: five minutes, running sums, stage."""
    if sheet.station.kind == "rain":
        last = sheet.slots[-1].tenths if sheet.slots else None
        found = [{"word": t(lang, w("5 分钟")), "value": _mm(last), "unit": "mm", "digits": 1}]
        for minutes in series.WINDOWS:
            tenths, partial = sheet.sum_of(minutes)
            word = t(lang, w("{n} 小时滑动"), n=minutes // 60)
            found.append({"word": word, "value": _mm(tenths), "unit": "mm", "digits": 1, "partial": partial})
        return found
    known = [level for level in sheet.levels if level.metres is not None]
    metres = known[-1].metres if known else None
    return [{"word": t(lang, w("水位")), "value": metres, "unit": "m", "digits": 2}]


def _mm(tenths: int | None) -> float | None:
    return None if tenths is None else tenths / 10


@page("observe.view")
@require_GET
def export(request: Request, address: str) -> HttpResponse:
    """The station's readings of the hours shown, as CSV that the import takes back."""
    at, hours = moment(request), _hours(request)
    row = queries.station(request.ctx, address)
    until = at or request.ctx.now
    codes = series.elements(request.ctx, address)
    name = f"{row.address}-{beijing(until):%Y%m%d-%H%M}.csv"
    lines = _csv(request, row.address, codes, until - timedelta(hours=hours), until, at)
    return attached(StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8"), name)


class _Echo:
    """A file that gives back what is written, so that rows can be streamed."""

    def write(self, text: str) -> str:
        return text


def _csv(
    request: Request, address: str, codes: list[int], since: datetime, until: datetime, at: datetime | None
) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow(["station", "code", "at", "value", "unit", "known_at", "flags"])
    by = None if at is None else round(at.timestamp() * 1000)
    for code in codes:
        for seen in series.between(request.ctx, address, code, since, until, known_by=by):
            value = "" if seen.value is None else f"{seen.value:.{seen.decimals}f}"
            flags = " ".join(t(request.lang, flag) for flag in seen.flags)
            at_text = beijing(seen.at).isoformat(sep=" ", timespec="seconds")
            known = beijing(seen.known_at).isoformat(sep=" ", timespec="seconds")
            yield writer.writerow([address, seen.code, at_text, value, seen.unit, known, flags])


class Correction(forms.Form):
    """A value that a person puts beside what the gauge sent."""

    code = forms.ChoiceField(label=w("要素"))
    at = forms.CharField(label=w("观测时间"), max_length=30)
    value = forms.CharField(label=w("更正后的值"), max_length=14, required=False)
    reason = forms.CharField(label=w("理由"), min_length=LEAST_REASON, max_length=200)

    def __init__(self, *args: Any, codes: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].choices = codes  # type: ignore[attr-defined]
        self.fields["at"].help_text = w("北京时间，写成 2021-08-12 03:00")
        self.fields["value"].help_text = w("空着表示缺测，不是 0")


@page(CORRECT)
@require_http_methods(["GET", "POST"])
def correct(request: Request, address: str) -> HttpResponse:
    """Put a corrected value beside what the gauge sent."""
    row = queries.station(request.ctx, address)
    codes = [(f"{c:02X}", _element(c, request.lang)) for c in series.elements(request.ctx, address)]
    form = Correction(
        posted(request), codes=codes, initial={"at": f"{beijing(request.ctx.now):%Y-%m-%d %H:%M}"}
    )
    back = address_in(request, "stations", row.address)
    if form.is_valid():
        try:
            mending.correct(request.ctx, address=row.address, **form.cleaned_data)
            return done(request, w("更正已交给引擎，原值留存"), back)
        except AnlanError as error:
            wrong(form, error, request.lang)
    return ask(
        request,
        question=w("更正一个值"),
        effect=w("原来的值不会被改掉：更正是后来的一行，从现在起算数；看过去的时刻仍是当时的值。"),
        do=w("更正"),
        back=back,
        form=form,
    )


def _element(code: int, lang: str) -> str:
    found = element(f"{code:02X}")
    return f"{found.code} {t(lang, found.name)} {series.UNITS.get(found.unit, '')}".strip()
