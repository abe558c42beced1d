"""两次运行相比: villages side by side, the difference of the deepest water on the map, and what was asked differently."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from anlan.foundation.errors import NotFound
from anlan.foundation.words import t, w
from anlan.simulate import queries
from anlan.simulate.actions.ensembles import KIND
from anlan.simulate.exports import provenance
from anlan.simulate.exports.tables import csv_of, moment, yes
from anlan.simulate.models import Run
from anlan.simulate.queries import comparing
from anlan.simulate.queries.comparing import CSI_CM, LEGEND, LOOK, WORDS, Meeting, Pair
from anlan.simulate.views.ensembles import drawn_facts
from anlan.simulate.views.facts import facts_of
from anlan.simulate.views.files import attachment, picture
from anlan.simulate.views.runs import shown
from anlan.ui.acts import address
from anlan.ui.format import beijing
from anlan.ui.pages import Request, page

SIDES = ("a", "b")
SAYS = ("max_depth_m", "arrives_at", "households")
COLUMNS = (
    "code", "village", *(f"{name}_{side}" for side in SIDES for name in SAYS), "deeper_m", "later_min", "more_households",
    "run_a", "run_b", "exercise", "synthetic",
)  # fmt: skip


@page("simulate.view")
@require_GET
def one(request: Request) -> HttpResponse:
    """Two runs side by side; with fewer than two named, the choice of them."""
    ctx = request.ctx
    choices = queries.comparable(ctx)
    refs = [request.GET.get(side, "") for side in SIDES]
    runs = [queries.run(ctx, ref) if ref else None for ref in refs]
    context: dict[str, Any] = {
        "choices": [(run.ref, _label(request, run)) for run in choices],
        "refs": refs,
        "has_two": len(choices) > 1,
        "here": address(request, "compare"),
        "runs_at": address(request, "runs"),
        "now": ctx.now,
    }
    if runs[0] and runs[1]:
        context |= _compared(request, runs[0], runs[1])
    return render(request, "simulate/compare.html", context)


def _label(request: Request, run: Run) -> str:
    told = shown(request, run)
    what = t(request.lang, w("集合")) if run.kind == KIND else t(request.lang, told["purpose_word"])
    return f"{run.ref} · {told['title']} · {what} · {beijing(run.ordered_at):%m-%d %H:%M}"


def _compared(request: Request, a: Run, b: Run) -> dict[str, Any]:
    pairs = comparing.villages(queries.water(request.ctx, a), queries.water(request.ctx, b))
    speak = all(run.state == Run.State.ACCEPTED for run in (a, b))
    found = _meeting(request, a, b) if speak else None
    told = [p for p in pairs if p.depth_cm is not None]
    return {
        "a": {**shown(request, a), "side": "A", "url": _page_of(request, a)},
        "b": {**shown(request, b), "side": "B", "url": _page_of(request, b)},
        "speak": speak,
        "is_same": a.pk == b.pk,
        "pairs": pairs,
        "differ": sum(abs(p.depth_cm or 0) >= CSI_CM[0] for p in told),
        "flip": [p for p in told if p.is_wet_in_one],
        "facts": _facts(request, a, b),
        "scores": _scores(found) if found else [],
        "resampled": found is not None and found.resampled,
        "cells_m": round(found.frame.dx) if found else 0,
        "map": _map(request, a, b, found) if found else None,
        "synthetic": a.ground.synthetic or b.ground.synthetic,
        "asked": f"?a={a.ref}&b={b.ref}",
    }


def _page_of(request: Request, run: Run) -> str:
    return address(request, "ensembles" if run.kind == KIND else "runs", run.ref)


def _meeting(request: Request, a: Run, b: Run) -> Meeting | None:
    """Both runs' deepest water; None where one has none (an ensemble, or cleared away) or their grounds do not meet."""
    if KIND in (a.kind, b.kind):
        return None
    try:
        return comparing.meeting(queries.folder_of(request.ctx, a), queries.folder_of(request.ctx, b))
    except NotFound:
        return None


def _scores(found: Meeting) -> list[dict[str, Any]]:
    return [
        {
            "m": cm / 100,
            "csi": found.csi(cm),
            **dict(zip(("both", "only_a", "only_b"), found.wet(cm), strict=True)),
        }
        for cm in CSI_CM
    ]


def _facts(request: Request, a: Run, b: Run) -> list[dict[str, Any]]:
    """What was asked and what came of it, line by line; those that differ are marked."""
    one_, two = (
        dict(drawn_facts(request, run) if run.kind == KIND else facts_of(run, request.lang)) for run in (a, b)
    )
    return [
        {
            "name": name,
            "a": one_.get(name, "—"),
            "b": two.get(name, "—"),
            "is_other": one_.get(name) != two.get(name),
        }
        for name in {**one_, **two}
    ]


def _map(request: Request, a: Run, b: Run, found: Meeting) -> dict[str, Any]:
    box = ",".join(f"{edge:.6f}" for edge in found.frame.bounds(*found.a.shape))
    marks = [t(request.lang, w("B 比 A 深多少"))]
    marks += [t(request.lang, w("合成地形"))] if a.ground.synthetic or b.ground.synthetic else []
    return {
        "title": w("最深水深之差"),
        "base": address(request, "map", "base"),
        "bounds": box,
        "shade": address(request, "grounds", a.ground.ref, "shade") + "/{z}/{x}/{y}.png",
        "water": {
            "url": address(request, "compare", "water") + f"?a={a.ref}&b={b.ref}",
            "bounds": box,
            "look": LOOK,
            "says": " · ".join(marks),
            "ranks": [(rank, WORDS[rank - 1]) for rank in LEGEND],
        },
        "timeless": True,
    }


def _two(request: Request) -> tuple[Run, Run]:
    """Both runs that the address names. Raises: NotFound."""
    a, b = (queries.run(request.ctx, request.GET.get(side, "")) for side in SIDES)
    return a, b


@page("simulate.view")
@require_GET
def water(request: Request) -> HttpResponse:
    """The difference of the deepest water as a picture of ranks."""
    a, b = _two(request)
    found = _meeting(request, a, b)
    if found is None:
        raise NotFound("这两次运行没有能相减的水深图。")
    return picture(comparing.picture(found))


@page("simulate.view")
@require_GET
def table(request: Request) -> HttpResponse:
    """The villages of both as CSV, the greatest difference first."""
    a, b = _two(request)
    told = [provenance.about(request.ctx, run, lang=request.lang) for run in (a, b)]
    marks = [yes(any(each.facts[name] for each in told)) for name in ("exercise", "synthetic")]
    pairs = comparing.villages(queries.water(request.ctx, a), queries.water(request.ctx, b))
    rows = ([pair.place.code, pair.place.name, *_cells(pair), a.ref, b.ref, *marks] for pair in pairs)
    what = f"{t(request.lang, w('对比'))}-{b.ref}"
    return attachment(request, told[0], what, "csv", csv_of(COLUMNS, rows))


def _cells(pair: Pair) -> list[object]:
    cells: list[object] = []
    for v in (pair.a, pair.b):
        cells += [f"{v.depth_m:.2f}", moment(v.arrives_at), v.households] if v else ["", "", ""]
    deeper = "" if pair.depth_cm is None else f"{pair.depth_cm / 100:.2f}"
    return [*cells, deeper, *("" if each is None else each for each in (pair.later_min, pair.households))]
