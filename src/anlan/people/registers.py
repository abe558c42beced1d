"""Registers of people 名册: persons with the number that is called first."""

from django.db.models import Q

from anlan.foundation.context import Ctx
from anlan.foundation.words import w
from anlan.people.account_register import ACCOUNTS
from anlan.people.contact_register import CONTACTS
from anlan.people.holder_register import HOLDERS, HOUSEHOLDS, RESIDENTS
from anlan.people.models import ContactPoint, Person
from anlan.people.numbers import FirstNumber
from anlan.people.shift_register import SHIFTS
from anlan.people.unit_register import ORGANISATIONS, POSTS
from anlan.places.columns import InPlace, at_its_place
from anlan.registers.columns import Code, Decimal
from anlan.registers.register import Figure, Register
from anlan.registers.sealed import Sealed


def _without_phone(ctx: Ctx) -> Q:
    return ~Q(pk__in=ContactPoint.objects.filter(is_wrong=False).values("person"))


PERSONS = Register(
    name="persons", word=w("人员"), room="people", model=Person, view="people.view", keep="people.manage", kind="P",
    note=w("有责任的人，和先打的那个号码"),
    keys=(("ref",), ("name", "place")), order=("place__path",), join=("place",),
    blank=lambda ctx: {"synthetic": False}, complete=at_its_place,
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

REGISTERS = (ORGANISATIONS, POSTS, ACCOUNTS, PERSONS, HOLDERS, CONTACTS, SHIFTS, HOUSEHOLDS, RESIDENTS)
