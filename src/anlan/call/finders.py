"""What `/` finds of call-downs: by number or place."""

from collections.abc import Iterator

from django.db.models import Q

from anlan.call.calldown_rows import seen
from anlan.foundation.context import Ctx
from anlan.foundation.words import t, w
from anlan.foundation.worlds import beijing
from anlan.places.atlas import atlas
from anlan.ui.finding import AT_MOST, Finder, Hit


def _found(ctx: Ctx, text: str, lang: str) -> Iterator[Hit]:
    rows = seen(ctx).filter(Q(ref=text.upper()) | Q(place__name__contains=text)).order_by("-opened_at", "-pk")
    for row in rows[:AT_MOST]:
        about = f"{row.ref} · {beijing(row.opened_at):%m-%d %H:%M} · {t(lang, row.stage_word)}"
        yield Hit(name=atlas().by_id[row.place_id].name, page=f"calls/{row.ref}", about=about)


FINDERS = (Finder(word=w("叫应"), permission="warn.view", place=5, find=_found),)
