"""What `/` finds of gauges: by a part of the name or the beginning of the address."""

from collections.abc import Iterator

from django.db.models import Q

from anlan.foundation.context import Ctx
from anlan.foundation.words import w
from anlan.observe.models import Station
from anlan.ui.finding import AT_MOST, Finder, Hit


def _found(ctx: Ctx, text: str, lang: str) -> Iterator[Hit]:
    rows = ctx.rows(Station).filter(Q(name__contains=text) | Q(address__startswith=text.upper()))
    for name, address in rows.order_by("address").values_list("name", "address")[:AT_MOST]:
        yield Hit(name=name, page=f"stations/{address}", about=address)


FINDERS = (Finder(word=w("测站"), permission="observe.view", place=3, find=_found),)
