"""What `/` finds of places: by a part of the name, an alias or the beginning of the code."""

from collections.abc import Iterator
from itertools import islice

from anlan.foundation.context import Ctx
from anlan.foundation.words import w
from anlan.places import queries
from anlan.places.atlas import Place, atlas
from anlan.ui.finding import AT_MOST, Finder, Hit


def _found(ctx: Ctx, text: str, lang: str) -> Iterator[Hit]:
    within = (p for p in queries.search(text, limit=2000) if ctx.scope.holds(p.path))
    for place in islice(within, AT_MOST):
        above = " · ".join(each.name for each in _above(place))
        yield Hit(name=place.name, page=f"map/place/{place.path}", about=f"{above} {place.code}".strip())


def _above(place: Place) -> list[Place]:
    parent = atlas().parent(place)
    return [*_above(parent), parent] if parent else []


FINDERS = (Finder(word=w("地方"), permission="places.view", place=2, find=_found),)
