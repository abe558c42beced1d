"""编发: write an alert or a risk notice, see whom it reaches before anybody else does, and the next link of a chain."""

import dataclasses
from collections import Counter
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from anlan.foundation.context import Ctx
from anlan.foundation.errors import AnlanError, Invalid
from anlan.foundation.rules.grade import Grade
from anlan.foundation.words import t, w
from anlan.foundation.worlds import BEIJING
from anlan.judge.views.backtests import levels
from anlan.people.queries.units import unit
from anlan.places.atlas import Place, atlas
from anlan.places.queries import search
from anlan.science.spatial.shapes import BadShape
from anlan.ui.acts import address, done, posted, wrong
from anlan.ui.pages import Request, page
from anlan.warn import alert_cap, alert_rows, targets
from anlan.warn.actions.alerts import drafting
from anlan.warn.actions.alerts.drafting import Text, taken_over
from anlan.warn.models import Alert
from anlan.warn.queries import alerts as queries
from anlan.warn.rules import issuers
from anlan.warn.rules.alert.shapes import Message
from anlan.warn.views.alerts.begun import of_forecast
from anlan.warn.views.alerts.entry import led_back
from anlan.warn.views.alerts.joining import ticked_for, units_by_type
from anlan.warn.views.alerts.maps import Crossing, map_of, polygon_in, polygon_out
from anlan.wire.cap import report as cap_report
from anlan.wire.cap import writer
from anlan.wire.cap.check import check

CHARACTERS_A_SECOND = 3.5
MINUTE = "%Y-%m-%d %H:%M"
WORDS = ("description", "instruction", "by_when")


