"""The register of duty holders in memory: a few thousand people, asked for at every step of a call-down."""

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import date, datetime

from anlan.foundation.kept import Kept
from anlan.foundation.worlds import beijing
from anlan.people.models import ContactPoint, DutyHolder


@dataclass(frozen=True)
class Contact:
    """A contact point without its number: `ref` is `<person>/<order>`; it is answered in [from, to) o'clock."""

    ref: str
    kind: str
    order: int
    from_hour: int = 0
    to_hour: int = 24

    def is_answered_at(self, hour: int) -> bool:
        if self.from_hour <= self.to_hour:
            return self.from_hour <= hour < self.to_hour
        return hour >= self.from_hour or hour < self.to_hour


@dataclass(frozen=True)
class Holder:
    """责任人 as other rooms see one: no name, no number. `covers` are paths of divisions."""

    id: int
    ref: str
    person: str
    kind: str
    level: str
    title: str
    rung: int
    place_path: str
    covers: tuple[str, ...]
    lon: float
    lat: float
    high_ground: bool
    group: int | None
    object_ref: str
    organisation: str
    contacts: tuple[Contact, ...]
    absent_from: date | None = None
    absent_until: date | None = None
    deputy: str = ""

    def is_absent(self, day: date) -> bool:
        """On leave that day, the last one included; without an end until somebody writes one."""
        return self.absent_from is not None and self.absent_from <= day <= (self.absent_until or date.max)

    def at(self, now: datetime) -> "Holder":
        """The same holder with the numbers that are answered at this hour."""
        hour = beijing(now).hour
        return replace(self, contacts=tuple(c for c in self.contacts if c.is_answered_at(hour)))


class Register:
    """All duty holders, by ref and by the places that they cover; in ladder order."""

    def __init__(self, holders: list[Holder]) -> None:
        self.holders = holders
        self.by_ref = {h.ref: h for h in holders}
        self._covering: dict[str, list[Holder]] = defaultdict(list)
        for holder in holders:
            for path in holder.covers:
                self._covering[path].append(holder)

    def covering(self, path: str) -> list[Holder]:
        """Who covers this very place."""
        return self._covering.get(path, [])

    def in_place_of(self, holder: Holder, day: date) -> Holder:
        """Who is asked that day: the holder, or in their absence the deputy, in the holder's duty."""
        seen, one = {holder.ref}, holder
        while one.is_absent(day) and one.deputy in self.by_ref and one.deputy not in seen:
            one = self.by_ref[one.deputy]
            seen.add(one.ref)
        if one is holder or one.is_absent(day):
            return holder
        return replace(
            one, kind=holder.kind, level=holder.level, rung=holder.rung, place_path=holder.place_path,
            covers=holder.covers, group=holder.group, object_ref=holder.object_ref, organisation=holder.organisation,
        )  # fmt: skip

    def below(self, path: str) -> list[Holder]:
        """Who covers this place or one below it, each once."""
        return [h for h in self.holders if any(covered.startswith(path) for covered in h.covers)]


def _read() -> Register:
    contacts: dict[int, list[Contact]] = defaultdict(list)
    points = ContactPoint.objects.filter(is_wrong=False).order_by("person_id", "order")
    columns = ("person_id", "ref", "kind", "order", "from_hour", "to_hour")
    for person, *told in points.values_list(*columns):
        contacts[person].append(Contact(*told))
    covers: dict[int, list[str]] = defaultdict(list)
    through = DutyHolder.covers.through._default_manager
    for holder, path in through.values_list("dutyholder_id", "division__path").order_by("division__path"):
        covers[holder].append(path)
    rows = DutyHolder.objects.select_related("person", "place", "organisation", "deputy").order_by(
        "rung", "ref"
    )
    return Register([_holder(h, contacts[h.person_id], covers[h.pk]) for h in rows])


def _holder(h: DutyHolder, contacts: list[Contact], covers: list[str]) -> Holder:
    return Holder(
        id=h.pk,
        ref=h.ref,
        person=h.person.ref,
        kind=h.kind,
        level=h.level,
        title=h.title,
        rung=h.rung,
        place_path=h.place.path,
        covers=tuple(covers),
        lon=h.person.lon,
        lat=h.person.lat,
        high_ground=h.high_ground,
        group=h.group,
        object_ref=h.object_ref,
        organisation=h.organisation.ref if h.organisation else "",
        contacts=tuple(contacts),
        absent_from=h.absent_from,
        absent_until=h.absent_until,
        deputy=h.deputy.ref if h.deputy else "",
    )


register = Kept(
    _read,
    "people_dutyholder",
    "people_dutyholder_covers",
    "people_contactpoint",
    "people_person",
    "people_organisation",
    "places_division",
)
"""`register()` gives the duty holders as they stand."""
