"""What `/` finds of moves: by number or place."""

from collections.abc import Iterator

from django.db.models import Q

from anlan.foundation.context import Ctx
from anlan.foundation.words import w
from anlan.foundation.worlds import beijing
from anlan.move.models import Evacuation
from anlan.places.atlas import atlas
from anlan.ui.finding import AT_MOST, Finder, Hit


def _found(ctx: Ctx, text: str, lang: str) -> Iterator[Hit]:
    rows = ctx.rows(Evacuation).filter(Q(ref=text.upper()) | Q(place__name__contains=text)).order_by("-pk")
    for row in rows[:AT_MOST]:
        place = atlas().by_id[row.place_id]
        yield Hit(
            name=place.name,
            page=f"moving/{row.ref}",
            about=f"{row.ref} · {beijing(row.began_at):%m-%d %H:%M}",
        )


FINDERS = (Finder(word=w("转移避险"), permission="warn.view", place=6, find=_found),)
