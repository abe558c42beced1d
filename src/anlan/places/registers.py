"""Registers of places 名册: divisions with their codes, and the objects that are watched."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Max, Q

from anlan.foundation.context import Ctx
from anlan.foundation.scope import STEP
from anlan.foundation.words import Sentence, say, w
from anlan.foundation.worlds import beijing
from anlan.places.atlas import atlas
from anlan.places.columns import InPlace, InPlaces, at_its_place, within
from anlan.places.models import Division, DivisionCode, WatchedObject
from anlan.registers import saving
from anlan.registers.columns import Bad, Choice, Code, Decimal, Look, Text, Whole, chunks
from anlan.registers.register import Change, Register

TIERS = {4: 1, 6: 2, 9: 3, 12: 4}
"""Digits of a code without its filling zeros → tier."""


def shortened(code: str) -> str:
    """429981001000 → 429981001: a code without the zeros that fill it up to twelve. Raises: ValueError."""
    if not (code.isdecimal() and code.isascii() and len(code) in (4, 6, 9, 12)):
        raise ValueError(code)
    return next((code[:n] for n in sorted(TIERS) if n <= len(code) and not code[n:].strip("0")), code)


@dataclass(frozen=True, kw_only=True)
class OwnCode(Code):
    """区划代码: of the statistics bureau, kept with its dates beside the division."""

    is_beside = True

    def read(self, text: str, look: Look) -> str:
        try:
            return shortened(text)
        except ValueError:
            raise Bad(say("区划代码是 6、9 或 12 位数字，例如 429981001001")) from None

    def resolve_many(self, look: Look, texts: set[str]) -> dict[str, Any]:
        """All codes of the file: a division may lie in one that comes with it."""
        return dict.fromkeys(texts, True)

    def load(self, rows: Sequence[Any]) -> None:
        codes = {}
        for some in chunks([row.pk for row in rows if row.pk]):
            found = DivisionCode.objects.filter(division__in=some, system="nbs", valid_to=None)
            codes |= dict(found.values_list("division_id", "code"))
        for row in rows:
            row.code = codes.get(row.pk, "")

    def of(self, row: Any) -> str:
        return getattr(row, "code", "")

    def among(self, values: Sequence[str]) -> Q:
        return Q(
            pk__in=DivisionCode.objects.filter(system="nbs", valid_to=None, code__in=values).values(
                "division"
            )
        )

    def put_many(self, rows: Sequence[tuple[Any, Any]]) -> None:
        DivisionCode.objects.bulk_create(
            (
                DivisionCode(division=row, system="nbs", code=code, valid_from=row.valid_from)
                for row, code in rows
            ),
            batch_size=2000,
        )

    def q(self, text: str, look: Look) -> Q:
        return self.among([self.read(text, look)])

    def found(self, text: str) -> Q:
        found = DivisionCode.objects.filter(system="nbs", valid_to=None, code__startswith=text)
        return Q(pk__in=found.values("division"))


@dataclass(frozen=True, kw_only=True)
class Above(OwnCode):
    """上级代码: where it is not the beginning of the own code, as in development zones."""

    def load(self, rows: Sequence[Any]) -> None:
        for row in rows:
            above = atlas().by_path.get(row.path[:-STEP])
            row.above = above.code if above else ""

    def of(self, row: Any) -> str:
        return getattr(row, "above", "")

    def put_many(self, rows: Sequence[tuple[Any, Any]]) -> None:
        """Told by the path."""

    def found(self, text: str) -> Q:
        return Q(pk__in=())


def above_of(values: Mapping[str, Any]) -> str:
    """The code of the division that a new one lies in, by what was said or by its own code; empty for the root."""
    code = values["code"]
    shorter = [n for n in TIERS if n < len(code)]
    return str(values["above"] or (code[: max(shorter)] if shorter else ""))


def _fits(change: Change, look: Look) -> Iterator[tuple[str, Sentence]]:
    """A new division lies in one that stands or comes with it; only the first has none above it."""
    if not change.is_new:
        return
    above, here = above_of(change.values), atlas()
    coming = {shortened(text) for text in look.known["code"] if text.isdecimal() and len(text) in TIERS}
    if above in here.by_code or above in coming - {change.values["code"]}:
        return
    if here.places or (change.values["above"] and above):
        yield "above", say("上级 {code} 不在名册里，也不在这个文件里", code=above)


def _complete(change: Change) -> None:
    """Until it has a path of its own it is reckoned to the nearest place above it that stands."""
    row, here = change.row, atlas()
    row.tier = TIERS[len(change.values["code"])]
    above = here.by_code.get(above_of(change.values))
    if above is None and here.places:
        code = change.values["code"]
        above = next((p for n in (9, 6, 4) if (p := here.by_code.get(code[:n]))), None)
    row.path = above.path if above else ""
    for name in ("lon", "lat"):
        if getattr(row, name) is None:
            setattr(row, name, getattr(above, name) if above else 0.0)


def _save(ctx: Ctx, changes: Sequence[Change]) -> None:
    """New ones on the next free paths, those above first; the others in place."""
    today = beijing(ctx.now).date()
    paths = {place.code: (place.id, place.path) for place in atlas().places}
    roots = not paths
    for tier in sorted({c.row.tier for c in changes if c.is_new}):
        level = [c for c in changes if c.is_new and c.row.tier == tier]
        for each in level:
            above = paths.get(above_of(each.values), (None, ""))
            each.row.parent_id, each.row.path = above
            each.row.valid_from = each.row.valid_from or today
        last = _last(sorted({each.row.path for each in level}))
        for each in level:
            under = each.row.path
            last[under] = last.get(under, 0) + 1
            each.row.path = under + str(last[under]).zfill(STEP)
        Division.objects.bulk_create([each.row for each in level], batch_size=2000)
        paths |= {each.values["code"]: (each.row.pk, each.row.path) for each in level}
    fields = sorted(
        {n for c in changes if not c.is_new for n in c.changed} & {f.name for f in Division._meta.fields}
    )
    if fields:
        Division.objects.bulk_update([c.row for c in changes if not c.is_new], fields, batch_size=200)
    saving.put_many(DIVISIONS, changes)
    assert not roots or sum(len(path) == STEP for _, path in paths.values()) <= 1


def _last(under: Sequence[str]) -> dict[str, int]:
    """The number of the last path below each, also of divisions that have ended."""
    found: dict[str, int] = {}
    for path in under:
        below = Division.objects.filter(path__startswith=path).extra(
            where=["length(path) = %s"], params=[len(path) + STEP]
        )
        highest = below.aggregate(last=Max("path"))["last"]
        if highest:
            found[path] = int(highest[-STEP:])
    return found


def _since(ctx: Ctx) -> dict[str, Any]:
    return {"synthetic": False, "valid_from": date(2000, 1, 1)}


KINDS = {
    "city": w("市"), "county": w("县"), "district": w("区"), "town": w("镇"), "township": w("乡"), "street": w("街道"),
    "zone": w("开发区"), "village": w("行政村"), "community": w("社区"), "scenic": w("景区"), "farm": w("农场、林场"),
}  # fmt: skip

DIVISIONS = Register(
    name="divisions", word=w("区划"), room="places", model=Division, view="places.view", keep="admin.manage", ref="path",
    note=w("县、乡镇、村的代码和名称；新的一级排在上级下面，地图上的线另从地图文件读入"),
    keys=(("code",),), order=("path",), where=lambda ctx: Q(valid_to=None) & within(ctx, "path"), path=lambda row: row.path,
    blank=_since, fits=_fits, complete=_complete, save=_save, refs_late=True, finds=False,
    columns=(
        OwnCode(name="code", word=w("区划代码"), required=True, fixed=True, find=True, hint=w("统计用区划代码，12 位，末尾的零可省")),
        Text(name="name", word=w("名称"), required=True, find=True, most=60),
        Above(name="above", word=w("上级代码"), fixed=True, listed=False, hint=w("和自己代码的开头一样时不用填")),
        Choice(name="kind", word=w("类别"), words=KINDS, filter=True),
        Decimal(name="lon", word=w("经度"), least=-180, most=180, listed=False, hint=w("村委会、政府所在地；不填就和上级在一处")),
        Decimal(name="lat", word=w("纬度"), least=-90, most=90, listed=False),
        Whole(name="residents", word=w("户籍人口"), default=0, most=50_000_000),
        Whole(name="at_home", word=w("常住在家"), default=0, most=50_000_000),
        Whole(name="households", word=w("户数"), default=0, most=20_000_000),
    ),
    examples=({"code": "429981001001", "name": "云溪村", "kind": w("行政村"), "lon": "111.52", "lat": "30.51", "residents": "812"},),
)  # fmt: skip

OBJECTS = Register(
    name="objects", word=w("管护对象"), room="places", model=WatchedObject, view="places.view", keep="places.keep", kind="OB",
    note=w("水库、塘坝、堤防、隐患点，和学校、诊所、夜间作业的地方：水来了先要想到的"),
    keys=(("ref",), ("name", "place")), order=("place__path", "name"), join=("place",),
    blank=lambda ctx: {"synthetic": False}, complete=at_its_place,
    columns=(
        Code(name="ref", word=w("编号"), listed=False, fixed=True, hint=w("新登记的不用填")),
        Text(name="name", word=w("名称"), required=True, find=True, most=80),
        Choice(name="kind", word=w("类别"), required=True, filter=True, words={
            "reservoir": w("水库"), "pond": w("塘坝"), "levee": w("堤防"), "geohazard": w("地质灾害隐患点"), "shelter": w("安置点"),
            "school": w("学校"), "clinic": w("诊所、医院"), "shop": w("商铺"), "night_work": w("夜间作业点")}),
        InPlace(required=True, filter=True),
        Decimal(name="lon", word=w("经度"), least=-180, most=180, listed=False),
        Decimal(name="lat", word=w("纬度"), least=-90, most=90, listed=False),
        Whole(name="flood_limit_cm", word=w("汛限水位（厘米）"), least=-100_000, most=1_000_000, listed=False),
        Whole(name="design_cm", word=w("设计洪水位（厘米）"), least=-100_000, most=1_000_000, listed=False),
        Whole(name="check_cm", word=w("校核洪水位（厘米）"), least=-100_000, most=1_000_000, listed=False),
        Whole(name="capacity", word=w("容量"), hint=w("水库、塘坝填千立方米，别的填人数")),
        InPlaces(name="downstream", word=w("下游的村"), tiers=(4,), listed=False),
        Text(name="note", word=w("备注"), listed=False),
    ),
)  # fmt: skip


REGISTERS = (DIVISIONS, OBJECTS)
