"""我不在时: what changed on one's desk since one was last here. The list as it was known then, held against the list of now."""

from datetime import datetime

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from anlan.desk.due import dues
from anlan.desk.names import spoken
from anlan.foundation import journal_reading, worlds
from anlan.ui.pages import Request, page

HERE = ("people.account.signed_in", "people.account.signed_out")
SHOWN = 30


@page("desk.view")
@require_GET
def away(request: Request) -> HttpResponse:
    """Since the entry that `?after=` numbers, else since one signed out, or in, the time before."""
    ctx = request.ctx
    seq, then = _left(request)
    was, now = ({d.key: d for d in dues(ctx, lang=request.lang, at=at)} for at in (then, None))
    told = (
        journal_reading.rows(ctx)
        .filter(seq__gt=seq)
        .values_list("name")
        .annotate(n=Count("pk"))
        .order_by("-n")
    )
    context = {
        "then": then,
        "fresh": [d for key, d in now.items() if key not in was],
        "gone": [d for key, d in was.items() if key not in now],
        "kept": len(was.keys() & now.keys()),
        "told": [(spoken(name), n) for name, n in told[:SHOWN]] if ctx.may("journal.view") else [],
    }
    return render(request, "desk/away.html", context)


def _left(request: Request) -> tuple[int, datetime]:
    """Number and moment of the last entry that one has seen; of the first where nobody knows."""
    ctx, text = request.ctx, request.GET.get("after", "")
    found = None
    if text.isascii() and text.isdigit() and len(text) <= 18:
        found = journal_reading.standing(ctx.world.id, seq=int(text))
    else:
        live = worlds.get("live")
        before = journal_reading.marks_of(live.pk, ctx.actor.ref, HERE, 2)[1:]
        found = journal_reading.standing(ctx.world.id, at=before[0]) if before else None
    return found or (0, ctx.now)
