"""回测: run a pack over a series of the past, and see what it would have said."""

from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from anlan.foundation import packs
from anlan.foundation.context import Ctx
from anlan.foundation.errors import AnlanError, Invalid, NotFound
from anlan.foundation.home import home
from anlan.foundation.packs.pack import Pack, PackNotFound
from anlan.foundation.rules.grade import Grade
from anlan.foundation.words import t, w
from anlan.foundation.worlds import BEIJING
from anlan.judge.actions import backtests
from anlan.judge.models import BackTest
from anlan.observe import queries as observe
from anlan.observe.queries.rainfall import rain_series
from anlan.places.atlas import atlas
from anlan.ui.acts import address, done, posted, wrong
from anlan.ui.pages import Request, page
from anlan.ui.svg.chart import Bar, Curve, Limit, Point, Rain, chart, chart_table
from anlan.wire import tables

MOST_HOURS = 24 * 31


def levels(lang: str) -> list[tuple[str, str]]:
    """The four levels to choose from, the gravest first."""
    return [(str(int(grade)), t(lang, grade.word)) for grade in reversed(Grade)]


def pack_of(ctx: Ctx, id: str) -> Pack:
    try:
        return packs.get(id, home=home())
    except PackNotFound:
        raise NotFound("没有代号为 {id} 的规则包。请从列表里选择。", id=id) from None


