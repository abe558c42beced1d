"""Lists: all registers, and one of them with its filters in the address."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render

from anlan.foundation.rules.life import said
from anlan.registers import all as every
from anlan.registers import queries, steps
from anlan.registers.columns import Look
from anlan.registers.register import Register
from anlan.ui.acts import address
from anlan.ui.pages import Request

PER_PAGE = 50


def index(request: Request) -> HttpResponse:
    return render(
        request,
        "registers/index.html",
        {"registers": every.open_to(request.ctx), "here": address(request, "registers")},
    )


def here(request: Request, register: Register, *parts: str) -> str:
    return address(request, "registers", register.name, *parts)


def listing(request: Request, register: Register) -> HttpResponse:
    asked = request.GET.dict()
    rows = Paginator(queries.view(request.ctx, register, asked), PER_PAGE).get_page(asked.get("page"))
    columns = [c for c in register.columns if c.listed]
    context = {
        "register": register,
        "here": here(request, register),
        "columns": columns,
        "rows": rows,
        "cells": [
            (register.ref_of(row), [c.said(row, request.lang) for c in columns])
            for row in register.load(rows)
        ],
        "filters": _filters(request, register, asked),
        "asked": asked,
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
