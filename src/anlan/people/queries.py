"""Reading people. Names and numbers come out masked; `reveal` opens one and leaves a trace."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from anlan.foundation import crypto
from anlan.foundation.context import Ctx
from anlan.foundation.errors import NotFound
from anlan.foundation.worlds import beijing
from anlan.people.models import ContactPoint, DutyHolder, DutyShift, Household, Organisation, Resident


@dataclass(frozen=True)
class Contact:
    """A contact point without its number: `ref` is `<person>/<order>`."""

    ref: str
    kind: str
    order: int


@dataclass(frozen=True)
class Holder:
    """责任人 as other rooms see one: no name, no number."""

    id: int
    ref: str
    person: str
    kind: str
    level: str
    title: str
    rung: int
    place_path: str
    lon: float
    lat: float
    high_ground: bool
    group: int | None
    object_ref: str
    organisation: str
    contacts: tuple[Contact, ...]


def holders(
    ctx: Ctx, *, path: str, exact: bool = True, level: str = "", kinds: tuple[str, ...] = ()
) -> list[Holder]:
    """Duty holders of a place (or, not exact, of all below it), in ladder order; only numbers that answer now."""
    rows = ctx.rows(DutyHolder)
    rows = rows.filter(covers__path=path) if exact else rows.filter(covers__path__startswith=path)
    if level:
        rows = rows.filter(level=level)
    if kinds:
        rows = rows.filter(kind__in=kinds)
    return _read(
        rows.select_related("person", "place", "organisation").order_by("rung", "ref").distinct(), ctx.now
    )


def holders_by_ref(ctx: Ctx, refs: list[str]) -> dict[str, Holder]:
    """Duty holders by ref, whatever their place, for those that a call-down already names."""
    rows = ctx.rows(DutyHolder).filter(ref__in=refs).select_related("person", "place", "organisation")
    return {h.ref: h for h in _read(rows, ctx.now)}


def _read(rows: Iterable[DutyHolder], now: datetime) -> list[Holder]:
    found = list(rows)
    hour = beijing(now).hour
    contacts: dict[int, list[Contact]] = defaultdict(list)
    points = ContactPoint.objects.filter(person_id__in=[h.person_id for h in found], is_wrong=False).order_by(
        "order"
    )
    for point in points.select_related("person"):
        if _answered_at(point, hour):
            contacts[point.person_id].append(
                Contact(f"{point.person.ref}/{point.order}", point.kind, point.order)
            )
    return [
        Holder(
            id=h.pk,
            ref=h.ref,
            person=h.person.ref,
            kind=h.kind,
            level=h.level,
            title=h.title,
            rung=h.rung,
            place_path=h.place.path,
            lon=h.person.lon,
            lat=h.person.lat,
            high_ground=h.high_ground,
            group=h.group,
            object_ref=h.object_ref,
            organisation=h.organisation.ref if h.organisation else "",
            contacts=tuple(contacts[h.person_id]),
        )
        for h in found
    ]


def _answered_at(point: ContactPoint, hour: int) -> bool:
    if point.from_hour <= point.to_hour:
        return point.from_hour <= hour < point.to_hour
    return hour >= point.from_hour or hour < point.to_hour


def number(contact_ref: str) -> str:
    """The number of a contact point, for a channel that is about to dial. Never for a page."""
    person, _, order = contact_ref.rpartition("/")
    point = ContactPoint.objects.filter(person__ref=person, order=int(order)).first()
    if point is None:
        raise NotFound("联系方式 {ref} 已不存在。请在责任人名册里补上。", ref=contact_ref)
    return crypto.unseal(point.number_sealed, contact_ref)


def numbers(contact_refs: list[str]) -> dict[str, tuple[str, str]]:
    """The same for many at once, each with the kind of its line."""
    people = {ref.rpartition("/")[0] for ref in contact_refs}
    points = ContactPoint.objects.filter(person__ref__in=people).select_related("person")
    found = {f"{p.person.ref}/{p.order}": p for p in points}
    return {r: (crypto.unseal(found[r].number_sealed, r), found[r].kind) for r in contact_refs if r in found}


def masked_names(ctx: Ctx, refs: list[str]) -> dict[str, str]:
    """Duty-holder ref → surname and stars, within scope."""
    rows = ctx.rows(DutyHolder).filter(ref__in=refs).select_related("person")
    return {h.ref: crypto.mask_name(crypto.unseal(h.person.name_sealed, h.person.ref)) for h in rows}


def masked_number(contact_ref: str) -> str:
    return crypto.mask_phone(number(contact_ref))


def on_duty(ctx: Ctx, organisation_ref: str) -> list[DutyShift]:
    """Who is on duty there now."""
    rows = ctx.rows(DutyShift).filter(
        organisation__ref=organisation_ref, starts_at__lte=ctx.now, ends_at__gt=ctx.now
    )
    return list(rows.select_related("holder__person").order_by("role"))


def organisations(ctx: Ctx, kind: str = "", place_path: str = "") -> list[Organisation]:
    rows = ctx.rows(Organisation).filter(Q(place__path__startswith=place_path) if place_path else Q())
    return list((rows.filter(kind=kind) if kind else rows).select_related("place").order_by("ref"))


def households_in_danger(ctx: Ctx, path: str) -> list[Household]:
    """Households of a village that must move when its line is crossed."""
    rows = ctx.rows(Household).filter(place__path__startswith=path, in_danger=True)
    return list(rows.select_related("place", "helper").order_by("ref"))


def residents_points(ctx: Ctx) -> list[tuple[int, float, float, int, bool]]:
    """(resident id, lon, lat, division id, at home) of every resident row within scope, for the targeting index."""
    rows = ctx.rows(Resident).select_related("household").order_by("pk")
    return [
        (r.pk, r.household.lon, r.household.lat, r.household.place_id, r.at_home)
        for r in rows.iterator(chunk_size=5000)
    ]
