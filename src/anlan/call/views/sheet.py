"""叫应一张纸: look at it masked, print it whole with a trace, and key it back."""

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.debug import sensitive_variables
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anlan.call.actions import hearing, sheets
from anlan.call.queries.desk import Person
from anlan.call.queries.sheet import Group, sheet
from anlan.call.views.desk import OUTCOMES, RESULT_WORDS
from anlan.foundation.errors import AnlanError, Invalid
from anlan.foundation.words import t, w
from anlan.move.actions import moving
from anlan.move.queries.moves import Move
from anlan.ui.acts import address, done, number, posted, wrong
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
    found, given, may_count = sheet(request.ctx, ref), posted(request), request.ctx.may("warn.move")
    lines = {
        p.holder: (Line(given, prefix=p.holder, lang=request.lang), p)
        for g in found.groups
        for p in _people(g)
    }
    counts = {g.move.ref: (Counted(given, prefix=g.move.ref), g.move) for g in found.groups if g.move}
    taken = 0
    if given is not None:
        taken += sum(_taken(request, form, _line, person, ref) for form, person in lines.values())
        taken += sum(_taken(request, form, _counted, move) for form, move in counts.values() if may_count)
    wrong_forms = [form for form, _ in (*lines.values(), *counts.values()) if form.errors]
    if given is not None and not wrong_forms:
        return done(request, "已录回 {n} 项。", address(request, "calls", ref), n=taken)
    context = {
        "sheet": found,
        "groups": [
            (g, [(p, lines[p.holder][0]) for p in _people(g)], counts[g.move.ref][0] if g.move else None)
            for g in found.groups
        ],
        "here": address(request, "calls", ref),
        "wrongs": len(wrong_forms),
        "form_key": request.POST.get("key") or str(uuid.uuid4()),
        "may_count": may_count,
    }
    return render(request, "call/keyed.html", context, status=422 if wrong_forms else 200)


def _people(group: Group) -> list[Person]:
    return [line.person for line in group.lines]


class _Row(forms.Form):
    """A row of the sheet: what stands in its fields is named after whom it is about."""

    def __init__(self, *args: Any, lang: str = "zh", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "result" in self.fields:
            words = [(n, f"{n} {t(lang, word)}") for n, word in RESULT_WORDS.items()]
            self.fields["result"].widget.choices = [("", ""), *words]  # type: ignore[attr-defined]

    def add_prefix(self, field_name: str) -> str:
        return f"{field_name}:{self.prefix}"


class Line(_Row):
    """What was ticked for one person."""

    result = forms.TypedChoiceField(
        label=w("纸上勾的"),
        coerce=int,
        required=False,
        empty_value=None,
        choices=[("", ""), *((n, n) for n in RESULT_WORDS)],
    )
    at = forms.CharField(
        label=w("纸上时刻"),
        max_length=5,
        required=False,
        widget=forms.TextInput({"placeholder": "04:12"}),
    )
    households = number(w("户"), most=99_999)
    people = number(w("人"))


class Counted(_Row):
    """What the paper counts at a site by now, in all."""

    counted = number(w("安置点累计点到 户"), most=99_999)
    counted_people = number(w("人"))


def _taken(request: Request, form: _Row, take: Callable[..., int], *about: Any) -> int:
    """Take in one row; what is wrong with it stands beside it, and the other rows go on."""
    if not form.is_valid():
        return 0
    try:
        return take(request, form.cleaned_data, *about)
    except AnlanError as error:
        wrong(form, error.at(error.field or next(iter(form.fields))), request.lang)
        return 0


def _line(request: Request, given: dict[str, Any], person: Person, ref: str) -> int:
    result = given["result"]
    if result is None:
        return 0
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
        households=given["households"] if result == 4 else None,
        people_moved=given["people"] if result == 4 else None,
        words=given["at"],
    )
    return 1


def _key(request: Request) -> str:
    try:
        return str(uuid.UUID(request.POST.get("key", "")))
    except ValueError:
        raise Invalid("这张表单不完整。请刷新后再记。") from None


def _counted(request: Request, given: dict[str, Any], move: Move) -> int:
    """The paper says how many were counted in by now, in all: keyed twice it counts once."""
    total, people = given["counted"], given["counted_people"]
    if total is None or total <= move.moved:
        return 0
    if people is None:
        raise Invalid("请填点到几户、几人。").at("counted_people")
    moving.count_in(
        request.ctx,
        village=move.place,
        households=total - move.moved,
        people_in=max(0, people - move.people_moved),
        site=move.destination,
        by=request.ctx.actor.ref,
    )
    return 1
