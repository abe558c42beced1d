"""责任人名册: who must answer for a place, with name and number in the same row; and the households, with who helps them."""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from django.db.models import Q

from anlan.foundation import crypto, packs
from anlan.foundation.context import Ctx
from anlan.foundation.words import Said, Sentence, say, t, w
from anlan.foundation.worlds import beijing
from anlan.people.holder_link import OneHolder
from anlan.people.models import ContactPoint, DutyHolder, Household, Organisation, Person, Resident
from anlan.people.numbers import FirstNumber
from anlan.places.atlas import atlas
from anlan.places.columns import InPlace, InPlaces, at_its_place
from anlan.registers import saving
from anlan.registers.books.heads import Head
from anlan.registers.columns import Bad, Choice, Code, Column, Day, Decimal, Flag, Look, Text, Whole, chunks
from anlan.registers.links import Link
from anlan.registers.register import Change, Figure, Register
from anlan.registers.sealed import Sealed

LEVELS = {
    "county": w("县级"), "township": w("乡镇级"), "village": w("村级"), "group": w("组级"), "household": w("户级"),
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Level(Choice):
    """级别: 村 is as good as 村级."""

    words: Mapping[str, str] = field(default_factory=lambda: LEVELS)

    def read(self, text: str, look: Look) -> str:
        return super().read(f"{text}级" if f"{text}级" in LEVELS.values() else text, look)


def _duties() -> Iterator[Mapping[str, Any]]:
    return (row for pack in packs.of_kind("duty_kinds") for row in pack.data["duty"])


def kinds() -> dict[str, dict[str, str]]:
    """Kinds of duty by code, titled as the packs title them."""
    return {row["code"]: row["title"] for row in _duties()}


def spellings() -> dict[str, str]:
    """Every way to write a kind of duty, without spaces and differences of brackets, with its code: 村支书 …"""
    found = {_folded(x): row["code"] for row in _duties() for x in row.get("also", ())}
    return found | {
        _folded(x): row["code"] for row in _duties() for x in (row["code"], *row["title"].values())
    }


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())


def nearest(text: str) -> list[str]:
    """The titles that a kind which nobody knows is most like; all of them where it is like none."""
    known, titles = spellings(), kinds()
    alike = dict.fromkeys(known[x] for x in get_close_matches(_folded(text), known, n=6, cutoff=0.4))
    return [titles[code]["zh"] for code in list(alike)[:3] or titles]


@dataclass(frozen=True, kw_only=True)
class DutyKind(Column):
    """责任种类: one of those that the packs tell."""

    def read(self, text: str, look: Look) -> str:
        found = spellings().get(_folded(text))
        if found is None:
            raise Bad(say("没有 {name} 这一种，是不是：{n}", name=text[:40], n="、".join(nearest(text))))
        return found

    def shown(self, row: Any) -> str:
        return kinds().get(self.of(row), {"zh": str(self.of(row))})["zh"]

    def said(self, row: Any, lang: str) -> str:
        return self.told_in_words(self.of(row), lang)

    def typed(self, row: Any) -> str:
        return str(self.of(row))

    def told_in_words(self, told: Any, lang: str) -> str:
        return t(lang, kinds()[told]) if told in kinds() else str(told or "")

    def choices(self, look: Look) -> Sequence[tuple[str, str]]:
        return [(code, Said(t(look.lang, title))) for code, title in kinds().items()]

    def head(self, look: Look) -> Head:
        told = tuple(title["zh"] for title in kinds().values())
        return Head(name=self.name, word=self.word, required=self.required, choices=told, note=self.hint)


@dataclass(frozen=True, kw_only=True)
class HolderName(Sealed):
    """姓名: another name is another person; whoever bears it with the same number already is that person."""

    def of(self, row: Any) -> str:
        return crypto.unseal(row.person.name_sealed, row.person.ref) if row.person_id else ""

    def put(self, row: Any, value: Any) -> None:
        ref = f"{row.ref}-{row.person_id}" if row.person_id else str(row.ref)
        place = atlas().by_id[row.place_id]
        row.newcomer = Person(
            ref=ref, name_sealed=crypto.seal(value, ref), name_index=self.key(value), place_id=row.place_id,
            lon=place.lon, lat=place.lat, synthetic=False,
        )  # fmt: skip

    def key_of(self, row: Any) -> str:
        return str(row.person.name_index)

    def among(self, values: Sequence[Any]) -> Q:
        return Q(person__name_index__in=values)

    def found(self, text: str) -> Q:
        return Q(person__name_index=self.key(text))


