"""地形: what runs refer to, and over which of them this world looks ahead in hard rain."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from anlan.foundation.words import w
from anlan.simulate.running import ground, live
from anlan.simulate.views.runs import named
from anlan.ui.acts import act, address
from anlan.ui.pages import Request, page


@page("simulate.view")
@require_GET
def listing(request: Request) -> HttpResponse:
    """Every ground within scope, with its switch."""
    ctx = request.ctx
    on = live.switched_on(ctx)
    rows = [
        {
            "ground": each,
            "title": named(each, request.lang),
            "on": on.get(each.pk),
            "may_be_on": not (ctx.world.is_live and each.synthetic),
            "switch_at": address(request, "grounds", each.ref, "live"),
        }
        for each in ground.listing(ctx)
    ]
    context = {
        "rows": rows,
        "may_run": ctx.may("simulate.run"),
        "here": address(request, "grounds"),
        "runs_at": address(request, "runs"),
        "now": ctx.now,
    }
    return render(request, "simulate/grounds.html", context)


def _switch(request: Request, ref: str) -> str:
    """Live forecasts over a ground on (`on=1`) or off."""
    is_on = request.POST.get("on") == "1"
    (live.start if is_on else live.stop)(request.ctx, ground_ref=ref)
    return w("滚动预报已打开") if is_on else w("滚动预报已停下")


switch = act("simulate.run", _switch, back=lambda r, ref: address(r, "grounds"))