class Composer(forms.Form):
    """What an officer writes; places are division codes."""

    must_join = ""
    """Names of the units that the chosen type must be issued with."""
    use_required_attribute = False  # the browser must not keep anybody from looking for a place

    event_type = forms.ChoiceField(label=w("种类"))
    level = forms.ChoiceField(label=w("级别"))
    expires_at = forms.CharField(label=w("有效到"), max_length=20)
    named = forms.MultipleChoiceField(
        label=w("点到的地方"), widget=forms.CheckboxSelectMultiple, required=False
    )
    polygon = forms.CharField(label=w("画的范围"), required=False)
    description = forms.CharField(label=w("会怎样"), max_length=400, widget=forms.Textarea({"rows": 5}))
    instruction = forms.CharField(label=w("去哪里"), max_length=400, widget=forms.Textarea({"rows": 2}))
    by_when = forms.CharField(label=w("什么时候"), max_length=200, widget=forms.Textarea({"rows": 2}))
    joint_with = forms.MultipleChoiceField(
        label=w("联合发布单位"), widget=forms.CheckboxSelectMultiple, required=False
    )

    def __init__(
        self,
        *args: Any,
        events: list[Any],
        places: list[Place],
        units: list[Any],
        lang: str,
        has_level: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["level"].choices = [("", t(lang, w("先选级别"))), *levels(lang)]  # type: ignore[attr-defined]
        self.fields["level"].required = has_level
        self.fields["event_type"].choices = events  # type: ignore[attr-defined]
        self.fields["named"].choices = [(p.code, p.name) for p in places]  # type: ignore[attr-defined]
        self.fields["joint_with"].choices = [(u.ref, u.name) for u in units]  # type: ignore[attr-defined]

    def accepts(self, *, incomplete: bool) -> bool:
        """Whether it can be used; counting who is reached does not wait for the words."""
        for name in WORDS:
            self.fields[name].required = not incomplete
        found = self.is_valid()
        for name in WORDS:
            self.fields[name].required = True
        return found

    def clean_expires_at(self) -> datetime:
        text = self.cleaned_data["expires_at"].strip().replace("T", " ")
        try:
            return datetime.strptime(text, MINUTE).replace(tzinfo=BEIJING)
        except ValueError:
            raise forms.ValidationError(w("写成 2021-08-12 07:10。")) from None

    def clean_polygon(self) -> list[Any]:
        try:
            return polygon_in(self.cleaned_data["polygon"])
        except Crossing:
            raise forms.ValidationError(w("画的线自己相交，分不清里外。请清掉，沿外圈重画。")) from None
        except (ValueError, KeyError, TypeError, IndexError):
            raise forms.ValidationError(
                w("画的范围读不懂。请清掉重画，或贴 GeoJSON 的 Polygon（先经度后纬度）。")
            ) from None

    def text(self) -> Text:
        given = self.cleaned_data
        return Text(
            level=int(given["level"] or 1),
            named=given["named"],
            expires_at=given["expires_at"],
            description=given["description"],
            instruction=given["instruction"],
            by_when=given["by_when"],
            polygon=given["polygon"],
            joint_with=given["joint_with"],
        )


@page("warn.draft")
@require_http_methods(["GET", "POST"])
def new(request: Request) -> HttpResponse:
    """Begin an alert, or with ?kind=notice a risk notice."""
    kind = "notice" if request.GET.get("kind") == "notice" else "alert"
    begun = of_forecast(request.ctx, request.GET["run"]) if "run" in request.GET else None
    return _compose(request, _Case(request.ctx, kind=kind, initial=begun), address(request, "alerts"))


@page("warn.draft")
@require_http_methods(["GET", "POST"])
def edit(request: Request, ref: str) -> HttpResponse:
    back = led_back(
        request, ref, "edit", w("这一份现在不能由您改稿。已送审的请先撤回；谁能办什么，看“把关”一栏。")
    )
    if back:
        return back
    row = queries.row_of(request.ctx, ref)
    case = _Case(request.ctx, kind=row.kind, row=row, initial=_initial_of(row))
    return _compose(request, case, address(request, "alerts", ref))


@page("warn.draft")
@require_http_methods(["GET", "POST"])
def follow_up(request: Request, ref: str, message: str) -> HttpResponse:
    """The next link: update, all-clear or cancel, begun with what the last one said."""
    if message not in (Message.UPDATE, Message.ALL_CLEAR, Message.CANCEL):
        raise Invalid("后续只能是更新、取消或解除。")
    back = led_back(request, ref, "follow_up", w("这一份现在不能更新、取消或解除。请从列表里选有效的预警。"))
    if back:
        return back
    row = queries.row_of(request.ctx, ref)
    text = taken_over(request.ctx, row, Message(message))
    initial = {
        **_initial_of(row),
        "description": text.description,
        "instruction": text.instruction,
        "by_when": text.by_when,
        "expires_at": _local(
            request.ctx.now + alert_rows.valid_for(request.ctx, atlas().by_id[row.place_id].code, row.level)
        ),
    }
    case = _Case(request.ctx, kind=row.kind, row=row, initial=initial, message=message)
    return _compose(request, case, address(request, "alerts", ref))


class _Case:
    """What is being written: a new alert, a change, or the next link after `row`."""

    def __init__(
        self,
        ctx: Ctx,
        *,
        kind: str,
        row: Alert | None = None,
        initial: dict[str, Any] | None = None,
        message: str = "",
    ) -> None:
        self.kind, self.row, self.message = kind, row, message
        self.initial = initial or {"expires_at": _local(ctx.now + alert_rows.valid_for(ctx, "", Grade.RED))}
        self.events = _events(ctx, kind, row)

    @property
    def title(self) -> str:
        if self.message:
            return {"update": w("更新预警"), "all_clear": w("解除预警"), "cancel": w("取消预警")}[
                self.message
            ]
        if self.row:
            return w("改稿")
        return w("写风险提示") if self.kind == "notice" else w("编发预警")

    def save(self, ctx: Ctx, event_type: str, text: Text) -> str:
        if self.row is None:
            return drafting.draft(ctx, event_type=event_type, text=text, kind=self.kind)
        if self.message:
            return drafting.follow_up(ctx, ref=self.row.ref, message=self.message, text=text)
        drafting.edit(ctx, ref=self.row.ref, text=text)
        return self.row.ref


def _local(at: datetime) -> str:
    return at.astimezone(BEIJING).strftime(MINUTE)


def _initial_of(row: Alert) -> dict[str, Any]:
    return {
        "event_type": row.event_type,
        "level": str(row.level),
        "expires_at": _local(row.expires_at) if row.expires_at else "",
        "named": [p.code for p in alert_rows.named(row)],
        "polygon": polygon_out(row.polygon),
        "description": row.description,
        "instruction": row.instruction,
        "by_when": row.by_when,
        "joint_with": row.joint_with,
    }


def may_issue_any(ctx: Ctx) -> bool:
    """Whether the reader's unit lawfully issues any kind of warning signal."""
    return ctx.may("warn.draft") and bool(_events(ctx, "alert", None))


def _events(ctx: Ctx, kind: str, row: Alert | None) -> list[tuple[str, dict[str, str]]]:
    """The types that the actor's unit may lawfully issue; for a notice every type."""
    titles = alert_rows.event_titles(ctx)
    if row is not None:
        return [(row.event_type, titles.get(row.event_type, {"zh": row.event_type}))]
    mine = unit(ctx.actor.unit)
    rules = alert_rows.issuer_packs(
        ctx, atlas().by_path[mine.place_path].code if mine and mine.place_path else ""
    )
    org = mine.kind if mine else ""
    mine_to_issue = {
        code: title
        for code, title in titles.items()
        if kind == "notice" or org in issuers.organs_of(rules, code)
    }
    alike = Counter(title["zh"] for title in mine_to_issue.values())
    return [
        (code, {lang: f"{word} {code}" for lang, word in title.items()} if alike[title["zh"]] > 1 else title)
        for code, title in mine_to_issue.items()
    ]


def _compose(request: Request, case: _Case, back: str) -> HttpResponse:
    """The composer: `find` looks for places, `preview` counts, `save` keeps. All in one form, without script as well."""
    ctx, asked = request.ctx, request.POST.get("do", "")
    form = _form(request, case)
    context = {
        "form": form,
        "case": case,
        "title": case.title,
        "back": back,
        "q": request.POST.get("q", ""),
        "units_lawful": bool(case.events),
        "basis": queries.detail(ctx, case.row.ref).finding if case.row else None,
        "previewed": asked == "preview",
    }
    context |= _chosen(request, form, shown=case.row.ref if case.row else "")
    status = 200
    if asked in ("save", "preview") and form.accepts(incomplete=asked == "preview"):
        try:
            text = form.text()
            if asked == "save":
                ref = case.save(ctx, form.cleaned_data["event_type"], text)
                said = w("已存稿。送审前再看一遍会到谁。")
                if form.must_join:
                    said = w("已存稿，与{names}联合发布，要他们会签。送审前再看一遍会到谁。")
                return done(request, said, address(request, "alerts", ref), names=form.must_join)
            context |= _preview(request, text)
        except AnlanError as error:
            wrong(form, error, request.lang)
    if asked in ("save", "preview") and form.errors:
        status = 422
    return render(request, "warn/alert_edit.html", context, status=status)


def _form(request: Request, case: _Case) -> Composer:
    given = posted(request)
    codes = case.initial.get("named", []) if given is None else given.getlist("named")
    places = {code: atlas().by_code[code] for code in codes if code in atlas().by_code}
    for found in search(request.POST.get("q", ""), limit=40):
        if request.ctx.scope.holds(found.path) and found.code:
            places.setdefault(found.code, found)
    joint = units_by_type(request.ctx, [code for code, _ in case.events] if case.kind == "alert" else [])
    given, kind, ticked = ticked_for(joint, given, case.initial)
    form = Composer(
        given,
        initial={**case.initial, "event_type": kind, "joint_with": ticked},
        events=[(code, t(request.lang, title)) for code, title in case.events],
        places=list(places.values()),
        units=sorted({u for others in joint.values() for u in others}, key=lambda u: u.kind),
        lang=request.lang,
        has_level=case.kind == "alert",
    )
    form.must_join = "、".join(u.name for u in joint.get(kind, []))
    return form


def _chosen(request: Request, form: Composer, *, shown: str) -> dict[str, Any]:
    """What is named so far: the map, the words' length as read out, the finding's place."""
    codes = form["named"].value() or []
    named = [
        atlas().by_code[c]
        for c in codes
        if c in atlas().by_code and request.ctx.scope.holds(atlas().by_code[c].path)
    ]
    said = "".join(str(form[name].value() or "") for name in ("description", "instruction", "by_when"))
    place = atlas().common(named) if named else _home(request.ctx)
    return {
        "named": named,
        "map": map_of(request, place, ref=shown, draw="id_polygon"),
        "characters": len(said),
        "seconds": round(len(said) / CHARACTERS_A_SECOND),
    }


def _home(ctx: Ctx) -> Place:
    mine = unit(ctx.actor.unit)
    return atlas().by_path.get(mine.place_path, atlas().city) if mine else atlas().city


def _preview(request: Request, text: Text) -> dict[str, Any]:
    named = [atlas().code(code) for code in text.named]
    return {"reach": _reach(request.ctx, named, text.polygon)} if named else {}


def _reach(ctx: Ctx, named: list[Place], polygon: list[Any]) -> targets.Targets:
    try:
        return targets.within(ctx, named=named, polygon=polygon)
    except BadShape:
        raise Invalid("画的范围读不懂，请清掉重画。") from None


@page("warn.draft")
@require_GET
def reach(request: Request) -> HttpResponse:
    """Counts for the composer and for programs: ?named=code&named=…&polygon=GeoJSON, or ?stream=name&metres=n."""
    try:
        if request.GET.get("stream"):
            metres = float(request.GET.get("metres", "500"))
            found = targets.near_stream(request.ctx, name=request.GET["stream"], metres=metres)
        else:
            named = [atlas().code(code) for code in request.GET.getlist("named")]
            found = _reach(request.ctx, named, polygon_in(request.GET.get("polygon", "")))
    except (ValueError, KeyError, TypeError, IndexError, BadShape):
        raise Invalid("画的范围读不懂，请清掉重画。") from None
    return JsonResponse(as_json(found, request.lang))


def as_json(found: targets.Targets, lang: str) -> dict[str, Any]:
    """Counts only; nobody's name."""
    totals = {
        name: getattr(found, name)
        for name in ("inside", "at_home", "away", "outside", "residents", "holders")
    }
    return {
        **totals,
        "roles": dict(found.roles),
        "objects": dict(found.objects),
        "villages": [_village(v, lang) for v in found.villages],
        "left_out": [_village(v, lang) for v in found.left_out],
    }


def _village(v: targets.VillageCount, lang: str) -> dict[str, Any]:
    why = t(lang, v.why) if v.why else ""
    return {"code": v.place.code, "name": v.place.name, "inside": v.inside, "listed": v.listed, "why": why}


@page("warn.view")
@require_GET
def checked(request: Request, ref: str) -> HttpResponse:
    """What `cap check` says of the file, as it went out or would go out now."""
    row = queries.row_of(request.ctx, ref)
    data = row.cap.encode() if row.cap else writer.write(alert_cap.compose(request.ctx, row))
    report = check(data)
    lines = cap_report.render(report, request.lang)
    context = {
        "row": row,
        "lines": lines,
        "report": dataclasses.asdict(report),
        "back": address(request, "alerts", ref),
    }
    return render(request, "warn/alert_checked.html", context)
