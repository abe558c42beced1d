"""导入: take in a lawful issuer's warning from a file, from pasted text, or typed from what was heard; check, then keep."""

import base64
from datetime import datetime
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from anlan.foundation.errors import AnlanError, Invalid
from anlan.foundation.rules.grade import Grade
from anlan.foundation.words import t, w
from anlan.foundation.worlds import BEIJING
from anlan.judge.views.backtests import levels
from anlan.places.atlas import Place, atlas
from anlan.places.queries import search
from anlan.ui.acts import address, done, posted, wrong
from anlan.ui.pages import Request, page
from anlan.warn import alert_file, alert_rows
from anlan.warn.actions.alerts import files, importing
from anlan.warn.actions.alerts.importing import NOT_VERIFIED
from anlan.warn.queries import alerts as queries
from anlan.warn.views.alerts.composer import MINUTE
from anlan.wire.cap import report as cap_report
from anlan.wire.cap import safexml
from anlan.wire.cap.check import check
from anlan.wire.cap.errors import CapError

WAYS = {"check": "file", "paste": "text"}
LARGEST = 2 * 1024 * 1024


class Given(forms.Form):
    """A file, or what stands in it."""

    file = forms.FileField(
        label=w("CAP 或国家格式（12379）文件"),
        required=False,
        widget=forms.FileInput({"accept": ".xml,.cap,text/xml,application/xml"}),
    )
    text = forms.CharField(label=w("文件内容（XML）"), required=False, widget=forms.Textarea({"rows": 6}))


