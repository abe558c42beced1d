"""The addresses of all registers below /w/<world>/registers/; each page says whose permission opens it."""

from functools import partial

from django.urls import URLPattern, path
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from anlan.registers import steps
from anlan.registers.all import registers
from anlan.registers.register import Register
from anlan.registers.views import acts, attached, entries, files, listing, printing, stepping
from anlan.ui.pages import page

_look, _form = require_GET, require_http_methods(["GET", "POST"])


def _pages(register: Register) -> list[URLPattern]:
    base = f"w/<slug:world>/registers/{register.name}"
    found = [
        ("", register.view, _look, listing.listing),
        ("/template", register.view, _look, files.template),
        ("/export.xlsx", register.view, _look, files.export_xlsx),
        ("/export.csv", register.view, _look, files.export_csv),
        ("/print", register.view, _look, printing.list_sheet),
        ("/views", register.view, require_POST, listing.save_view),
        ("/views/<int:number>/drop", register.view, require_POST, listing.drop_view),
        ("/bulk", register.view if register.life else register.keep, require_POST, acts.bulk),
        ("/new", register.keep, _form, entries.new),
        ("/file", register.keep, _form, files.send),
        ("/file/<str:upload>", register.keep, _form, files.looked),
        ("/file/<str:upload>/errors", register.keep, _look, files.errors),
        ("/file/<str:upload>/undo", register.keep, _form, acts.undo_file),
        *(
            (f"/step/{event}", steps.door(register, event), _form, partial(stepping.step, event=str(event)))
            for event in register.events
        ),
        ("/<path:ref>/undo", register.view if register.life else register.keep, _form, acts.undo),
        *([("/<path:ref>/end", register.keep, _form, acts.end)] if register.ends else []),
        *([("/<path:ref>/open", register.opens, _form, acts.unmask)] if register.is_sealed else []),
        ("/<path:ref>/files", register.keep, require_POST, attached.add),
        ("/<path:ref>/files/<str:digest>", register.view, _look, attached.show),
        ("/<path:ref>/files/<str:digest>/remove", register.keep, _form, attached.remove),
        ("/<path:ref>/print", register.view, _look, printing.entry_sheet),
        ("/<path:ref>/change", register.keep, _form, entries.change),
        ("/<path:ref>", register.view, _look, entries.one),
    ]
    pages = [(base + tail, permission, method, view) for tail, permission, method, view in found]
    pages.append((f"w/<slug:world>/forms/{register.name}.json", register.view, _look, printing.form))
    return [
        path(address, page(permission)(method(partial(view, register=register))))
        for address, permission, method, view in pages
    ]


urlpatterns = [
    path("w/<slug:world>/registers", page("registers.view")(_look(listing.index))),
    *(each for register in registers().values() for each in _pages(register)),
]
