"""Going live 上线二十步: what stands, what is lacking, and the page where it is done; it watches itself."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from anlan.ui import onset as steps
from anlan.ui.pages import Request, page


@page("admin.manage")
@require_http_methods(["GET"])
def onset(request: Request) -> HttpResponse:
    """Every step with its state from the data of now; it prints as a list to work off."""
    states = steps.states(request.ctx)
    rows = [
        {
            "number": state.step.number,
            "word": state.step.word,
            "lacks": state.lacks,
            "url": state.step.address(request.ctx.world.key),
        }
        for state in states
    ]
    return render(
        request, "desk/onset.html", {"rows": rows, "done": sum(row["lacks"] is None for row in rows)}
    )
