"""预警: the list, one alert with its chain and who did what, and the acts of two persons."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from anlan.foundation.errors import Invalid, NotFound
from anlan.foundation.rules.grade import Grade
from anlan.foundation.rules.reason import LEAST_REASON
from anlan.foundation.words import Said, t, w
from anlan.judge.queries.exceedances import Exceedance
from anlan.ui.acts import act, address, offered
from anlan.ui.pages import Request, attached, page
from anlan.warn import alert_cap, alert_rows, identity, targets
from anlan.warn.actions.alerts import approving, cosigning, importing, issuing
from anlan.warn.queries import alerts as queries
from anlan.warn.views.alerts.composer import may_issue_any
from anlan.warn.views.alerts.maps import map_of
from anlan.wire.cap.errors import CapError
from anlan.wire.cap.signature import fingerprint

_BY_HAND = forms.TextInput({"autocomplete": "off"})
TABS = (("", w("全部")), ("own", w("本单位和本地编发")), ("imported", w("引用")), ("notice", w("风险提示")))


class Retyped(forms.Form):
    """A red is retyped by whoever lets it out."""

    retyped_place = forms.CharField(label=w("手打地名"), max_length=60, required=False, widget=_BY_HAND)
    retyped_level = forms.CharField(
        label=w("手打级别（如 红色）"), max_length=10, required=False, widget=_BY_HAND
    )


class Agreed(Retyped):
    """The same, by a unit that issues it jointly."""


class Returned(forms.Form):
    """Why a draft goes back."""

    reason = forms.CharField(label=w("退回理由"), min_length=LEAST_REASON, max_length=200)


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
    return render(request, "warn/alert.html", context_of(request, queries.detail(request.ctx, ref)))


def context_of(request: Request, found: queries.Detail, **more: Any) -> dict[str, Any]:
    ctx, row, ref = request.ctx, found.row, found.row.ref
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
        "retyped": _by_hand(request, Retyped, row),
        "agreed": _by_hand(request, Agreed, row),
        "returned": offered(request, Returned),
        **more,
    }


def _by_hand(request: Request, kind: type[Retyped], row: Any) -> Retyped:
    """Both fields, where they are shown, must be filled; the label tells what to type."""
    form = offered(request, kind, ids=f"{kind.__name__}-%s")
    for field in form.fields.values():
        field.required = True
    form.fields["retyped_place"].label = t(
        request.lang, w("手打地名（{place}）"), place=alert_rows.place_words(row)
    )
    return form


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
def _act(
    permission: str, do: Callable[..., str | None], sentence: str, form: type[forms.Form] | None = None
) -> Any:
    """A button of an alert's page: do it, say so, stay there."""

    def tried(request: Request, *given: Any, ref: str) -> str | None:
        try:
            return do(request, *given, ref)
        except CapError as error:
            raise Invalid(Said(error.text(request.lang))) from None

    return act(permission, tried, sentence, back=lambda r, ref: address(r, "alerts", ref), form=form)


def _approved(request: Request, given: dict[str, Any], ref: str) -> str | None:
    """Approved by the issuer is not enough while a unit that issues it jointly has not agreed."""
    approving.approve(request.ctx, ref=ref, **given)
    lacking = sum(not each.has_signed for each in queries.detail(request.ctx, ref).joint)
    return t(request.lang, w("已批准，还差 {n} 家会签，齐了才能签发。"), n=lacking) if lacking else None


def _issued(request: Request, ref: str) -> str | None:
    """Only a first alert or an update at orange or red calls anybody."""
    issuing.issue(request.ctx, ref=ref)
    row = queries.row_of(request.ctx, ref)
    calls = alert_rows.calls_out(kind=row.kind, message=row.message, level=row.level)
    return w("已签发。责任人按长效指令开始叫应。") if calls else None


submit = _act("warn.draft", lambda r, ref: approving.submit(r.ctx, ref=ref), w("已送审，等批准人批准。"))
review = _act("warn.review", lambda r, ref: approving.review(r.ctx, ref=ref), w("已复核。"))
withdraw = _act("warn.draft", lambda r, ref: approving.withdraw(r.ctx, ref=ref), w("已撤回，可以改稿。"))
reject = _act(
    "warn.approve",
    lambda r, given, ref: approving.reject(r.ctx, ref=ref, **given),
    w("已退回，理由写在稿上。"),
    Returned,
)
approve = _act("warn.approve", _approved, w("已批准，可以签发。"), Retyped)
issue = _act("warn.issue", lambda r, ref: _issued(r, ref), w("已签发。"))
cosign = _act(
    "warn.approve",
    lambda r, given, ref: cosigning.cosign(r.ctx, ref=ref, **given),
    w("已会签。批准和会签都齐了才能签发。"),
    Agreed,
)
confirm = _act(
    "warn.draft",
    lambda r, ref: approving.confirm_verbally(r.ctx, ref=ref),
    w("已确认电话签批。"),
)
countersign = _act("warn.approve", lambda r, ref: approving.countersign(r.ctx, ref=ref), w("已补签。"))


confirm_source = _act(
    "warn.import",
    lambda r, ref: importing.confirm_source(r.ctx, ref=ref),
    w("来源已核实。红色、橙色按长效指令开始叫应。"),
)


# ---------- what goes out ----------
@page("warn.view")
@require_GET
def download(request: Request, ref: str) -> HttpResponse:
    """The signed CAP 1.2 as it went out, or came in."""
    row = queries.row_of(request.ctx, ref)
    return _xml(f"{row.identifier or row.ref}.xml", row.cap.encode())


@page("warn.view")
@require_GET
def national(request: Request, ref: str) -> HttpResponse:
    """The same in the national (12379) form."""
    return _xml(*alert_cap.national(queries.row_of(request.ctx, ref)))


@page("warn.view")
@require_GET
def certificate(request: Request, ref: str) -> HttpResponse:
    """The certificate that receivers pin."""
    row = queries.row_of(request.ctx, ref)
    if row.issuer is None or not row.cap:
        raise NotFound("还没有签发，没有文件可下载。")
    mine = identity.of_unit(request.ctx, ref=row.issuer.ref, name=row.issuer_name)
    pem = HttpResponse(mine.certificate_pem(), content_type="application/x-pem-file")
    return attached(pem, f"{row.issuer.ref}.pem")


def _xml(name: str, text: bytes) -> HttpResponse:
    if not text:
        raise NotFound("还没有签发，没有文件可下载。")
    return attached(HttpResponse(text, content_type="application/xml"), name)


@page("warn.view")
@require_GET
def printed(request: Request, ref: str) -> HttpResponse:
    """The A4 sheet with signature lines."""
    return render(request, "warn/alert_sheet.html", context_of(request, queries.detail(request.ctx, ref)))
