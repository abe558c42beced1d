"""洪水模拟: the runs so far, an order for the next one, and a stop."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from anlan.foundation.context import Ctx
from anlan.foundation.errors import AnlanError
from anlan.foundation.words import t, w
from anlan.simulate import queries
from anlan.simulate.actions import runs
from anlan.simulate.models import Ground, Run
from anlan.simulate.running import ground
from anlan.ui.acts import act, address, done, posted, wrong
from anlan.ui.pages import Request, page

SOLVER_WORDS = {"li": w("局部惯性（快）"), "godunov": w("Godunov 二阶（陡坡）")}
PRECISION_WORDS = {"f32": w("单精度"), "f64": w("双精度")}
NOWCAST_WORDS = {"persistence": w("按过去一小时持续"), "decay": w("每小时减半"), "zero": w("雨停")}
STATE_WORDS = {
    "queued": w("排队"),
    "running": w("正在算"),
    "accepted": w("可用"),
    "refused": w("拒用"),
    "cancelled": w("已取消"),
    "failed": w("出错"),
}
PURPOSE_WORDS = {"analyst": w("人工"), "live": w("滚动预报"), "member": w("集合成员")}
SOIL_WORDS = {"dry": w("较干"), "normal": w("一般"), "wet": w("较湿")}
BACK_MIN = 180


class OrderForm(forms.Form):
    """What is asked for of a run and of an ensemble alike: ground, rain, how long."""

    title = forms.CharField(
        label=w("名称"), max_length=120, required=False, help_text=w("例如：三小时，每小时 80 毫米")
    )
    ground = forms.ChoiceField(label=w("地形"))
    rain = forms.ChoiceField(label=w("降雨"))
    mm_h = forms.FloatField(
        label=w("设计雨强（毫米每小时）"), min_value=0, max_value=500, initial=80, required=False
    )
    rain_min = forms.IntegerField(
        label=w("降雨多久（分钟）"), min_value=5, max_value=1440, initial=180, required=False
    )
    nowcast = forms.ChoiceField(
        label=w("今后的雨"), required=False, help_text=w("实测雨之后怎么下；三种都是基线，不是预报")
    )
    minutes = forms.IntegerField(label=w("算多久（分钟）"), min_value=10, max_value=1440, initial=180)

    def __init__(self, *args: Any, ctx: Ctx, lang: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ground"].choices = [(g.ref, named(g, lang)) for g in ground.listing(ctx)]  # type: ignore[attr-defined]
        for name, words in self.choices().items():
            self.fields[name].choices = [(code, t(lang, word)) for code, word in words.items()]  # type: ignore[attr-defined]

    def choices(self) -> dict[str, dict[str, str]]:
        """What can be chosen of each field, in words."""
        return {
            "rain": {"design": w("设计雨：全域均匀"), "stations": w("实测雨：过去三小时，再外推")},
            "nowcast": NOWCAST_WORDS,
        }

    def clean(self) -> dict[str, Any]:
        """A design rain without its rain is a question, not a dry run."""
        told: dict[str, Any] = super().clean() or {}
        if told.get("rain") == "design" and "mm_h" in told and not told["mm_h"]:
            self.add_error("mm_h", w("设计雨要写雨强，大于 0。"))
        return told

    def order(self, ctx: Ctx) -> str:
        """Put it on the list; gives its ref. Raises: AnlanError."""
        raise NotImplementedError

    def asked(self, ctx: Ctx) -> dict[str, Any]:
        """What a run and an ensemble are ordered with alike."""
        told = self.cleaned_data
        return {
            "title": told["title"],
            "ground_ref": told["ground"],
            "minutes": told["minutes"],
            "rain": self._rain(ctx),
        }

    def _rain(self, ctx: Ctx) -> dict[str, Any]:
        told = self.cleaned_data
        if told["rain"] == "design":
            return {
                "kind": "design",
                "mm_h": told["mm_h"],
                "minutes": told["rain_min"] or told["minutes"],
            }
        return {
            "kind": "stations",
            "until": ctx.now.isoformat(),
            "back_min": BACK_MIN,
            "nowcast": told["nowcast"] or "persistence",
        }


class RunForm(OrderForm):
    """One run: with which solver, how exact."""

    solver = forms.ChoiceField(label=w("算法"), help_text=w("水流太急时局部惯性会拒用，请改 Godunov"))
    precision = forms.ChoiceField(label=w("精度"))

    def choices(self) -> dict[str, dict[str, str]]:
        return {**super().choices(), "solver": SOLVER_WORDS, "precision": PRECISION_WORDS}

    def order(self, ctx: Ctx) -> str:
        told = self.cleaned_data
        return runs.order(ctx, solver=told["solver"], precision=told["precision"], **self.asked(ctx))


def named(over: Ground, lang: str) -> str:
    """What a ground is called on screen: its place and the side of its cells."""
    return t(lang, w("{place} {n} 米地形"), place=over.place.name, n=over.dx_m)


@page("simulate.view")
@require_http_methods(["GET", "POST"])
def listing(request: Request) -> HttpResponse:
    """The runs so far, and a form for the next one."""
    more = {f"{name}_at": address(request, name) for name in ("grounds", "ensembles", "compare")}
    return orders(request, "runs", RunForm, queries.runs(request.ctx), more)


def orders(
    request: Request, name: str, form_class: type[OrderForm], so_far: list[Run], more: dict[str, Any]
) -> HttpResponse:
    """What was ordered so far and a form for the next: placed, or shown again with what is wrong. `name`: of address and template."""
    ctx = request.ctx
    form = form_class(posted(request), ctx=ctx, lang=request.lang)
    if request.method == "POST" and form.is_valid():
        try:
            ref = form.order(ctx)
            return done(request, w("已排上，算完这一页会自己更新"), address(request, name, ref))
        except AnlanError as error:
            wrong(form, error, request.lang)
    context = {
        "form": form,
        "runs": [shown(request, run) for run in so_far],
        "has_ground": bool(form.fields["ground"].choices),  # type: ignore[attr-defined]
        "may_run": ctx.may("simulate.run"),
        "here": address(request, name),
        "now": ctx.now,
        **more,
    }
    return render(request, f"simulate/{name}.html", context, status=422 if form.errors else 200)


def shown(request: Request, run: Run) -> dict[str, Any]:
    """What list and page say of a run alike."""
    over = named(run.ground, request.lang)
    return {
        "run": run,
        "title": run.title or over,
        "is_named": bool(run.title),
        "over": over,
        "state_word": STATE_WORDS[run.state],
        "purpose_word": PURPOSE_WORDS[run.purpose],
        "solver_word": SOLVER_WORDS[run.model],
        "percent": queries.progress_of(request.ctx, run),
    }


cancel = act(
    "simulate.run",
    lambda r, ref: runs.cancel(r.ctx, ref=ref),
    w("已取消"),
    back=lambda r, ref: address(r, "runs", ref),
)
