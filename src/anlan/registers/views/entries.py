"""One entry: how it stands and how it came so; the form that adds or changes it. All of it works without script."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render

from anlan.foundation.errors import AnlanError
from anlan.foundation.rules.life import said
from anlan.foundation.words import Said, t, w
from anlan.registers import attachments, queries, saving, steps, undoing
from anlan.registers.columns import CLEARED, Look
from anlan.registers.register import Register
from anlan.registers.views.listing import here, may_keep
from anlan.ui.acts import done, posted
from anlan.ui.pages import Request


def one(request: Request, ref: str, register: Register) -> HttpResponse:
    row = queries.entry(request.ctx, register, ref)
    return render(request, "registers/entry.html", told(request, register, row))


def told(
    request: Request, register: Register, row: Any, opened: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """What the page of an entry shows; `opened` are its sealed columns in clear."""
    ctx, ref = request.ctx, register.ref_of(row)
    keeps, opened = may_keep(request, register), opened or {}
    past = undoing.last(ctx, register, ref)
    return {
        "register": register,
        "ref": ref,
        "name": register.name_of(row),
        "pairs": [(c.word, opened.get(c.name) or c.said(row, request.lang)) for c in register.columns],
        "tells_ref": any(c.at == register.ref for c in register.columns),
        "files": attachments.of(ctx, register, ref),
        "may_attach": keeps and register.can_change(ctx, row),
        "history": queries.history(ctx, register, ref, request.lang),
        "here": here(request, register),
        "may_keep": keeps,
        "leads": register.leads(row) if keeps else (),
        "steps": [(step.event, said(step.event)) for step in steps.open_to(ctx, register, row)],
        "may_undo": past is not None and may_keep(request, register, undoing.permission_of(register, past)),
        "may_end": keeps and register.ends and register.column(register.ends).of(row) is None,
        "may_open": register.is_sealed and not opened and ctx.may(register.opens),
    }


def new(request: Request, register: Register) -> HttpResponse:
    def do(given: Mapping[str, str]) -> str:
        cells = {c.name: given[c.name] for c in register.typed}
        return saving.add(request.ctx, register, cells, key=given["key"], why=given["why"])

    return _form(request, register, do, w("已登记。"))


def change(request: Request, ref: str, register: Register) -> HttpResponse:
    row = queries.entry(request.ctx, register, ref)

    def do(given: Mapping[str, str]) -> str:
        cells = {
            c.name: given[c.name] or ("" if c.is_sealed else CLEARED) for c in register.typed if not c.fixed
        }
        saving.change(request.ctx, register, row, cells, version=given["version"], why=given["why"])
        return ref

    return _form(request, register, do, w("已改。"), row)


def _form(
    request: Request,
    register: Register,
    do: Callable[[Mapping[str, str]], str],
    sentence: str,
    row: Any = None,
) -> HttpResponse:
    form = form_of(request, register, row)
    if request.method == "POST" and form.is_valid():
        try:
            ref = do(form.cleaned_data)
        except saving.NotRead as error:
            for name, why in error.wrong.items():
                form.add_error(name if name in form.fields else None, t(request.lang, why))
        except AnlanError as error:
            form.add_error(None, error.said(request.lang))
        else:
            return done(request, sentence, here(request, register, ref))
    ref = register.ref_of(row) if row else ""
    context = {"form": form, "register": register, "ref": ref, "name": register.name_of(row) if row else "",
               "back": here(request, register, ref) if row else here(request, register)}  # fmt: skip
    return render(request, "registers/form.html", context, status=422 if form.errors else 200)


def form_of(request: Request, register: Register, row: Any = None) -> forms.Form:
    """The form of an entry. Columns read what is typed: the fields only ask and remember."""
    look = Look(request.ctx, lang=request.lang)
    columns = [c for c in register.typed if not (row and c.fixed)]
    fields: dict[str, forms.Field] = {c.name: c.form(look) for c in columns}
    asked = {c.name: request.GET[c.name] for c in columns if c.name in request.GET and not c.is_sealed}
    initial: dict[str, Any] = {c.name: c.typed(row) for c in columns} if row else asked
    for column in columns:
        field = fields[column.name]
        field.error_messages = {"required": t(request.lang, w("这一列必须填")),
                                "invalid_choice": t(request.lang, w("请从列表里选"))}  # fmt: skip
        if row and column.is_sealed:
            field.required, field.help_text = False, Said(column.masked(column.of(row)))  # type: ignore[attr-defined]
    fields["why"] = forms.CharField(label=w("为什么改") if row else w("备注"), required=False, max_length=200)
    hidden = forms.CharField(widget=forms.HiddenInput, required=False)
    fields["version" if row else "key"] = hidden
    initial |= {"version": register.version_of(row)} if row else {"key": str(uuid.uuid4())}
    form: forms.Form = type("EntryForm", (forms.Form,), fields)(posted(request), initial=initial)
    for column in columns:
        _remember(form, column.name)
    return form


def _remember(form: forms.Form, name: str) -> None:
    """A choice that is refused still stands in its list, as it was given."""
    field, given = form.fields[name], form.data.get(name, "")
    if isinstance(field, forms.ChoiceField) and given and not field.valid_value(given):
        field.widget.choices = [*field.choices, (given, given)]
