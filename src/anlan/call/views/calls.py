"""叫应: the list, the board, and what an officer does to a call-down: hold, release, stand down, call by hand."""

import uuid
from datetime import datetime, timedelta
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from anlan.call import calldown_rows
from anlan.call.actions import calldown, callout
from anlan.call.queries import board as boards
from anlan.call.queries import desk as desks
from anlan.call.queries.calls import call_downs
from anlan.foundation.context import Ctx
from anlan.foundation.errors import AnlanError
from anlan.foundation.journal import JournalEntry
from anlan.foundation.rules.grade import Grade
from anlan.foundation.rules.reason import LEAST_REASON
from anlan.foundation.rules.stage import Stage
from anlan.foundation.words import t, w
from anlan.judge.rules.plainwords import clock
from anlan.places.atlas import Place, atlas
from anlan.places.queries import search
from anlan.reach import queries as reach
from anlan.ui import undo
from anlan.ui.acts import act, address, asked, done, moment, number, offered, posted, wrong
from anlan.ui.pages import Request, page
from anlan.ui.svg import small
from anlan.warn.views.alerts.begun import call_of_forecast

BINS = 72
CHARACTERS_A_SECOND = 3.5


class Result(forms.Form):
    """What came of a call by hand, for whom; `key` is the form's own, so that pressing twice records once."""

    holder = forms.CharField(widget=forms.HiddenInput)
    contact = forms.CharField(widget=forms.HiddenInput, required=False)
    key = forms.UUIDField(widget=forms.HiddenInput)
    result = forms.IntegerField(widget=forms.HiddenInput, min_value=1, max_value=8)
    households = number(w("户"), most=99_999)
    people = number(w("人"))
    words = forms.CharField(
        label=w("原话"), max_length=200, required=False, widget=forms.TextInput({"autocomplete": "off"})
    )


@page("warn.view")
@require_GET
def listing(request: Request) -> HttpResponse:
    """All call-downs within scope: those that run, then those that have ended."""
    context = {
        "running": call_downs(request.ctx, is_open=True),
        "ended": call_downs(request.ctx, is_open=False, limit=40),
        "may_call": request.ctx.may("warn.call"),
        "new_url": address(request, "calls", "new"),
        "map_url": address(request, "map"),
    }
    return render(request, "call/calls.html", context)


@page("warn.view")
@require_GET
def one(request: Request, ref: str) -> HttpResponse:
    """The board of one call-down with the call desk beside it."""
    at, part = moment(request), request.headers.get("X-Anlan-Part", "")
    if part == "queue":
        desk = desks.desk(request.ctx, ref, holder=request.GET.get("holder", ""))
        return render(
            request, "call/parts/queue.html", {"desk": desk, "here": address(request, "calls", ref)}
        )
    context = board_context(request, ref, at=at, is_part=part == "live-board")
    return render(
        request, "call/parts/live_board.html" if part == "live-board" else "call/board.html", context
    )


def board_context(
    request: Request, ref: str, *, at: datetime | None, shown: str = "", is_part: bool = False
) -> dict[str, Any]:
    """What the board shows; `shown` is a number that was just opened for this reader. A live part needs no desk."""
    ctx = request.ctx
    found = boards.board(ctx, ref, at=at)
    desk = None
    if at is None and ctx.may("warn.answer") and not is_part:
        desk = desks.desk(ctx, ref, holder=request.GET.get("holder", request.POST.get("holder", "")))
    person = desk.person if desk else None
    spoken = desk.script.zh if desk and desk.script else ""
    return {
        "board": found,
        "opened_short": clock(found.row.opened_at),
        "script_seconds": round(len(spoken) / CHARACTERS_A_SECOND),
        "result": offered(
            request,
            Result,
            initial={"holder": person.holder, "contact": person.contact, "key": uuid.uuid4()},
        )
        if person
        else None,
        "phone_url": address(request, "calls", ref, "phone", person.holder)
        if person and may_link(request)
        else "",
        "desk": desk,
        "line_down": calldown_rows.line_down_since(ctx) if ctx.world.is_live else None,
        "messages": reach.told(ctx, found.row.ref) if ctx.world.is_live else [],
        "shown": shown,
        **undo.offered(request, ref),
        "here": address(request, "calls", ref),
        "now": found.at,
        "can": {
            name: at is None and ctx.may(f"warn.{name}") for name in ("hold", "call", "answer", "doorcheck")
        },
        "may_unmask": ctx.may("people.unmask"),
        "timebar": None if is_part else timebar(ctx, found.place, found.row.opened_at, at, request.lang),
    }


def may_link(request: Request) -> bool:
    """Who may see the address of somebody's answer page: the caller; in an exercise everybody who may look."""
    return not request.ctx.world.is_live or request.ctx.may("warn.call")


