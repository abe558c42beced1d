"""What `/` finds of rule packs: by a part of the title or of the id."""

from collections.abc import Iterator
from itertools import islice

from anlan.foundation import packs, rooms
from anlan.foundation.context import Ctx
from anlan.foundation.home import home
from anlan.foundation.words import t, w
from anlan.ui.finding import AT_MOST, Finder, Hit


def _found(ctx: Ctx, text: str, lang: str) -> Iterator[Hit]:
    shelf, words = packs.load_all(home=home()), rooms.merged("pack_kinds")
    all_of_them = {pack.id: pack for kind in words for pack in shelf.of_kind(kind)}
    wanted = text.casefold()
    hits = (p for p in all_of_them.values() if wanted in " ".join((p.id, *p.title.values())).casefold())
    for pack in islice(hits, AT_MOST):
        yield Hit(
            name=t(lang, pack.title),
            page=f"packs/{pack.id}",
            about=f"{pack.id} · {t(lang, words[pack.kind][0])}",
        )


FINDERS = (Finder(word=w("规则包"), permission="packs.view", place=10, find=_found),)
