"""What `/` finds of runs: by number, title or place."""

from collections.abc import Iterator

from django.db.models import Q

from anlan.foundation.context import Ctx
from anlan.foundation.words import w
from anlan.foundation.worlds import beijing
from anlan.places.atlas import atlas
from anlan.simulate.models import Run
from anlan.ui.finding import AT_MOST, Finder, Hit


def _found(ctx: Ctx, text: str, lang: str) -> Iterator[Hit]:
    wanted = Q(ref=text.upper()) | Q(title__contains=text) | Q(place__name__contains=text)
    for run in ctx.rows(Run).filter(wanted).order_by("-pk")[:AT_MOST]:
        name = run.title or atlas().by_id[run.place_id].name
        page = "ensembles" if run.kind == "ensemble" else "runs"
        yield Hit(
            name=name, page=f"{page}/{run.ref}", about=f"{run.ref} · {beijing(run.ordered_at):%m-%d %H:%M}"
        )


FINDERS = (Finder(word=w("洪水模拟"), permission="simulate.view", place=7, find=_found),)
