"""A step of one entry, or of several that were chosen: asked first, with the columns that it wants and the reason."""

from typing import Any

from django import forms
from django.http import HttpResponse

from anlan.foundation.errors import Invalid
from anlan.foundation.words import t, w
from anlan.registers import queries, steps
from anlan.registers.columns import Look
from anlan.registers.register import Register
from anlan.registers.views.acts import MOST, Why, asked
from anlan.registers.views.listing import here
from anlan.ui.acts import done, not_done, posted
from anlan.ui.pages import Request


def step(request: Request, event: str, register: Register) -> HttpResponse:
    ctx, given = request.ctx, request.POST if request.method == "POST" else request.GET
    refs = list(dict.fromkeys(given.getlist("ref")))[:MOST]
    if not refs:
        return not_done(request, Invalid("请先选几条。"), here(request, register))
    rows = queries.entries(ctx, register, refs)
    back = here(request, register, *(refs if len(refs) == 1 else ()))
    word = t(request.lang, queries.word_of_step(register, event))

    def do(told: dict[str, Any]) -> HttpResponse:
        cells = {name: told[name] for name in register.asks.get(event, ())}
        n = steps.take(ctx, register, rows, event, cells, why=told["why"], version=told["version"])
        return done(request, w("已办：{word}，{n} 条。"), back, word=word, n=n)

    names = "、".join(map(register.name_of, rows[:5])) + ("…" if len(rows) > 5 else "")
    question = t(request.lang, w("{word}：{name}？"), word=word, name=names)
    return asked(request, _form(request, event, register, rows), do, question=question, do=word, back=back)


def _form(request: Request, event: str, register: Register, rows: list[Any]) -> forms.Form:
    """The columns that the step wants, then why; which entries, and for one entry as which it was read."""
    look, wanted = Look(request.ctx, lang=request.lang), register.asks.get(event, ())
    fields: dict[str, forms.Field] = {n: register.column(n).form(look) for n in wanted if n != steps.WHY}
    for field in fields.values():
        field.required = True
    is_one = len(rows) == 1
    initial = {n: register.column(n).typed(rows[0]) for n in fields} if is_one else {}
    fields["why"] = (
        Why().fields["why"]
        if steps.WHY in wanted
        else forms.CharField(label=w("备注"), required=False, max_length=200)
    )
    fields["version"] = forms.CharField(widget=forms.HiddenInput, required=False)
    fields["ref"] = forms.MultipleChoiceField(
        choices=[(ref, ref) for ref in map(register.ref_of, rows)], widget=forms.MultipleHiddenInput
    )
    initial |= {
        "ref": list(map(register.ref_of, rows)),
        "version": register.version_of(rows[0]) if is_one else "",
    }
    return type("StepForm", (forms.Form,), fields)(posted(request), initial=initial)
