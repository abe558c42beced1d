"""How a room speaks on pages that join rooms: the reader's language, the moment, the place, and who the people are."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple

from django.urls import reverse

from anlan.foundation.context import Ctx
from anlan.foundation.words import Text, t, w
from anlan.ui import format as show


@dataclass(frozen=True)
class Words:
    """What a sentence needs besides its facts. `titles` holds, by ref, the people that the sentences name."""

    ctx: Ctx
    lang: str
    at: datetime | None = None
    titles: Mapping[str, str] = field(default_factory=dict)
    place: Any = None

    def __call__(self, text: Text, **values: object) -> str:
        return t(self.lang, text, **values)

    @property
    def now(self) -> datetime:
        return self.at or self.ctx.now

    def clock(self, at: datetime) -> str:
        return show.clock(at, self.now)

    def url(self, *parts: str) -> str:
        return "/".join(("/w", self.ctx.world.key, *parts))

    def link(self, name: str, **given: str) -> str:
        """The address of a page, by its room and name."""
        return str(reverse(name, kwargs={"world": self.ctx.world.key, **given}))

    def list(self, names: Iterable[str], most: int = 8) -> str:
        found = list(dict.fromkeys(names))
        return ("、" if self.lang == "zh" else ", ").join(found[:most]) + ("…" if len(found) > most else "")

    def who(self, ref: str) -> str:
        return self.titles.get(ref, "") or self(w("有人"))

    def people(self, refs: Iterable[str]) -> str:
        """村支书、副主任等 5 人: two titles, then how many."""
        found = list(dict.fromkeys(refs))
        names = self.list(self.who(ref) for ref in found[:2])
        return names if len(found) <= 2 else self(w("{names}等 {n} 人"), names=names, n=len(found))


Entry = Mapping[str, Any]
"""An entry of the journal as it was written: refs and body."""


class Told(NamedTuple):
    """One sentence of a story. `look` is key (a turn), safe (somebody was reached or counted) or empty."""

    text: str
    look: str = ""
    level: str = ""
    """A finding's grade, shown as 研判, never as a level."""


@dataclass(frozen=True)
class Saying:
    """How an entry of the journal is said in the story of a place; nothing where it does not concern it."""

    say: Callable[[Words, Entry], Told | None]
    of: str = ""
    """village: not told of the township whose entry it is; township: told of each of its villages too."""


def plain(text: str, look: str = "", *, of: str = "") -> Saying:
    return Saying(lambda say, entry: Told(say(text), look), of)
