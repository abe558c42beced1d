"""外呼线路: which lines are on and how they do; a test to oneself, the switch, the last exchanges."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from anlan.foundation.words import t, w
from anlan.reach import actions, queries
from anlan.reach.actions import MANAGE
from anlan.reach.kinds import kinds
from anlan.reach.models import Line
from anlan.reach.outbox import ON
from anlan.ui.acts import act, address, asked, offered
from anlan.ui.pages import Request, page

VIEW = "reach.view"
STATES = {ON: w("开着"), "off": w("停用")}
PURPOSES = {actions.TEST: w("线路测试"), "call": w("叫应"), "alert": w("预警")}
WHY = {
    "TimeoutError": w("对方没有应答"), "URLError": w("连不上"), "ConnectionRefusedError": w("连不上"), "no_answer": w("对方没有应答"),
    "not_understood": w("对方的答复看不懂"), "fell": w("发送时程序停了"), "": "",
}  # fmt: skip


class Number(forms.Form):
    """Whom the test goes to."""

    number = forms.CharField(
        label=w("自己的手机号"), max_length=20, widget=forms.TextInput({"inputmode": "tel"})
    )


class Group(forms.Form):
    """A test to the line's group has nothing to fill in."""


class Reason(forms.Form):
    reason = forms.CharField(label=w("理由"), max_length=200)


def why(lang: str, code: str) -> str:
    """In words where we have them; a provider's own code as it is."""
    return t(lang, WHY[code]) if code in WHY else code


@page(VIEW)
@require_GET
def listing(request: Request) -> HttpResponse:
    """All lines and how they do."""
    rows = [
        {"row": each, "state": STATES[each.line.state], "why": why(request.lang, each.line.trouble)}
        for each in queries.lines(request.ctx)
    ]
    context = {"rows": rows, "waiting": queries.waiting(request.ctx), "here": address(request, "lines")}
    return render(request, "reach/lines.html", context)


@page(VIEW)
@require_GET
def one(request: Request, ref: str) -> HttpResponse:
    """One line: its state, a test, the switch, and its last exchanges."""
    line = request.ctx.one(Line, ref)
    kind = kinds()[line.kind]
    context = {
        "line": line,
        "kind": kind,
        "state": STATES[line.state],
        "why": why(request.lang, line.trouble),
        "is_on": line.state == ON,
        "may": request.ctx.may(MANAGE),
        "form": offered(request, Group if kind.to_group else Number),
        "was_tried": actions.was_tried(request.ctx, line),
        "rows": [
            {
                "it": each,
                "purpose": PURPOSES.get(each.purpose, each.purpose),
                "why": why(request.lang, each.why),
            }
            for each in queries.exchanges(request.ctx, line)
        ],
        "here": address(request, "lines", ref),
    }
    return render(request, "reach/line.html", context)


def _back(request: Request, ref: str) -> str:
    return address(request, "lines", ref)


def _form(request: Request, given: Any) -> forms.Form:
    line = request.ctx.one(Line, request.resolver_match.kwargs["ref"])  # type: ignore[union-attr]
    return (Group if kinds()[line.kind].to_group else Number)(given)


def _try(request: Request, given: dict[str, Any], ref: str) -> None:
    actions.try_line(request.ctx, ref=ref, number=given.get("number", ""))


try_it = act(MANAGE, _try, w("试发已排上，几秒后看下面的往来"), back=_back, form=_form)
on = asked(
    MANAGE,
    lambda r, given, ref: actions.switch(r.ctx, ref=ref, on=True),
    w("线路已启用"),
    back=_back,
    question=lambda r, ref: t(r.lang, w("启用线路 {ref}？"), ref=r.ctx.one(Line, ref).ref),
    effect=w("从现在起，叫应的通知会从这条线路真的发出去。"),
    do_word=w("启用"),
)
off = asked(
    MANAGE,
    lambda r, given, ref: actions.switch(r.ctx, ref=ref, on=False, reason=given["reason"]),
    w("线路已停用"),
    back=_back,
    question=lambda r, ref: t(r.lang, w("停用线路 {ref}？"), ref=r.ctx.one(Line, ref).ref),
    effect=w("还没发的通知改走别的线路；没有别的线路就不发了。"),
    do_word=w("停用"),
    form=Reason,
)
