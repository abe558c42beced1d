"""电话签批, 电话会签: an approval that is heard on the telephone, written down while it is heard."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from anlan.foundation.errors import AnlanError, NotFound
from anlan.foundation.words import w, written
from anlan.foundation.worlds import BEIJING
from anlan.people.accounts import queries as accounts
from anlan.ui.acts import address, done, posted, wrong
from anlan.ui.pages import Request, page
from anlan.warn.actions.alerts import approving, cosigning
from anlan.warn.actions.alerts.telephone import Heard
from anlan.warn.queries import alerts as queries
from anlan.warn.views.alerts.entry import led_back
from anlan.warn.views.alerts.one import context_of

NOT_YOURS = w("这一份现在不能由您记电话签批或会签。谁能办什么，看“把关”一栏。")


class Telephone(forms.Form):
    """电话签批: who, which number, when, the exact words."""

    leader = forms.ChoiceField(label=w("哪位领导"))
    number = forms.CharField(label=w("号码"), max_length=30, widget=forms.TextInput({"inputmode": "tel"}))
    at = forms.CharField(label=w("签批时刻"), max_length=16)
    words = forms.CharField(label=w("原话"), max_length=300, widget=forms.Textarea({"rows": 2}))
    retyped_place = forms.CharField(label=w("手打地名"), max_length=60, required=False)
    retyped_level = forms.CharField(label=w("手打级别"), max_length=10, required=False)

    def __init__(self, *args: Any, leaders: list[Any], now: datetime, lang: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._now = now
        self.fields["leader"].choices = [(a.ref, f"{written(lang, a.title)} {a.name}") for a in leaders]  # type: ignore[attr-defined]

    def heard(self) -> Heard:
        given = self.cleaned_data
        return Heard(
            leader=given["leader"],
            number=given["number"],
            at=self.moment("at"),
            words=given["words"],
        )

    def moment(self, name: str) -> datetime:
        return self.cleaned_data[name]  # type: ignore[no-any-return]

    def clean_at(self) -> datetime:
        return self._read("at")

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


@dataclass(frozen=True, kw_only=True)
class _Call:
    """Whose agreement is written down: the issuing unit's own approval, or that of `unit`, which issues it jointly."""

    title: str
    sentence: str
    leaders: list[accounts.AccountInfo]
    unit: str = ""
    unit_name: str = ""

    def record(self, request: Request, ref: str, form: Telephone) -> None:
        typed = {name: form.cleaned_data[name] for name in ("retyped_place", "retyped_level")}
        if self.unit:
            cosigning.cosign_verbally(request.ctx, ref=ref, unit=self.unit, heard=form.heard(), **typed)
        else:
            approving.approve_verbally(request.ctx, ref=ref, heard=form.heard(), **typed)


@page("warn.draft")
@require_http_methods(["GET", "POST"])
def approval(request: Request, ref: str) -> HttpResponse:
    """Write down the issuing unit's approval by telephone."""
    back = led_back(request, ref, "approve_verbally", NOT_YOURS)
    if back:
        return back
    found = queries.detail(request.ctx, ref)
    call = _Call(
        title=w("记电话签批"),
        sentence="已记口头批准。请另一位值班员登录自己的账号确认，确认后才能签发。",
        leaders=list(found.to_wake),
    )
    return _page(request, ref, found, call)


@page("warn.draft")
@require_http_methods(["GET", "POST"])
def agreement(request: Request, ref: str, unit: str) -> HttpResponse:
    """Write down that a unit that issues it jointly agreed by telephone."""
    found = queries.detail(request.ctx, ref)
    asked = next((each for each in found.joint if each.unit == unit), None)
    if asked is None:
        raise NotFound("这个单位不是这份预警的联合发布单位。请回到预警页看还缺谁会签。")
    back = led_back(request, ref, "cosign_verbally", NOT_YOURS)
    if back:
        return back
    call = _Call(
        title=w("记电话会签"),
        sentence="已记口头会签。请另一位值班员登录自己的账号确认，确认后才能签发。",
        leaders=list(asked.to_wake),
        unit=unit,
        unit_name=asked.name,
    )
    return _page(request, ref, found, call)


def _page(request: Request, ref: str, found: queries.Detail, call: _Call) -> HttpResponse:
    ctx = request.ctx
    now_text = ctx.now.astimezone(BEIJING).strftime("%H:%M:%S")
    form = Telephone(
        posted(request),
        leaders=call.leaders,
        now=ctx.now,
        lang=request.lang,
        initial={"at": now_text},
    )
    if request.method == "POST" and form.is_valid():
        try:
            call.record(request, ref, form)
        except AnlanError as error:
            wrong(form, error, request.lang)
        else:
            return done(request, call.sentence, address(request, "alerts", ref))
    context = context_of(request, found, form=form, call=call)
    return render(request, "warn/alert_telephone.html", context, status=422 if form.errors else 200)
