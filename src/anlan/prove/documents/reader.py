"""Who a document is for, and what all of them say alike: the frame, clocks, places."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from anlan.foundation import journal
from anlan.foundation.context import Ctx
from anlan.foundation.errors import NotFound
from anlan.foundation.words import t
from anlan.judge.rules.plainwords import BEIJING
from anlan.places.atlas import Place, atlas

WIDTHS = (3, 10, 8, 5)
"""Of a table of facts: time, what, who, journal."""


@dataclass(frozen=True)
class Reader:
    """Who makes a document, in which language, about which world."""

    ctx: Ctx
    lang: str
    is_synthetic: bool

    def say(self, text: str, **values: object) -> str:
        return t(self.lang, text, **values)

    def frame(self) -> dict[str, Any]:
        """What every document of this reader carries."""
        head = journal.head(self.ctx.world)
        return {
            "unit": self.ctx.actor.organisation,
            "span": self.say("截至 {at}", at=spelled(self.ctx.now)),
            "notes_title": self.say("没做到和说不准的"),
            "foot": (f"{self.say('日志第 {n} 条', n=head.seq)} {head.hash[:16]}", "anlan journal verify"),
            "drill": "" if self.ctx.world.is_live else self.say("演练　不是真实灾情"),
            "synthetic": self.say("合成数据") if self.is_synthetic else "",
        }


def spelled(at: datetime) -> str:
    return at.astimezone(BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def hours(at: datetime | None) -> str:
    return at.astimezone(BEIJING).strftime("%H:%M:%S") if at else "—"


def the_place(ctx: Ctx, code: str) -> Place:
    """A village or township within scope. Raises: NotFound."""
    place = atlas().code(code)
    if place.tier < 3 or not ctx.scope.holds(place.path):
        raise NotFound("没有代码为 {code} 的乡镇或村，或不在您的范围内。", code=code)
    return place


def full_name(place: Place) -> str:
    names = [atlas().county(place).name, atlas().township(place).name, place.name]
    return "".join(dict.fromkeys(names))
