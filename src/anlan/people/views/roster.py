"""The month of a unit's roster: who takes over on which day, as a page to print and as the grid that counties keep."""

import io
from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from anlan.foundation.words import w
from anlan.foundation.worlds import beijing
from anlan.people.queries import shifts
from anlan.people.queries.shifts import ROLES
from anlan.registers.books.heads import Head
from anlan.registers.books.writing import write_xlsx
from anlan.ui.acts import address
from anlan.ui.pages import Request, attached, page

WEEK = (w("周一"), w("周二"), w("周三"), w("周四"), w("周五"), w("周六"), w("周日"))
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def _asked(request: Request) -> tuple[str, str, date, list[tuple[str, str]]]:
    """The unit (one's own, where it has a roster), its name, the first of the month, and what may be chosen."""
    units = shifts.units(request.ctx)
    named, wanted = dict(units), request.GET.get("unit") or request.ctx.actor.unit
    unit = wanted if wanted in named else next(iter(named), "")
    try:
        first = date.fromisoformat(f"{request.GET.get('month', '')}-01")
    except ValueError:
        first = beijing(request.ctx.now).date()
    return unit, named.get(unit, ""), first.replace(day=1), units


@page("people.view")
@require_GET
def month(request: Request) -> HttpResponse:
    unit, name, first, units = _asked(request)
    days = shifts.month(request.ctx, unit, first)
    told = {
        "unit": unit, "name": name, "units": units, "month": first, "week": WEEK, "today": beijing(request.ctx.now).date(),
        "before": first - timedelta(days=1), "after": days[-1].date + timedelta(days=1),
        "days": [(day, WEEK[day.date.weekday()], _roles(day)) for day in days],
        "here": address(request, "roster"), "register": address(request, "registers", "shifts"),
        "may_keep": request.ctx.may("people.manage"),
    }  # fmt: skip
    return render(request, "people/roster.html", told)


def _roles(day: shifts.Day) -> list[tuple[str, list[shifts.OnDuty]]]:
    return [(ROLES[role], [each for each in found if each.name]) for role, found in day.shifts.items()]


@page("people.view")
@require_GET
def month_xlsx(request: Request) -> HttpResponse:
    unit, name, first, _ = _asked(request)
    heads = [Head(name="day", word="日期"), Head(name="week", word="星期")]
    heads += [Head(name=role, word=word) for role, word in ROLES.items()]
    rows: list[dict[str, Any]] = [
        {"day": day.date.isoformat(), "week": WEEK[day.date.weekday()]}
        | {role: "、".join(each.name for each in found if each.name) for role, found in day.shifts.items()}
        for day in shifts.month(request.ctx, unit, first)
    ]
    out = io.BytesIO()
    write_xlsx(out, f"{name}{first.year}年{first.month}月", heads, rows)
    return attached(HttpResponse(out.getvalue(), content_type=XLSX), f"{w('值班表')}-{first:%Y-%m}.xlsx")
