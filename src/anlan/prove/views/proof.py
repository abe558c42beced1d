"""证明: of a village, of a township, of a duty holder; on screen, as PDF, as CSV."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from anlan.call.queries.calls import call_downs
from anlan.foundation.words import written
from anlan.move.queries.moves import moves
from anlan.people import queries as people
from anlan.places.atlas import Place, atlas
from anlan.prove.actions import sealing
from anlan.prove.documents.duty import duty_paper
from anlan.prove.documents.papers import Paper
from anlan.prove.documents.reader import Reader, the_place
from anlan.prove.documents.render import pdf, villages_csv
from anlan.prove.documents.village import village_paper
from anlan.prove.documents.whole import whole_paper
from anlan.prove.queries.proof import village_proofs
from anlan.ui.acts import address, done
from anlan.ui.pages import Request, attached, page


def reader(request: Request) -> Reader:
    return Reader(request.ctx, request.lang, is_synthetic=any(p.synthetic for p in atlas().places))


@page("warn.proof")
@require_GET
def index(request: Request) -> HttpResponse:
    """Every township where somebody was called or told to move, newest first."""
    ctx = request.ctx
    calls = [*call_downs(ctx, is_open=True), *call_downs(ctx, is_open=False, limit=400)]
    known = list(moves(ctx, "").values())
    towns = dict.fromkeys([c.place for c in calls] + [atlas().township(m.place) for m in known])
    rows = []
    for town in towns:
        own = [c for c in calls if c.place is town]
        moved = [m for m in known if m.place.path.startswith(town.path)]
        rows.append(
            {
                "place": town,
                "first": min((c.row.opened_at for c in own), default=None),
                "times": len(own),
                "moved": sum(m.moved for m in moved),
                "to_move": sum(m.to_move for m in moved),
                "url": address(request, "proof", town.code),
            }
        )
    return render(request, "prove/proof.html", {"rows": rows})


@page("warn.proof")
@require_GET
def one(request: Request, code: str) -> HttpResponse:
    """The proof of a village, or of a township with all its villages."""
    place = the_place(request.ctx, code)
    holders = people.holders(request.ctx, path=place.path)
    names = people.masked_names(request.ctx, [h.ref for h in holders])
    context = {
        "paper": _paper(request, place),
        "here": address(request, "proof", code),
        "has_csv": True,
        "holders": [
            {
                "url": address(request, "proof", "holders", h.ref),
                "text": f"{written(request.lang, h.title)} {names.get(h.ref, '')}",
            }
            for h in holders
        ],
        "back": address(request, "proof", atlas().township(place).code)
        if place.tier == 4
        else address(request, "proof"),
    }
    return render(request, "prove/paper.html", context)


def _paper(request: Request, place: Place) -> Paper:
    made = village_paper if place.tier == 4 else whole_paper
    return made(reader(request), place)


@page("warn.proof")
@require_GET
def as_pdf(request: Request, code: str) -> HttpResponse:
    """The same as PDF."""
    place = the_place(request.ctx, code)
    return attached(
        HttpResponse(pdf(_paper(request, place), request.lang), content_type="application/pdf"),
        f"{place.name}-{code}.pdf",
    )


@page("warn.proof")
@require_GET
def as_csv(request: Request, code: str) -> HttpResponse:
    """The villages as CSV, with the columns of the replay's report."""
    place = the_place(request.ctx, code)
    rows = village_proofs(request.ctx, atlas().township(place).path)
    own = [row for row in rows if row.place.path.startswith(place.path)]
    return attached(
        HttpResponse(villages_csv(own).encode(), content_type="text/csv; charset=utf-8"),
        f"{place.name}-{code}.csv",
    )


@page("warn.proof")
@require_GET
def duty(request: Request, ref: str) -> HttpResponse:
    """尽职履职单 of one duty holder."""
    found = duty_paper(reader(request), ref)
    place = atlas().by_path[found.holder.place_path]
    context = {
        "paper": found.paper,
        "here": address(request, "proof", "holders", ref),
        "may_seal": bool(found.facts),
        "back": address(request, "proof", place.code) if place.tier >= 3 else address(request, "proof"),
    }
    return render(request, "prove/paper.html", context)


@page("warn.proof")
@require_GET
def duty_pdf(request: Request, ref: str) -> HttpResponse:
    """The same as PDF."""
    found = duty_paper(reader(request), ref)
    return attached(
        HttpResponse(pdf(found.paper, request.lang), content_type="application/pdf"),
        f"{found.paper.number}.pdf",
    )


@page("warn.proof")
@require_POST
def seal(request: Request, ref: str) -> HttpResponse:
    """Seal the sheet: its digest goes into the chain."""
    found = duty_paper(reader(request), ref)
    sealing.seal(
        request.ctx,
        holder=ref,
        digest=found.digest,
        place=found.holder.place_path,
        entries=len(found.facts),
    )
    return done(
        request, "已封存。之后再有记录会写明，要重新封存。", address(request, "proof", "holders", ref)
    )
