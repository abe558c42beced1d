"""What changes people: loading registers whole, and opening one number for one reader, with a trace.

Names and numbers are sealed here, on the way in; nothing in clear is ever stored.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from anlan.foundation import crypto, journal
from anlan.foundation.actions import action
from anlan.foundation.context import Ctx
from anlan.foundation.errors import Invalid, NotFound
from anlan.people.events import HOUSEHOLD_MOVED
from anlan.people.models import (
    ContactPoint,
    DutyHolder,
    DutyShift,
    Household,
    Organisation,
    Person,
    Post,
    Resident,
)


@dataclass(frozen=True)
class HolderRow:
    """One duty holder to load, with the person's name and numbers in clear."""

    ref: str
    name: str
    kind: str
    level: str
    title: str
    place: int
    covers: list[int]
    rung: int
    role: str
    lon: float
    lat: float
    organisation: str
    contacts: list[tuple[str, str, int, int]]  # kind, number, from hour, to hour
    high_ground: bool = False
    group: int | None = None
    object_ref: str = ""
    person: str = ""  # ref of a person already loaded; empty makes one
    synthetic: bool = False  # made up, as the demo's are


@dataclass(frozen=True)
class OrganisationRow:
    ref: str
    name: str
    kind: str
    place: int
    parent: str
    commands: list[int] = field(default_factory=list)
    unit_code: str = ""
    synthetic: bool = False


def load_organisations(ctx: Ctx, rows: Iterable[OrganisationRow]) -> dict[str, int]:
    """Store organisations, parents first, and return ids by ref."""
    with action(ctx, "admin.manage"):
        ids: dict[str, int] = {}
        rows = list(rows)
        made = Organisation.objects.bulk_create(
            Organisation(
                ref=r.ref,
                name=r.name,
                kind=r.kind,
                place_id=r.place,
                unit_code=r.unit_code,
                synthetic=r.synthetic,
            )
            for r in rows
        )
        ids = {row.ref: row.pk for row in made}
        for row, spec in zip(made, rows, strict=True):
            row.parent_id = ids.get(spec.parent)
        Organisation.objects.bulk_update(made, ["parent"], batch_size=500)
        through = Organisation.commands.through
        through._default_manager.bulk_create(
            through(organisation_id=ids[r.ref], division_id=d) for r in rows for d in r.commands
        )
        return ids


def load_holders(ctx: Ctx, rows: Iterable[HolderRow], organisations: Mapping[str, int]) -> dict[str, int]:
    """Store duty holders, their persons and contact points; returns holder ids by ref."""
    rows = list(rows)
    with action(ctx, "admin.manage"):
        fresh = [r for r in rows if not r.person]
        Person.objects.bulk_create(
            (
                Person(
                    ref=r.ref,
                    name_sealed=crypto.seal(r.name, r.ref),
                    name_index=crypto.blind(crypto.normal_name(r.name)),
                    place_id=r.place,
                    lon=r.lon,
                    lat=r.lat,
                    synthetic=r.synthetic,
                )
                for r in fresh
            ),
            batch_size=2000,
        )
        people = dict(Person.objects.values_list("ref", "pk"))
        made = DutyHolder.objects.bulk_create(
            (_holder(r, people[r.person or r.ref], organisations) for r in rows), batch_size=2000
        )
        ids = {h.ref: h.pk for h in made}
        through = DutyHolder.covers.through
        through._default_manager.bulk_create(
            (through(dutyholder_id=ids[r.ref], division_id=d) for r in rows for d in r.covers),
            batch_size=2000,
        )
        ContactPoint.objects.bulk_create(
            (point for r in fresh for point in _points(r, people[r.ref])), batch_size=2000
        )
        return ids


def _holder(r: HolderRow, person: int, organisations: Mapping[str, int]) -> DutyHolder:
    return DutyHolder(
        ref=r.ref,
        person_id=person,
        kind=r.kind,
        level=r.level,
        title=r.title,
        place_id=r.place,
        rung=r.rung,
        role=r.role,
        organisation_id=organisations.get(r.organisation),
        high_ground=r.high_ground,
        group=r.group,
        object_ref=r.object_ref,
    )