class Typed(forms.Form):
    """A warning that came by telephone, fax or chat, typed from its own words."""

    issuer_name = forms.CharField(label=w("发布单位"), max_length=80)
    event_type = forms.ChoiceField(label=w("种类"))
    level = forms.ChoiceField(label=w("级别"))
    issued_at = forms.CharField(label=w("发布时间"), max_length=20)
    headline = forms.CharField(label=w("标题"), max_length=200)
    description = forms.CharField(
        label=w("原文"), max_length=2000, required=False, widget=forms.Textarea({"rows": 4})
    )
    named = forms.MultipleChoiceField(
        label=w("点到的地方"), widget=forms.CheckboxSelectMultiple, required=False
    )
    doubtful = forms.CharField(label=w("哪里待核实"), max_length=200, required=False)

    def __init__(self, *args: Any, events: list[Any], places: list[Place], lang: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["level"].choices = levels(lang)  # type: ignore[attr-defined]
        self.fields["event_type"].choices = events  # type: ignore[attr-defined]
        self.fields["named"].choices = [(p.code, p.name) for p in places]  # type: ignore[attr-defined]

    def clean_issued_at(self) -> datetime:
        try:
            return datetime.strptime(self.cleaned_data["issued_at"].strip(), MINUTE).replace(tzinfo=BEIJING)
        except ValueError:
            raise forms.ValidationError(w("写成 2021-08-12 07:10。")) from None


@page("warn.import")
@require_http_methods(["GET", "POST"])
def take_in(request: Request) -> HttpResponse:
    """Three ways in on one page; a file is checked line by line before anybody may keep it."""
    asked = request.POST.get("do", "")
    given = Given(posted(request) if asked in ("check", "paste") else None, request.FILES or None)
    context: dict[str, Any] = {
        "form": (form := _typed(request, asked)),
        "given": given,
        "q": request.POST.get("q", ""),
        "back": address(request, "alerts"),
        "largest_mb": LARGEST // 1024 // 1024,
    }
    status = 200
    try:
        if asked in ("check", "paste") and given.is_valid():
            context |= _checked(request, _data_of(given.cleaned_data))
            if not context["readable"]:
                given.add_error(WAYS[asked], w("这份文件读不懂，逐条原因在检查结果里。"))
        elif asked == "keep":
            data = base64.b64decode(request.POST.get("data", ""), validate=True)
            return _keep(request, data)
        elif asked == "typed":
            if form.is_valid():
                return _keep_typed(request, form)
            status = 422
    except (AnlanError, CapError, ValueError) as error:
        status = 422
        if asked == "typed" and isinstance(error, AnlanError):
            wrong(form, error, request.lang)
        elif asked in ("check", "paste"):
            given.add_error(WAYS[asked], _said(error, request.lang))
        else:
            context["wrong"] = _said(error, request.lang)
    status = 422 if given.errors else status
    return render(request, "warn/alert_import.html", context, status=status)


def _said(error: Exception, lang: str) -> str:
    if isinstance(error, AnlanError):
        return error.said(lang)
    return error.text(lang) if isinstance(error, CapError) else t(lang, w("这份文件没有收全，请再选一次。"))


def _typed(request: Request, asked: str) -> Typed:
    given = request.POST if asked in ("typed", "find") else None
    codes = request.POST.getlist("named")
    places = {c: atlas().by_code[c] for c in codes if c in atlas().by_code}
    for found in search(request.POST.get("q", ""), limit=40):
        if found.code:
            places.setdefault(found.code, found)
    events = [(code, t(request.lang, title)) for code, title in alert_rows.event_titles(request.ctx).items()]
    now = request.ctx.now.astimezone(BEIJING).strftime(MINUTE)
    initial = {"issued_at": now, "event_type": "11B03", "level": "4"}
    return Typed(given, initial=initial, events=events, places=list(places.values()), lang=request.lang)


def _data_of(given: dict[str, Any]) -> bytes:
    """The file, or what was pasted. Raises: Invalid."""
    if file := given["file"]:
        if (file.size or 0) > LARGEST:
            raise Invalid("文件太大。预警文件不会超过 2 MB，请核对是不是选错了。")
        return bytes(file.read())
    if not given["text"]:
        raise Invalid("请选一个文件，或把文件内容贴进来。")
    return safexml.undeclared(given["text"]).encode()


def _checked(request: Request, data: bytes) -> dict[str, Any]:
    """The report line by line, the signature's verdict, and what would be kept."""
    report = check(data)
    found: dict[str, Any] = {
        "lines": cap_report.render(report, request.lang),
        "errors": len(report.errors),
        "readable": report.readable,
        "signature": _signature(request, data),
    }
    if report.readable:
        found["parts"] = [
            {
                **says,
                "places": [atlas().code(code) for code in says["named"]],
                "level_code": Grade(says["level"]).code if says["level"] else "",
            }
            for says in alert_file.taken_from(data)
        ]
        found["data"] = base64.b64encode(data).decode()
    return found


def _signature(request: Request, data: bytes) -> dict[str, Any]:
    """The verdict on the signature, in words."""
    found = files.signature_of(data)
    if not found.is_there:
        return {"good": False, "words": t(request.lang, w("没有签名。请向发布单位核实后再用。"))}
    if found.name:
        words = t(request.lang, w("签名对上了，证书是 {name}。"), name=found.name)
        return {"good": True, "words": words, "fingerprint": found.fingerprint}
    if found.wrong is not None:
        return {"good": False, "words": found.wrong.text(request.lang)}
    return {
        "good": False,
        "words": t(request.lang, w("带有签名，但还没有存过发布单位的证书，无法验签。")),
    }


def _keep(request: Request, data: bytes) -> HttpResponse:
    ref = files.take_in_file(request.ctx, data)
    return done(request, _imported(request, ref), address(request, "alerts", ref))


def _keep_typed(request: Request, form: Typed) -> HttpResponse:
    given = form.cleaned_data
    ref = importing.take_in(
        request.ctx,
        issuer_name=given["issuer_name"],
        event_type=given["event_type"],
        level=int(given["level"]),
        named=given["named"],
        headline=given["headline"],
        description=given["description"],
        issued_at=given["issued_at"],
        doubtful=given["doubtful"],
    )
    return done(request, _imported(request, ref), address(request, "alerts", ref))


def _imported(request: Request, ref: str) -> str:
    row = queries.row_of(request.ctx, ref)
    calls = alert_rows.calls_out(kind=row.kind, message=row.message, level=row.level)
    if row.doubtful.startswith(NOT_VERIFIED):
        return w("已导入，来源还没核实，没有叫应。请打电话向发布单位核实。")
    return w("已导入。红色、橙色按长效指令开始叫应。") if calls else w("已导入。")
