"""Registers of people 名册: persons with the number that is called first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from anlan.foundation import crypto
from anlan.foundation.context import Ctx
from anlan.foundation.words import w
from anlan.people.holder_register import HOLDERS, HOUSEHOLDS
from anlan.people.models import ContactPoint, Person
from anlan.places.atlas import atlas
from anlan.places.columns import InPlace
from anlan.registers.columns import Code, Decimal, chunks
from anlan.registers.register import Change, Figure, Register
from anlan.registers.sealed import Sealed


@dataclass(frozen=True, kw_only=True)
class FirstNumber(Sealed):
    """电话: a person's first contact point. A new number is a right one again."""

    phone: bool = True
    is_beside = True

    def load(self, rows: Sequence[Any]) -> None:
        points = {}
        for some in chunks([row.pk for row in rows if row.pk]):
            points |= {p.person_id: p for p in ContactPoint.objects.filter(person__in=some, order=1)}
        for row in rows:
            row.first = points.get(row.pk)

    def of(self, row: Any) -> str:
        point = getattr(row, "first", None)
        return crypto.unseal(point.number_sealed, f"{row.ref}/1") if point else ""

    def put_many(self, rows: Sequence[tuple[Any, Any]]) -> None:
        made = [
            ContactPoint(
                person_id=row.pk, order=1, kind="mobile" if number.startswith("1") else "landline",
                number_sealed=crypto.seal(number, f"{row.ref}/1"), number_index=self.key(number), is_wrong=False,
            )
            for row, number in rows if number
        ]  # fmt: skip
        ContactPoint.objects.filter(person__in=[row for row, number in rows if not number], order=1).delete()
        ContactPoint.objects.bulk_create(
            made, batch_size=2000, update_conflicts=True, unique_fields=["person", "order"],
            update_fields=["kind", "number_sealed", "number_index", "is_wrong"],
        )  # fmt: skip

    def found(self, text: str) -> Q:
        owners = ContactPoint.objects.filter(number_index=self.key(text)).values("person")
        return Q(pk__in=owners)


def _where_they_live(change: Change) -> None:
    """Without a position of their own people stand where their place is."""
    place = atlas().by_id[change.row.place_id]
    for name in ("lon", "lat"):
        if getattr(change.row, name) is None:
            setattr(change.row, name, getattr(place, name))


def _without_phone(ctx: Ctx) -> Q:
    return ~Q(pk__in=ContactPoint.objects.filter(is_wrong=False).values("person"))


PERSONS = Register(
    name="persons", word=w("人员"), room="people", model=Person, view="people.view", keep="people.manage", kind="P",
    note=w("有责任的人，和先打的那个号码"),
    keys=(("ref",), ("name", "place")), order=("place__path",), join=("place",),
    blank=lambda ctx: {"synthetic": False}, complete=_where_they_live,
    columns=(
        Code(name="ref", word=w("编号"), listed=False, fixed=True, hint=w("新登记的不用填")),
        Sealed(name="name", word=w("姓名"), required=True, find=True),
        InPlace(required=True, filter=True),
        FirstNumber(name="phone", word=w("电话"), find=True),
        Decimal(name="lon", word=w("经度"), least=-180, most=180, listed=False),
        Decimal(name="lat", word=w("纬度"), least=-90, most=90, listed=False),
    ),
    figures=(Figure(name="no-phone", word=w("没有电话"), where=_without_phone),),
    examples=({"name": "张三", "place": "柳林镇联盟村", "phone": "13800000000"},),
)  # fmt: skip

REGISTERS = (PERSONS, HOLDERS, HOUSEHOLDS)
