"""找 `/`: everything that the reader may see, by one text; the page, and the list that drops down while one types."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from anlan.ui.finding import found
from anlan.ui.pages import Request, page
from anlan.wire import tables


@page()
@require_GET
def find(request: Request) -> HttpResponse:
    text, ctx = " ".join(tables.plain(request.GET.get("q", "")).split())[:40], request.ctx
    groups = [
        (word, [(hit, hit.address(ctx.world.key)) for hit in hits])
        for word, hits in found(ctx, text, request.lang).items()
    ]
    part = request.headers.get("X-Anlan-Part") == "found"
    return render(request, "desk/found.html" if part else "desk/find.html", {"q": text, "groups": groups})
