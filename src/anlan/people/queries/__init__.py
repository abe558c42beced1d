"""Reading people. Names and numbers come out masked; `actions.unmask` opens one and leaves a trace."""

from collections.abc import Iterable, Sequence

from django.db.models import Q

from anlan.foundation import crypto
from anlan.foundation.context import Ctx
from anlan.foundation.errors import NotFound
from anlan.foundation.scope import STEP
from anlan.foundation.words import written
from anlan.foundation.worlds import beijing
from anlan.people.holders import Holder, register
from anlan.people.models import ContactPoint, DutyHolder, Household, Organisation

DUTY_ROOMS = ("county_duty", "township_duty")


def holders(
    ctx: Ctx, *, path: str, exact: bool = True, level: str = "", kinds: tuple[str, ...] = ()
) -> list[Holder]:
    """Duty holders of a place (or, not exact, of all below it), in ladder order; only numbers that answer now.

    Who is absent is stood in for by the deputy; without one they are asked after all others.
    """
    known, today = register(), beijing(ctx.now).date()
    found = [
        h
        for h in (known.covering(path) if exact else known.below(path))
        if ctx.scope.holds(h.place_path)
        and (not level or h.level == level)
        and (not kinds or h.kind in kinds)
    ]
    stand = (known.in_place_of(h, today) for h in found)
    return [h.at(ctx.now) for h in sorted(stand, key=lambda h: h.is_absent(today))]


def holders_by_ref(ctx: Ctx, refs: Iterable[str]) -> dict[str, Holder]:
    """Duty holders by ref within scope, for those that a call-down already names."""
    known = register().by_ref
    found = (known[ref] for ref in refs if ref in known)
    return {h.ref: h.at(ctx.now) for h in found if ctx.scope.holds(h.place_path)}


def number(contact_ref: str) -> str:
    """The number of a contact point, for a channel that is about to dial. Never for a page."""
    point = ContactPoint.objects.filter(ref=contact_ref).first()
    if point is None:
        raise NotFound("联系方式 {ref} 已不存在。请在责任人名册里补上。", ref=contact_ref)
    return crypto.unseal(point.number_sealed, contact_ref)


def duty_room_number(ctx: Ctx, path: str) -> str:
    """值班室电话: the number of the duty room over a place, whole: the county's, which calls, else the township's; empty
    where none is on file.

    The number of a room is public to whoever answers to it. Only a landline is one: an officer's own mobile stays
    masked.
    """
    above = [path[:end] for end in range(len(path), 0, -STEP)]
    rooms = [h for kind in DUTY_ROOMS for each in above for h in register().covering(each) if h.kind == kind]
    lines = [c.ref for h in rooms for c in h.at(ctx.now).contacts if c.kind == "landline"]
    return number(lines[0]) if lines else ""


def numbers(contact_refs: list[str]) -> dict[str, tuple[str, str]]:
    """The same for many at once, each with the kind of its line."""
    found = ContactPoint.objects.in_bulk(set(contact_refs), field_name="ref")
    return {r: (crypto.unseal(found[r].number_sealed, r), found[r].kind) for r in contact_refs if r in found}


def number_indexes(contact_refs: list[str]) -> dict[str, str]:
    """Contact point → the keyed index of its number, which stays sealed."""
    people = {ref.rpartition("/")[0] for ref in contact_refs}
    rows = ContactPoint.objects.filter(person__ref__in=people).values_list(
        "person__ref", "order", "number_index"
    )
    return {f"{ref}/{order}": index for ref, order, index in rows}


def masked_names(ctx: Ctx, refs: list[str]) -> dict[str, str]:
    """Duty-holder ref → surname and stars, within scope."""
    rows = ctx.rows(DutyHolder).filter(ref__in=refs).select_related("person")
    return {h.ref: crypto.mask_name(crypto.unseal(h.person.name_sealed, h.person.ref)) for h in rows}


def titled(ctx: Ctx, lang: str, refs: Iterable[str]) -> dict[str, str]:
    """Duty-holder ref → title and masked name, in the reader's language, within scope."""
    known = holders_by_ref(ctx, sorted(set(refs) - {""}))
    names = masked_names(ctx, list(known)) if known else {}
    return {ref: f"{written(lang, each.title)} {names.get(ref, '')}".strip() for ref, each in known.items()}


def masked_numbers(contact_refs: list[str]) -> dict[str, str]:
    """The same for many at once."""
    return {ref: crypto.mask_phone(number) for ref, (number, _) in numbers(contact_refs).items()}


def names(ctx: Ctx, refs: list[str]) -> dict[str, str]:
    """Duty-holder ref → the whole name, within scope, for a printed sheet. Its print is journaled by who prints it."""
    ctx.require("people.view")
    rows = ctx.rows(DutyHolder).filter(ref__in=refs).select_related("person")
    return {h.ref: crypto.unseal(h.person.name_sealed, h.person.ref) for h in rows}


def unit_names(refs: Iterable[str]) -> dict[str, str]:
    """The names of organisations by ref; they are public."""
    return dict(Organisation.objects.filter(ref__in=set(refs)).values_list("ref", "name"))


def organisations(ctx: Ctx, kind: str = "", place_path: str = "") -> list[Organisation]:
    rows = ctx.rows(Organisation).filter(Q(place__path__startswith=place_path) if place_path else Q())
    return list((rows.filter(kind=kind) if kind else rows).select_related("place").order_by("ref"))


def households_in_danger(ctx: Ctx, places: Sequence[int]) -> dict[int, list[Household]]:
    """By division: the households that must move when the village's line is crossed, in order of their refs."""
    found: dict[int, list[Household]] = {}
    for row in ctx.rows(Household).filter(place_id__in=places, in_danger=True).order_by("ref"):
        found.setdefault(row.place_id, []).append(row)
    return found
