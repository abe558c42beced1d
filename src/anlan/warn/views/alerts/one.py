"""预警: the list, one alert with its chain and who did what, and the acts of two persons."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anlan.foundation.errors import AnlanError, NotFound
from anlan.foundation.worlds import BEIJING
from anlan.people import account_queries as accounts
from anlan.ui.pages import Request, page
from anlan.ui.words import t, w
from anlan.warn import alert_cap, alert_rows, identity, targets
from anlan.warn.actions import alerts
from anlan.warn.models import Exceedance
from anlan.warn.queries import alerts as queries
from anlan.warn.rules.errors import RuleError
from anlan.warn.rules.grade import Grade
from anlan.warn.views.alerts.composer import may_issue_any
from anlan.warn.views.alerts.maps import map_of
from anlan.warn.views.common import address, done, not_done, told
from anlan.wire.cap import CapError
from anlan.wire.cap.signature import fingerprint

TABS = (("", w("全部")), ("own", w("本单位和本地编发")), ("imported", w("引用")), ("notice", w("风险提示")))


@page("warn.view")
@require_GET
def listing(request: Request) -> HttpResponse:
    """Alerts within scope: what is drafted or in force, then what has ended."""
    which = request.GET.get("which", "")
    rows = queries.listing(request.ctx, which=which)
    current = {s.value for s in alert_rows.CURRENT}
    context = {
        "current": [r for r in rows if r.state in current],
        "ended": [r for r in rows if r.state not in current],
        "tabs": [(f"?which={key}" if key else "?", word, key == which) for key, word in TABS],
        "here": address(request, "alerts"),
        "may_draft": request.ctx.may("warn.draft"),
        "may_signal": may_issue_any(request.ctx),
        "may_import": request.ctx.may("warn.import"),
    }
    return render(request, "warn/alerts.html", context)


@page("warn.view")
@require_GET
def one(request: Request, ref: str) -> HttpResponse:
    """One alert; the reader meets only the buttons that are theirs."""
    return render(request, "warn/alert.html", context_of(request, ref))


def context_of(request: Request, ref: str, **more: Any) -> dict[str, Any]:
    ctx = request.ctx
    found = queries.detail(ctx, ref)
    row = found.row
    reach = targets.within(ctx, named=found.line.named, polygon=row.polygon) if found.line.named else None
    return {
        "alert": found,
        "row": row,
        "line": found.line,
        "event": alert_rows.event_title(ctx, row.event_type),
        "place_words": alert_rows.place_words(row),
        "grade": Grade(row.level),
        "reach": reach,
        "said": queries.others_said(ctx, row) if row.source == "own" else [],
        "basis": basis_of(found.finding),
        "approval_words": found.approval[1 if request.lang == "en" else 0],
        "here": address(request, "alerts", ref),
        "list_url": address(request, "alerts"),
        "map": map_of(request, found.place, ref=ref),
        "fingerprint": _fingerprint(request, row),
        **more,
    }


def basis_of(finding: Exceedance | None) -> dict[str, Any]:
    """The finding's figures in the units that people say: hours and millimetres, or metres."""
    if finding is None:
        return {}
    scale, digits = (10, 1) if finding.quantity == "rain" else (100, 2)
    return {
        "hours": f"{(finding.window_min or 0) / 60:g}",
        "value": f"{finding.value / scale:.{digits}f}",
        "threshold": f"{finding.threshold / scale:.{digits}f}",
        "level": Grade(finding.level).code,
    }


def _fingerprint(request: Request, row: Any) -> str:
    """What receivers pin, once something was signed."""
    if not row.cap or row.source != "own" or row.issuer is None:
        return ""
    return fingerprint(identity.certificate_of(request.ctx, ref=row.issuer.ref, name=row.issuer_name))


# ---------- acts ----------
def _act(permission: str, do: Callable[[Request, str], object], sentence: str) -> Any:
    """A button's act: do it, say so, stay on the alert."""

    @page(permission)
    @require_POST
    def act(request: Request, ref: str) -> HttpResponse:
        here = address(request, "alerts", ref)
        try:
            do(request, ref)
        except (AnlanError, RuleError) as error:
            return not_done(request, error, here)
        except CapError as error:
            messages.error(request, error.text(request.lang))
            return HttpResponseRedirect(here)
        return done(request, sentence, here)

    return act


submit = _act("warn.draft", lambda r, ref: alerts.submit(r.ctx, ref=ref), w("已送审，等批准人批准。"))
review = _act("warn.review", lambda r, ref: alerts.review(r.ctx, ref=ref), w("已复核。"))
withdraw = _act("warn.draft", lambda r, ref: alerts.withdraw(r.ctx, ref=ref), w("已撤回，可以改稿。"))
reject = _act(
    "warn.approve",
    lambda r, ref: alerts.reject(r.ctx, ref=ref, reason=r.POST.get("reason", "")),
    w("已退回，理由写在稿上。"),
)
approve = _act(
    "warn.approve",
    lambda r, ref: alerts.approve(
        r.ctx,
        ref=ref,
        retyped_place=r.POST.get("retyped_place", ""),
        retyped_level=r.POST.get("retyped_level", ""),
    ),
    w("已批准，可以签发。"),
)
issue = _act(
    "warn.issue", lambda r, ref: alerts.issue(r.ctx, ref=ref), w("已签发。责任人按长效指令开始叫应。")
)
countersign = _act("warn.approve", lambda r, ref: alerts.countersign(r.ctx, ref=ref), w("已补签。"))


