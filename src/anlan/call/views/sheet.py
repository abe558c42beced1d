"""叫应一张纸: look at it masked, print it whole with a trace, and key it back."""

import uuid

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anlan.call.actions import hearing, sheets
from anlan.call.queries.desk import Person
from anlan.call.queries.sheet import sheet
from anlan.call.views.desk import OUTCOMES
from anlan.foundation.errors import AnlanError, Invalid
from anlan.foundation.words import t, written
from anlan.move.actions import moving
from anlan.move.queries.moves import Move
from anlan.ui.acts import address, done, parse_int
from anlan.ui.pages import Request, page


@page("warn.view")
@require_GET
def one(request: Request, ref: str) -> HttpResponse:
    """The sheet with names and numbers masked: a preview."""
    return _shown(request, ref, with_names=False, with_numbers=False)


@page("people.view")
@sensitive_variables()
@require_POST
def printed(request: Request, ref: str) -> HttpResponse:
    """The sheet to print: names whole, numbers whole where the reader may unmask. The print is journaled first."""
    sheet(request.ctx, ref)
    with_numbers = request.POST.get("numbers") == "1"
    sheets.printed(request.ctx, ref=ref, with_numbers=with_numbers)
    return _shown(request, ref, with_names=True, with_numbers=with_numbers)


def _shown(request: Request, ref: str, *, with_names: bool, with_numbers: bool) -> HttpResponse:
    found = sheet(request.ctx, ref, with_names=with_names, with_numbers=with_numbers)
    lang = request.lang
    context = {
        "sheet": found,
        "script": getattr(found.words.script, lang),
        "notes": [getattr(note, lang) for note in found.words.notes],
        "here": address(request, "calls", ref),
        "is_whole": with_names,
        "may_unmask": request.ctx.may("people.unmask"),
        "may_name": request.ctx.may("people.view"),
        "may_key": request.ctx.may("warn.answer"),
    }
    return render(request, "call/sheet.html", context)


@page("warn.answer")
@require_http_methods(["GET", "POST"])
def keyed(request: Request, ref: str) -> HttpResponse:
    """Key a filled sheet back: each tick becomes an answer by the channel `sheet`, each count a count at the site."""
    found = sheet(request.ctx, ref)
    wrongs: list[str] = []
    if request.method == "POST":
        taken = 0
        for group in found.groups:
            for line in group.lines:
                taken += _guarded(request, wrongs, line.person, ref)
            if group.move is not None and request.ctx.may("warn.move"):
                taken += _counted(request, wrongs, group.move)
        if not wrongs:
            return done(request, "已录回 {n} 项。", address(request, "calls", ref), n=taken)
    context = {
        "sheet": found,
        "here": address(request, "calls", ref),
        "wrongs": wrongs,
        "form_key": request.POST.get("key") or str(uuid.uuid4()),
        "given": request.POST,
        "may_count": request.ctx.may("warn.move"),
    }
    return render(request, "call/keyed.html", context, status=422 if wrongs else 200)


def _guarded(request: Request, wrongs: list[str], person: Person, ref: str) -> int:
    """Take in one person's line; what is wrong with it is told, and the other lines go on."""
    try:
        return _line(request, person, ref)
    except AnlanError as error:
        title = written(request.lang, person.title)
        wrongs.append(f"{person.place.name} {title} {person.name}: {error.said(request.lang)}")
        return 0


def _line(request: Request, person: Person, ref: str) -> int:
    def given(name: str) -> str:
        return request.POST.get(f"{name}:{person.holder}", "").strip()

    result = parse_int(given("result"), what=t(request.lang, "结果"))
    if result is None:
        return 0
    if not 1 <= result <= 8:
        raise Invalid("没认出这个结果。请按 1 到 8 中的一个。")
    if result in OUTCOMES:
        if not person.waiting:
            return 0  # nothing waits for an outcome; that somebody was tried in vain is told by the ladder itself
        hearing.heard_outcome(request.ctx, call_down=ref, call=person.waiting, outcome=OUTCOMES[result])
        return 1
    hearing.heard_answer(
        request.ctx,
        call_down=ref,
        holder=person.holder,
        kind=result,
        key=f"sheet:{_key(request)}:{person.holder}",
        channel="sheet",
        households=parse_int(given("households"), what=t(request.lang, "户数")) if result == 4 else None,
        people_moved=parse_int(given("people"), what=t(request.lang, "人数")) if result == 4 else None,
        words=given("at")[:20],
    )
    return 1


def _key(request: Request) -> str:
    try:
        return str(uuid.UUID(request.POST.get("key", "")))
    except ValueError:
        raise Invalid("这张表单不完整。请刷新后再记。") from None


def _counted(request: Request, wrongs: list[str], move: Move) -> int:
    """The paper says how many were counted in by now, in all: keyed twice it counts once."""

    def given(name: str) -> int | None:
        return parse_int(request.POST.get(f"{name}:{move.ref}", ""), what=t(request.lang, "户数"))

    try:
        total, people = given("counted"), given("counted_people")
        if total is None or total <= move.moved:
            return 0
        if people is None:
            raise Invalid("请填点到几户、几人。")
        moving.count_in(
            request.ctx,
            village=move.place,
            households=total - move.moved,
            people_in=max(0, people - move.people_moved),
            site=move.destination,
            by=request.ctx.actor.ref,
        )
    except AnlanError as error:
        wrongs.append(f"{move.place.name}: {error.said(request.lang)}")
        return 0
    return 1
