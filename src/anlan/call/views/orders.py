"""长效指令: what was signed and until when; sign one, after it was read again; end one."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from anlan.call.actions import orders as actions
from anlan.call.queries import orders
from anlan.foundation.errors import AnlanError
from anlan.foundation.rules.reason import LEAST_REASON
from anlan.foundation.words import t, w
from anlan.places.atlas import atlas
from anlan.ui.acts import address, asked, done, posted, wrong
from anlan.ui.pages import Request, page


class Order(forms.Form):
    """An order as it is to be signed."""

    place = forms.ChoiceField(label=w("管的地方"))
    document_no = forms.CharField(label=w("文号"), max_length=60)
    text = forms.CharField(label=w("正文"), max_length=4000, widget=forms.Textarea({"rows": 4}))
    starts = forms.MultipleChoiceField(
        label=w("遇到哪些情况，不等批准就叫应"), choices=list(orders.STARTS.items()), widget=forms.CheckboxSelectMultiple,
        initial=list(orders.STARTS),
    )  # fmt: skip
    may_hold = forms.BooleanField(label=w("值班员写了理由可以暂缓"), required=False, initial=True)
    signed_by = forms.CharField(label=w("签发人（职务、姓名）"), max_length=80)
    expires = forms.DateField(label=w("哪天起失效"), widget=forms.TextInput({"type": "date"}))

    def __init__(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        here = [p for p in atlas().places if p.tier <= 3 and request.ctx.scope.holds(p.path)]
        self.fields["place"].choices = [(p.code, p.name) for p in here]  # type: ignore[attr-defined]
        self.fields["starts"].choices = [  # type: ignore[attr-defined]
            (key, t(request.lang, word)) for key, word in orders.STARTS.items()
        ]


class Why(forms.Form):
    reason = forms.CharField(label=w("理由"), min_length=LEAST_REASON, max_length=200)


@page("warn.view")
@require_GET
def listing(request: Request) -> HttpResponse:
    found = orders.orders(request.ctx)
    context = {
        "rows": [(row, orders.state(row, request.ctx), _starts(request, [s["key"] for s in row.starts])) for row in found],
        "may_sign": request.ctx.may(actions.SIGN) and request.ctx.world.is_live,
        "here": address(request, "orders"),
    }  # fmt: skip
    return render(request, "call/orders.html", context)


@page(actions.SIGN)
@require_http_methods(["GET", "POST"])
def sign(request: Request) -> HttpResponse:
    """The form; then all of it once more, to be signed."""
    form, looked = Order(request, posted(request)), False
    if form.is_valid():
        given = form.cleaned_data
        try:
            if request.POST.get("confirm"):
                ref = actions.sign(request.ctx, **given)
                return done(request, w("已签发 {ref}。"), address(request, "orders"), ref=ref)
            actions.check(request.ctx, **{name: given[name] for name in ("place", "starts", "expires")})
            looked = True
        except AnlanError as error:
            wrong(form, error, request.lang)
    context = {"form": form, "looked": looked, "back": address(request, "orders")}
    if looked:
        place = atlas().code(given["place"])
        context |= {"place": place.name, "starts": _starts(request, given["starts"])}
    return render(request, "call/order_sign.html", context, status=422 if form.errors else 200)


def _starts(request: Request, keys: list[str]) -> list[str]:
    return [t(request.lang, word) for key, word in orders.STARTS.items() if key in keys]


end = asked(
    actions.SIGN,
    lambda r, given, ref: actions.end(r.ctx, ref=ref, reason=given["reason"]),
    w("已停用。"),
    back=lambda r, ref: address(r, "orders"),
    question=lambda r, ref: t(r.lang, w("停用长效指令 {ref}？"), ref=ref),
    effect=w("从现在起它不再自动叫应；没有别的长效指令时，要等值班员手动叫应。"),
    do_word=w("停用"),
    form=Why,
)
