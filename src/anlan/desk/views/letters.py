"""Dead letters 办不成的事: due work of the system that failed four times, and the key to try again."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST

from anlan.foundation import tasks
from anlan.foundation.words import t
from anlan.ui.pages import Request, page


@page("admin.manage")
@require_http_methods(["GET"])
def listing(request: Request) -> HttpResponse:
    """What is dead; only who answers for everything may see it."""
    return render(
        request,
        "desk/letters.html",
        {"letters": tasks.dead_letters(request.ctx), "sees_all": request.ctx.scope.all},
    )


@page("admin.manage")
@require_POST
def again(request: Request) -> HttpResponse:
    """Give one piece of work another four tries."""
    tasks.feed_again(request.ctx, request.POST.get("key", ""))
    messages.success(request, t(request.lang, "已重新派出。"))
    return HttpResponseRedirect(f"/w/{request.ctx.world.key}/dead-letters")
