"""发布单位证书: the administrator pins and unpins the certificates by which signed files are verified."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anlan.foundation.errors import AnlanError
from anlan.foundation.words import t, w
from anlan.ui.acts import ask, done
from anlan.ui.pages import Request, page
from anlan.warn import pins
from anlan.warn.actions import certificates
from anlan.warn.queries.certificates import pinned

HERE = "/certificates"


@page("admin.manage")
@require_GET
def listing(request: Request) -> HttpResponse:
    """Whose files we trust."""
    return _shown(request)


@page("admin.manage")
@require_POST
def pin(request: Request) -> HttpResponse:
    """Upload a certificate."""
    file = request.FILES.get("file")
    data = b"" if file is None or isinstance(file, list) else bytes(file.read(pins.LARGEST + 1))
    try:
        found = certificates.pin(request.ctx, data=data)
    except AnlanError as error:
        return _shown(request, wrong=error.said(request.lang), status=422)
    return done(request, "已存 {subject} 的证书。请打电话给发布单位核对指纹。", HERE, subject=found.subject)


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


def _shown(request: Request, *, wrong: str = "", status: int = 200) -> HttpResponse:
    context = {"rows": pinned(request.ctx), "wrong": wrong}
    return render(request, "warn/certificates.html", context, status=status)
