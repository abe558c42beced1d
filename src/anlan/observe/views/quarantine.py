"""隔离区: broken input with its bytes; feed it again after a mend, or put it aside."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from anlan.foundation.errors import Invalid
from anlan.foundation.words import w
from anlan.observe import queries
from anlan.observe.actions import mending
from anlan.observe.events import REQUEUE
from anlan.observe.queries import quarantine
from anlan.ui.acts import act, address, ask, done, offered
from anlan.ui.pages import Request, page

MOST = 500


class Chosen(forms.Form):
    """Which of those that are listed."""

    id = forms.TypedMultipleChoiceField(
        coerce=int,
        error_messages={"required": w("请先选中要处理的报文。"), "invalid_list": w("编号应是整数。")},
    )

    def __init__(self, data: Any = None, *args: Any, **kwargs: Any) -> None:
        super().__init__(data, *args, **kwargs)
        ids = data.getlist("id")[:MOST] if data is not None else []
        self.fields["id"].choices = [(text, text) for text in ids if _whole(text)]  # type: ignore[attr-defined]


@page(REQUEUE)
@require_GET
def listing(request: Request) -> HttpResponse:
    """What could not be taken, longest waiting first."""
    code = request.GET.get("reason", "")
    after = _whole(request.GET.get("after", "0"))
    items = quarantine.items(request.ctx, code=code if code in quarantine.REASONS else "", after=after)
    context = {
        "items": items,
        "reasons": {c: words for c, (words, _) in quarantine.REASONS.items()},
        "reason": code,
        "over": queries.counts(request.ctx)["only_counted"],
        "next_after": items[-1].id if len(items) == quarantine.PAGE else None,
        "chosen": offered(request, Chosen),
        "here": address(request, "quarantine"),
        "now": request.ctx.now,
        "register_at": address(request, "registers", "stations", "new")
        if request.ctx.may("observe.keep") and request.ctx.world.is_live
        else "",
    }
    return render(request, "observe/quarantine.html", context)


again = act(
    REQUEUE,
    lambda r, given: mending.requeue(r.ctx, ids=given["id"]),
    w("已交给引擎重新读入；仍读不懂的会回到这里"),
    back=lambda r: address(r, "quarantine"),
    form=Chosen,
)


@page(REQUEUE)
@require_http_methods(["GET", "POST"])
def drop(request: Request, number: int) -> HttpResponse:
    """Put one aside, after a question."""
    back = address(request, "quarantine")
    item = quarantine.one(request.ctx, number)
    if request.method == "POST":
        mending.drop(request.ctx, ids=[item.id])
        return done(request, w("已放到一边，字节仍留存"), back)
    return ask(
        request,
        question=w("把这份报文放到一边？"),
        effect=w("它不再出现在隔离区，也不会再读入；字节仍留存，日志记下是谁放的。"),
        do=w("放到一边"),
        back=back,
    )


def _whole(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise Invalid("编号应是整数。")
    return int(text)
