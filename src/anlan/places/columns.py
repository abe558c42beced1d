"""地点: the column of a place, by code or by name, within scope."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from anlan.foundation.context import Ctx
from anlan.foundation.crypto import normal_name
from anlan.foundation.errors import NotFound
from anlan.foundation.words import say, w
from anlan.places.atlas import Place, atlas
from anlan.places.models import Division
from anlan.registers.columns import Bad, Column, Look
from anlan.registers.links import Link
from anlan.registers.register import Change


def within(ctx: Ctx, path: str) -> Q:
    """Rows whose place lies in the reader's scope; `path` is the field that tells it."""
    found = Q() if ctx.scope.all else Q(pk__in=())
    for each in ctx.scope.paths:
        found |= Q(**{f"{path}__startswith": each})
    return found


@dataclass(frozen=True, kw_only=True)
class InPlace(Column):
    """A division in force within scope. A name that several bear wants the one above before it: 柳林镇联盟村."""

    name: str = "place"
    word: str = w("地点")
    tiers: tuple[int, ...] = ()  # any, when empty
    hint: str = w("区划代码，或乡镇加村名")
    sorts = False

    def resolve_many(self, look: Look, texts: set[str]) -> dict[str, Any]:
        return {text: self._find(look, text) for text in texts}

    def _find(self, look: Look, text: str) -> Place | Bad:
        here = atlas()
        if text.strip().isdigit():
            try:
                found = [here.code(text.strip())]
            except NotFound:
                found = []
        else:
            found = [p for p in self._named(normal_name(text)) if look.ctx.scope.holds(p.path)]
        if self.tiers:
            found = [p for p in found if p.tier in self.tiers]
        if not found:
            return Bad(say("没有 {name}，或不在您的范围内", name=text[:40]))
        if len(found) > 1:
            return Bad(say("有几个叫 {name} 的：请写上级加名字，或填代码", name=text[:40]))
        return found[0] if look.ctx.scope.holds(found[0].path) else Bad(say("不在您的辖区"))

    def _named(self, text: str) -> list[Place]:
        here = atlas()
        found = [p for p in here.places if normal_name(p.name) == text]
        if found:
            return found
        ends = [p for p in here.places if text.endswith(normal_name(p.name))]
        return [p for p in ends if _above(p) and text.removesuffix(normal_name(p.name)) in _above(p)]

    def read(self, text: str, look: Look) -> int:
        found = look.known[self.name][text]
        if isinstance(found, Bad):
            raise found
        return found.id

    def emptied(self) -> Any:
        return None

    def of(self, row: Any) -> Any:
        return getattr(row, f"{self.at}_id")

    def put(self, row: Any, value: Any) -> None:
        setattr(row, f"{self.at}_id", value)

    def place(self, row: Any) -> Place | None:
        return atlas().by_id.get(self.of(row))

    def path_of(self, row: Any) -> str:
        found = self.place(row)
        return found.path if found else ""

    def shown(self, row: Any) -> str:
        found = self.place(row)
        above = atlas().parent(found) if found and found.tier == 4 else None
        return f"{above.name if above else ''}{found.name}" if found else ""

    def typed(self, row: Any) -> str:
        found = self.place(row)
        return found.code if found else ""

    def wired(self, row: Any) -> Any:
        return self.typed(row)

    def filed(self, row: Any) -> str:
        return self.typed(row)

    def told(self, value: Any) -> Any:
        found = atlas().by_id.get(value)
        return found.code if found else None

    def told_in_words(self, told: Any, lang: str) -> str:
        found = atlas().by_code.get(told or "")
        return found.name if found else str(told or "")

    def q(self, text: str, look: Look) -> Q:
        look.known.setdefault(self.name, {}).update(self.resolve_many(look, {text}))
        place = atlas().by_id[self.read(text, look)]
        return Q(**{f"{self.at}__path__startswith": place.path})

    def found(self, text: str) -> Q:
        return Q(**{f"{self.at}__name__contains": text})

    def choices(self, look: Look) -> Sequence[tuple[str, str]]:
        return ()


@dataclass(frozen=True, kw_only=True)
class InPlaces(Link):
    """Several divisions in one cell, with a 、 between; the model's field is a ManyToMany."""

    target: Callable[[Ctx], Any] = lambda ctx: ctx.rows(Division)
    many: bool = True
    tiers: tuple[int, ...] = ()
    hint: str = w("区划代码，或乡镇加村名；几个之间用 、 隔开")

    def resolve_many(self, look: Look, texts: set[str]) -> dict[str, Any]:
        one = InPlace(name=self.name, tiers=self.tiers)
        found = one.resolve_many(look, {part for text in texts for part in self.parts(text)})
        return {text: place if isinstance(place, Bad) else place.id for text, place in found.items()}

    def _places(self, row: Any) -> list[Place]:
        return [place for pk in self.of(row) if (place := atlas().by_id.get(pk))]

    def shown(self, row: Any) -> str:
        return "、".join(place.name for place in self._places(row))

    def typed(self, row: Any) -> str:
        return "、".join(place.code for place in self._places(row))

    def teller(self, values: Iterable[Any], ctx: Ctx) -> Callable[[Any], Any]:
        return lambda value: [place.code for pk in value or () if (place := atlas().by_id.get(pk))]


def _above(place: Place) -> set[str]:
    """How the places above one may be written before its name: 柳林镇, 随县柳林镇 …"""
    names, path = [""], place.path[:-4]
    while path:
        above = atlas().by_path.get(path)
        if above is None:
            break
        names.append(normal_name(above.name) + names[-1])
        path = path[:-4]
    return {
        *names[1:],
        *(
            normal_name(p.name)
            for end in range(4, len(place.path), 4)
            if (p := atlas().by_path.get(place.path[:end]))
        ),
    }


def at_its_place(change: Change) -> None:
    """Without a position of its own a new entry stands where its place is."""
    place = atlas().by_id[change.row.place_id]
    for name in ("lon", "lat"):
        if getattr(change.row, name) is None:
            setattr(change.row, name, getattr(place, name))
