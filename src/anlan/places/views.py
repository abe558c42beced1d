"""图层: choose a file, look at it as it was understood, say where it comes from; the map shows it, and the last can be taken back."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from anlan.foundation.errors import AnlanError
from anlan.foundation.words import t, w
from anlan.places import layer_actions, layers
from anlan.places.layer_actions import PERMISSION
from anlan.places.layers import Kind, ReadAs, State
from anlan.places.models import MapLayer
from anlan.places.preview import preview
from anlan.ui.acts import act, address, asked, done, posted
from anlan.ui.pages import Request, page

FAULTS_SHOWN = 50
CRS_HINT = w("空着照文件写的；可写 EPSG 编号（4547）、GCJ-02（高德、腾讯）、BD-09（百度）")
TIERS = {"1": w("市界"), "2": w("县界"), "3": w("乡界"), "4": w("村界")}


class How(forms.Form):
    """How a file is to be read."""

    layer = forms.CharField(label=w("文件里的图层名"), max_length=120, required=False)
    crs = forms.CharField(label=w("坐标系"), max_length=20, required=False, help_text=CRS_HINT)


class Upload(How):
    """A file of one kind."""

    kind = forms.ChoiceField(label=w("种类"), choices=Kind.choices)
    file = forms.FileField(label=w("图层文件"), allow_empty_file=True)
    field_order = ("kind", "file", "crs", "layer")


class Again(How):
    """The same file in another way: by another column, with crossings taken apart."""

    column = forms.ChoiceField(label=w("哪一列是代码或名称"), required=False)
    mend = forms.BooleanField(label=w("自相交的面自动拆开"), required=False)

    def __init__(self, *args: Any, row: MapLayer, lang: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        counted = [(name, f"{name}（{n}）" if n else name) for name, n in row.told["choices"]]
        self.fields["column"].choices = [("", t(lang, w("自动选"))), *counted]  # type: ignore[attr-defined]


class Whence(forms.Form):
    """What will stand at the foot of the map."""

    source = forms.CharField(label=w("图从哪里来"), max_length=120, help_text=w("如：县自然资源和规划局"))
    licence = forms.CharField(
        label=w("许可"), max_length=120, help_text=w("如：内部使用，批文号；或 CC BY 4.0")
    )
    dated = forms.DateField(
        label=w("图上内容的日期"), required=False, widget=forms.DateInput({"type": "date"})
    )


class Reason(forms.Form):
    """Why it is taken back."""

    reason = forms.CharField(label=w("理由"), max_length=200)


def _back(request: Request, ref: str = "") -> str:
    return address(request, "layers", *([ref] if ref else []))


@page(PERMISSION)
@require_http_methods(["GET", "POST"])
def listing(request: Request) -> HttpResponse:
    """Layers so far, and a form for the next file."""
    form = Upload(posted(request), request.FILES or None)
    if form.is_valid():
        given, data = form.cleaned_data, form.cleaned_data["file"].read()
        try:
            read_as = ReadAs(layer=given["layer"], crs=given["crs"])
            found = layer_actions.look(
                request.ctx, kind=given["kind"], name=given["file"].name, data=data, read_as=read_as
            )
            return done(
                request,
                w("文件已读，请核对后确认"),
                _back(request, layer_actions.begin(request.ctx, found, data)),
            )
        except AnlanError as error:
            form.add_error("file", error.said(request.lang))
    rows = request.ctx.rows(MapLayer).defer("shapes").order_by("-at", "-pk")
    context = {"form": form, "rows": rows[:100], "here": request.path}
    return render(request, "places/layers.html", context, status=422 if form.errors else 200)


@page(PERMISSION)
@require_http_methods(["GET", "POST"])
def one(request: Request, ref: str) -> HttpResponse:
    """A layer as it was understood, drawn; while it waits, what is needed to confirm it."""
    row, form = request.ctx.one(MapLayer, ref), Whence(posted(request))
    if form.is_valid():
        try:
            layer_actions.confirm(request.ctx, ref=ref, **form.cleaned_data)
            return done(request, w("地图已经换上"), _back(request, ref))
        except AnlanError as error:
            form.add_error(None, error.said(request.lang))
    told = row.told
    context = {
        "row": row,
        "told": told,
        "tiers": [(TIERS[tier], n, of) for tier, (n, of) in told.get("tiers", {}).items()],
        "notes": [t(request.lang, layers.said(each)) for each in told["notes"]],
        "faults": [
            (n, t(request.lang, layers.said([text, values])))
            for n, text, values in told["faults"][:FAULTS_SHOWN]
        ],
        "drawing": preview(row),
        "form": form,
        "again": Again(row=row, lang=request.lang, initial={**row.read_as, "column": told["column"]}),
        "waits": row.state == State.LOOKED,
        "here": _back(request, ref),
    }
    return render(request, "places/layer.html", context, status=422 if form.errors else 200)


def _again(request: Request, ref: str) -> None:
    form = Again(request.POST, row=request.ctx.one(MapLayer, ref), lang=request.lang)
    form.is_valid()
    layer_actions.again(
        request.ctx,
        ref=ref,
        read_as=ReadAs(**{name: form.cleaned_data.get(name, "") for name in form.fields}),
    )


again = act(PERMISSION, _again, w("又读了一遍，请核对"), back=_back)
drop = act(
    PERMISSION,
    lambda r, ref: layer_actions.drop(r.ctx, ref=ref),
    w("已放弃，地图没有变"),
    back=lambda r, ref: _back(r),
)
undo = asked(
    PERMISSION,
    lambda r, given, ref: layer_actions.undo(r.ctx, ref=ref, reason=given["reason"]),
    w("已撤回，地图回到以前"),
    back=_back,
    question=lambda r, ref: t(r.lang, w("撤回图层 {ref}？"), ref=r.ctx.one(MapLayer, ref).ref),
    effect=w("地图回到换它以前的样子；文件和这条记录都留着。"),
    do_word=w("撤回"),
    form=Reason,
)