def timebar(ctx: Ctx, place: Place, opened: datetime, at: datetime | None, lang: str) -> dict[str, Any]:
    """The slider over the time of a call-down, with how much happened when."""
    start = opened.replace(second=0, microsecond=0) - timedelta(minutes=10)
    span = max(ctx.now - start, timedelta(minutes=30))
    counts = [0] * BINS
    times = ctx.rows(JournalEntry).filter(place__startswith=place.path, at__gte=start, at__lte=ctx.now)
    for moment_ in times.values_list("at", flat=True):
        counts[min(BINS - 1, int((moment_ - start) / span * BINS))] += 1
    known = int(min(1.0, (ctx.now - start) / span) * BINS)
    step = span / 6
    return {
        "from": start,
        "to": start + span,
        "at": at or ctx.now,
        "known": ctx.now,
        "step": 1,
        "picture": small.density(counts, known=known, label=t(lang, w("每段时间的日志条数"))),
        "marks": [start + step * n for n in range(7)],
        "is_past": at is not None,
    }


class Reason(forms.Form):
    """Why; it stays in the journal."""

    reason = forms.CharField(label=w("理由"), min_length=LEAST_REASON, max_length=60)


def _board(request: Request, ref: str) -> str:
    return address(request, "calls", ref)


def _place(request: Request, ref: str) -> str:
    return atlas().by_id[calldown_rows.the_call_down(request.ctx, ref).place_id].name


hold = asked(
    "warn.hold",
    lambda r, given, ref: calldown.hold(r.ctx, ref=ref, reason=given["reason"]),
    w("已暂缓。在恢复之前不再叫任何人，应答照收。"),
    back=_board,
    question=lambda r, ref: t(r.lang, w("暂缓叫应{place}？"), place=_place(r, ref)),
    form=Reason,
    effect=w("暂缓后不再叫新的人，已派的敲门不撤，应答照收。理由进日志。"),
    do_word=w("暂缓"),
)
release = act(
    "warn.hold", lambda r, ref: calldown.release(r.ctx, ref=ref), w("已恢复，接着叫。"), back=_board
)
stand_down = asked(
    "warn.call",
    lambda r, given, ref: calldown.stand_down(r.ctx, ref=ref, why=given["reason"]),
    w("叫应已结束。转移和安置不受影响，另行解除。"),
    back=_board,
    question=lambda r, ref: t(r.lang, w("结束叫应{place}？"), place=_place(r, ref)),
    form=Reason,
    effect=w("结束后不再叫人，也不再派敲门。还没应的村会一直显示为没应。转移要另行解除。"),
    do_word=w("结束叫应"),
)


class ByHand(forms.Form):
    """Call out without a finding."""

    places = forms.MultipleChoiceField(label=w("叫哪里"), widget=forms.CheckboxSelectMultiple)
    grade = forms.ChoiceField(
        label=w("级别"),
        choices=[(grade.code, grade.word) for grade in (Grade.RED, Grade.ORANGE, Grade.YELLOW)],
        widget=forms.RadioSelect,
    )
    stage = forms.ChoiceField(
        label=w("让他们做什么"),
        choices=[("", w("只叫应")), *((stage.value, stage.word) for stage in (Stage.PREPARE, Stage.MOVE))],
        widget=forms.RadioSelect,
        required=False,
    )
    reason = forms.CharField(label=w("理由"), min_length=LEAST_REASON, max_length=60)

    def __init__(self, *args: Any, choices: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["places"].choices = choices  # type: ignore[attr-defined]


@page("warn.call")
@require_http_methods(["GET", "POST"])
def by_hand(request: Request) -> HttpResponse:
    """The officer calls out: places, grade, stage, reason."""
    text = request.GET.get("q", "")
    begun = call_of_forecast(request.ctx, request.GET["run"]) if "run" in request.GET else {"grade": "red"}
    asked = request.GET.getlist("places") or request.GET.getlist("place") or begun.get("places", [])
    chosen = request.POST.getlist("places") or asked
    form = ByHand(
        posted(request),
        choices=_choices(request.ctx, text, chosen),
        initial={**begun, "places": chosen},
    )
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            refs = callout.call_by_hand(
                request.ctx,
                places=given["places"],
                grade=given["grade"],
                stage=given["stage"],
                reason=given["reason"],
            )
        except AnlanError as error:
            wrong(form, error, request.lang)
        else:
            target = address(request, "calls", refs[0]) if len(refs) == 1 else address(request, "calls")
            return done(request, "已经叫出去 {n} 个乡镇。", target, n=len(refs))
    context = {"form": form, "q": text, "back": address(request, "calls")}
    return render(request, "call/by_hand.html", context, status=422 if form.errors else 200)


def _choices(ctx: Ctx, text: str, chosen: list[str]) -> list[tuple[str, str]]:
    """What the search found within scope: townships whole, and villages; what was ticked stays."""
    kept = [p for p in atlas().places if p.code in chosen]
    found = search(text, limit=8) if text else []
    wider = [v for p in found if p.tier == 3 for v in atlas().under(p.path, 4)]
    rows = {p.code: p for p in [*kept, *found, *wider] if p.tier >= 3 and ctx.scope.holds(p.path)}
    return [(p.code, _spoken(p)) for p in rows.values()]


def _spoken(place: Place) -> str:
    township = atlas().township(place)
    return place.name if township is place else f"{township.name} {place.name}"
