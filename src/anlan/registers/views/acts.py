"""Acts on an entry that ask first: end it, take back its last change, see what is sealed."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from anlan.foundation.errors import AnlanError, Invalid, NotFound
from anlan.foundation.rules.reason import LEAST_REASON
from anlan.foundation.words import t, w
from anlan.foundation.worlds import beijing
from anlan.registers import queries, saving, undoing, uploads
from anlan.registers.columns import CLEARED
from anlan.registers.events import ENDED
from anlan.registers.register import Register
from anlan.registers.views import entries
from anlan.registers.views.listing import here
from anlan.ui.acts import ask, done, not_done, posted
from anlan.ui.pages import Request

MOST = 500


class Why(forms.Form):
    why = forms.CharField(label=w("理由"), min_length=LEAST_REASON, max_length=200)


class End(Why):
    on = forms.CharField(label=w("哪天结束"), widget=forms.TextInput({"type": "date"}))
    field_order = ("on", "why")


def asked(
    request: Request, form: forms.Form, act: Callable[[dict[str, Any]], HttpResponse], **told: Any
) -> HttpResponse:
    """The question, until it is answered and the act is done; a refusal stands in the form."""
    if request.method == "POST" and form.is_valid():
        try:
            return act(form.cleaned_data)
        except saving.NotRead as error:
            for why in error.wrong.values():
                form.add_error(None, t(request.lang, why))
        except AnlanError as error:
            form.add_error(None, error.said(request.lang))
    return ask(request, form=form, **told)


def end(request: Request, ref: str, register: Register) -> HttpResponse:
    row, back = queries.entry(request.ctx, register, ref), here(request, register, ref)
    form = End(posted(request), initial={"on": beijing(request.ctx.now).date().isoformat()})

    def do(given: dict[str, Any]) -> HttpResponse:
        cells = {register.ends: given["on"]}
        saving.change(request.ctx, register, row, cells, why=given["why"], verb=ENDED)
        return done(request, w("已结束。"), back)

    question = t(request.lang, w("结束 {name}？"), name=register.ref_of(row))
    effect = w("从那天起不再用它。做过的事都留着，日期可以再改。")
    return asked(request, form, do, question=question, effect=effect, do=w("结束"), back=back)


def undo(request: Request, ref: str, register: Register) -> HttpResponse:
    row, back = queries.entry(request.ctx, register, ref), here(request, register, ref)
    past = undoing.last(request.ctx, register, ref)
    is_new = past is not None and past.is_new

    def do(given: dict[str, Any]) -> HttpResponse:
        undoing.take_back(request.ctx, register, ref, why=given["why"])
        return done(request, w("已撤回。"), here(request, register) if is_new else back)

    question = t(request.lang, w("撤回 {name} 最近一次改动？"), name=register.ref_of(row))
    effect = w("这一条是新登记的：撤回后它就没有了。") if is_new else w("改过的几列回到改以前的样子。")
    return asked(request, Why(posted(request)), do, question=question, effect=effect, do=w("撤回"), back=back)


def undo_file(request: Request, upload: str, register: Register) -> HttpResponse:
    back = here(request, register)
    found = uploads.upload(request.ctx, register, upload, saved=True)
    if found.by != request.ctx.actor.ref and not uploads.lies_within(request.ctx, register, upload):
        raise NotFound("没有这个上传的文件。请再传一次。")

    def do(given: dict[str, Any]) -> HttpResponse:
        n = undoing.take_back_file(request.ctx, register, upload, why=given["why"])
        return done(request, w("已撤回 {n} 条。"), back, n=n)

    told = {
        "question": t(request.lang, w("撤回文件 {ref} 的全部改动？"), ref=upload),
        "effect": w("新登记的都没有了，改过的回到改以前的样子。后来又改过的有一条，就一条也不撤。"),
        "do": w("撤回"),
        "back": f"{back}/file",
    }
    return asked(request, Why(posted(request)), do, **told)


def bulk(request: Request, register: Register) -> HttpResponse:
    """One column of the chosen entries becomes the same; or a step of all of them is asked for."""
    back, refs = here(request, register), request.POST.getlist("ref")
    if event := request.POST.get("step"):
        chosen = urlencode([("ref", ref) for ref in refs[:MOST]])
        return HttpResponseRedirect(f"{back}/step/{event}?{chosen}" if event in register.events else back)
    name, value = request.POST.get("column", ""), request.POST.get("value", "").strip()
    try:
        if not refs or name not in {c.name for c in register.columns if not c.fixed and not c.is_sealed}:
            raise Invalid("请先选几条，再选要改的列。")
        rows = queries.entries(request.ctx, register, refs[:MOST])
        why = request.POST.get("why", "")
        n = saving.change_many(request.ctx, register, rows, {name: value or CLEARED}, why=why)
    except AnlanError as error:
        return not_done(request, error, back)
    return done(request, w("已改 {n} 条。"), back, n=n)


def unmask(request: Request, ref: str, register: Register) -> HttpResponse:
    """What is sealed, on this page this one time."""
    row, back = queries.entry(request.ctx, register, ref), here(request, register, ref)

    def do(given: dict[str, Any]) -> HttpResponse:
        opened = undoing.unmask(request.ctx, register, ref, why=given["why"])
        return render(request, "registers/entry.html", entries.told(request, register, row, opened))

    question = t(request.lang, w("看 {name} 的完整内容？"), name=register.ref_of(row))
    effect = w("谁、什么时候、为什么看，都写进日志。")
    return asked(request, Why(posted(request)), do, question=question, effect=effect, do=w("看"), back=back)
