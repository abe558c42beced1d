"""土壤含水: somebody sets how wet the ground of a township or county is; it ends by itself."""

from typing import Any

from django import forms
from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from anlan.foundation.errors import AnlanError, NotFound
from anlan.foundation.rules.reason import LEAST_REASON
from anlan.foundation.words import t, w
from anlan.observe.actions import soil as acts
from anlan.observe.queries import soil
from anlan.observe.queries.soil import Soil
from anlan.places.atlas import atlas
from anlan.ui.acts import address, ask, done, posted, wrong
from anlan.ui.pages import Request, page

CLASSES = {"dry": w("较干"), "normal": w("一般"), "wet": w("较湿")}
USUAL_HOURS = 24


def words(ground: Soil, lang: str) -> str:
    """How wet, and who says so, in one line."""
    if ground.wetness is None:
        return t(lang, w("土壤含水未知，按较湿"))
    said = {"rain": w("土壤含水{c}，按前期降雨推算"), "set": w("土壤含水{c}，人工设定")}
    return t(lang, said.get(ground.source, w("土壤含水{c}，想定假设")), c=t(lang, CLASSES[ground.wetness]))


class Wetness(forms.Form):
    """A class, for how long, and why."""

    wetness = forms.ChoiceField(label=w("土壤含水"), required=False)
    hours = forms.IntegerField(label=w("有效小时"), min_value=1, initial=USUAL_HOURS)
    reason = forms.CharField(label=w("理由"), min_length=LEAST_REASON, max_length=200)

    def __init__(self, *args: Any, lang: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(key, t(lang, word)) for key, word in CLASSES.items()]
        self.fields["wetness"].choices = [*choices[::-1], ("", t(lang, w("取消设定，按前期降雨")))]  # type: ignore[attr-defined]


@page("observe.soil")
@require_http_methods(["GET", "POST"])
def set_wetness(request: Request, code: str) -> HttpResponse:
    """Set the class of a township, a county or the city."""
    found = atlas().by_code.get(code)
    if found is None or found.tier > 3 or not request.ctx.scope.holds(found.path):
        raise NotFound("没有代码为 {place} 的乡镇或县，或不在您的辖区。", place=code)
    form = Wetness(posted(request), lang=request.lang)
    back = address(request, "stations")
    if form.is_valid():
        try:
            acts.set_wetness(request.ctx, place=code, **form.cleaned_data)
            return done(request, w("已设定，到时自动失效"), back)
        except AnlanError as error:
            wrong(form, error, request.lang)
    return ask(
        request,
        question=t(request.lang, w("设定{place}的土壤含水？"), place=found.name),
        effect=t(
            request.lang,
            w(
                "有按土壤含水分档指标的村从现在起按它研判，最长 {n} 小时；日志记下是谁、凭什么。拿不准就选较湿。"
            ),
            n=soil.rule().set_hours_most,
        ),
        do=w("设定"),
        back=back,
        form=form,
    )
