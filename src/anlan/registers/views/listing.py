"""Lists: all registers, and one of them with its filters in the address."""

from collections.abc import Sequence
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.functional import cached_property

from anlan.foundation.errors import AnlanError
from anlan.foundation.rules.life import said
from anlan.foundation.words import w
from anlan.registers import all as every
from anlan.registers import queries, saved, steps
from anlan.registers.columns import Column, Look
from anlan.registers.register import Register
from anlan.ui.acts import address, done, not_done
from anlan.ui.pages import Request

PER_PAGE = 50
COUNTED = 10_000
"""So many rows are counted for a page; beyond them it says that there are more."""


def index(request: Request) -> HttpResponse:
    return render(
        request,
        "registers/index.html",
        {"registers": every.open_to(request.ctx), "here": address(request, "registers")},
    )


def here(request: Request, register: Register, *parts: str) -> str:
    return address(request, "registers", register.name, *parts)


class Bounded(Paginator):
    """Counts no further than people turn pages: a county's register may hold a million rows."""

    @cached_property
    def count(self) -> int:
        return int(self.object_list.order_by()[: COUNTED + 1].count())


def columns_of(register: Register, chosen: Sequence[str]) -> list[Column]:
    """The columns that are shown: the chosen ones in their own order, else as declared."""
    wanted = [c for c in register.columns if c.name in chosen]
    return wanted or [c for c in register.columns if c.listed]


def listing(request: Request, register: Register) -> HttpResponse:
    asked = request.GET.dict()
    rows = Bounded(queries.view(request.ctx, register, asked), PER_PAGE).get_page(asked.get("page"))
    columns = columns_of(register, request.GET.getlist(saved.COLUMN))
    context = {
        "register": register,
        "here": here(request, register),
        "columns": columns,
        "rows": rows,
        "total": min(rows.paginator.count, COUNTED),
        "is_more": rows.paginator.count > COUNTED,
        "cells": [
            (register.ref_of(row), [c.said(row, request.lang) for c in columns])
            for row in register.load(rows)
        ],
        "filters": _filters(request, register, asked),
        "asked": asked,
        "views": saved.views(request.ctx, register),
        "figures": queries.figures(request.ctx, register),
        "bulk": [c for c in register.columns if not c.fixed and not c.is_sealed],
        "may_keep": may_keep(request, register),
        "steps": [
            (each, said(each))
            for each in register.events
            if may_keep(request, register, steps.door(register, each))
        ],
    }
    return render(request, "registers/list.html", context)


def save_view(request: Request, register: Register) -> HttpResponse:
    given, back = request.POST, here(request, register)
    asked = given.get("asked", "")
    try:
        saved.save(request.ctx, register, given.get("name", ""), asked, shared=bool(given.get("shared")))
    except AnlanError as error:
        return not_done(request, error, f"{back}?{asked}")
    return done(request, w("视图已存下。"), f"{back}?{asked}")


def drop_view(request: Request, number: int, register: Register) -> HttpResponse:
    saved.drop(request.ctx, register, number)
    return done(request, w("视图已删去。"), here(request, register))


def may_keep(request: Request, register: Register, permission: str = "") -> bool:
    """Whether who looks may change it here: reference data are changed in the live world alone."""
    return request.ctx.may(permission or register.keep) and (
        request.ctx.world.is_live or not register.is_reference
    )


def _filters(request: Request, register: Register, asked: dict[str, str]) -> list[dict[str, Any]]:
    look = Look(request.ctx)
    return [
        {"column": c, "choices": c.choices(look), "value": asked.get(c.name, "")}
        for c in register.columns
        if c.filter
    ]