class Telephone(forms.Form):
    """电话签批: who, which number, when, the exact words, who confirmed it and how."""

    leader = forms.ChoiceField(label=w("哪位领导"))
    number = forms.CharField(label=w("号码"), max_length=30, widget=forms.TextInput({"inputmode": "tel"}))
    at = forms.CharField(label=w("签批时刻"), max_length=16)
    words = forms.CharField(label=w("原话"), max_length=300, widget=forms.Textarea({"rows": 2}))
    confirmed_how = forms.ChoiceField(
        label=w("怎么确认"),
        choices=[],
        widget=forms.RadioSelect,
    )
    second = forms.ChoiceField(label=w("第二位值班员"), required=False)
    called_back = forms.CharField(label=w("回拨的号码"), max_length=30, required=False)
    confirmed_at = forms.CharField(label=w("确认时刻"), max_length=16)
    retyped_place = forms.CharField(label=w("手打地名"), max_length=60, required=False)
    retyped_level = forms.CharField(label=w("手打级别"), max_length=10, required=False)

    def __init__(
        self, *args: Any, leaders: list[Any], officers: list[Any], now: datetime, lang: str, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._now = now
        self.fields["leader"].choices = [(a.ref, f"{a.title} {a.name}") for a in leaders]  # type: ignore[attr-defined]
        how = [("call_back", t(lang, "回拨领导号码")), ("second_officer", t(lang, "第二位值班员"))]
        self.fields["confirmed_how"].choices = how  # type: ignore[attr-defined]
        second = [("", "—"), *((a.ref, f"{a.title} {a.name}") for a in officers)]
        self.fields["second"].choices = second  # type: ignore[attr-defined]

    def heard(self) -> alerts.Heard:
        given = self.cleaned_data
        by_call_back = given["confirmed_how"] == "call_back"
        return alerts.Heard(
            leader=given["leader"],
            number=given["number"],
            at=self.moment("at"),
            words=given["words"],
            confirmed_how=given["confirmed_how"],
            confirmed_by=given["called_back"] if by_call_back else given["second"],
            confirmed_at=self.moment("confirmed_at"),
        )

    def moment(self, name: str) -> datetime:
        return self.cleaned_data[name]  # type: ignore[no-any-return]

    def clean_at(self) -> datetime:
        return self._read("at")

    def clean_confirmed_at(self) -> datetime:
        return self._read("confirmed_at")

    def _read(self, name: str) -> datetime:
        """04:07 or 04:07:30, the last such moment that has passed."""
        text = self.cleaned_data[name].strip()
        for style in ("%H:%M", "%H:%M:%S"):
            try:
                at = datetime.strptime(text, style).replace(tzinfo=BEIJING).time()
            except ValueError:
                continue
            found = datetime.combine(self._now.astimezone(BEIJING).date(), at, BEIJING)
            return found if found <= self._now else found - timedelta(days=1)
        raise forms.ValidationError(w("写成 04:07 或 04:07:30。"))


@page("warn.draft")
@require_http_methods(["GET", "POST"])
def telephone(request: Request, ref: str) -> HttpResponse:
    """Write down an approval by telephone, while it is heard."""
    ctx = request.ctx
    found = queries.detail(ctx, ref)
    unit = found.row.issuer.ref if found.row.issuer else ""
    officers = [
        a for a in accounts.who_may(ctx, unit=unit, permission="warn.draft") if a.ref != ctx.actor.ref
    ]
    now_text = ctx.now.astimezone(BEIJING).strftime("%H:%M:%S")
    form = Telephone(
        request.POST or None,
        leaders=list(found.to_wake),
        officers=officers,
        now=ctx.now,
        lang=request.lang,
        initial={"at": now_text, "confirmed_at": now_text, "confirmed_how": "call_back"},
    )
    if request.method == "POST" and form.is_valid():
        try:
            alerts.approve_verbally(
                ctx,
                ref=ref,
                heard=form.heard(),
                retyped_place=form.cleaned_data["retyped_place"],
                retyped_level=form.cleaned_data["retyped_level"],
            )
        except (AnlanError, RuleError) as error:
            form.add_error(None, told(request, error))
        else:
            return done(request, "已记口头批准，待补签。可以签发。", address(request, "alerts", ref))
    context = context_of(request, ref, form=form)
    return render(request, "warn/alert_telephone.html", context, status=422 if form.errors else 200)


# ---------- what goes out ----------
@page("warn.view")
@require_GET
def download(request: Request, ref: str) -> HttpResponse:
    """The signed CAP 1.2 as it went out, or came in."""
    row = queries.row_of(request.ctx, ref)
    return _file(f"{row.identifier or row.ref}.xml", row.cap.encode())


@page("warn.view")
@require_GET
def national(request: Request, ref: str) -> HttpResponse:
    """The same in the national (12379) form."""
    return _file(*alert_cap.national(queries.row_of(request.ctx, ref)))


@page("warn.view")
@require_GET
def certificate(request: Request, ref: str) -> HttpResponse:
    """The certificate that receivers pin."""
    row = queries.row_of(request.ctx, ref)
    if row.issuer is None or not row.cap:
        raise NotFound("还没有签发，没有文件可下载。")
    mine = identity.of_unit(request.ctx, ref=row.issuer.ref, name=row.issuer_name)
    return _file(f"{row.issuer.ref}.pem", mine.certificate_pem(), "application/x-pem-file")


def _file(name: str, data: bytes, kind: str = "application/xml") -> HttpResponse:
    if not data:
        raise NotFound("还没有签发，没有文件可下载。")
    safe = "".join(c if c.isalnum() or c in "._-" else "_" for c in name)
    return HttpResponse(
        data, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{safe}"'}
    )


@page("warn.view")
@require_GET
def printed(request: Request, ref: str) -> HttpResponse:
    """The A4 sheet with signature lines."""
    return render(request, "warn/alert_sheet.html", context_of(request, ref))
