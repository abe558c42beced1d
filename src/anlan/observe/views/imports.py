"""数据导入: choose a file, look at it as it was understood, confirm; afterwards a file of the rows that were not taken."""

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_http_methods

from anlan.foundation.errors import AnlanError
from anlan.foundation.words import t, w
from anlan.observe.actions import imports as actions
from anlan.observe.events import IMPORT
from anlan.observe.queries import imports
from anlan.observe.rules import csvrows
from anlan.observe.rules.csvrows import Wrong
from anlan.ui.acts import act, address, done, posted
from anlan.ui.pages import Request, attached, page

ERRORS_SHOWN = 50


class Upload(forms.Form):
    """A CSV file."""

    file = forms.FileField(label=w("CSV 文件"), allow_empty_file=True)


@page(IMPORT)
@require_http_methods(["GET", "POST"])
def listing(request: Request) -> HttpResponse:
    """The imports so far, and a form for the next one."""
    form = Upload(posted(request), request.FILES or None)
    if form.is_valid():
        file = form.cleaned_data["file"]
        try:
            ref = actions.begin(request.ctx, name=file.name, data=file.read())
            return done(request, w("文件已读，请核对后确认"), address(request, "imports", ref))
        except AnlanError as error:
            form.add_error("file", error.said(request.lang))
    context = {"form": form, "runs": imports.runs(request.ctx), "here": request.path, "now": request.ctx.now}
    return render(request, "observe/imports.html", context, status=422 if form.errors else 200)


@page(IMPORT)
@require_GET
def one(request: Request, ref: str) -> HttpResponse:
    """One import: the first rows as they were understood, or what became of it."""
    run = imports.run(request.ctx, ref)
    wrongs = [Wrong(*row) for row in run.errors]
    context = {
        "run": run,
        "preview": imports.preview(request.ctx, run),
        "wrongs": [(wrong, t(request.lang, wrong.text, n=wrong.n)) for wrong in wrongs[:ERRORS_SHOWN]],
        "good": max(run.rows - len(wrongs), 0),
        "here": request.path,
        "now": request.ctx.now,
    }
    return render(request, "observe/import.html", context)


confirm = act(
    IMPORT,
    lambda r, ref: actions.confirm(r.ctx, ref=ref),
    w("已交给引擎写入"),
    back=lambda r, ref: address(r, "imports", ref),
)


@page(IMPORT)
@require_GET
def errors(request: Request, ref: str) -> HttpResponse:
    """The rows that were not taken, as CSV."""
    run = imports.run(request.ctx, ref)
    wrongs = [Wrong(*row) for row in run.errors]
    data = imports.bytes_of(request.ctx, run)
    text = csvrows.error_file(data, wrongs, lambda wrong: t(request.lang, wrong.text, n=wrong.n))
    reply = HttpResponse("\ufeff" + text, content_type="text/csv; charset=utf-8")
    return attached(reply, f"{run.ref}-errors.csv")