def _points(r: HolderRow, person: int) -> Iterable[ContactPoint]:
    for order, (kind, number, since, until) in enumerate(r.contacts, 1):
        yield ContactPoint(
            ref=f"{r.ref}/{order}",
            person_id=person,
            order=order,
            kind=kind,
            number_sealed=crypto.seal(number, f"{r.ref}/{order}"),
            number_index=crypto.blind(crypto.normal_phone(number)),
            from_hour=since,
            to_hour=until,
        )


def load_households(
    ctx: Ctx, households: Iterable[Mapping[str, Any]], residents: Iterable[Mapping[str, Any]]
) -> None:
    """Store households and their residents; a resident's `household` is the household's ref, `name` in clear."""
    with action(ctx, "admin.manage"):
        made = Household.objects.bulk_create((Household(**row) for row in households), batch_size=2000)
        ids = {h.ref: h.pk for h in made}
        Resident.objects.bulk_create(
            (
                Resident(
                    ref=r["ref"],
                    household_id=ids[r["household"]],
                    name_sealed=crypto.seal(r["name"], r["ref"]),
                    age_band=r["age_band"],
                    at_home=r["at_home"],
                    frail=r["frail"],
                    night_worker=r["night_worker"],
                )
                for r in residents
            ),
            batch_size=2000,
        )


def assign_helpers(ctx: Ctx, helpers: Mapping[str, str]) -> None:
    """Name the helper of each household on the list to move: household ref → duty holder ref."""
    with action(ctx, "admin.manage"):
        ids = dict(DutyHolder.objects.filter(ref__in=set(helpers.values())).values_list("ref", "pk"))
        rows = list(Household.objects.filter(ref__in=set(helpers)))
        for row in rows:
            row.helper_id = ids.get(helpers[row.ref])
        Household.objects.bulk_update(rows, ["helper"], batch_size=500)


def load_shifts(ctx: Ctx, rows: Iterable[Mapping[str, Any]]) -> None:
    """Store duty shifts."""
    with action(ctx, "admin.manage"):
        DutyShift.objects.bulk_create((DutyShift(**row) for row in rows), batch_size=2000)


def make_post(ctx: Ctx, *, ref: str, organisation: str, title: str, role: str, places: list[int]) -> Post:
    """Set up a post; its holder sees its places and those that the organisation commands."""
    with action(ctx, "admin.manage"):
        unit = Organisation.objects.get(ref=organisation)
        post, _ = Post.objects.update_or_create(
            ref=ref, defaults={"organisation": unit, "title": title, "role": role}
        )
        post.places.set(places)
        return post


def unmask(ctx: Ctx, *, contact_ref: str, why: str) -> str:
    """The whole number of one contact point, for one reader. Who read which, when and why stays in the journal."""
    with action(ctx, "people.unmask"):
        point = ctx.rows(ContactPoint).filter(ref=contact_ref).select_related("person__place").first()
        if point is None:
            raise NotFound("没有这个联系方式，或不在您的范围内。")
        opened = crypto.unseal(point.number_sealed, contact_ref)
        refs = {"contact": contact_ref}
        journal.append(
            ctx, "people.contact.unmasked", refs=refs, body={"why": why[:80]}, place=point.person.place.path
        )
        return opened


def move_household(ctx: Ctx, *, ref: str, lon: float, lat: float) -> None:
    """Correct where a household lives. Raises: NotFound; Invalid for a place not on earth."""
    with action(ctx, "people.manage"):
        row = ctx.one(Household, ref, lock=True)
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):
            raise Invalid("经纬度不对。先经度后纬度，单位是度。")
        row.lon, row.lat = lon, lat
        row.save(update_fields=["lon", "lat"])
        refs = {"household": row.ref}
        journal.append(ctx, HOUSEHOLD_MOVED, refs=refs, body={}, place=row.place.path)