@dataclass(frozen=True, kw_only=True)
class Covers(InPlaces):
    """另外包哪些村: beside the own place, which a holder always covers: by what is covered they are called."""

    def of(self, row: Any) -> Any:
        return tuple(pk for pk in super().of(row) if pk != row.place_id)

    def put_many(self, rows: Sequence[tuple[Any, Any]]) -> None:
        super().put_many([(row, tuple({*value, row.place_id})) for row, value in rows])


def _fits(change: Change, look: Look) -> Iterable[tuple[str, Sentence]]:
    """A new name comes with its number: nobody is left with the number of whoever went."""
    if not change.is_new and "name" in change.changed and "phone" not in change.changed:
        yield "phone", say("换了人，请把电话一起填上")
    since, until = change.values["absent_from"], change.values["absent_until"]
    if until and (since is None or until < since):
        yield "absent_until", say("外出没有写从哪天起，或者写反了")
    if change.values["deputy"] and change.values["deputy"] == change.row.pk:
        yield "deputy", say("代理人要是另一位")


def _absent(ctx: Ctx) -> Q:
    today = beijing(ctx.now).date()
    return Q(absent_from__lte=today) & (Q(absent_until=None) | Q(absent_until__gte=today))


def _alone(ctx: Ctx) -> Q:
    return _absent(ctx) & Q(deputy=None)


def _save(ctx: Ctx, changes: Sequence[Change]) -> None:
    known = _known(changes)
    made: dict[tuple[str, str], Person] = {}
    for each in changes:
        newcomer = each.row.__dict__.pop("newcomer", None)
        if newcomer is not None:
            key = (
                newcomer.name_index,
                NUMBER.key(each.values["phone"]) if each.values["phone"] else newcomer.ref,
            )
            each.row.person = known.get(key) or made.setdefault(key, newcomer)
    Person.objects.bulk_create(made.values(), batch_size=2000)
    for each in changes:
        each.row.person = each.row.person  # its id, now that it stands
    DutyHolder.objects.bulk_create([c.row for c in changes if c.is_new], batch_size=2000)
    stands = [c.row for c in changes if not c.is_new]
    if stands:
        DutyHolder.objects.bulk_update(stands, FIELDS, batch_size=200)
    saving.put_many(HOLDERS, changes)
    moved = [c for c in changes if "place" in c.changed and "covers" not in c.changed]
    HOLDERS.column("covers").put_many([(c.row, c.values["covers"]) for c in moved])


def _known(changes: Sequence[Change]) -> dict[tuple[str, str], Person]:
    """Persons of that name who are called at that number already, by both."""
    numbers = sorted({NUMBER.key(c.values["phone"]) for c in changes if c.values["phone"]})
    found: dict[tuple[str, str], Person] = {}
    for some in chunks(numbers):
        points = ContactPoint.objects.filter(number_index__in=some).select_related("person")
        found |= {(p.person.name_index, p.number_index): p.person for p in points}
    return found


