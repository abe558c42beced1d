"""联系方式: every number of every person, in the order in which they are called, with the hours at which they are answered."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from anlan.foundation import crypto
from anlan.foundation.words import Sentence, say, w
from anlan.people.models import ContactPoint, Person
from anlan.people.numbers import kind_of
from anlan.places.columns import InPlace
from anlan.registers.columns import Choice, Code, Flag, Look, Whole, chunks
from anlan.registers.links import Link, several
from anlan.registers.register import Change, Figure, Register
from anlan.registers.sealed import Sealed

KINDS = {
    "mobile": w("手机"), "second_mobile": w("第二部手机"), "landline": w("座机"), "satellite_phone": w("卫星电话"),
}  # fmt: skip
ALSO = {
    "值班电话": "landline", "办公电话": "landline", "固定电话": "landline", "固话": "landline", "移动电话": "mobile",
    "备用手机": "second_mobile", "卫星": "satellite_phone",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Whose(Sealed):
    """姓名: of a person who stands in the register of persons already; with the place it says who is meant."""

    def resolve_many(self, look: Look, texts: set[str]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for some in chunks(sorted({self.key(text) for text in texts})):
            for person in look.ctx.rows(Person).filter(name_index__in=some):
                found.setdefault(person.name_index, []).append(person)
        return found

    def of(self, row: Any) -> str:
        return crypto.unseal(row.person.name_sealed, row.person.ref) if row.person_id else ""

    def put(self, row: Any, value: Any) -> None:
        """A number changes no name."""

    def key_of(self, row: Any) -> str:
        return str(row.person.name_index)

    def among(self, values: Sequence[Any]) -> Q:
        return Q(person__name_index__in=values)

    def found(self, text: str) -> Q:
        return Q(person__name_index=self.key(text))


@dataclass(frozen=True, kw_only=True)
class WherePerson(InPlace):
    """地点: where the person is registered."""

    field: str = "person__place"

    def of(self, row: Any) -> Any:
        return row.person.place_id if row.person_id else None

    def put(self, row: Any, value: Any) -> None:
        """Nor does it move anybody."""


def _fits(change: Change, look: Look) -> Iterable[tuple[str, Sentence]]:
    values = change.values
    if change.is_new:
        named = look.known["name"].get(NAME.key(values["name"]), ())
        whose = [p for p in named if p.place_id == values["place"] and values["person"] in (None, p.pk)]
        if len(whose) == 1:
            change.row.person, values["person"] = whose[0], whose[0].pk
        elif whose:
            yield "name", several(values["name"]).why
        else:
            yield "name", say("这里没有叫这个名字的人：先在人员或责任人里登记")
    if values["from_hour"] == values["to_hour"]:
        yield "to_hour", say("从几点到几点是同一个钟点")


def _complete(change: Change) -> None:
    row = change.row
    row.ref, row.kind = f"{row.person.ref}/{row.order}", row.kind or kind_of(change.values["number"])


NAME = Whose(name="name", word=w("姓名"), required=True, find=True, fixed=True)
CONTACTS = Register(
    name="contacts", word=w("联系方式"), room="people", model=ContactPoint, view="people.view", keep="people.manage",
    note=w("一个号码一行：第 1 个先打，打不通再打后面的；只在能接的钟点打"),
    keys=(("ref",), ("place", "name", "order")), order=("person__place__path", "ref"), join=("person__place",),
    fits=_fits, complete=_complete,
    columns=(
        Code(name="ref", word=w("编号"), most=70, listed=False, fixed=True, hint=w("新登记的不用填")),
        WherePerson(required=True, filter=True, fixed=True),
        NAME,
        Whole(name="order", word=w("第几个"), required=True, least=1, most=9, fixed=True, hint=w("1 先打，然后 2、3……")),
        Sealed(name="number", word=w("号码"), required=True, find=True, phone=True, bound=lambda row: f"{row.person.ref}/{row.order}"),
        Choice(name="kind", word=w("号码种类"), words=KINDS, also=ALSO, filter=True, hint=w("不填就按号码认")),
        Whole(name="from_hour", word=w("几点起能接"), default=0, most=24),
        Whole(name="to_hour", word=w("到几点"), default=24, most=24, hint=w("24 是整天；小于起点就是到第二天")),
        Flag(name="is_wrong", word=w("号码不对"), filter=True, hint=w("停机、空号、换了人：不再打")),
        Link(name="person", word=w("人员编号"), target=lambda ctx: ctx.rows(Person), by=("ref",), label="ref", listed=False, fixed=True,
             hint=w("同名的才要填")),
    ),
    figures=(Figure(name="wrong", word=w("号码不对"), where=lambda ctx: Q(is_wrong=True)),),
    examples=({"place": "429981001001", "name": "张三", "order": "2", "number": "13800000000", "kind": w("第二部手机")},),
)  # fmt: skip
