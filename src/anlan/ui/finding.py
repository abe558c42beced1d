"""找: what `/` finds. A room names its finders in its `apps.py`; each answers within scope, people by their whole name alone."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import islice

from anlan.foundation import rooms
from anlan.foundation.context import Ctx

AT_MOST = 8


@dataclass(frozen=True, kw_only=True)
class Hit:
    """One thing that was found; `page` lies below the world, or from /."""

    name: str
    page: str
    about: str = ""
    group: str = ""  # where one finder brings several

    def address(self, world: str) -> str:
        return self.page if self.page.startswith("/") else f"/w/{world}/{self.page}"


@dataclass(frozen=True, kw_only=True)
class Finder:
    """What a room finds by a text: (ctx, text, language) → hits, the likeliest first. Asked only of who has the permission."""

    word: str
    permission: str
    place: int
    find: Callable[[Ctx, str, str], Iterable[Hit]]


def found(ctx: Ctx, text: str, lang: str) -> dict[str, list[Hit]]:
    """By the word of its group, the hits of all rooms; nothing for nothing."""
    groups: dict[str, list[Hit]] = {}
    finders = sorted((each for told in rooms.brought("finders") for each in told), key=lambda f: f.place)
    for finder in finders if text else ():
        if not finder.permission or ctx.may(finder.permission):
            for hit in finder.find(ctx, text, lang):
                groups.setdefault(hit.group or finder.word, []).append(hit)
    return {word: list(islice(hits, AT_MOST)) for word, hits in groups.items()}