NUMBER = FirstNumber(name="phone", word=w("电话"), find=True, owner="person")
HOLDERS = Register(
    name="holders", word=w("责任人"), room="people", model=DutyHolder, view="people.view", keep="people.manage", kind="H",
    note=w("水来了要接电话、要去敲门的人；同一个人管几处就登记几行"),
    keys=(("ref",), ("place", "kind", "name")), order=("place__path", "rung", "ref"),
    join=("place", "person", "organisation", "deputy__person"),
    fits=_fits, save=_save,
    columns=(
        Code(name="ref", word=w("编号"), listed=False, fixed=True, hint=w("新登记的不用填")),
        InPlace(required=True, filter=True),
        HolderName(name="name", word=w("姓名"), required=True, find=True),
        NUMBER,
        DutyKind(name="kind", word=w("责任人种类"), required=True, filter=True),
        Level(name="level", word=w("级别"), required=True, filter=True),
        Text(name="title", word=w("职务"), required=True, most=60),
        Whole(name="rung", word=w("第几位"), default=0, most=9, hint=w("0 先打，然后 1、2……")),
        Link(name="organisation", word=w("单位"), target=lambda ctx: ctx.rows(Organisation), listed=False),
        Covers(name="covers", word=w("另外包哪些村"), listed=False),
        Whole(name="group", word=w("村民小组"), least=1, most=99, listed=False),
        Flag(name="high_ground", word=w("住在高处，可派去敲门"), listed=False),
        Code(name="object_ref", word=w("管护对象编号"), listed=False),
        Day(name="absent_from", word=w("外出自"), listed=False, hint=w("出差、休假、学习：从这天起找代理人")),
        Day(name="absent_until", word=w("外出至"), listed=False, hint=w("最后一天；没定就空着")),
        OneHolder(name="deputy", word=w("代理人"), listed=False),
    ),
    figures=(Figure(name="absent", word=w("外出"), where=_absent), Figure(name="no-deputy", word=w("外出没有代理人"), where=_alone)),
    examples=({"place": "429981001001", "name": "张三", "phone": "13800000000", "level": w("村级"), "title": w("支书")},),
)  # fmt: skip
FIELDS = [
    "place",
    "person",
    "kind",
    "level",
    "title",
    "rung",
    "organisation",
    "group",
    "high_ground",
    "object_ref",
    "absent_from",
    "absent_until",
    "deputy",
]


def _house_fits(change: Change, look: Look) -> Iterable[tuple[str, Sentence]]:
    if change.values["at_home"] is not None and change.values["at_home"] > change.values["members"]:
        yield "at_home", say("在家的比全家的还多")


HOUSEHOLDS = Register(
    name="households", word=w("户"), room="people", model=Household, view="people.view", keep="people.manage",
    note=w("一户一行：住在哪，谁帮他转移，转到哪里去"),
    keys=(("ref",),), order=("place__path", "group", "ref"), join=("place", "helper__person"),
    blank=lambda ctx: {"synthetic": False}, complete=at_its_place, fits=_house_fits,
    columns=(
        Code(name="ref", word=w("户号"), required=True, fixed=True, find=True),
        InPlace(required=True, filter=True, tiers=(4,)),
        Whole(name="group", word=w("村民小组"), required=True, least=1, most=99),
        Whole(name="members", word=w("人口"), required=True, least=1, most=99),
        Whole(name="at_home", word=w("常住在家"), required=True, most=99),
        Flag(name="in_danger", word=w("在危险区"), filter=True),
        Flag(name="frail", word=w("有行动不便的人"), filter=True),
        OneHolder(name="helper", word=w("帮扶人"), aliases=("帮扶人编号",), listed=False),
        Text(name="destination", word=w("转移到哪里"), most=80, listed=False),
        Decimal(name="lon", word=w("经度"), least=-180, most=180, listed=False),
        Decimal(name="lat", word=w("纬度"), least=-90, most=90, listed=False),
    ),
)  # fmt: skip

AGES = {"0-14": w("15 岁以下"), "15-59": w("15 到 59 岁"), "60-79": w("60 到 79 岁"), "80+": w("80 岁以上")}
RESIDENTS = Register(
    name="residents", word=w("居民"), room="people", model=Resident, view="people.view", keep="people.manage",
    note=w("一人一行：住在哪一户，现在在不在家，要不要人扶"),
    keys=(("ref",),), order=("household__place__path",), join=("household__place",),
    path=lambda row: str(row.household.place.path),
    columns=(
        Code(name="ref", word=w("编号"), required=True, fixed=True, find=True),
        Link(name="household", word=w("户号"), target=lambda ctx: ctx.rows(Household), by=("ref",), label="ref",
             required=True, filter=True),
        Sealed(name="name", word=w("姓名"), required=True),
        Choice(name="age_band", word=w("年龄段"), words=AGES, required=True, filter=True),
        Flag(name="at_home", word=w("现在在家"), filter=True),
        Flag(name="frail", word=w("行动不便"), filter=True),
        Flag(name="night_worker", word=w("夜里上班"), listed=False),
    ),
)  # fmt: skip
