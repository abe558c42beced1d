"""集合预报: order an ensemble, watch its members, read in how many of them water comes to each village."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from anlan.foundation.context import Ctx
from anlan.foundation.errors import NotFound
from anlan.foundation.words import t, w
from anlan.simulate import queries
from anlan.simulate.actions import ensembles
from anlan.simulate.computing import ensemble
from anlan.simulate.exports import provenance
from anlan.simulate.exports.provenance import About
from anlan.simulate.exports.tables import csv_of, moment, yes
from anlan.simulate.maps import waters
from anlan.simulate.maps.kinds import Kind
from anlan.simulate.models import Run
from anlan.simulate.queries import VillageForecast, moments
from anlan.simulate.rules import ensemble as rules
from anlan.simulate.running import jobs
from anlan.simulate.views.facts import facts_of
from anlan.simulate.views.files import attachment, picture
from anlan.simulate.views.result import headed
from anlan.simulate.views.runs import OrderForm, orders
from anlan.ui.acts import address
from anlan.ui.pages import Request, page

SHARE = Kind(
    code="share", word=w("占多少情景"), grid=ensemble.SHARE, look="depth", bounds=(1, 10, 30, 50, 70, 90), unit="%", doubtful=True,
    words=(w("不到 10%"), "10–30%", "30–50%", "50–70%", "70–90%", "≥ 90%"),
)  # fmt: skip
COLUMNS = (
    "run", "exercise", "synthetic", "members", "taken", "seed", "code", "village", "share_percent", "median_m", "low_m",
    "high_m", "arrives_median", "arrives_earliest", "arrives_latest", "households_median", "solver", "means",
)  # fmt: skip


class EnsembleForm(OrderForm):
    """What to draw from: ground, rain, how long; and how many members of which seed."""

    ground = forms.ChoiceField(label=w("地形"), help_text=w("格子越大越快；先用 40 米的"))
    rain = forms.ChoiceField(label=w("降雨"), help_text=w("设计雨全域均匀，雨区偏移对它没有作用"))
    members = forms.IntegerField(
        label=w("成员数"), min_value=rules.LEAST, max_value=rules.MOST, initial=50, required=False,
        help_text=w("10 到 200 个；空着按规则包"),
    )  # fmt: skip
    seed = forms.IntegerField(
        label=w("随机种子"), min_value=0, max_value=ensembles.MOST_SEED, required=False,
        help_text=w("同一个种子抽出同样的成员；空着用本场的种子"),
    )  # fmt: skip

    def order(self, ctx: Ctx) -> str:
        told = self.cleaned_data
        return ensembles.order_ensemble(ctx, members=told["members"], seed=told["seed"], **self.asked(ctx))


@page("simulate.view")
@require_http_methods(["GET", "POST"])
def listing(request: Request) -> HttpResponse:
    """The ensembles so far, and a form for the next one."""
    more = {
        "processes": ensemble.processes(),
        "process_mb": ensemble.BYTES_A_PROCESS // 2**20,
        "cells_mb": ensemble.BYTES_A_CELL * 1_000_000 // 2**20,
        "runs_at": address(request, "runs"),
    }
    return orders(request, "ensembles", EnsembleForm, queries.ensembles(request.ctx), more)


@page("simulate.view")
@require_GET
def one(request: Request, ref: str) -> HttpResponse:
    """One ensemble: state, in how many members water comes to each village and how deep, the map, how it was drawn."""
    run = _ensemble(request, ref)
    villages = _by_share(queries.water(request.ctx, run))
    reached = [v for v in villages if v.share_percent]
    context = {
        **headed(request, run),
        "rows": [_row(run, v) for v in villages],
        "reached": reached,
        "likely": [v for v in reached if (v.share_percent or 0) >= 50],
        "taken": run.figures.get("members", 0) - run.figures.get("excluded", 0),
        "facts": drawn_facts(request, run),
        "look_min": rules.LOOK_MIN,
        "map": _map(request, run),
        "here": address(request, "ensembles", ref),
        "list_at": address(request, "ensembles"),
    }
    return render(request, "simulate/ensemble.html", context)


def _ensemble(request: Request, ref: str) -> Run:
    run = queries.run(request.ctx, ref)
    if run.kind != ensembles.KIND:
        raise NotFound("运行 {ref} 不是集合。请从集合列表里选。", ref=ref)
    return run


def _by_share(villages: list[VillageForecast]) -> list[VillageForecast]:
    """Most members first, then the deepest; those of which nothing is said last."""
    return sorted(villages, key=lambda v: (v.is_unsaid, -(v.share_percent or 0), -v.depth_cm, v.place.path))


def _row(run: Run, v: VillageForecast) -> dict[str, Any]:
    start, times = jobs.starts_at(run), run.figures.get("times", {}).get(v.place.code)
    span = [moments.at(start, minute) for minute in times] if times else None
    return {"v": v, "low_m": (v.low_cm or 0) / 100, "high_m": (v.high_cm or 0) / 100, "span": span}


def drawn_facts(request: Request, run: Run) -> list[tuple[str, str]]:
    """How it was drawn, before how it was computed."""

    def say(text: str, **values: object) -> str:
        return t(request.lang, text, **values)

    spread, found = run.params["spread"], run.figures
    drawn = [
        (say(w("成员")), say(w("{n} 个，其中 {k} 个自己拒用"), n=run.params["members"], k=found.get("excluded", 0))),
        (say(w("雨量偏差")), say(w("对数一倍标准差 {n}%（待核实）"), n=spread["amount_percent"])),
        (say(w("雨区偏移")), say(w("东西、南北一倍标准差各 {n} 米（待核实）"), n=spread["shift_m"])),
        (say(w("雨早晚")), say(w("一倍标准差 {n} 分钟（待核实）"), n=spread["timing_min"])),
    ]  # fmt: skip
    if "cells" in found:
        drawn.append((say(w("内存")), say(w("最多约 {n} MB"), n=ensemble.memory_mib(found["cells"]))))
    return drawn + facts_of(run, request.lang)


def _map(request: Request, run: Run) -> dict[str, Any] | None:
    if run.state != Run.State.ACCEPTED or not run.figures.get("bounds"):
        return None
    box = ",".join(f"{edge:.6f}" for edge in run.figures["bounds"])
    marks = [t(request.lang, w("占多少情景，不是概率"))]
    marks += [t(request.lang, w("合成地形"))] if run.ground.synthetic else []
    return {
        "title": w("占多少情景"),
        "base": address(request, "map", "base"),
        "bounds": box,
        "shade": address(request, "grounds", run.ground.ref, "shade") + "/{z}/{x}/{y}.png",
        "water": {
            "url": address(request, "ensembles", run.ref, "share"),
            "bounds": box,
            "look": SHARE.ink,
            "says": " · ".join(marks),
            "ranks": list(enumerate(SHARE.words, start=1)),
        },
        "timeless": True,
    }


@page("simulate.view")
@require_GET
def share(request: Request, ref: str) -> HttpResponse:
    """In how many of a hundred members each cell stands in 0.3 m or more, as a picture of ranks."""
    return picture(waters.picture(queries.folder_of(request.ctx, _ensemble(request, ref)), kind=SHARE))


@page("simulate.view")
@require_GET
def table(request: Request, ref: str) -> HttpResponse:
    """The villages of an ensemble as CSV; each row says that a share of scenarios is no probability."""
    run = _ensemble(request, ref)
    told = provenance.about(request.ctx, run, lang=request.lang)
    villages = _by_share(queries.water(request.ctx, run))
    body = csv_of(COLUMNS, (_cells(told, run, v) for v in villages))
    return attachment(request, told, t(request.lang, w("集合")), "csv", body)


def _cells(told: About, run: Run, v: VillageForecast) -> list[object]:
    row = _row(run, v)
    depths = ("", "", "", "") if v.is_unsaid else (
        v.share_percent, f"{v.depth_m:.2f}", f"{row['low_m']:.2f}", f"{row['high_m']:.2f}"
    )  # fmt: skip
    return [
        run.ref, yes(told.facts["exercise"]), yes(told.facts["synthetic"]),
        run.params["members"], run.figures["members"] - run.figures["excluded"], run.seed,
        v.place.code, v.place.name, *depths, *map(moment, (v.arrives_at, *(row["span"] or (None, None)))),
        v.households, v.solver or run.model, "share of scenarios, no probability",
    ]  # fmt: skip
