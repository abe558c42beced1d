"""A column that names a duty holder: by ref, or by name as people write it; shown masked."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from anlan.foundation import crypto
from anlan.foundation.context import Ctx
from anlan.foundation.words import say, w
from anlan.people.models import DutyHolder
from anlan.registers.columns import Bad, Look, chunks
from anlan.registers.links import Link
from anlan.registers.sealed import Masked


@dataclass(frozen=True, kw_only=True)
class OneHolder(Link):
    """A duty holder, by name or by ref. Of several who bear the name, whoever belongs to the row's unit or place is meant."""

    target: Callable[[Ctx], Any] = lambda ctx: ctx.rows(DutyHolder)
    hint: str = w("姓名，或责任人编号")

    def resolve_many(self, look: Look, texts: set[str]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        by_index = {_key(text): text for text in texts}
        for some in chunks(sorted(texts)):
            keys = [_key(text) for text in some]
            wanted = Q(ref__in=some) | Q(person__name_index__in=keys)
            for row in (
                self.target(look.ctx).filter(wanted).select_related("person", "organisation").order_by("pk")
            ):
                for text in {row.ref, by_index.get(row.person.name_index)} & texts:
                    found.setdefault(text, []).append(row)
        return found

    def read(self, text: str, look: Look) -> Any:
        if "*" in text:
            return Masked(text)
        rows = look.known[self.name].get(text, [])
        own = [row for row in rows if _belongs(row, look)]
        people = {row.person_id: row for row in reversed(own or rows)}
        if not people:
            raise Bad(say("没有叫 {name} 的责任人，或不在您的范围内：先在责任人里登记", name=text[:40]))
        if len(people) > 1:
            raise Bad(say("有几个叫 {name} 的：请填责任人编号", name=text[:40]))
        return next(iter(people.values())).pk

    def masked(self, value: Any) -> str:
        return _masked(DutyHolder.objects.select_related("person").filter(pk=value).first())

    def shown(self, row: Any) -> str:
        return _masked(getattr(row, self.at))

    def typed(self, row: Any) -> str:
        return self.shown(row)

    def wired(self, row: Any) -> Any:
        return found.ref if (found := getattr(row, self.at)) else ""

    def q(self, text: str, look: Look) -> Q:
        return self.found(text)

    def found(self, text: str) -> Q:
        return Q(**{f"{self.at}__ref": text}) | Q(**{f"{self.at}__person__name_index": _key(text)})


def _belongs(row: DutyHolder, look: Look) -> bool:
    unit, place = (look.cells.get(name, "") for name in ("organisation", "place"))
    is_own = row.organisation is not None and unit in (row.organisation.ref, row.organisation.name)
    return is_own or getattr(look.known.get("place", {}).get(place), "id", None) == row.place_id


def _key(name: str) -> str:
    return crypto.blind(crypto.normal_name(name))


def _masked(holder: DutyHolder | None) -> str:
    return crypto.mask_name(crypto.unseal(holder.person.name_sealed, holder.person.ref)) if holder else ""
