"""Files: a template out, a filled one in, what was understood, what was wrong; a view as xlsx or csv."""

import io
from collections.abc import Iterator

from django.http import HttpResponse, HttpResponseRedirect, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from anlan.foundation.errors import AnlanError
from anlan.foundation.words import t, w
from anlan.registers import queries, uploads
from anlan.registers.books import writing as books
from anlan.registers.books.heads import Head
from anlan.registers.columns import Look
from anlan.registers.models import Upload
from anlan.registers.register import Register
from anlan.registers.saved import COLUMN
from anlan.registers.views.listing import columns_of, here
from anlan.ui.acts import done, not_done
from anlan.ui.pages import Request, attached

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
SHOWN = 100
LOOKED = w("新增 {new} 条，改 {changed} 条，{same} 条没有变，{wrong} 行有错。还没写入。")
WRITTEN = w("已写入：新增 {new} 条，改 {changed} 条，{same} 条没有变。")


def _book(data: bytes, name: str) -> HttpResponse:
    return attached(HttpResponse(data, content_type=XLSX), f"{name}.xlsx")


def template(request: Request, register: Register) -> HttpResponse:
    return _book(uploads.template(request.ctx, register), f"{register.word}-{w('模板')}")


def export_xlsx(request: Request, register: Register) -> HttpResponse:
    out = io.BytesIO()
    heads, rows = _view(request, register)
    books.write_xlsx(out, register.word, heads, rows)
    return _book(out.getvalue(), register.word)


def export_csv(request: Request, register: Register) -> HttpResponseBase:
    lines = books.csv_lines(*_view(request, register))
    return attached(
        StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8"), f"{register.word}.csv"
    )


def _view(request: Request, register: Register) -> tuple[list[Head], Iterator[dict[str, str]]]:
    """The view that was looked at; with the columns that were chosen, if any were."""
    chosen, look = request.GET.getlist(COLUMN), Look(request.ctx)
    columns = columns_of(register, chosen) if chosen else register.columns
    rows = queries.cells(request.ctx, register, request.GET.dict(), columns)
    return [c.head(look) for c in columns], rows


def send(request: Request, register: Register) -> HttpResponse:
    """Take a file; it is looked at on its own page."""
    error = ""
    if request.method == "POST":
        file = request.FILES.get("file")
        try:
            if file is None:
                error = t(request.lang, w("还没选文件。"))
            else:
                ref = uploads.keep(request.ctx, register, file.read(), file.name or "")
                return HttpResponseRedirect(here(request, register, "file", ref))
        except AnlanError as refused:
            error = refused.said(request.lang)
    sent = uploads.sent(request.ctx, register)
    context = {"register": register, "here": here(request, register), "error": error, "sent": sent}
    return render(request, "registers/file.html", context, status=422 if error else 200)


def looked(request: Request, upload: str, register: Register) -> HttpResponse:
    """What was understood: new, changed, same, wrong. Nothing is saved before it is confirmed."""
    ctx, back = request.ctx, here(request, register)
    found = uploads.upload(ctx, register, upload)
    if request.method == "POST":
        try:
            if request.POST.get("do") == "cancel":
                uploads.cancel(ctx, register, upload)
                return done(request, w("已停下，一行也没有写入。"), back)
            found = uploads.confirm(ctx, register, upload)
        except AnlanError as error:
            return not_done(request, error, request.path)
        if found.state == Upload.State.SAVED:
            return done(request, WRITTEN, back, **found.counts)
        return HttpResponseRedirect(request.path)
    if found.state != Upload.State.LOOKED:
        context = {
            "register": register,
            "here": back,
            "upload": found,
            "counts": found.counts,
            "written": WRITTEN,
        }
        return render(request, "registers/under_way.html", context)
    seen = uploads.again(ctx, register, upload)
    words = {c.name: c.word for c in register.columns}
    wrong = [
        (line.number, words.get(name, ""), line.cells.get(name, ""), t(request.lang, why))
        for line in seen.judged.of("wrong")[:SHOWN]
        for name, why in line.wrong.items()
    ]
    changed = [
        (line.number, register.name_of(line.change.row), _told(register, line, request.lang))
        for line in seen.judged.of("changed")[:SHOWN]
        if line.change
    ]
    context = {"register": register, "here": back, "upload": found, "counts": seen.counts, "told": t(request.lang, LOOKED, **seen.counts),
               "said": seen.said,
               "wrong": wrong, "changed": changed, "may_save": not seen.counts["wrong"]
               and bool(seen.counts["new"] + seen.counts["changed"])}  # fmt: skip
    return render(request, "registers/looked.html", context)


def _told(register: Register, line: object, lang: str) -> list[tuple[str, str]]:
    """Which columns of a row change, and to what the file says."""
    change, cells = line.change, line.cells  # type: ignore[attr-defined]
    return [(register.column(name).word, cells.get(name, "")) for name in change.changed]


def errors(request: Request, upload: str, register: Register) -> HttpResponse:
    seen = uploads.again(request.ctx, register, upload)
    return _book(
        uploads.errors(request.ctx, register, seen, request.lang), f"{register.word}-{w('要改的行')}"
    )
