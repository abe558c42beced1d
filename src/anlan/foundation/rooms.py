"""Rooms: each says in its own `apps.py` what it brings to the house; settings, addresses, API, menu, desk and doctor find it there.

A new room is a folder beside the others with an `apps.py`, its pages in `urls.py`, operations in `api.py`, words in `words.toml`.
Nothing here knows Django: a model at the command line asks for kinds of packs, and the settings themselves find the rooms here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules
from typing import Any, ClassVar

import anlan
from anlan.foundation.words import w

GROUPS = {
    "watch": w("值守"),
    "map": w("一张图"),
    "warn": w("监测预警"),
    "command": w("指挥处置"),
    "supply": w("保障"),
    "prevent": w("防范"),
    "review": w("救助评估"),
    "registers": w("名册"),
    "system": w("系统"),
}
"""Words of the rail, by what one does; the last two stand at its foot. One without a page that the reader may enter is not shown."""
FOOT = ("registers", "system")


@dataclass(frozen=True)
class Entry:
    """A word of the menu: its page below the world (from / where it lies outside), who may enter, its group and place there."""

    word: str
    page: str
    permission: str
    group: str
    place: int
    inside: tuple[str, ...] = ()  # pages that belong to it without standing below its address
    about: str = ""  # what the page is for, in one sentence
    help: str = ""  # how it is used: thirty seconds of reading

    def address(self, world: str, page: str = "") -> str:
        page = page or self.page
        return page if page.startswith("/") else f"/w/{world}/{page}"


class Room:
    """What a room brings. Functions are named `module:name` inside the room, for they are read once Django stands."""

    name: ClassVar[str]  # its package
    after: ClassVar[str] = ""  # the room before it in the order of facts
    registers: ClassVar[tuple[str, ...]] = ()  # modules that register handlers and due work
    menu: ClassVar[tuple[Entry, ...]] = ()
    events: ClassVar[Mapping[str, str]] = {}  # its names in the journal, in speech
    sayings: ClassVar[str] = ""  # names in the journal → ui.speech.Saying, for the story of a place
    rings: ClassVar[
        tuple[str, ...]
    ] = ()  # names, or beginnings of names, after which the red line is asked for anew
    pack_kinds: ClassVar[Mapping[str, tuple[str, tuple[str, ...]]]] = {}
    """Kind of pack → its word, and the tables without which such a pack says nothing."""
    permissions: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    """Permission → roles that have it, as long as the roles pack of the place names it for nobody."""
    dues: ClassVar[str] = (
        ""  # for the desk: a ui.due.Dues, what waits for a person, its sentences and its buttons
    )
    finders: ClassVar[str] = ""  # for `/`: a tuple of ui.finding.Finder
    today: ClassVar[str] = ""  # for a desk where nothing waits: a tuple of ui.today.Line
    homes: ClassVar[
        Mapping[str, str]
    ] = {}  # role → the page below the world where it lands; others at the desk
    steps: ClassVar[str] = ""  # before the first night: a tuple of ui.onset.Step
    lines: ClassVar[str] = ""  # kinds of lines out: a tuple of reach.kinds.Kind
    texts: ClassVar[str] = (
        ""  # of messages: {purpose: (ctx, reach.models.Message) → text, empty when nobody need be told any more}
    )
    counters: ClassVar[str] = ""  # for /metrics: () → (name, kind, about, samples) …
    checks: ClassVar[str] = ""  # for doctor: () → (code, zh, en, mend zh, mend en) …
    samples: ClassVar[str] = ""  # for the walk of pages: (ctx) → {(segment before, parameter): value}

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.name = cls.__module__.rpartition(".")[0]

    @classmethod
    def ready(cls) -> None:
        """Called once Django stands (`conf/plug.py`)."""
        for module in cls.registers:
            import_module(f"{cls.name}.{module}")

    @classmethod
    def part(cls, module: str) -> Any:
        """A module of the room, or None where it has none."""
        name = f"{cls.name}.{module}"
        return import_module(name) if find_spec(name) else None

    @classmethod
    def function(cls, named: str) -> Callable[..., Any]:
        module, _, name = named.partition(":")
        return getattr(import_module(f"{cls.name}.{module}"), name)  # type: ignore[no-any-return]


@cache
def found() -> tuple[type[Room], ...]:
    """All rooms with an `apps.py`, in the order of facts; two after the same one by name."""
    waiting = {
        name: room
        for _, name, is_room in iter_modules(anlan.__path__)
        if is_room and find_spec(f"anlan.{name}.apps")
        for room in vars(import_module(f"anlan.{name}.apps")).values()
        if isinstance(room, type) and issubclass(room, Room) and room.__module__ == f"anlan.{name}.apps"
    }
    ordered: list[type[Room]] = []
    below: dict[str, list[str]] = {}
    for name in sorted(waiting):
        below.setdefault(waiting[name].after, []).append(name)
    ahead = list(reversed(below.pop("", [])))
    while ahead:
        name = ahead.pop()
        ordered.append(waiting[name])
        ahead += reversed(below.pop(name, []))
    if below:
        raise LookupError(f"rooms stand after rooms that do not exist: {below}")
    return tuple(ordered)


def brought(attribute: str) -> list[Any]:
    """What the rooms name as `module:name`, in their order."""
    return [room.function(named) for room in found() if (named := getattr(room, attribute))]


def merged(attribute: str) -> dict[str, Any]:
    """A mapping of all rooms as one. Raises ValueError where two rooms claim the same key."""
    whole: dict[str, Any] = {}
    for room in found():
        for key, value in getattr(room, attribute).items():
            if whole.setdefault(key, value) is not value:
                raise ValueError(f"{room.name}: {attribute} {key!r} is another room's already")
    return whole
