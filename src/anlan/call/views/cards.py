"""明白卡: one card a household, to hand out at the door."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from anlan.call.queries.speech import facts_of_move
from anlan.foundation.words import w
from anlan.judge.rules import plainwords
from anlan.move.views.moving import village_of
from anlan.ui.pages import Request, page


@page("warn.view")
@require_GET
def cards(request: Request, ref: str) -> HttpResponse:
    """What will happen, where to go and by when, for each household of a village's list."""
    context = village_of(request, ref)
    words = plainwords.resident_words(facts_of_move(request.ctx, context["move"]))
    context["said"] = [
        (w("会发生什么"), getattr(words.what, request.lang)),
        (w("去哪里"), getattr(words.where, request.lang)),
        (w("什么时候"), getattr(words.when, request.lang)),
    ]
    return render(request, "call/cards.html", context)
