"""The commands with their help, for who keeps the server."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from anlan.cli.finders import does, helps
from anlan.ui.pages import Request, page


@page("admin.manage")
@require_GET
def commands(request: Request) -> HttpResponse:
    told = [(name, does(name), texts) for name, texts in helps().items()]
    return render(request, "cli/commands.html", {"commands": told})
