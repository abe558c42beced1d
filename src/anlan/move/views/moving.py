"""转移避险: the board of villages, one village's list, the order of a stage, counting in, lists and cards to print."""

from typing import Any

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from anlan.foundation.context import Ctx
from anlan.foundation.errors import AnlanError, Invalid, NotFound
from anlan.foundation.rules.stage import Stage
from anlan.foundation.words import t, w
from anlan.move.actions import moving
from anlan.move.queries import moves as reading
from anlan.move.rules.evacuation import HouseholdCase, HouseholdEvent, HouseholdState
from anlan.places.atlas import Place, atlas
from anlan.places.queries import search
from anlan.ui import undo
from anlan.ui.acts import act, address, ask, done, moment, number, offered, posted, wrong
from anlan.ui.pages import Request, page

STAGE_EFFECTS = {
    Stage.PREPARE: w("村组逐户交底，帮扶人到户。还不走。"),
    Stage.MOVE: w("现在就走，去安置点。到了要点名，清点过才算已转移。"),
    Stage.COUNT: w("在安置点逐户点名，报几户几人。"),
    Stage.STAY_OUT: w("守住路口，没有解除谁也不许回去。"),
    Stage.RETURN: w("写明谁核实过已经安全。由村组带回，逐户登记。"),
}
HOUSEHOLD_MARKS = {  # palette code and word
    HouseholdState.TO_MOVE: ("idle", w("没动")),
    HouseholdState.MOVING: ("moving", ""),
    HouseholdState.MOVED: ("moved", ""),
    HouseholdState.REFUSED: ("refused", ""),
    HouseholdState.UNREACHABLE: ("unknown", w("找不到")),
    HouseholdState.RETURNED: ("answered", w("已带回")),
}


@page("warn.view")
@require_GET
def board(request: Request) -> HttpResponse:
    """Every village that was told to move, by township; with `at`, as it was known then."""
    at = moment(request)
    found = list(reading.moves(request.ctx, "", at).values())
    running = [m for m in found if m.stage is not Stage.RETURN]
    ordered = sorted(running, key=lambda m: (m.is_complete, -m.refused, -m.still, -m.moving, m.place.path))
    context = {
        "rows": [(m, atlas().township(m.place)) for m in ordered if m.stage is not Stage.PREPARE],
        "preparing": [(m, atlas().township(m.place)) for m in ordered if m.stage is Stage.PREPARE],
        "ended": [(m, atlas().township(m.place)) for m in found if m.stage is Stage.RETURN],
        "total": {
            "to_move": sum(m.to_move for m in running),
            "moving": sum(m.moving for m in running),
            "moved": sum(m.moved for m in running),
            "still": sum(m.still for m in running),
            "refused": sum(m.refused for m in running),
        },
        "is_past": at is not None,
        "now": at or request.ctx.now,
        "may": request.ctx.may("warn.move") and at is None,
        "order_url": address(request, "moving", "order"),
    }
    return render(request, "move/moving.html", context)


@page("warn.view")
@require_GET
def one(request: Request, ref: str) -> HttpResponse:
    """One village: its stages, its households, and who does not go."""
    return render(request, "move/village_move.html", village_of(request, ref))


def village_of(request: Request, ref: str) -> dict[str, Any]:
    move = reading.the_move(request.ctx, ref)
    rows = reading.households(request.ctx, ref)
    case = HouseholdCase(now=request.ctx.now, stage=move.stage)
    events = {state: reading.may_happen(state, case) for state in HouseholdState}
    return {
        "move": move,
        "township": atlas().township(move.place),
        "rows": [
            {
                "it": row,
                "mark": HOUSEHOLD_MARKS[row.state],
                "events": [(e.value, e.word) for e in events[row.state]],
            }
            for row in rows
        ],
        "refused": [row for row in rows if row.state is HouseholdState.REFUSED],
        "stages": [{"code": s.value, "word": s.word} for s in Stage],
        "follows": [{"code": s.value, "word": s.word} for s in reading.may_follow(move)],
        "may": request.ctx.may("warn.move"),
        "count": offered(request, Count, initial={"site": move.destination}),
        "here": address(request, "moving", ref),
        **undo.offered(request, ref),
        "back": address(request, "moving"),
    }


class Order(forms.Form):
    """Why the stage is ordered; a return must say who made sure that it is safe."""

    basis = forms.CharField(label=w("依据"), max_length=120, required=False)


@page("warn.move")
@require_http_methods(["GET", "POST"])
def stage(request: Request, ref: str, code: str) -> HttpResponse:
    """Order the next stage for a village that is moving."""
    move = reading.the_move(request.ctx, ref)
    return _ask_stage(request, move.place, code, back=address(request, "moving", ref))


