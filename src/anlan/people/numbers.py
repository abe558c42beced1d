"""电话: the number at which a person is called first, as a column of whatever register the person stands in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.db.models import Q

from anlan.foundation import crypto
from anlan.people.models import ContactPoint
from anlan.registers.columns import chunks
from anlan.registers.sealed import Sealed


def kind_of(number: str) -> str:
    return "mobile" if number.startswith("1") and len(number) == 11 else "landline"


@dataclass(frozen=True, kw_only=True)
class FirstNumber(Sealed):
    """A person's first contact point. A new number is a right one again. `owner`: the row's field with the person, "" for itself."""

    owner: str = ""
    phone: bool = True
    is_beside: ClassVar[bool] = True

    def _person(self, row: Any) -> Any:
        return getattr(row, self.owner) if self.owner else row

    def _id(self, row: Any) -> Any:
        return getattr(row, f"{self.owner}_id") if self.owner else row.pk

    def load(self, rows: Sequence[Any]) -> None:
        points: dict[int, ContactPoint] = {}
        for some in chunks([self._id(row) for row in rows if self._id(row)]):
            points |= {p.person_id: p for p in ContactPoint.objects.filter(person__in=some, order=1)}
        for row in rows:
            row.first = points.get(self._id(row))

    def of(self, row: Any) -> str:
        point = getattr(row, "first", None)
        return crypto.unseal(point.number_sealed, point.ref) if point else ""

    def mark(self, row: Any) -> str:
        point = getattr(row, "first", None)
        return point.number_sealed if point else ""

    def _seal(self, row: Any, number: str) -> str:
        """For this person: as it was sealed before the lock, unless the row has come to be another's meanwhile."""
        person = row.__dict__.get("newcomer") or self._person(row)
        sealed: dict[tuple[str, str], str] = row.__dict__.setdefault("number_sealed_for", {})
        at = (person.ref, number)
        if at not in sealed:
            sealed[at] = crypto.seal(number, f"{person.ref}/1")
        return sealed[at]

    def prepare(self, rows: Sequence[tuple[Any, Any]]) -> None:
        for row, number in rows:
            if number:
                self._seal(row, number)

    def put_many(self, rows: Sequence[tuple[Any, Any]]) -> None:
        gone = [self._id(row) for row, number in rows if not number]
        ContactPoint.objects.filter(person__in=gone, order=1).delete()
        made = {
            self._id(row): ContactPoint(
                ref=f"{self._person(row).ref}/1", person_id=self._id(row), order=1, kind=kind_of(number),
                number_sealed=self._seal(row, number), number_index=self.key(number), is_wrong=False,
            )
            for row, number in rows if number
        }  # fmt: skip
        ContactPoint.objects.bulk_create(
            made.values(), batch_size=2000, update_conflicts=True, unique_fields=["ref"],
            update_fields=["kind", "number_sealed", "number_index", "is_wrong"],
        )  # fmt: skip

    def found(self, text: str) -> Q:
        called = ContactPoint.objects.filter(number_index=self.key(text)).values("person")
        return Q(**{f"{self.owner or 'pk'}__in": called})