class TestForm(forms.Form):
    """Pack × series of a station or an uploaded file; what really happened is typed."""

    station = forms.ChoiceField(label=w("测站"), required=False)
    since = forms.CharField(label=w("从"), max_length=16, required=False)
    until = forms.CharField(label=w("到"), max_length=16, required=False)
    file = forms.FileField(label=w("或上传 CSV（时间,毫米）"), required=False)
    events = forms.CharField(
        label=w("真实发生的时刻，一行一个"), required=False, widget=forms.Textarea({"rows": 3})
    )
    from_level = forms.ChoiceField(label=w("从哪一级起算预警"))
    lead_hours = forms.IntegerField(label=w("最长提前（小时）"), min_value=1, max_value=72)

    def __init__(self, *args: Any, stations: list[Any], lang: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["from_level"].choices = levels(lang)  # type: ignore[attr-defined]
        self.fields["station"].choices = [("", "—"), *stations]  # type: ignore[attr-defined]


@page("packs.view")
@require_http_methods(["GET", "POST"])
def test(request: Request, id: str) -> HttpResponse:
    """Run a back-test; the result is kept and shown on its own page."""
    pack = pack_of(request.ctx, id)
    gauges = observe.stations(request.ctx, "rain")
    now = request.ctx.now.astimezone(BEIJING)
    form = TestForm(
        posted(request),
        request.FILES or None,
        stations=[(s.address, f"{s.name} {s.address}") for s in gauges],
        lang=request.lang,
        initial={
            "since": (now - timedelta(hours=12)).strftime("%Y-%m-%d %H:%M"),
            "until": now.strftime("%Y-%m-%d %H:%M"),
            "from_level": "3",
            "lead_hours": 24,
            "station": next((s.address for s in gauges if s.is_town_gauge), ""),
        },
    )
    if request.method == "POST" and form.is_valid():
        try:
            ref = _run(request, pack, form.cleaned_data, {s.address: s for s in gauges})
        except AnlanError as error:
            wrong(form, error, request.lang)
        else:
            return done(request, "回测完成，结果已存。", address(request, "back-tests", ref))
    context = {"form": form, "pack": pack, "back": address(request, "packs", id)}
    return render(request, "judge/back_test.html", context, status=422 if form.errors else 200)


def _run(request: Request, pack: Pack, given: dict[str, Any], gauges: dict[str, Any]) -> str:
    chosen = gauges.get(given["station"])
    if given["file"]:
        try:
            rain = backtests.read_csv(tables.text_of(given["file"].read())[0], name=given["file"].name)
        except tables.NoText:
            raise Invalid("文件读不出字。请另存为 UTF-8 的 CSV 再传。") from None
    elif chosen:
        since, until = _moment(given["since"]), _moment(given["until"])
        if not timedelta(0) < until - since <= timedelta(hours=MOST_HOURS):
            raise Invalid("起止时间不对：到要晚于从，最长 31 天。")
        rows = tuple(rain_series(request.ctx, chosen.address, since, until))
        rain = backtests.Rain(name=f"{chosen.name} {chosen.address}", rows=rows)
    else:
        raise Invalid("请选一个测站，或上传一个文件。")
    place = atlas().by_id[chosen.place_id] if chosen else _home(request.ctx)
    return backtests.run(
        request.ctx,
        pack=pack.id,
        rain=rain,
        place=place,
        events=given["events"],
        from_level=int(given["from_level"]),
        lead_hours=given["lead_hours"],
    )


def _home(ctx: Ctx) -> Any:
    """The first place of the reader's own scope, for a series that belongs to no station."""
    return next((p for p in atlas().places if ctx.scope.holds(p.path)), atlas().city)


def _moment(text: str) -> datetime:
    try:
        return datetime.strptime(text.strip().replace("T", " "), "%Y-%m-%d %H:%M").replace(tzinfo=BEIJING)
    except ValueError:
        raise Invalid("时间写成 2021-08-12 07:10。") from None


@page("packs.view")
@require_GET
def result(request: Request, ref: str) -> HttpResponse:
    """Hits, misses, false alarms, leads, and the picture."""
    row = request.ctx.one(BackTest, ref)
    pack = pack_of(request.ctx, row.pack)
    found = row.result
    context = {
        "row": row,
        "pack": pack,
        "found": found,
        "place": atlas().by_id[row.place_id],
        "is_current": pack.version == row.pack_version,
        "figures": [(word, _percent(found[key]), why) for word, key, why in FIGURES],
        "hits": [{**h, "at": _read(h["at"]), "warned_at": _read(h["warned_at"])} for h in found["hits"]],
        "misses": [_read(at) for at in found["misses"]],
        "false_alarms": [
            {
                "since": _read(e["from"]),
                "until": _read(e["to"]) if e["to"] else None,
                "word": Grade(e["level"]).word if e["level"] else w("没有"),
            }
            for e in found["false_alarms"]
        ],
        "picture": (drawn := _picture(row, request.lang))[0],
        "table": drawn[1],
        "back": address(request, "packs", row.pack),
        "again": address(request, "packs", row.pack, "back-test"),
    }
    return render(request, "judge/back_test_result.html", context)


FIGURES = (
    ("POD", "pod", w("命中率：真实事件里报出来的")),
    ("FAR", "far", w("空报率：预警里没有事件的")),
    ("CSI", "csi", w("临界成功指数")),
)


def _percent(share: float | None) -> str:
    return "" if share is None else f"{share:.2f}"


def _read(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _picture(row: BackTest, lang: str) -> tuple[str, str]:
    """Rain from the top, the level that the pack gave below it; and the same as a table."""
    found = row.result
    start, end = _read(found["from"]), _read(found["to"])
    ends = [_read(bar["at"]) for bar in found["rain"]]
    starts = [start - (ends[0] - start if len(ends) > 1 else timedelta(minutes=5)), *ends[:-1]]
    bars = [
        Bar(start=since, end=until, value=bar["tenths"] / 10)
        for since, until, bar in zip(starts, ends, found["rain"], strict=True)
        if until > since
    ]
    steps = [(_read(s["at"]), s["level"]) for s in found["steps"]]
    points: list[Point] = []
    for n, (at, level) in enumerate(steps):
        points += [Point(at=at, value=float(level))]
        until = steps[n + 1][0] if n + 1 < len(steps) else end
        points += [Point(at=until, value=float(level))]
    panels: list[Rain | Curve] = [Rain(title=t(lang, w("时段雨量")), unit="mm", bars=bars)]
    limits = [Limit(value=float(found["from_level"]), text=t(lang, w("从这一级起算")))]
    panels.append(Curve(title=t(lang, w("研判级别")), unit=t(lang, w("级")), points=points, limits=limits))
    if end <= start:
        return "", ""
    title = t(lang, w("回测：规则包会怎么说"))
    pictured = chart(panels, start=start, end=end, title=title, desc=row.series_name, lang=lang)
    return pictured, chart_table(panels, lang=lang)
