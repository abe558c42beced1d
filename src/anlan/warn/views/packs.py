"""规则包: each with its clause, dates, confidence, where it applies and how it was tested; and the back-test."""

from dataclasses import dataclass
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
from anlan.foundation.packs import SYNTHETIC_ONLY, Pack
from anlan.foundation.words import Text, t, w
from anlan.foundation.worlds import BEIJING
from anlan.observe import queries as observe
from anlan.observe.rainfall import rain_series
from anlan.places.queries import atlas
from anlan.ui import svg
from anlan.ui.acts import address, done
from anlan.ui.pages import Request, page
from anlan.warn import figures, shelf
from anlan.warn.actions import backtests
from anlan.warn.models import BackTest
from anlan.warn.rules.backtest import PastRun, note_on_tests
from anlan.warn.views import critical_rain
from anlan.warn.views.alerts.composer import levels

KIND_WORDS = {
    "threshold": w("阈值"),
    "neighbour": w("邻近联动"),
    "issuers": w("发布主体"),
    "event_types": w("事件类型"),
    "wording": w("用语"),
    "duty_kinds": w("责任人种类"),
    "call_down": w("叫应"),
    "standing_orders": w("长效指令"),
    "answers": w("应答"),
    "door_check": w("敲门核查"),
    "contact_lost": w("失联"),
    "approval": w("审签"),
    "evacuation": w("转移"),
    "quality": w("数据质量"),
    "silent_station": w("测站静默"),
    "soil": w("土壤含水"),
    "retention": w("保存期限"),
    "live_forecast": w("滚动预报"),
    "critical_rain": w("临界雨量计算"),
    "ensemble": w("集合离散度"),
    "roles": w("角色"),
    "fire_weather": w("火险天气指数"),
    "forest_fire_index": w("森林火险等级"),
    "attenuation": w("地震衰减关系"),
    "quake_grading": w("地震灾害分级"),
    "flood_breach": w("溃口离散度"),
    "hazard_source": w("重大危险源"),
    "slope_rain": w("滑坡雨量阈值"),
    "geohazard_risk": w("地质灾害气象风险"),
    "vulnerability": w("脆弱性曲线"),
    "relief_needs": w("安置需求"),
}
CONFIDENCE_WORDS = {
    "A": w("两处独立来源"),
    "B": w("一处来源"),
    "M": w("通行文本，未再核对"),
    "M?": w("不确定，用前先核实"),
    "X": w("来源互相矛盾"),
}
SOIL_WORDS = {"dry": w("较干"), "normal": w("一般"), "wet": w("较湿")}
MOST_HOURS = 24 * 31
LEVEL_NAMES = {0: w("没有"), 1: w("蓝色"), 2: w("黄色"), 3: w("橙色"), 4: w("红色")}


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A pack as its page shows it."""

    pack: Pack
    kind_word: str
    in_force: bool
    refused: str
    confidence_word: str
    applies: str
    tests: Text
    can_test: bool


@page("packs.view")
@require_GET
def listing(request: Request) -> HttpResponse:
    """All packs by kind; those in force first."""
    found = packs.load_all(home=home())
    shown = [_shown(request, pack) for kind in packs.KINDS for pack in found.of_kind(kind)]
    kinds = [(word, [s for s in shown if s.pack.kind == kind]) for kind, word in KIND_WORDS.items()]
    context = {"kinds": [(word, rows) for word, rows in kinds if rows], "here": address(request, "packs")}
    return render(request, "warn/packs.html", context)


@page("packs.view")
@require_GET
def one(request: Request, id: str) -> HttpResponse:
    """One pack with every figure and what stands behind it."""
    pack = _pack(request.ctx, id)
    tests = request.ctx.rows(BackTest).filter(pack=pack.id).order_by("-pk")[:20]
    versions = [p for p in packs.of_kind(pack.kind, home=home()) if p.id == pack.id]
    context = {
        "shown": _shown(request, pack),
        "pack": pack,
        "figures": figures.shown(pack),
        "critical": critical_rain.table(pack, request.lang),
        "groups": figures.groups(pack, request.lang),
        "unknown_soil": SOIL_WORDS.get(pack.data.get("threshold", {}).get("wetness_if_unknown", "")),
        "versions": versions,
        "runs": [(test, test.pack_version == pack.version) for test in tests],
        "here": address(request, "packs"),
        "results_at": address(request, "back-tests"),
    }
    return render(request, "warn/pack.html", context)


def _pack(ctx: Ctx, id: str) -> Pack:
    try:
        return packs.get(id, home=home())
    except packs.PackNotFound:
        raise NotFound("没有代号为 {id} 的规则包。请从列表里选择。", id=id) from None


def _shown(request: Request, pack: Pack) -> Shown:
    runs = [
        PastRun(pack=r.pack, version=r.pack_version, at=r.ran_at, series=1, events=r.result.get("events", 0))
        for r in request.ctx.rows(BackTest).filter(pack=pack.id)
    ]
    is_threshold = pack.kind == "threshold"
    return Shown(
        pack=pack,
        kind_word=KIND_WORDS[pack.kind],
        in_force=pack.is_in_force(shelf.today(request.ctx)),
        refused=SYNTHETIC_ONLY["en" if request.lang == "en" else "zh"] if pack.synthetic else "",
        confidence_word=CONFIDENCE_WORDS[pack.confidence],
        applies=_applies(pack, request.lang),
        tests=note_on_tests(pack=pack.id, version=pack.version, runs=runs) if is_threshold else "",
        can_test=is_threshold and not _reads_stages(pack),
    )


def _reads_stages(pack: Pack) -> bool:
    return not set(pack.data["threshold"].get("subjects", ())) & {"gauge", "village"}


def _applies(pack: Pack, lang: str) -> str:
    names = []
    for code in pack.applies_to:
        known = atlas().by_code.get(code)
        names.append(t(lang, w("各地")) if code == "*" else known.name if known else code)
    return "、".join(names)


# ---------- back-test ----------
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
    pack = _pack(request.ctx, id)
    gauges = observe.stations(request.ctx, "rain")
    now = request.ctx.now.astimezone(BEIJING)
    form = TestForm(
        request.POST or None,
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
            form.add_error(None, error.said(request.lang))
        else:
            return done(request, "回测完成，结果已存。", address(request, "back-tests", ref))
    context = {"form": form, "pack": pack, "back": address(request, "packs", id)}
    return render(request, "warn/back_test.html", context, status=422 if form.errors else 200)


def _run(request: Request, pack: Pack, given: dict[str, Any], gauges: dict[str, Any]) -> str:
    chosen = gauges.get(given["station"])
    if given["file"]:
        try:
            rain = backtests.read_csv(given["file"].read().decode("utf-8-sig"), name=given["file"].name)
        except UnicodeDecodeError:
            raise Invalid("文件不是 UTF-8 编码。请另存为 UTF-8 再传。") from None
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
    row = request.ctx.rows(BackTest).filter(ref=ref).select_related("place").first()
    if row is None:
        raise NotFound("没有编号为 {ref} 的回测，或不在您的范围内。", ref=ref)
    pack = _pack(request.ctx, row.pack)
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
                "word": LEVEL_NAMES[e["level"]],
            }
            for e in found["false_alarms"]
        ],
        "picture": (drawn := _picture(row, request.lang))[0],
        "table": drawn[1],
        "back": address(request, "packs", row.pack),
        "again": address(request, "packs", row.pack, "back-test"),
    }
    return render(request, "warn/back_test_result.html", context)


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
        svg.Bar(start=since, end=until, value=bar["tenths"] / 10)
        for since, until, bar in zip(starts, ends, found["rain"], strict=True)
        if until > since
    ]
    steps = [(_read(s["at"]), s["level"]) for s in found["steps"]]
    points: list[svg.Point] = []
    for n, (at, level) in enumerate(steps):
        points += [svg.Point(at=at, value=float(level))]
        until = steps[n + 1][0] if n + 1 < len(steps) else end
        points += [svg.Point(at=until, value=float(level))]
    panels: list[svg.Rain | svg.Curve] = [svg.Rain(title=t(lang, w("时段雨量")), unit="mm", bars=bars)]
    limits = [svg.Limit(value=float(found["from_level"]), text=t(lang, w("从这一级起算")))]
    panels.append(
        svg.Curve(title=t(lang, w("研判级别")), unit=t(lang, w("级")), points=points, limits=limits)
    )
    if end <= start:
        return "", ""
    title = t(lang, w("回测：规则包会怎么说"))
    pictured = svg.chart(panels, start=start, end=end, title=title, desc=row.series_name, lang=lang)
    return pictured, svg.chart_table(panels, lang=lang)
