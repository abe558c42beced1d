"""What `/` finds of alerts: by number, or by a part of the headline."""

from collections.abc import Iterator

from django.db.models import Q

from anlan.foundation.context import Ctx
from anlan.foundation.words import t, w
from anlan.ui.finding import AT_MOST, Finder, Hit
from anlan.warn.queries.alerts import visible
from anlan.warn.rules.alert.shapes import State


def _found(ctx: Ctx, text: str, lang: str) -> Iterator[Hit]:
    wanted = Q(ref=text.upper()) | Q(headline__contains=text)
    for row in visible(ctx).filter(wanted).order_by("-drafted_at", "-pk")[:AT_MOST]:
        about = f"{row.ref} · {t(lang, State(row.state).word)}"
        yield Hit(name=row.headline, page=f"alerts/{row.ref}", about=about)


FINDERS = (Finder(word=w("预警"), permission="warn.view", place=4, find=_found),)
