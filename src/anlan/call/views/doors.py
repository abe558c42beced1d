"""敲门核查 and 失联: send somebody, send another, take the report; a township that is heard again."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from anlan.call.actions import contact, doorchecks
from anlan.call.queries.board import OUTCOMES_AT_DOOR
from anlan.call.queries.contact import the_lost
from anlan.call.queries.doors import doors
from anlan.foundation.errors import Invalid, NotFound
from anlan.foundation.rules.reason import LEAST_REASON
from anlan.foundation.words import w
from anlan.ui.acts import act, address, done, not_done, number, offered, posted, wrong
from anlan.ui.pages import Request, page


@page("warn.view")
@require_GET
def one(request: Request, ref: str) -> HttpResponse:
    """The door of one silent village: who was sent, who could go, who may not and why."""
    found = doors(request.ctx, ref, request.GET.get("line", ""))
    may = request.ctx.may("warn.doorcheck") and found.row.closed_at is None
    context = {
        "doors": found,
        "here": address(request, "calls", ref),
        "sent": [
            (
                each,
                offered(request, Report, which={"check": each.ref}, initial={"line": found.line})
                if may and each.is_open
                else None,
            )
            for each in found.sent
        ],
        "may": may,
    }
    return render(request, "call/door.html", context)


def _back(request: Request, ref: str) -> str:
    return f"{address(request, 'calls', ref, 'door')}?line={request.POST.get('line', request.GET.get('line', ''))}"


def _send(request: Request, ref: str) -> None:
    """Send the person who was chosen, in place of whoever is on the way; nobody chosen: the first thing that can go."""
    given = request.POST.get
    doorchecks.order(request.ctx, call_down=ref, line=given("line", ""), who=given("who", ""))


class Report(forms.Form):
    """What was found at a door."""

    check = forms.CharField(widget=forms.HiddenInput)
    line = forms.CharField(widget=forms.HiddenInput, required=False)
    outcome = forms.ChoiceField(label=w("结果"), choices=tuple(OUTCOMES_AT_DOOR.items()))
    households = number(w("户"), most=99_999)


def _report(request: Request, given: dict[str, Any], ref: str) -> None:
    doorchecks.report(
        request.ctx, ref=given["check"], outcome=given["outcome"], households=given["households"]
    )


send = act("warn.doorcheck", _send, w("已派。到时限没有回报，会自动派下一个。"), back=_back)
report = act("warn.doorcheck", _report, w("已记下敲门结果。"), back=_back, form=Report)


class Heard(forms.Form):
    """How contact was regained."""

    how = forms.CharField(label=w("怎么联系上的"), min_length=LEAST_REASON, max_length=60)


@page("warn.view")
@require_http_methods(["GET", "POST"])
def lost(request: Request, ref: str) -> HttpResponse:
    """A township out of contact: its ladder, the step that is due, and the word that it was heard again; or its end."""
    found = the_lost(request.ctx, ref)
    form = Heard(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            contact.regained(request.ctx, ref=ref, how=form.cleaned_data["how"])
        except NotFound as error:  # somebody else said so first
            return not_done(request, error, request.path)
        except Invalid as error:
            wrong(form, error, request.lang)
        else:
            return done(request, "已恢复联系。叫应板照常。", address(request, "calls"))
    context: dict[str, Any] = {
        "lost": found,
        "form": form,
        "may": request.ctx.may("warn.call") and found.ended_at is None,
        "back": address(request, "calls"),
    }
    return render(request, "call/lost.html", context, status=422 if form.errors else 200)
