"""发布单位证书: the administrator pins and unpins the certificates by which signed files are verified."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from anlan.foundation.words import t, w
from anlan.ui.acts import act, ask, done, offered
from anlan.ui.pages import Request, page
from anlan.warn import pins
from anlan.warn.actions import certificates
from anlan.warn.queries.certificates import pinned

HERE = "/certificates"


class Upload(forms.Form):
    """A certificate."""

    file = forms.FileField(
        label=w("证书文件（PEM）"),
        allow_empty_file=True,
        help_text=w("存完打电话给发布单位，两边念指纹核对。"),
        widget=forms.FileInput({"accept": ".pem,.crt,.cer"}),
    )


@page("admin.manage")
@require_GET
def listing(request: Request) -> HttpResponse:
    """Whose files we trust."""
    context = {"rows": pinned(request.ctx), "form": offered(request, Upload)}
    return render(request, "warn/certificates.html", context)


def _pin(request: Request, given: dict[str, Any]) -> str:
    found = certificates.pin(request.ctx, data=given["file"].read(pins.LARGEST + 1))
    return t(request.lang, "已存 {subject} 的证书。请打电话给发布单位核对指纹。", subject=found.subject)


pin = act("admin.manage", _pin, back=lambda r: HERE, form=Upload)


@page("admin.manage")
@require_http_methods(["GET", "POST"])
def unpin(request: Request, ref: str) -> HttpResponse:
    """Ask, then take it down."""
    found = pins.the_pin(ref)
    if request.method == "POST":
        certificates.unpin(request.ctx, ref=ref)
        return done(request, "已撤下 {subject} 的证书。", HERE, subject=found.subject)
    return ask(
        request,
        question=t(request.lang, "撤下 {subject} 的证书？", subject=found.subject),
        effect=w("以后用它签名的预警文件验不过，导入时会标“待核实”。已经导入的不变。"),
        do=w("撤下"),
        back=HERE,
    )
