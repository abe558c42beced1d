"""On paper (A4): a view of the list, and one entry with the code that leads back to its page; what an offline form must know."""

import segno
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render

from anlan.foundation.words import t
from anlan.registers import queries, steps
from anlan.registers.columns import Column, Look
from anlan.registers.register import Register
from anlan.registers.views.listing import columns_of, here
from anlan.ui.pages import Request

MOST = 1000


def list_sheet(request: Request, register: Register) -> HttpResponse:
    """At most a thousand rows: longer ones are exported."""
    asked = request.GET.dict()
    rows = register.load(queries.view(request.ctx, register, asked)[: MOST + 1])
    columns = columns_of(register, request.GET.getlist("c"))
    cells = [(register.ref_of(row), [c.said(row, request.lang) for c in columns]) for row in rows[:MOST]]
    context = {"register": register, "columns": columns, "cells": cells, "is_cut": len(rows) > MOST, "most": MOST,
               "here": here(request, register)}  # fmt: skip
    return render(request, "registers/list_sheet.html", context)


def entry_sheet(request: Request, ref: str, register: Register) -> HttpResponse:
    row = queries.entry(request.ctx, register, ref)
    back = here(request, register, ref)
    code = segno.make(request.build_absolute_uri(back), error="m").svg_inline(
        scale=3, border=2, lineclass=None
    )
    pairs = [(c.word, c.said(row, request.lang)) for c in register.columns]
    context = {"register": register, "ref": ref, "name": register.name_of(row), "pairs": pairs, "code": code, "back": back,
               "history": queries.history(request.ctx, register, ref, request.lang)}  # fmt: skip
    return render(request, "registers/entry_sheet.html", context)


def form(request: Request, register: Register) -> HttpResponse:
    """The form of a new entry as data, for a page that works without a line; what it sends goes to the API with a key of its own."""
    look = Look(request.ctx)
    told = {
        "register": register.name, "word": _both(register.word), "post": f"/api/v1{here(request, register)}",
        "columns": [_field(c, look) for c in register.typed if not (c.fixed and not c.required)],
        "steps": [{"event": str(event), "word": _both(queries.word_of_step(register, event)),
                   "asks": list(register.asks.get(event, ())), "permission": steps.door(register, event)} for event in register.events],
    }  # fmt: skip
    return JsonResponse(told, json_dumps_params={"ensure_ascii": False})


def _field(column: Column, look: Look) -> dict[str, object]:
    bounds = {
        name: getattr(column, name)
        for name in ("most", "least", "pattern", "like")
        if getattr(column, name, None) not in (None, "")
    }
    choices = [{"value": str(code), "word": _both(word)} for code, word in column.choices(look)]
    return {
        "name": column.name, "word": _both(column.word), "kind": column.head(look).kind, "required": column.required,
        "sealed": column.is_sealed, "hint": _both(column.hint) if column.hint else None, "choices": choices, **bounds,
    }  # fmt: skip


def _both(text: str) -> dict[str, str]:
    return {lang: t(lang, text) for lang in ("zh", "en")}