@page("warn.move")
@require_http_methods(["GET", "POST"])
def order(request: Request) -> HttpResponse:
    """Order a first stage for a village: ?village=<code>&stage=prepare or move."""
    code = request.GET.get("village", "")
    if not code:
        context = {
            "places": _found(request.ctx, request.GET.get("q", "")),
            "q": request.GET.get("q", ""),
            "here": request.path,
            "back": address(request, "moving"),
        }
        return render(request, "move/order_move.html", context)
    village = atlas().code(code)
    if village.tier != 4 or not request.ctx.scope.holds(village.path):
        raise NotFound("{village}不在您的范围内。", village=village.name)
    return _ask_stage(
        request, village, request.GET.get("stage", "prepare"), back=address(request, "moving"), query=True
    )


def _found(ctx: Ctx, text: str) -> list[Place]:
    return [p for p in search(text, limit=40) if p.tier == 4 and ctx.scope.holds(p.path)]


def _ask_stage(
    request: Request, village: Place, code: str, *, back: str, query: bool = False
) -> HttpResponse:
    """The question before the order, and the order."""
    if code not in set(Stage):
        raise NotFound("没有“{code}”这个转移阶段。", code=code)
    wanted = Stage(code)
    form = Order(posted(request))
    if request.method == "POST" and form.is_valid():
        try:
            ref = moving.order_stage(
                request.ctx,
                village=village,
                stage=code,
                by=request.ctx.actor.ref,
                tier=tier_of(request.ctx),
                basis=form.cleaned_data["basis"],
            )
        except AnlanError as error:
            wrong(form, error, request.lang)
        else:
            return done(request, "已下达。", address(request, "moving", ref))
    return ask(
        request,
        question=t(
            request.lang,
            "{village}：{stage}？",
            village=village.name,
            stage=t(request.lang, wanted.word),
        ),
        effect=STAGE_EFFECTS[wanted],
        do=w("下达"),
        form=form,
        back=back,
        action=request.get_full_path() if query else request.path,
    )


def tier_of(ctx: Ctx) -> str:
    """At which tier somebody orders, by the places that they hold."""
    shortest = 4 if ctx.scope.all else min((len(path) for path in ctx.scope.paths), default=16)
    return {4: "county", 8: "county", 12: "township"}.get(shortest, "village")


def _one(request: Request, ref: str) -> str:
    return address(request, "moving", ref)


def _mark(request: Request, ref: str) -> HttpResponse:
    """Mark one household: set out, counted in, refuses, not found, went home."""
    household, event = request.POST.get("household", ""), request.POST.get("event", "")
    if event not in set(HouseholdEvent):
        raise Invalid("没认出要记什么。请用名册里的按钮。")
    note = request.POST.get("note", "").strip()
    found = moving.mark_household(request.ctx, evacuation=ref, household=household, event=event, note=note)
    number = next((row.number for row in reading.households(request.ctx, ref) if row.ref == household), "")
    return _goes_on(request, ref, found, f"{number} {t(request.lang, HouseholdEvent(event).word)}")


mark = act(
    "warn.move",
    _mark,
    back=lambda r, ref: f"{_one(r, ref)}#{r.POST.get('household', '')[:40]}",
)


class Count(forms.Form):
    """So many households and people are counted in at a site."""

    households = number(w("户"), most=99_999, required=True)
    people = number(w("人"), required=True)
    site = forms.CharField(label=w("安置点"), max_length=80, required=False)


def _count(request: Request, given: dict[str, Any], ref: str) -> HttpResponse:
    """Count so many households in at the site, in the order of the list."""
    move = reading.the_move(request.ctx, ref)
    found = moving.count_in(
        request.ctx,
        village=move.place,
        households=given["households"],
        people_in=given["people"],
        site=given["site"] or move.destination,
        by=request.ctx.actor.ref,
    )
    said = t(request.lang, w("已点到 {n} 户。"), n=given["households"])
    return _goes_on(request, ref, found, said)


def _goes_on(request: Request, ref: str, found: moving.Recorded, said: str) -> HttpResponseRedirect:
    """Back to the village, which says whom and what, and takes it back for eight seconds."""
    told = {"seq": found.seq, "before": found.before, "said": said}
    return HttpResponseRedirect(undo.leads(request, _one(request, ref), ref, **told))


def _take_back(request: Request, ref: str) -> str:
    told = undo.pressed(request, ref)
    moving.take_back(request.ctx, evacuation=ref, seq=told["seq"], before=told["before"])
    return t(request.lang, w("已撤销：{said}"), said=told["said"])


take_back = act("warn.move", _take_back, back=_one)


count = act("warn.move", _count, back=_one, form=Count)


@page("warn.view")
@require_GET
def printed(request: Request, ref: str) -> HttpResponse:
    """The list of households to print, with boxes to tick."""
    return render(request, "move/move_list.html", village_of(request, ref))
